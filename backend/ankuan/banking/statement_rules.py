"""Which rows of a statement file may become bank lines, and why not the others. PURE.

Uploaded files are second class (fraud drill 17): only a statement of this very account whose balances prove that it is
complete is taken, and of it only what can be money that came in. Money out is taken as well of accounts whose bank
tells what became of orders in no other way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from ankuan.banking.statements.rows import Entry, Row, Statement

_SAME_CURRENCY: Final = frozenset({"CNY", "RMB"})


class Reason(StrEnum):
    """Why a row is not taken, the most fundamental first."""

    UNREADABLE = "unreadable"
    FOREIGN_ACCOUNT = "foreign_account"
    OTHER_CURRENCY = "other_currency"
    NO_BALANCES = "no_balances"
    BALANCES_DIFFER = "balances_differ"
    NOT_BOOKED = "not_booked"
    REVERSAL = "reversal"
    DEBIT = "debit"
    ZERO_AMOUNT = "zero_amount"
    FUTURE_DATE = "future_date"
    LIKE_A_POLLED_LINE = "like_a_polled_line"


REASONS_ZH: Final = {
    Reason.UNREADABLE: "该行无法解析",
    Reason.FOREIGN_ACCOUNT: "不是本案款专户的账号",
    Reason.OTHER_CURRENCY: "不是人民币",
    Reason.NO_BALANCES: "对账单缺少期初或期末余额，无法证明完整",
    Reason.BALANCES_DIFFER: "期初余额加发生额不等于期末余额，对账单不完整",
    Reason.NOT_BOOKED: "尚未记账",
    Reason.REVERSAL: "冲正，须人工处理",
    Reason.DEBIT: "支出，不是到账",
    Reason.ZERO_AMOUNT: "金额为零",
    Reason.FUTURE_DATE: "记账日期晚于今天",
    Reason.LIKE_A_POLLED_LINE: "银行接口已送达同日同额、摘要或账号不同的一笔，疑为同一笔，须人工核对",
}
REASONS_EN: Final = {
    Reason.UNREADABLE: "The row can't be read",
    Reason.FOREIGN_ACCOUNT: "The statement is of another account",
    Reason.OTHER_CURRENCY: "Not in yuan",
    Reason.NO_BALANCES: "The statement lacks its opening or closing balance, which would prove that it is complete",
    Reason.BALANCES_DIFFER: "Opening balance and movements do not sum to the closing balance: a row is missing",
    Reason.NOT_BOOKED: "Not booked yet",
    Reason.REVERSAL: "A reversal; a person must look at it",
    Reason.DEBIT: "Money out is no receipt",
    Reason.ZERO_AMOUNT: "The amount is zero",
    Reason.FUTURE_DATE: "Booked on a day to come",
    Reason.LIKE_A_POLLED_LINE: "The bank's own feed told this amount and day in other words; a person must look",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A row with its verdict: ``reason`` None means that it is taken."""

    row: Row
    reason: Reason | None

    @property
    def entry(self) -> Entry | None:
        """What could be read of the row."""
        return self.row.entry


def judge(statement: Statement, *, account_no: str, today: date, takes_debits: bool = False) -> Sequence[Judged]:
    """A verdict for every row of a statement, in order. ``today``: the business date."""
    of_statement = _flaw_of(statement, account_no)
    return [Judged(row, _flaw_of_row(row, of_statement, today, takes_debits=takes_debits)) for row in statement.rows]


def _flaw_of(statement: Statement, account_no: str) -> Reason | None:
    if statement.account_no != account_no:
        return Reason.FOREIGN_ACCOUNT
    if any(row.entry is not None and _is_other_currency(row.entry) for row in statement.rows):
        return Reason.OTHER_CURRENCY
    if statement.opening_fen is None or statement.closing_fen is None:
        return Reason.NO_BALANCES
    booked = [row.entry for row in statement.rows if row.entry is not None and row.entry.is_booked]
    moved = sum(entry.amount_fen if entry.is_credit else -entry.amount_fen for entry in booked)
    return None if statement.opening_fen + moved == statement.closing_fen else Reason.BALANCES_DIFFER


def _flaw_of_row(row: Row, of_statement: Reason | None, today: date, *, takes_debits: bool) -> Reason | None:
    entry = row.entry
    if entry is None:
        return Reason.UNREADABLE
    if of_statement is Reason.OTHER_CURRENCY:
        # A statement in which currencies mix has no balance to check against; its rows in yuan fall with it.
        return Reason.OTHER_CURRENCY if _is_other_currency(entry) else Reason.NO_BALANCES
    flaws = (
        (of_statement is not None, of_statement),
        (not entry.is_booked, Reason.NOT_BOOKED),
        (entry.is_reversal, Reason.REVERSAL),
        (not entry.is_credit and not takes_debits, Reason.DEBIT),
        (entry.amount_fen == 0, Reason.ZERO_AMOUNT),
        (entry.booked_on > today, Reason.FUTURE_DATE),
    )
    return next((reason for applies, reason in flaws if applies), None)


def _is_other_currency(entry: Entry) -> bool:
    """MT940 rows take their currency from the opening balance; without one there is none to object to."""
    return entry.currency != "" and entry.currency not in _SAME_CURRENCY
