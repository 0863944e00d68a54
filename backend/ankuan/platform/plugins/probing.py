"""Is a plugin safe to import? A child process tries first: one that hangs, exits or takes the interpreter down does it
there (failures D26). Verdicts are kept in the data folder, so that later starts ask no child.

``python -m ankuan.platform.plugins.probing NAME…`` is the child: it loads the named entry points one after another,
calls their hooks, and says on standard output how far it has come.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import structlog

from ankuan.platform.plugins.manifests import fingerprint
from ankuan.plugin_api.version import ENTRY_POINT_GROUP

SECONDS_FOR_ALL = 30.0
SECONDS_FOR_ONE = 15.0
DIED = "died_or_hung"
FORGIVEN_AFTER_SECONDS = 3_600
HOOK_PREFIX = "ankuan_register_"
_MARK = "ankuan-probe "
log = structlog.get_logger(__name__)


def probe(points: Sequence[EntryPoint], cache_file: Path) -> dict[str, str]:
    """Name -> why it must not be imported; empty: it may be. Children are asked only for what is not known yet."""
    known = {mark: verdict for mark, verdict in _read(cache_file).items() if not _is_stale(verdict)}
    marks = {point.name: fingerprint(point) for point in points}
    fresh = [name for name, mark in marks.items() if mark not in known]
    if fresh:
        at = f" {int(time.time())}"
        known |= {marks[name]: verdict + at if verdict == DIED else verdict for name, verdict in _try(fresh).items()}
        _write(cache_file, {mark: known[mark] for mark in marks.values()})
    return {name: known[mark].split(" ")[0] for name, mark in marks.items()}


def _is_stale(verdict: str) -> bool:
    """A slow machine may have cut off a good plugin: who died is tried again at a start an hour later."""
    word, _, at = verdict.partition(" ")
    return word == DIED and not (at.isdigit() and 0 <= time.time() - int(at) < FORGIVEN_AFTER_SECONDS)


def _try(names: Sequence[str]) -> dict[str, str]:
    """One child for all; if it does not come through, one for each that has not been cleared by then."""
    cleared = _child(names, SECONDS_FOR_ALL)
    verdicts = dict(cleared)
    for name in names:
        if name not in verdicts:
            log.warning("plugin.probed_alone", plugin=name)
            verdicts[name] = _child([name], SECONDS_FOR_ONE).get(name, DIED)
    return verdicts


def _child(names: Sequence[str], limit: float) -> dict[str, str]:
    """What a child said of each: "" or the name of an error. One that it did not come to is missing."""
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "ankuan.platform.plugins.probing", *names],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            child.wait(limit)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        out.seek(0)
        said = out.read().decode("utf-8", "replace").splitlines()
    lines = [line.removeprefix(_MARK).split(" ") for line in said if line.startswith(_MARK)]
    return {line[0]: line[1] for line in lines if len(line) == 2 and line[0] in names}


def _read(file: Path) -> dict[str, str]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, Mapping):
        return {}
    return {mark: verdict for mark, verdict in found.items() if isinstance(mark, str) and isinstance(verdict, str)}


def _write(file: Path, verdicts: Mapping[str, str]) -> None:
    """A folder that can't be written only costs the next start its time."""
    draft = file.with_suffix(f".{os.getpid()}")
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps(verdicts, indent=1), encoding="utf-8")
        draft.replace(file)


def _main(names: Sequence[str]) -> None:
    """In the child. What plugins print themselves is no answer: the mark goes to the real standard output."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1, encoding="utf-8") as told:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        found = {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP)}
        for name in names:
            try:
                module = found[name].load()
                for hook in dir(module):
                    if hook.startswith(HOOK_PREFIX):
                        getattr(module, hook)()
            except BaseException as error:  # noqa: BLE001 - also an exit; whoever can be caught can be left out alone
                print(f"{_MARK}{name} {type(error).__name__}", file=told, flush=True)
            else:
                print(f"{_MARK}{name} ok", file=told, flush=True)
    os._exit(0)  # threads that a plugin has left behind are of no interest here


if __name__ == "__main__":
    _main(sys.argv[1:])
