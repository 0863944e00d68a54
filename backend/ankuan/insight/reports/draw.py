"""Draw a report: who may, of which courts, and from the books to a file on disk."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import select

from ankuan.insight.reports.cells import Totals, check_row
from ankuan.insight.reports.files import FORMATS, ReportFile
from ankuan.insight.reports.offer import ReportFailed
from ankuan.insight.reports.source import LedgerSource
from ankuan.platform.actor import Actor
from ankuan.platform.db import Database
from ankuan.platform.graphql.context import Gate
from ankuan.plugin_api.reports import Cell, ReportPeriod, ReportPlugin
from ankuan.registry.queries import get_court
from ankuan.registry.scope import courts_for
from ankuan.registry.tables import Court

PERMISSIONS: Final = ("receipt.read", "disbursement.read")
"""A report shows both, with names: who draws one must be allowed to read them."""
AT_A_TIME: Final = 250
"""Rows between two looks at everything else that the process does."""
log = structlog.get_logger(__name__)


async def draw_report(
    database: Database,
    gate: Gate,
    actor: Actor,
    *,
    report: ReportPlugin,
    court_id: int,
    period: ReportPeriod,
    ending: str,
    folder: Path,
) -> tuple[Path, str]:
    """Write the report of a court and of all below it that the actor may read into ``folder``.

    Returns the file and the name under which it is handed out. Raises ``NotAllowed``, ``NotFound`` and
    ``ReportFailed``.
    """
    for permission in PERMISSIONS:
        gate.require(actor, permission, court_id=court_id)
    path = folder / f"report.{ending}"
    # One snapshot for the whole report. A reading transaction of any length keeps no event and no other work waiting.
    snapshot = Database(database.engine.execution_options(isolation_level="REPEATABLE READ"))
    async with snapshot.read(actor) as session:
        court = await get_court(session, court_id)
        below = (await session.scalars(select(Court.id).where(Court.path.contains([court_id])))).all()
        source = LedgerSource(session, court_name=court.name, courts=[one for one in below if _in_sight(actor, one)])
        title = f"{report.title} {court.name} {period.first} 至 {period.last}"
        file = FORMATS[ending][0](path, title, report.columns)
        try:
            count = await _write(file, report, report.rows(source, period))
        except Exception as error:
            await asyncio.to_thread(file.close)
            log.exception("report.failed", report=report.id, court=court_id)
            raise ReportFailed("报表生成失败，请联系管理员", "The report could not be drawn") from error
    await asyncio.to_thread(file.close)
    log.info("report.drawn", report=report.id, court=court_id, actor=str(actor.id), rows=count)
    return path, f"{report.title}_{court.name}_{period.first:%Y%m%d}-{period.last:%Y%m%d}.{ending}"


def _in_sight(actor: Actor, court_id: int) -> bool:
    sights = [courts_for(actor, permission) for permission in PERMISSIONS]
    return all(sight is None or court_id in sight for sight in sights)


async def _write(file: ReportFile, report: ReportPlugin, rows: AsyncIterator[Sequence[Cell]]) -> int:
    """Rows are checked, summed and written some at a time, in a thread. Returns how many there were."""
    totals = Totals(report.columns)

    def take(batch: Sequence[Sequence[Cell]]) -> None:
        for row in batch:
            check_row(row, report.columns)
            totals.add(row)
        file.write(batch)

    count, batch = 0, list[Sequence[Cell]]()
    async for row in rows:
        batch.append(row)
        count += 1
        if len(batch) == AT_A_TIME:
            await asyncio.to_thread(take, batch)
            batch = []
    await asyncio.to_thread(take, batch)
    if totals.wanted:
        await asyncio.to_thread(file.write, [totals.row()])
    return count
