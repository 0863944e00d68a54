"""管家卡: whose money a booking of the account is, by the cards' own detail (QRYGJDTL)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import BankLine
from ankuan_bank_icbc.values import Row, day, fen, needed


@dataclass(frozen=True, slots=True)
class CardEntry:
    """One row of the cards' detail. ``serial``: the last part of the receipt's identity, without leading zeros."""

    card: str
    booked_on: date
    serial: str
    amount: Money
    counter_account: str
    balance_after: Money | None


def card_entry(row: Row) -> CardEntry:
    """A row of QRYGJDTL. Raises BadValue."""
    amount = fen(needed(row, "Amt"))
    return CardEntry(
        card=needed(row, "GCardNo"),
        booked_on=day(needed(row, "WordDate")),
        serial=needed(row, "TranSerialno").lstrip("0"),
        amount=Money(abs(amount.fen)),
        counter_account=row.get("RciAcctNo", ""),
        balance_after=fen(row["CardBal"]) if row.get("CardBal") else None,
    )


def on_cards(lines: Iterable[BankLine], entries: Sequence[CardEntry]) -> list[BankLine]:
    """The lines with their cards. A balance of the account says nothing of a card, nor of what no card owns."""
    return [_on_card(line, entries) for line in lines]


def _on_card(line: BankLine, entries: Sequence[CardEntry]) -> BankLine:
    serial = (line.bank_ref or "").rpartition("|")[2].lstrip("0")
    same = [
        entry
        for entry in entries
        if (entry.booked_on, entry.serial, entry.amount) == (line.booked_on, serial, line.amount)
        and (entry.counter_account == line.counter_account or not entry.counter_account or not line.counter_account)
    ]
    owners = {entry.card for entry in same}
    if not serial or len(owners) != 1:
        # Two cards that both fit: to none rather than to the wrong case.
        return replace(line, balance_after=None)
    balances = {entry.balance_after for entry in same}
    return replace(line, sub_account_no=owners.pop(), balance_after=balances.pop() if len(balances) == 1 else None)
