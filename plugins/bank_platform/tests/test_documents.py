"""Reading documents: whatever the bytes are, Malformed or nothing."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankuan.kernel.money import Money
from ankuan_bank_platform import records, values
from ankuan_bank_platform.documents import Malformed, parse
from ankuan_bank_platform.report import INTRADAY, STATEMENT, read_account
from ankuan_bank_platform.status import read_status
from ankuan_bank_platform.values import BadValue

FIXTURES = Path(__file__).parent.parent / "fixtures"
MAIN = "8660100010000001"
SEED = 20261121


def raw(name: str, kind: str = "xml") -> bytes:
    return (FIXTURES / f"{name}.{kind}").read_bytes()


def test_a_report_is_read_whole() -> None:
    report = read_status(raw("pain.002__part"))
    assert (report.message_ref, report.status, report.count) == ("B1", "PART", 3)
    assert [(row.client_ref, row.status, row.reasons, row.amount) for row in report.rows] == [
        ("R1", "ACSC", (), Money(100)),
        ("R2", "RJCT", ("AC01",), Money(200)),
    ]
    assert report.rows[1].text == "账号不存在"
    assert read_status(raw("pain.002__settled")).rows[0].bank_ref == "BP000000000007D"


@pytest.mark.parametrize(
    "case", ["bomb", "file", "utf16", "gb18030", "status_twice", "other_currency", "other_version"]
)
def test_what_is_no_such_document_is_malformed(case: str) -> None:
    with pytest.raises(Malformed):
        read_status(raw(f"pain.002__{case}"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xef\xbb\xbf" + raw("pain.002__taken"),
        raw("pain.002__taken").replace(b"UTF-8", b"GBK"),
        raw("pain.002__taken").replace(b"<TxSts>", b"<TxSts>\x00"),
        raw("pain.002__taken").replace(b"urn:iso", b"urn:oso"),
        raw("pain.002__taken").replace(b"<OrgnlMsgId>", b"<OrgnlMsgId><a/>"),
        b"<a>" * 100_000,
        raw("pain.002__taken")[:-2],
    ],
)
def test_broken_bytes_are_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_status(body)


def test_d8_scratched_documents_raise_nothing_else() -> None:
    dice = random.Random(SEED)
    cases = [(path.name, path.read_bytes()) for path in sorted(FIXTURES.glob("*.xml"))]
    refused = 0
    for _ in range(6_000):
        name, body = dice.choice(cases)
        try:
            if name.startswith("pain.002"):
                read_status(scratched(dice, body))
            elif name.startswith("camt.05"):
                message = STATEMENT if name.startswith("camt.053") else INTRADAY
                read_account(scratched(dice, body), message, account=MAIN, question=f"acct={MAIN}&limit=200")
            else:
                parse(scratched(dice, body))
        except (Malformed, BadValue):
            refused += 1
    assert refused > 3_000


def scratched(dice: random.Random, body: bytes) -> bytes:
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
        if not made:
            break
    return bytes(made)


@given(st.binary(max_size=400))
def test_any_bytes_are_no_record(body: bytes) -> None:
    for reader in (records.refusal, lambda raw: records.sub_accounts(raw, MAIN)):
        try:
            reader(body)
        except Malformed:
            continue


def test_records_of_the_platforms_own() -> None:
    assert records.refusal(raw("refusal__not_found", "json")) == ("NOT_FOUND", "没有这笔指令")
    opened = records.sub_accounts(raw("vsub__opened", "json"), MAIN)
    assert [(each.number, each.name) for each in opened.accounts] == [(f"{MAIN}00000001", "(2026)鲁0102执1号")]
    page = records.sub_accounts(raw("vsub__page", "json"), MAIN, "")
    assert (len(page.accounts), page.more) == (2, True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"more":true', b'"more":"yes"'),
        (b'"after":""', b'"after":"1"'),
        (b"866010001000000100000002", b"866010001000000100000001"),
        (b"866010001000000100000002", b"866010001000000100000000"),
        (b'"no"', b'"no":"1","no"'),
        (b'"acct":"8', b'"acct":"9'),
        (b'"name":"', b'"name":NaN,"x":"'),
    ],
)
def test_records_that_contradict_themselves_are_malformed(old: bytes, new: bytes) -> None:
    assert old in raw("vsub__page", "json")
    with pytest.raises(Malformed):
        records.sub_accounts(raw("vsub__page", "json").replace(old, new), MAIN, "")


@pytest.mark.parametrize(("text", "fen"), [("1", 100), ("0.1", 10), ("9029.00", 902_900), ("1.00000", 100)])
def test_amounts(text: str, fen: int) -> None:
    assert values.money(text) == Money(fen)


@pytest.mark.parametrize("text", ["", "-1", "1.001", "1,000", "１", "1e3", "NaN", "+1", "9" * 14, "0x1"])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(BadValue):
        values.money(text)
