"""However the same bookings are cut into pages, ordered and told again: receipts, balances and events are the same."""

from collections import Counter
from dataclasses import dataclass, replace
from itertools import count
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from ankuan.kernel.ids import new_id
from ankuan.plugin_api.bank import BankLine, LineDirection, LineKind
from tests.fixtures.receiving_court import SYSTEM, World, told

REMARKS = (
    "",
    "货款",
    "（2026）鲁0102执7号",
    "2026鲁0102执8号案款",
    "（2026）鲁0102执7号、8号",
    "（2026）鲁0102执999号",
)
NUMBERS = [f"8112501012399{n:06d}" for n in range(4)]
"""A case's own, one that is closed, a free one, and one that nobody knows."""
SERIALS = count(1)
FUND = text(
    "insert into fund_account (court_id, id, bank_id, account_no, name, settings, active)"
    " values (:court, :fund, 'bank_citic', :number, '案款专户', '{}', true)"
)

SUB_ACCOUNT = text(
    "insert into sub_account (court_id, id, fund_account_id, number, name, status, case_id, opened_at)"
    " values (:court, :id, :fund, :number, '案款', :status, :case, now())"
)


@dataclass(frozen=True)
class Plan:
    """Bookings with two feeds' keys, and two ways of telling them: pages of (feed, booking)."""

    bookings: tuple[tuple[int, int, int, bool], ...]
    ways: tuple[tuple[tuple[tuple[str, int], ...], ...], tuple[tuple[tuple[str, int], ...], ...]]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Amount, remark, sub-account and kind of each; each way tells all of them by one feed or both, some twice."""
    # Few values each, so that equal bookings, which only their number tells apart, are frequent.
    booking = st.tuples(st.integers(1, 3), st.integers(0, len(REMARKS) - 1), st.integers(-1, 3), st.booleans())
    bookings = tuple(draw(st.lists(booking, min_size=1, max_size=12)))
    # The n-th equal booking of one feed is the n-th of the other: each feed tells all of them, in any order.
    return Plan(bookings, (draw(_ways(len(bookings))), draw(_ways(len(bookings)))))


@st.composite
def _ways(draw: st.DrawFn, size: int) -> tuple[tuple[tuple[str, int], ...], ...]:
    feeds = draw(st.sampled_from([("poll",), ("mt940",), ("poll", "mt940"), ("mt940", "poll")]))
    pages: list[tuple[tuple[str, int], ...]] = []
    for feed in feeds:
        order = draw(st.permutations(range(size)))
        order += draw(st.lists(st.integers(0, size - 1), max_size=4))
        cuts = sorted(draw(st.lists(st.integers(1, len(order)), max_size=4)))
        bounds = zip([0, *cuts], [*cuts, len(order)], strict=True)
        pages += [tuple((feed, place) for place in order[first:last]) for first, last in bounds if first < last]
    return tuple(pages)


async def outcome(world: World, plan: Plan, way: int) -> dict[str, Counter[str]]:
    """Tell everything to a fresh fund account of the same court, and look at what has become of it."""
    own = await world.case(next(SERIALS), prefix="民初")
    fund = new_id()
    async with world.database.write(SYSTEM) as session:
        await session.execute(FUND, {"court": world.court, "fund": fund, "number": str(fund)})
        for number, (status, case) in zip(NUMBERS, (("bound", own), ("closed", None), ("free", None)), strict=False):
            await session.execute(
                SUB_ACCOUNT,
                {"court": world.court, "fund": fund, "number": number, "status": status, "case": case, "id": new_id()},
            )
    before = int(str(await world.one("select max(id) from event")))
    there = replace(world, fund=fund)
    for page in plan.ways[way]:
        await there.tell([_line(plan, feed, place) for feed, place in page], source=page[0][0])
    return await _look(world, fund, own, before)


def _line(plan: Plan, feed: str, place: int) -> BankLine:
    fen, remark, to, is_credit = plan.bookings[place]
    line = told(fen, key=f"{feed}:{place}", to=NUMBERS[to] if to >= 0 else None, remark=REMARKS[remark])
    return line if is_credit else replace(line, direction=LineDirection.DEBIT, kind=LineKind.FEE)


async def _look(world: World, fund: UUID, own: UUID, before: int) -> dict[str, Counter[str]]:
    given = {"court": world.court, "fund": fund}
    receipts = await world.rows(
        "select r.amount_fen, r.allocated_fen, r.booked_on, r.payer_name, r.payer_account_masked, r.remark,"
        " r.sub_account_no, r.status, r.match_rule, r.match_explanation ->> 'text', a.case_id, a.amount_fen, a.reason,"
        " a.adjustment, e.amount_fen, e.kind from receipt r left join allocation a on a.court_id = r.court_id and"
        " a.receipt_id = r.id left join ledger_entry e on e.court_id = r.court_id and e.source = 'receipt' and"
        " e.source_ref = r.id::text where r.court_id = :court and r.fund_account_id = :fund",
        **given,
    )
    balances = await world.rows(
        "select a.kind, a.owner_id, b.balance_fen from ledger_account a left join ledger_balance b"
        " on b.court_id = a.court_id and b.account_id = a.id where a.court_id = :court and a.fund_account_id = :fund",
        **given,
    )
    events = await world.rows(
        "select kind, (payload - 'number' - 'fund_account_id')::text from event where id > :before", before=before
    )
    numbers = await world.rows("select number from receipt where court_id = :court order by number", court=world.court)
    assert [row[0] for row in numbers] == [f"R2026-{n:06d}" for n in range(1, len(numbers) + 1)], "no gap (I7)"
    lines = await world.rows(
        "select direction, kind, amount_fen, remark from bank_line where court_id = :court and fund_account_id = :fund",
        **given,
    )
    found = {"receipts": receipts, "balances": balances, "events": events, "lines": lines}
    return {what: Counter(str(row).replace(str(own), "own") for row in rows) for what, rows in found.items()}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=plans())
async def test_pages_feeds_and_orders_do_not_matter(world: World, plan: Plan) -> None:
    if not await world.rows("select 1 from court_case where number like '%执%'"):
        await world.case(7)
        await world.case(8)
    first, second = [await outcome(world, plan, way) for way in (0, 1)]
    assert first == second
    arrived = [fen for fen, _, _, is_credit in plan.bookings if is_credit]
    assert first["receipts"].total() == len(arrived), "each booking once, two equal ones twice (I16)"
    assert first["lines"].total() == len(plan.bookings)
    assert len([row for row in first["events"].elements() if "receipt.arrived" in row]) == len(arrived)
