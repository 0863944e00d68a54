"""The times by which orders of a fund account are handled."""

from datetime import timedelta

from ankuan.banking.rules import Policy
from ankuan.banking.tables import FundAccount

SEND_WITHIN = timedelta(seconds=10)
"""From the committed intent to the first byte; a worker that was held up longer does not send."""
_MARGIN = timedelta(seconds=10)


def policy_of(account: FundAccount, *, bank_timeout_seconds: int) -> Policy:
    """The lease covers the wait before the send, the call with the host's own limit, and the commit of the answer."""
    lease = SEND_WITHIN + timedelta(seconds=bank_timeout_seconds) + _MARGIN
    return Policy(finality_window=account.finality_window, lease=lease)
