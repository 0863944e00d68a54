"""What is particular to this bank, over a real socket: against its simulator, and against chosen answers."""

import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from ankuan.kernel.clock import SHANGHAI, business_date
from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import (
    AdjustmentOrder,
    AnswerState,
    BankLine,
    BatchOrder,
    FundAccountRef,
    LineKind,
    PaymentOrder,
    PluginServices,
)
from ankuan.plugin_api.errors import BankRefused, CannotExpress, PluginError
from ankuan.plugin_api.testing import AnsweringServer, SimulatorProcess, answering
from ankuan_bank_cib.connector import CibConnector
from ankuan_bank_cib.plugin import CAPABILITIES, CibPlugin

FIXTURES = Path(__file__).parent.parent / "fixtures"
MAIN = "117010100100000001"
REF = "202611210000000017"
PAYEE = "6217000000000001234"
SETTINGS = {"customer_no": "1100000001", "user_id": "court01", "user_password": "f0x-test-pass"}
ORDER = PaymentOrder(
    client_ref=REF,
    amount=Money(902_900),
    pay_from_sub_account=None,
    payee_account=PAYEE,
    payee_name="申请执行人甲",
    payee_bank_name="中国建设银行",
    payee_bank_code="105100000017",
    same_bank=False,
    purpose="案款",
)
ROWS = tuple(replace(ORDER, client_ref=ref, amount=Money(1_000)) for ref in ("1001", "1002", "1003"))


def raw(name: str) -> bytes:
    return (FIXTURES / f"{name}.xml").read_bytes()


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    process = SimulatorProcess("bank_cib", tmp_path_factory.mktemp("cib")).start()
    yield process
    process.stop()


@pytest.fixture
def opened(simulator: SimulatorProcess) -> dict[str, Any]:
    simulator.admin("DELETE", "/faults")
    return dict(simulator.admin("POST", "/accounts", {"name": "示例人民法院"}))


@pytest_asyncio.fixture
async def answers() -> AsyncIterator[tuple[AnsweringServer, CibConnector]]:
    async with answering() as server:
        made = connect(MAIN, {**SETTINGS, "endpoint": server.endpoint})
        yield server, made
        await made.aclose()


def connect(main: str, settings: dict[str, str]) -> CibConnector:
    account = FundAccountRef(main, "示例人民法院", f"{main}000000", settings)
    return CibPlugin().connect(account, PluginServices(timeout_seconds=3))


@pytest_asyncio.fixture
async def bank(opened: dict[str, Any]) -> AsyncIterator[CibConnector]:
    made = connect(opened["number"], opened["settings"])
    yield made
    await made.aclose()


@pytest.mark.parametrize(
    ("case", "state", "alarm"),
    [
        ("paid", "accepted", False),
        ("auditing", "awaiting_bank", False),
        ("processing", "accepted", False),
        ("failed", "refused", False),
        ("sent_back", "awaiting_bank", False),
        ("name_differs", "refused", False),
        *(
            (case, "unknown", True)
            for case in (
                *("part", "new_code", "outside_table", "sign_on_refused", "other_transaction", "other_amount"),
                *("other_payee", "no_state", "state_twice", "utf8", "declares_utf8", "truncated", "entity"),
            )
        ),
    ],
)
async def test_what_an_answer_to_a_payment_proves(
    answers: tuple[AnsweringServer, CibConnector], case: str, state: str, alarm: bool
) -> None:
    server, connector = answers
    server.will_answer(raw(f"XFERTRN__{case}"))
    answer = await connector.pay(ORDER)
    assert (answer.state.value, bool(answer.alarm)) == (state, alarm)
    (made,) = answer.exchanges
    assert made.response == raw(f"XFERTRN__{case}")
    assert b"f0x-test-pass" in server.asked[0]
    assert b"f0x-test-pass" not in made.request


async def test_d9_a_reference_that_went_out_before_is_asked_about(
    answers: tuple[AnsweringServer, CibConnector],
) -> None:
    server, connector = answers
    for case in ("paid", "failed", "processing"):
        server.will_answer(raw(f"XFERTRN__{case}"))
        await connector.pay(ORDER)
        again = await connector.pay(ORDER)
        assert (again.state, again.alarm) == (AnswerState.UNKNOWN, None)


async def test_d9_the_house_says_that_it_went_out_before(answers: tuple[AnsweringServer, CibConnector]) -> None:
    server, connector = answers
    server.will_answer(raw("XFERTRN__paid"))
    today = connector._today()
    assert (await connector.pay(replace(ORDER, submitted_on=today))).state is AnswerState.UNKNOWN


