"""The receipt as PDF: Chinese text that can be copied, the same bytes for the same facts, data that stays data."""

import dataclasses
import subprocess
from datetime import date
from pathlib import Path

import pytest

from ankuan.disbursement.issue_payment_receipt import court_of_check_code, new_check_code
from ankuan.disbursement.receipt_document import Printed, make_pdf

FACTS = {
    "court": "示例市示例区人民法院",
    "disbursement": "PD-2026-000001",
    "payer_name": "示例市示例区人民法院案款专户",
    "payer_account": "8112****2345",
    "payer_bank": "中信银行",
    "payee_name": "示例商贸有限公司",
    "payee_account": "6217****1208",
    "payee_bank": "示例银行股份有限公司示例支行",
    "capitals": "壹拾贰万叁仟肆佰伍拾陆元柒角捌分",
    "amount": "123,456.78",
    "case": "（2026）鲁0102执123号",
    "kind": "发放当事人",
    "purpose": "执行案款",
    "bank_ref": "20261121000012345",
    "settled_at": "2026年11月21日 10:32:45",
}
PRINTED = Printed(
    number="HD2026-000001",
    check_code="00001123456789012347",
    facts=FACTS,
    issued_on=date(2026, 11, 21),
    issued_at_unix=1_795_228_365,
    printed_at="2026年11月21日 11:00",
    verify_url="https://example.test/verify/00001123456789012347",
)


def text_of(pdf: bytes, folder: Path) -> str:
    path = folder / "receipt.pdf"
    path.write_bytes(pdf)
    try:
        told = subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("poppler's pdftotext is not installed")
    return told.stdout.decode()


def test_every_fact_can_be_read_and_copied(tmp_path: Path) -> None:
    text = text_of(make_pdf(PRINTED), tmp_path)
    for name, value in FACTS.items():
        assert value in text, name
    assert "HD2026-000001" in text
    assert "0000 1123 4567 8901 2347" in text
    assert "案款支付电子回单" in text
    assert "（2026）鲁0102执123号" in text  # no space between Han and Latin


def test_same_facts_same_bytes() -> None:
    assert make_pdf(PRINTED) == make_pdf(dataclasses.replace(PRINTED))
    assert make_pdf(PRINTED) != make_pdf(dataclasses.replace(PRINTED, printed_at="2026年11月21日 11:01"))


@pytest.mark.parametrize(
    "name",
    [
        '#panic("x")',
        "$sum$ *粗* _斜_ `码`",
        'a"b\\c',
        "<label> @ref",
        "𬭎䶮㛃",
        "甲" * 60,
        "https://example.test",
        "// 注",
    ],
)
def test_names_are_data(name: str, tmp_path: Path) -> None:
    text = text_of(make_pdf(dataclasses.replace(PRINTED, facts=FACTS | {"payee_name": name})), tmp_path)
    assert "".join(name.split()) in "".join(text.replace("示例商贸有限公司", "").split()) or len(name) > 20
    assert text.count("\f") == 1  # one page


def test_the_longest_values_stay_on_one_page(tmp_path: Path) -> None:
    longest = FACTS | {
        "purpose": "用" * 200,
        "payee_name": "收" * 120,
        "payee_bank": "银" * 120,
        "payer_name": "付" * 60,
        "capitals": "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
        "amount": "999,999,999,999.99",
    }
    text = text_of(make_pdf(dataclasses.replace(PRINTED, facts=longest)), tmp_path)
    assert text.count("\f") == 1
    assert "0000 1123 4567 8901 2347" in text


def test_check_codes_are_twenty_digits_with_court_and_check_digit() -> None:
    codes = {new_check_code(174) for _ in range(200)}
    assert len(codes) == 200
    for code in codes:
        assert len(code) == 20
        assert court_of_check_code(code) == 174
        wrong = code[:10] + str((int(code[10]) + 1) % 10) + code[11:]
        assert court_of_check_code(wrong) is None


@pytest.mark.parametrize("code", ["", "1", "0" * 19, "0" * 21, "a" * 20, "²" * 20, "٠" * 20])
def test_what_is_no_check_code(code: str) -> None:
    assert court_of_check_code(code) is None
