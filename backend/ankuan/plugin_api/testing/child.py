"""The process in which one plugin is certified: ``python -m ankuan.plugin_api.testing.child DESCRIPTOR JSON``.

It may print, leak, hang or die: only what it writes to the descriptor counts, one JSON object a line.
"""

import ast
import asyncio
import contextlib
import json
import linecache
import os
import sys
import time
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from ankuan.plugin_api.bank import FundAccountRef
from ankuan.plugin_api.testing.attached import AttachedSimulator
from ankuan.plugin_api.testing.bench import Bench
from ankuan.plugin_api.testing.certificate import CheckResult
from ankuan.plugin_api.testing.check import Check, applicable
from ankuan.plugin_api.testing.connecting import live, simulated
from ankuan.plugin_api.testing.indicators import CONTRACT
from ankuan.plugin_api.testing.subject import Subject, load_subject

LONGEST_VALUE: Final = 160
_CHECKS: Final = str(Path(__file__).parent)


def main(arguments: list[str]) -> None:
    """Do one job and tell of it in lines of JSON."""
    out = os.fdopen(int(arguments[0]), "w", encoding="utf-8", buffering=1)
    job: dict[str, Any] = json.loads(arguments[1])
    sys.path[:0] = job["path"]
    run_job(job, lambda told: out.write(json.dumps(told, ensure_ascii=False) + "\n"))


def run_job(job: dict[str, Any], hear: Callable[[dict[str, Any]], object]) -> None:
    """Load the plugin, tell what it is, run its checks, each in an event loop of its own."""

    def tell(**told: Any) -> None:
        hear(told)

    try:
        subject = load_subject(job["source"])
        checks = applicable(subject.facts)
        tell(subject=_described(subject), checks=[_listed(one) for one in checks])
    except BaseException as error:  # noqa: BLE001 - a plugin may raise anything, SystemExit among it
        tell(broken=_said(error))
        return
    failed: set[str] = set(job["failed"])
    for one in wanted(checks, job):
        if job["stop_early"] and one.indicator in failed:
            continue
        tell(begin=one.name)
        result = _run(one, subject, job)
        if not result.passed:
            failed.add(one.indicator)
        tell(end=asdict(result))
    tell(finished=True)


def wanted(checks: tuple[Check, ...], job: dict[str, Any]) -> Iterator[Check]:
    """Those of the indicators asked for, that are not done, and that may be run where the bank is."""
    for one in checks:
        asked = not job["only"] or one.indicator in job["only"]
        possible = job["live"] is None or (one.live and one.indicator != "")
        if asked and possible and one.name not in job["done"]:
            yield one


def _described(subject: Subject) -> dict[str, Any]:
    plugin = subject.plugin
    return {
        "id": str(plugin.id),
        "name": str(plugin.display_name),
        "version": subject.distribution_version,
        "files_sha256": subject.files_sha256,
        "facts": sorted(subject.facts),
    }


def _listed(one: Check) -> dict[str, Any]:
    return {"name": one.name, "indicator": one.indicator, "seconds": one.seconds, "live": one.live}


def _run(one: Check, subject: Subject, job: dict[str, Any]) -> CheckResult:
    began = time.monotonic()
    bench_of: list[Bench] = []
    message = ""
    try:
        asyncio.run(_checked(one, subject, job, bench_of))
    except BaseException as error:  # noqa: BLE001 - as above
        message = _said(error)
    figures = tuple(bench_of[0].figures) if bench_of else ()
    return CheckResult(one.name, one.indicator, not message, round(time.monotonic() - began, 3), message, figures)


async def _checked(one: Check, subject: Subject, job: dict[str, Any], bench_of: list[Bench]) -> None:
    before = asyncio.all_tasks()
    async with asyncio.timeout(min(one.seconds, job["longest"] or one.seconds)), _bench(subject, job) as bench:
        bench_of.append(bench)
        await one.run(bench, **one.arguments)
    await asyncio.sleep(0)
    left = {task.get_name() for task in asyncio.all_tasks() - before if not task.done()}
    if left and one.indicator == CONTRACT:
        raise AssertionError(f"tasks left behind: {', '.join(sorted(left))[:LONGEST_VALUE]}")


@asynccontextmanager
async def _bench(subject: Subject, job: dict[str, Any]) -> AsyncIterator[Bench]:
    if job["live"] is not None:
        given = job["live"]
        account = FundAccountRef(
            given["account_no"], given["account_name"], given.get("adjustment_account_no"), given["settings"]
        )
        async with live(subject, account, Path(given["keys"]) if given.get("keys") else None) as bench:
            yield bench
        return
    attached = AttachedSimulator(job["ready"], Path(job["data"])) if job["ready"] else None
    try:
        standing, malformed = job["standing"], job["malformed"]
        async with simulated(subject, attached, malformed=malformed, standing=standing) as bench:
            yield bench
    finally:
        if attached is not None:
            attached.close()


# ---------------------------------------------------------------- what went wrong


def _said(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return _said(error.exceptions[0])
    if isinstance(error, TimeoutError) and not str(error):
        return "time limit reached" + _at(error.__traceback__)
    if isinstance(error, AssertionError):
        told = str(error) or _assertion(error.__traceback__)
        return told[:1_000] + _at(error.__traceback__)
    return f"{type(error).__name__}: {error}"[:1_000] + _at(error.__traceback__)


def _frames(trace: TracebackType | None) -> list[traceback.FrameSummary]:
    return [frame for frame in traceback.extract_tb(trace) if frame.filename.startswith(_CHECKS)]


def _at(trace: TracebackType | None) -> str:
    frames = [frame for frame in _frames(trace) if f"{os.sep}checks{os.sep}" in frame.filename]
    return f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""


def _assertion(trace: TracebackType | None) -> str:
    """The assertion's text and the values of the names in it."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    frame = trace.tb_frame
    lines = linecache.getlines(frame.f_code.co_filename)
    text = "".join(lines[trace.tb_lineno - 1 : trace.tb_lineno + 2]).strip()
    with contextlib.suppress(SyntaxError):
        text = next(line for line in _statements(lines, trace.tb_lineno))
    names = {node.id for node in ast.walk(_parsed(text)) if isinstance(node, ast.Name)}
    known = {name: frame.f_locals[name] for name in sorted(names & set(frame.f_locals))}
    values = "; ".join(f"{name} = {value!r}"[:LONGEST_VALUE] for name, value in known.items() if name != "bench")
    return f"{text}  [{values}]" if values else text


def _statements(lines: list[str], number: int) -> Iterator[str]:
    source = "".join(lines)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assert) and node.lineno <= number <= (node.end_lineno or node.lineno):
            yield " ".join((ast.get_source_segment(source, node) or "").split())


def _parsed(text: str) -> ast.AST:
    try:
        return ast.parse(text)
    except SyntaxError:
        return ast.Module([], [])


if __name__ == "__main__":
    main(sys.argv[1:])