@pytest.mark.parametrize(
    ("case", "states"),
    [
        ("three", ["accepted", "refused", "awaiting_bank"]),
        ("one_missing", ["accepted", "unknown", "unknown"]),
        ("twice", ["unknown"] * 3),
        ("stranger", ["unknown"] * 3),
        ("other_amount", ["unknown", "refused", "awaiting_bank"]),
        ("refused", ["refused"] * 3),
    ],
)
async def test_d25_each_row_of_a_batch_has_its_own_fate(
    answers: tuple[AnsweringServer, CibConnector], case: str, states: list[str]
) -> None:
    server, connector = answers
    server.will_answer(raw(f"RBATCHTRSFRTRN__{case}").replace(b"<TRNUID>B1<", b"<TRNUID>B2<"))
    told = await connector.pay_batch(BatchOrder("B2", ROWS))
    assert [answer.state.value for answer in told.answers] == states
    assert [bool(answer.alarm) for answer in told.answers] == [state == "unknown" for state in states]


async def test_a_bank_that_wants_its_agent_asked_after_a_quarter_of_an_hour() -> None:
    assert CAPABILITIES.query_after == timedelta(minutes=15)


async def test_a_wrong_password_is_told_as_the_bank_says_it(opened: dict[str, Any]) -> None:
    connector = connect(opened["number"], {**opened["settings"], "user_password": "wrong"})
    with pytest.raises(BankRefused) as told:
        await connector.balance()
    assert told.value.code == "15500"
    assert (await connector.pay(ORDER)).state is AnswerState.UNKNOWN
    await connector.aclose()


async def test_numbers_that_are_taken_are_drawn_again(simulator: SimulatorProcess, opened: dict[str, Any]) -> None:
    few = {**opened["settings"], "sub_account_from": "700001", "sub_account_to": "700006"}
    connector = connect(opened["number"], few)
    first = await connector.open_sub_accounts(("甲案", "乙案", "丙案"))
    second = await connector.open_sub_accounts(("丁案",))
    assert (first.failure, second.failure) == (None, None)
    numbers = [account.number for account in (*first.opened, *second.opened)]
    assert len(set(numbers)) == 4
    names = [simulator.admin("GET", f"/accounts/{number}")["name"] for number in numbers]
    assert names == ["甲案", "乙案", "丙案", "丁案"]
    third = await connector.open_sub_accounts(("戊案", "己案"))
    assert {account.name for account in third.opened} <= {"戊案", "己案"}
    with pytest.raises(PluginError):
        await connector.open_sub_accounts(("庚案",))
    await connector.aclose()


async def test_a_name_the_bank_cannot_write_opens_nothing(bank: CibConnector) -> None:
    for name in ("甲&乙", "𠮷", ""):
        with pytest.raises(CannotExpress):
            await bank.open_sub_accounts(("甲案", name))


async def test_there_are_no_receipts_of_today(simulator: SimulatorProcess, opened: dict[str, Any]) -> None:
    settings = {name: value for name, value in opened["settings"].items() if name != "receipt_after_days"}
    connector = connect(opened["number"], settings)
    simulator.admin("POST", "/credits", {"to": opened["number"], "fen": 100})
    line = await _only_line(connector)
    assert await connector.receipt(line) is None
    patient = connect(opened["number"], {**settings, "receipt_after_days": "0"})
    found = await patient.receipt(line)
    assert found is not None
    assert found.content.startswith(b"%PDF-")
    assert [made.operation for made in found.exchanges][-1] == "DOWNLOAD"
    await connector.aclose()
    await patient.aclose()


async def _only_line(connector: CibConnector) -> BankLine:
    history = await connector.fetch_lines(None)
    (line,) = (await connector.fetch_lines(history.cursor)).lines
    return line


async def test_the_first_booking_of_a_history_is_read_twice_and_later_ones_once(
    simulator: SimulatorProcess, opened: dict[str, Any], bank: CibConnector
) -> None:
    simulator.admin("POST", "/credits", {"to": opened["number"], "fen": 100})
    history = await bank.fetch_lines(None)
    today = await bank.fetch_lines(history.cursor)
    assert (len(today.lines), len(today.exchanges)) == (1, 2)
    simulator.admin("POST", "/credits", {"to": opened["number"], "fen": 200})
    again = await bank.fetch_lines(today.cursor)
    later = await bank.fetch_lines(again.cursor)
    assert (len(later.lines), len(later.exchanges)) == (1, 1)


async def test_more_than_waits_is_refused_before_anything_is_sent(bank: CibConnector, opened: dict[str, Any]) -> None:
    sub = f"{opened['number']}600001"
    order = AdjustmentOrder("1", Money(101), sub, "甲案", "2026112000000000000100002|100", "认领")
    answer = await bank.adjust(order)
    assert (answer.state, answer.exchanges) == (AnswerState.REFUSED, ())
    for reference in ("", "|100", "k|", "k|1.5", "k"):
        with pytest.raises(CannotExpress):
            await bank.adjust(replace(order, adjustment_ref=reference))


