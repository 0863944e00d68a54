"""The working calendar of this deployment: the library's table with what administrators have entered."""

from sqlalchemy import select

from ankuan.kernel.calendar import WorkingCalendar
from ankuan.platform.db import ReadSession
from ankuan.registry.tables import CalendarDay, CalendarYear


async def working_calendar(session: ReadSession) -> WorkingCalendar:
    """The calendar; a year that neither library nor table has is an error when it is asked for (domain §9)."""
    days = await session.execute(select(CalendarDay.day, CalendarDay.works))
    years = await session.scalars(select(CalendarYear.year))
    return WorkingCalendar({row.day: row.works for row in days}, declared_years=frozenset(years))
