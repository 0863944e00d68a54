"""How a plugin behaves as a guest in the host's process (failures D26)."""
# ruff: noqa: S101 - a check consists of assertions

import ast
import asyncio
import contextlib
import io
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from ankuan.plugin_api.bank import AnswerState, BankAnswer, LinePage
from ankuan.plugin_api.errors import PluginError
from ankuan.plugin_api.testing.bench import Bench
from ankuan.plugin_api.testing.check import check
from ankuan.plugin_api.wire import RawExchange

ROOMS_OF_PLUGINS = ("ankuan.plugin_api", "ankuan.kernel")
LONGEST_PAUSE = 0.25
ROUNDS = 4


@check("contract.shape", live=True)
async def d26_only_the_contract_and_the_kernel_are_imported(bench: Bench) -> None:
    """No other room of the house, no simulator, no testing kit."""
    found = {}
    for path in bench.subject.files:
        if path.suffix == ".py":
            found[path.name] = [name for name in _imported(path) if not _is_allowed(name)]
    assert found
    assert {name: names for name, names in found.items() if names} == {}


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"{node.module}"


def _is_allowed(name: str) -> bool:
    if name.startswith(("ankuan_simcore", "ankuan.plugin_api.testing")) or name.endswith("_simulator"):
        return False
    inside = name == "ankuan" or name.startswith("ankuan.")
    return not inside or any(name == room or name.startswith(f"{room}.") for room in ROOMS_OF_PLUGINS)


@check("contract.shape", "pays")
async def d26_answers_have_their_types_and_the_bytes_behind_them(bench: Bench) -> None:
    """A payment, a query and a read, each with every exchange as it was."""
    bench.credit(100)
    order = bench.order(100)
    answers = [await bench.connector.pay(order)]
    if bench.plugin.capabilities.answers_queries:
        answers.append(await bench.connector.query(order))
    for answer in answers:
        assert _is(answer, BankAnswer)
        assert _is(answer.state, AnswerState)
        _kept(answer.exchanges)
    page = await bench.connector.fetch_lines(None)
    assert _is(page, LinePage)
    assert _is(page.cursor, str)
    assert page.more in {True, False}
    assert all(type(line.amount.fen) is int and line.amount.fen > 0 for line in page.lines)
    assert all(line.bank_key and _is(line.bank_key, str) for line in page.lines)
    _kept(page.exchanges)


def _is(value: object, kind: type) -> bool:
    # A plugin's types are promises; here they are looked at.
    return isinstance(value, kind)


def _kept(exchanges: tuple[RawExchange, ...]) -> None:
    assert exchanges
    for made in exchanges:
        assert _is(made.request, bytes)
        assert made.request
        assert _is(made.response, bytes)
        assert made.response
        assert made.started_at.utcoffset() is not None
        assert made.started_at <= made.ended_at


@check("contract.shape", "wire", live=True)
async def d26_nothing_is_printed(bench: Bench) -> None:
    """Standard output and error belong to the host."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        await _work(bench)
    assert (out.getvalue(), err.getvalue()) == ("", "")


@check("contract.shape", "wire")
async def d26_the_loop_is_never_blocked(bench: Bench) -> None:
    """Other banks' payments run in the same process: the least of several rounds' longest pauses counts."""
    pauses = []
    for _ in range(ROUNDS):
        beats = asyncio.create_task(_longest_pause())
        await asyncio.sleep(0)
        await _work(bench)
        beats.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beats
        pauses.append(_PAUSES.pop())
    bench.figure("longest pause of the loop", min(pauses) * 1000, "ms")
    assert min(pauses) < LONGEST_PAUSE


_PAUSES: list[float] = []


async def _longest_pause() -> None:
    longest, last = 0.0, time.monotonic()
    try:
        while True:
            await asyncio.sleep(0.01)
            now = time.monotonic()
            longest, last = max(longest, now - last - 0.01), now
    finally:
        _PAUSES.append(max(longest, time.monotonic() - last - 0.01))


@check("contract.shape", "wire")
async def d26_nothing_is_left_behind(bench: Bench) -> None:
    """No task and no open connection after a connector was closed."""
    await _work(bench)
    await bench.connector.aclose()
    await asyncio.sleep(0.05)
    tasks, files = asyncio.all_tasks(), _open_files()
    for _ in range(ROUNDS):
        bench.connector = bench.again()
        await _work(bench)
        await bench.connector.aclose()
    await asyncio.sleep(0.1)
    assert {task.get_name() for task in asyncio.all_tasks() - tasks} == set()
    assert _open_files() - files < ROUNDS


def _open_files() -> int:
    folder = Path("/proc/self/fd")
    return len(os.listdir(folder)) if sys.platform == "linux" else 0  # noqa: PTH208 - counting, of a living folder


@check("contract.shape", "pays")
async def d26_many_calls_side_by_side(bench: Bench) -> None:
    """Sixteen payments at once, each with its own answer."""
    bench.credit(16_00)
    orders = [bench.order(100 - number) for number in range(16)]
    await asyncio.gather(*(bench.connector.pay(order) for order in orders))
    for order in orders:
        assert (await bench.final(order)).state is AnswerState.SETTLED
        assert [fen for fen, _ in bench.executions(order.client_ref)] == [order.amount.fen]


async def _work(bench: Bench) -> None:
    with contextlib.suppress(PluginError):
        await bench.connector.fetch_lines(None)
    if bench.bank is not None and "pays" in bench.subject.facts:
        bench.credit(10)
        order = bench.order(10)
        await bench.connector.pay(order)
        if bench.plugin.capabilities.answers_queries:
            await bench.connector.query(order)
