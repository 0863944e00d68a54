"""PURE. Entries of a report as bank lines, and as evidence for an order."""

from collections.abc import Mapping
from typing import Final

from ankuan.plugin_api.bank import BankLine, LineDirection, LineKind
from ankuan_bank_platform.mapping import Booking
from ankuan_bank_platform.report import Entry, Side

KINDS: Final[Mapping[str, LineKind]] = {
    "CHRG": LineKind.FEE,
    "COMM": LineKind.FEE,
    "FEES": LineKind.FEE,
    "INTR": LineKind.INTEREST,
    "RRTN": LineKind.RETURNED,
}
"""SubFmlyCd -> kind, in every domain and family. Every other code is external, unless the accounts say otherwise."""
_NO_REFERENCE: Final = frozenset({"", "NOTPROVIDED"})


def line(entry: Entry, main: str) -> BankLine:
    """One booking on the main account or on a sub-account below it.

    Whose side is ours is told by the account numbers, so that a bank that keeps the roles of the original payment in a
    return, and one that turns them round, read the same.
    """
    own, counter = _sides(entry, main)
    kind = _kind(entry, main, own, counter)
    sub = own.account if own.above == main else None
    ours = kind in {LineKind.ADJUSTMENT, LineKind.RETURNED} or (
        kind is LineKind.EXTERNAL and entry.direction is LineDirection.DEBIT
    )
    movable = kind is LineKind.EXTERNAL and entry.direction is LineDirection.CREDIT and sub is None
    return BankLine(
        bank_key=entry.key,
        direction=entry.direction,
        kind=kind,
        amount=entry.amount,
        # A booking made late stands on the day it counts from; one that counts from a later day stands where booked.
        booked_on=min(entry.booked_on, entry.valued_on),
        booked_at=entry.booked_at if entry.valued_on >= entry.booked_on else None,
        sub_account_no=sub,
        counter_name=counter.name,
        counter_account=counter.account,
        counter_bank=counter.bank,
        remark=entry.text,
        bank_ref=entry.key,
        client_ref=entry.end_to_end if ours and entry.end_to_end not in _NO_REFERENCE else None,
        adjustment_ref=entry.key if movable else None,
    )


def bookings_of(entries: tuple[Entry, ...], main: str) -> list[Booking]:
    """Debits as evidence for the order they name; what came back or was taken back by the bank is none."""
    debits = [each for each in entries if each.direction is LineDirection.DEBIT and not each.is_reversal]
    return [
        Booking(each.amount, _sides(each, main)[1].account, each.booked_on, each.key)
        for each in debits
        if not each.is_return
    ]


def _sides(entry: Entry, main: str) -> tuple[Side, Side]:
    """Our side and the other."""
    debtor, creditor = _is_own(entry.debtor, main), _is_own(entry.creditor, main)
    as_debtor = entry.direction is LineDirection.DEBIT if debtor is creditor else debtor
    return (entry.debtor, entry.creditor) if as_debtor else (entry.creditor, entry.debtor)


def _is_own(side: Side, main: str) -> bool:
    return main in {side.account, side.above}


def _kind(entry: Entry, main: str, own: Side, counter: Side) -> LineKind:
    """Account numbers overrule codes: money that never left the main account is no receipt."""
    if entry.is_reversal:
        return LineKind.REVERSAL
    if _is_own(own, main) and _is_own(counter, main):
        return LineKind.ADJUSTMENT
    if entry.is_return:
        return LineKind.RETURNED
    return KINDS.get(entry.code[2], LineKind.EXTERNAL)
