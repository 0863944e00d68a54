"""The flow against chosen answers, over real sockets: two ports, one submission."""

import asyncio
import base64
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element, fromstring

import pytest
import pytest_asyncio

from ankuan.kernel.clock import SHANGHAI, FixedClock
from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import (
    AnswerState,
    BankLine,
    BatchOrder,
    FundAccountRef,
    LineKind,
    PaymentOrder,
    TransferOrder,
)
from ankuan.plugin_api.errors import (
    BankRefused,
    BankUnreachable,
    CannotExpress,
    InvalidSettings,
    MalformedAnswer,
    NotOffered,
    PluginError,
)
from ankuan.plugin_api.services import PluginServices
from ankuan_bank_icbc.connector import IcbcConnector
from ankuan_bank_icbc.plugin import IcbcPlugin

FIXTURES = Path(__file__).parent.parent / "fixtures"
MAIN, CARD = "1602001119200000001", "9558890000000100001"
REFERENCE, SECOND, BATCH = "26112100000000000017", "26112100000000000018", "26112100000000000016"
FIXED = b"Q2611210930121230001"
NOW = datetime(2026, 11, 21, 9, 30, 12, 123_000, SHANGHAI)
SETTINGS = {"cis": "370290009999999", "cert_id": "court0102.y.1602", "cards": "on", "statement_from": "20261121"}
ORDER = PaymentOrder(
    client_ref=REFERENCE,
    amount=Money(3_000),
    pay_from_sub_account=None,
    payee_account="6217000000000001234",
    payee_name="申请执行人甲",
    payee_bank_name="中国建设银行",
    payee_bank_code="105100000017",
    same_bank=False,
    purpose="案款",
)
SIGN, NOTHING = "SIGN", b""


@dataclass(slots=True)
class NetSafe:
    """Both ports on one: a page at ``/``, answers at the servlet. ``told``: transaction -> bodies, the last stays."""

    port: int = 0
    told: defaultdict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    asked: list[tuple[str, bytes]] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)

    def will(self, *names: str) -> None:
        """Answer each transaction with these fixtures, one after the other."""
        for name in names:
            raw = (FIXTURES / name).read_bytes()
            code = name.partition("__")[0]
            self.told[code].append(raw if code in {SIGN, "answer"} else b"reqData=" + base64.b64encode(raw))

    def xml(self, number: int) -> Element:
        """The message in the n-th request to the secure port."""
        sent = [body for code, body in self.asked if code != SIGN]
        text = parse_qs(sent[number], keep_blank_values=True)[b"reqData"][0].decode("gbk")
        return fromstring(text.partition("?>")[2])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request, one answer; without a body it is cut."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
        length = next(int(row.split(":")[1]) for row in head.split("\r\n") if row.lower().startswith("content-length"))
        body = await reader.readexactly(length)
        self.heads.append(head)
        target = urlsplit(head.split(" ")[1])
        code, package = SIGN, ""
        if target.path != "/":
            form = parse_qs(body, keep_blank_values=True)
            code, package = form[b"TransCode"][0].decode(), form[b"PackageID"][0].decode()
        self.asked.append((code, body))
        known = self.told[code] or self.told["answer"]
        reply = known.pop(0) if len(known) > 1 else known[0] if known else NOTHING
        if reply.startswith(b"reqData=") and code != "PAYENT":
            reply = b"reqData=" + base64.b64encode(base64.b64decode(reply[8:]).replace(FIXED, package.encode()))
        if reply:
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(reply) + reply)
            await writer.drain()
        writer.close()


Chosen = tuple[NetSafe, IcbcConnector]


def connect(server: NetSafe, at: datetime = NOW, **settings: str) -> IcbcConnector:
    place = f"http://127.0.0.1:{server.port}/"
    known = {**SETTINGS, "sign_url": place, "secure_url": place, **settings}
    account = FundAccountRef(MAIN, "示例人民法院案款专户", None, known)
    return IcbcPlugin().connect(account, PluginServices(timeout_seconds=5, clock=FixedClock(at)))


@pytest_asyncio.fixture
async def chosen() -> AsyncIterator[Chosen]:
    """A bank whose answers the test chooses, and a connector to it."""
    made = NetSafe()
    made.will("SIGN__signed.html")
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    connector = connect(made)
    yield made, connector
    await connector.aclose()
    server.close()


# ---------------------------------------------------------------- submissions


