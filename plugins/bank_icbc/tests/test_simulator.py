"""The plugin and its simulator over real sockets: cards, faults at the sign port, days that pass."""

import base64
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState, BankLine, FundAccountRef, LineKind, PaymentOrder
from ankuan.plugin_api.services import PluginServices
from ankuan.plugin_api.testing import SimulatorProcess
from ankuan_bank_icbc.connector import IcbcConnector
from ankuan_bank_icbc.plugin import IcbcPlugin

PAYEE = "6217000000000001234"


@dataclass(slots=True)
class Bank:
    """A fund account of its own at the simulator."""

    simulator: SimulatorProcess
    account: FundAccountRef
    connector: IcbcConnector
    refs: int = 0

    def order(self, fen: int, **more: Any) -> PaymentOrder:
        """A payment with a reference never used before."""
        self.refs += 1
        reference = f"{self.account.account_no[-9:]}{self.refs:011d}"
        known = {"payee_account": PAYEE, "payee_name": "申请执行人甲", "payee_bank_name": "中国建设银行"}
        rest = {"payee_bank_code": None, "same_bank": False, "purpose": "案款", "pay_from_sub_account": None}
        return PaymentOrder(**{"client_ref": reference, "amount": Money(fen), **known, **rest, **more})

    def credit(self, fen: int, to: str = "", **more: Any) -> dict[str, Any]:
        """Money arrives."""
        body = {"to": to or self.account.account_no, "fen": fen, "payer_name": "被执行人乙", "remark": "案款"}
        return self.simulator.admin("POST", "/credits", {**body, "payer_account": "6217000000000005678", **more})

    def fail(self, action: str, fault: str, **params: Any) -> None:
        """The next call of an action fails."""
        self.simulator.admin("POST", "/script", {"action": action, "fault": fault, "params": params})

    def cards(self, count: int) -> list[str]:
        """New cards of the account, as the branch opens them."""
        body = {"main": self.account.account_no, "count": count, "name": "案款管家卡"}
        first = self.simulator.admin("POST", "/accounts/bulk", body)["first"]
        return [f"{first[:-5]}{int(first[-5:]) + number:05d}" for number in range(count)]

    def orders_seen(self) -> int:
        """How many orders the bank has ever heard of."""
        return len(self.simulator.admin("GET", "/payments")["payments"])

    async def lines(self, cursor: str | None = None) -> tuple[list[BankLine], str]:
        """All lines after a cursor, and the cursor after them."""
        found: list[BankLine] = []
        while True:
            page = await self.connector.fetch_lines(cursor)
            found += page.lines
            cursor = page.cursor
            if not page.more:
                return found, cursor


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    """One for all tests of this module."""
    process = SimulatorProcess("bank_icbc", tmp_path_factory.mktemp("icbc")).start()
    yield process
    process.stop()


def connected(account: FundAccountRef, **settings: str) -> IcbcConnector:
    """Some tests move the bank's clock for good, so that its today may be later than ours."""
    known = {**account.settings, "statement_ahead_days": "20", **settings}
    return IcbcPlugin().connect(replace(account, settings=known), PluginServices(timeout_seconds=10))


@pytest_asyncio.fixture
async def bank(simulator: SimulatorProcess) -> AsyncIterator[Bank]:
    """A fund account of its own for each test, and a bank that behaves."""
    simulator.admin("DELETE", "/faults")
    opened = simulator.open_account("示例人民法院案款专户")
    account = FundAccountRef(opened["number"], opened["name"], None, opened["settings"])
    made = Bank(simulator, account, connected(account))
    yield made
    await made.connector.aclose()


# ---------------------------------------------------------------- cards


async def test_money_of_a_card_stands_on_the_card_and_is_paid_from_it(bank: Bank) -> None:
    first, second = bank.cards(2)
    bank.credit(10_000, first)
    bank.credit(500, second)
    bank.credit(7)
    order = bank.order(3_000, pay_from_sub_account=first)
    assert (await bank.connector.pay(order)).state is AnswerState.ACCEPTED
    assert (await bank.connector.query(order)).state is AnswerState.SETTLED
    told, _ = await bank.lines()
    found = [(line.direction.value, line.amount.fen, line.sub_account_no, line.client_ref) for line in told]
    assert found == [
        ("credit", 10_000, first, None),
        ("credit", 500, second, None),
        ("credit", 7, None, None),
        ("debit", 3_000, first, order.client_ref),
    ]
    assert [line.balance_after for line in told] == [Money(10_000), Money(500), None, Money(7_000)]
    assert bank.simulator.admin("GET", f"/accounts/{first}")["balance_fen"] == 7_000


