"""Numbers without gaps, per court, name and year (I7)."""

from sqlalchemy.dialects.postgresql import insert

from ankuan.platform.db import WriteSession
from ankuan.platform.tables import Counter


async def next_number(session: WriteSession, *, court_id: int, name: str, year: int, count: int = 1) -> int:
    """Take ``count`` consecutive numbers and return the first.

    The counter's row stays locked until the transaction ends: a rolled-back transaction gives its numbers back,
    and two transactions never hold the same one. Take numbers late in a transaction, in the order of names.
    """
    statement = (
        insert(Counter)
        .values(court_id=court_id, name=name, year=year, value=count)
        .on_conflict_do_update(
            index_elements=[Counter.court_id, Counter.name, Counter.year],
            set_={"value": Counter.value + count},
        )
        .returning(Counter.value)
    )
    last = (await session.execute(statement)).scalar_one()
    return int(last) - count + 1
