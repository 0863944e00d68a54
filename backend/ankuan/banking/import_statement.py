"""Import a bank statement file: what can be used becomes bank lines, the rest is listed with its reason."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import insert

from ankuan.banking.paper_payments import refs_in
from ankuan.banking.polled_twins import polled_twins
from ankuan.banking.queries import get_fund_account
from ankuan.banking.record_lines import Feed, record_lines
from ankuan.banking.statement_rules import Judged, Reason, judge
from ankuan.banking.statements.read_camt053 import read_camt053
from ankuan.banking.statements.read_mt940 import read_mt940
from ankuan.banking.statements.rows import Entry
from ankuan.banking.tables import FundAccount, StatementImport, StatementImportRow
from ankuan.kernel.clock import business_date
from ankuan.kernel.ids import content_digest, digest, new_id
from ankuan.kernel.money import Money
from ankuan.platform.db import WriteSession
from ankuan.plugin_api.bank import BankLine, LineDirection, LineKind

_AT_ONCE = 1000


class StatementFormat(StrEnum):
    """Formats of statement files."""

    MT940 = "mt940"
    CAMT053 = "camt053"


_READERS = {StatementFormat.MT940: read_mt940, StatementFormat.CAMT053: read_camt053}
_FEEDS: dict[StatementFormat, Feed] = {StatementFormat.MT940: "mt940", StatementFormat.CAMT053: "camt053"}


@dataclass(frozen=True, slots=True)
class ImportedStatement:
    """Counts of an import; ``recorded + duplicates + rejected`` is the number of rows in the file."""

    import_id: UUID
    rows: int
    recorded: int
    duplicates: int
    rejected: int


async def import_statement(
    session: WriteSession,
    *,
    court_id: int,
    fund_account_id: UUID,
    file_name: str,
    content: bytes,
    format: StatementFormat,  # noqa: A002 - the field's name
    now: datetime,
) -> ImportedStatement:
    """Import a file. Imported again, its rows are duplicates, by keys that follow from their content.

    Raises ``FundAccountNotFound``, ``StatementUnreadable``.
    """
    account = await get_fund_account(session, court_id=court_id, fund_account_id=fund_account_id)
    today = business_date(now)
    statements = await asyncio.to_thread(_READERS[format], content)
    judged = [
        row
        for statement in statements
        for row in judge(statement, account_no=account.account_no, today=today, takes_debits=account.files_decide)
    ]
    remarks = [row.entry.remark for row in judged if row.reason is None and row.entry and not row.entry.is_credit]
    lines = _lines(format, judged, await refs_in(session, account, remarks))
    await _take_out_twins(session, account, judged, lines, _FEEDS[format])
    usable = [line for line in lines if line is not None]
    line_ids: dict[str, UUID] = {}
    new: set[UUID] = set()
    for start in range(0, len(usable), _AT_ONCE):
        recorded = await record_lines(
            session,
            court_id=court_id,
            fund_account_id=fund_account_id,
            lines=usable[start : start + _AT_ONCE],
            source=_FEEDS[format],
            now=now,
        )
        line_ids |= recorded.line_ids
        new |= set(recorded.new_ids)
    import_id = new_id()
    rows = [
        {"court_id": court_id, "import_id": import_id, "row_no": number}
        | _outcome(verdict, line_ids.get(line.bank_key) if line else None, new)
        for number, (verdict, line) in enumerate(zip(judged, lines, strict=True), 1)
    ]
    counts = Counter(str(row["outcome"]) for row in rows)
    imported = ImportedStatement(import_id, len(rows), counts["recorded"], counts["duplicate"], counts["rejected"])
    session.add(
        StatementImport(
            court_id=court_id,
            id=import_id,
            fund_account_id=fund_account_id,
            file_name=file_name,
            sha256=digest(content),
            format=format.value,
            imported_at=now,
            imported_by=session.actor.name,
            row_count=imported.rows,
            recorded=imported.recorded,
            duplicates=imported.duplicates,
            rejected=imported.rejected,
        )
    )
    await session.flush()
    if rows:
        await session.execute(insert(StatementImportRow), rows)
    return imported


async def _take_out_twins(
    session: WriteSession, account: FundAccount, judged: list[Judged], lines: list[BankLine | None], feed: Feed
) -> None:
    """Reject rows that may be what the bank's own feed has told in other words."""
    told = [line for line in lines if line is not None]
    doubtful = await polled_twins(
        session, court_id=account.court_id, fund_account_id=account.id, lines=told, source=feed
    )
    for index, line in enumerate(lines):
        if line is not None and line.bank_key in doubtful:
            judged[index], lines[index] = Judged(judged[index].row, Reason.LIKE_A_POLLED_LINE), None


def _outcome(verdict: Judged, line_id: UUID | None, new: set[UUID]) -> dict[str, object]:
    outcome = "rejected" if verdict.reason else "recorded" if line_id in new else "duplicate"
    entry = verdict.entry
    return {
        "outcome": outcome,
        "reason": verdict.reason.value if verdict.reason else None,
        "text": verdict.row.text.replace("\x00", ""),
        "amount_fen": (entry.amount_fen if entry.is_credit else -entry.amount_fen) if entry else None,
        "line_id": line_id,
    }


def _lines(
    format: StatementFormat,  # noqa: A002 - as above
    judged: Sequence[Judged],
    refs: Mapping[str, str],
) -> list[BankLine | None]:
    """A line for each row that is taken. Equal rows of one file are numbered, so that two stay two.

    ``refs``: remark of money out -> the reference of ours that stands in it.
    """
    seen: Counter[str] = Counter()
    lines: list[BankLine | None] = []
    for verdict in judged:
        entry = verdict.entry
        if verdict.reason is not None or entry is None:
            lines.append(None)
            continue
        content = _content_key(entry)
        seen[content] += 1
        client_ref = None if entry.is_credit else refs.get(entry.remark)
        lines.append(_line(f"{format.value}:{content}:{seen[content]}", entry, client_ref))
    return lines


def _content_key(entry: Entry) -> str:
    parts = [entry.booked_on, str(entry.amount_fen), entry.bank_ref, entry.counter_name, entry.counter_account]
    return content_digest([*parts, entry.remark, *([] if entry.is_credit else ["debit"])])[:40]


def _line(key: str, entry: Entry, client_ref: str | None) -> BankLine:
    return BankLine(
        bank_key=key,
        direction=LineDirection.CREDIT if entry.is_credit else LineDirection.DEBIT,
        kind=LineKind.EXTERNAL,
        amount=Money(entry.amount_fen),
        booked_on=entry.booked_on,
        booked_at=None,
        sub_account_no=None,
        counter_name=entry.counter_name,
        counter_account=entry.counter_account,
        counter_bank=entry.counter_bank,
        remark=entry.remark,
        bank_ref=entry.bank_ref or None,
        client_ref=client_ref,
    )
