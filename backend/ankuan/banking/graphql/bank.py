"""What a bank can do, as GraphQL shows it: screens offer nothing that is not declared."""

import strawberry

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import BankPlugin
from ankuan.plugin_api.capabilities import BankCapabilities, Hours


@strawberry.type(name="BankHours", description="When a bank takes something, in China's time.")
class BankHoursType:
    """Hours."""

    opens: str = strawberry.field(description="First moment, as HH:MM.")
    closes: str = strawberry.field(description="First moment at which it is closed again, as HH:MM.")
    working_days_only: bool = strawberry.field(description="Closed on weekends and holidays.")


@strawberry.type(name="BankCapabilities", description="What a bank declares that it can do.")
class BankCapabilitiesType:
    """Abilities, limits and hours."""

    sub_accounts_online: bool = strawberry.field(description="Opens sub-accounts by message.")
    sub_accounts_pool: bool = strawberry.field(description="Generates sub-accounts in bulk.")
    pay_from_sub_account: bool = strawberry.field(description="Payments are drawn on the case's own sub-account.")
    adjustments: bool = strawberry.field(description="Moves claimed money to a sub-account (调账).")
    transfers: bool = strawberry.field(description="Moves money between accounts under the main account.")
    batch_limit: int = strawberry.field(description="Payments in one message; 1: single payments only.")
    realtime_result: bool = strawberry.field(description="A submission may be answered with its execution.")
    manual_confirm: bool = strawberry.field(description="Somebody confirms every payment in the bank's e-banking.")
    paper: bool = strawberry.field(description="Orders are printed and carried to the bank.")
    answers_queries: bool = strawberry.field(description="Can be asked what became of an order.")
    statements_pull: bool = strawberry.field(description="Bookings can be read at any time.")
    statements_push: bool = strawberry.field(description="The bank calls back.")
    balances: bool = strawberry.field(description="Balances can be read.")
    receipts: bool = strawberry.field(description="Electronic receipts (回单) can be fetched.")
    account_check: bool = strawberry.field(description="Name and number of a payee can be checked.")
    payments: BankHoursType | None = strawberry.field(description="When payments are taken; null: always.")
    large_value: BankHoursType | None = strawberry.field(description="Hours of the large-value system; null: always.")
    small_value_limit: Money = strawberry.field(description="Largest amount to another bank outside of those hours.")


@strawberry.type(name="Bank", description="A bank, by its plugin.")
class BankType:
    """Who a bank is, and what it can do."""

    id: strawberry.ID = strawberry.field(description="Id of the plugin.")
    name: str = strawberry.field(description="Name of the bank in Chinese.")
    capabilities: BankCapabilitiesType = strawberry.field(description="What it can do.")


def bank_type(plugin: BankPlugin) -> BankType:
    """Present a bank."""
    return BankType(
        id=strawberry.ID(plugin.id), name=plugin.display_name, capabilities=_capabilities(plugin.capabilities)
    )


def _capabilities(bank: BankCapabilities) -> BankCapabilitiesType:
    return BankCapabilitiesType(
        sub_accounts_online=bank.sub_accounts_online,
        sub_accounts_pool=bank.sub_accounts_pool,
        pay_from_sub_account=bank.pay_from_sub_account,
        adjustments=bank.adjustments,
        transfers=bank.transfers,
        batch_limit=bank.batch_limit,
        realtime_result=bank.realtime_result,
        manual_confirm=bank.manual_confirm,
        paper=bank.paper,
        answers_queries=bank.answers_queries,
        statements_pull=bank.statements_pull,
        statements_push=bank.statements_push,
        balances=bank.balances,
        receipts=bank.receipts,
        account_check=bank.account_check,
        payments=_hours(bank.payments),
        large_value=_hours(bank.large_value),
        small_value_limit=Money(bank.small_value_limit_fen),
    )


def _hours(hours: Hours | None) -> BankHoursType | None:
    if hours is None:
        return None
    return BankHoursType(
        opens=f"{hours.opens:%H:%M}", closes=f"{hours.closes:%H:%M}", working_days_only=hours.working_days_only
    )