async def test_a_payment_is_signed_and_then_sent_as_it_was_signed(chosen: Chosen) -> None:
    server, connector = chosen
    server.will("PAYENT__taken.xml")
    answer = await connector.pay(replace(ORDER, pay_from_sub_account=CARD))
    assert (answer.state, answer.alarm) == (AnswerState.ACCEPTED, None)
    (first, signed), (second, sent) = server.asked
    assert (first, second) == (SIGN, "PAYENT")
    assert "content-type: infosec_sign/1.0" in server.heads[0].lower()
    assert signed == (FIXTURES / "PAYENT__request.xml").read_bytes()
    form = parse_qs(sent.decode("ascii"), keep_blank_values=True)
    page = (FIXTURES / "SIGN__signed.html").read_text("gbk")
    assert form.pop("reqData") == ["".join(page.split("<sign>")[1].split("</sign>")[0].split())]
    assert {name: value for name, (value,) in form.items()} == {
        "Version": "0.0.1.0",
        "TransCode": "PAYENT",
        "BankCode": "102",
        "GroupCIS": "370290009999999",
        "ID": "court0102.y.1602",
        "PackageID": REFERENCE,
        "Cert": "",
        "Language": "zh_CN",
        "zipFlag": "0",
    }
    target = "/servlet/ICBCCMPAPIReqServlet?userID=court0102.y.1602&PackageID=26112100000000000017&SendTime="
    assert f"POST {target}20261121093012123 " in server.heads[1]
    assert [made.operation for made in answer.exchanges] == [SIGN, "PAYENT"]


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("PAYENT__taken.xml", AnswerState.ACCEPTED),
        ("PAYENT__refused.xml", AnswerState.REFUSED),
        ("PAYENT__duplicate.xml", AnswerState.UNKNOWN),
        ("PAYENT__other_package.xml", AnswerState.UNKNOWN),
        ("answer__error_code.txt", AnswerState.UNKNOWN),
    ],
)
async def test_what_a_submission_proves(chosen: Chosen, told: str, state: AnswerState) -> None:
    server, connector = chosen
    server.will(told)
    answer = await connector.pay(ORDER)
    assert answer.state is state
    assert bool(answer.alarm) == (told == "PAYENT__other_package.xml")
    assert [code for code, _ in server.asked] == [SIGN, "PAYENT"]


@pytest.mark.parametrize("page", ["SIGN__refused.html", "SIGN__two_signatures.html", "SIGN__of_another_message.html"])
async def test_without_a_signature_nothing_is_sent(chosen: Chosen, page: str) -> None:
    server, connector = chosen
    server.told[SIGN].clear()
    server.will(page)
    answer = await connector.pay(ORDER)
    assert (answer.state, bool(answer.alarm)) == (AnswerState.UNKNOWN, True)
    assert answer.message.startswith("未发送")
    assert [code for code, _ in server.asked] == [SIGN]
    rows = await connector.pay_batch(BatchOrder(BATCH, (ORDER,)))
    assert {row.message.startswith("未发送") for row in rows.answers} == {True}
    assert [code for code, _ in server.asked] == [SIGN, SIGN]


async def test_a_sign_port_that_hangs_up_is_unknown_and_nothing_was_sent(chosen: Chosen) -> None:
    server, connector = chosen
    server.told[SIGN].clear()
    answer = await connector.pay(ORDER)
    assert (answer.state, answer.alarm, len(answer.exchanges)) == (AnswerState.UNKNOWN, None, 1)
    assert answer.message.startswith("未发送")


async def test_an_answer_that_does_not_come_is_unknown_and_may_have_been_sent(chosen: Chosen) -> None:
    _, connector = chosen
    answer = await connector.pay(ORDER)
    assert (answer.state, len(answer.exchanges)) == (AnswerState.UNKNOWN, 2)
    assert not answer.message.startswith("未发送")


