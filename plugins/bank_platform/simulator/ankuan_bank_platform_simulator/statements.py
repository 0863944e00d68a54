"""camt.052 and camt.053."""

from collections.abc import Mapping, Sequence
from datetime import date

from ankuan_bank_platform_simulator.books import Book, Books, Leg, end_to_end
from ankuan_bank_platform_simulator.codes import WireRefusal
from ankuan_bank_platform_simulator.rows import ntry
from ankuan_bank_platform_simulator.wire import Reply, document, tag, text, yuan
from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Plan
from ankuan_simcore.models import AccountKind
from ankuan_simcore.telling import told_balance, told_fen, told_page, told_rows

MOST = 500


def intraday(bank: Bank, books: Books, query: Mapping[str, str], question: str, plans: list[Plan]) -> Reply:
    """Bookings after a number, or under a reference; or, with ``limit=0``, balances alone."""
    number = query.get("acct", "")
    book = books.of(number)
    if "endToEndId" in query:
        legs = [leg for leg in book.legs if end_to_end(bank, leg.entry) == query["endToEndId"]]
        return _report(bank, number, question, "", told_rows(plans, legs), last=0, is_last=True, plans=plans)
    limit = _count(query.get("limit", str(MOST)), "limit")
    if limit == 0:
        booked, available = _balances(bank, number)
        balances = _bal(plans, "ITBD", booked, bank.today) + _bal(plans, "ITAV", available, bank.today)
        return _report(bank, number, question, balances, [], last=0, is_last=True, plans=plans)
    after = _count(query.get("cursor", "0"), "cursor")
    first = _first(book, after, query.get("from", ""))
    page = told_page(plans, book.legs, first, min(limit, MOST))
    start = book.legs.index(page[0]) if page else len(book.legs)
    end = start + len(page)
    balances = _bal(plans, "OPBD", book.balances[start], bank.today, exact=True)
    balances += _bal(plans, "ITBD", book.balances[end], bank.today)
    last = page[-1].number if page else after
    told = told_rows(plans, page)
    return _report(
        bank, number, question, balances, told, last=last, is_last=end >= len(book.legs), plans=plans, count=len(page)
    )


def statement(bank: Bank, books: Books, query: Mapping[str, str], question: str, plans: list[Plan]) -> Reply:
    """One day that is over."""
    number, day = query.get("acct", ""), _day(query.get("date", ""))
    if day >= bank.today:
        raise WireRefusal("NOT_READY", "该日尚未日终", 409)
    book = books.of(number)
    opening, legs = 0, []
    for leg in book.legs:
        if leg.entry.day < day:
            opening += leg.fen
        elif leg.entry.day == day:
            legs.append(leg)
    closing = opening + sum(leg.fen for leg in legs)
    body = [
        text("Id", f"S{number[-14:]}{day.replace('-', '')}"),
        tag("StmtPgntn", text("PgNb", "1"), text("LastPgInd", "true")),
        text("CreDtTm", _now(bank)),
        tag("Acct", tag("Id", tag("Othr", text("Id", number))), text("Ccy", "CNY")),
        _bal(plans, "OPBD", opening, day, exact=True),
        _bal(plans, "CLBD", closing, day),
        _summary(len(legs)),
        *(ntry(bank, leg, plans) for leg in told_rows(plans, legs)),
        text("AddtlStmtInf", question),
    ]
    return Reply(document("camt.053.001.08", "BkToCstmrStmt", _header(bank, "S"), tag("Stmt", *body)))


def _report(
    bank: Bank,
    number: str,
    question: str,
    balances: str,
    legs: Sequence[Leg],
    *,
    last: int,
    is_last: bool,
    plans: list[Plan],
    count: int | None = None,
) -> Reply:
    body = [
        text("Id", f"R{number[-20:]}{last}"),
        tag("RptPgntn", text("PgNb", "1"), text("LastPgInd", "true" if is_last else "false")),
        text("ElctrncSeqNb", str(last)),
        text("CreDtTm", _now(bank)),
        tag("Acct", tag("Id", tag("Othr", text("Id", number))), text("Ccy", "CNY")),
        balances,
        _summary(count) if count is not None else "",
        *(ntry(bank, leg, plans) for leg in legs),
        text("AddtlRptInf", question),
    ]
    return Reply(document("camt.052.001.08", "BkToCstmrAcctRpt", _header(bank, "R"), tag("Rpt", *body)))


def _header(bank: Bank, kind: str) -> str:
    now = _now(bank)
    made = "".join(char for char in now[:23] if char.isdigit())
    return tag("GrpHdr", text("MsgId", f"{kind}{made}"), text("CreDtTm", now))


def _bal(plans: list[Plan], code: str, fen: int, day: str, *, exact: bool = False) -> str:
    # What is wrong with a balance is wrong with one of the two: the same error in both would cancel out.
    told = told_fen(plans, fen) if exact else told_balance(plans, fen)
    return tag(
        "Bal",
        tag("Tp", tag("CdOrPrtry", text("Cd", code))),
        text("Amt", yuan(told), Ccy="CNY"),
        text("CdtDbtInd", "CRDT" if told >= 0 else "DBIT"),
        tag("Dt", text("Dt", day)),
    )


def _summary(count: int) -> str:
    return tag("TxsSummry", tag("TtlNtries", text("NbOfNtries", str(count))))


def _balances(bank: Bank, number: str) -> tuple[int, int]:
    account = bank.account(number, AccountKind.MAIN, AccountKind.SUB)
    if account.kind is AccountKind.MAIN:
        return bank.state.main_balance(number)
    return account.balance, account.available


def _first(book: Book, after: int, start: str) -> int:
    if after or not start:
        return book.place(after)
    day = _day(start)
    return next((place for place, leg in enumerate(book.legs) if leg.entry.day >= day), len(book.legs))


def _now(bank: Bank) -> str:
    return bank.state.clock.now().isoformat(timespec="milliseconds")


def _day(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise WireRefusal("BAD_MESSAGE", "date") from None


def _count(value: str, name: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 18):
        raise WireRefusal("BAD_MESSAGE", name)
    return int(value)
