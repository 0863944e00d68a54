"""Many at once: one success, the others told why, the money once (failures A2, B5)."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any

from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.plugin_api.bank import AnswerState
from ankuan.registry.rules import CaseStatus
from tests.fixtures.payouts import AUDITOR, CASHIER, CHIEF, HANDLER, HEAD, Payouts, pay

WAYS = 50


async def outcomes(attempts: list[Coroutine[Any, Any, None]]) -> Counter[str]:
    """Codes of all attempts at once; ``ok`` for success. Anything but a business error fails the test."""
    return Counter(await asyncio.gather(*[outcome(attempt) for attempt in attempts]))


async def outcome(attempt: Coroutine[Any, Any, None]) -> str:
    try:
        await attempt
    except AnkuanError as error:
        return error.code
    return "ok"


async def test_fifty_approvers(payouts: Payouts) -> None:
    made = await payouts.to("in_approval", await payouts.case("100.00"), pay("5.00"))
    digest = (await payouts.load(made)).digest
    people = [payouts.twin(HEAD, n) for n in range(WAYS)]
    found = await outcomes([payouts.act("approve", made, by=one, digest=digest) for one in people])
    assert found == {"ok": 1, "wrong_state": WAYS - 1}
    assert len(await payouts.fetch("select 1 from disbursement_act where act = 'approve'")) == 1


async def test_fifty_approvers_of_the_first_of_two_levels(payouts: Payouts) -> None:
    made = await payouts.draft(await payouts.case("600000.00"), pay("600000.00"))
    await payouts.act("submit", made, by=HANDLER)
    digest = (await payouts.load(made)).digest
    people = [payouts.twin(CHIEF, n) for n in range(WAYS)]
    found = await outcomes([payouts.act("approve", made, by=one, digest=digest) for one in people])
    assert found == {"ok": 1, "already_decided": WAYS - 1}
    assert (await payouts.load(made)).approved_level == 1


async def test_fifty_cashiers(payouts: Payouts) -> None:
    case_id = await payouts.case("100.00")
    made = await payouts.to("audited", case_id, pay("5.00"), pay("6.00"))
    digest = (await payouts.load(made)).digest
    people = [payouts.twin(CASHIER, n) for n in range(WAYS)]
    found = await outcomes([payouts.release(made, by=one, digests=[digest]) for one in people])
    assert found == {"ok": 1, "wrong_state": WAYS - 1}
    orders = await payouts.fetch("select amount_fen from instruction")
    assert sorted(row["amount_fen"] for row in orders) == [500, 600]
    assert (await payouts.position(case_id)).held.yuan == "11.00"


async def test_overlapping_releases_never_wait_in_a_circle(payouts: Payouts) -> None:
    """Several cashiers release overlapping sets in different orders: each disbursement is paid once."""
    cases = [await payouts.case("100.00") for _ in range(3)]
    made = [await payouts.to("audited", case, pay(f"{n}.00")) for n, case in enumerate(cases * 2, start=1)]
    seen = {one: (await payouts.load(one)).digest for one in made}
    sets = [made[:3], made[2:], list(reversed(made)), made[1:4], made[::2], list(reversed(made[:2]))]
    found = await outcomes(
        [
            payouts.release(*some, by=payouts.twin(CASHIER, n), digests=[seen[one] for one in some])
            for n, some in enumerate(sets * 4)
        ]
    )
    assert set(found) == {"ok", "wrong_state"}
    issued = await payouts.fetch("select origin_id, count(*) as n from instruction group by 1")
    assert {row["n"] for row in issued} == {1}
    released = [one for one in made if (await payouts.load(one)).status == "released"]
    assert len(released) == len(issued)


async def test_fifty_payouts_from_one_case(payouts: Payouts) -> None:
    """B5: money for ten."""
    case_id = await payouts.case("100.00")
    made = [await payouts.draft(case_id, pay("10.00", account=f"81125010{n:08d}")) for n in range(WAYS)]
    digests = [(await payouts.load(one)).digest for one in made]
    found = await outcomes(
        [payouts.act("submit", one, by=HANDLER, digest=d) for one, d in zip(made, digests, strict=True)]
    )
    assert found == {"ok": 10, "insufficient_balance": WAYS - 10}
    position = await payouts.position(case_id)
    assert (position.available.yuan, position.held.yuan) == ("0.00", "100.00")


async def test_the_same_payment_submitted_twice_at_once(payouts: Payouts) -> None:
    case_id = await payouts.case("100.00")
    made = [await payouts.draft(case_id, pay("10.00")) for _ in range(8)]
    found = await outcomes([payouts.act("submit", one, by=HANDLER) for one in made])
    assert found == {"ok": 1, "review_blocked": 7}


async def test_one_draft_submitted_many_times(payouts: Payouts) -> None:
    case_id = await payouts.case("100.00")
    made = await payouts.draft(case_id, pay("10.00"))
    digest = (await payouts.load(made)).digest
    found = await outcomes([payouts.act("submit", made, by=HANDLER, digest=digest) for _ in range(WAYS)])
    assert found == {"ok": 1, "wrong_state": WAYS - 1}
    assert (await payouts.position(case_id)).held.yuan == "10.00"


async def test_release_against_withdrawal_sending_back_and_closing(payouts: Payouts) -> None:
    """B4, B12: whoever comes first wins; the money is either on its way or free, never both."""
    for number in range(12):
        case_id = await payouts.case("10.00")
        made = await payouts.to("audited", case_id, pay("10.00"))
        digest = (await payouts.load(made)).digest
        found = await outcomes(
            [
                payouts.release(made, digests=[digest]),
                payouts.act("withdraw", made, by=HANDLER, digest=digest),
                payouts.act("send_back", made, by=payouts.twin(CASHIER, 1), digest=digest),
                payouts.set_status(case_id, CaseStatus.CLOSED if number % 2 else CaseStatus.SUSPENDED),
            ]
        )
        status = (await payouts.load(made)).status
        held = (await payouts.position(case_id)).held.yuan
        lines = await payouts.fetch("select id from disbursement_line where disbursement_id = $1", made)
        orders = await payouts.fetch("select 1 from instruction where origin_id = any($1)", [r["id"] for r in lines])
        assert found["ok"] == 2, (number, found)
        assert (status, held, len(orders)) in {("released", "10.00", 1), ("withdrawn", "0.00", 0), ("draft", "0.00", 0)}


async def test_the_bank_answers_for_all_lines_at_once_and_twice(payouts: Payouts) -> None:
    """E1, E7: each line is booked once, receipts have no gaps, and the last answer ends the disbursement."""
    case_id = await payouts.case("1000.00")
    first = await payouts.to("released", case_id, *[pay(f"{n}.00") for n in range(1, 11)])
    second = await payouts.to("released", case_id, *[pay(f"{n}.00") for n in range(11, 16)])
    lines = [*await payouts.lines(first), *await payouts.lines(second)]
    refused = lines[3]
    words = [AnswerState.REFUSED if line is refused else AnswerState.SETTLED for line in lines]
    found = await outcomes([payouts.answer(line, word) for line, word in zip(lines * 2, words * 2, strict=True)])
    assert set(found) == {"ok"}
    assert (await payouts.load(first)).status == "partly_settled"
    assert (await payouts.load(second)).status == "settled"
    numbers = await payouts.fetch("select number from payment_receipt order by number")
    assert [row["number"] for row in numbers] == [f"HD2026-{n:06d}" for n in range(1, 15)]
    position = await payouts.position(case_id)
    assert (position.held.yuan, position.paid.yuan, position.available.yuan) == ("0.00", "116.00", "884.00")


async def test_all_conflicts_are_conflicts(payouts: Payouts) -> None:
    """Who loses a race is told to look again, not that the input was wrong."""
    made = await payouts.to("approved", await payouts.case("100.00"), pay("5.00"))
    digest = (await payouts.load(made)).digest
    people = [payouts.twin(AUDITOR, n) for n in range(5)]
    results = await asyncio.gather(
        *[payouts.act("audit", made, by=one, digest=digest) for one in people], return_exceptions=True
    )
    lost = [result for result in results if isinstance(result, AnkuanError)]
    assert len(lost) == 4
    assert {error.kind for error in lost} == {ErrorKind.CONFLICT}
