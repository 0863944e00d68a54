"""A thousand malformed answers: nothing raises, nothing is taken for a result, nothing is told that was not booked."""
# ruff: noqa: S101 - a check consists of assertions

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState, BankAnswer, BankConnector, BankLine, PaymentOrder
from ankuan.plugin_api.errors import BankRefused, BankUnreachable, MalformedAnswer, PluginError
from ankuan.plugin_api.testing.bench import PAYEE, Bench, told
from ankuan.plugin_api.testing.check import check
from ankuan.plugin_api.testing.checks.statements import broken_chains
from ankuan.plugin_api.testing.connecting import simulated
from ankuan.plugin_api.testing.mangling import BROKEN, SUBTLE, Setting, mangled
from ankuan.plugin_api.testing.meddling import Delivery, Meddler, Passed, meddled
from ankuan.plugin_api.wire import RawExchange

SEED = 20261121
WORKERS = 4
ROUND = 50
"""So many cases to an account: books that grow make every read longer."""
CALM = 30.0
"""Limit of a call whose answer must surely arrive before it, in seconds."""
LEAST_PATIENCE = 0.6
GOOD_CALLS = 12
"""A call may take so many times what a good one of this plugin takes, on this machine, now."""
SWIFT = 0.2
"""Share of its limit within which a call cannot have met one."""
HANGS = 0.01
"""Share of the answers that never come. These calls wait for the least patience only, whatever the machine."""
PAID_ALREADY = 3
KEPT_EARLIER = 12


class Unproven(AssertionError):
    """Bytes or an alarm are missing. That counts when the answer has surely arrived."""


@dataclass(slots=True)
class _Round:
    """One account under meddling, and what its bank has booked. ``patience``: limit of a call, in seconds."""

    bench: Bench
    between: Meddler
    connector: BankConnector
    calm: BankConnector
    hasty: BankConnector
    patience: float
    dice: random.Random
    kinds: Counter[str]
    paid: list[PaymentOrder] = field(default_factory=list)
    harmless: list[bytes] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)
    struck_at: int = 0

    def meddle(self, *, hang: bool) -> None:
        """Break one of the next exchanges, or let it hang: mostly the first, else a later one."""
        target = 0 if self.dice.random() < 0.7 else self.dice.randrange(1, 3)
        self.struck_at = target
        setting = Setting(self.bench.plugin.capabilities.encoding, self.harmless)

        def mangle(body: bytes) -> Delivery | None:
            if len(passed) != target:
                return None
            return Delivery("hang", body, how="hang") if hang else mangled(self.dice, body, setting)

        passed = self.passed = self.between.begin(mangle)

    def delivery(self) -> Delivery | None:
        """What was broken in the call that has just ended, if the call came so far."""
        made = self.passed[self.struck_at].delivered if len(self.passed) > self.struck_at else None
        if made is not None:
            self.kinds[made.kind] += 1
        return made

    @property
    def alone(self) -> bool:
        """Whether the broken answer was the first and the last of the call."""
        return len(self.passed) == 1 and self.struck_at == 0

    def wait_longer(self) -> None:
        """The machine has become slower."""
        self.patience = min(CALM, 2 * self.patience)
        self.connector = self.bench.again(self.patience, self.between.account)


