"""``python -m ankuan_bank_abc_simulator``."""

import sys

from ankuan_bank_abc_simulator import main

sys.exit(main())
