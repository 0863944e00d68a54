"""How the way to a fund account's bank is, as GraphQL shows it."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import strawberry

from ankuan.banking.graphql import loaders
from ankuan.banking.graphql.bank import BankType, bank_type
from ankuan.banking.graphql.certificate import CertificateSummary, certificate_summary
from ankuan.banking.graphql.messages import BankMessageType, bank_message_type
from ankuan.banking.graphql.signer_keys import nearest_end
from ankuan.banking.graphql.types import FundAccountType, fund_account_type
from ankuan.banking.integration_queries import Condition, Integration, last_messages
from ankuan.banking.tables import PluginState
from ankuan.platform.graphql.connection import Node
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.enums import describe_enum
from ankuan.platform.graphql.ids import global_id
from ankuan.platform.paging import InvalidPage
from ankuan.platform.plugins.circuit import CircuitState
from ankuan.platform.plugins.installed import installed_plugins
from ankuan.registry.graphql import CourtType, load_court

MOST_MESSAGES = 50
HowMany = Annotated[int, strawberry.argument(description="How many, at most 50.")]


class PluginStatus(StrEnum):
    """How far a plugin has come."""

    SIMULATOR = "simulator"
    JOINT_TESTED = "joint-tested"
    PRODUCTION = "production"


describe_enum(
    PluginStatus,
    "How far a plugin has come, by its manifest.",
    {
        "SIMULATOR": "It works against its simulator; it has not met the bank.",
        "JOINT_TESTED": "It has been tested together with the bank.",
        "PRODUCTION": "It is in use.",
    },
)
describe_enum(
    CircuitState,
    "Whether calls to a bank go through.",
    {
        "CLOSED": "They do.",
        "OPEN": "The bank did not answer; nothing is sent until the time of the next try.",
        "HALF_OPEN": "One call is being tried.",
    },
)
describe_enum(
    Condition,
    "One word for how a fund account's bank is reached, the worst first.",
    {
        "PLUGIN_MISSING": "The bank's plugin is not installed, or was left out.",
        "SWITCHED_OFF": "A person has switched the bank's plugin off.",
        "CIRCUIT_OPEN": "The bank does not answer; the next try has a time.",
        "FAILING": "The last look at the bank's bookings failed.",
        "PROBING": "The bank did not answer lately and is being tried.",
        "NEVER_REACHED": "No call has ever been answered.",
        "CERTIFICATE_ENDING": "A certificate of the keys ends within 30 days.",
        "NORMAL": "The bank answers.",
        "BY_FILE": "Nothing is called: orders and bookings go by paper and files.",
        "INACTIVE": "The fund account is not in use.",
    },
    name="IntegrationCondition",
)


@strawberry.type(name="BankCircuit", description="The breaker between us and a bank.")
class CircuitType:
    """Circuit."""

    state: CircuitState = strawberry.field(description="Whether calls go through.")
    since: datetime | None = strawberry.field(description="Since when it is so.")
    retry_at: datetime | None = strawberry.field(description="When the next call is tried.")
    last_error: str | None = strawberry.field(description="What went wrong last, in the platform's words.")


@strawberry.type(name="BankQueue", description="Orders of a fund account whose fate is open, by state.")
class QueueType:
    """Queue."""

    ready: int = strawberry.field(description="To be sent.")
    sending: int = strawberry.field(description="Being sent.")
    accepted: int = strawberry.field(description="The bank works on them.")
    unknown: int = strawberry.field(description="Nobody knows yet what became of them.")
    awaiting_bank: int = strawberry.field(description="Somebody at the bank must confirm them.")
    oldest_since: datetime | None = strawberry.field(description="When the oldest of them was ordered.")


@strawberry.type(description="Whether the bank's plugin is switched on.")
class PluginSwitch:
    """Switch."""

    enabled: bool = strawberry.field(description="It is on.")
    changed_by: str | None = strawberry.field(description="Who switched it last.")
    changed_at: datetime | None = strawberry.field(description="When.")
    reason: str | None = strawberry.field(description="Why.")


@strawberry.type(name="Integration", description="A fund account and the way to its bank.")
class IntegrationType(Node):
    """One integration. Its id is another one than the fund account's."""

    condition: Condition = strawberry.field(description="How the bank is reached, in one word.")
    fund_account: FundAccountType = strawberry.field(description="The fund account.")
    circuit: CircuitType = strawberry.field(description="The breaker between us and the bank.")
    last_ok_at: datetime | None = strawberry.field(description="When the bank answered last.")
    latency_p50_ms: int | None = strawberry.field(description="Median of the recent calls; null before the first.")
    latency_p99_ms: int | None = strawberry.field(description="99th percentile of the recent calls.")
    calls_last_hour: int = strawberry.field(
        description="Calls to its endpoint in the last hour, of all accounts there."
    )
    failures_last_hour: int = strawberry.field(description="How many of them had no usable answer.")
    queue: QueueType = strawberry.field(description="Orders whose fate is open.")
    polled_at: datetime | None = strawberry.field(description="When the bank last answered with its bookings.")
    poll_failures: int = strawberry.field(description="How often in a row this has failed since.")
    row: strawberry.Private[Integration]

    @strawberry.field(description="Court that owns the account.")
    async def court(self, info: Information) -> CourtType:
        """The court."""
        return await load_court(info, self.row.account.court_id)

    @strawberry.field(description="The bank and what it can do; null while its plugin is not installed.")
    def bank(self, info: Information) -> BankType | None:
        """The bank."""
        plugin = info.context.plugins.banks.get(self.row.account.bank_id)
        return bank_type(plugin) if plugin else None

    @strawberry.field(description="Version of the plugin that acts.")
    def plugin_version(self, info: Information) -> str | None:
        """Version."""
        return info.context.plugins.versions.get(self.row.account.bank_id)

    @strawberry.field(description="How far the plugin has come; null when it does not say.")
    def plugin_status(self) -> PluginStatus | None:
        """Status."""
        return status_of(self.row.account.bank_id)

    @strawberry.field(description="Whether the plugin is switched on, and who says so.")
    async def plugin(self, info: Information) -> PluginSwitch:
        """Through the request's loader."""
        return await load_switch(info, self.row.account.bank_id)

    @strawberry.field(description="Days until the first certificate of its keys ends; null: no key, or none tells.")
    async def certificate_days_left(self, info: Information) -> int | None:
        """Days."""
        found = await nearest_end(info, self.row.account)
        if found is None or found.not_after is None:
            return None
        end = found.not_after if found.not_after.tzinfo is not None else found.not_after.replace(tzinfo=UTC)
        return (end - info.context.clock.now()).days

    @strawberry.field(description="Whom that certificate names; the name of the key where it does not tell.")
    async def certificate_subject(self, info: Information) -> str | None:
        """Key."""
        found = await nearest_end(info, self.row.account)
        return (found.subject or found.name) if found is not None else None

    @strawberry.field(description="The plugin's last certification; null when there is none.")
    def certificate(self, info: Information) -> CertificateSummary | None:
        """Summary."""
        return certificate_summary(info, self.row.account.bank_id)

    @strawberry.field(
        description="The last messages to and from the bank, the newest first; texts are asked one by one."
    )
    async def last_messages(self, info: Information, first: HowMany = 20) -> list[BankMessageType]:
        """Facts about messages."""
        if not 0 <= first <= MOST_MESSAGES:
            raise InvalidPage(f"最多 {MOST_MESSAGES} 条", f"first must be at most {MOST_MESSAGES}", field="first")
        account = self.row.account
        async with info.context.read() as session:
            found = await last_messages(session, court_id=account.court_id, fund_account_id=account.id, first=first)
        return [bank_message_type(row, account.bank_id) for row in found]


