"""A missing prerequisite gets one clear line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ankuan.cli import prerequisites

SCRIPT = prerequisites.__file__


def run(*wanted: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **({"PATH": str(path)} if path else {})}
    return subprocess.run(
        [sys.executable, SCRIPT, *wanted], env=environment, check=False, capture_output=True, text=True
    )


def fake(folder: Path, name: str, output: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\necho {output}\n")
    program.chmod(0o755)


def test_silent_when_nothing_is_missing(tmp_path: Path) -> None:
    for name in ("node", "npm"):
        fake(tmp_path, name, "v22.1.0")
    done = run("python", "node", path=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_no_node(tmp_path: Path) -> None:
    done = run("node", path=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "install Node.js 20.19 or newer" in done.stderr


def test_node_without_npm(tmp_path: Path) -> None:
    fake(tmp_path, "node", "v20.19.0")
    assert "npm was not found" in run("node", path=tmp_path).stderr


@pytest.mark.parametrize("version", ["v18.20.1", "v20.18.9", "nonsense"])
def test_old_node(tmp_path: Path, version: str) -> None:
    for name in ("node", "npm"):
        fake(tmp_path, name, version)
    assert f"this is {version}" in run("node", path=tmp_path).stderr


def test_old_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prerequisites, "PYTHON", (99, 1))
    assert "Python 99.1 or newer is needed" in (prerequisites.python_problem() or "")


def test_python_without_venv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert "python3-venv" in (prerequisites.python_problem() or "")
