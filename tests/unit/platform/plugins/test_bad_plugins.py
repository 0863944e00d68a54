"""Whatever a plugin does, an order is at most unknown, and a read fails as the contract says (failures D26)."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from ankuan.kernel.money import Money
from ankuan.platform.plugins import CircuitOpen, GuardedBank, NothingSent, PluginHost
from ankuan.platform.plugins import bulkhead as bulkheads
from ankuan.platform.plugins.circuit import FAILURES, CircuitState
from ankuan.plugin_api.accounts import AccountCheck, AccountClaim, AccountVerdict
from ankuan.plugin_api.bank import (
    AnswerState,
    BankAnswer,
    BankBalance,
    BankNotice,
    BankReceipt,
    BatchAnswer,
    LinePage,
    NoticeKind,
    OpenedSubAccount,
    OpenedSubAccounts,
    PaperOrder,
    SubAccountPage,
)
from ankuan.plugin_api.errors import (
    BankRefused,
    BankUnreachable,
    CannotExpress,
    ForgedNotice,
    MalformedAnswer,
    NotOffered,
    PluginError,
)
from tests.unit.platform.plugins.bad_bank import (
    ACCOUNT,
    ADJUSTMENT,
    BATCH,
    EXCHANGE,
    LINE,
    NOTICE,
    PAYMENT,
    TRANSFER,
    UNANSWERED,
    Act,
    BadBank,
    always,
    raising,
)

SETTLED = BankAnswer(
    AnswerState.SETTLED, "00", "好", bank_ref="B1", booked_on=date(2026, 11, 20), exchanges=(EXCHANGE,)
)
PAGE = LinePage((LINE,), "c1", False, (EXCHANGE,))
ORDERS: dict[str, Callable[[GuardedBank], Any]] = {
    "pay": lambda bank: bank.pay(PAYMENT),
    "adjust": lambda bank: bank.adjust(ADJUSTMENT),
    "transfer": lambda bank: bank.transfer(TRANSFER),
    "query": lambda bank: bank.query(PAYMENT),
}
READS: dict[str, Callable[[GuardedBank], Any]] = {
    "fetch_lines": lambda bank: bank.fetch_lines(None),
    "balance": lambda bank: bank.balance(),
    "open_sub_accounts": lambda bank: bank.open_sub_accounts(("案款",)),
    "list_sub_accounts": lambda bank: bank.list_sub_accounts(None),
    "receipt": lambda bank: bank.receipt(LINE),
}


@pytest.fixture
async def connect(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[[BadBank], GuardedBank]]:
    monkeypatch.setattr(bulkheads, "GRACE_SECONDS", 0.2)
    monkeypatch.setattr(bulkheads, "PULSE_SECONDS", 0.1)
    monkeypatch.setattr("ankuan.platform.plugins.host.GRACE_SECONDS", 0.2)
    hosts: list[PluginHost] = []

    def make(plugin: BadBank) -> GuardedBank:
        host = PluginHost(banks={plugin.id: plugin})
        hosts.append(host)
        return host.connect(plugin.id, ACCOUNT, timeout_seconds=0)

    yield make
    for host in hosts:
        host.close()


async def _blocks() -> None:
    time.sleep(0.8)  # noqa: ASYNC251 - the very mistake


async def _spins() -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        pass


async def _waits() -> None:
    await asyncio.sleep(60)


async def _exits() -> None:
    sys.exit(1)


def _answer(**given: Any) -> BankAnswer:
    return replace(SETTLED, **given)


NAIVE = datetime(2026, 11, 20)  # noqa: DTZ001 - the very mistake
BAD_ANSWERS: dict[str, Act] = {
    "nothing": always(None),
    "a word": always("settled"),
    "another type": always(PAGE),
    "a state that is only text": always(_answer(state="settled")),
    "a code that is a number": always(_answer(code=0)),
    "a message that is bytes": always(_answer(message=b"ok")),
    "a message without end": always(_answer(message="x" * 10_000)),
    "a NUL in the message": always(_answer(message="a\x00b")),
    "half a surrogate": always(_answer(message="\ud800")),
    "an empty bank reference": always(_answer(bank_ref="")),
    "a date that is a moment": always(_answer(booked_on=datetime(2026, 11, 20, tzinfo=UTC))),
    "a date that is text": always(_answer(booked_on="2026-11-20")),
    "a date before banks": always(_answer(booked_on=date(1, 1, 1))),
    "exchanges that are none": always(_answer(exchanges=None)),
    "exchanges of dictionaries": always(_answer(exchanges=({"request": b""},))),
    "an exchange without a zone": always(_answer(exchanges=(EXCHANGE, replace(EXCHANGE, started_at=NAIVE)))),
    "an exchange of text": always(_answer(exchanges=(replace(EXCHANGE, response="text"),))),  # type: ignore[arg-type]
    "a huge exchange": always(_answer(exchanges=(replace(EXCHANGE, response=bytes(17 << 20)),))),
    "an alarm that is true": always(_answer(alarm=True)),
    "a defect": raising(ValueError("6217000000000000018")),
    "an assertion": raising(AssertionError()),
    "no memory": raising(MemoryError()),
    "too deep": raising(RecursionError()),
    "its own cancellation": raising(asyncio.CancelledError()),
    "an exit": _exits,
    "an interrupt": raising(KeyboardInterrupt()),
    "a generator's exit": raising(GeneratorExit()),
    "a bare error": raising(BaseException()),
    "a read's error": raising(BankUnreachable("x", (UNANSWERED,))),
    "an error with bad exchanges": raising(PluginError(None, "none")),  # type: ignore[arg-type]
    "a wait without end": _waits,
    "a blocked thread": _blocks,
    "a loop without end": _spins,
}


@pytest.mark.parametrize("case", BAD_ANSWERS)
async def test_an_order_is_at_most_unknown_and_a_read_fails_as_the_contract_says(
    connect: Callable[[BadBank], GuardedBank], case: str
) -> None:
    asking = {"pay": ORDERS["pay"], "query": ORDERS["query"]} if case in SLOW else ORDERS
    for name, ask in asking.items():
        answer = await ask(connect(BadBank(BAD_ANSWERS[case])))
        assert answer.state is AnswerState.UNKNOWN, name
        assert "6217" not in f"{answer.alarm}{answer.message}"
        answer.message.encode()
    batch = await connect(BadBank(BAD_ANSWERS[case])).pay_batch(BATCH)
    assert [one.state for one in batch.answers] == [AnswerState.UNKNOWN] * 2
    for name, ask in ({"balance": READS["balance"]} if case in SLOW else READS).items():
        if (name, case) == ("receipt", "nothing") or (name, case) == ("fetch_lines", "another type"):
            continue  # no receipt yet is an answer, and a page is one to the question for lines
        with pytest.raises((BankUnreachable, MalformedAnswer)):
            await ask(connect(BadBank(BAD_ANSWERS[case])))


SLOW = {"a wait without end", "a blocked thread", "a loop without end"}


def test_there_are_more_than_thirty_bad_plugins() -> None:
    assert len(BAD_ANSWERS) >= 30


async def test_what_is_right_passes_unchanged(connect: Callable[[BadBank], GuardedBank]) -> None:
    for ask in ORDERS.values():
        assert await ask(connect(BadBank(always(SETTLED)))) == SETTLED
    batch = BatchAnswer((SETTLED, SETTLED), (EXCHANGE,))
    assert await connect(BadBank(always(batch))).pay_batch(BATCH) == batch
    assert await connect(BadBank(always(PAGE))).fetch_lines(None) == PAGE
    good: list[tuple[Callable[[GuardedBank], Any], object]] = [
        (READS["balance"], BankBalance(Money(-1), Money(5), (EXCHANGE,))),
        (READS["open_sub_accounts"], OpenedSubAccounts((OpenedSubAccount("1", "案款"),), (EXCHANGE,), "其余未开")),
        (READS["list_sub_accounts"], SubAccountPage((OpenedSubAccount("1", "a"),), "c", True, (EXCHANGE,))),
        (READS["receipt"], BankReceipt(b"%PDF-1.7 ...", "n", (EXCHANGE,))),
        (READS["receipt"], None),
        (lambda bank: bank.check_account(AccountClaim("甲", "1")), AccountCheck(AccountVerdict.MATCH)),
        (lambda bank: bank.read_notice(NOTICE), BankNotice("n1", NoticeKind.MOVEMENT)),
        (lambda bank: bank.paper_order(PAYMENT), PaperOrder("支付单", "1", (("金额", "1.00"),), "x", ("经办",))),
    ]
    for ask, value in good:
        assert await ask(connect(BadBank(always(value)))) == value


@pytest.mark.parametrize(
    "lines",
    [
        (replace(LINE, amount=Money(0)),),
        (replace(LINE, amount=Money(-5)),),
        (replace(LINE, amount=100),),  # type: ignore[arg-type]
        (replace(LINE, bank_key=" "),),
        (replace(LINE, bank_key=None),),  # type: ignore[arg-type]
        (LINE, replace(LINE, remark="other")),
        (replace(LINE, booked_on=datetime(2026, 11, 20, tzinfo=UTC)),),
        (replace(LINE, booked_on=date(2999, 1, 1)),),
        (replace(LINE, booked_at=NAIVE),),
        (replace(LINE, direction="credit"),),  # type: ignore[arg-type]
        (replace(LINE, kind=None),),  # type: ignore[arg-type]
        (replace(LINE, counter_name=None),),  # type: ignore[arg-type]
        (replace(LINE, remark="\x00"),),
        (replace(LINE, client_ref=""),),
        (replace(LINE, balance_after=1),),  # type: ignore[arg-type]
        tuple(replace(LINE, bank_key=f"k{n}") for n in range(5_001)),
        ("line",),
        None,
    ],
)
async def test_a_page_with_one_bad_line_is_malformed_and_its_messages_are_kept(
    connect: Callable[[BadBank], GuardedBank], lines: Any
) -> None:
    with pytest.raises(MalformedAnswer) as wrong:
        await connect(BadBank(always(LinePage(lines, "c", False, (EXCHANGE,))))).fetch_lines(None)
    assert wrong.value.exchanges == (EXCHANGE,)


@pytest.mark.parametrize(
    ("ask", "value"),
    [
        (READS["fetch_lines"], LinePage((LINE,), "x" * 70_000, False)),
        (READS["fetch_lines"], LinePage((LINE,), "案" * 30_000, False)),
        (READS["fetch_lines"], LinePage((LINE,), None, False)),  # type: ignore[arg-type]
        (READS["fetch_lines"], LinePage((LINE,), "c", 1)),  # type: ignore[arg-type]
        (READS["balance"], BankBalance(100, Money(1))),  # type: ignore[arg-type]
        (READS["receipt"], BankReceipt(b"<html>")),
        (READS["receipt"], BankReceipt(b"%PDF-" + bytes(21 << 20))),
        (READS["open_sub_accounts"], OpenedSubAccounts((OpenedSubAccount("1", "a"), OpenedSubAccount("2", "a")))),
        (READS["open_sub_accounts"], OpenedSubAccounts((OpenedSubAccount("", "a"),))),
        (
            READS["list_sub_accounts"],
            SubAccountPage((OpenedSubAccount("1", "a"), OpenedSubAccount("1", "b")), "c", False),
        ),
        (lambda bank: bank.read_notice(NOTICE), BankNotice("", NoticeKind.OTHER)),
        (lambda bank: bank.read_notice(NOTICE), BankNotice("n", NoticeKind.OTHER, reply_type="a\r\nb: c")),
        (lambda bank: bank.read_notice(NOTICE), BankNotice("n", NoticeKind.OTHER, reply=bytes(70_000))),
        (lambda bank: bank.paper_order(PAYMENT), PaperOrder("t", "1", (("a", "b", "c"),), "x", ())),  # type: ignore[arg-type]
        (lambda bank: bank.paper_order(PAYMENT), PaperOrder("t", "1", (), "x" * 3_000, ())),
    ],
)
async def test_each_other_read_is_looked_at_too(
    connect: Callable[[BadBank], GuardedBank], ask: Callable[[GuardedBank], Any], value: object
) -> None:
    with pytest.raises(MalformedAnswer):
        await ask(connect(BadBank(always(value))))


async def test_a_booking_told_twice_in_every_field_is_one(connect: Callable[[BadBank], GuardedBank]) -> None:
    page = await connect(BadBank(always(LinePage((LINE, LINE), "c", False)))).fetch_lines(None)
    assert page.lines == (LINE,)


@pytest.mark.parametrize("size", [0, 1, 3])
async def test_d25_a_batch_with_another_number_of_answers_says_nothing_of_any(
    connect: Callable[[BadBank], GuardedBank], size: int
) -> None:
    answered = BatchAnswer((SETTLED,) * size, (EXCHANGE,))
    found = await connect(BadBank(always(answered))).pay_batch(BATCH)
    assert [(one.state, bool(one.alarm)) for one in found.answers] == [(AnswerState.UNKNOWN, True)] * 2
    assert found.exchanges == (EXCHANGE,)


async def test_not_found_is_no_answer_to_a_submission(connect: Callable[[BadBank], GuardedBank]) -> None:
    answer = BankAnswer(AnswerState.NOT_FOUND, "30", exchanges=(EXCHANGE,))
    assert (await connect(BadBank(always(answer))).pay(PAYMENT)).state is AnswerState.UNKNOWN
    assert (await connect(BadBank(always(answer))).query(PAYMENT)).state is AnswerState.NOT_FOUND


async def test_reads_are_tried_once_more_and_orders_never(connect: Callable[[BadBank], GuardedBank]) -> None:
    away = BadBank(raising(BankUnreachable("x", (UNANSWERED,))))
    bank = connect(away)
    for name in ("fetch_lines", "balance", "list_sub_accounts", "receipt", "open_sub_accounts"):
        away.asked.clear()
        with pytest.raises(BankUnreachable):
            await READS[name](bank)
        assert len(away.asked) == (1 if name == "open_sub_accounts" else 2), name
        bank = connect(away)
    for ask in ORDERS.values():
        away.asked.clear()
        await ask(connect(away))
        assert len(away.asked) == 1


async def test_what_the_bank_can_not_do_or_write_is_said_and_its_refusal_kept(
    connect: Callable[[BadBank], GuardedBank],
) -> None:
    with pytest.raises(CannotExpress):
        await connect(BadBank(raising(CannotExpress("𠮷")))).pay(PAYMENT)
    with pytest.raises(BankRefused) as refused:
        await connect(BadBank(raising(BankRefused("no", "E1", (EXCHANGE,))))).balance()
    assert (refused.value.code, refused.value.exchanges) == ("E1", (EXCHANGE,))
    with pytest.raises(ForgedNotice):
        await connect(BadBank(raising(ForgedNotice("signature")))).read_notice(NOTICE)
    with pytest.raises(MalformedAnswer):
        await connect(BadBank(always(None))).read_notice(replace(NOTICE, body=bytes(2 << 20)))
    with pytest.raises(NotOffered):
        await connect(BadBank(always(None), connecting=Plain)).adjust(ADJUSTMENT)
    assert (await connect(BadBank(_waits)).check_account(AccountClaim("甲", "1"))).verdict is AccountVerdict.UNKNOWN


class Plain:
    """A connector that can do what every bank can."""

    async def pay(self, order: Any) -> Any: ...
    async def query(self, order: Any) -> Any: ...
    async def fetch_lines(self, cursor: Any) -> Any: ...
    async def balance(self, sub_account_no: Any = None) -> Any: ...
    async def aclose(self) -> None: ...


def _no_connection() -> Any:
    raise SystemExit(2)


@pytest.mark.parametrize("connecting", [_no_connection, lambda: None, lambda: "connector"])
async def test_without_a_connector_nothing_is_sent(
    connect: Callable[[BadBank], GuardedBank], connecting: Callable[[], Any]
) -> None:
    bank = connect(BadBank(always(SETTLED), connecting=connecting))
    with pytest.raises(NothingSent):
        await bank.pay(PAYMENT)
    assert (await bank.query(PAYMENT)).state is AnswerState.UNKNOWN
    with pytest.raises(BankUnreachable):
        await bank.balance()
    await bank.aclose()


async def test_an_endpoint_that_is_down_is_left_alone_and_found_again_by_a_query() -> None:
    clock = [100.0]
    plugin = BadBank(always(BankAnswer(AnswerState.UNKNOWN, exchanges=(UNANSWERED,))))
    host = PluginHost(banks={plugin.id: plugin})
    host.state.endpoints.now = lambda: clock[0]
    court = (2, UUID(int=1))
    bank = host.connect(plugin.id, ACCOUNT, timeout_seconds=1, owner=court)
    for _ in range(FAILURES):
        await bank.pay(PAYMENT)
    plugin.asked.clear()
    with pytest.raises(CircuitOpen):
        await bank.pay(PAYMENT)
    with pytest.raises(CircuitOpen):
        await bank.pay_batch(BATCH)
    with pytest.raises(BankUnreachable):
        await bank.fetch_lines(None)
    assert plugin.asked == [], "nothing left the house"
    assert host.state.endpoints.resting() == {court}
    elsewhere = replace(ACCOUNT, settings={"endpoint": "http://other.test/"})
    await host.connect(plugin.id, elsewhere, timeout_seconds=1).pay(PAYMENT)
    assert plugin.asked == ["pay"], "another endpoint of the same bank is not concerned"
    plugin.act = always(SETTLED)
    assert (await bank.query(PAYMENT)).state is AnswerState.SETTLED
    assert (await bank.pay(PAYMENT)).state is AnswerState.SETTLED
    [endpoint] = [one for one in host.state.endpoints.changed() if one.owners]
    assert endpoint.circuit.state is CircuitState.CLOSED
    assert (endpoint.last_error, endpoint.last_ok_at is not None) == ("unreachable", True)
    host.close()


async def test_refusals_and_broken_answers_are_answers_and_open_nothing() -> None:
    plugin = BadBank(always(BankAnswer(AnswerState.REFUSED, "20", exchanges=(EXCHANGE,))))
    host = PluginHost(banks={plugin.id: plugin})
    bank = host.connect(plugin.id, ACCOUNT, timeout_seconds=1)
    for error in (None, BankRefused("no", "1", (EXCHANGE,)), MalformedAnswer("?", (EXCHANGE,))):
        if error is not None:
            plugin.act = raising(error)
        for _ in range(2 * FAILURES):
            try:
                await (bank.pay(PAYMENT) if error is None else bank.balance())
            except PluginError:
                continue
    plugin.act = always(SETTLED)
    assert (await bank.pay(PAYMENT)).state is AnswerState.SETTLED
    host.close()
