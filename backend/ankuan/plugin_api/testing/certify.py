"""Certify a plugin: its simulator in one process, the plugin in another, and nothing it does reaches this one."""

import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ankuan.plugin_api.testing.certificate import (
    Certificate,
    CheckResult,
    Figure,
    IndicatorResult,
    Verdict,
    result_from_record,
)
from ankuan.plugin_api.testing.child import run_job
from ankuan.plugin_api.testing.indicators import CONTRACT, INDICATORS, Indicator
from ankuan.plugin_api.testing.simulator import SimulatorProcess, has_simulator
from ankuan.plugin_api.version import PLUGIN_API_VERSION

LOAD_SECONDS: Final = 60.0
GRACE_SECONDS: Final = 10.0
"""What is left to a child beyond the limit that it keeps itself, before it is killed."""
END_SECONDS: Final = 5.0
MOST_DEATHS: Final = 25
DEFAULT_MALFORMED: Final = 1000
Progress = Callable[[CheckResult], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be certified and how.

    ``source``: a plugin's id, or ``module:function`` with ``simulator_id``. ``only``: ids of indicators; empty: all.
    ``live``: account_no, account_name, settings (and adjustment_account_no, keys) of a real endpoint in place of the
    simulator. ``standing``: faults that the simulator commits all the time. ``stop_early``: an indicator that has
    failed is not tried further. ``path``: further places of Python modules. ``longest``: seconds that a check may take
    at most, 0 leaves it to the checks. ``trusted``: run in this process, for plugins that cannot harm it.
    """

    source: str
    simulator_id: str = ""
    only: Sequence[str] = ()
    malformed: int = DEFAULT_MALFORMED
    live: Mapping[str, Any] | None = None
    standing: Sequence[Mapping[str, Any]] = ()
    stop_early: bool = False
    path: Sequence[str] = ()
    longest: float = 0.0
    trusted: bool = False


@dataclass(slots=True)
class _Run:
    """What is known so far."""

    subject: dict[str, Any] = field(default_factory=dict)
    checks: dict[str, dict[str, Any]] = field(default_factory=dict)
    results: dict[str, CheckResult] = field(default_factory=dict)
    broken: str = ""
    finished: bool = False
    deaths: int = 0


def certify(order: Order, progress: Progress | None = None, *, running: SimulatorProcess | None = None) -> Certificate:
    """Run everything. Never raises for what the plugin does; RuntimeError when its simulator does not start.

    ``running``: a simulator that is used as it is, and left running.
    """
    began, made_at = time.monotonic(), datetime.now(UTC)
    run = _Run()
    with tempfile.TemporaryDirectory(prefix="ankuan-certify-") as folder:
        simulator = running
        if running is None and order.live is None:
            simulator = _simulator(order, Path(folder))
        try:
            _run_all(order, run, simulator, Path(folder), progress or (lambda _result: None))
        finally:
            if simulator is not None and running is None:
                simulator.stop()
    endpoint = "live" if order.live is not None else f"simulator {order.simulator_id or order.source}"
    return Certificate(
        plugin_id=run.subject.get("id", order.source),
        plugin_name=run.subject.get("name", ""),
        plugin_version=run.subject.get("version", ""),
        api_version=PLUGIN_API_VERSION,
        files_sha256=run.subject.get("files_sha256", ""),
        endpoint=endpoint,
        made_at=made_at,
        seconds=round(time.monotonic() - began, 1),
        indicators=tuple(_row(indicator, order, run) for indicator in INDICATORS),
    )


def _simulator(order: Order, folder: Path) -> SimulatorProcess | None:
    wanted = order.simulator_id or order.source
    if not has_simulator(wanted):
        return None
    (folder / "bank").mkdir()
    return SimulatorProcess(wanted, folder / "bank").start()


def _run_all(order: Order, run: _Run, simulator: SimulatorProcess | None, folder: Path, progress: Progress) -> None:
    while not run.finished and not run.broken and run.deaths < MOST_DEATHS:
        job = {
            "source": order.source,
            "only": list(order.only),
            "malformed": order.malformed,
            "live": dict(order.live) if order.live is not None else None,
            "standing": [dict(fault) for fault in order.standing],
            "stop_early": order.stop_early,
            "path": list(order.path),
            "longest": order.longest,
            "done": list(run.results),
            "failed": sorted({result.indicator for result in run.results.values() if not result.passed}),
            "ready": simulator.ready if simulator is not None else None,
            "data": str(simulator.data) if simulator is not None else "",
        }
        if order.trusted:
            run_job(job, lambda told: _heard(told, run, "", 0.0, progress))
            return
        with (folder / "output").open("ab") as output:
            _one_process(job, run, output.fileno(), progress)


def _one_process(job: Mapping[str, Any], run: _Run, output: int, progress: Progress) -> None:
    """One child until it ends, dies, or takes too long over a check."""
    reading, writing = os.pipe()
    command = [sys.executable, "-m", "ankuan.plugin_api.testing.child", str(writing), json.dumps(job)]
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, pass_fds=[writing], start_new_session=True
    )
    os.close(writing)
    current, deadline, rest = "", time.monotonic() + LOAD_SECONDS, b""
    why = "the process ended"
    try:
        while not run.finished and not run.broken:
            left = deadline - time.monotonic()
            limit = min(left, job["longest"]) + GRACE_SECONDS / 4 if job["longest"] else left + GRACE_SECONDS
            ready, _, _ = select.select([reading], [], [], max(0.0, limit))
            part = os.read(reading, 65_536) if ready else b""
            if not part:
                why = "the process ended" if ready else "no end within the time limit; the process was stopped"
                break
            *lines, rest = (rest + part).split(b"\n")
            for line in lines:
                current, deadline = _heard(json.loads(line), run, current, deadline, progress)
    finally:
        os.close(reading)
        status = _ended(child, kill=not run.finished and not run.broken)
    if run.finished and status != 0:
        _died(run, "the_process_ends_by_itself", CONTRACT, f"after the last check: status {status}", progress)
    elif not run.finished and not run.broken:
        run.deaths += 1
        if not run.subject:
            run.broken = f"{why} while the plugin was loaded (status {status})"
        elif current:
            _died(run, current, run.checks[current]["indicator"], f"{why} (status {status})", progress)
        else:
            _died(run, f"between_checks_{run.deaths}", CONTRACT, f"{why} (status {status})", progress)


def _heard(told: dict[str, Any], run: _Run, current: str, deadline: float, progress: Progress) -> tuple[str, float]:
    now = time.monotonic()
    if "broken" in told:
        run.broken = told["broken"]
    elif "subject" in told:
        run.subject, run.checks = told["subject"], {one["name"]: one for one in told["checks"]}
        return "", now
    elif "begin" in told:
        return told["begin"], now + float(run.checks[told["begin"]]["seconds"])
    elif "end" in told:
        result = result_from_record(told["end"])
        run.results[result.check] = result
        progress(result)
        return "", now
    elif "finished" in told:
        run.finished = True
    return current, deadline


def _died(run: _Run, check: str, indicator: str, message: str, progress: Progress) -> None:
    run.results[check] = CheckResult(check, indicator, False, 0.0, message)
    progress(run.results[check])


def _ended(child: "subprocess.Popen[bytes]", *, kill: bool) -> int:
    if kill:
        child.kill()
    try:
        return child.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


# ---------------------------------------------------------------- rows of the certificate


def _row(indicator: Indicator, order: Order, run: _Run) -> IndicatorResult:
    results = [result for result in run.results.values() if result.indicator == indicator.id]
    failures = tuple(result for result in results if not result.passed)
    if run.broken and indicator.id == CONTRACT:
        failures = (CheckResult("the_plugin_can_be_loaded", CONTRACT, False, 0.0, run.broken),)
    verdict, note = _verdict(indicator, order, run, results, failures)
    return IndicatorResult(
        number=indicator.number,
        id=indicator.id,
        title=indicator.title,
        title_en=indicator.title_en,
        verdict=verdict,
        checks=max(len(results), len(failures)),
        figures=_figures(results),
        failures=failures,
        note=note,
    )


def _verdict(
    indicator: Indicator,
    order: Order,
    run: _Run,
    results: Sequence[CheckResult],
    failures: Sequence[CheckResult],
) -> tuple[Verdict, str]:
    if failures:
        return Verdict.FAIL, ""
    if results:
        return Verdict.PASS, ""
    if run.broken:
        return Verdict.NOT_RUN, "插件未能装载 the plugin could not be loaded"
    if any(one["indicator"] == indicator.id for one in run.checks.values()):
        reason = "仅限模拟器 needs a simulator" if order.live is not None else "未选 not selected"
        return Verdict.NOT_RUN, reason
    if indicator.id == "security.signatures" and "front_end_signs" in run.subject.get("facts", ()):
        return Verdict.NOT_DECLARED, "不适用：由银行前置机签名 not applicable: front-end signs"
    return Verdict.NOT_DECLARED, "插件未声明 not declared by the plugin"


def _figures(results: Sequence[CheckResult]) -> tuple[Figure, ...]:
    return tuple({figure.name: figure for result in results for figure in result.figures}.values())
