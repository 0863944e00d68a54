"""Give a case its own virtual sub-account: one case, one account (domain §5.2)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from ankuan.banking.abilities import has_sub_accounts
from ankuan.banking.queries import default_fund_account, sub_account_home
from ankuan.collection.tables import SubAccount
from ankuan.collection.take_free import take_free
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.platform.db import WriteSession
from ankuan.registry.queries import lock_case
from ankuan.registry.rules import CaseStatus


class FundAccountMissing(AnkuanError):
    """The court has no active fund account, so there is no pool to take from."""

    code = "fund_account_missing"
    kind = ErrorKind.REFUSED


class SubAccountPoolEmpty(AnkuanError):
    """No free sub-account is left; the pool is being refilled."""

    code = "sub_account_pool_empty"
    kind = ErrorKind.REFUSED


class SubAccountsNotOffered(AnkuanError):
    """This bank, or all of the court's banks, has no sub-accounts: money is told apart by its remark."""

    code = "sub_accounts_not_offered"
    kind = ErrorKind.REFUSED


class CaseClosed(AnkuanError):
    """A closed case takes no money and gets no sub-account."""

    code = "case_closed"
    kind = ErrorKind.REFUSED


async def bind_sub_account(
    session: WriteSession, *, court_id: int, case_id: UUID, fund_account_id: UUID | None = None, now: datetime
) -> SubAccount:
    """The case's sub-account, taking a free one of the fund account (default: the court's own) if it has none yet.

    Raises ``CaseNotFound``, :class:`CaseClosed`, :class:`FundAccountMissing`, :class:`SubAccountsNotOffered`,
    :class:`SubAccountPoolEmpty`; nothing has been written then.
    """
    case = await lock_case(session, court_id=court_id, case_id=case_id)
    held = await _held(session, court_id, case_id)
    if held is not None:
        return held
    if case.status == CaseStatus.CLOSED:
        raise CaseClosed("案件已结案", "The case is closed", field="caseId")
    if fund_account_id is None:
        fund_account_id = await sub_account_home_of(session, court_id)
    elif not await has_sub_accounts(session, court_id=court_id, fund_account_id=fund_account_id):
        raise sub_accounts_not_offered()
    bound = await take_free(session, court_id=court_id, fund_account_id=fund_account_id, case_ids=[case_id], now=now)
    taken = await _held(session, court_id, case_id) if bound else None
    if taken is None:
        raise SubAccountPoolEmpty(
            "子账户已用完，正在补充，请稍后再试", "No free sub-account; the pool is being refilled, try again shortly"
        )
    return taken


async def _held(session: WriteSession, court_id: int, case_id: UUID) -> SubAccount | None:
    return await session.scalar(
        select(SubAccount)
        .where(SubAccount.court_id == court_id, SubAccount.case_id == case_id)
        .execution_options(populate_existing=True)
    )


async def sub_account_home_of(session: WriteSession, court_id: int) -> UUID:
    """Where the court's cases get theirs. Raises :class:`FundAccountMissing`, :class:`SubAccountsNotOffered`."""
    home = await sub_account_home(session, court_id=court_id)
    if home is not None:
        return home.id
    if await default_fund_account(session, court_id=court_id) is None:
        raise FundAccountMissing("本院尚无案款专户", "The court has no fund account")
    raise sub_accounts_not_offered()


def sub_accounts_not_offered(field: str | None = None) -> SubAccountsNotOffered:
    """The error; ``field`` is the input that named the account."""
    return SubAccountsNotOffered(
        "开户银行不提供子账户，到账请凭附言认领",
        "The bank has no sub-accounts; claim arrivals by their remark",
        field=field,
    )
