"""Whatever happens on the wire: paid once or not at all, and known. Judged by the bank's journal (failures D2-D16)."""

from typing import Any

import pytest

from ankuan.banking.keep_messages import read_messages
from tests.faults.conftest import PAYEE, SYSTEM, Counter

WIRE: list[tuple[str, dict[str, Any], bool]] = [
    ("drop_after", {}, False),
    ("slow", {"seconds": 3, "when": "after"}, False),
    ("garbage", {}, True),
    ("truncated", {}, True),
    ("wrong_encoding", {}, True),
    ("empty", {}, True),
    ("http_error", {"status": 503}, False),
    ("client_code", {}, False),
    ("unknown_code", {}, False),
]


async def test_a_payment_settles_once_with_the_ordered_amount_and_payee(counter: Counter) -> None:
    issued = await counter.issue(12_345)
    await counter.carry_on()
    row = await counter.row(issued)
    assert (row.state, row.sends) == ("settled", 1)
    [booked] = counter.executions(issued)
    assert (booked["fen"], booked["counter_account"]) == (12_345, PAYEE)
    assert row.bank_ref
    assert row.next_try_at is None
    assert await counter.alarms() == []


@pytest.mark.parametrize(("fault", "params", "is_malformed"), WIRE, ids=[name for name, _, _ in WIRE])
async def test_d4_d6_d7_an_answer_that_is_lost_or_broken_after_the_bank_has_paid(
    counter: Counter, fault: str, params: dict[str, Any], is_malformed: bool
) -> None:
    counter.script(fault, **params)
    issued = await counter.issue()
    await counter.execute(issued)
    assert await counter.state(issued) == "unknown"
    assert len(counter.executions(issued)) == 1, "the bank had paid by then"
    assert await counter.alarms() == (["bank_answer_malformed"] if is_malformed else [])
    async with counter.context.database.read(SYSTEM) as session:
        kept = await read_messages(
            session,
            court_id=counter.court_id,
            instruction_id=issued.instruction_id,
            cipher=counter.context.cipher,
        )
    assert issued.client_ref.encode() in kept[0].request
    await counter.carry_on()
    assert await counter.state(issued) == "settled"
    assert (await counter.row(issued)).sends == 1
    assert len(counter.executions(issued)) == 1
    assert await counter.alarms() == [], "the alarm went when the bank's word was clear"


async def test_an_order_that_never_reached_the_bank_is_sent_again_only_after_the_window(counter: Counter) -> None:
    counter.script("drop_before")
    issued = await counter.issue()
    await counter.execute(issued)
    assert counter.executions(issued) == []
    for _ in range(3):
        counter.clock.advance(minutes=15)
        await counter.execute(issued)
        assert await counter.state(issued) == "unknown", "not found proves nothing yet"
    assert (await counter.row(issued)).sends == 1
    await counter.carry_on()
    row = await counter.row(issued)
    assert (row.state, row.sends) == ("settled", 2)
    assert row.last_sent_at
    assert row.first_sent_at
    assert (row.last_sent_at - row.first_sent_at).total_seconds() >= 3600
    assert len(counter.executions(issued)) == 1


async def test_d13_the_bank_does_not_find_for_a_while_what_it_has_taken(counter: Counter) -> None:
    counter.script("drop_after")
    counter.script("hide", action="DLCIDSTT", queries=3)
    issued = await counter.issue()
    await counter.carry_on()
    assert await counter.state(issued) == "settled"
    assert (await counter.row(issued)).sends == 1
    assert len(counter.executions(issued)) == 1


@pytest.mark.parametrize("fault", ["drop_before", "garbage", "truncated", "http_error", "empty"])
async def test_d8_broken_answers_to_queries_leave_it_open(counter: Counter, fault: str) -> None:
    counter.script("drop_after")
    counter.script(fault, action="DLCIDSTT", times=3)
    issued = await counter.issue()
    await counter.execute(issued)
    for _ in range(3):
        counter.clock.advance(minutes=5)
        await counter.execute(issued)
        assert await counter.state(issued) == "unknown"
    await counter.carry_on()
    assert await counter.state(issued) == "settled"
    assert len(counter.executions(issued)) == 1


