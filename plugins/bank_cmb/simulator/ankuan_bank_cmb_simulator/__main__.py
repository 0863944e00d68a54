"""``python -m ankuan_bank_cmb_simulator``."""

import sys

from ankuan_bank_cmb_simulator import main

sys.exit(main())
