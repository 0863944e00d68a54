"""What a bank can do, declared once and obeyed by work-flows, screens and the certification kit.

A field that names an ability goes with a Protocol of ``ankuan.plugin_api.bank``: declared and implemented are one, and
the kit checks it.
"""

from dataclasses import dataclass, fields
from datetime import time, timedelta


@dataclass(frozen=True, slots=True)
class Hours:
    """When a bank takes something, in China's time: ``opens`` up to, and not including, ``closes``."""

    opens: time
    closes: time
    working_days_only: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class BankCapabilities:
    """What this bank can do. Work-flows and screens offer nothing that is not declared here."""

    # Sub-accounts
    sub_accounts_online: bool = False
    """Opens sub-accounts by message (``OpensSubAccounts``)."""
    sub_accounts_pool: bool = False
    """Generates sub-accounts in bulk and tells their numbers page by page (``ListsSubAccounts``)."""
    sub_accounts_per_call: int = 1
    """How many one opening message holds. The platform still hands over any number; the plugin divides."""
    sub_accounts_capacity: int | None = None
    """How many one main account can have, where the bank's numbers end; ``None``: more than a million."""

    # Orders
    pay_from_sub_account: bool = False
    """A payment is drawn on the case's own sub-account. Otherwise every payment is drawn on the main account."""
    adjustments: bool = False
    """Moves money that waits on the public adjustment account to a sub-account (``Adjusts``)."""
    transfers: bool = False
    """Moves money between sub-accounts, and between a sub-account and the main account (``Transfers``)."""
    batch_limit: int = 1
    """Payments in one message (``PaysBatches``); 1: single payments only."""
    realtime_result: bool = False
    """The answer to a submission may be ``settled``. Without it ``accepted`` is the best a submission can hear."""
    manual_confirm: bool = False
    """Somebody confirms every payment in the bank's own e-banking: it waits as ``awaiting_bank`` until then."""
    paper: bool = False
    """Orders are printed and carried to the bank (``PrintsOrders``); statements tell what became of them."""
    answers_queries: bool = True
    """The bank can be asked what became of an order. Without it only its statements prove anything."""
    query_after: timedelta = timedelta(0)
    """The bank asks not to be queried sooner than this after a submission."""

    # What is told
    statements_pull: bool = True
    """Bookings can be read at any time (``BankConnector.fetch_lines``). Without it they come by file."""
    statements_push: bool = False
    """The bank calls back (``ReadsNotices``). What it says is a hint; a query or a poll confirms."""
    balances: bool = True
    """Balances can be read."""
    receipts: bool = False
    """Electronic receipts (回单) can be fetched (``GivesReceipts``)."""
    account_check: bool = False
    """Name and number of a payee can be checked before money moves (``ChecksAccounts``)."""

    # Form and hours
    client_ref_max_length: int = 20
    client_ref_alphabet: str = "0123456789"
    encoding: str = "utf-8"
    """Python's name of the character set in which names are sent; what it can't write is never sent."""
    payments: Hours | None = None
    """When payments are taken at all; ``None``: always. Outside of it an order waits with its time stated."""
    large_value: Hours | None = None
    """Hours of the large-value system (大额支付), for amounts above ``small_value_limit_fen``."""
    small_value_limit_fen: int = 5_000_000
    """Largest amount that goes by the small-value system at any hour, in fen. A plugin that declares a setting
    ``small_value_limit`` of kind ``money`` lets each account agree on another one with its bank."""

    @property
    def opens_sub_accounts(self) -> bool:
        """Whether a pool of sub-accounts can be filled without a person."""
        return self.sub_accounts_online or self.sub_accounts_pool

    def declared(self) -> tuple[str, ...]:
        """Names of the yes-or-no abilities that are declared, in the order above."""
        return tuple(field.name for field in fields(self) if getattr(self, field.name) is True)
