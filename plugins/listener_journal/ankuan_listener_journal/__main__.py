"""``python -m ankuan_listener_journal FOLDER`` proves the chain of a journal."""

import sys

from ankuan_listener_journal.reader import main

sys.exit(main())
