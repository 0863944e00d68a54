"""``python -m ankuan_bank_boc_simulator``."""

import sys

from ankuan_bank_boc_simulator import main

sys.exit(main())