async def test_a_card_pays_only_what_it_has_and_only_for_its_own_account(bank: Bank) -> None:
    (card,) = bank.cards(1)
    bank.credit(10_000)
    bank.credit(100, card)
    stranger = bank.simulator.open_account("示例区人民法院案款专户")["number"]
    body = {"main": stranger, "count": 1, "name": "他院管家卡"}
    foreign = bank.simulator.admin("POST", "/accounts/bulk", body)["first"]
    bank.credit(10_000, foreign)
    for order in (bank.order(101, pay_from_sub_account=card), bank.order(1, pay_from_sub_account=foreign)):
        assert (await bank.connector.pay(order)).state is AnswerState.REFUSED
        assert (await bank.connector.query(order)).state is AnswerState.REFUSED
    balances = [bank.simulator.admin("GET", f"/accounts/{number}")["balance_fen"] for number in (card, foreign)]
    assert balances == [100, 10_000]


async def test_a_return_goes_back_to_the_card(bank: Bank) -> None:
    (card,) = bank.cards(1)
    bank.credit(10_000, card)
    order = bank.order(4_000, pay_from_sub_account=card)
    await bank.connector.pay(order)
    _, cursor = await bank.lines()
    bank.simulator.admin("POST", f"/payments/{order.client_ref}/return", {})
    ((back,), _) = await bank.lines(cursor)
    assert (back.kind, back.client_ref, back.sub_account_no) == (LineKind.RETURNED, order.client_ref, card)


# ---------------------------------------------------------------- the sign port

