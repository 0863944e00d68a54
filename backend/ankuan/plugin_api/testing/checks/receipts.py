"""Money in: every booking is told, once, to the fen, under a key that stays."""
# ruff: noqa: S101 - a check consists of assertions

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from ankuan.plugin_api.bank import LineDirection, LineKind
from ankuan.plugin_api.errors import PluginError
from ankuan.plugin_api.testing.bench import PAYER, PAYER_NAME, Bench, amounts
from ankuan.plugin_api.testing.check import check
from ankuan.plugin_api.testing.connecting import simulated
from ankuan.plugin_api.testing.meddling import Delivery, meddled
from ankuan.plugin_api.testing.simulator import SimulatorProcess
from ankuan.plugin_api.testing.subject import encodable

SLOWEST_READ = 10.0
"""Median, in seconds. What is measured is the figure; this is for a plugin that waits for something of its own."""
ROUNDS = 20


@check("receipts.latency", "statements_pull")
async def a_credit_is_told_by_the_next_read(bench: Bench) -> None:
    """Twenty credits, each told by the very next read of the statement."""
    _, cursor = await bench.lines()
    seconds = []
    for fen in range(1, ROUNDS + 1):
        began = time.monotonic()
        bench.credit(fen)
        told, cursor = await bench.lines(cursor)
        seconds.append(time.monotonic() - began)
        assert amounts(told) == [fen]
    seconds.sort()
    bench.figure("p50", seconds[len(seconds) // 2] * 1000, "ms")
    bench.figure("p99", seconds[-1] * 1000, "ms")
    assert seconds[len(seconds) // 2] < SLOWEST_READ


@check("receipts.completeness", "statements_pull")
async def f2_a_credit_is_told_once_under_a_key_that_stays(bench: Bench) -> None:
    """Two equal ones, with who sent them, and the same keys when read again from the beginning."""
    _, cursor = await bench.lines()
    bench.credit(100)
    bench.credit(100)
    told, after = await bench.lines(cursor)
    assert amounts(told) == [100, 100]
    assert len({line.bank_key for line in told}) == 2
    assert (await bench.lines(after))[0] == []
    again, _ = await bench.lines()
    assert [line.bank_key for line in again] == [line.bank_key for line in told]
    assert {line.sub_account_no for line in told} == {bench.sub if bench.draws_on_sub else None}
    assert {(line.kind, line.direction) for line in told} == {(LineKind.EXTERNAL, LineDirection.CREDIT)}
    assert (told[0].counter_name, told[0].counter_account) == (PAYER_NAME, PAYER)


@check("receipts.completeness", "statements_pull")
async def every_kind_of_credit_is_told_for_what_it_is(bench: Bench) -> None:
    """Interest and fees are no receipts; the remark comes with the money."""
    _, cursor = await bench.lines()
    bench.credit(500, remark="(2026)鲁0102执1号案款")
    bench.credit(30, kind="interest", remark="结息")
    bench.simulator.admin("POST", "/fees", {"from": bench.purse, "fen": 7, "remark": "账户管理费"})
    told, _ = await bench.lines(cursor)
    found = {(line.direction, line.amount.fen): line for line in told}
    assert set(found) == {
        (LineDirection.CREDIT, 500),
        (LineDirection.CREDIT, 30),
        (LineDirection.DEBIT, 7),
    }
    assert "鲁0102执1号" in found[LineDirection.CREDIT, 500].remark
    assert found[LineDirection.CREDIT, 30].kind in {LineKind.INTEREST, LineKind.EXTERNAL}
    assert found[LineDirection.DEBIT, 7].kind in {LineKind.FEE, LineKind.EXTERNAL}
    assert {line.client_ref for line in told} == {None}


@check("receipts.completeness", "statements_pull")
async def f11_names_of_payers_arrive_as_they_are(bench: Bench) -> None:
    """Rare characters that the bank's character set holds; an answer with others loses no booking."""
    charset = bench.plugin.capabilities.encoding
    name = "".join(char for char in "示例镕㐂业有限公司" if encodable(char, charset))
    bench.credit(11, payer_name=name)
    (line,), cursor = await bench.lines()
    assert line.counter_name.strip() == name
    bench.credit(12, payer_name="仲𠮷妮")
    assert amounts((await bench.lines(cursor))[0]) == [12]


@check("receipts.duplicates", "statements_pull")
async def f2_rows_told_twice_are_one_booking(bench: Bench) -> None:
    """A bank that doubles every row of its answers."""
    bench.credit(7)
    bench.credit(8, to=bench.main)
    bench.always("duplicate_rows")
    told, _ = await bench.lines()
    assert sorted(amounts(told)) == [7, 8]


@check("receipts.duplicates", "statements_pull")
async def f2_equal_bookings_are_as_many_as_there_are(bench: Bench) -> None:
    """Seven alike in everything: amount, payer, remark, second."""
    for _ in range(7):
        bench.credit(1_000)
    told, _ = await bench.lines()
    assert len({line.bank_key for line in told}) == len(told) == 7


@check("receipts.duplicates", "statements_pull")
async def f2_keys_are_the_same_wherever_reading_begins(bench: Bench) -> None:
    """Read whole, from a cursor, by two readers at once: one booking, one key."""
    bench.credit(1)
    _, cursor = await bench.lines()
    for fen in (2, 3, 4):
        bench.credit(fen)
    first, second = await asyncio.gather(bench.lines(cursor), bench.lines())
    keys = {line.amount.fen: line.bank_key for line in second[0]}
    assert {line.amount.fen: line.bank_key for line in first[0]} == {fen: keys[fen] for fen in (2, 3, 4)}
    assert len(set(keys.values())) == 4


@check("receipts.duplicates", "statements_pull")
async def shuffled_rows_keep_their_keys(bench: Bench) -> None:
    """A bank that tells the same rows in another order each time."""
    for fen in (21, 22, 23, 24, 25):
        bench.credit(fen)
    straight, _ = await bench.lines()
    bench.always("shuffled_rows")
    shuffled, _ = await bench.lines()
    assert {(line.bank_key, line.amount) for line in shuffled} == {(line.bank_key, line.amount) for line in straight}


@check("receipts.late", "statements_pull")
async def f4_a_back_dated_booking_is_told(bench: Bench) -> None:
    """Booked for three days ago, after the days since were read."""
    bench.credit(5)
    bench.credit(15, to=bench.main)
    told, cursor = await bench.lines()
    day = told[0].booked_on - timedelta(days=3)
    bench.credit(6, value_date=str(day))
    bench.credit(16, to=bench.main, value_date=str(day))
    late, after = await bench.lines(cursor)
    assert sorted(amounts(late)) == [6, 16]
    assert {line.booked_on for line in late} <= {day, told[0].booked_on}
    assert (await bench.lines(after))[0] == []


@check("receipts.late", "statements_pull")
async def f4_back_dated_twice_is_told_twice(bench: Bench) -> None:
    """Two late bookings for the same day, with a read between them."""
    bench.credit(5)
    told, cursor = await bench.lines()
    for fen in (61, 62):
        bench.credit(fen, value_date=str(told[0].booked_on - timedelta(days=2)))
        late, cursor = await bench.lines(cursor)
        assert amounts(late) == [fen]


class _Ours:
    """Our clock, which is put forward with the bank's."""

    ahead = timedelta(0)

    def now(self) -> datetime:
        """As of the protocol."""
        return datetime.now(UTC) + self.ahead


@check("receipts.late", "statements_pull", seconds=60)
async def f9_money_after_closing_is_told_with_its_own_day(bench: Bench) -> None:
    """A bank of its own closes its day: what comes then is told once, on that day or the next, not before it is due."""
    clock = _Ours()
    with TemporaryDirectory() as folder:
        process = SimulatorProcess(str(bench.simulator.ready["id"]), Path(folder), bench.simulator.keys).start()
        try:
            async with simulated(bench.subject, process, clock=clock) as own:
                own.credit(1)
                (before,), cursor = await own.lines()
                process.admin("POST", "/day/close")
                own.credit(2)
                late, cursor = await own.lines(cursor)
                if not late:
                    process.admin("POST", "/clock/advance", {"hours": 24})
                    clock.ahead = timedelta(days=1)
                    late, cursor = await own.lines(cursor)
                assert amounts(late) == [2]
                assert late[0].booked_on - before.booked_on in {timedelta(days=0), timedelta(days=1)}
                assert (await own.lines(cursor))[0] == []
        finally:
            process.stop()


@check("receipts.wrong_account", "statements_pull")
async def f12_money_of_another_main_account_is_not_told(bench: Bench) -> None:
    """The neighbour's money, on an account of the same bank."""
    other = bench.simulator.admin("POST", "/accounts", {"name": "示例区人民法院案款专户"})
    bench.credit(1)
    bench.credit(99, to=other["number"])
    told, _ = await bench.lines()
    assert amounts(told) == [1]


@check("receipts.wrong_account", "sub_accounts", "statements_pull")
async def f6_money_for_a_number_nobody_has_waits_on_the_main_account(bench: Bench) -> None:
    """Never lost, never on somebody else's sub-account."""
    assert bench.sub is not None
    nobody = bench.sub[:-4] + "9999"
    bench.credit(30_000, to=nobody, remark="案款")
    (line,), _ = await bench.lines()
    assert (line.sub_account_no, line.kind, line.amount.fen) == (None, LineKind.EXTERNAL, 30_000)
    assert bench.balance_fen(bench.sub) == 0


@check("receipts.wrong_account", "statements_pull", "pays")
async def f12_a_statement_of_another_account_is_refused(bench: Bench) -> None:
    """The bank answers with the neighbour's statement: an error, or nothing of it is told."""
    bench.credit(11)
    async with simulated(bench.subject, bench.simulator, clear=False) as other, meddled(other) as recording:
        other.credit(99_77)
        await other.again(account=recording.account).fetch_lines(None)
        answers = iter([passed.answer for passed in recording.passed])
    async with meddled(bench) as between:
        between.mangle = lambda body: Delivery("another account", next(answers, body))
        try:
            page = await bench.again(account=between.account).fetch_lines(None)
        except PluginError:
            return
    assert 99_77 not in amounts(page.lines)
