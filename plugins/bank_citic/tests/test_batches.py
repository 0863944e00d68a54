"""Batches: what each answer proves of each row, and how a row without a reference is found again."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState, BatchOrder, FundAccountRef, PaymentOrder, PluginServices
from ankuan.plugin_api.errors import CannotExpress
from ankuan.plugin_api.testing import AnsweringServer, answering
from ankuan_bank_citic.compose import BATCH_LIMIT, batch
from ankuan_bank_citic.connector import CiticConnector
from ankuan_bank_citic.mapping import BATCH_STATES, batch_row_verdict, batch_verdict
from ankuan_bank_citic.messages import render
from ankuan_bank_citic.plugin import CiticPlugin

A = AnswerState
FIXTURES = Path(__file__).parent.parent / "fixtures"
MAIN, SUB = "8112501012300012345", "8123000123450000001"
ACCOUNT = FundAccountRef(MAIN, "示例人民法院案款专户", "8123000123450000000", {})
BATCH_REF = "01022026112100000900"
LIMIT = Money(5_000_000)
ROW = PaymentOrder(
    client_ref="01022026112100000017",
    amount=Money(3_000),
    pay_from_sub_account=SUB,
    payee_account="6217000000000001234",
    payee_name="申请执行人甲",
    payee_bank_name="中国建设银行",
    payee_bank_code="105100000017",
    same_bank=False,
    purpose="案款",
    batch_ref=BATCH_REF,
)
SECOND, THIRD = (replace(ROW, client_ref=f"010220261121000000{number}") for number in (18, 19))


def raw(name: str) -> bytes:
    return (FIXTURES / f"{name}.xml").read_bytes()


def books(*references: str) -> bytes:
    """DLSUBDTL of the payer with one booking a reference (empty: a remark without one)."""
    cells = "<subAccNo>{}</subAccNo><TRANAMT>30.00</TRANAMT><OTHERACCNO>6217000000000001234</OTHERACCNO>"
    rows = "".join(
        f"<row>{cells.format(SUB)}<TRANDATE>20261121</TRANDATE><MEMO>{f'[{ref}]' if ref else ''}</MEMO>"
        f"<TRANNO>KEB{number:011d}</TRANNO><CDFG>D</CDFG></row>"
        for number, ref in enumerate(references, start=1)
    )
    return f'<stream><status>AAAAAAA</status><list name="userDataList">{rows}</list></stream>'.encode("gbk")


@pytest_asyncio.fixture
async def wire() -> AsyncIterator[tuple[AnsweringServer, CiticConnector]]:
    async with answering() as server:
        account = replace(ACCOUNT, settings={"endpoint": server.endpoint, "user_name": "court0102"})
        connector = CiticPlugin().connect(account, PluginServices(timeout_seconds=3))
        yield server, connector
        await connector.aclose()


def test_the_request_is_the_golden_bytes() -> None:
    first = replace(ROW, payee_name="示例<镕>&有限公司", amount=Money(902_900), purpose="（2026）鲁0102执1号案款")
    large = replace(first, client_ref=SECOND.client_ref, amount=Money(5_000_001), pay_from_sub_account=None)
    (action, fields), rows = batch(BatchOrder(BATCH_REF, (first, large)), ACCOUNT, LIMIT)
    assert render(action, "court0102", fields, rows) == raw("DLPAYBAT__request")


@pytest.mark.parametrize(
    "change",
    [
        {"same_bank": True},
        {"payee_bank_code": None},
        {"payee_bank_code": "行号"},
        {"payee_name": "仲𠮷妮"},
        {"payee_name": ""},
        {"amount": Money(0)},
        {"client_ref": "01022026112100000018"},
        {"batch_ref": None},
        {"batch_ref": "01022026112100000901"},
        {"pay_from_sub_account": "1" * 20},
    ],
)
def test_d13_what_a_batch_cannot_hold_is_refused_before_anything_is_sent(change: dict[str, object]) -> None:
    wrong = replace(ROW, **change)  # type: ignore[arg-type]
    with pytest.raises(CannotExpress):
        batch(BatchOrder(BATCH_REF, (SECOND, wrong)), ACCOUNT, LIMIT)


def test_a_batch_has_its_size() -> None:
    rows = tuple(replace(ROW, client_ref=f"{number:020d}") for number in range(BATCH_LIMIT + 1))
    (_, fields), told = batch(BatchOrder(BATCH_REF, rows[:-1]), ACCOUNT, LIMIT)
    assert (fields["totalNumber"], fields["totalAmount"]) == ("500", "15000.00")
    assert [row["ID"] for row in told] == [f"{number:04d}" for number in range(1, 501)]
    rich = tuple(replace(row, amount=Money(10**15 - 1)) for row in rows[:2])
    for orders in (rows, (), rich):
        with pytest.raises(CannotExpress):
            batch(BatchOrder(BATCH_REF, orders), ACCOUNT, LIMIT)


@pytest.mark.parametrize(
    ("answer", "states", "alarm"),
    [
        ("DLPAYBAT__done", [A.ACCEPTED] * 3, False),
        ("DLPAYBAT__imported", [A.ACCEPTED] * 3, False),
        ("DLPAYBAT__partly", [A.ACCEPTED, A.UNKNOWN, A.REFUSED], False),
        ("DLPAYBAT__contradiction", [A.UNKNOWN] * 3, True),
        ("DLPAYBAT__count_differs", [A.UNKNOWN] * 3, True),
        ("DLPAYBAT__other_row", [A.UNKNOWN] * 3, True),
        ("DLPAYBAT__insufficient", [A.REFUSED] * 3, False),
        ("DLCTNSUB__awaiting_approval", [A.AWAITING_BANK] * 3, False),
        ("DLCTNSUB__client_side", [A.UNKNOWN] * 3, False),
        ("DLCTNSUB__duplicate", [A.UNKNOWN] * 3, False),
        ("DLCTNSUB__not_generated", [A.UNKNOWN] * 3, False),
        ("DLCTNSUB__truncated", [A.UNKNOWN] * 3, True),
    ],
)
async def test_d25_what_an_answer_proves_of_each_row(
    wire: tuple[AnsweringServer, CiticConnector], answer: str, states: list[AnswerState], alarm: bool
) -> None:
    server, connector = wire
    server.will_answer(raw(answer))
    said = await connector.pay_batch(BatchOrder(BATCH_REF, (ROW, SECOND, THIRD)))
    assert [each.state for each in said.answers] == states
    assert any(each.alarm for each in said.answers) == alarm
    assert [exchange.response for exchange in said.exchanges] == [raw(answer)]
    assert len(server.asked) == 1


MARKED, UNMARKED = "DLBATDET__marked", "DLBATDET__unmarked"
OTHER_PAYEE = replace(ROW, payee_account="6217000000000005678")
OTHER_AMOUNT = replace(SECOND, amount=Money(3_100))


@pytest.mark.parametrize(
    ("order", "told", "state", "alarm"),
    [
        (ROW, (raw(MARKED), books(ROW.client_ref)), A.SETTLED, False),
        (ROW, (raw(MARKED), books()), A.UNKNOWN, True),
        (ROW, (raw(MARKED), raw("DLCTNSUB__truncated")), A.UNKNOWN, False),
        (SECOND, (raw(MARKED), books(ROW.client_ref)), A.REFUSED, False),
        (SECOND, (raw(MARKED), books(SECOND.client_ref)), A.UNKNOWN, True),
        (THIRD, (raw(MARKED),), A.ACCEPTED, False),
        # The bank tells no marks: found by account and amount, as long as that is one fate.
        (ROW, (raw(UNMARKED), books("")), A.SETTLED, False),
        (ROW, (raw(UNMARKED), books(ROW.client_ref)), A.SETTLED, False),
        (ROW, (raw(UNMARKED), books(SECOND.client_ref)), A.UNKNOWN, True),
        (OTHER_AMOUNT, (raw(UNMARKED), raw("DLBATCOL__partly"), books()), A.REFUSED, False),
        (OTHER_AMOUNT, (raw(UNMARKED), raw("DLBATCOL__more_rows")), A.UNKNOWN, False),
        (OTHER_AMOUNT, (raw(UNMARKED), raw("DLBATCOL__no_rows")), A.UNKNOWN, False),
        (OTHER_PAYEE, (raw(UNMARKED),), A.UNKNOWN, False),
        (ROW, (raw("DLBATDET__other_amount"),), A.UNKNOWN, True),
        # No row can be ours: the batch's own state tells.
        (replace(ROW, amount=Money(1)), (raw(UNMARKED), raw("DLBATCOL__partly")), A.NOT_FOUND, False),
        (replace(ROW, amount=Money(1)), (raw(UNMARKED), raw("DLBATCOL__in_approval")), A.UNKNOWN, False),
        (ROW, (raw("DLBATDET__not_found"), raw("DLBATCOL__in_approval")), A.AWAITING_BANK, False),
        (ROW, (raw("DLBATDET__not_found"), raw("DLBATCOL__rejected"), books()), A.REFUSED, False),
        (ROW, (raw("DLBATDET__not_found"), raw("DLBATCOL__rejected"), books(ROW.client_ref)), A.UNKNOWN, True),
        (ROW, (raw("DLBATDET__not_found"), raw("DLBATCOL__no_rows")), A.NOT_FOUND, False),
        (ROW, (raw("DLBATDET__not_found"), raw("DLCTNSUB__client_side")), A.UNKNOWN, False),
        (ROW, (raw("DLCTNSUB__client_side"),), A.UNKNOWN, False),
        (ROW, (raw("DLCTNSUB__insufficient"),), A.UNKNOWN, False),
        (ROW, (raw("DLCTNSUB__utf8"),), A.UNKNOWN, True),
    ],
)
async def test_d25_what_became_of_a_row(
    wire: tuple[AnsweringServer, CiticConnector],
    order: PaymentOrder,
    told: tuple[bytes, ...],
    state: AnswerState,
    alarm: bool,
) -> None:
    server, connector = wire
    server.will_answer(*told)
    answer = await connector.query(order)
    assert (answer.state, bool(answer.alarm)) == (state, alarm)
    assert [exchange.response for exchange in answer.exchanges] == list(told)


def test_states_of_batches_and_rows_are_total() -> None:
    final = {"CP07817", "CP07820", "CP07821", "CP07822", "CP07825"}
    assert {code for code, state in BATCH_STATES.items() if state is A.REFUSED} == final
    assert A.SETTLED not in BATCH_STATES.values()
    assert (batch_verdict("AAAAAAA"), batch_verdict("BBBBBBB")) == (None, None)
    for stt in ("", "CP07826", "9999999", "ED11001"):
        told = batch_verdict(stt)
        assert told is not None
        assert (told.state, bool(told.alarm)) == (A.UNKNOWN, True)
    assert batch_row_verdict("AAAAAAA", "").state is A.SETTLED
    assert batch_row_verdict("BKE0034", "收款账号校验不通过").state is A.REFUSED
    for code, text in (("BKE0034", ""), ("BKE0067", "客户流水号重复"), ("ED11001", "x"), ("EEEEEEE", ""), ("??", "")):
        assert batch_row_verdict(code, text).state is A.UNKNOWN