async def test_f7_a_reversal_in_red_is_a_debit(
    simulator: SimulatorProcess, opened: dict[str, Any], bank: CibConnector
) -> None:
    entry = simulator.admin("POST", "/credits", {"to": opened["number"], "fen": 500})
    simulator.admin("POST", f"/credits/{entry['no']}/reverse")
    page = await bank.fetch_lines((await bank.fetch_lines(None)).cursor)
    assert [(line.kind, line.direction.value, line.amount.fen) for line in page.lines] == [
        (LineKind.EXTERNAL, "credit", 500),
        (LineKind.REVERSAL, "debit", 500),
    ]


class Evening:
    """Half past eleven at night of the machine's day, in China."""

    def now(self) -> datetime:
        """As of the protocol."""
        return datetime.now(SHANGHAI).replace(hour=23, minute=30)


async def test_f9_a_payment_after_the_bank_has_closed_its_day_is_found_in_tomorrows_books(tmp_path: Path) -> None:
    process = SimulatorProcess("bank_cib", tmp_path).start()
    try:
        opened = process.admin("POST", "/accounts", {"name": "示例人民法院"})
        account = FundAccountRef(opened["number"], "示例人民法院", opened["adjustment"], opened["settings"])
        process.admin("POST", "/credits", {"to": opened["number"], "fen": 902_900})
        process.admin("POST", "/day/close")
        late = CibPlugin().connect(account, PluginServices(timeout_seconds=5, clock=Evening()))
        await late.pay(ORDER)
        answer = await late.query(ORDER)
        tomorrow = business_date(Evening().now()) + timedelta(days=1)
        assert (answer.state, answer.alarm, answer.booked_on) == (AnswerState.SETTLED, None, tomorrow)
        await late.aclose()
    finally:
        process.stop()


async def test_super_is_taken_up_to_its_limit(simulator: SimulatorProcess, opened: dict[str, Any]) -> None:
    simulator.admin("POST", "/credits", {"to": opened["number"], "fen": 20_000_000})
    connector = connect(opened["number"], {**opened["settings"], "payment_mode": "SUPER"})
    for number, fen in enumerate((5_000_000, 5_000_001)):
        order = replace(ORDER, client_ref=f"{opened['number']}{number}", amount=Money(fen))
        assert (await connector.pay(order)).state is AnswerState.ACCEPTED
        assert (await connector.query(order)).state is AnswerState.SETTLED
    await connector.aclose()


@pytest.mark.parametrize(
    ("found", "becomes"),
    [
        (b"<PURPOSE>", b"<SURPRISE>1</SURPRISE><PURPOSE>"),
        (b"<MEMO>", b"<MEMO>&amp;"),
        (b"<TRNAMT>9029.00", b"<TRNAMT>9029"),
        (b'INTERBANK="N"', b'INTERBANK="?"'),
        (b"<GENUSERKEY>N</GENUSERKEY>", b""),
    ],
)
async def test_the_simulator_takes_nothing_the_document_forbids(
    opened: dict[str, Any], answers: tuple[AnsweringServer, CibConnector], found: bytes, becomes: bytes
) -> None:
    server, connector = answers
    server.will_answer(b"")
    await connector.pay(ORDER)
    sent = server.asked[0].replace(MAIN.encode(), opened["number"].encode())
    assert found in sent
    headers = {"content-type": "application/x-fox; charset=GBK"}
    async with httpx.AsyncClient(trust_env=False) as agent:
        endpoint = opened["settings"]["endpoint"]
        wrong = await agent.post(endpoint, content=sent.replace(found, becomes), headers=headers)
        plain = await agent.post(endpoint, content=sent)
    for told in (wrong, plain):
        assert b"<CODE>2001</CODE>" in told.content


async def test_d8_scratched_answers_never_raise_and_never_settle(
    answers: tuple[AnsweringServer, CibConnector],
) -> None:
    server, connector = answers
    dice = random.Random(20261121)
    bodies = [raw(f"XFERTRN__{case}") for case in ("paid", "processing")]
    seen = set()
    for number in range(800):
        order = replace(ORDER, client_ref=f"{REF}{number:04d}")
        body = _scratched(dice, dice.choice(bodies).replace(REF.encode(), order.client_ref.encode()))
        server.will_answer(body)
        answer = await connector.pay(order)
        assert answer.state in {AnswerState.UNKNOWN, AnswerState.ACCEPTED}, body
        assert answer.exchanges
        seen.add(answer.state)
    assert len(seen) == 2


def _scratched(dice: random.Random, body: bytes) -> bytes:
    """Change, drop or repeat a few bytes anywhere."""
    made = bytearray(body)
    for _ in range(dice.randrange(1, 6)):
        at = dice.randrange(len(made))
        kind = dice.randrange(3)
        if kind == 0:
            made[at] = dice.randrange(256)
        elif kind == 1:
            del made[at : at + dice.randrange(1, 9)]
        else:
            made[at:at] = made[at : at + dice.randrange(1, 30)]
    return bytes(made)
