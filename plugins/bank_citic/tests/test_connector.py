"""What is particular to this bank, over a real socket: against its simulator, and against chosen answers."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState, FundAccountRef, LineKind, PaymentOrder, PluginServices
from ankuan.plugin_api.errors import BankRefused, BankUnreachable, CannotExpress, MalformedAnswer, PluginError
from ankuan.plugin_api.testing import AnsweringServer, SimulatorProcess, answering
from ankuan_bank_citic.connector import CiticConnector
from ankuan_bank_citic.messages import Row, parse, render
from ankuan_bank_citic.plugin import CiticPlugin

FIXTURES = Path(__file__).parent.parent / "fixtures"
MAIN, WAITING, SUB = "8112501012300012345", "8123000123450000000", "8123000123450000001"
_MAINS = count(1)
ORDER = PaymentOrder(
    client_ref="01022026112100000017",
    amount=Money(902_900),
    pay_from_sub_account=SUB,
    payee_account="6217000000000001234",
    payee_name="申请执行人甲",
    payee_bank_name="中国建设银行",
    payee_bank_code=None,
    same_bank=False,
    purpose="案款",
)


def raw(name: str) -> bytes:
    return (FIXTURES / f"{name}.xml").read_bytes()


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    process = SimulatorProcess("bank_citic", tmp_path_factory.mktemp("citic")).start()
    yield process
    process.stop()


@pytest.fixture
def main(simulator: SimulatorProcess) -> str:
    simulator.admin("DELETE", "/faults")
    number = f"811250109990{next(_MAINS):07d}"
    simulator.admin("POST", "/accounts", {"number": number, "name": "示例人民法院"})
    return number


@pytest_asyncio.fixture
async def connector(simulator: SimulatorProcess, main: str) -> AsyncIterator[CiticConnector]:
    made = connect(simulator.endpoint, main, f"81{main[-10:]}0000000")
    yield made
    await made.aclose()


@pytest_asyncio.fixture
async def answers() -> AsyncIterator[tuple[AnsweringServer, CiticConnector]]:
    async with answering() as server:
        made = connect(server.endpoint, MAIN, WAITING)
        yield server, made
        await made.aclose()


def connect(endpoint: str, main: str, waiting: str) -> CiticConnector:
    account = FundAccountRef(main, "示例人民法院", waiting, {"endpoint": endpoint, "user_name": "court0102"})
    return CiticPlugin().connect(account, PluginServices(timeout_seconds=2))


def ask(simulator: SimulatorProcess, action: str, fields: Row) -> tuple[str, list[Row]]:
    """Speak to the simulator without the connector."""
    answer = parse(httpx.post(simulator.endpoint, content=render(action, "u", fields), trust_env=False).content)
    return answer.status, list(answer.rows)


async def test_two_fund_accounts_at_one_front_end_do_not_mix(
    simulator: SimulatorProcess, connector: CiticConnector
) -> None:
    other = f"811250109990{next(_MAINS):07d}"
    simulator.admin("POST", "/accounts", {"number": other, "name": "另一法院"})
    (mine,) = (await connector.open_sub_accounts(("甲案",))).opened
    simulator.admin("POST", "/credits", {"to": other, "fen": 77})
    simulator.admin("POST", "/credits", {"to": mine.number, "fen": 5})
    assert [line.amount.fen for line in (await connector.fetch_lines(None)).lines] == [5]


async def test_a_move_between_sub_accounts_is_an_adjustment_on_both_sides(
    simulator: SimulatorProcess, main: str, connector: CiticConnector
) -> None:
    first, second = (await connector.open_sub_accounts(("甲案", "乙案"))).opened
    simulator.admin("POST", "/credits", {"to": first.number, "fen": 500})
    page = await connector.fetch_lines(None)
    fields = {"clientID": "S1", "mainAccNo": main, "payAccNo": first.number, "recvAccNo": second.number}
    status, _ = ask(simulator, "DLSINSUB", {**fields, "recvAccNm": "乙案", "tranAmt": "2.00", "abstract": ""})
    assert status == "AAAAAAA"
    moved = (await connector.fetch_lines(page.cursor)).lines
    assert {(line.kind, line.sub_account_no) for line in moved} == {
        (LineKind.ADJUSTMENT, first.number),
        (LineKind.ADJUSTMENT, second.number),
    }


def test_the_simulator_refuses_what_the_document_forbids(simulator: SimulatorProcess, main: str) -> None:
    register = {"mainAccNo": main, "appFlag": "2", "accGenType": "1", "subAccNo": "0000042", "subAccNm": "甲案"}
    assert ask(simulator, "DLBREGSN", register)[0] == "AAAAAAA"
    assert ask(simulator, "DLBREGSN", register)[0] == "BKE0061"
    assert ask(simulator, "DLBREGSN", {**register, "subAccNo": "0000000"})[0] == "BKE0001"
    assert ask(simulator, "DLSASQRY", {"subAccNo": f"81{main[-10:]}0000042"})[1][0]["stt"] == "0"
    assert ask(simulator, "DLSESMDN", {})[0] == "BKE0002"
    span = {"subAccNo": f"81{main[-10:]}0000042", "startDate": "20260101", "endDate": "20260601"}
    assert ask(simulator, "DLSUBDTL", span)[0] == "BKE0005"
    broken = httpx.post(simulator.endpoint, content="<stream>甲".encode(), trust_env=False)
    assert parse(broken.content).status == "BKE0001"


def test_pages_of_the_simulator_are_as_small_as_the_banks(simulator: SimulatorProcess, main: str) -> None:
    bulk = simulator.admin("POST", "/accounts/bulk", {"main": main, "count": 1000, "name": "案款子账户"})
    for fen in range(1, 26):
        simulator.admin("POST", "/credits", {"to": bulk["first"], "fen": fen})
    day = {"accountNo": main, "startDate": "20000101", "endDate": "20000101"}
    assert ask(simulator, "DLTRNALL", day)[1] == []
    today = simulator.admin("GET", "/health")["now"][:10].replace("-", "")
    span = {"accountNo": main, "startDate": today, "endDate": today}
    assert len(ask(simulator, "DLTRNALL", {**span, "pageNumber": "50", "startRecord": "1"})[1]) == 20
    assert len(ask(simulator, "DLTRNALL", {**span, "pageNumber": "20", "startRecord": "21"})[1]) == 5
    assert len(ask(simulator, "DLSTRNDT", {**span, "queryType": "1", "pageNumber": "50", "startRecord": "1"})[1]) == 10
    assert len(ask(simulator, "DLSTRNDT", {**span, "queryType": "3"})[1]) == 25


async def test_everything_is_there_after_kill_9(simulator: SimulatorProcess, connector: CiticConnector) -> None:
    (sub,) = (await connector.open_sub_accounts(("甲案",))).opened
    simulator.admin("POST", "/credits", {"to": sub.number, "fen": 100_000})
    orders = [
        replace(ORDER, client_ref=f"0102202611219990{n:04d}", amount=Money(n), pay_from_sub_account=sub.number)
        for n in range(1, 21)
    ]
    for order in orders:
        await connector.pay(order)
        if order.amount.fen % 5 == 0:
            simulator.kill()
            simulator.start()
    assert {(await connector.query(order)).state for order in orders} == {AnswerState.SETTLED}
    assert (await connector.pay(orders[0])).state is AnswerState.UNKNOWN
    assert (await connector.balance(sub.number)).booked == Money(100_000 - 210)
    assert simulator.admin("GET", "/health")["sum_fen"] == 0


async def test_a_payment_needs_no_answer_to_anything_it_did_not_ask(
    answers: tuple[AnsweringServer, CiticConnector],
) -> None:
    server, connector = answers
    server.will_answer(raw("DLCIDSTT__paid"))
    with pytest.raises(CannotExpress):
        await connector.pay(replace(ORDER, payee_name="仲𠮷妮"))
    assert server.asked == []
    await connector.pay(ORDER)
    assert len(server.asked) == 1
    assert "申请执行人甲".encode("gbk") in server.asked[0]


async def test_the_raw_bytes_are_kept_as_they_were(answers: tuple[AnsweringServer, CiticConnector]) -> None:
    server, connector = answers
    server.will_answer(raw("DLCTNSUB__utf8"))
    answer = await connector.pay(ORDER)
    (kept,) = answer.exchanges
    assert (kept.request, kept.response) == (server.asked[0], raw("DLCTNSUB__utf8"))
    assert kept.operation == "DLCTNSUB"
    assert kept.ended_at >= kept.started_at
    assert answer.alarm


async def test_the_books_are_read_before_paid_is_believed(answers: tuple[AnsweringServer, CiticConnector]) -> None:
    server, connector = answers
    books = raw("DLSUBDTL__waiting")
    server.will_answer(raw("DLCIDSTT__paid"), books)
    answer = await connector.query(ORDER)
    assert (answer.state, bool(answer.alarm)) == (AnswerState.UNKNOWN, True)
    assert [exchange.operation for exchange in answer.exchanges] == ["DLCIDSTT", "DLSUBDTL"]
    server.will_answer(raw("DLCIDSTT__paid"), raw("DLCTNSUB__truncated"))
    answer = await connector.query(ORDER)
    assert (answer.state, answer.alarm) == (AnswerState.UNKNOWN, None)


async def test_a_return_is_confirmed_by_the_main_accounts_book(
    answers: tuple[AnsweringServer, CiticConnector],
) -> None:
    server, connector = answers
    server.will_answer(raw("DLSTRNDT__increment"), raw("DLTRNALL__returned"), raw("DLSUBDTL__waiting"))
    page = await connector.fetch_lines(None)
    returned = [line for line in page.lines if line.kind is LineKind.RETURNED]
    assert [(line.amount, line.client_ref) for line in returned] == [(Money(3000), "01022026112100000017")]
    assert len(page.lines) == 8
    server.will_answer(raw("DLSTRNDT__increment"), raw("DLCTNSUB__truncated"))
    with pytest.raises(MalformedAnswer):
        await connector.fetch_lines(None)


async def test_balances_and_registration_from_fixtures(answers: tuple[AnsweringServer, CiticConnector]) -> None:
    server, connector = answers
    server.will_answer(raw("DLBALQRY__main"))
    assert (await connector.balance()).available == Money(99_999_999_999)
    server.will_answer(raw("DLSUBBAL__sub"))
    assert (await connector.balance(SUB)).available == Money(1)
    with pytest.raises(MalformedAnswer):
        await connector.balance(WAITING)
    server.will_answer(raw("DLBREGSN__opened"))
    (opened,) = (await connector.open_sub_accounts(("（2026）鲁0102执1号",))).opened
    assert (opened.number, opened.bank_ref) == (SUB, "812300012345")
    server.will_answer(raw("DLBALQRY__main"))
    with pytest.raises(MalformedAnswer):
        await connector.open_sub_accounts(("甲",))


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("DLCTNSUB__client_side", BankUnreachable),
        ("DLCTNSUB__insufficient", BankRefused),
        ("DLCTNSUB__outside_table", BankRefused),
        ("DLCTNSUB__entity", MalformedAnswer),
    ],
)
async def test_reads_raise_what_the_contract_names(
    answers: tuple[AnsweringServer, CiticConnector], name: str, error: type[PluginError]
) -> None:
    server, connector = answers
    server.will_answer(raw(name))
    for call in (connector.balance(), connector.fetch_lines(None), connector.open_sub_accounts(("甲",))):
        with pytest.raises(error) as raised:
            await call
        assert raised.value.exchanges


async def test_d7_an_http_status_is_no_evidence_whatever_the_body_says(
    answers: tuple[AnsweringServer, CiticConnector],
) -> None:
    server, connector = answers
    server.status = 500
    for name in ("DLCTNSUB__done", "DLCTNSUB__insufficient"):
        server.will_answer(raw(name))
        answer = await connector.pay(ORDER)
        assert (answer.state, answer.exchanges[0].note) == (AnswerState.UNKNOWN, "http status 500")
        assert answer.exchanges[0].response == raw(name)


async def test_f12_lines_of_another_account_are_refused(answers: tuple[AnsweringServer, CiticConnector]) -> None:
    server, connector = answers
    foreign = raw("DLSUBDTL__waiting").replace(WAITING.encode(), b"8123000999990000000", 1)
    server.will_answer(raw("DLCIDSTT__no_rows"), foreign)
    with pytest.raises(MalformedAnswer):
        await connector.fetch_lines(None)


async def test_a_bank_that_tells_one_page_for_ever_does_not_keep_the_reader(
    answers: tuple[AnsweringServer, CiticConnector],
) -> None:
    server, connector = answers
    row = raw("DLSTRNDT__increment").split(b"<row>")[1].split(b"</row>")[0]
    page = b"<stream><status>AAAAAAA</status><list>" + (b"<row>" + row + b"</row>") * 100 + b"</list></stream>"
    server.will_answer(page)
    first = await connector.fetch_lines(None)
    assert (len(first.lines), first.more) == (1, True)
    server.will_answer(page, raw("DLSUBDTL__waiting"))
    assert not (await connector.fetch_lines(first.cursor)).more


async def test_a_return_and_a_payment_are_found_among_many_of_their_amount(
    simulator: SimulatorProcess, main: str, connector: CiticConnector
) -> None:
    (sub,) = (await connector.open_sub_accounts(("甲案",))).opened
    for to in (sub.number, main):
        for _ in range(25):
            simulator.admin("POST", "/credits", {"to": to, "fen": 300})
    orders = [
        replace(ORDER, client_ref=f"0102202611218880{n:04d}", amount=Money(300), pay_from_sub_account=None)
        for n in range(25)
    ]
    for order in orders:
        await connector.pay(order)
    last = await connector.query(orders[-1])
    assert (last.state, last.alarm) == (AnswerState.SETTLED, None)
    back = replace(ORDER, client_ref="01022026112188809999", amount=Money(300), pay_from_sub_account=sub.number)
    await connector.pay(back)
    simulator.admin("POST", f"/payments/{back.client_ref}/return")
    lines = (await connector.fetch_lines(None)).lines
    assert [line.client_ref for line in lines if line.kind is LineKind.RETURNED] == [back.client_ref]


async def test_an_endless_answer_is_cut_off(answers: tuple[AnsweringServer, CiticConnector]) -> None:
    server, connector = answers
    server.will_answer(b"<stream>" + b" " * (9 * 1024 * 1024))
    answer = await connector.pay(ORDER)
    assert (answer.state, answer.exchanges[0].note) == (AnswerState.UNKNOWN, "answer too long")