FAULTS: Mapping[str, Mapping[str, Any]] = {
    "drop_before": {},
    "drop_after": {},
    "empty": {},
    "truncated": {},
    "garbage": {"body": "<html><body>502</body></html>"},
    "http_error": {"status": 502},
    "client_code": {},
    "xml_bomb": {},
    "wrong_encoding": {"encoding": "utf-16"},
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_sign_port_that_fails_lets_nothing_out(bank: Bank, fault: str) -> None:
    bank.credit(100)
    seen, order = bank.orders_seen(), bank.order(100)
    bank.fail("SIGN", fault, **FAULTS[fault])
    answer = await bank.connector.pay(order)
    assert answer.state is AnswerState.UNKNOWN
    assert answer.message.startswith("未发送")
    assert [made.operation for made in answer.exchanges] == ["SIGN"]
    assert bank.orders_seen() == seen
    assert (await bank.connector.query(order)).state is AnswerState.NOT_FOUND
    await bank.connector.pay(order)
    assert (await bank.connector.query(order)).state is AnswerState.SETTLED


async def test_the_signature_of_somebody_elses_message_is_not_sent(bank: Bank) -> None:
    bank.credit(300)
    await bank.connector.pay(bank.order(100))
    seen, order = bank.orders_seen(), bank.order(150)
    bank.fail("SIGN", "other_answer")
    answer = await bank.connector.pay(order)
    assert (answer.state, bool(answer.alarm), bank.orders_seen()) == (AnswerState.UNKNOWN, True, seen)


async def test_a_wrong_signature_is_refused_by_the_bank(bank: Bank) -> None:
    bank.credit(100)
    seen, order = bank.orders_seen(), bank.order(100)
    bank.fail("SIGN", "wrong_signature")
    answer = await bank.connector.pay(order)
    assert (answer.state, answer.code) == (AnswerState.UNKNOWN, "S0002")
    assert bank.orders_seen() == seen
    await bank.connector.pay(order)
    assert (await bank.connector.query(order)).state is AnswerState.SETTLED


def _resent(bank: Bank, request: bytes, package: str, **changes: bytes) -> bytes:
    """The same request to the secure port again, with fields of the form changed."""
    pairs = [pair.partition(b"=") for pair in request.split(b"&")]
    body = b"&".join(name + b"=" + changes.get(name.decode(), value) for name, _, value in pairs)
    settings = bank.account.settings
    address = f"{settings['secure_url']}servlet/ICBCCMPAPIReqServlet"
    params = {"userID": settings["cert_id"], "PackageID": package, "SendTime": "20261121093012123"}
    return httpx.post(address, params=params, content=body, trust_env=False).content


async def test_the_secure_port_believes_only_what_was_signed(bank: Bank) -> None:
    bank.credit(1_000)
    first = bank.order(100)
    answer = await bank.connector.pay(first)
    signing, sending = answer.exchanges
    seen = bank.orders_seen()
    plain = base64.b64encode(signing.request).replace(b"+", b"%2B").replace(b"=", b"%3D")
    xml = signing.request.replace(b"<PayAmt>100<", b"<PayAmt>900<")
    for data in (plain, xml.hex().encode(), b"", b"MIIB"):
        heard = _resent(bank, sending.request, first.client_ref, reqData=data)
        assert "验签失败" in base64.b64decode(heard.removeprefix(b"reqData=")).decode("gbk")
    assert b"errorCode" in _resent(bank, sending.request, "26112100000000000099")
    assert b"errorCode" in _resent(bank, sending.request, first.client_ref, GroupCIS=b"1")
    assert b"errorCode" in _resent(bank, sending.request, first.client_ref, Version=b"9")
    again = _resent(bank, sending.request, first.client_ref)
    assert "重复" in base64.b64decode(again.removeprefix(b"reqData=")).decode("gbk")
    assert bank.orders_seen() == seen


# ---------------------------------------------------------------- receipts


async def test_a_receipt_of_a_card_and_none_of_another_day(bank: Bank) -> None:
    (card,) = bank.cards(1)
    bank.credit(10_000, card)
    ((line,), _) = await bank.lines()
    receipt = await bank.connector.receipt(line)
    assert receipt is not None
    assert receipt.content.startswith(b"%PDF-")
    on, _, rest = (line.bank_ref or "").partition("|")
    other = replace(line, bank_ref=f"{int(on) - 1}|{rest}")
    assert await bank.connector.receipt(other) is None
    bank.fail("SIGN", "wrong_signature")
    with pytest.raises(Exception, match="验签失败"):
        await bank.connector.receipt(line)


# ---------------------------------------------------------------- days pass; these move the bank's clock for good


async def test_what_was_told_today_is_not_told_again_from_the_history(bank: Bank) -> None:
    bank.credit(11)
    order = bank.order(5)
    await bank.connector.pay(order)
    told, cursor = await bank.lines()
    bank.simulator.admin("POST", "/clock/advance", {"days": 1})
    assert (await bank.lines(cursor))[0] == []
    afresh, _ = await bank.lines()
    assert [line.bank_key for line in afresh] == [line.bank_key for line in told]
    assert (await bank.connector.query(order)).state is AnswerState.SETTLED


async def test_history_has_balances_that_follow_from_each_other(bank: Bank) -> None:
    for fen in (100, 250, 3):
        bank.credit(fen)
    bank.simulator.admin("POST", "/clock/advance", {"days": 1})
    plain = Bank(bank.simulator, bank.account, connected(bank.account, cards="off"))
    told, _ = await plain.lines()
    assert [line.balance_after for line in told] == [Money(100), Money(350), Money(353)]
    await plain.connector.aclose()


async def test_a_row_missing_from_the_history_is_told_when_it_is_there(bank: Bank) -> None:
    for fen in (21, 22, 23):
        bank.credit(fen)
    bank.simulator.admin("POST", "/clock/advance", {"days": 2})
    bank.simulator.admin("PUT", "/switches", {"QHISD": [{"fault": "missing_rows", "params": {"row": 2}}]})
    partly, cursor = await bank.lines()
    bank.simulator.admin("DELETE", "/faults")
    late, cursor = await bank.lines(cursor)
    assert [line.amount.fen for line in partly] == [21, 23]
    assert [line.amount.fen for line in late] == [22]
    assert (await bank.lines(cursor))[0] == []


async def test_a_return_days_later_is_known(bank: Bank) -> None:
    bank.credit(10_000)
    order = bank.order(4_000)
    await bank.connector.pay(order)
    _, cursor = await bank.lines()
    bank.simulator.admin("POST", "/clock/advance", {"days": 3})
    bank.simulator.admin("POST", f"/payments/{order.client_ref}/return", {"reason": "户名不符"})
    ((back,), _) = await bank.lines(cursor)
    assert (back.kind, back.client_ref) == (LineKind.RETURNED, order.client_ref)
    asked = await bank.connector.query(replace(order, submitted_on=back.booked_on - timedelta(days=3)))
    assert (asked.state, asked.alarm) == (AnswerState.SETTLED, None)


async def test_a_killed_bank_comes_back_with_its_keys_and_its_books(bank: Bank) -> None:
    bank.credit(100)
    order = bank.order(60)
    await bank.connector.pay(order)
    keys = {path.name: path.read_bytes() for path in bank.simulator.keys.iterdir()}
    bank.simulator.kill()
    bank.simulator.start()
    assert {path.name: path.read_bytes() for path in bank.simulator.keys.iterdir()} == keys
    assert bank.simulator.settings["sign_url"] == bank.account.settings["sign_url"]
    assert (await bank.connector.query(order)).state is AnswerState.SETTLED
    second = bank.order(40)
    await bank.connector.pay(second)
    assert (await bank.connector.query(second)).state is AnswerState.SETTLED
    assert bank.simulator.admin("GET", "/health")["sum_fen"] == 0
