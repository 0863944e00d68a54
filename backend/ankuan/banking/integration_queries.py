"""How every fund account's bank is reached, the worst first: a few statements for any number of courts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, exists, false, func, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import distinct_on

from ankuan.banking.endpoint_health import HOUR
from ankuan.banking.queries import FundAccountNotFound, Refs
from ankuan.banking.tables import (
    BankEndpoint,
    BankEndpointCalls,
    FundAccount,
    Instruction,
    PluginState,
    RawMessage,
)
from ankuan.banking.transitions import FINAL, InstructionState
from ankuan.banking.watch_certificates import EXPIRING
from ankuan.platform.db import ReadSession
from ankuan.platform.paging import Keyset, Page, fetch_page
from ankuan.platform.plugins import PluginHost
from ankuan.platform.tables import Alarm


class Condition(StrEnum):
    """One word for how a fund account's bank is reached, the worst first."""

    PLUGIN_MISSING = "plugin_missing"
    SWITCHED_OFF = "switched_off"
    CIRCUIT_OPEN = "circuit_open"
    FAILING = "failing"
    PROBING = "probing"
    NEVER_REACHED = "never_reached"
    CERTIFICATE_ENDING = "certificate_ending"
    NORMAL = "normal"
    BY_FILE = "by_file"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class Queue:
    """Orders whose fate is open. ``oldest_since``: when the oldest of them was ordered."""

    ready: int = 0
    sending: int = 0
    unknown: int = 0
    accepted: int = 0
    awaiting_bank: int = 0
    oldest_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Integration:
    """One fund account with all that is known of the way to its bank."""

    account: FundAccount
    condition: Condition
    endpoint: BankEndpoint | None
    queue: Queue = field(default_factory=Queue)
    calls_last_hour: int = 0
    failures_last_hour: int = 0


_RANKS: Final = {condition: rank for rank, condition in enumerate(Condition)}


async def search_integrations(
    session: ReadSession,
    *,
    courts: Collection[int] | None,
    plugins: PluginHost,
    now: datetime,
    first: int = 50,
    after: str | None = None,
) -> Page[Integration]:
    """Integrations, the worst first. ``courts`` None: all in scope. Raises ``InvalidPage``.

    A cursor names the condition that a row had: a row that got worse meanwhile may be missed by the pages that follow.
    """
    rank = _rank(plugins)
    statement = _statement()
    if courts is not None:
        statement = statement.where(FundAccount.court_id.in_(courts))
    keyset = Keyset((rank, FundAccount.court_id, FundAccount.id), (int, int, UUID), descending=False)
    page = await fetch_page(session, statement.add_columns(rank.label("rank")), keyset, first=first, after=after)
    return page.with_rows(await _with_facts(session, page.rows, now))


async def get_integration(
    session: ReadSession, *, court_id: int, fund_account_id: UUID, plugins: PluginHost, now: datetime
) -> Integration:
    """One of them. Raises ``FundAccountNotFound``."""
    statement = _statement().add_columns(_rank(plugins).label("rank"))
    rows = await session.execute(statement.where(FundAccount.court_id == court_id, FundAccount.id == fund_account_id))
    found = await _with_facts(session, [tuple(row) for row in rows], now)
    if not found:
        raise FundAccountNotFound("案款专户不存在", "No such fund account", field="fundAccountId")
    return found[0]


def _statement() -> Select[FundAccount, BankEndpoint]:
    return select(FundAccount, BankEndpoint).outerjoin(
        BankEndpoint,
        (BankEndpoint.court_id == FundAccount.court_id) & (BankEndpoint.fund_account_id == FundAccount.id),
    )


def _rank(plugins: PluginHost) -> ColumnElement[int]:
    """The condition's place, decided where the rows are: the list is sorted by it before it is cut into pages."""
    off = sorted(plugins.state.switched_off)
    ending = exists().where(
        Alarm.court_id == FundAccount.court_id,
        Alarm.kind == EXPIRING,
        Alarm.subject_key.startswith(func.concat(cast(FundAccount.id, String), ":")),
        Alarm.cleared_at.is_(None),
    )
    by_file = FundAccount.is_paper | FundAccount.files_decide
    reached = BankEndpoint.last_ok_at.is_not(None) | FundAccount.polled_at.is_not(None)
    steps: tuple[tuple[ColumnElement[bool], Condition], ...] = (
        (~FundAccount.active, Condition.INACTIVE),
        (FundAccount.bank_id.not_in(sorted(plugins.banks)), Condition.PLUGIN_MISSING),
        (FundAccount.bank_id.in_(off) if off else false(), Condition.SWITCHED_OFF),
        (BankEndpoint.state == "open", Condition.CIRCUIT_OPEN),
        (and_(FundAccount.poll_failures > 0, or_(reached, BankEndpoint.state.is_not(None))), Condition.FAILING),
        (BankEndpoint.state == "half_open", Condition.PROBING),
        (and_(~reached, ~by_file), Condition.NEVER_REACHED),
        (ending, Condition.CERTIFICATE_ENDING),
        (and_(by_file, BankEndpoint.state.is_(None)), Condition.BY_FILE),
        (true(), Condition.NORMAL),
    )
    return case(*[(holds, _RANKS[condition]) for holds, condition in steps])


