"""Statements and balances: QPD, QHISD, QRYGJDTL, QACCBAL. A page ends with a mark to go on from (NextTag)."""

from collections.abc import Sequence
from dataclasses import dataclass

from ankuan_bank_icbc_simulator.codes import BAD_MESSAGE, OK, REFUSALS, WireRefusal
from ankuan_bank_icbc_simulator.wire import Ask, Reply, Row, fen_of
from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Plan
from ankuan_simcore.models import AccountKind, Entry, EntryKind, Refusal
from ankuan_simcore.telling import told_balance, told_fen, told_name, told_page, told_rows

PAGE_ROWS = 50
NET, TELLER = "00602", "20295"
_WORDS = {
    EntryKind.INCOMING: "汇款",
    EntryKind.PAYMENT: "转账",
    EntryKind.INTEREST: "结息",
    EntryKind.FEE: "手续费",
    EntryKind.RETURNED: "退汇",
    EntryKind.REVERSAL: "冲正",
}


@dataclass(frozen=True, slots=True)
class _Booked:
    """A booking as the account sees it: what it adds in fen (below zero: takes) and the balance it leaves."""

    entry: Entry
    day: str
    fen: int
    balance: int


def serial_no(entry: Entry) -> str:
    """The host's number of a transaction, the last part of a receipt's identity."""
    return f"{entry.no:06d}"


def day_of(entry: Entry) -> str:
    """The day under which a booking is listed: an earlier one, when the bank back-dates it."""
    return min(entry.value_date, entry.day)


def _book(bank: Bank, main: str) -> list[_Booked]:
    """What crossed the edge of an account, in the order of the days under which it is listed."""
    balance, found = 0, []
    entries = [entry for entry in bank.state.by_main.get(main, []) if bank.crosses_edge(entry)]
    for entry in sorted(entries, key=lambda each: (day_of(each), each.no)):
        credit = bank.state.account(entry.credit)
        added = entry.fen if credit is not None and credit.main == main else -entry.fen
        balance += added
        found.append(_Booked(entry, day_of(entry), added, balance))
    return found


