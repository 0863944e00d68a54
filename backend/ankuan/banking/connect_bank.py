"""From a fund account to a live connection."""

from ankuan.banking.tables import FundAccount
from ankuan.platform.jobs import JobContext
from ankuan.platform.plugins import GuardedBank
from ankuan.plugin_api.bank import FundAccountRef


def account_ref(account: FundAccount) -> FundAccountRef:
    """The account as a connector needs it."""
    return FundAccountRef(
        account_no=account.account_no,
        account_name=account.name,
        adjustment_account_no=account.adjustment_account_no,
        settings=dict(account.settings),
    )


def connect_fund_account(context: JobContext, account: FundAccount) -> GuardedBank:
    """A guarded connector; the caller closes it. Raises ``UnknownPlugin``."""
    return context.plugins.connect(
        account.bank_id, account_ref(account), timeout_seconds=context.settings.bank_timeout_seconds
    )
