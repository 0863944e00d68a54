"""The schema: the rooms' parts merged, with caches, limits and error presentation around every operation."""

from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from ankuan.api import system_fields
from ankuan.api.around import Around
from ankuan.api.shared_events import SharingExecutor
from ankuan.banking import graphql as banking
from ankuan.collection import graphql as collection
from ankuan.disbursement import graphql as disbursement
from ankuan.identity import graphql as identity
from ankuan.insight import graphql as insight
from ankuan.kernel.money import Money
from ankuan.ledger import graphql as ledger
from ankuan.platform.graphql.scalars import MONEY_SCALAR
from ankuan.registry import graphql as registry


class _Schema(strawberry.Schema):
    def process_errors(self, *_: Any) -> None:
        """Log nothing: the library would write inputs with people's names. Defects are logged where they are masked."""


def _merged(name: str, description: str, *parts: type) -> Any:
    merged = merge_types(name, parts)
    merged.__strawberry_definition__.description = description  # type: ignore[attr-defined]  # set by strawberry
    return merged


Query = _merged(
    "Query",
    "What may be read, each field by the viewer's permissions and within the viewer's courts.",
    system_fields.SystemQuery,
    identity.IdentityQuery,
    registry.RegistryQuery,
    ledger.LedgerQuery,
    banking.BankingQuery,
    collection.CollectionQuery,
    disbursement.DisbursementQuery,
    insight.InsightQuery,
)
Mutation = _merged(
    "Mutation",
    "What may be done. One a request; each answers its success or one of five errors.",
    system_fields.SystemMutation,
    registry.RegistryMutation,
    banking.BankingMutation,
    collection.CollectionMutation,
    disbursement.DisbursementMutation,
)
Subscription = _merged(
    "Subscription",
    "What is told as it happens.",
    collection.CollectionSubscription,
    disbursement.DisbursementSubscription,
)

for room in (registry, ledger, banking, collection, disbursement):
    system_fields.NODES.update(room.NODES)

schema = _Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    execution_context_class=SharingExecutor,
    config=StrawberryConfig(scalar_map={Money: MONEY_SCALAR}, disable_field_suggestions=True),
    extensions=[Around],
)
