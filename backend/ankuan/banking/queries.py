"""Reads of fund accounts, lines, instructions and imports. Row-level security applies to all of them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_

from ankuan.banking.connect_bank import connect_fund_account
from ankuan.banking.tables import (
    BankLine,
    CaseAccount,
    FundAccount,
    Instruction,
    StatementImport,
    StatementImportRow,
)
from ankuan.banking.transitions import FINAL, InstructionState
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.platform.db import ReadSession
from ankuan.platform.paging import Keyset, Page, fetch_page

__all__ = [
    "BankLineNotFound",
    "FundAccountNotFound",
    "case_account",
    "connect_fund_account",
    "default_fund_account",
    "fund_accounts_active",
    "fund_accounts_by_id",
    "fund_accounts_of",
    "get_fund_account",
    "get_line",
    "imports_by_id",
    "instructions_by_id",
    "instructions_by_origin",
    "open_adjustments",
    "search_fund_accounts",
    "search_import_rows",
    "search_imports",
    "search_instructions",
    "sub_account_home",
]

Refs = Collection[tuple[int, UUID]]


class FundAccountNotFound(AnkuanError):
    """No such fund account within the caller's scope."""

    code = "fund_account_not_found"
    kind = ErrorKind.NOT_FOUND


class BankLineNotFound(AnkuanError):
    """No such line within the caller's scope."""

    code = "bank_line_not_found"
    kind = ErrorKind.NOT_FOUND


async def get_fund_account(session: ReadSession, *, court_id: int, fund_account_id: UUID) -> FundAccount:
    """The account. Raises :class:`FundAccountNotFound`."""
    found = await session.scalar(
        select(FundAccount).where(FundAccount.court_id == court_id, FundAccount.id == fund_account_id)
    )
    if found is None:
        raise FundAccountNotFound("案款专户不存在", "No such fund account", field="fundAccountId")
    return found


async def fund_accounts_of(session: ReadSession, court_id: int) -> Sequence[FundAccount]:
    """All accounts of a court, the oldest first."""
    found = await session.scalars(select(FundAccount).where(FundAccount.court_id == court_id).order_by(FundAccount.id))
    return found.all()


async def fund_accounts_active(session: ReadSession) -> Sequence[FundAccount]:
    """Active accounts of all courts in scope."""
    found = await session.scalars(
        select(FundAccount).where(FundAccount.active).order_by(FundAccount.court_id, FundAccount.id)
    )
    return found.all()


async def sub_account_home(session: ReadSession, *, court_id: int) -> FundAccount | None:
    """The account in which cases get their sub-accounts: the court's oldest active one whose bank has such."""
    return await session.scalar(
        select(FundAccount)
        .where(FundAccount.court_id == court_id, FundAccount.active, FundAccount.has_sub_accounts)
        .order_by(FundAccount.id)
        .limit(1)
    )


async def default_fund_account(session: ReadSession, *, court_id: int) -> FundAccount | None:
    """The account that is meant when none is named: the court's oldest active one."""
    return await session.scalar(
        select(FundAccount)
        .where(FundAccount.court_id == court_id, FundAccount.active)
        .order_by(FundAccount.id)
        .limit(1)
    )


async def get_line(session: ReadSession, *, court_id: int, line_id: UUID) -> BankLine:
    """The line. Raises :class:`BankLineNotFound`."""
    found = await session.scalar(select(BankLine).where(BankLine.court_id == court_id, BankLine.id == line_id))
    if found is None:
        raise BankLineNotFound("银行流水不存在", "No such bank line")
    return found


async def case_account(session: ReadSession, court_id: int, case_id: UUID) -> CaseAccount | None:
    """The virtual account of a case, if it has one."""
    return await session.scalar(
        select(CaseAccount).where(CaseAccount.court_id == court_id, CaseAccount.case_id == case_id)
    )


async def open_adjustments(session: ReadSession, court_id: int, case_id: UUID, fund_account_id: UUID) -> int:
    """Adjustments of a case within a fund account whose fate the bank has not told yet."""
    return int(
        await session.scalar(
            select(func.count()).where(
                Instruction.court_id == court_id,
                Instruction.case_id == case_id,
                Instruction.fund_account_id == fund_account_id,
                Instruction.purpose == "adjustment",
                Instruction.state.not_in([state.value for state in FINAL]),
            )
        )
        or 0
    )


