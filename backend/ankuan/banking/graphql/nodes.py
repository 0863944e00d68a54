"""Look-up by global id. Each function answers ``None`` for what is not there or not in the viewer's sight."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from ankuan.banking import queries
from ankuan.banking.graphql.integration_query import integration_node
from ankuan.banking.graphql.messages import bank_message_node
from ankuan.banking.graphql.types import (
    FundAccountType,
    InstructionType,
    StatementImportType,
    fund_account_type,
    instruction_type,
    statement_import_type,
)
from ankuan.platform.graphql.connection import Node
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.ids import Ref


async def fund_account_node(info: Information, ref: Ref) -> FundAccountType | None:
    """A fund account, by ``fund_account.read``."""
    key = (ref.court_id, ref.uuid)
    async with info.context.read() as session:
        found = (await queries.fund_accounts_by_id(session, [key])).get(key)
    if found is None:
        return None
    info.context.gate.require(info.context.actor, "fund_account.read", court_id=found.court_id)
    return fund_account_type(found)


async def instruction_node(info: Information, ref: Ref) -> InstructionType | None:
    """An order at a bank, by ``disbursement.read``."""
    key = (ref.court_id, ref.uuid)
    async with info.context.read() as session:
        found = (await queries.instructions_by_id(session, [key])).get(key)
    if found is None:
        return None
    info.context.gate.require(info.context.actor, "disbursement.read", court_id=found.court_id)
    return instruction_type(found)


async def statement_import_node(info: Information, ref: Ref) -> StatementImportType | None:
    """An imported statement, by ``fund_account.read``."""
    key = (ref.court_id, ref.uuid)
    async with info.context.read() as session:
        found = (await queries.imports_by_id(session, [key])).get(key)
    if found is None:
        return None
    info.context.gate.require(info.context.actor, "fund_account.read", court_id=found.court_id)
    return statement_import_type(found)


NODES: Final[Mapping[str, Callable[[Information, Ref], Awaitable[Node | None]]]] = {
    "BankMessage": bank_message_node,
    "FundAccount": fund_account_node,
    "Instruction": instruction_node,
    "Integration": integration_node,
    "StatementImport": statement_import_node,
}
