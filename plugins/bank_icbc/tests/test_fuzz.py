"""Malformed XML inside sound base64, over real sockets, judged by the bank's journal: one answer of a call is broken.

The kit breaks what is on the wire, which here is base64; these tests break what is inside.
"""

import base64
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ankuan.plugin_api.bank import AnswerState, BankAnswer, BankConnector, BankLine, GivesReceipts, PaymentOrder
from ankuan.plugin_api.errors import BankRefused, BankUnreachable, MalformedAnswer, PluginError
from ankuan.plugin_api.testing import SimulatorProcess
from ankuan.plugin_api.testing.bench import PAYEE, REFUSED_PAYEE, Bench, told
from ankuan.plugin_api.testing.connecting import simulated
from ankuan.plugin_api.testing.mangling import SUBTLE, Setting, mangled
from ankuan.plugin_api.testing.meddling import Delivery, meddled
from ankuan.plugin_api.testing.subject import load_subject

SEED = 20261121
CASES = 300
DATA = b"reqData="
Break = Callable[[random.Random, bytes], Delivery]


def reframed(dice: random.Random, body: bytes) -> Delivery:
    """The kit's manglers on the XML inside."""
    made = mangled(dice, base64.b64decode(body[len(DATA) :]), Setting("gbk"))
    return Delivery(made.kind, DATA + base64.b64encode(made.body), "whole", made.status)


def other_digit(dice: random.Random, body: bytes) -> Delivery:
    """One digit inside is another one."""
    xml = bytearray(base64.b64decode(body[len(DATA) :]))
    place = dice.choice([found.start() for found in re.finditer(rb"[0-9]", xml)])
    xml[place] = 48 + (xml[place] - 47) % 10
    return Delivery("other_digit", DATA + base64.b64encode(xml))


def cell_moved(dice: random.Random, body: bytes) -> Delivery:
    """One cell inside has the contents of another one."""
    xml = base64.b64decode(body[len(DATA) :])
    cells = list(re.finditer(rb"<([A-Za-z0-9]+)>([^<>]*)</\1>", xml))
    here, there = dice.choice(cells), dice.choice(cells)
    changed = xml[: here.start(2)] + there[2] + xml[here.end(2) :]
    return Delivery("cell_moved", DATA + base64.b64encode(changed))


BREAKS: list[Break] = [reframed, reframed, other_digit, cell_moved]


class Breaker:
    """Breaks one answer of the secure port's in each call: the first, or a later one."""

    def __init__(self, dice: random.Random, breaks: list[Break]) -> None:
        self.dice = dice
        self.breaks = breaks
        self.left = 0
        self.kind = ""

    def aim(self) -> None:
        """Before a call."""
        self.left, self.kind = self.dice.choice([1, 1, 2, 3]), ""

    def __call__(self, body: bytes) -> Delivery | None:
        """Asked about each answer."""
        if not body.startswith(DATA):
            return None
        self.left -= 1
        if self.left:
            return None
        made = self.dice.choice(self.breaks)(self.dice, body)
        self.kind = made.kind
        return made


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    """One for all tests of this module, with a folder of keys of its own."""
    folder: Path = tmp_path_factory.mktemp("icbc")
    process = SimulatorProcess("bank_icbc", folder).start()
    yield process
    process.stop()


def believable(bench: Bench, order: PaymentOrder, answer: BankAnswer, kind: str) -> None:
    """A final word is what the bank's journal says."""
    done = bench.executions(order.client_ref)
    if answer.state is AnswerState.SETTLED:
        assert done == [(order.amount.fen, PAYEE)], kind
    if answer.state is AnswerState.REFUSED:
        assert done == [], kind


async def orders_of(bench: Bench) -> list[PaymentOrder]:
    """Two that were paid, one that was refused, one the bank has never seen."""
    bench.credit(1_000_000)
    orders = [bench.order(1_234), bench.order(77), bench.order(500, payee=REFUSED_PAYEE)]
    for order in orders:
        await bench.connector.pay(order)
    return [*orders, bench.order(9)]


async def test_orders_are_never_misjudged(simulator: SimulatorProcess) -> None:
    dice = random.Random(SEED)
    breaker = Breaker(dice, BREAKS)
    struck = 0
    async with simulated(load_subject("bank_icbc"), simulator) as bench, meddled(bench) as between:
        known = await orders_of(bench)
        connector = bench.again(10, between.account)
        between.mangle = breaker
        for _ in range(CASES):
            breaker.aim()
            fresh = dice.random() < 0.3
            order = bench.order(dice.randint(1, 99)) if fresh else dice.choice(known)
            answer = await (connector.pay(order) if fresh else connector.query(order))
            believable(bench, order, answer, breaker.kind)
            struck += bool(breaker.kind)
    assert struck > CASES // 2


async def _read(connector: BankConnector, bench: Bench, breaker: Breaker) -> None:
    truth = sorted(bench.bookings(), key=str)
    raised: PluginError | None = None
    lines: list[BankLine] = []
    breaker.aim()
    try:
        page = await connector.fetch_lines(None)
        lines += page.lines
        while page.more:
            page = await connector.fetch_lines(page.cursor)
            lines += page.lines
    except (BankUnreachable, MalformedAnswer, BankRefused) as error:
        raised = error
    if raised is not None:
        assert raised.exchanges
    elif breaker.kind not in SUBTLE:
        assert told(lines) == truth, breaker.kind


async def test_statements_are_whole_or_refused(simulator: SimulatorProcess) -> None:
    breaker = Breaker(random.Random(SEED + 1), [reframed])
    async with simulated(load_subject("bank_icbc"), simulator) as bench, meddled(bench) as between:
        await orders_of(bench)
        between.mangle = breaker
        connector = bench.again(10, between.account)
        for _ in range(CASES):
            await _read(connector, bench, breaker)


async def test_balances_and_receipts_raise_nothing_of_their_own(simulator: SimulatorProcess) -> None:
    breaker = Breaker(random.Random(SEED + 2), BREAKS)
    async with simulated(load_subject("bank_icbc"), simulator) as bench, meddled(bench) as between:
        await orders_of(bench)
        lines, _ = await bench.lines()
        connector = bench.again(10, between.account)
        assert isinstance(connector, GivesReceipts)
        between.mangle = breaker
        for number in range(CASES // 2):
            raised: PluginError | None = None
            breaker.aim()
            try:
                if number % 2:
                    receipt = await connector.receipt(lines[0])
                    assert receipt is None or receipt.content.startswith(b"%PDF-")
                else:
                    assert (await connector.balance()).exchanges
            except (BankUnreachable, MalformedAnswer, BankRefused) as error:
                raised = error
            assert raised is None or raised.exchanges
