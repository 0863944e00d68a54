"""Fields that belong to no single room: look-up by global id, alarms, the event log."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

import strawberry
from sqlalchemy import select

from ankuan.control.runtime_checks import CHECKS
from ankuan.kernel.errors import NotFound
from ankuan.platform.alarms import clear_alarm
from ankuan.platform.db import ReadSession, WriteSession
from ankuan.platform.events import BEGINNING, read_events
from ankuan.platform.graphql.connection import Connection, Node, connection
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.errors import AnyError
from ankuan.platform.graphql.ids import Ref, decode_id, expect_id, global_id
from ankuan.platform.graphql.mutation import Outcome, run_mutation
from ankuan.platform.paging import Keyset, fetch_page
from ankuan.platform.tables import Alarm
from ankuan.registry.graphql import CourtType, load_court

NodeLoader = Callable[[Information, Ref], Awaitable[Node | None]]
ALARM_TITLES = {
    "adjustment_refused": "银行拒绝调账",
    "adjustment_impossible": "无法调账",
    "adjustment_after_undo": "撤销后银行仍调账",
    "paid_without_cover": "银行先拒后付，案件余额不足",
    "instruction_overdue": "付款结果长时间不明",
    "instruction_settled_after_refusal": "银行先拒后付",
    "instruction_contradiction": "银行答复前后矛盾",
    "instruction_lost_by_bank": "银行查无已受理指令",
    "instruction_paid_twice": "银行疑似重复付款",
    "instruction_line_differs": "银行流水与指令不符",
    "instruction_executed_unsent": "未发送指令已被执行",
    "instruction_cannot_send": "指令无法发送",
    "instruction_tampered": "指令内容被改动",
    "instruction_objected": "付款指令被拦下",
    "payment_returned": "退汇",
    "unexplained_debit": "不明支出",
    "bank_line_changed": "银行流水前后不一",
    "bank_line_reversed": "银行冲正",
    "bank_notice_refused": "冒用银行名义的通知",
    "bank_notice_unknown_order": "银行通知提及未知指令",
    "calendar_year_missing": "缺少工作日历",
    "bank_lines_malformed": "银行流水无法识别",
    "bank_answer_malformed": "银行应答无法识别",
    "sign_in_locked": "登录失败次数过多",
    "bank_unreachable": "银行连接中断",
    "bank_plugin_stuck": "银行插件失去响应",
    "certificate_expiring": "证书即将到期",
    "sub_account_pool_low": "子账户存量不足",
    **{check.alarm_kind: check.zh for check in CHECKS},
}
"""What the alarm list says for each kind that anything raises."""


@strawberry.type(name="Alarm", description="Something a person must look at.")
class AlarmType(Node):
    """One alarm."""

    kind: str = strawberry.field(description="Stable name of the kind of alarm.")
    title: str = strawberry.field(description="The kind in words.")
    message: str = strawberry.field(description="What happened.")
    times: int = strawberry.field(description="How often it has happened while open.")
    raised_at: datetime = strawberry.field(description="First time.")
    last_at: datetime = strawberry.field(description="Last time.")
    cleared_at: datetime | None = strawberry.field(description="When it was cleared.")
    cleared_by: str | None = strawberry.field(description="Who cleared it.")
    note: str | None = strawberry.field(description="What was found.")
    court_id: strawberry.Private[int]

    @strawberry.field(description="The court it concerns.")
    async def court(self, info: Information) -> CourtType:
        """Through the request's loader."""
        return await load_court(info, self.court_id)


@strawberry.type(description="One entry of the event log.")
class EventRecord:
    """One event as partners read it."""

    cursor: str = strawberry.field(description="Pass it as `after` to go on from here.")
    kind: str = strawberry.field(description="What happened, e.g. receipt.arrived.")
    subject: str = strawberry.field(description="Id of the thing it happened to.")
    at: datetime = strawberry.field(description="When it was recorded.")


@strawberry.input(description="Clear an alarm after looking into it.")
class ClearAlarmInput:
    """Input of clearAlarm."""

    idempotency_key: str = strawberry.field(description="Made by the client, one per intended act.")
    alarm_id: strawberry.ID = strawberry.field(description="The alarm.")
    note: str = strawberry.field(description="What was found and done.")
    dry_run: bool = strawberry.field(default=False, description="Answer the same, change nothing.")


@strawberry.type(description="The alarm is cleared.")
class ClearAlarmSuccess:
    """Success of clearAlarm."""

    dry_run: bool = strawberry.field(description="Whether nothing was kept.")
    alarm: AlarmType = strawberry.field(description="The alarm as it stands now.")


ClearAlarmResult = Annotated[
    ClearAlarmSuccess | AnyError, strawberry.union("ClearAlarmResult", description="Result of clearAlarm.")
]


