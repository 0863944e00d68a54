"""``python -m ankuan_bank_paper_simulator``."""

import sys

from ankuan_bank_paper_simulator import main

sys.exit(main())
