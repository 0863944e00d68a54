"""Kinds of ledger accounts: on which side they grow, and which may never fall below zero. PURE."""

from enum import StrEnum


class AccountKind(StrEnum):
    """What an account of a fund account stands for (domain §4)."""

    BANK = "bank"
    """Money at the bank: the one asset; everything else says to whom it is owed."""
    CASE = "case"
    """A case's money that is available. Owner: the case."""
    HELD = "held"
    """A case's money that payouts in flight have reserved. Owner: the case."""
    UNIDENTIFIED = "unidentified"
    """Money that belongs to no case yet."""
    TREASURY_DUE = "treasury_due"
    """State revenue still to be handed over."""
    INTEREST = "interest"
    """Interest that the bank credited."""
    SUSPENSE = "suspense"
    """Open differences, of either sign."""
    IN_TRANSIT = "in_transit"
    """On the way from or to another fund account or court, of either sign."""

    @property
    def grows_by_debit(self) -> bool:
        """Whether a debit increases the balance (assets), or a credit (liabilities)."""
        return self is AccountKind.BANK

    @property
    def has_floor(self) -> bool:
        """Whether the balance may never be below zero (I2). Only such accounts keep a balance row."""
        return self in {AccountKind.CASE, AccountKind.HELD, AccountKind.UNIDENTIFIED}

    @property
    def label(self) -> str:
        """Name for people, in Chinese."""
        return _TITLES[self]


_TITLES = {
    AccountKind.BANK: "银行存款",
    AccountKind.CASE: "案件可用",
    AccountKind.HELD: "案件冻结",
    AccountKind.UNIDENTIFIED: "不明款",
    AccountKind.TREASURY_DUE: "应缴国库",
    AccountKind.INTEREST: "利息",
    AccountKind.SUSPENSE: "待查差异",
    AccountKind.IN_TRANSIT: "在途资金",
}
