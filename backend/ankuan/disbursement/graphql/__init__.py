"""GraphQL parts of the disbursement room."""

from ankuan.disbursement.graphql import enums as enums
from ankuan.disbursement.graphql.mutation import DisbursementMutation
from ankuan.disbursement.graphql.nodes import NODES
from ankuan.disbursement.graphql.query import DisbursementQuery
from ankuan.disbursement.graphql.subscription import DisbursementSubscription
from ankuan.disbursement.graphql.types import DisbursementType

__all__ = ["NODES", "DisbursementMutation", "DisbursementQuery", "DisbursementSubscription", "DisbursementType"]
