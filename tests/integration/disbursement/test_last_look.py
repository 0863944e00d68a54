"""The last look before an order leaves: what has changed since the release stops it, once and for all or until seen."""

import asyncio
from datetime import timedelta
from uuid import UUID

from ankuan.banking.execute_instruction import execute_instruction
from ankuan.banking.tables import Instruction
from ankuan.kernel.money import Money
from ankuan.registry.rules import CaseStatus
from tests.fixtures.payouts import pay
from tests.fixtures.plain_court import Plain


async def released(plain: Plain) -> tuple[Instruction, UUID, UUID]:
    case = await plain.court.case(bound=True)
    await plain.claim(await plain.receive(50_000, "执行款"), case, "500.00")
    disbursement = await plain.court.to("released", case, pay("200.00"))
    [order] = await plain.instructions()
    return order, case, disbursement


async def open_alarms(plain: Plain) -> list[str]:
    rows = await plain.court.fetch("select kind from alarm where cleared_at is null and kind like 'instruction%'")
    return [row[0] for row in rows]


async def test_b4_a_case_stayed_after_the_release_stops_the_order_and_frees_the_money(plain: Plain) -> None:
    order, case, disbursement = await released(plain)
    await plain.court.set_status(case, CaseStatus.SUSPENDED)
    stopped = await plain.execute(order, timedelta(0))
    assert (stopped.state, stopped.sends, stopped.bank_code) == ("refused", 0, "case_not_open")
    assert plain.bank.book.submitted == [], "nothing reached the bank"
    assert (await plain.court.load(disbursement)).status == "failed"
    position = await plain.court.position(case)
    assert (position.available, position.held) == (Money.parse("500.00"), Money(0))
    assert await open_alarms(plain) == ["instruction_objected"]


async def test_b4_all_orders_of_a_stayed_case_stop_at_once_without_waiting_in_a_circle(plain: Plain) -> None:
    """Workers that take orders of one case at the same time lock in one order, as settling does."""
    case = await plain.court.case(bound=True)
    await plain.claim(await plain.receive(500_000, "执行款"), case, "5000.00")
    requests = [
        await plain.court.to("released", case, *(pay(f"{number}{line}.00") for line in range(4)))
        for number in range(1, 4)
    ]
    orders = await plain.instructions()
    await plain.court.set_status(case, CaseStatus.SUSPENDED)
    took = [execute_instruction(plain.context, court_id=order.court_id, instruction_id=order.id) for order in orders]
    assert [error for error in await asyncio.gather(*took, return_exceptions=True) if error is not None] == []
    assert {(row.state, row.sends) for row in await plain.instructions()} == {("refused", 0)}
    assert plain.bank.book.submitted == []
    assert {(await plain.court.load(one)).status for one in requests} == {"failed"}
    position = await plain.court.position(case)
    assert (position.available, position.held) == (Money.parse("5000.00"), Money(0))


async def test_i8_an_order_that_no_disbursement_stands_behind_is_not_sent(plain: Plain) -> None:
    """I8: whoever can write orders into the database, and even their digest, still can't have them paid."""
    order, _, _ = await released(plain)
    await plain.court.tamper("update disbursement_line set instruction_id = null where instruction_id = $1", order.id)
    for _ in range(2):
        seen = await plain.execute(order, timedelta(minutes=11))
        assert (seen.state, seen.sends) == ("ready", 0)
    assert plain.bank.book.submitted == []
    assert await open_alarms(plain) == ["instruction_objected"]
    await plain.court.tamper(
        "update disbursement_line set instruction_id = $1 where id = $2", order.id, order.origin_id
    )
    assert (await plain.execute(order, timedelta(minutes=11))).state == "accepted"
    assert await open_alarms(plain) == [], "the reason is gone"
