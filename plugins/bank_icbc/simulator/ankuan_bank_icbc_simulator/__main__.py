"""``python -m ankuan_bank_icbc_simulator``."""

import sys

from ankuan_bank_icbc_simulator import main

sys.exit(main())