@check("robustness.wire", "pays", "statements_pull", seconds=600)
async def d8_malformed_answers(bench: Bench) -> None:
    """Seeded; see ``mangling`` for the kinds. Judged by the bank's journal after each."""
    began = asyncio.get_running_loop().time()
    kinds: Counter[str] = Counter()
    shares = [bench.malformed // WORKERS + (number < bench.malformed % WORKERS) for number in range(WORKERS)]
    async with asyncio.TaskGroup() as group:
        for number, share in enumerate(shares):
            group.create_task(_worker(bench, random.Random(SEED + number), share, kinds))  # noqa: S311 - repeatable
    bench.figure("malformed answers", sum(kinds.values()), "")
    bench.figure("malformed kinds", len(kinds), "")
    bench.figure("malformed seconds", asyncio.get_running_loop().time() - began, "s")
    assert sum(kinds.values()) >= bench.malformed


async def _worker(bench: Bench, dice: random.Random, share: int, kinds: Counter[str]) -> None:
    done = 0
    while done < share:
        async with simulated(bench.subject, bench.simulator, clear=False) as own, meddled(own) as between:
            account = await _prepared(own, between, dice, kinds)
            for _ in range(min(ROUND, share - done)):
                while not await _case(account):
                    pass
                done += 1
            bench.figure("longest patience", max(LEAST_PATIENCE, account.patience), "s")


async def _prepared(own: Bench, between: Meddler, dice: random.Random, kinds: Counter[str]) -> _Round:
    own.credit(1_000_000_00)
    own.credit(4_321, to=own.main)
    calm, clock = own.again(CALM, between.account), asyncio.get_running_loop()
    paid, seconds = [], []
    for fen in range(100, 100 + PAID_ALREADY):
        order = own.order(fen)
        began = clock.time()
        await calm.pay(order)
        seconds.append(clock.time() - began)
        assert (await own.settle(order)).state is AnswerState.SETTLED
        paid.append(order)
        if own.plugin.capabilities.answers_queries:
            began = clock.time()
            await calm.query(order)
            seconds.append(clock.time() - began)
    # A refusal is left out: on some wires it names no order, and nobody could tell it from the right one.
    harmless = [passed.answer for passed in between.passed][:KEPT_EARLIER]
    patience = min(CALM, max(LEAST_PATIENCE, GOOD_CALLS * median(seconds)))
    connector, hasty = own.again(patience, between.account), own.again(LEAST_PATIENCE, between.account)
    return _Round(own, between, connector, calm, hasty, patience, dice, kinds, paid, harmless)


async def _case(account: _Round) -> bool:
    """One call with a broken answer. False: the call ended before it came so far.

    What is missing counts at once if the call was swift. Else the answer may have come too late, and the case is tried
    again with more time than any answer takes.
    """
    clock = asyncio.get_running_loop()
    drawn, began = account.dice.getstate(), clock.time()
    unproven: Unproven | None = None
    try:
        delivery = await _call(account, account.connector)
    except Unproven as found:
        unproven, delivery = found, None
    took = clock.time() - began
    await account.between.settled(CALM)
    if unproven is None:
        if delivery is None and took > 0.9 * account.patience:
            account.wait_longer()
        return delivery is not None
    if took < SWIFT * account.patience:
        raise unproven
    account.dice.setstate(drawn)
    delivery = await _call(account, account.calm)
    await account.between.settled(CALM)
    return delivery is not None


async def _call(account: _Round, connector: BankConnector) -> Delivery | None:
    """Pay, ask or read, and judge it. Raises :class:`Unproven` for what counts only if the answer has arrived."""
    asks = account.bench.plugin.capabilities.answers_queries
    which = account.dice.choice(["pay", "query", "never", "lines", "lines"] if asks else ["pay", "lines"])
    order = account.dice.choice(account.paid) if which == "query" else account.bench.order(account.dice.randint(1, 999))
    hang = account.dice.random() < HANGS
    account.meddle(hang=hang)
    connector = account.hasty if hang else connector
    if which == "lines":
        return await _read(account, connector)
    try:
        answer = await (connector.pay(order) if which == "pay" else connector.query(order))
    except Exception as error:
        raise AssertionError(f"{which} raised {type(error).__name__}: {error} on {_shown(account)}") from error
    delivery = account.delivery()
    _believable(account, order, answer, which)
    if delivery is not None:
        _evident(account, answer, delivery, which)
    return delivery


def _shown(account: _Round) -> str:
    passed = account.passed
    last = passed[-1].delivered if passed else None
    return f"{last.kind} {last.body[:200]!r}" if last else "an answer that was not changed"


def _believable(account: _Round, order: PaymentOrder, answer: BankAnswer, which: str) -> None:
    done = account.bench.executions(order.client_ref)
    if answer.state is AnswerState.SETTLED:
        assert done == [(order.amount.fen, PAYEE)], f"{which}: settled on {_shown(account)}"
    if answer.state is AnswerState.REFUSED:
        assert done == [], f"{which}: refused on {_shown(account)}"


def _evident(account: _Round, answer: BankAnswer, delivery: Delivery, which: str) -> None:
    _raw_kept(answer.exchanges, delivery)
    if delivery.kind in BROKEN and account.alone and not delivery.status:
        if answer.state is not AnswerState.UNKNOWN:
            raise Unproven(f"{which}: {answer.state} on {_shown(account)}")
        if not answer.alarm:
            raise Unproven(f"{which}: no alarm on {_shown(account)}")


def _raw_kept(exchanges: Sequence[RawExchange], delivery: Delivery) -> None:
    if not exchanges:
        raise AssertionError(f"no exchange kept: {delivery.kind}")
    if delivery.how == "whole" and delivery.kind != "huge" and not delivery.status and delivery.body:
        kept = [made.response for made in exchanges if made.response]
        if not any(part in delivery.body or delivery.body in part for part in kept):
            raise Unproven(f"bytes not kept: {delivery.kind}")


async def _read(account: _Round, connector: BankConnector) -> Delivery | None:
    lines: list[BankLine] = []
    cursor: str | None = None
    truth = sorted(account.bench.bookings(), key=str)
    try:
        for _ in range(20):
            page = await connector.fetch_lines(cursor)
            lines += page.lines
            cursor = page.cursor
            if not page.more:
                break
    except (BankUnreachable, MalformedAnswer, BankRefused) as error:
        delivery = account.delivery()
        if delivery is not None and account.alone:
            _raw_kept(error.exchanges, delivery)
        return delivery
    except Exception as error:
        known = "beyond the contract " if isinstance(error, PluginError) else ""
        raise AssertionError(f"a read raised {known}{type(error).__name__}: {error} on {_shown(account)}") from error
    delivery = account.delivery()
    once = list({line.bank_key: line for line in lines}.values())
    if told(once) != truth:
        excused = delivery is not None and _excused(once, truth, delivery)
        assert excused, f"told what is not booked on {_shown(account)}"
    return delivery


def _excused(lines: list[BankLine], truth: list[tuple[str, int, str | None]], delivery: Delivery) -> bool:
    """Whether the host can see for itself that these lines are wrong, or only that they are not all yet."""
    if delivery.kind not in SUBTLE or any(line.amount <= Money.ZERO for line in lines):
        return False
    missing_only = all(row in truth for row in told(lines)) and len(lines) < len(truth)
    stale = delivery.kind in {"other_answer", "other_day"} and missing_only
    return stale or (delivery.kind == "wrong_unit" and bool(broken_chains(lines) or _from_nothing(lines)))


def _from_nothing(lines: list[BankLine]) -> bool:
    # These accounts began at zero: the first balance of each is its first amount.
    first: dict[str | None, BankLine] = {}
    for line in lines:
        first.setdefault(line.sub_account_no, line)
    return any(line.balance_after not in {None, line.amount} for line in first.values())