@strawberry.type
class SystemQuery:
    """Merged into Query."""

    @strawberry.field(description="Any object by its global id; null when there is none this viewer may see.")
    async def node(
        self,
        info: Information,
        id: Annotated[strawberry.ID, strawberry.argument(description="Global id.")],  # noqa: A002 - Relay's name
    ) -> Node | None:
        """Relay's node field."""
        try:
            ref = decode_id(id)
            loader = NODES.get(ref.type_name)
            return await loader(info, ref) if loader else None
        except NotFound:
            return None

    @strawberry.field(description="Alarms, newest first.")
    async def alarms(
        self,
        info: Information,
        court_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only of this court.")] = None,
        open: Annotated[bool, strawberry.argument(description="Only those not cleared.")] = True,  # noqa: A002 - reads well in GraphQL
        first: Annotated[int, strawberry.argument(description="Rows a page, at most 100.")] = 50,
        after: Annotated[str | None, strawberry.argument(description="Cursor of the page before.")] = None,
    ) -> Connection[AlarmType]:
        """List alarms of the courts in scope."""
        actor = info.context.actor
        court = expect_id(court_id, "Court", field="courtId").court_id if court_id is not None else actor.court_id or 0
        info.context.gate.require(actor, "alarm.read", court_id=court)
        statement = select(Alarm)
        if court_id is not None:
            statement = statement.where(Alarm.court_id == court)
        if open:
            statement = statement.where(Alarm.cleared_at.is_(None))
        keyset = Keyset((Alarm.raised_at, Alarm.id), (datetime, type(Alarm.id)), descending=True)
        async with info.context.read() as session:
            page = await fetch_page(session, statement, keyset, first=first, after=after)
        return connection(page.with_rows([_alarm(row) for row in page.rows]))

    @strawberry.field(description="The event log this viewer may see, oldest first; for catching up.")
    async def events(
        self,
        info: Information,
        after: Annotated[str | None, strawberry.argument(description="Cursor of the last event known.")] = None,
        first: Annotated[int, strawberry.argument(description="At most 100.")] = 50,
    ) -> list[EventRecord]:
        """Read the outbox."""
        info.context.gate.require(info.context.actor, "overview.read", court_id=info.context.actor.court_id or 0)
        async with info.context.read() as session:
            page = await read_events(session, after=after or BEGINNING, limit=max(1, min(first, 100)))
        return [EventRecord(cursor=e.cursor, kind=e.kind, subject=str(e.subject), at=e.at) for e in page.events]


@strawberry.type
class SystemMutation:
    """Merged into Mutation."""

    @strawberry.mutation(description="Clear an alarm with a note.")
    async def clear_alarm(
        self,
        info: Information,
        input: Annotated[ClearAlarmInput, strawberry.argument(description="What to clear.")],  # noqa: A002 - Relay's name
    ) -> ClearAlarmResult:
        """Clear one alarm."""

        async def perform(session: WriteSession, now: datetime) -> Outcome:
            ref = expect_id(input.alarm_id, "Alarm", field="alarmId")
            info.context.gate.require(session.actor, "alarm.clear", court_id=ref.court_id)
            await clear_alarm(
                session, court_id=ref.court_id, alarm_id=ref.uuid, note=input.note, by=session.actor.name, now=now
            )
            return {"alarm": input.alarm_id}

        async def present(session: WriteSession, outcome: Outcome) -> ClearAlarmSuccess:
            ref = expect_id(outcome["alarm"], "Alarm", field="alarmId")
            return ClearAlarmSuccess(dry_run=input.dry_run, alarm=_alarm(await _load_alarm(session, ref)))

        return await run_mutation(info, input, perform=perform, present=present)


async def _load_alarm(session: ReadSession, ref: Ref) -> Alarm:
    found = await session.scalar(select(Alarm).where(Alarm.court_id == ref.court_id, Alarm.id == ref.uuid))
    if found is None:
        raise NotFound("告警不存在", "No such alarm", field="alarmId")
    return found


def _alarm(row: Alarm) -> AlarmType:
    return AlarmType(
        id=global_id("Alarm", row.court_id, row.id),
        kind=row.kind,
        title=ALARM_TITLES.get(row.kind, row.kind),
        message=row.message,
        times=row.times,
        raised_at=row.raised_at,
        last_at=row.last_at,
        cleared_at=row.cleared_at,
        cleared_by=row.cleared_by,
        note=row.note,
        court_id=row.court_id,
    )


async def _alarm_node(info: Information, ref: Ref) -> Node | None:
    info.context.gate.require(info.context.actor, "alarm.read", court_id=ref.court_id)
    async with info.context.read() as session:
        return _alarm(await _load_alarm(session, ref))


NODES: dict[str, NodeLoader] = {"Alarm": _alarm_node}
"""Loaders by type name; ``schema.py`` adds the rooms' own."""
