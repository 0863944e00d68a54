"""Claims and undoing them: exact to the fen, and a refused one leaves the database as it was."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from ankuan.banking.record_lines import record_lines
from ankuan.collection.bind_sub_account import CaseClosed
from ankuan.collection.claim_receipt import (
    InvalidAllocations,
    OverAllocated,
    ReasonRequired,
    ReceiptNotFound,
    claim_receipt,
)
from ankuan.collection.tables import Receipt
from ankuan.collection.undo_allocation import (
    AdjustedAtBank,
    AllocationNotFound,
    AllocationSpent,
    AllocationUndone,
    undo_allocation,
)
from ankuan.kernel.errors import AnkuanError
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money, MoneyFormatError
from ankuan.ledger.queries import case_position
from ankuan.ledger.reserve_hold import reserve_hold
from ankuan.registry.queries import CaseNotFound
from ankuan.registry.register_case import register_case
from ankuan.registry.rules import CaseStatus
from ankuan.registry.set_case_status import set_case_status
from tests.fixtures.province import NOW
from tests.fixtures.receiving_court import SYSTEM, TODAY, World, told


async def claim(world: World, receipt: UUID, *parts: tuple[UUID, int], reason: str = "执行款") -> Receipt:
    async with world.database.write(world.actor()) as session:
        return await claim_receipt(
            session,
            court_id=world.court,
            receipt_id=receipt,
            allocations=[(case, Money(fen)) for case, fen in parts],
            reason=reason,
            now=NOW,
        )


async def undo(world: World, allocation: UUID, reason: str = "认领有误") -> Receipt:
    async with world.database.write(world.actor()) as session:
        return await undo_allocation(
            session, court_id=world.court, allocation_id=allocation, reason=reason, now=NOW + timedelta(hours=1)
        )


async def allocations(world: World, case: UUID) -> list[UUID]:
    rows = await world.rows("select id from allocation where case_id = :case order by id", case=case)
    return [UUID(str(row[0])) for row in rows]


async def test_a_receipt_is_divided_among_cases_to_the_fen(world: World) -> None:
    cases = [await world.case(n) for n in (1, 2, 3)]
    receipt = await world.arrive(100_01)
    shares = [share.fen for share in Money(100_01).allocate([1, 1, 1])]
    first = await claim(world, receipt, (cases[0], shares[0]), (cases[1], shares[1]))
    assert (first.status, first.amount_fen - first.allocated_fen) == ("partly_allocated", shares[2])
    second = await claim(world, receipt, (cases[2], shares[2]))
    assert (second.status, second.allocated_fen) == ("allocated", 100_01)
    assert [await world.balance("case", case) for case in cases] == [33_34, 33_34, 33_33]
    assert await world.balance("unidentified") == 0
    by = world.actor()
    assert {
        (row[0], row[1], row[2])
        for row in await world.rows("select allocated_by, allocated_by_id, reason from allocation")
    } == {(by.name, by.id, "执行款")}
    assert await world.rows("select payload ->> 'status' from event where kind = 'receipt.changed' order by id") == [
        ("partly_allocated",),
        ("allocated",),
    ]


async def test_an_undone_claim_counts_neither_as_received_nor_as_paid(world: World) -> None:
    case = await world.case(1)
    receipt = await world.arrive(500)
    await claim(world, receipt, (case, 500))
    [allocation] = await allocations(world, case)
    restored = await undo(world, allocation)
    assert (restored.status, restored.allocated_fen) == ("unidentified", 0)
    assert (await world.balance("unidentified"), await world.balance("case", case)) == (500, 0)
    async with world.database.read(SYSTEM) as session:
        position = await case_position(session, court_id=world.court, case_id=case)
    assert (position.received, position.paid) == (Money(0), Money(0))
    assert await world.rows("select undone_by, undo_reason, undone_at is not null from allocation") == [
        (world.actor().name, "认领有误", True)
    ]
    again = await claim(world, receipt, (case, 499))
    assert again.status == "partly_allocated"
    assert len(await allocations(world, case)) == 2


async def test_undoing_what_was_matched_on_arrival_makes_it_unidentified(world: World) -> None:
    await world.fill(1)
    case = await world.case(1)
    await world.arrive(500, to=await world.bind(case))
    [allocation] = await allocations(world, case)
    assert (await undo(world, allocation)).status == "unidentified"
    assert (await world.balance("unidentified"), await world.balance("case", case)) == (500, 0)
    assert (
        await world.one(
            "select sum(case when debit_account = a.id then amount_fen else -amount_fen end)::bigint"
            " from ledger_entry join ledger_account a on a.kind = 'bank' and a.id in (debit_account, credit_account)"
        )
        == 500
    )


REFUSED_CLAIMS = {
    "none": ((), "事由", InvalidAllocations),
    "twice": ((("case", 1), ("case", 1)), "事由", InvalidAllocations),
    "too many": (tuple(("new", 1) for _ in range(201)), "事由", InvalidAllocations),
    "zero": ((("case", 0),), "事由", MoneyFormatError),
    "negative": ((("case", -5),), "事由", MoneyFormatError),
    "no reason": ((("case", 1),), "  ", ReasonRequired),
    "long reason": ((("case", 1),), "长" * 501, ReasonRequired),
    "NUL": ((("case", 1),), "a\x00b", ReasonRequired),
    "unknown case": ((("case", 1), ("new", 1)), "事由", CaseNotFound),
    "foreign case": ((("foreign", 1),), "事由", CaseNotFound),
    "closed case": ((("case", 1), ("closed", 1)), "事由", CaseClosed),
    "one fen too much": ((("case", 501),), "事由", OverAllocated),
    "together too much": ((("case", 300), ("other", 201)), "事由", OverAllocated),
}


async def _cast(world: World) -> dict[str, UUID]:
    cast = {"case": await world.case(1), "other": await world.case(2), "closed": await world.case(3)}
    async with world.database.write(SYSTEM) as session:
        await set_case_status(
            session,
            court_id=world.court,
            case_id=cast["closed"],
            status=CaseStatus.CLOSED,
            reason="执行完毕",
            now=NOW,
        )
        other = world.province.court("chengban.01")
        foreign = await register_case(session, court_id=other, number="（2026）鲁01执1号", now=NOW)
        cast["foreign"] = foreign.case_id
    return cast


async def test_every_refused_claim_changes_nothing(world: World) -> None:
    cast = await _cast(world)
    receipt = await world.arrive(500)
    before = await world.dump()
    for name, (parts, reason, error) in REFUSED_CLAIMS.items():
        given = [(cast.get(who) or new_id(), fen) for who, fen in parts]
        with pytest.raises(error):
            await claim(world, receipt, *given, reason=reason)
        assert await world.dump() == before, name
    with pytest.raises(ReceiptNotFound):
        await claim(world, new_id(), (cast["case"], 1))
    foreign = world.province.actor("chengban.01")
    with pytest.raises(ReceiptNotFound):
        async with world.database.write(foreign) as session:
            await claim_receipt(
                session,
                court_id=world.court,
                receipt_id=receipt,
                allocations=[(cast["case"], Money(1))],
                reason="事由",
                now=NOW,
            )
    assert await world.dump() == before


async def test_the_field_at_fault_is_named(world: World) -> None:
    cast = await _cast(world)
    receipt = await world.arrive(500)
    with pytest.raises(CaseNotFound) as unknown:
        await claim(world, receipt, (cast["case"], 1), (cast["foreign"], 1))
    assert unknown.value.field == "allocations.1.caseId"
    with pytest.raises(OverAllocated) as over:
        await claim(world, receipt, (cast["case"], 501))
    assert (over.value.field, over.value.details) == ("allocations", {"left_fen": 500})


async def test_every_refused_undo_changes_nothing(world: World) -> None:
    case = await world.case(1)
    receipt = await world.arrive(500)
    await claim(world, receipt, (case, 200))
    await claim(world, receipt, (case, 300))
    spent, undone = await allocations(world, case)
    await undo(world, undone)
    async with world.database.write(SYSTEM) as session:
        await reserve_hold(
            session,
            court_id=world.court,
            fund_account_id=world.fund,
            case_id=case,
            amount=Money(1),
            origin_id=new_id(),
            effective_on=TODAY,
            memo="付款",
            now=NOW,
        )
    before = await world.dump()
    refusals: list[tuple[UUID, str, type[AnkuanError]]] = [
        (spent, "事由", AllocationSpent),
        (undone, "事由", AllocationUndone),
        (new_id(), "事由", AllocationNotFound),
        (spent, " ", ReasonRequired),
    ]
    for allocation, reason, error in refusals:
        with pytest.raises(error):
            await undo(world, allocation, reason)
        assert await world.dump() == before
    async with world.database.write(SYSTEM) as session:
        await session.execute(text("update allocation set adjustment = 'ordered' where id = :id"), {"id": spent})
    before = await world.dump()
    with pytest.raises(AdjustedAtBank):
        await undo(world, spent)
    assert await world.dump() == before


async def test_fifty_people_claim_one_receipt(world: World) -> None:
    cases = [await world.case(n) for n in range(1, 6)]
    receipt = await world.arrive(1_000)

    async def one(number: int) -> str:
        try:
            await claim(world, receipt, (cases[number % 5], 100), reason=f"第{number}人")
        except OverAllocated:
            return "over"
        return "claimed"

    outcomes = await asyncio.gather(*(one(number) for number in range(50)))
    assert (outcomes.count("claimed"), outcomes.count("over")) == (10, 40)
    assert await world.rows("select allocated_fen, status from receipt") == [(1_000, "allocated")]
    assert await world.one("select sum(amount_fen)::bigint from allocation") == 1_000
    assert sum([await world.balance("case", case) for case in cases]) == 1_000
    assert await world.balance("unidentified") == 0


async def test_claims_of_many_cases_undos_and_arrivals_at_once_never_wait_in_a_circle(world: World) -> None:
    cases = [await world.case(n) for n in range(1, 7)]
    receipts = [await world.arrive(6_000) for _ in range(6)]

    async def claim_some(number: int) -> None:
        order = cases if number % 2 else list(reversed(cases))
        await claim(world, receipts[number], *((case, 10) for case in order))

    async def arrive_some(number: int) -> None:
        lines = [
            told(7, key=f"r{number}-{n}", remark=f"（2026）鲁0102执{1 + (n * (number + 1)) % 6}号") for n in range(6)
        ]
        await world.tell(lines)

    await asyncio.gather(*(claim_some(n) for n in range(6)), *(arrive_some(n) for n in range(4)))

    async def undo_some(case: UUID) -> None:
        for allocation in await allocations(world, case):
            await undo(world, allocation)

    await asyncio.gather(*(undo_some(case) for case in cases), arrive_some(9))
    assert await world.one("select coalesce(sum(allocated_fen), 0)::bigint from receipt where amount_fen = 6000") == 0
    assert await world.one("select count(*) from receipt") == 6 + 5 * 6


async def test_a_page_of_arrivals_and_a_claim_of_the_same_cases_do_not_lock_each_other_out(world: World) -> None:
    """The page holds one case's balance and will want the other's; the claim wants both, in the ledger's order."""
    first, second = await world.case(1), await world.case(2)
    receipt = await world.arrive(1_000)
    await claim(world, receipt, (first, 1), (second, 1))

    async with world.database.write(SYSTEM) as page:

        async def book(number: int) -> None:
            line = told(7, key=f"page-{number}", remark=f"（2026）鲁0102执{number}号")
            await record_lines(
                page, court_id=world.court, fund_account_id=world.fund, lines=[line], source="poll", now=NOW
            )

        await book(2)
        claiming = asyncio.create_task(claim(world, receipt, (first, 10), (second, 10)))
        await asyncio.sleep(0.5)
        assert not claiming.done()
        await book(1)
    await claiming
    assert [await world.balance("case", case) for case in (first, second)] == [18, 18]