async def test_each_row_of_a_batch_has_its_own_answer(chosen: Chosen) -> None:
    server, connector = chosen
    server.will("PAYENT__partial.xml")
    orders = tuple(replace(ORDER, client_ref=ref, batch_ref=BATCH) for ref in (REFERENCE, SECOND, f"{SECOND[:-1]}9"))
    answer = await connector.pay_batch(BatchOrder(BATCH, orders))
    assert [one.state for one in answer.answers] == [AnswerState.ACCEPTED, AnswerState.REFUSED, AnswerState.UNKNOWN]
    assert len(answer.exchanges) == 2
    signed = fromstring(server.asked[0][1].decode("gbk").partition("?>")[2])
    assert signed.findtext("eb/pub/fSeqno") == BATCH
    assert [signed.findtext(f"eb/in/{name}") for name in ("TotalNum", "TotalAmt", "SettleMode")] == ["3", "9000", "0"]
    assert [row.findtext("iSeqno") for row in signed.iterfind("eb/in/rd")] == [order.client_ref for order in orders]


@pytest.mark.parametrize(
    "changes",
    [
        {"payee_name": "仲𠮷"},
        {"payee_name": " "},
        {"payee_account": "6217 <x>"},
        {"amount": Money(0)},
        {"amount": Money(10**15)},
        {"client_ref": "1" * 21},
        {"client_ref": ""},
        {"payee_bank_name": "", "payee_bank_code": None},
        {"purpose": "案\x00款"},
        {"pay_from_sub_account": "95588 1"},
    ],
)
async def test_what_cannot_be_said_is_never_signed(chosen: Chosen, changes: dict[str, object]) -> None:
    server, connector = chosen
    wrong = replace(ORDER, **changes)  # type: ignore[arg-type]
    for call in (connector.pay(wrong), connector.pay_batch(BatchOrder(BATCH, (ORDER, wrong)))):
        with pytest.raises(CannotExpress):
            await call
    if "client_ref" in changes:
        with pytest.raises(CannotExpress):
            await connector.query(wrong)
    assert server.asked == []


async def test_batches_that_are_none_are_never_signed(chosen: Chosen) -> None:
    server, connector = chosen
    many = tuple(replace(ORDER, client_ref=f"{number:020d}") for number in range(501))
    for orders in ((), (ORDER, ORDER), many):
        with pytest.raises(CannotExpress):
            await connector.pay_batch(BatchOrder(BATCH, orders))
    with pytest.raises(CannotExpress):
        await connect(server, cards="off").pay(replace(ORDER, pay_from_sub_account=CARD))
    with pytest.raises(CannotExpress):
        await connector.pay_batch(BatchOrder("批", (ORDER,)))
    with pytest.raises(CannotExpress):
        await connector.query(replace(ORDER, batch_ref="批"))
    with pytest.raises(CannotExpress):
        await connector.query(TransferOrder(REFERENCE, Money(1), None, CARD, "甲", ""))
    assert server.asked == []


# ---------------------------------------------------------------- queries

BOOKS = ("QHISD__nothing.xml", "QPD__today.xml")
EMPTY = ("QHISD__nothing.xml", "QPD__nothing.xml")


@pytest.mark.parametrize(
    ("told", "books", "state", "alarm"),
    [
        ("QPAYENT__done.xml", BOOKS, AnswerState.SETTLED, False),
        ("QPAYENT__done_without_amount.xml", BOOKS, AnswerState.SETTLED, False),
        ("QPAYENT__done.xml", EMPTY, AnswerState.UNKNOWN, True),
        ("QPAYENT__done.xml", (), AnswerState.UNKNOWN, False),
        ("QPAYENT__refused.xml", EMPTY, AnswerState.REFUSED, False),
        ("QPAYENT__refused.xml", BOOKS, AnswerState.UNKNOWN, True),
        ("QPAYENT__refused.xml", (), AnswerState.UNKNOWN, False),
        ("QPAYENT__refused_in_doubt.xml", EMPTY, AnswerState.UNKNOWN, False),
        ("QPAYENT__waiting_authorisation.xml", (), AnswerState.AWAITING_BANK, False),
        ("QPAYENT__processing.xml", (), AnswerState.ACCEPTED, False),
        ("QPAYENT__outside_table.xml", BOOKS, AnswerState.UNKNOWN, True),
        ("QPAYENT__contradiction.xml", BOOKS, AnswerState.UNKNOWN, True),
        ("QPAYENT__other_amount.xml", BOOKS, AnswerState.UNKNOWN, True),
        ("QPAYENT__other_row.xml", BOOKS, AnswerState.UNKNOWN, False),
        ("QPAYENT__two_answers.xml", BOOKS, AnswerState.UNKNOWN, True),
        ("QPAYENT__not_found.xml", (), AnswerState.NOT_FOUND, False),
        ("QPAYENT__row_not_found.xml", (), AnswerState.NOT_FOUND, False),
        ("QPAYENT__query_refused.xml", (), AnswerState.UNKNOWN, False),
        ("answer__error_code.txt", (), AnswerState.UNKNOWN, False),
    ],
)
async def test_what_a_query_proves(
    chosen: Chosen, told: str, books: tuple[str, ...], state: AnswerState, alarm: bool
) -> None:
    server, connector = chosen
    server.will(told, *books)
    answer = await connector.query(ORDER)
    assert (answer.state, bool(answer.alarm)) == (state, alarm)
    assert SIGN not in [code for code, _ in server.asked]
    if state is AnswerState.SETTLED:
        assert (answer.bank_ref, answer.booked_on) == ("20261121|1602|00602|20295|000017", date(2026, 11, 21))


