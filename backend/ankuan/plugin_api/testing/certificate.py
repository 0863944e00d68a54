"""What a certification found, as a value and as a file. Standard library only: screens and programs read it."""

import json
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

FORMAT: Final = 1
_ID: Final = re.compile(r"[a-z0-9_]{1,64}")


class Verdict(StrEnum):
    """What became of an indicator."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    NOT_DECLARED = "not_declared"
    """The plugin does not claim it, or it cannot apply: ``note`` says which."""
    NOT_RUN = "not_run"
    """Left out of this run: another indicator was asked for, or it cannot be tried at a real endpoint."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Something measured."""

    name: str
    value: float
    unit: str

    def __str__(self) -> str:
        """Name, value and unit; a million is written out."""
        return f"{self.name} {self.value:.8g} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check. ``message`` says what was wrong; empty when it passed."""

    check: str
    indicator: str
    passed: bool
    seconds: float
    message: str = ""
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class IndicatorResult:
    """One row of a certificate. ``failures``: checks that did not pass, each with its message."""

    number: int
    id: str
    title: str
    title_en: str
    verdict: Verdict
    checks: int
    figures: tuple[Figure, ...] = ()
    failures: tuple[CheckResult, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was certified, against what, when, and how it went. ``files_sha256``: of all the plugin's files."""

    plugin_id: str
    plugin_name: str
    plugin_version: str
    api_version: str
    files_sha256: str
    endpoint: str
    made_at: datetime
    seconds: float
    indicators: tuple[IndicatorResult, ...]

    @property
    def passed(self) -> bool:
        """No indicator failed, and at least one was tried."""
        verdicts = [row.verdict for row in self.indicators]
        return Verdict.FAIL not in verdicts and Verdict.PASS in verdicts

    @property
    def totals(self) -> dict[str, int]:
        """How many indicators have each verdict, and how many checks were run and failed."""
        counted = {verdict.value: sum(row.verdict is verdict for row in self.indicators) for verdict in Verdict}
        failed = sum(len(row.failures) for row in self.indicators)
        return {**counted, "checks": sum(row.checks for row in self.indicators), "failed_checks": failed}

    def as_record(self) -> dict[str, Any]:
        """JSON form."""
        record = asdict(self)
        return {
            "format": FORMAT,
            **record,
            "made_at": self.made_at.isoformat(),
            "passed": self.passed,
            "totals": self.totals,
        }


def from_record(record: dict[str, Any]) -> Certificate:
    """The value of a JSON form. ValueError when it is none."""
    try:
        if record["format"] != FORMAT:
            raise ValueError(f"format {record['format']}")
        texts = ("plugin_id", "plugin_name", "plugin_version", "api_version", "files_sha256", "endpoint")
        return Certificate(
            **{name: str(record[name]) for name in texts},
            made_at=datetime.fromisoformat(record["made_at"]),
            seconds=float(record["seconds"]),
            indicators=tuple(_row(row) for row in record["indicators"]),
        )
    except (KeyError, TypeError, AttributeError) as broken:
        raise ValueError(f"not a certificate: {type(broken).__name__}") from broken


def _row(row: dict[str, Any]) -> IndicatorResult:
    failures = tuple(result_from_record(failure) for failure in row["failures"])
    changed = {"verdict": Verdict(row["verdict"]), "figures": _figures(row["figures"]), "failures": failures}
    return IndicatorResult(**{**row, **changed})


def result_from_record(record: dict[str, Any]) -> CheckResult:
    """The value of a check's JSON form."""
    return CheckResult(**{**record, "figures": _figures(record["figures"])})


def _figures(records: Sequence[dict[str, Any]]) -> tuple[Figure, ...]:
    return tuple(Figure(str(record["name"]), float(record["value"]), str(record["unit"])) for record in records)


def certificate_file(data: Path, plugin_id: str) -> Path:
    """Where a plugin's last certificate is kept. ValueError for what is no plugin's id."""
    if not _ID.fullmatch(plugin_id):
        raise ValueError("not the id of a plugin")
    return data / "certificates" / f"{plugin_id}.json"


def write_certificate(data: Path, certificate: Certificate) -> Path:
    """Keep a certificate in place of the one before; a reader sees the old or the new, never half."""
    path = certificate_file(data, certificate.plugin_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    number, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(number, "w", encoding="utf-8") as file:
        json.dump(certificate.as_record(), file, ensure_ascii=False, indent=1)
    Path(draft).replace(path)
    return path


def read_certificate(data: Path, plugin_id: str) -> Certificate | None:
    """The last certificate of a plugin, ``None`` when there is none or its file cannot be read."""
    try:
        return from_record(json.loads(certificate_file(data, plugin_id).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None
