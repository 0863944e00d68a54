"""Orders on paper, tried by somebody who wants money to leave twice or to be settled by somebody else's booking."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from ankuan.banking.issue_instruction import Issued
from ankuan.banking.paper_payments import BankLineUsed, PaperOrderNotOpen, PaperPaymentDiffers
from ankuan.banking.record_lines import record_lines
from ankuan.kernel import ids
from ankuan.plugin_api.bank import BankLine, LineDirection
from tests.fixtures.province import NOW
from tests.fixtures.receiving_court import told
from tests.integration.banking.conftest import SYSTEM
from tests.integration.banking.test_paper import NAME, PAYEE, Counter, counter

__all__ = ["counter"]
OPEN_ALARMS = "select kind from alarm where cleared_at is null order by kind"


def paid(key: str, ref: str | None = None, *, days_ago: int = 0) -> BankLine:
    """200.00 yuan to the payee."""
    line = told(20_000, key=key)
    return replace(
        line,
        direction=LineDirection.DEBIT,
        counter_name=NAME,
        counter_account=PAYEE,
        booked_on=line.booked_on - timedelta(days=days_ago),
        client_ref=ref,
    )


async def record(counter: Counter, lines: Sequence[BankLine]) -> list[UUID]:
    async with counter.context.database.write(SYSTEM) as session:
        done = await record_lines(
            session, court_id=counter.court_id, fund_account_id=counter.fund, lines=lines, source="mt940", now=NOW
        )
    return list(done.new_ids)


async def test_a_sheet_carried_to_the_bank_twice_shows_although_a_person_confirmed_the_first(counter: Counter) -> None:
    issued = await counter.released()
    [line] = await record(counter, [paid("nameless")])
    await counter.confirm(line, issued.instruction_id)
    await record(counter, [paid("named", issued.client_ref)])
    assert ("instruction_paid_twice",) in await counter.rows(OPEN_ALARMS)


async def test_a_second_booking_shows_whatever_the_clock_of_its_reader(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = await counter.released()
    await record(counter, [paid("first", issued.client_ref)])
    an_hour_behind = time.time_ns() - 3_600 * 10**9
    with monkeypatch.context() as clock:
        ids._sequence.reset()
        clock.setattr(time, "time_ns", lambda: an_hour_behind)
        await record(counter, [paid("second", issued.client_ref)])
    ids._sequence.reset()
    assert ("instruction_paid_twice",) in await counter.rows(OPEN_ALARMS)


async def test_two_bookings_of_one_page_show_and_one_does_not(counter: Counter) -> None:
    once, twice = await counter.released(), await counter.released()
    await record(counter, [paid("a", once.client_ref)])
    assert await counter.rows(OPEN_ALARMS) == []
    await record(counter, [paid("b", twice.client_ref), paid("c", twice.client_ref)])
    assert await counter.rows(OPEN_ALARMS) == [("instruction_paid_twice",)]


async def test_a_booking_older_than_the_order_is_not_its_execution(counter: Counter) -> None:
    issued = await counter.released()
    [line] = await record(counter, [paid("of last week", days_ago=7)])
    assert await counter.proposals() == []
    with pytest.raises(PaperPaymentDiffers):
        await counter.confirm(line, issued.instruction_id)
    assert (await counter.row(issued)).state == "awaiting_bank"


async def test_two_cashiers_at_once_settle_one_order_with_one_booking(counter: Counter) -> None:
    one, other = await counter.released(), await counter.released()
    [line] = await record(counter, [paid("nameless")])
    answers = await asyncio.gather(*(_try(counter, line, order) for order in (one, other) for _ in range(3)))
    assert sorted(answers) == ["", *["refused"] * 5]
    states = sorted([(await counter.row(one)).state, (await counter.row(other)).state])
    assert states == ["awaiting_bank", "settled"]
    assert await counter.rows("select count(*) from paper_confirmation") == [(1,)]


async def _try(counter: Counter, line: UUID, order: Issued) -> str:
    try:
        await counter.confirm(line, order.instruction_id)
    except (BankLineUsed, PaperOrderNotOpen):
        return "refused"
    except IntegrityError as error:  # told as BankLineUsed at the edge
        return "refused" if "uq_paper_confirmation_court_id_line_id" in str(error) else str(error)
    return ""
