"""Balances and bookings: BALNTRADEINQUIRYTRN of the main account, VATSTMTTRN of one sub-account."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from xml.etree.ElementTree import Element

from ankuan_bank_cib_simulator.wire import BAD_MESSAGE, Ask, Tag, WireRefusal, day, in_order, leaf, needed, text, yuan
from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Plan
from ankuan_simcore.models import INCOME, OUTSIDE, Account, AccountKind, Entry, EntryKind
from ankuan_simcore.telling import told_balance, told_fen, told_name, told_page, told_rows

PAGE_ROWS = 100
_SPAN = timedelta(days=90)
_SUMMARIES = {
    EntryKind.INTEREST: "结息",
    EntryKind.FEE: "手续费",
    EntryKind.RETURNED: "退汇",
    EntryKind.REVERSAL: "冲正",
    EntryKind.INTERNAL: "子账户划转",
    EntryKind.ADJUSTMENT: "子账户划转",
}


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a booking: the account below the main account, and the main account's balance after it."""

    entry: Entry
    account: Account
    is_debit: bool
    balance: int


def attach_info(entry: Entry, *, is_debit: bool) -> str:
    """ATTACHINFO: day, number of the voucher, number within it."""
    return f"{entry.day.replace('-', '')}{entry.no:012d}{1 if is_debit else 2:05d}"


def main_statement(bank: Bank, ask: Ask, plans: list[Plan]) -> list[Tag]:
    """BALNTRADEINQUIRYTRN: what was booked below a main account, moves between its sub-accounts too."""
    body = ask.part("RQBODY")
    in_order(body, "ACCTFROM", "INCTRAN")
    main = bank.account(needed(body, "ACCTFROM/ACCTID"), AccountKind.MAIN).number
    booked, available = bank.state.main_balance(main)
    account = Tag("ACCTFROM", (leaf("ACCTID", main),))
    balances = (_balance(plans, "MAIN_LEDGERBAL", booked), _balance(plans, "MAIN_AVAILBAL", available))
    span = body.find("INCTRAN")
    if span is None:
        return [Tag("RSBODY", (leaf("CURDEF", "RMB"), account, *balances), {"MORE": "N"})]
    in_order(span, "DTSTART", "DTEND", "PAGE", "TRNTYPE")
    first, last = _span(bank, span)
    kind = text(span, "TRNTYPE") or "2"
    legs = [leg for leg in _legs(bank, main) if first <= leg.entry.value_date <= last and _is(leg, kind)]
    rows, more = _page(plans, span, sorted(legs, key=_order))
    told = [_row(bank, leg, plans, is_last=leg is rows[-1]) for leg in rows]
    # The balances would tell a wrong unit by themselves: they are of now, not of the span.
    return [Tag("RSBODY", (leaf("CURDEF", "RMB"), account, *told, *balances), {"MORE": "Y" if more else "N"})]


def sub_statement(bank: Bank, ask: Ask, plans: list[Plan]) -> list[Tag]:
    """VATSTMTTRN: balances of a sub-account, and its bookings when days are given."""
    body = ask.part("VATSTMTRQ")
    in_order(body, "VATTYPE", "MAINACCT", "SUBACCT", "ACCTFROM", "INCTRAN")
    main, tail = needed(body, "MAINACCT"), needed(body, "SUBACCT", 6)
    if text(body, "VATTYPE") != "1" or needed(body, "ACCTFROM/ACCTID") != main:
        raise WireRefusal(*BAD_MESSAGE, detail="VATTYPE")
    account = bank.account(main + tail, AccountKind.SUB, AccountKind.ADJUSTMENT)
    content = [leaf("VATTYPE", "1"), leaf("MAINACCT", main), leaf("SUBACCT", tail), leaf("CURDEF", "RMB")]
    content.append(Tag("ACCTFROM", (leaf("ACCTID", main),)))
    span = body.find("INCTRAN")
    if span is not None:
        first, last = _span(bank, span)
        legs = [leg for leg in _legs(bank, main) if leg.account is account and first <= leg.entry.value_date <= last]
        rows, more = _page(plans, span, sorted(legs, key=_order))
        told = [_row(bank, leg, plans, is_last=leg is rows[-1]) for leg in rows]
        content.append(Tag("TRANLIST", told, {"MORE": "Y" if more else "N"}))
    balances = (_balance(plans, "LEDGERBAL", account.balance), _balance(plans, "AVAILBAL", account.available))
    return [Tag("VATSTMTRS", (*content, *balances))]


