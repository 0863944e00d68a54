"""What money in hears from other rooms, in their transactions."""

from datetime import datetime

import structlog

from ankuan.banking.queries import get_line
from ankuan.collection.bind_sub_account import NoFundAccount, SubAccountPoolEmpty, bind_sub_account
from ankuan.collection.order_adjustments import order_adjustments, settle_adjustment
from ankuan.collection.receive_line import receive_line
from ankuan.platform.alarms import raise_alarm
from ankuan.platform.bus import EventBus
from ankuan.platform.db import WriteSession
from ankuan.plugin_api.bank import LineDirection, LineKind
from ankuan.plugin_api.events import BankLineSeen, CaseRegistered, DisbursementChanged, InstructionChanged

log = structlog.get_logger(__name__)


def listen(bus: EventBus) -> None:
    """Register this room's listeners."""
    bus.listen(CaseRegistered, _bind)
    bus.listen(BankLineSeen, _receive)
    bus.listen(DisbursementChanged, _hurry_adjustments)
    bus.listen(InstructionChanged, _adjustment_answered)


async def _bind(session: WriteSession, event: CaseRegistered, now: datetime) -> None:
    """Each enforcement case gets its number at once; a registration never fails for want of one."""
    if not event.wants_sub_account:
        return
    try:
        await bind_sub_account(session, court_id=event.court_id, case_id=event.subject, now=now)
    except (NoFundAccount, SubAccountPoolEmpty) as error:
        await raise_alarm(
            session,
            court_id=event.court_id,
            kind="sub_account_pool_low",
            subject_key=str(event.court_id),
            message=f"{event.case_number} 未能绑定子账户：{error.zh}",
            now=now,
        )


async def _receive(session: WriteSession, event: BankLineSeen, now: datetime) -> None:
    if event.direction != LineDirection.CREDIT or event.line_kind != LineKind.EXTERNAL:
        return
    line = await get_line(session, court_id=event.court_id, line_id=event.subject)
    await receive_line(session, line=line, now=now)


async def _hurry_adjustments(session: WriteSession, event: DisbursementChanged, now: datetime) -> None:
    """A case's money is about to leave: whatever still waits on the bank's adjustment account must move first."""
    if event.status in {"in_approval", "approved", "audited", "released"}:
        await order_adjustments(session, court_id=event.court_id, case_id=event.case_id, now=now)


async def _adjustment_answered(session: WriteSession, event: InstructionChanged, now: datetime) -> None:
    if event.purpose != "adjustment" or event.state not in {"settled", "refused"}:
        return
    await settle_adjustment(session, court_id=event.court_id, allocation_id=event.origin_id, state=event.state)
    if event.state == "refused":
        await raise_alarm(
            session,
            court_id=event.court_id,
            kind="adjustment_refused",
            subject_key=str(event.origin_id),
            message="银行拒绝调账，认领的案款仍在公共调账账户",
            now=now,
        )