async def _with_facts(session: ReadSession, rows: Collection[Any], now: datetime) -> list[Integration]:
    refs = [(row[0].court_id, row[0].id) for row in rows]
    queues = await _queues(session, refs)
    calls = await _calls(session, refs, now)
    conditions = tuple(Condition)
    return [
        Integration(
            account=account,
            condition=conditions[rank],
            endpoint=endpoint,
            queue=queues.get((account.court_id, account.id), Queue()),
            calls_last_hour=calls.get((account.court_id, account.id), (0, 0))[0],
            failures_last_hour=calls.get((account.court_id, account.id), (0, 0))[1],
        )
        for account, endpoint, rank in rows
    ]


async def _queues(session: ReadSession, refs: Refs) -> dict[tuple[int, UUID], Queue]:
    def of(state: InstructionState) -> ColumnElement[int]:
        return func.count().filter(Instruction.state == state.value)

    rows = await session.execute(
        select(
            Instruction.court_id,
            Instruction.fund_account_id,
            of(InstructionState.READY),
            of(InstructionState.SENDING),
            of(InstructionState.UNKNOWN),
            of(InstructionState.ACCEPTED),
            of(InstructionState.AWAITING_BANK),
            func.min(Instruction.created_at),
        )
        .where(
            tuple_(Instruction.court_id, Instruction.fund_account_id).in_(list(refs)),
            Instruction.state.not_in(sorted(state.value for state in FINAL)),
        )
        .group_by(Instruction.court_id, Instruction.fund_account_id)
    )
    return {(row[0], row[1]): Queue(*row[2:]) for row in rows}


async def _calls(session: ReadSession, refs: Refs, now: datetime) -> dict[tuple[int, UUID], tuple[int, int]]:
    made = BankEndpointCalls
    rows = await session.execute(
        select(made.court_id, made.fund_account_id, func.sum(made.calls), func.sum(made.failures))
        .where(tuple_(made.court_id, made.fund_account_id).in_(list(refs)), made.slot > now - HOUR)
        .group_by(made.court_id, made.fund_account_id)
    )
    return {(row[0], row[1]): (int(row[2]), int(row[3])) for row in rows}


async def plugin_states(session: ReadSession) -> Mapping[str, PluginState]:
    """The last switch of each plugin that was ever switched."""
    rows = await session.scalars(
        select(PluginState)
        .ext(distinct_on(PluginState.plugin_id))
        .order_by(PluginState.plugin_id, PluginState.number.desc())
    )
    return {row.plugin_id: row for row in rows}


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """A kept message without its texts. ``payee``: name and account that its order names, to be masked in it."""

    id: UUID
    court_id: int
    fund_account_id: UUID
    operation: str
    started_at: datetime
    took: timedelta
    note: str
    answered: bool
    client_ref: str | None
    payee: tuple[str, ...]


async def last_messages(
    session: ReadSession, *, court_id: int, fund_account_id: UUID, first: int
) -> list[MessageFacts]:
    """The last messages of an account, the newest first."""
    rows = await session.execute(
        _messages()
        .where(RawMessage.court_id == court_id, RawMessage.fund_account_id == fund_account_id)
        .order_by(RawMessage.id.desc())
        .limit(first)
    )
    return [_facts(row) for row in rows]


async def get_message(session: ReadSession, *, court_id: int, message_id: UUID) -> MessageFacts | None:
    """One of them."""
    row = (
        await session.execute(_messages().where(RawMessage.court_id == court_id, RawMessage.id == message_id))
    ).one_or_none()
    return _facts(row) if row is not None else None


def _messages() -> Select[*tuple[Any, ...]]:
    return select(
        RawMessage.id,
        RawMessage.court_id,
        RawMessage.fund_account_id,
        RawMessage.operation,
        RawMessage.started_at,
        RawMessage.ended_at,
        RawMessage.note,
        RawMessage.response.is_not(None).label("answered"),
        Instruction.client_ref,
        Instruction.payee_name,
        Instruction.payee_account,
    ).outerjoin(
        Instruction,
        (Instruction.court_id == RawMessage.court_id) & (Instruction.id == RawMessage.instruction_id),
    )


def _facts(row: Any) -> MessageFacts:
    return MessageFacts(
        id=row.id,
        court_id=row.court_id,
        fund_account_id=row.fund_account_id,
        operation=row.operation,
        started_at=row.started_at,
        took=row.ended_at - row.started_at,
        note=row.note,
        answered=row.answered,
        client_ref=row.client_ref,
        payee=tuple(text for text in (row.payee_name, row.payee_account) if text),
    )