def _span(bank: Bank, span: Element) -> tuple[str, str]:
    first, last = day(span, "DTSTART"), day(span, "DTEND")
    today = date.fromisoformat(bank.today)
    if first > last or last - first >= _SPAN or (first < last and last >= today):
        raise WireRefusal("2011", "查询日期有误：多日查询不含当日且不超过九十天")
    return first.isoformat(), last.isoformat()


def _page(plans: list[Plan], span: Element, legs: list[Leg]) -> tuple[list[Leg], bool]:
    number = text(span, "PAGE")
    if not number.isascii() or not number.isdigit() or int(number) < 1:
        raise WireRefusal(*BAD_MESSAGE, detail="PAGE")
    start = (int(number) - 1) * PAGE_ROWS
    return told_rows(plans, told_page(plans, legs, start, PAGE_ROWS)), start + PAGE_ROWS < len(legs)


def _legs(bank: Bank, main: str) -> Iterator[Leg]:
    balance = 0
    for entry in bank.state.by_main.get(main, []):
        for number in (entry.debit, entry.credit):
            account = bank.account(number) if number not in {OUTSIDE, INCOME} else None
            if account is not None and account.main == main:
                is_debit = number == entry.debit
                if entry.debit in {OUTSIDE, INCOME} or entry.credit in {OUTSIDE, INCOME}:
                    balance += -entry.fen if is_debit else entry.fen
                yield Leg(entry, account, is_debit, balance)


def _is(leg: Leg, kind: str) -> bool:
    if kind not in {"0", "1", "2"}:
        raise WireRefusal(*BAD_MESSAGE, detail="TRNTYPE")
    return kind == "2" or (kind == "0") == _told_as_debit(leg)


def _told_as_debit(leg: Leg) -> bool:
    # A credit taken back is a credit in red.
    return leg.is_debit != (leg.entry.kind is EntryKind.REVERSAL)


def _order(leg: Leg) -> tuple[str, int, bool]:
    return leg.entry.value_date, leg.entry.no, not leg.is_debit


def _row(bank: Bank, leg: Leg, plans: list[Plan], *, is_last: bool) -> Tag:
    entry = leg.entry
    reversed_ = entry.kind is EntryKind.REVERSAL
    amount = told_fen(plans, entry.fen)
    balance = told_balance(plans, leg.balance) if is_last else told_fen(plans, leg.balance)
    number, name, branch = _counter(bank, leg)
    content = {
        "DTSTART": entry.value_date,
        "DTEND": entry.value_date,
        "SRVRTID": f"{entry.no:010d}",
        "TRNTYPE": "DEBIT" if _told_as_debit(leg) else "CREDIT",
        "TRNCODE": "",
        "DTACCT": f"{entry.value_date}T{entry.booked_at[11:19]}",
        "TRNAMT": yuan(-amount if reversed_ else amount),
        "BALAMT": yuan(balance),
        "CURRENCY": "RMB",
        "MEMO": entry.remark,
        "SUBACCT": leg.account.number[18:] if leg.account.kind is AccountKind.SUB else "",
        "SUBACCT_NAME": leg.account.name if leg.account.kind is AccountKind.SUB else "",
        "CORRELATE_ACCTID": number,
        "CORRELATE_NAME": told_name(plans, name),
        "CORRELATE_BANKNAME": branch,
        "BUSINESSTYPE": "",
        "ATTACHINFO": attach_info(entry, is_debit=leg.is_debit),
        "HXJYLSBH": f"{entry.no:016d}",
        "SUMMNAME": _SUMMARIES.get(entry.kind, ""),
        "PURPOSE": "",
        "CBBZ": "1" if reversed_ else "0",
    }
    return Tag("CONTENT", [leaf(field, value) for field, value in content.items()])


def _counter(bank: Bank, leg: Leg) -> tuple[str, str, str]:
    entry = leg.entry
    other = entry.credit if leg.is_debit else entry.debit
    if entry.kind in {EntryKind.INTEREST, EntryKind.FEE}:
        return "", "", ""
    if other in {OUTSIDE, INCOME}:
        return entry.counter_account, entry.counter_name, entry.counter_bank
    account = bank.account(other)
    return account.number, account.name, "兴业银行"


def _balance(plans: list[Plan], name: str, amount: int) -> Tag:
    return Tag(name, (leaf("BALAMT", yuan(told_balance(plans, amount))),))
