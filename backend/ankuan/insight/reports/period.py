"""The days that a report covers. PURE."""

from datetime import date, timedelta
from typing import Final

from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.plugin_api.reports import ReportPeriod

MOST_DAYS: Final = 366


class InvalidPeriod(AnkuanError):
    """A report covers 1 to 366 days, given as YYYY-MM-DD."""

    code = "invalid_report_period"
    kind = ErrorKind.INVALID


def read_period(first: str, last: str) -> ReportPeriod:
    """The period from two dates, both included. Raises :class:`InvalidPeriod` naming the date at fault."""
    begins, ends = _day(first, "first"), _day(last, "last")
    if ends < begins:
        raise InvalidPeriod("结束日期不得早于开始日期", "The last day is before the first", field="last")
    if ends - begins >= timedelta(days=MOST_DAYS):
        raise InvalidPeriod(
            f"报表期间不得超过 {MOST_DAYS} 天", f"A report covers at most {MOST_DAYS} days", field="last"
        )
    return ReportPeriod(begins, ends)


def _day(given: str, field: str) -> date:
    try:
        found = date.fromisoformat(given)
    except ValueError:
        found = None
    if found is None or given != found.isoformat():
        raise InvalidPeriod("日期须为 YYYY-MM-DD", "A date is given as YYYY-MM-DD", field=field)
    return found
