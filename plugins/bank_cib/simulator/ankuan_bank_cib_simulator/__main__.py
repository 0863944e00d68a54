"""``python -m ankuan_bank_cib_simulator``."""

import sys

from ankuan_bank_cib_simulator import main

sys.exit(main())
