"""What money in hears from other rooms, in their transactions."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from ankuan.collection.bind_sub_account import (
    CaseClosed,
    FundAccountMissing,
    SubAccountPoolEmpty,
    SubAccountsNotOffered,
)
from ankuan.collection.order_adjustments import order_adjustments, settle_adjustment
from ankuan.collection.receive_lines import receive_lines
from ankuan.collection.serve_wishes import bind_sub_accounts, wish_sub_accounts
from ankuan.platform.alarms import raise_alarm
from ankuan.platform.bus import EventBus
from ankuan.platform.db import WriteSession
from ankuan.plugin_api.bank import LineDirection, LineKind
from ankuan.plugin_api.events import BankLineSeen, CaseRegistered, DisbursementChanged, InstructionChanged

POOL_EMPTY = "子账户已用完，正在补充"
ABOUT_TO_LEAVE = frozenset({"in_approval", "approved", "audited", "released"})


def listen(bus: EventBus) -> None:
    """Register this room's listeners."""
    bus.listen_to_many(CaseRegistered, _bind)
    bus.listen_to_many(BankLineSeen, _receive)
    bus.listen(DisbursementChanged, _hurry_adjustments)
    bus.listen(InstructionChanged, _adjustment_answered)


async def _bind(session: WriteSession, events: Sequence[CaseRegistered], now: datetime) -> None:
    """Each enforcement case gets its number at once; for want of one no registration fails, the case waits for it."""
    wanting: defaultdict[int, dict[UUID, str]] = defaultdict(dict)
    for event in events:
        if event.wants_sub_account:
            wanting[event.court_id][event.subject] = event.case_number
    for court_id, cases in sorted(wanting.items()):
        try:
            bound = await bind_sub_accounts(session, court_id=court_id, case_ids=list(cases), now=now)
        except SubAccountsNotOffered:
            continue  # there will never be one to wait for
        except FundAccountMissing as error:
            await _wait(session, court_id, cases, error.zh, now)
        else:
            await _wait(session, court_id, {case: cases[case] for case in bound.waiting}, POOL_EMPTY, now)


async def _wait(session: WriteSession, court_id: int, cases: Mapping[UUID, str], why: str, now: datetime) -> None:
    if not cases:
        return
    await wish_sub_accounts(session, court_id=court_id, case_ids=list(cases), now=now)
    first = next(iter(cases.values()))
    named = first if len(cases) == 1 else f"{first} 等 {len(cases)} 件"
    await raise_alarm(
        session,
        court_id=court_id,
        kind="sub_account_pool_low",
        subject_key=str(court_id),
        message=f"{named} 暂未绑定子账户：{why}",
        now=now,
    )


async def _receive(session: WriteSession, events: Sequence[BankLineSeen], now: datetime) -> None:
    """All external credits of a page at once; a fund account after the other, by their ids."""
    arrived: defaultdict[tuple[int, UUID], list[UUID]] = defaultdict(list)
    for event in events:
        if event.direction == LineDirection.CREDIT and event.line_kind == LineKind.EXTERNAL:
            arrived[event.court_id, event.fund_account_id].append(event.subject)
    for (court_id, fund_account_id), line_ids in sorted(arrived.items()):
        await receive_lines(session, court_id=court_id, fund_account_id=fund_account_id, line_ids=line_ids, now=now)


async def _hurry_adjustments(session: WriteSession, event: DisbursementChanged, now: datetime) -> None:
    """A case's money is about to leave: whatever still waits on the bank's adjustment account must move first.

    Once it is released the bank's word on each line is told this way too, and a fact is never refused: what can't be
    moved (no sub-account to move it to) then stays due.
    """
    if event.status not in ABOUT_TO_LEAVE:
        return
    try:
        await order_adjustments(session, court_id=event.court_id, case_id=event.case_id, at_once=True, now=now)
    except (CaseClosed, SubAccountPoolEmpty):
        if event.status != "released":
            raise


async def _adjustment_answered(session: WriteSession, event: InstructionChanged, now: datetime) -> None:
    if event.purpose == "adjustment" and event.state in {"settled", "refused"}:
        await settle_adjustment(
            session,
            court_id=event.court_id,
            allocation_id=event.origin_id,
            settled=event.state == "settled",
            now=now,
        )
