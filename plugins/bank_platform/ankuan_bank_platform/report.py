"""camt.052 and camt.053 (camt.05x.001.08) as typed values, with their sums proved (failure F10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import LineDirection
from ankuan_bank_platform.documents import Malformed, Node, parse
from ankuan_bank_platform.values import CURRENCY, SUB_ACCOUNT, BadValue, day, moment, money, number

INTRADAY: Final = "camt.052.001.08"
STATEMENT: Final = "camt.053.001.08"
_FORMS: Final = {
    INTRADAY: ("BkToCstmrAcctRpt", "Rpt", "RptPgntn", "AddtlRptInf"),
    STATEMENT: ("BkToCstmrStmt", "Stmt", "StmtPgntn", "AddtlStmtInf"),
}
_DIRECTIONS: Final = {"CRDT": LineDirection.CREDIT, "DBIT": LineDirection.DEBIT}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two parties of a booking. ``above``: the main account, when the account is a virtual sub-account."""

    name: str
    account: str
    above: str
    bank: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One booked line. ``number`` runs in the order of booking; ``key`` is AcctSvcrRef."""

    number: int
    key: str
    amount: Money
    direction: LineDirection
    booked_on: date
    booked_at: datetime | None
    valued_on: date
    code: tuple[str, str, str]
    is_reversal: bool
    is_return: bool
    end_to_end: str
    debtor: Side
    creditor: Side
    text: str

    @property
    def signed(self) -> Money:
        """What it adds to the balance."""
        return self.amount if self.direction is LineDirection.CREDIT else -self.amount


@dataclass(frozen=True, slots=True)
class Account:
    """A report or a statement. ``told`` repeats the question; ``last``: number of the last booking in it."""

    number: str
    made_at: datetime
    told: str
    last_page: bool
    last: int | None
    balances: dict[str, Money]
    entries: tuple[Entry, ...]


def read_account(raw: bytes, message: str, *, account: str, question: str) -> Account:
    """The one report in a message. Raises Malformed or BadValue, also when it answers another question."""
    found, root = parse(raw)
    body, part, pagination, echo = _FORMS[message]
    if found != message or root.name != body:
        raise Malformed(f"{found[:20]} where {message} was expected")
    root.needed("GrpHdr/MsgId")
    node = root.one(part)
    if node is None:
        raise Malformed(f"{part} is missing")
    last = node.text("ElctrncSeqNb")
    report = Account(
        number=node.needed("Acct/Id/Othr/Id"),
        made_at=moment(node.needed("CreDtTm")),
        told=node.text(echo),
        last_page=_is_true(node.text(f"{pagination}/LastPgInd"), missing=True),
        last=number(last) if last else None,
        balances=_balances(node),
        entries=_entries(node),
    )
    if report.number != account:
        raise Malformed("the report of another account")
    if report.told != question:
        raise Malformed("the answer to another question")
    told = node.text("TxsSummry/TtlNtries/NbOfNtries")
    if told and number(told) != len(report.entries):
        raise Malformed("the number of entries is not the one stated")
    return report


def balance(report: Account, code: str) -> Money:
    """A balance by its code (OPBD, CLBD, ITBD, ITAV). Raises Malformed."""
    found = report.balances.get(code)
    if found is None:
        raise Malformed(f"no balance {code}")
    return found


def prove(opening: Money, entries: Sequence[Entry], closing: Money) -> None:
    """Opening balance plus entries is the closing balance. Raises Malformed: a row is missing, doubled or changed."""
    if opening + Money.total(entry.signed for entry in entries) != closing:
        raise Malformed("the balances do not follow from the entries: the statement is incomplete")


def _balances(node: Node) -> dict[str, Money]:
    found: dict[str, Money] = {}
    for each in node.all("Bal"):
        code = each.needed("Tp/CdOrPrtry/Cd")
        amount = _amount(each)
        value = amount if _direction(each) is LineDirection.CREDIT else -amount
        if found.setdefault(code, value) != value:
            raise Malformed(f"balance {code[:10]} is told twice")
    return found


def _entries(node: Node) -> tuple[Entry, ...]:
    """Booked entries, each once, in the order of their numbers."""
    found: dict[str, Entry] = {}
    for each in node.all("Ntry"):
        if each.needed("Sts/Cd") != "BOOK":
            continue
        entry = _entry(each)
        if found.setdefault(entry.key, entry) != entry:
            raise Malformed("one AcctSvcrRef for two bookings")
    entries = sorted(found.values(), key=lambda entry: entry.number)
    if len({entry.number for entry in entries}) != len(entries):
        raise Malformed("one NtryRef for two bookings")
    return tuple(entries)


def _entry(node: Node) -> Entry:
    details = [detail for part in node.all("NtryDtls") for detail in part.all("TxDtls")]
    if len(details) != 1:
        raise Malformed("an entry of several transactions, where one by one was agreed")
    (detail,) = details
    booked, valued = _date(node, "BookgDt"), _date(node, "ValDt") if node.one("ValDt") else None
    at = node.text("BookgDt/DtTm")
    amount = _amount(node)
    if amount <= Money.ZERO:
        raise BadValue("an amount that is not above zero")
    return Entry(
        number=number(node.needed("NtryRef")),
        key=node.needed("AcctSvcrRef"),
        amount=amount,
        direction=_direction(node),
        booked_on=booked,
        booked_at=moment(at) if at else None,
        valued_on=valued or booked,
        code=_code(node),
        is_reversal=_is_true(node.text("RvslInd"), missing=False),
        is_return=detail.one("RtrInf") is not None,
        end_to_end=detail.text("Refs/EndToEndId"),
        debtor=_side(detail, "Dbtr"),
        creditor=_side(detail, "Cdtr"),
        text=_text(detail),
    )


def _side(detail: Node, role: str) -> Side:
    account = f"RltdPties/{role}Acct/Id/Othr"
    is_sub = detail.text(f"{account}/SchmeNm/Prtry") == SUB_ACCOUNT
    return Side(
        name=detail.text(f"RltdPties/{role}/Pty/Nm"),
        account=detail.text(f"{account}/Id"),
        above=detail.needed(f"{account}/Issr") if is_sub else "",
        bank=detail.text(f"RltdAgts/{role}Agt/FinInstnId/Nm")
        or detail.text(f"RltdAgts/{role}Agt/FinInstnId/ClrSysMmbId/MmbId"),
    )


def _text(detail: Node) -> str:
    return " ".join([*detail.texts("RmtInf/Ustrd"), *detail.texts("RtrInf/AddtlInf")])


def _code(node: Node) -> tuple[str, str, str]:
    domain = node.one("BkTxCd/Domn")
    if domain is None:
        return ("", "", "")
    return (domain.text("Cd"), domain.text("Fmly/Cd"), domain.text("Fmly/SubFmlyCd"))


def _amount(node: Node) -> Money:
    if node.attribute("Amt", "Ccy") != CURRENCY:
        raise BadValue("another currency")
    return money(node.needed("Amt"))


def _direction(node: Node) -> LineDirection:
    found = _DIRECTIONS.get(node.needed("CdtDbtInd"))
    if found is None:
        raise BadValue("CdtDbtInd")
    return found


def _date(node: Node, name: str) -> date:
    return day(node.text(f"{name}/Dt") or node.needed(f"{name}/DtTm"))


def _is_true(text: str, *, missing: bool) -> bool:
    if text not in {"", "true", "false", "1", "0"}:
        raise BadValue("a truth value")
    return missing if not text else text in {"true", "1"}
