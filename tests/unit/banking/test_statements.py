"""Reading statement files: every row is there, amounts are exact, and each row that is not taken has its reason."""

from datetime import date
from pathlib import Path

import pytest

from ankuan.banking.statement_rules import REASONS_EN, REASONS_ZH, Reason, judge
from ankuan.banking.statements.read_camt053 import read_camt053
from ankuan.banking.statements.read_mt940 import read_mt940
from ankuan.banking.statements.rows import Entry, Statement, StatementUnreadable

FILES = Path(__file__).parents[2] / "fixtures" / "statements"
ACCOUNT = "8112501012300012345"
TODAY = date(2026, 11, 20)


def verdicts(statements: tuple[Statement, ...]) -> list[Reason | None]:
    return [row.reason for statement in statements for row in judge(statement, account_no=ACCOUNT, today=TODAY)]


def entries(statements: tuple[Statement, ...]) -> list[Entry]:
    return [row.entry for statement in statements for row in statement.rows if row.entry is not None]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_mt940_amounts_and_parties_are_exact(encoding: str, newline: str) -> None:
    text = (FILES / "court_account.sta").read_text(encoding="utf-8")
    statements = read_mt940(text.replace("\n", newline).encode(encoding))
    assert [(s.account_no, s.opening_fen, s.closing_fen) for s in statements] == [
        (ACCOUNT, 100_000_000, 100_431_667),
        (ACCOUNT, 100_431_667, 2_247_865_316),
    ]
    found = entries(statements)
    assert [e.amount_fen for e in found] == [1_234_567, 50_000, 50_000, 902_900, 1, 2_147_483_648, 50_000]
    assert {e.booked_on for e in found} == {TODAY}
    first = found[0]
    assert (first.counter_name, first.counter_account) == ("被执行人乙", "6217000000000018")
    assert "（2026）鲁0102执1号" in first.remark
    assert first.bank_ref == "KEB2611200001"
    assert found[1].remark == "POS 缴款 案款 一笔"
    assert verdicts(statements) == [None, None, None, Reason.DEBIT, None, None, Reason.REVERSAL]


def test_every_reason_occurs_and_no_row_is_lost() -> None:
    content = (FILES / "unusable.sta").read_bytes()
    found = verdicts(read_mt940(content))
    assert len(found) == content.count(b"\n:61:")
    assert found == [
        Reason.FOREIGN_ACCOUNT,
        Reason.OTHER_CURRENCY,
        Reason.NO_BALANCES,
        Reason.BALANCES_DIFFER,
        *[Reason.UNREADABLE] * 3,
        Reason.DEBIT,
        Reason.REVERSAL,
        Reason.ZERO_AMOUNT,
        Reason.FUTURE_DATE,
        None,
    ]
    assert set(REASONS_ZH) == set(REASONS_EN) == set(Reason)
    elsewhere = {Reason.NOT_BOOKED, Reason.LIKE_A_POLLED_LINE}  # camt.053 shows the one, the bank's own feed the other
    assert set(Reason) - {reason for reason in found if reason} == elsewhere


def test_a_row_without_a_statement_around_it_is_listed() -> None:
    wrapped = ":61:1811261126CR\n30,00N062NONREF\n:\n86:166?00GUTSCHR. UEBERWEISUNG?081542?20SVWZ+Test\n"
    [statement] = read_mt940(wrapped.encode())
    assert [e.amount_fen for e in entries((statement,))] == [3000]
    assert verdicts((statement,)) == [Reason.FOREIGN_ACCOUNT]


def test_an_amount_of_more_than_two_decimals_is_not_rounded() -> None:
    head = f":20:A\n:25:{ACCOUNT}\n:28C:1\n:60F:C261119CNY0,00\n"
    for amount in ("0,001", "1,005", "99999999999,999", ",", "1,0,0"):
        [statement] = read_mt940(f"{head}:61:261120C{amount}NTRFNONREF\n:62F:C261120CNY0,00\n".encode())
        assert [row.entry for row in statement.rows] == [None], amount


def test_camt053_entries() -> None:
    statements = read_camt053((FILES / "court_account.camt053.xml").read_bytes())
    assert verdicts(statements) == [None, None, Reason.DEBIT, Reason.REVERSAL, Reason.NOT_BOOKED]
    first, collective, *_ = entries(statements)
    assert (first.amount_fen, first.counter_name, first.counter_account) == (
        1_234_567,
        "被执行人乙",
        "6217000000000018",
    )
    assert first.counter_bank == "示例银行"
    assert (collective.counter_name, collective.remark) == ("", "批量 两笔")
    assert collective.booked_on == TODAY, "16:30 UTC is the next day in China"


@pytest.mark.parametrize("declared", ["GB2312", "gbk", "GB18030"])
def test_camt053_in_a_chinese_encoding_with_a_character_beyond_it(declared: str) -> None:
    text = (FILES / "court_account.camt053.xml").read_text(encoding="utf-8")
    text = text.replace('encoding="UTF-8"', f'encoding="{declared}"').replace("被执行人乙", "㐂镕𠮷")
    assert entries(read_camt053(text.encode("gb18030")))[0].counter_name == "㐂镕𠮷"


CAMT = '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>{}</BkToCstmrStmt></Document>'
HOSTILE = {
    "entity": b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + CAMT.format("&x;").encode(),
    "bomb": b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + CAMT.format("&b;").encode(),
    "cut": CAMT.format("")[:-5].encode(),
    "other document": b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"/>',
    "no namespace": b"<Document><BkToCstmrStmt/></Document>",
    "not xml": b"PK\x03\x04 a zip file",
    "wrong encoding": CAMT.format("案").encode("gb18030"),
    "empty": b"",
    "deep": b"<a>" * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_broken_xml_file_is_refused_whole(name: str) -> None:
    with pytest.raises(StatementUnreadable):
        read_camt053(HOSTILE[name])


@pytest.mark.parametrize("content", [b"", b"date,amount\n2026-11-20,1.00\n", b"\xff\xfe\x00", b"\x00:61:", b"%PDF-1.7"])
def test_what_is_no_mt940_is_refused_whole(content: bytes) -> None:
    with pytest.raises(StatementUnreadable):
        read_mt940(content)


def test_ten_thousand_rows_are_the_limit() -> None:
    row = ":61:2611201120C1,00NTRFNONREF\n"
    with pytest.raises(StatementUnreadable):
        read_mt940((f":20:A\n:25:{ACCOUNT}\n" + row * 10_001).encode())
