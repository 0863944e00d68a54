"""GraphQL of the ledger: a case's balance and entries. By ``case.read``."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Final
from uuid import UUID

import strawberry
from sqlalchemy import text

from ankuan.kernel.errors import NotFound
from ankuan.kernel.money import Money
from ankuan.ledger.case_entries import CaseEntry, case_entries, case_entry
from ankuan.ledger.entry_kinds import entry_title
from ankuan.ledger.queries import case_position
from ankuan.platform.db import ReadSession
from ankuan.platform.graphql.connection import Connection, Node, connection
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.enums import describe_enum
from ankuan.platform.graphql.ids import Ref, expect_id, global_id

CaseId = Annotated[strawberry.ID, strawberry.argument(description="The case.")]
AsOf = Annotated[date | None, strawberry.argument(description="Count entries effective on or before this date.")]
KnownAt = Annotated[datetime | None, strawberry.argument(description="Count entries recorded by this instant.")]

# The registry is the ledger's sibling: who handles a case is read from its table, without its code.
_HANDLED_BY = text("select handler_id, department_id from court_case where court_id = :court and id = :case")


class EntryDirection(Enum):
    """Direction of an entry."""

    IN = "in"
    OUT = "out"


describe_enum(
    EntryDirection,
    "Which way an entry moves money, seen from the case.",
    {
        "IN": "The case received it, or held money is available again.",
        "OUT": "It left the case, or was reserved for a payout.",
    },
)


@strawberry.type(name="CaseBalance", description="Money of a case: available + held = received - paid.")
class CaseBalanceType:
    """A position in time."""

    available: Money = strawberry.field(description="What may be disposed of.")
    held: Money = strawberry.field(description="Reserved for payouts in flight.")
    total: Money = strawberry.field(description="Available and held.")
    received: Money = strawberry.field(description="All that came in, less what was reversed.")
    paid: Money = strawberry.field(description="All that went out, less what was reversed.")
    as_of: date | None = strawberry.field(description="The date asked for.")
    known_at: datetime | None = strawberry.field(description="The instant asked for.")


@strawberry.type(name="LedgerEntry", description="An immutable entry of the ledger, seen from a case.")
class LedgerEntryType(Node):
    """One row of a case's ledger."""

    effective_on: date = strawberry.field(description="Business date on which the money moved.")
    recorded_at: datetime = strawberry.field(description="When it was written down.")
    amount: Money = strawberry.field(description="Amount, above zero.")
    direction: EntryDirection = strawberry.field(description="In or out.")
    kind: str = strawberry.field(description="Why it moved, a stable word.")
    kind_title: str = strawberry.field(description="Why it moved, in Chinese.")
    counter_account: str = strawberry.field(description="Where it came from or went to, in Chinese.")
    memo: str = strawberry.field(description="Note.")
    balance_after: Money = strawberry.field(description="Available to the case after this entry.")
    reverses_id: strawberry.ID | None = strawberry.field(description="The entry that this one undoes.")
    reversed_by_id: strawberry.ID | None = strawberry.field(description="The entry that undid this one.")
    source_ref: str = strawberry.field(description="What the entry was made from: source and reference.")


def _entry(row: CaseEntry) -> LedgerEntryType:
    def entry_id(number: int | None) -> strawberry.ID | None:
        return None if number is None else global_id("LedgerEntry", row.court_id, number)

    return LedgerEntryType(
        id=global_id("LedgerEntry", row.court_id, row.id),
        effective_on=row.effective_on,
        recorded_at=row.recorded_at,
        amount=row.amount,
        direction=EntryDirection.IN if row.incoming else EntryDirection.OUT,
        kind=row.kind,
        kind_title=entry_title(row.kind),
        counter_account=row.counter_account.label,
        memo=row.memo,
        balance_after=row.available_after,
        reverses_id=entry_id(row.reverses_id),
        reversed_by_id=entry_id(row.reversed_by_id),
        source_ref=f"{row.source}:{row.source_ref}",
    )


async def _require(info: Information, session: ReadSession, court_id: int, case_id: UUID, *, field: str) -> None:
    """Raise NotFound or NotAllowed unless the viewer may read this case."""
    found = (await session.execute(_HANDLED_BY, {"court": court_id, "case": case_id})).one_or_none()
    if found is None:
        raise NotFound("案件不存在", "No such case", field=field)
    info.context.gate.require(
        info.context.actor,
        "case.read",
        court_id=court_id,
        handler_id=found.handler_id,
        department_id=found.department_id,
    )


async def _entry_node(info: Information, ref: Ref) -> LedgerEntryType | None:
    if not isinstance(ref.key, int):
        return None
    async with info.context.read() as session:
        found = await case_entry(session, court_id=ref.court_id, entry_id=ref.key)
        if found is None:
            return None
        case_id, entry = found
        await _require(info, session, ref.court_id, case_id, field="id")
    return _entry(entry)


NODES: Final[Mapping[str, Callable[[Information, Ref], Awaitable[Node | None]]]] = {"LedgerEntry": _entry_node}


@strawberry.type
class LedgerQuery:
    """Merged into Query."""

    @strawberry.field(description="Money of a case, now, as of a date, or as known at an instant.")
    async def case_balance(
        self, info: Information, case_id: CaseId, as_of: AsOf = None, known_at: KnownAt = None
    ) -> CaseBalanceType:
        """The position of a case over all fund accounts."""
        ref = expect_id(case_id, "Case", field="caseId")
        async with info.context.read() as session:
            await _require(info, session, ref.court_id, ref.uuid, field="caseId")
            found = await case_position(
                session, court_id=ref.court_id, case_id=ref.uuid, as_of=as_of, known_at=known_at
            )
        return CaseBalanceType(
            available=found.available,
            held=found.held,
            total=found.total,
            received=found.received,
            paid=found.paid,
            as_of=as_of,
            known_at=known_at,
        )

    @strawberry.field(description="Entries of a case, newest first.")
    async def case_ledger(  # noqa: PLR0917 - GraphQL calls by name
        self,
        info: Information,
        case_id: CaseId,
        as_of: AsOf = None,
        known_at: KnownAt = None,
        first: Annotated[int, strawberry.argument(description="Rows of a page, at most 100.")] = 50,
        after: Annotated[str | None, strawberry.argument(description="Cursor of the row after which to go on.")] = None,
    ) -> Connection[LedgerEntryType]:
        """The ledger of a case over all fund accounts."""
        ref = expect_id(case_id, "Case", field="caseId")
        async with info.context.read() as session:
            await _require(info, session, ref.court_id, ref.uuid, field="caseId")
            page = await case_entries(
                session,
                court_id=ref.court_id,
                case_id=ref.uuid,
                as_of=as_of,
                known_at=known_at,
                first=first,
                after=after,
            )
        return connection(page.with_rows([_entry(row) for row in page.rows]))