async def test_a_refusal_is_final_and_nothing_left_the_account(counter: Counter) -> None:
    issued = await counter.issue(payee_account="6217000000000010000")
    await counter.execute(issued)
    assert await counter.state(issued) == "refused"
    await counter.carry_on()
    row = await counter.row(issued)
    assert (row.state, row.sends, row.next_try_at) == ("refused", 1, None)
    assert row.bank_message
    assert counter.executions(issued) == []


async def test_more_than_the_sub_account_holds_is_refused(counter: Counter) -> None:
    issued = await counter.issue(99_999_999_999)
    await counter.carry_on()
    assert await counter.state(issued) == "refused"
    assert counter.executions(issued) == []


async def test_d11_executed_after_a_refusal_is_found_by_the_booking(counter: Counter) -> None:
    counter.script("refuse")
    issued = await counter.issue()
    await counter.execute(issued)
    assert await counter.state(issued) == "refused"
    counter.bank.admin("POST", f"/payments/{issued.client_ref}/settle", {"force": True})
    assert len(counter.executions(issued)) == 1
    await counter.poll()
    assert await counter.state(issued) == "settled"
    assert "instruction_settled_after_refusal" in await counter.alarms()


async def test_what_waits_for_somebody_at_the_bank(counter: Counter) -> None:
    counter.script("approval")
    issued = await counter.issue()
    await counter.carry_on(until=counter_hours(1))
    assert await counter.state(issued) == "awaiting_bank"
    await counter.carry_on(until=counter_hours(3))
    assert await counter.alarms() == ["instruction_overdue"]
    counter.bank.admin("POST", f"/payments/{issued.client_ref}/approve")
    await counter.carry_on()
    assert await counter.state(issued) == "settled"
    assert await counter.alarms() == []
    assert len(counter.executions(issued)) == 1


async def test_the_booking_is_told_before_our_own_question(counter: Counter) -> None:
    counter.script("drop_after")
    issued = await counter.issue()
    await counter.execute(issued)
    assert await counter.poll() >= 1
    assert await counter.state(issued) == "settled"
    assert await counter.alarms() == []


async def test_a_bank_that_says_paid_and_has_not_is_not_believed(counter: Counter) -> None:
    counter.script("lie_success")
    counter.script("lie_success", action="DLCIDSTT", times=5)
    issued = await counter.issue()
    await counter.carry_on(until=counter_hours(0.1))
    paid = len(counter.executions(issued))
    assert (await counter.state(issued) == "settled") == (paid == 1)


async def test_d16_a_payment_the_bank_makes_twice_is_an_alarm(counter: Counter) -> None:
    counter.script("pay_twice")
    issued = await counter.issue()
    await counter.carry_on()
    await counter.poll()
    assert len(counter.executions(issued)) == 2, "the canary sang"
    assert await counter.state(issued) == "settled"
    assert "instruction_paid_twice" in await counter.alarms()


async def test_d18_money_that_the_bank_sends_elsewhere_is_an_alarm_and_never_settled(counter: Counter) -> None:
    counter.script("misdirect")
    issued = await counter.issue()
    await counter.carry_on(until=counter_hours(1))
    await counter.poll()
    assert await counter.state(issued) not in {"settled", "refused"}
    assert "instruction_line_differs" in await counter.alarms()
    assert (await counter.row(issued)).sends == 1


def counter_hours(hours: float) -> Any:
    from datetime import timedelta

    return timedelta(hours=hours)


@pytest.mark.parametrize("fault", ["drop_after", "drop_before"], ids=["answers are lost", "requests are lost"])
async def test_d21_a_gateway_that_lets_through_one_way_only_for_hours_loses_and_doubles_nothing(
    counter: Counter, fault: str
) -> None:
    counter.bank.admin("PUT", "/switches", {"*": [{"fault": fault}]})
    issued = [await counter.issue(1_000 + number) for number in range(3)]
    for _ in range(6):
        for one in issued:
            await counter.execute(one)
            assert await counter.state(one) in {"unknown", "ready"}
        counter.clock.advance(minutes=40)
    counter.bank.admin("DELETE", "/faults")
    for _ in range(4):  # the way to the bank is tried again ever more rarely
        counter.clock.advance(minutes=90)
        await counter.carry_on()
    for one in issued:
        assert await counter.state(one) == "settled"
        assert len(counter.executions(one)) == 1