async def test_a_row_is_asked_for_by_its_own_reference_in_its_batch_and_then_alone(chosen: Chosen) -> None:
    server, connector = chosen
    server.will("QPAYENT__not_found.xml")
    answer = await connector.query(replace(ORDER, batch_ref=BATCH))
    assert answer.state is AnswerState.NOT_FOUND
    asked = [server.xml(number) for number in range(2)]
    assert [xml.findtext("eb/in/QryfSeqno") for xml in asked] == [BATCH, REFERENCE]
    assert {xml.findtext("eb/in/rd/QryiSeqno") for xml in asked} == {REFERENCE}
    packages = {xml.findtext("eb/pub/fSeqno") or "" for xml in asked}
    assert len(packages) == 2
    assert all(package.startswith("Q") and len(package) == 20 for package in packages)


async def test_a_batch_that_does_not_answer_is_not_asked_around(chosen: Chosen) -> None:
    server, connector = chosen
    server.will("QPAYENT__query_refused.xml", "QPAYENT__not_found.xml")
    assert (await connector.query(replace(ORDER, batch_ref=BATCH))).state is AnswerState.UNKNOWN
    assert len(server.asked) == 1


async def test_the_books_are_searched_around_the_day_of_submission(chosen: Chosen) -> None:
    server, connector = chosen
    server.will("QPAYENT__done.xml", *BOOKS)
    await connector.query(replace(ORDER, submitted_on=date(2026, 11, 19)))
    days = [server.xml(1).findtext(f"eb/in/{name}") for name in ("BeginDate", "EndDate", "MinAmt", "MaxAmt")]
    assert days == ["20261118", "20261120", "3000", "3000"]
    server.asked.clear()
    await connector.query(replace(ORDER, submitted_on=date(2026, 9, 1)))
    assert [server.xml(1).findtext(f"eb/in/{name}") for name in ("BeginDate", "EndDate")] == ["20260831", "20261001"]


# ---------------------------------------------------------------- reads


async def test_lines_of_today_stand_on_their_cards_and_are_told_once(chosen: Chosen) -> None:
    server, connector = chosen
    server.will("QPD__today.xml", "QRYGJDTL__cards.xml", "QHISD__nothing.xml")
    page = await connector.fetch_lines(None)
    assert [(line.kind, line.sub_account_no) for line in page.lines] == [
        (LineKind.EXTERNAL, CARD),
        (LineKind.EXTERNAL, None),
        (LineKind.FEE, None),
    ]
    assert not page.more
    again = await connector.fetch_lines(page.cursor)
    assert (again.lines, again.more) == ((), False)
    assert [code for code, _ in server.asked] == ["QPD", "QRYGJDTL", "QPD"]


async def test_without_cards_nobody_asks_for_them(chosen: Chosen) -> None:
    server, _ = chosen
    server.will("QPD__today.xml")
    page = await connect(server, cards="off").fetch_lines(None)
    assert len(page.lines) == 3
    assert {line.sub_account_no for line in page.lines} == {None}
    assert [code for code, _ in server.asked] == ["QPD"]


async def test_a_week_is_read_with_its_return_and_its_balances(chosen: Chosen) -> None:
    server, _ = chosen
    server.will("QHISD__week.xml", "QPD__nothing.xml")
    connector = connect(server, cards="off", statement_from="20261114")
    page = await connector.fetch_lines(None)
    kinds = [line.kind for line in page.lines]
    external = LineKind.EXTERNAL
    assert kinds == [external, external, LineKind.RETURNED, LineKind.INTEREST, LineKind.REVERSAL]
    assert page.lines[2].client_ref == REFERENCE
    assert [line.balance_after for line in page.lines[:2]] == [Money(500_000), Money(497_000)]
    assert [server.xml(0).findtext(f"eb/in/{name}") for name in ("BeginDate", "EndDate")] == ["20261114", "20261120"]


