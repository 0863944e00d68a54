"""``python -m ankuan_bank_platform_simulator``."""

import sys

from ankuan_bank_platform_simulator import main

sys.exit(main())
