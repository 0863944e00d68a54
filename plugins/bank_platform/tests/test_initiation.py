"""pain.001 as others read it: the official schema, and classes that other people made of it."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pyiso20022.pain.pain_001_001_09 import pain_001_001_09 as official
from xsdata.formats.dataclass.parsers import XmlParser

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AdjustmentOrder, FundAccountRef, PaymentOrder, SingleOrder, TransferOrder
from ankuan.plugin_api.errors import CannotExpress
from ankuan.plugin_api.signing import SignatureAlgorithm
from ankuan_bank_platform.config import Config, Link
from ankuan_bank_platform.initiation import BATCH_LIMIT, document, instruction
from ankuan_bank_platform.routing import SHARED_PREFIXES, Route, route_of, same_bank

FOLDER = Path(__file__).parent.parent / "fixtures"
SCHEMA = etree.XMLSchema(etree.parse(FOLDER / "schema" / "pain.001.001.09.xsd"))
MAIN = "8660100010000001"
SUB = f"{MAIN}00000001"
ACCOUNT = FundAccountRef(MAIN, "示例人民法院案款专户", None)
OWN = "313451000015"
CONFIG = Config(
    Link("http://127.0.0.1:9", "court-0102", SignatureAlgorithm.SM2_SM3, "signer_softkey", "key", ("PEM",)),
    OWN,
    Money(5_000_000),
    None,
)
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
ORDER = PaymentOrder(
    client_ref="20261121000000000017",
    amount=Money(902_900),
    pay_from_sub_account=SUB,
    payee_account="6217000000001234",
    payee_name="申请执行人甲",
    payee_bank_name="中国建设银行",
    payee_bank_code="105100000017",
    same_bank=False,
    purpose="(2026)鲁0102执1号案款",
)
ADJUSTMENT = AdjustmentOrder("20261121000000000018", Money(30_000), SUB, "甲案", "BP000000000002C", "认领入账")
TRANSFER = TransferOrder("20261121000000000019", Money(1), SUB, None, "", "划转")


def written(*orders: SingleOrder, ref: str = "20261121000000000001") -> bytes:
    return document(ref, [instruction(order, ACCOUNT, CONFIG) for order in orders], ACCOUNT, CONFIG, NOW)


def read(raw: bytes) -> official.CustomerCreditTransferInitiationV09:
    return XmlParser().from_bytes(raw, official.Document).cstmr_cdt_trf_initn


def test_it_is_valid_and_says_what_was_ordered() -> None:
    raw = written(ORDER, ADJUSTMENT, TRANSFER)
    SCHEMA.assertValid(etree.fromstring(raw))
    told = read(raw)
    assert (told.grp_hdr.msg_id, told.grp_hdr.nb_of_txs, told.grp_hdr.ctrl_sum) == (
        "20261121000000000001",
        "3",
        Decimal("9329.01"),
    )
    main, sub = told.pmt_inf
    assert (main.dbtr_acct.id.othr.id, main.dbtr_acct.id.othr.schme_nm) == (MAIN, None)
    assert (sub.dbtr_acct.id.othr.id, sub.dbtr_acct.id.othr.schme_nm.prtry, sub.dbtr_acct.id.othr.issr) == (
        SUB,
        "VSUB",
        MAIN,
    )
    assert main.dbtr_agt.fin_instn_id.clr_sys_mmb_id.mmb_id == OWN
    payment = next(row for row in sub.cdt_trf_tx_inf if row.pmt_id.end_to_end_id == ORDER.client_ref)
    assert (payment.amt.instd_amt.value, payment.amt.instd_amt.ccy) == (Decimal("9029.00"), "CNY")
    agent = payment.cdtr_agt.fin_instn_id
    assert (agent.clr_sys_mmb_id.clr_sys_id.cd, agent.clr_sys_mmb_id.mmb_id) == ("CNAPS", "105100000017")
    assert (payment.cdtr.nm, payment.cdtr_acct.id.othr.id) == ("申请执行人甲", "6217000000001234")
    assert payment.rmt_inf.ustrd == ["(2026)鲁0102执1号案款"]
    (moved,) = main.cdt_trf_tx_inf
    assert moved.rmt_inf.strd[0].rfrd_doc_inf[0].nb == "BP000000000002C"
    assert moved.pmt_tp_inf.ctgy_purp.prtry == "ADJUSTMENT"


def test_the_fixture_is_what_is_written() -> None:
    path = FOLDER / "pain.001__batch.xml"
    assert path.read_bytes() == written(ORDER, ADJUSTMENT, TRANSFER)


TEXT = st.text(st.characters(codec="utf-8"), max_size=200)


@settings(max_examples=150, deadline=None)
@given(st.builds(replace, st.just(ORDER), payee_name=TEXT, purpose=TEXT, payee_bank_name=TEXT), st.integers(-5, 10**16))
def test_whatever_is_ordered_is_valid_or_refused_before_it_is_sent(order: PaymentOrder, fen: int) -> None:
    order = replace(order, amount=Money(fen))
    try:
        raw = written(order)
    except CannotExpress:
        return
    SCHEMA.assertValid(etree.fromstring(raw))
    (row,) = read(raw).pmt_inf[0].cdt_trf_tx_inf
    assert row.amt.instd_amt.value * 100 == fen
    assert row.cdtr.nm == order.payee_name.strip()


@pytest.mark.parametrize(
    "changed",
    [
        {"client_ref": ""},
        {"client_ref": "9" * 36},
        {"client_ref": "REF 1"},
        {"amount": Money(0)},
        {"amount": Money(10**15)},
        {"payee_account": "6217 <x>"},
        {"payee_account": "1" * 35},
        {"payee_name": "  "},
        {"payee_name": "甲\x00"},
        {"payee_name": "甲\ud800"},
        {"payee_bank_code": "1051000"},
        {"payee_bank_code": None, "payee_bank_name": ""},
        {"pay_from_sub_account": ""},
    ],
)
def test_what_cannot_be_said_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(CannotExpress):
        written(replace(ORDER, **changed))  # type: ignore[arg-type]


def test_a_batch_has_one_to_five_hundred_different_orders() -> None:
    rows = [replace(ORDER, client_ref=f"20261121{number:012d}") for number in range(BATCH_LIMIT + 1)]
    SCHEMA.assertValid(etree.fromstring(written(*rows[:BATCH_LIMIT])))
    for wrong in (rows, [], [ORDER, ORDER]):
        with pytest.raises(CannotExpress):
            written(*wrong)


def test_a_transfer_to_itself_and_one_without_a_name_are_refused() -> None:
    for wrong in (
        replace(TRANSFER, from_sub_account=None),
        replace(TRANSFER, to_sub_account=SUB),
        replace(TRANSFER, to_sub_account=f"{MAIN}00000002", to_name=""),
        replace(ADJUSTMENT, adjustment_ref=""),
    ):
        with pytest.raises(CannotExpress):
            written(wrong)


def test_same_bank_is_told_by_the_payees_code() -> None:
    def of(code: str | None, *, own: str, told: bool = False) -> bool:
        return same_bank(replace(ORDER, payee_bank_code=code, same_bank=told), own)

    assert of("105100000017", own="105451000011")
    assert not of("105100000017", own="102451000011", told=True)
    assert of(None, own=OWN, told=True)
    assert not of(None, own=OWN)
    for prefix in SHARED_PREFIXES:
        assert not of(f"{prefix}100000017", own=f"{prefix}451000011")
        assert of(f"{prefix}451000011", own=f"{prefix}451000011")


def test_the_way_follows_bank_and_amount() -> None:
    limit = Money(5_000_000)
    assert route_of(ORDER, "105451000011", limit) is Route.BOOK
    assert route_of(replace(ORDER, amount=limit), OWN, limit) is Route.SMALL
    assert route_of(replace(ORDER, amount=limit + Money(1)), OWN, limit) is Route.LARGE
