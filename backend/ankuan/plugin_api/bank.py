"""Banks: who a bank is, what it can do, and what is said to it. All money is ``kernel.money.Money`` (fen, CNY).

Every bank implements :class:`BankPlugin` and :class:`BankConnector`. What only some banks can do stands in a Protocol
of its own below, and goes with the ability of the same line in ``BankCapabilities``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from ankuan.plugin_api.accounts import AccountCheck, AccountClaim
from ankuan.plugin_api.answers import (
    AnswerState,
    BankAnswer,
    BankNotice,
    BatchAnswer,
    IncomingNotice,
    NoticeKind,
    PaperOrder,
)
from ankuan.plugin_api.bookings import (
    BankBalance,
    BankLine,
    BankReceipt,
    LineDirection,
    LineKind,
    LinePage,
    OpenedSubAccount,
    OpenedSubAccounts,
    SubAccountPage,
)
from ankuan.plugin_api.capabilities import BankCapabilities, Hours
from ankuan.plugin_api.orders import AdjustmentOrder, BatchOrder, PaymentOrder, SingleOrder, TransferOrder
from ankuan.plugin_api.services import PluginServices
from ankuan.plugin_api.settings import Setting, SettingKind

__all__ = [
    "AccountCheck",
    "AccountClaim",
    "AdjustmentOrder",
    "Adjusts",
    "AnswerState",
    "BankAnswer",
    "BankBalance",
    "BankCapabilities",
    "BankConnector",
    "BankLine",
    "BankNotice",
    "BankPlugin",
    "BankReceipt",
    "BatchAnswer",
    "BatchOrder",
    "ChecksAccounts",
    "FundAccountRef",
    "GivesReceipts",
    "Hours",
    "IncomingNotice",
    "LineDirection",
    "LineKind",
    "LinePage",
    "ListsSubAccounts",
    "NoticeKind",
    "OpenedSubAccount",
    "OpenedSubAccounts",
    "OpensSubAccounts",
    "PaperOrder",
    "PaymentOrder",
    "PaysBatches",
    "PluginServices",
    "PrintsOrders",
    "ReadsNotices",
    "Setting",
    "SettingKind",
    "SingleOrder",
    "SubAccountPage",
    "TransferOrder",
    "Transfers",
]


@dataclass(frozen=True, slots=True)
class FundAccountRef:
    """The court's real account at the bank, as a connector needs it. ``settings`` passed ``validate_settings``."""

    account_no: str
    account_name: str
    adjustment_account_no: str | None
    settings: Mapping[str, str] = field(default_factory=dict)


# ---------------------------------------------------------------- connectors


@runtime_checkable
class BankConnector(Protocol):
    """A live connection to one bank for one fund account. All methods are coroutines and safe to run side by side.

    ``pay`` and ``query`` never raise for what happens on the wire: they answer ``unknown``. They raise
    :class:`ankuan.plugin_api.errors.CannotExpress` before anything is sent. Reads raise ``BankUnreachable``,
    ``MalformedAnswer`` or ``BankRefused``; what a bank can't do at all raises ``NotOffered``.
    """

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        """Lines after ``cursor`` (``None``: from the beginning the bank keeps)."""
        ...

    async def balance(self, sub_account_no: str | None = None) -> BankBalance:
        """Balance of the main account, or of one sub-account."""
        ...

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        """Submit once. The bank sees ``order.client_ref`` and refuses a second execution of it."""
        ...

    async def query(self, order: SingleOrder) -> BankAnswer:
        """Ask what became of an order; an answer about another amount or payee is ``unknown`` with an alarm."""
        ...

    async def aclose(self) -> None:
        """Give back connections."""
        ...


@runtime_checkable
class OpensSubAccounts(Protocol):
    """Goes with ``sub_accounts_online``."""

    async def open_sub_accounts(self, names: tuple[str, ...]) -> OpenedSubAccounts:
        """Open one sub-account a name. Raises a read error only when none was opened."""
        ...


