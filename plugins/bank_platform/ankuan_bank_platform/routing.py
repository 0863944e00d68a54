"""PURE. Which way a payment goes, and whether the payee banks at the same bank as the court's account."""

from enum import Enum
from typing import Final

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import PaymentOrder

SHARED_PREFIXES: Final = frozenset({"313", "314", "315", "317", "319", "320", "401", "402", "501", "502"})
"""Bank codes that many banks share (city, rural, village banks, credit unions, foreign banks): their first three digits
name a kind of bank, not a bank."""


class Route(Enum):
    """PmtTpInf: LclInstrm, and CtgyPurp for what stays under the main account."""

    BOOK = ("BOOK", "")
    """Inside one bank (行内)."""
    SMALL = ("BEPS", "")
    """Small-value system (小额)."""
    LARGE = ("HVPS", "")
    """Large-value system (大额)."""
    TRANSFER = ("BOOK", "TRANSFER")
    ADJUSTMENT = ("BOOK", "ADJUSTMENT")

    @property
    def instrument(self) -> str:
        """LclInstrm/Prtry."""
        return self.value[0]

    @property
    def category(self) -> str:
        """CtgyPurp/Prtry, empty for a payment."""
        return self.value[1]


def same_bank(order: PaymentOrder, own_code: str) -> bool:
    """Whether the payee's bank is the court's own: by its code; the order's own word counts only without a code.

    Where many banks share the first three digits only the very same branch is certainly the same bank.
    """
    code = (order.payee_bank_code or "").strip()
    if not code:
        return order.same_bank
    return code == own_code or (code[:3] == own_code[:3] and code[:3] not in SHARED_PREFIXES)


def route_of(order: PaymentOrder, own_code: str, small_value_limit: Money) -> Route:
    """Which way a payment goes."""
    if same_bank(order, own_code):
        return Route.BOOK
    return Route.SMALL if order.amount <= small_value_limit else Route.LARGE
