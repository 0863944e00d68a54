"""Enums of money in as GraphQL shows them, each value described."""

from ankuan.collection.rules import ReceiptStatus, SubAccountStatus
from ankuan.platform.graphql.enums import describe_enum

describe_enum(
    ReceiptStatus,
    "How much of a receipt belongs to cases.",
    {
        "UNIDENTIFIED": "Nothing: nobody knows yet whose money it is (不明款).",
        "PARTLY_ALLOCATED": "A part; the rest is unidentified.",
        "ALLOCATED": "All of it.",
    },
)
describe_enum(
    SubAccountStatus,
    "Where a sub-account stands in its life.",
    {
        "FREE": "In the pool.",
        "BOUND": "Stands for one case.",
        "FROZEN": "Still stands for its case, but takes no more money.",
        "CLOSED": "Stands for no case any more; late money is unidentified.",
        "COOLING": "Waits until it may be given to another case.",
    },
)
