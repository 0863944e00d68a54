"""Invariants I1, I2 and I5 looked for in the data themselves, whatever let them break (domain §4).

The database refuses to break them and the model test tries to; these checks find what a restored backup, a direct
change by an administrator or a defect of the database left. Each is one statement, so it sees one instant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Final

from sqlalchemy import select, text

from ankuan.platform.alarms import raise_alarm, settle_alarm
from ankuan.platform.db import ReadSession, WriteSession
from ankuan.platform.tables import Alarm


@dataclass(frozen=True, slots=True)
class RuntimeCheck:
    """``sql/<name>.sql`` answers one row (subject, found) for each damage in the court ``:court``."""

    name: str
    invariant: str
    zh: str

    @property
    def alarm_kind(self) -> str:
        """Kind of the alarm that a damage raises."""
        return f"invariant.{self.name}"

    @property
    def sql(self) -> str:
        """The statement."""
        return (files("ankuan.control") / "sql" / f"{self.name}.sql").read_text(encoding="utf-8")


CHECKS: Final = (
    RuntimeCheck("entry_unbalanced", "I1", "分录金额或账户不合法"),
    RuntimeCheck("balance_differs", "I1", "余额与分录合计不符"),
    RuntimeCheck("fold_differs", "I1", "日汇总与分录合计不符"),
    RuntimeCheck("balance_below_zero", "I2", "账户余额低于零"),
    RuntimeCheck("held_differs", "I2", "冻结余额与在途冻结合计不符"),
    RuntimeCheck("hold_moved_wrongly", "I5", "冻结的支出或解除与分录不符"),
    RuntimeCheck("payment_moved_twice", "I5", "同一付款资金变动不止一次，或与账面不符"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A damage: which check found it, at what, and what was found."""

    court_id: int
    check: RuntimeCheck
    subject: str
    found: str

    @property
    def message(self) -> str:
        """Text of the alarm."""
        return f"{self.check.invariant} {self.check.zh}：{self.subject}（{self.found}）"


async def find_damage(session: ReadSession, *, court_id: int, checks: Sequence[RuntimeCheck] = CHECKS) -> list[Finding]:
    """Run the checks over one court; the answer is empty when all is well."""
    findings = []
    for check in checks:
        rows = (await session.execute(text(check.sql), {"court": court_id})).all()
        findings += [Finding(court_id, check, str(row.subject), str(row.found)) for row in rows]
    return findings


async def report_damage(session: WriteSession, *, court_id: int, findings: Sequence[Finding], now: datetime) -> None:
    """Raise an alarm for each finding, and settle those of these checks whose reason is gone."""
    for finding in findings:
        await raise_alarm(
            session,
            court_id=court_id,
            kind=finding.check.alarm_kind,
            subject_key=finding.subject,
            message=finding.message,
            now=now,
        )
    standing = {(f.check.alarm_kind, f.subject) for f in findings}
    kinds = [check.alarm_kind for check in CHECKS]
    open_alarms = await session.execute(
        select(Alarm.kind, Alarm.subject_key).where(
            Alarm.court_id == court_id, Alarm.kind.in_(kinds), Alarm.cleared_at.is_(None)
        )
    )
    for row in open_alarms.all():
        if (row.kind, row.subject_key) not in standing:
            await settle_alarm(session, court_id=court_id, kind=row.kind, subject_key=row.subject_key, now=now)
