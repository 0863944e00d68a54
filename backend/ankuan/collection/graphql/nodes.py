"""Look-up by global id. Each function answers ``None`` for what is not there or not in the viewer's sight."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from ankuan.collection import queries
from ankuan.collection.graphql.types import (
    AllocationType,
    ReceiptType,
    SubAccountType,
    allocation_type,
    receipt_type,
    sub_account_type,
)
from ankuan.platform.graphql.connection import Node
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.ids import Ref


async def receipt_node(info: Information, ref: Ref) -> ReceiptType | None:
    """A receipt, by ``receipt.read``."""
    key = (ref.court_id, ref.uuid)
    async with info.context.read() as session:
        found = (await queries.receipts_by_id(session, [key])).get(key)
    if found is None:
        return None
    info.context.gate.require(info.context.actor, "receipt.read", court_id=found.court_id)
    return receipt_type(found)


async def allocation_node(info: Information, ref: Ref) -> AllocationType | None:
    """An allocation, by ``receipt.read``."""
    key = (ref.court_id, ref.uuid)
    async with info.context.read() as session:
        found = (await queries.allocations_by_id(session, [key])).get(key)
        if found is None:
            return None
        receipt = await queries.get_receipt(session, court_id=found.court_id, receipt_id=found.receipt_id)
    info.context.gate.require(info.context.actor, "receipt.read", court_id=found.court_id)
    return allocation_type(found, receipt)


async def sub_account_node(info: Information, ref: Ref) -> SubAccountType | None:
    """A sub-account, by ``fund_account.read``."""
    try:
        async with info.context.read() as session:
            found = await queries.get_sub_account(session, court_id=ref.court_id, sub_account_id=ref.uuid)
    except queries.SubAccountNotFound:
        return None
    info.context.gate.require(info.context.actor, "fund_account.read", court_id=found.court_id)
    return sub_account_type(found)


NODES: Final[Mapping[str, Callable[[Information, Ref], Awaitable[Node | None]]]] = {
    "Allocation": allocation_node,
    "Receipt": receipt_node,
    "SubAccount": sub_account_node,
}
