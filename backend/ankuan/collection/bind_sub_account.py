"""Give a case its own virtual sub-account: one case, one account (domain §5.2)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from ankuan.banking.abilities import has_sub_accounts
from ankuan.banking.link_case_account import link_case_account
from ankuan.banking.queries import default_fund_account, sub_account_home
from ankuan.collection.rules import SubAccountStatus
from ankuan.collection.tables import SubAccount, SubAccountBinding, SubAccountWish
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.ids import new_id
from ankuan.platform.db import WriteSession
from ankuan.platform.events import emit
from ankuan.plugin_api.events import SubAccountBound
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
    held = await session.scalar(
        select(SubAccount)
        .where(SubAccount.court_id == court_id, SubAccount.case_id == case_id)
        .execution_options(populate_existing=True)
    )
    if held is not None:
        return held
    if case.status == CaseStatus.CLOSED:
        raise CaseClosed("案件已结案", "The case is closed", field="caseId")
    if fund_account_id is None:
        fund_account_id = await _home(session, court_id)
    elif not await has_sub_accounts(session, court_id=court_id, fund_account_id=fund_account_id):
        raise sub_accounts_not_offered()
    free = await _take_free(session, court_id, fund_account_id)
    free.status, free.case_id, free.bound_at = SubAccountStatus.BOUND, case_id, now
    session.add(
        SubAccountBinding(court_id=court_id, id=new_id(), sub_account_id=free.id, case_id=case_id, bound_at=now)
    )
    await session.execute(
        update(SubAccountWish)
        .where(
            SubAccountWish.court_id == court_id, SubAccountWish.case_id == case_id, SubAccountWish.served_at.is_(None)
        )
        .values(served_at=now)
    )
    await session.flush()
    await link_case_account(
        session,
        court_id=court_id,
        case_id=case_id,
        fund_account_id=fund_account_id,
        sub_account_no=free.number,
        now=now,
    )
    await emit(session, SubAccountBound(court_id=court_id, subject=case_id, sub_account_no=free.number), now=now)
    return free


async def _home(session: WriteSession, court_id: int) -> UUID:
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


async def _take_free(session: WriteSession, court_id: int, fund_account_id: UUID) -> SubAccount:
    """Lock a free sub-account. SKIP LOCKED: two registrations at once take two instead of waiting for each other."""
    free = await session.scalar(
        select(SubAccount)
        .where(
            SubAccount.court_id == court_id,
            SubAccount.fund_account_id == fund_account_id,
            SubAccount.status == SubAccountStatus.FREE,
        )
        .order_by(SubAccount.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if free is None:
        raise SubAccountPoolEmpty(
            "子账户已用完，正在补充，请稍后再试", "No free sub-account; the pool is being refilled, try again shortly"
        )
    return free


async def wish_sub_account(session: WriteSession, *, court_id: int, case_id: UUID, now: datetime) -> None:
    """Remember a case that found the pool empty; it is served when the pool is filled."""
    await session.execute(
        insert(SubAccountWish).values(court_id=court_id, case_id=case_id, asked_at=now).on_conflict_do_nothing()
    )


async def serve_wishes(session: WriteSession, *, court_id: int, limit: int, now: datetime) -> int:
    """Bind sub-accounts to up to ``limit`` waiting cases, first come first served; returns how many were bound.

    Stops where the pool ends. A case that was closed meanwhile is taken off the list.
    """
    waiting: Sequence[UUID] = (
        await session.scalars(
            select(SubAccountWish.case_id)
            .where(SubAccountWish.court_id == court_id, SubAccountWish.served_at.is_(None))
            .order_by(SubAccountWish.asked_at, SubAccountWish.case_id)
            .limit(limit)
        )
    ).all()
    bound = 0
    # Cases are locked in one order everywhere, so that two workers and a claim never wait for each other in a circle.
    for case_id in sorted(waiting):
        try:
            await bind_sub_account(session, court_id=court_id, case_id=case_id, now=now)
            bound += 1
        except CaseClosed:
            await session.execute(
                update(SubAccountWish)
                .where(SubAccountWish.court_id == court_id, SubAccountWish.case_id == case_id)
                .values(served_at=now)
            )
        except (SubAccountPoolEmpty, FundAccountMissing, SubAccountsNotOffered):
            break
    return bound
