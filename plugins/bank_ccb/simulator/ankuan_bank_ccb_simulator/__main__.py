"""``python -m ankuan_bank_ccb_simulator``."""

import sys

from ankuan_bank_ccb_simulator import main

sys.exit(main())
