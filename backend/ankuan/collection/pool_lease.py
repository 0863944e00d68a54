"""How long those who fill pools hold a request, and leave a bank alone. Pure."""

from datetime import timedelta
from typing import Final

LEASE: Final = timedelta(minutes=3)
REST: Final = timedelta(minutes=1)
"""After a bank gave nothing, it is left alone for this long."""
SERVED_AT_ONCE: Final = 2_000
"""Waiting cases that get their sub-accounts in the transaction that stores new ones."""
