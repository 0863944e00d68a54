"""Give a case its own virtual sub-account: one case, one account (domain §5.2)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from ankuan.banking.link_case_account import link_case_account
from ankuan.banking.queries import default_fund_account
from ankuan.collection.tables import SubAccount, SubAccountBinding
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.ids import new_id
from ankuan.platform.db import WriteSession
from ankuan.platform.events import emit
from ankuan.plugin_api.events import SubAccountBound
from ankuan.registry.queries import lock_case


class NoFundAccount(AnkuanError):
    """The court has no active fund account."""

    code = "no_fund_account"
    kind = ErrorKind.REFUSED


class SubAccountPoolEmpty(AnkuanError):
    """No free sub-account is left; the pool is being refilled."""

    code = "sub_account_pool_empty"
    kind = ErrorKind.REFUSED


async def bind_sub_account(session: WriteSession, *, court_id: int, case_id: UUID, now: datetime) -> SubAccount:
    """The case's sub-account, taking a free one if it has none yet.

    Raises ``CaseNotFound``, :class:`NoFundAccount`, :class:`SubAccountPoolEmpty`.
    """
    await lock_case(session, court_id=court_id, case_id=case_id)
    held = await session.scalar(
        select(SubAccount).where(SubAccount.court_id == court_id, SubAccount.case_id == case_id)
    )
    if held is not None:
        return held
    account = await default_fund_account(session, court_id=court_id)
    if account is None:
        raise NoFundAccount("本院尚无案款专户", "The court has no fund account")
    # SKIP LOCKED: two registrations at once take two numbers instead of waiting for each other.
    free = await session.scalar(
        select(SubAccount)
        .where(SubAccount.court_id == court_id, SubAccount.fund_account_id == account.id, SubAccount.status == "free")
        .order_by(SubAccount.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if free is None:
        raise SubAccountPoolEmpty(
            "子账户已用完，正在补充，请稍后再试", "No free sub-account; the pool is being refilled, try again shortly"
        )
    await session.execute(
        update(SubAccount)
        .where(SubAccount.court_id == court_id, SubAccount.id == free.id)
        .values(status="bound", case_id=case_id, bound_at=now)
        .execution_options(synchronize_session="evaluate")
    )
    session.add(
        SubAccountBinding(court_id=court_id, id=new_id(), sub_account_id=free.id, case_id=case_id, bound_at=now)
    )
    await session.flush()
    await link_case_account(
        session, court_id=court_id, case_id=case_id, fund_account_id=account.id, sub_account_no=free.number, now=now
    )
    await emit(session, SubAccountBound(court_id=court_id, subject=case_id, sub_account_no=free.number), now=now)
    return free
