"""Ask for more sub-accounts: a person's order that the worker carries out at the bank."""

from datetime import datetime
from uuid import UUID

from ankuan.banking.queries import get_fund_account
from ankuan.collection.bind_sub_account import sub_accounts_not_offered
from ankuan.collection.import_pool import request_reading
from ankuan.collection.tables import PoolRequest
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.ids import new_id
from ankuan.platform.db import WriteSession
from ankuan.platform.plugins import PluginHost

MOST = 1_000


class InvalidCount(AnkuanError):
    """The number of sub-accounts asked for is not between 1 and 1,000."""

    code = "invalid_sub_account_count"
    kind = ErrorKind.INVALID


class SubAccountsNotOnline(AnkuanError):
    """This bank opens no sub-accounts online; it hands them out in a list."""

    code = "sub_accounts_not_online"
    kind = ErrorKind.REFUSED


async def request_sub_accounts(
    session: WriteSession, *, court_id: int, fund_account_id: UUID, count: int, plugins: PluginHost, now: datetime
) -> UUID:
    """Store the order and return its id; the bank is asked by the worker, outside any transaction.

    Raises :class:`InvalidCount`, ``FundAccountNotFound``, ``UnknownPlugin``, ``SubAccountsNotOffered``,
    :class:`SubAccountsNotOnline`.
    """
    if not 1 <= count <= MOST:
        raise InvalidCount(f"每次可申请 1 至 {MOST} 个子账户", f"Ask for 1 to {MOST} sub-accounts", field="count")
    account = await get_fund_account(session, court_id=court_id, fund_account_id=fund_account_id)
    bank = plugins.bank(account.bank_id).capabilities
    if not account.has_sub_accounts:
        raise sub_accounts_not_offered("fundAccountId")
    if bank.sub_accounts_pool and not bank.sub_accounts_online:
        # Such a bank generates them in bulk: whatever it has is read, be it more or less than was asked for.
        return await request_reading(session, court_id=court_id, fund_account_id=fund_account_id, now=now)
    if not bank.sub_accounts_online:
        raise SubAccountsNotOnline(
            "该银行不支持在线开立子账户", "This bank opens no sub-accounts online", field="fundAccountId"
        )
    request = PoolRequest(
        court_id=court_id,
        id=new_id(),
        fund_account_id=fund_account_id,
        wanted=count,
        opened=0,
        asked_by=session.actor.name,
        asked_at=now,
    )
    session.add(request)
    await session.flush()
    session.has_emitted = True  # rings the bell after the commit, so that the worker looks at once
    return request.id