async def test_the_last_days_are_read_again_and_a_late_booking_is_told(chosen: Chosen) -> None:
    server, _ = chosen
    server.will("QHISD__nothing.xml", "QHISD__week.xml", "QPD__nothing.xml")
    connector = connect(server, cards="off", statement_from="20261114")
    first = await connector.fetch_lines(None)
    second = await connector.fetch_lines(first.cursor)
    assert (len(first.lines), len(second.lines)) == (0, 5)
    assert (await connector.fetch_lines(second.cursor)).lines == ()


async def test_months_are_read_in_windows_until_today(chosen: Chosen) -> None:
    server, _ = chosen
    server.will("QHISD__nothing.xml", "QPD__nothing.xml")
    connector = connect(server, statement_from="20260901")
    cursor, calls = None, 0
    while calls < 20:
        page = await connector.fetch_lines(cursor)
        cursor, calls = page.cursor, calls + 1
        if not page.more:
            break
    spans = [[server.xml(n).findtext(f"eb/in/{name}") for name in ("BeginDate", "EndDate")] for n in range(calls)]
    assert spans == [
        ["20260901", "20261001"],
        ["20260924", "20261024"],
        ["20261017", "20261116"],
        ["20261109", "20261120"],
    ]
    assert server.asked[-1][0] == "QPD"


async def test_pages_go_on_from_the_banks_own_mark(chosen: Chosen) -> None:
    server, _ = chosen
    server.will("QPD__first_page.xml", "QPD__today.xml")
    connector = connect(server, cards="off")
    first = await connector.fetch_lines(None)
    second = await connector.fetch_lines(first.cursor)
    assert (len(first.lines), first.more) == (1, True)
    assert (len(second.lines), second.more) == (2, False)
    assert [server.xml(number).findtext("eb/in/NextTag") for number in range(2)] == ["", "2|000000000016"]


async def test_a_mark_of_yesterday_leads_nowhere(chosen: Chosen) -> None:
    server, _ = chosen
    server.will("QPD__first_page.xml", "QPD__nothing.xml", "QHISD__nothing.xml")
    first = await connect(server, cards="off").fetch_lines(None)
    assert first.more
    tomorrow = connect(server, at=NOW.replace(day=22), cards="off")
    assert (await tomorrow.fetch_lines(first.cursor)).lines == ()
    assert [(code, server.xml(n).findtext("eb/in/NextTag")) for n, (code, _) in enumerate(server.asked)] == [
        ("QPD", ""),
        ("QHISD", ""),
        ("QPD", ""),
    ]
    assert server.xml(1).findtext("eb/in/BeginDate") == "20261121"


async def test_what_became_of_a_cards_payment_can_be_asked_when_cards_are_off(chosen: Chosen) -> None:
    server, _ = chosen
    server.will("QPAYENT__done.xml", *BOOKS)
    answer = await connect(server, cards="off").query(replace(ORDER, pay_from_sub_account=CARD))
    assert answer.state is AnswerState.SETTLED


@pytest.mark.parametrize(
    "told",
    [
        ("QPD__other_account.xml",),
        ("QPD__one_identity_two_bookings.xml",),
        ("QPD__first_page.xml", "QPD__first_page.xml"),
    ],
)
async def test_a_statement_that_does_not_fit_is_refused_loudly(chosen: Chosen, told: tuple[str, ...]) -> None:
    server, _ = chosen
    server.will(*told)
    connector = connect(server, cards="off")
    cursor = (await connector.fetch_lines(None)).cursor if len(told) > 1 else None
    with pytest.raises(MalformedAnswer) as raised:
        await connector.fetch_lines(cursor)
    assert raised.value.exchanges


@pytest.mark.parametrize("told", ["bad_amount", "both_sides", "no_sequence", "other_day"])
async def test_one_wrong_row_spoils_the_page(chosen: Chosen, told: str) -> None:
    server, _ = chosen
    server.will(f"QHISD__{told}.xml", "QPD__nothing.xml")
    with pytest.raises(MalformedAnswer):
        await connect(server, cards="off", statement_from="20261114").fetch_lines(None)


