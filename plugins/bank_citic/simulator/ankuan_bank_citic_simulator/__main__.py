"""``python -m ankuan_bank_citic_simulator``."""

import sys

from ankuan_bank_citic_simulator import main

sys.exit(main())
