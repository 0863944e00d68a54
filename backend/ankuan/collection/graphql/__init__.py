"""GraphQL parts of money in."""

import ankuan.collection.graphql.enums  # noqa: F401 - describes the enums before a type uses them
from ankuan.collection.graphql.mutation import CollectionMutation
from ankuan.collection.graphql.nodes import NODES
from ankuan.collection.graphql.query import CollectionQuery
from ankuan.collection.graphql.subscription import CollectionSubscription
from ankuan.collection.graphql.types import ReceiptType, SubAccountType, receipt_type

__all__ = [
    "NODES",
    "CollectionMutation",
    "CollectionQuery",
    "CollectionSubscription",
    "ReceiptType",
    "SubAccountType",
    "receipt_type",
]
