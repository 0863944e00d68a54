"""From a fund account to a live connection."""

from functools import partial

from ankuan.banking.keep_messages import About, keep_messages
from ankuan.banking.sealed_settings import open_settings
from ankuan.banking.tables import FundAccount
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.jobs import JobContext
from ankuan.platform.plugins import GuardedBank
from ankuan.plugin_api.bank import FundAccountRef
from ankuan.plugin_api.wire import RawExchange

LASTING = frozenset({"open_sub_accounts", "receipt", "check_account"})
"""Operations whose messages are kept as long as those about orders: something rests on them later."""


def account_ref(account: FundAccount, cipher: FieldCipher) -> FundAccountRef:
    """The account as a connector needs it, its secrets opened. Never log it. Raises ``CannotDecrypt``."""
    return FundAccountRef(
        account_no=account.account_no,
        account_name=account.name,
        adjustment_account_no=account.adjustment_account_no,
        settings=open_settings(account, cipher),
    )


def connect_fund_account(context: JobContext, account: FundAccount) -> GuardedBank:
    """A guarded connector; the caller closes it. Raises ``UnknownPlugin``, ``PluginDisabled``, ``CannotDecrypt``.

    Messages about orders and lines are kept by those who ask for them, with what they learnt; all others here.
    """
    return context.plugins.connect(
        account.bank_id,
        account_ref(account, context.cipher),
        timeout_seconds=context.settings.bank_timeout_seconds,
        owner=(account.court_id, account.id),
        keep=partial(_keep, context, account),
    )


async def _keep(context: JobContext, account: FundAccount, operation: str, exchanges: tuple[RawExchange, ...]) -> None:
    """In a transaction of its own: the evidence stays whatever becomes of the answer."""
    async with context.database.write(context.actor) as session:
        await keep_messages(
            session,
            court_id=account.court_id,
            fund_account_id=account.id,
            instruction_id=None,
            exchanges=exchanges,
            cipher=context.cipher,
            about=About.LASTING if operation in LASTING else About.PASSING,
        )
