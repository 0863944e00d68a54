"""When a bank takes an order (failures D19): hours, holidays, swapped days, nights, and no burst at the opening."""

from datetime import date, datetime, time, timedelta

import pytest

from ankuan.banking.opening_hours import SPREAD, Window, closing, hours_for, wait_of, window
from ankuan.banking.tables import FundAccount
from ankuan.banking.wait_for_opening import _agreed_limit
from ankuan.kernel.calendar import CalendarYearMissing, WorkingCalendar
from ankuan.kernel.clock import SHANGHAI
from ankuan.kernel.ids import new_id
from ankuan.platform.plugins import load_plugins
from ankuan.plugin_api.capabilities import BankCapabilities, Hours

CALENDAR = WorkingCalendar()
DAY = Hours(time(9), time(17))
NIGHT = Hours(time(20, 30), time(17, 15))
BANK = BankCapabilities(large_value=DAY, payments=Hours(time(7), time(22), working_days_only=False))
ORDER = new_id()


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("hours", "asked", "opens", "closes"),
    [
        (DAY, at(20, 10), at(20, 9), at(20, 17)),  # Friday, open
        (DAY, at(20, 9), at(20, 9), at(20, 17)),  # the first moment counts
        (DAY, at(20, 17), at(23, 9), at(23, 17)),  # the last does not: over the weekend
        (DAY, at(21, 12), at(23, 9), at(23, 17)),
        (DAY, at(30, 18, month=9), at(8, 9, month=10), at(8, 17, month=10)),  # the national holiday
        (DAY, at(10, 8, month=10), at(10, 9, month=10), at(10, 17, month=10)),  # a Saturday that works (调休)
        (Hours(time(9), time(17), working_days_only=False), at(21, 18), at(22, 9), at(22, 17)),
        (NIGHT, at(19, 21), at(19, 20, 30), at(20, 17, 15)),  # Thursday evening is Friday's window
        (NIGHT, at(20, 18), at(22, 20, 30), at(23, 17, 15)),  # Friday evening is nobody's; Sunday's is Monday's
        (Hours(time(0), time(0)), at(20, 23, 59), at(20, 0), at(21, 0)),
        (Hours(time(8), time(0)), at(20, 23, 59), at(20, 8), at(21, 0)),
    ],
)
def test_the_window_that_holds_or_comes(hours: Hours, asked: datetime, opens: datetime, closes: datetime) -> None:
    assert window(hours, CALENDAR, asked) == Window(opens, closes)


def test_a_year_without_data_is_an_error_and_no_guess() -> None:
    with pytest.raises(CalendarYearMissing):
        window(DAY, CALENDAR, datetime(2039, 1, 3, 10, tzinfo=SHANGHAI))
    anyday = Hours(time(9), time(17), working_days_only=False)
    assert window(anyday, CALENDAR, datetime(2039, 1, 3, 10, tzinfo=SHANGHAI)).opens.hour == 9


@pytest.mark.parametrize(
    ("fen", "same_bank", "reasons"),
    [
        (5_000_000, False, ["payments"]),
        (5_000_001, False, ["payments", "large_value"]),
        (5_000_001, True, ["payments"]),
    ],
)
def test_large_value_hours_bind_only_what_goes_that_way(fen: int, same_bank: bool, reasons: list[str]) -> None:
    assert [reason for reason, _ in hours_for(BANK, amount_fen=fen, same_bank=same_bank)] == reasons
    assert hours_for(BankCapabilities(), amount_fen=fen, same_bank=same_bank) == ()


@pytest.mark.parametrize(("limit", "reasons"), [(None, ["payments", "large_value"]), (9_000_000, ["payments"])])
def test_an_account_may_agree_on_another_limit(limit: int | None, reasons: list[str]) -> None:
    kept = hours_for(BANK, amount_fen=9_000_000, same_bank=False, small_value_limit_fen=limit)
    assert [reason for reason, _ in kept] == reasons


@pytest.mark.parametrize(("settings", "limit"), [({}, None), ({"small_value_limit": "80000.01"}, 8_000_001)])
def test_the_agreed_limit_is_the_accounts_setting(settings: dict[str, str], limit: int | None) -> None:
    account = FundAccount(settings=settings)
    assert _agreed_limit(account, load_plugins().bank("bank_citic")) == limit
    assert _agreed_limit(account, load_plugins().bank("bank_ccb")) is None


def test_the_later_opening_is_the_one_to_wait_for() -> None:
    kept = hours_for(BANK, amount_fen=9_000_000, same_bank=False)
    wait = wait_of(kept, CALENDAR, order_id=ORDER, at=at(20, 23))
    assert wait is not None
    assert (wait.reason, wait.until) == ("large_value", at(23, 9))
    assert wait_of(kept, CALENDAR, order_id=ORDER, at=at(23, 9)) is None
    assert closing(kept, CALENDAR, at=at(23, 9)) == at(23, 17)
    assert closing((), CALENDAR, at=at(23, 9)) is None


def test_no_burst_at_the_opening() -> None:
    """D19, D23: a thousand orders that waited overnight are tried over five minutes, each always at its own moment."""
    kept = (("large_value", DAY),)
    orders = [new_id() for _ in range(1_000)]
    waits = [wait_of(kept, CALENDAR, order_id=order, at=at(20, 3)) for order in orders]
    assert waits == [wait_of(kept, CALENDAR, order_id=order, at=at(20, 4)) for order in orders]
    tries = [wait.try_at for wait in waits if wait]
    assert len(tries) == 1_000
    assert all(at(20, 9) <= one < at(20, 9) + SPREAD for one in tries)
    busiest = max(sum(second <= one < second + timedelta(seconds=10) for one in tries) for second in tries[:50])
    assert busiest < 80, "about 33 in ten seconds, evenly"


def test_a_short_window_is_not_slept_through() -> None:
    short = Hours(time(9), time(9, 4))
    wait = wait_of((("payments", short),), CALENDAR, order_id=ORDER, at=at(20, 3))
    assert wait is not None
    assert wait.try_at < at(20, 9, 1)
    assert date(2026, 11, 20) == wait.until.date()
