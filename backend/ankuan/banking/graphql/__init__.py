"""GraphQL parts of banking. Rooms above use the types and the batched ``load_…`` functions."""

from ankuan.banking.graphql.enums import InstructionPurpose
from ankuan.banking.graphql.mutation import BankingMutation
from ankuan.banking.graphql.nodes import NODES
from ankuan.banking.graphql.query import BankingQuery
from ankuan.banking.graphql.types import (
    FundAccountType,
    InstructionType,
    StatementImportType,
    fund_account_type,
    instruction_type,
    load_fund_account,
    load_instruction,
    statement_import_type,
)

__all__ = [
    "NODES",
    "BankingMutation",
    "BankingQuery",
    "FundAccountType",
    "InstructionPurpose",
    "InstructionType",
    "StatementImportType",
    "fund_account_type",
    "instruction_type",
    "load_fund_account",
    "load_instruction",
    "statement_import_type",
]