async def instructions_by_origin(
    session: ReadSession, court_id: int, origin_ids: Collection[UUID]
) -> dict[UUID, list[Instruction]]:
    """The instructions issued for each origin (disbursement line, allocation), the oldest first."""
    found: dict[UUID, list[Instruction]] = defaultdict(list)
    rows = await session.scalars(
        select(Instruction)
        .where(Instruction.court_id == court_id, Instruction.origin_id.in_(origin_ids))
        .order_by(Instruction.id)
    )
    for row in rows:
        found[row.origin_id].append(row)
    return dict(found)


async def fund_accounts_by_id(session: ReadSession, refs: Refs) -> dict[tuple[int, UUID], FundAccount]:
    """Those of the accounts that exist in scope, by (court, id)."""
    rows = await session.scalars(
        select(FundAccount).where(tuple_(FundAccount.court_id, FundAccount.id).in_(list(refs)))
    )
    return {(row.court_id, row.id): row for row in rows}


async def instructions_by_id(session: ReadSession, refs: Refs) -> dict[tuple[int, UUID], Instruction]:
    """Those of the instructions that exist in scope, by (court, id)."""
    rows = await session.scalars(
        select(Instruction).where(tuple_(Instruction.court_id, Instruction.id).in_(list(refs)))
    )
    return {(row.court_id, row.id): row for row in rows}


async def imports_by_id(session: ReadSession, refs: Refs) -> dict[tuple[int, UUID], StatementImport]:
    """Those of the imports that exist in scope, by (court, id)."""
    rows = await session.scalars(
        select(StatementImport).where(tuple_(StatementImport.court_id, StatementImport.id).in_(list(refs)))
    )
    return {(row.court_id, row.id): row for row in rows}


async def search_fund_accounts(
    session: ReadSession, *, courts: Collection[int] | None, first: int = 50, after: str | None = None
) -> Page[FundAccount]:
    """Accounts, the oldest first. ``courts`` None: all in scope. Raises ``InvalidPage``."""
    statement = select(FundAccount)
    if courts is not None:
        statement = statement.where(FundAccount.court_id.in_(courts))
    keyset = Keyset((FundAccount.id,), (UUID,), descending=False)
    return await fetch_page(session, statement, keyset, first=first, after=after)


async def search_instructions(
    session: ReadSession,
    *,
    courts: Collection[int] | None,
    states: Collection[InstructionState] = (),
    purpose: str | None = None,
    case_id: UUID | None = None,
    first: int = 50,
    after: str | None = None,
) -> Page[Instruction]:
    """Instructions, the newest first. Raises ``InvalidPage``."""
    statement = select(Instruction)
    if courts is not None:
        statement = statement.where(Instruction.court_id.in_(courts))
    if states:
        statement = statement.where(Instruction.state.in_([state.value for state in states]))
    if purpose is not None:
        statement = statement.where(Instruction.purpose == purpose)
    if case_id is not None:
        statement = statement.where(Instruction.case_id == case_id)
    return await fetch_page(session, statement, Keyset((Instruction.id,), (UUID,)), first=first, after=after)


async def search_imports(
    session: ReadSession,
    *,
    courts: Collection[int] | None,
    fund_account_id: UUID | None = None,
    first: int = 50,
    after: str | None = None,
) -> Page[StatementImport]:
    """Imported statements, the newest first. Raises ``InvalidPage``."""
    statement = select(StatementImport)
    if courts is not None:
        statement = statement.where(StatementImport.court_id.in_(courts))
    if fund_account_id is not None:
        statement = statement.where(StatementImport.fund_account_id == fund_account_id)
    return await fetch_page(session, statement, Keyset((StatementImport.id,), (UUID,)), first=first, after=after)


async def search_import_rows(
    session: ReadSession,
    *,
    court_id: int,
    import_id: UUID,
    outcome: str | None = None,
    first: int = 100,
    after: str | None = None,
) -> Page[Any]:
    """Rows of one import in the order of the file. Raises ``InvalidPage``."""
    statement = select(StatementImportRow).where(
        StatementImportRow.court_id == court_id, StatementImportRow.import_id == import_id
    )
    if outcome is not None:
        statement = statement.where(StatementImportRow.outcome == outcome)
    keyset = Keyset((StatementImportRow.row_no,), (int,), descending=False)
    return await fetch_page(session, statement, keyset, first=first, after=after)