def of_today(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """QPD: bookings of the bank's present day, without balances."""
    main = bank.account(ask.needed("AccNo"), AccountKind.MAIN).number
    booked = [each for each in _book(bank, main) if each.day >= bank.today]
    page, fields = _page(ask, plans, _bounded(ask, booked))
    rows = [_today_row(main, each, plans) for each in page]
    return Reply(fields={"AccNo": main, "AreaCode": ask.text("AreaCode"), **fields}, rows=rows)


def of_before(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """QHISD: bookings of days that are over, with balances."""
    main = bank.account(ask.needed("AccNo"), AccountKind.MAIN).number
    first, last = ask.day("BeginDate"), ask.day("EndDate")
    if first > last:
        raise WireRefusal(*BAD_MESSAGE, detail="BeginDate")
    booked = [each for each in _book(bank, main) if first <= each.day <= last and each.day < bank.today]
    page, fields = _page(ask, plans, _bounded(ask, booked))
    # A balance is wrong in one row, so that the rows do not add up to it.
    rows = [_past_row(main, each, plans, is_last=each is page[-1]) for each in page]
    return Reply(fields={"AccNo": main, "BeginDate": ask.text("BeginDate"), **fields}, rows=rows)


def of_cards(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """QRYGJDTL: bookings on the cards of an account, or on one of them."""
    main = bank.account(ask.needed("AcctNo"), AccountKind.MAIN).number
    first, last, only = ask.day("StartDate"), ask.day("EndDate"), ask.text("CardNo")
    found: list[tuple[Entry, str]] = []
    for entry in bank.state.by_main.get(main, []):
        for number in dict.fromkeys((entry.debit, entry.credit)):
            account = bank.state.account(number)
            is_card = account is not None and account.kind is AccountKind.SUB and account.main == main
            if is_card and only in {"", number} and first <= day_of(entry) <= last:
                found.append((entry, number))
    start = _start(ask)
    page = told_page(plans, told_rows(plans, found), start, PAGE_ROWS)
    rows = [_card_row(bank, entry, number, plans) for entry, number in page]
    return Reply(fields={"AcctNo": main, "NextTag": _next(start, len(told_rows(plans, found)))}, rows=rows)


def balance(bank: Bank, ask: Ask, plans: list[Plan]) -> Reply:
    """QACCBAL: balances of accounts, one row each."""
    return Reply(fields={"TotalNum": str(len(ask.rows))}, rows=[_balance_row(bank, row, plans) for row in ask.rows])


def _balance_row(bank: Bank, asked: Row, plans: list[Plan]) -> Row:
    number = asked.get("AccNo", "")
    row = {"iSeqno": asked.get("iSeqno", ""), "AccNo": number, "CurrType": "001"}
    account = bank.state.account(number)
    if account is None or account.kind is not AccountKind.MAIN:
        code, text = REFUSALS[Refusal.NO_SUCH_ACCOUNT]
        return {**row, "iRetCode": code, "iRetMsg": text}
    booked, available = bank.state.main_balance(number)
    told = {"Balance": told_balance(plans, booked), "UsableBalance": told_balance(plans, available)}
    return {
        **row,
        **{name: str(value) for name, value in told.items()},
        "FrzAmt": str(booked - available),
        "iRetCode": OK,
        "iRetMsg": "查询成功",
    }


def _bounded(ask: Ask, booked: Sequence[_Booked]) -> list[_Booked]:
    least = fen_of(ask.fields, "MinAmt") if ask.text("MinAmt") else 0
    most = fen_of(ask.fields, "MaxAmt") if ask.text("MaxAmt") else 10**17
    return [each for each in booked if least <= each.entry.fen <= most]


def _page(ask: Ask, plans: list[Plan], booked: list[_Booked]) -> tuple[list[_Booked], Row]:
    told, start = told_rows(plans, booked), _start(ask)
    page = told_page(plans, told, start, PAGE_ROWS)
    return page, {"CurrType": "001", "TotalNum": str(len(page)), "NextTag": _next(start, len(told))}


def _start(ask: Ask) -> int:
    tag = ask.text("NextTag")
    if tag and not (tag.startswith("P") and tag[1:].isdigit()):
        raise WireRefusal(*BAD_MESSAGE, detail="NextTag")
    return int(tag[1:]) if tag else 0


def _next(start: int, count: int) -> str:
    return f"P{start + PAGE_ROWS:08d}" if start + PAGE_ROWS < count else ""


def _common(each: _Booked, plans: list[Plan]) -> Row:
    entry = each.entry
    by_bank = entry.kind is EntryKind.INTEREST
    return {
        "Drcrf": "2" if each.fen > 0 else "1",
        "VouhNo": "",
        "RecipBkNo": "",
        "RecipAccNo": "" if by_bank else entry.counter_account,
        "RecipName": "" if by_bank else told_name(plans, entry.counter_name),
        "Summary": _WORDS.get(entry.kind, "转账"),
        "UseCN": "",
        "PostScript": entry.remark,
        "Ref": entry.client_ref,
        "Oref": "",
        "BusCode": "",
        "BusType": "",
        "AddInfo": "",
        "OnlySequence": f"{entry.no:012d}",
    }


def identity(main: str, entry: Entry) -> str:
    """Area, branch, teller and serial number: what a receipt is asked for by."""
    return "|".join((main[:4], NET, TELLER, serial_no(entry)))


def _stamp(entry: Entry) -> str:
    moment = entry.booked_at[:19]
    return f"{moment[:10]}-{moment[11:].replace(':', '.')}.000000"


def _today_row(main: str, each: _Booked, plans: list[Plan]) -> Row:
    return {
        **_common(each, plans),
        "Amount": str(told_fen(plans, each.entry.fen)),
        "RecBankName": each.entry.counter_bank,
        "TradeDate": each.day.replace("-", ""),
        "TimeStamp": _stamp(each.entry),
        "RepReserved3": identity(main, each.entry),
        "RepReserved4": "",
    }


def _past_row(main: str, each: _Booked, plans: list[Plan], *, is_last: bool) -> Row:
    amount = str(told_fen(plans, each.entry.fen))
    left = told_balance(plans, each.balance) if is_last else told_fen(plans, each.balance)
    return {
        **_common(each, plans),
        "DebitAmount": amount if each.fen < 0 else "0",
        "CreditAmount": amount if each.fen > 0 else "0",
        "Balance": str(left),
        "RecipBkName": each.entry.counter_bank,
        "Date": each.day.replace("-", ""),
        "Time": _stamp(each.entry),
        "ValueDate": each.entry.value_date.replace("-", ""),
        "Toutfo": identity(main, each.entry),
    }


def _card_row(bank: Bank, entry: Entry, number: str, plans: list[Plan]) -> Row:
    out = entry.debit == number
    return {
        "GCardNo": number,
        "GCardName": bank.account(number).name,
        "RciAcctNo": "" if entry.kind is EntryKind.INTEREST else entry.counter_account,
        "RciAcctName": told_name(plans, entry.counter_name),
        "Amt": str(told_fen(plans, entry.fen)),
        "WordDate": day_of(entry).replace("-", ""),
        "CurrType": "001",
        "TranSerialno": serial_no(entry),
        "TimeStmp": _stamp(entry),
        "Summary": _WORDS.get(entry.kind, "转账"),
        "CardBal": str(told_balance(plans, entry.debit_after if out else entry.credit_after)),
        "PostScript": entry.remark,
    }