@runtime_checkable
class ListsSubAccounts(Protocol):
    """Goes with ``sub_accounts_pool``."""

    async def list_sub_accounts(self, cursor: str | None) -> SubAccountPage:
        """Sub-accounts of the main account after ``cursor`` (``None``: from the first). Raises read errors."""
        ...


@runtime_checkable
class Adjusts(Protocol):
    """Goes with ``adjustments``."""

    async def adjust(self, order: AdjustmentOrder) -> BankAnswer:
        """Submit an adjustment once, by the rules of ``pay``."""
        ...


@runtime_checkable
class Transfers(Protocol):
    """Goes with ``transfers``."""

    async def transfer(self, order: TransferOrder) -> BankAnswer:
        """Submit a transfer under the main account once, by the rules of ``pay``."""
        ...


@runtime_checkable
class PaysBatches(Protocol):
    """Goes with ``batch_limit`` above 1."""

    async def pay_batch(self, batch: BatchOrder) -> BatchAnswer:
        """Submit up to ``batch_limit`` orders once, by the rules of ``pay``. Later each order is queried by itself."""
        ...


@runtime_checkable
class GivesReceipts(Protocol):
    """Goes with ``receipts``."""

    async def receipt(self, line: BankLine) -> BankReceipt | None:
        """The electronic receipt of a booking; ``None`` while the bank has none. Raises read errors."""
        ...


@runtime_checkable
class ChecksAccounts(Protocol):
    """Goes with ``account_check``."""

    async def check_account(self, claim: AccountClaim) -> AccountCheck:
        """Ask whether name and number belong together. Answers ``unknown`` for what happens on the wire."""
        ...


@runtime_checkable
class ReadsNotices(Protocol):
    """Goes with ``statements_push``."""

    async def read_notice(self, notice: IncomingNotice) -> BankNotice:
        """Check the signature and the time, then read. Raises ``ForgedNotice`` or ``MalformedAnswer``. No network."""
        ...


@runtime_checkable
class PrintsOrders(Protocol):
    """Goes with ``paper``."""

    def paper_order(self, order: PaymentOrder) -> PaperOrder:
        """The sheet for one order: the same order gives the same sheet. Raises ``CannotExpress``."""
        ...


ABILITIES: Mapping[str, type] = {
    "sub_accounts_online": OpensSubAccounts,
    "sub_accounts_pool": ListsSubAccounts,
    "adjustments": Adjusts,
    "transfers": Transfers,
    "receipts": GivesReceipts,
    "account_check": ChecksAccounts,
    "statements_push": ReadsNotices,
    "paper": PrintsOrders,
}
"""Ability of ``BankCapabilities`` -> Protocol of the connector. ``PaysBatches`` goes with ``batch_limit`` > 1."""


@runtime_checkable
class BankPlugin(Protocol):
    """What the hook returns: who this bank is, what it can do, and how to connect a fund account to it."""

    @property
    def id(self) -> str:
        """Stable id, e.g. ``bank_citic``."""
        ...

    @property
    def display_name(self) -> str:
        """Chinese name shown to people, e.g. 中信银行."""
        ...

    @property
    def bank_code_prefix(self) -> str:
        """First three digits of the bank's CNAPS codes; tells payments inside the bank from others."""
        ...

    @property
    def capabilities(self) -> BankCapabilities:
        """Declared once, obeyed everywhere."""
        ...

    @property
    def settings(self) -> tuple[Setting, ...]:
        """What an administrator enters for each fund account. The host checks it, and shows it as a form."""
        ...

    def validate_settings(self, settings: Mapping[str, str]) -> None:
        """Check beyond the form. Raises :class:`ankuan.plugin_api.errors.InvalidSettings` naming the field."""
        ...

    def connect(self, account: FundAccountRef, services: PluginServices) -> BankConnector:
        """Make a connector. Must not touch the network yet."""
        ...
