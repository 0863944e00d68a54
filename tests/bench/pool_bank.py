"""A bank that has generated sub-accounts, as many as are asked for, at next to no cost of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ankuan.plugin_api.bank import (
    BankAnswer,
    BankBalance,
    BankCapabilities,
    FundAccountRef,
    LinePage,
    OpenedSubAccount,
    PaymentOrder,
    PluginServices,
    Setting,
    SingleOrder,
    SubAccountPage,
)
from ankuan.plugin_api.errors import NotOffered

PAGE = 10_000


@dataclass
class PoolBank:
    """Implements ``BankPlugin``, ``BankConnector`` and ``ListsSubAccounts``; ``generated`` is how many it tells."""

    generated: int = 0
    id: str = "bank_citic"
    display_name: str = "批量银行"
    bank_code_prefix: str = "999"
    capabilities: BankCapabilities = field(default_factory=lambda: BankCapabilities(sub_accounts_pool=True))
    settings: tuple[Setting, ...] = ()

    def validate_settings(self, settings: Mapping[str, str]) -> None:
        """Nothing to enter."""

    def connect(self, account: FundAccountRef, services: PluginServices) -> "PoolBank":
        """Itself."""
        return self

    async def list_sub_accounts(self, cursor: str | None) -> SubAccountPage:
        """Numbers in their order; the cursor is how many were told."""
        start = int(cursor or "0")
        end = min(start + PAGE, self.generated)
        told = tuple(OpenedSubAccount(number_of(place), "案款专户子账户") for place in range(start, end))
        return SubAccountPage(told, str(end), end < self.generated)

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        """No lines."""
        return LinePage((), cursor or "", False)

    async def balance(self, sub_account_no: str | None = None) -> BankBalance:
        """Not offered."""
        raise NotOffered("balance")

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        """Not offered."""
        raise NotOffered("pay")

    async def query(self, order: SingleOrder) -> BankAnswer:
        """Not offered."""
        raise NotOffered("query")

    async def aclose(self) -> None:
        """Nothing is open."""


def number_of(place: int) -> str:
    """19 digits, as CITIC's are."""
    return f"8112{place:015d}"
