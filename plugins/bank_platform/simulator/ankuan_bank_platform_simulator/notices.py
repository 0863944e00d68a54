"""What the platform calls back by itself: camt.054 for money from outside, pain.002 for orders that have ended."""

from collections.abc import Callable

from ankuan_bank_platform_simulator.books import Leg
from ankuan_bank_platform_simulator.door import Door
from ankuan_bank_platform_simulator.payments import order_report
from ankuan_bank_platform_simulator.rows import ntry
from ankuan_bank_platform_simulator.wire import XML, document, tag, text
from ankuan_simcore.bank import Bank
from ankuan_simcore.models import OUTSIDE, Entry, Order, OrderState
from ankuan_simcore.notices import Notice

LINE = "POST\n/v1/notices"
_ENDS = {OrderState.SETTLED, OrderState.REFUSED}


def maker(bank: Bank, door: Door) -> Callable[[Entry | Order], Notice | None]:
    """Notices of facts, signed for the usual application."""

    def make(fact: Entry | Order) -> Notice | None:
        if isinstance(fact, Order):
            body = order_report(bank, fact) if fact.state in _ENDS else None
        else:
            body = _credit(bank, fact)
        if body is None:
            return None
        headers = {**door.sign(door.usual, LINE, body), "Content-Type": XML}
        return Notice(headers, body)

    return make


def _credit(bank: Bank, entry: Entry) -> bytes | None:
    account = bank.state.account(entry.credit)
    if entry.debit != OUTSIDE or account is None or not account.main:
        return None
    now = bank.state.clock.now().isoformat(timespec="milliseconds")
    leg = Leg(entry.no * 2 + 1, entry, entry.credit, entry.fen)
    told = tag(
        "Ntfctn",
        text("Id", leg.key),
        text("CreDtTm", now),
        tag("Acct", tag("Id", tag("Othr", text("Id", account.main))), text("Ccy", "CNY")),
        ntry(bank, leg, []),
    )
    header = tag("GrpHdr", text("MsgId", f"NC{leg.key}"), text("CreDtTm", now))
    return document("camt.054.001.08", "BkToCstmrDbtCdtNtfctn", header, told)
