"""An order outside its bank's hours waits, with reason and time for people to see (failures D19)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ankuan.banking.opening_hours import closing, hours_for, needs, wait_of
from ankuan.banking.order_of import is_same_bank
from ankuan.banking.tables import FundAccount, Instruction
from ankuan.kernel.calendar import CalendarYearMissing, WorkingCalendar
from ankuan.kernel.clock import SHANGHAI
from ankuan.kernel.money import Money
from ankuan.platform.alarms import raise_alarm
from ankuan.platform.db import WriteSession
from ankuan.plugin_api.bank import BankPlugin, SettingKind
from ankuan.registry.working_days import working_calendar

_CALENDAR_LOOK_AFTER = timedelta(minutes=10)
CALENDAR_MISSING = "calendar_year_missing"
LIMIT_SETTING = "small_value_limit"
_TEXTS = {
    "payments": ("等待银行开始受理付款", "Waits until the bank takes payments"),
    "large_value": ("等待大额支付开放", "Waits for the large-value system to open"),
    "calendar": ("等待录入工作日历", "Waits for the working calendar of the year"),
    "adjustment": ("等待银行完成调账", "Waits until the bank has moved the money to the sub-account"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why an order waits, until when (``None``: nobody can say), and when to look again."""

    reason: str
    until: datetime | None
    look_at: datetime


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether an order waits; if not, when it may no longer go."""

    wait: Waiting | None = None
    closes_at: datetime | None = None


async def look_at_hours(
    session: WriteSession, row: Instruction, account: FundAccount, bank: BankPlugin, now: datetime
) -> Opening:
    """Hold an order against the hours that its bank declares. Adjustments stay inside the bank and keep none."""
    if row.purpose != "payment":
        return Opening()
    kept = hours_for(
        bank.capabilities,
        amount_fen=row.amount_fen,
        same_bank=is_same_bank(row, bank),
        small_value_limit_fen=_agreed_limit(account, bank),
    )
    if not kept:
        return Opening()
    is_asked = any(needs(hours) for _, hours in kept)
    calendar = await working_calendar(session) if is_asked else WorkingCalendar()
    try:
        wait = wait_of(kept, calendar, order_id=row.id, at=now)
        if wait is not None:
            return Opening(Waiting(wait.reason, wait.until, wait.try_at))
        return Opening(closes_at=closing(kept, calendar, at=now))
    except CalendarYearMissing as missing:
        await raise_alarm(
            session, court_id=row.court_id, kind=CALENDAR_MISSING, subject_key="calendar", message=missing.zh, now=now
        )
        return Opening(Waiting("calendar", None, now + _CALENDAR_LOOK_AFTER))


def _agreed_limit(account: FundAccount, bank: BankPlugin) -> int | None:
    """The small-value limit of this account, where its bank has a setting for it; ``None``: the one declared."""
    if not any(each.name == LIMIT_SETTING and each.kind is SettingKind.MONEY for each in bank.settings):
        return None
    agreed = account.settings.get(LIMIT_SETTING)
    return Money.parse(agreed).fen if isinstance(agreed, str) and agreed else None


def note_waiting(row: Instruction, wait: Waiting | None) -> None:
    """Show on the order why it waits, and put it off; ``None``: it waits no more."""
    row.waits_for = wait.reason if wait else None
    row.waits_until = wait.until if wait else None
    if wait is not None:
        row.next_try_at = wait.look_at


def waiting_text(reason: str | None, until: datetime | None, *, language: str, now: datetime) -> str | None:
    """Why an order has not been sent yet, with the time of the opening; ``None`` when it does not wait."""
    if reason is None:
        return None
    text = _TEXTS[reason][language == "en"]
    if until is None:
        return text
    opens, today = until.astimezone(SHANGHAI), now.astimezone(SHANGHAI).date()
    day = "" if opens.date() == today else f"{opens:%m-%d} " if language == "en" else f"{opens.month}月{opens.day}日 "
    return f"{text} {day}{opens:%H:%M}"
