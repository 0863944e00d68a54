"""The times by which orders of a fund account are handled."""

from dataclasses import replace
from datetime import timedelta

from ankuan.banking.rules import Policy
from ankuan.banking.tables import FundAccount
from ankuan.plugin_api.capabilities import BankCapabilities

SEND_WITHIN = timedelta(seconds=10)
"""From the committed intent to the first byte; a worker that was held up longer does not send."""
_MARGIN = timedelta(seconds=10)
_PAPER_ALARM_AFTER = timedelta(days=2)
"""Paper is carried to the bank, and its statement brought back."""


def policy_of(account: FundAccount, *, bank_timeout_seconds: int, bank: BankCapabilities | None = None) -> Policy:
    """The lease covers the wait before the send, the call with the host's own limit, and the commit of the answer.

    ``bank``: what the account's plugin declares; ``None`` when it is not installed.
    """
    lease = SEND_WITHIN + timedelta(seconds=bank_timeout_seconds) + _MARGIN
    if bank is None:
        return Policy(finality_window=account.finality_window, lease=lease)
    policy = Policy(
        finality_window=account.finality_window,
        lease=lease,
        answers_queries=bank.answers_queries,
        query_after=bank.query_after,
    )
    return replace(policy, alarm_after=_PAPER_ALARM_AFTER) if bank.paper else policy