async def test_rows_of_another_day_than_today_are_refused(chosen: Chosen) -> None:
    server, _ = chosen
    server.will("QPD__today.xml", "QHISD__nothing.xml")
    for on, fits in ((20, True), (22, True), (23, False)):
        connector = connect(server, at=NOW.replace(day=on), cards="off", statement_from="20261120")
        if fits:
            assert len((await connector.fetch_lines(None)).lines) == 3
        else:
            with pytest.raises(MalformedAnswer):
                await connector.fetch_lines(None)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "[]",
        "{}",
        '{"v":2}',
        "[" * 100_000,
        '{"v":1,"since":"20261301","until":"","told":{},"today":false,"tag":"","on":"","pages":0}',
        '{"v":1,"since":"20261101","until":"","told":{"x":""},"today":false,"tag":"","on":"","pages":0}',
        '{"v":1,"since":"20261101","until":"","told":{},"today":false,"tag":7,"on":"","pages":0}',
    ],
)
async def test_a_foreign_cursor_is_refused(chosen: Chosen, cursor: str) -> None:
    server, connector = chosen
    with pytest.raises(PluginError):
        await connector.fetch_lines(cursor)
    assert server.asked == []


async def test_balances(chosen: Chosen) -> None:
    server, connector = chosen
    server.will("QACCBAL__main.xml", "QACCBAL__no_such_account.xml")
    balance = await connector.balance()
    assert (balance.booked, balance.available) == (Money(497_000), Money(490_000))
    with pytest.raises(MalformedAnswer):
        await connector.balance()
    with pytest.raises(NotOffered):
        await connector.balance(CARD)


async def test_a_read_that_is_refused_or_unheard_says_so(chosen: Chosen) -> None:
    server, connector = chosen
    xml = (FIXTURES / "QPAYENT__query_refused.xml").read_bytes().replace(b"QPAYENT", b"QACCBAL")
    server.told["QACCBAL"] = [b"reqData=" + base64.b64encode(xml)]
    with pytest.raises(BankRefused) as refused:
        await connector.balance()
    assert refused.value.code == "E9999"
    server.told.clear()
    with pytest.raises(BankUnreachable):
        await connector.balance()
    server.will("answer__error_code.txt")
    with pytest.raises(BankUnreachable, match="-2001"):
        await connector.balance()


async def _first_line(server: NetSafe) -> BankLine:
    server.will("QPD__today.xml")
    return (await connect(server, cards="off").fetch_lines(None)).lines[0]


async def test_a_receipt_is_asked_for_by_its_identity(chosen: Chosen) -> None:
    server, connector = chosen
    line = await _first_line(server)
    server.asked.clear()
    server.will("DownEBill__receipt.xml", "DownEBill__half.xml", "DownEBill__not_found.xml")
    receipt = await connector.receipt(line)
    assert receipt is not None
    assert (receipt.content[:5], receipt.number) == (b"%PDF-", "20261121|1602|00602|20295|000016")
    signed = fromstring(server.asked[0][1].decode("gbk").partition("?>")[2])
    names = ("AreaCode", "NetCode", "TellerNo", "TranSerialNo", "WorkDate", "AcctNo")
    asked = [signed.findtext(f"eb/in/{name}") for name in names]
    assert asked == ["1602", "00602", "20295", "000016", "20261121", MAIN]
    with pytest.raises(MalformedAnswer):
        await connector.receipt(line)
    assert await connector.receipt(line) is None
    assert await connector.receipt(replace(line, bank_ref=None)) is None


async def test_the_receipt_of_another_booking_is_none(chosen: Chosen) -> None:
    server, connector = chosen
    line = await _first_line(server)
    server.will("DownEBill__receipt.xml")
    with pytest.raises(MalformedAnswer):
        await connector.receipt(replace(line, bank_ref="20261121|1602|00602|20295|000099"))


@pytest.mark.parametrize(
    ("name", "value"),
    [("cis", "x"), ("cert_id", "a b"), ("version", "1"), ("pay_type", "3"), ("cards", "yes"), ("area_code", "16")],
)
def test_settings_that_do_not_fit_are_named(name: str, value: str) -> None:
    place = "http://127.0.0.1:9/"
    with pytest.raises(InvalidSettings) as raised:
        IcbcPlugin().validate_settings({**SETTINGS, "sign_url": place, "secure_url": place, name: value})
    assert raised.value.field_name == name