def status_of(plugin_id: str) -> PluginStatus | None:
    """The status in the manifest of the plugin that has this id."""
    told = next((one.status for one in installed_plugins().values() if one.id == plugin_id), "")
    return PluginStatus(told) if told in set(PluginStatus) else None


async def load_switch(info: Information, plugin_id: str) -> PluginSwitch:
    """The last switch of a plugin, one query for all siblings."""
    return plugin_switch(await loaders.switches(info).load(plugin_id))


def plugin_switch(row: PluginState | None) -> PluginSwitch:
    """Present a switch; a plugin that was never switched is on."""
    if row is None:
        return PluginSwitch(enabled=True, changed_by=None, changed_at=None, reason=None)
    return PluginSwitch(enabled=row.enabled, changed_by=row.changed_by, changed_at=row.changed_at, reason=row.reason)


def integration_type(row: Integration) -> IntegrationType:
    """Present an integration."""
    account, endpoint, queue = row.account, row.endpoint, row.queue
    is_measured = endpoint is not None and endpoint.calls > 0
    return IntegrationType(
        id=integration_id(account.court_id, account.id),
        condition=row.condition,
        fund_account=fund_account_type(account),
        circuit=CircuitType(
            state=CircuitState(endpoint.state) if endpoint else CircuitState.CLOSED,
            since=endpoint.since if endpoint else None,
            retry_at=endpoint.retry_at if endpoint else None,
            last_error=(endpoint.last_error or None) if endpoint else None,
        ),
        last_ok_at=endpoint.last_ok_at if endpoint else None,
        latency_p50_ms=endpoint.p50_ms if endpoint and is_measured else None,
        latency_p99_ms=endpoint.p99_ms if endpoint and is_measured else None,
        calls_last_hour=row.calls_last_hour,
        failures_last_hour=row.failures_last_hour,
        queue=QueueType(
            ready=queue.ready,
            sending=queue.sending,
            accepted=queue.accepted,
            unknown=queue.unknown,
            awaiting_bank=queue.awaiting_bank,
            oldest_since=queue.oldest_since,
        ),
        polled_at=account.polled_at,
        poll_failures=account.poll_failures,
        row=row,
    )


def integration_id(court_id: int, fund_account_id: UUID) -> strawberry.ID:
    """Global id of an integration."""
    return global_id("Integration", court_id, fund_account_id)
