"""Mutation ``importCases``."""

import asyncio
from datetime import datetime
from typing import Annotated, Any

import strawberry

from ankuan.platform.db import WriteSession
from ankuan.platform.files import load_file
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.errors import AnyError
from ankuan.platform.graphql.ids import expect_id
from ankuan.platform.graphql.mutation import Outcome, run_mutation
from ankuan.registry.import_cases import CaseImportRow, ImportOutcome, import_cases, read_case_table


@strawberry.input(description="Import cases from an uploaded table (CSV or XLSX).")
class ImportCasesInput:
    """Input of importCases."""

    idempotency_key: str = strawberry.field(description="Chosen by the caller; the same key acts once.")
    dry_run: bool = strawberry.field(default=False, description="Answer as if, and change nothing.")
    file_id: strawberry.ID = strawberry.field(description="The uploaded file.")


@strawberry.type(name="CaseImportRow", description="What became of one row of the table.")
class CaseImportRowType:
    """One row."""

    row_no: int = strawberry.field(description="Row number in the file, 1 being the first.")
    number: str | None = strawberry.field(description="Case number, in its normal form when it could be read.")
    outcome: str = strawberry.field(description="created, exists or rejected.")
    reason: str | None = strawberry.field(description="All that was wrong with the row, for people.")
    code: str | None = strawberry.field(description="Stable code of the first thing that was wrong.")


@strawberry.type(description="The table was read; each row says what became of it.")
class ImportCasesSuccess:
    """Success of importCases."""

    dry_run: bool = strawberry.field(description="Whether this was only a trial.")
    rows: list[CaseImportRowType] = strawberry.field(description="Every row, in the order of the file.")
    created: int = strawberry.field(description="Cases registered.")
    existing: int = strawberry.field(description="Rows whose case was registered before.")
    rejected: int = strawberry.field(description="Rows that could not be used.")


ImportCasesResult = Annotated[
    ImportCasesSuccess | AnyError, strawberry.union("ImportCasesResult", description="Outcome of importCases.")
]


async def run_import_cases(info: Information, given: ImportCasesInput) -> ImportCasesResult:
    """The mutation. A file is its court's: the cases go where it was uploaded."""
    context = info.context

    async def perform(session: WriteSession, now: datetime) -> Outcome:
        ref = expect_id(given.file_id, "File", field="fileId")
        context.gate.require(context.actor, "case.register", court_id=ref.court_id)
        file = await load_file(session, court_id=ref.court_id, file_id=ref.uuid)
        table = await asyncio.to_thread(read_case_table, file.name, file.content)
        rows = await import_cases(session, court_id=ref.court_id, rows=table, cipher=context.cipher, now=now)
        return {"rows": [_plain(row) for row in rows]}

    async def present(_: WriteSession, outcome: Outcome) -> ImportCasesSuccess:
        rows = outcome["rows"]
        return ImportCasesSuccess(
            dry_run=given.dry_run,
            rows=[_row_type(row, context.language) for row in rows],
            created=_count(rows, ImportOutcome.CREATED),
            existing=_count(rows, ImportOutcome.EXISTS),
            rejected=_count(rows, ImportOutcome.REJECTED),
        )

    return await run_mutation(info, given, perform=perform, present=present)


def _plain(row: CaseImportRow) -> dict[str, Any]:
    return {
        "row_no": row.row_no,
        "number": row.number,
        "outcome": row.outcome.value,
        "problems": [[problem.code, problem.zh, problem.en] for problem in row.problems],
    }


def _row_type(row: dict[str, Any], language: str) -> CaseImportRowType:
    problems = row["problems"]
    reasons = [en if language == "en" else zh for _, zh, en in problems]
    return CaseImportRowType(
        row_no=row["row_no"],
        number=row["number"],
        outcome=row["outcome"],
        reason=("; " if language == "en" else "；").join(reasons) or None,
        code=problems[0][0] if problems else None,
    )


def _count(rows: list[dict[str, Any]], outcome: ImportOutcome) -> int:
    return sum(row["outcome"] == outcome.value for row in rows)
