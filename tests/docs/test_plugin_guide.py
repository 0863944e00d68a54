"""The guide for authors of plugins: its commands are run word for word, its examples are modules that run."""

import ast
import importlib.util
import os
import subprocess
import sys
import sysconfig
import venv
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from uuid import UUID

import pytest

from ankuan.platform.plugins import load_plugins
from ankuan.plugin_api.events import EventListener, ToldEvent
from tests.docs.pages import ROOT, Block, blocks

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
ORDER_ID = UUID(int=7)
GUIDE = ROOT / "docs" / "plugins.md"


def examples() -> list[Block]:
    return [block for block in blocks("python") if block.page == GUIDE]


def example(word: str) -> Block:
    (found,) = [block for block in examples() if word in block.text]
    return found


def load(name: str, block: Block, folder: Path) -> ModuleType:
    """The text as a module, imported like any other."""
    file = folder / f"{name}.py"
    file.write_text(block.text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout's folder with an environment of its own, on top of this one: what is installed there stays there."""
    folder = tmp_path_factory.mktemp("workshop")
    (folder / "plugins").mkdir()
    venv.create(folder / ".venv", with_pip=False, symlinks=True)
    (site,) = (folder / ".venv" / "lib").glob("python*/site-packages")
    # site.addsitedir, not a path alone: the editable installs of this environment stand in .pth files.
    above = sysconfig.get_path("purelib")
    (site / "above.pth").write_text(f"import site; site.addsitedir({above!r})\n", encoding="utf-8")
    command = folder / ".venv" / "bin" / "ankuan"
    command.write_text(f"#!{folder}/.venv/bin/python\nfrom ankuan.cli.main import app\napp()\n", encoding="utf-8")
    command.chmod(0o755)
    return folder


def commands() -> list[str]:
    (block,) = [block for block in blocks("sh") if block.page == GUIDE and "plugin new" in block.text]
    return block.text.splitlines()


def test_the_commands_lead_from_nothing_to_a_certificate(workshop: Path) -> None:
    said: dict[str, str] = {}
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    for command in commands():
        done = subprocess.run(
            ["bash", "-c", command], check=False, cwd=workshop, capture_output=True, text=True, env=environment
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        said[command.split()[2]] = done.stdout
    assert "in order" in said["check"]
    assert "不合格 0" in said["certify"]
    assert "robustness.wire" in said["certify"]
    assert "[A] The wire is one JSON object each way." in said["show"]
    assert (workshop / "plugins" / "bank_demo" / "ankuan_bank_demo" / "mapping.py").exists()


async def test_the_listener_hears_and_bears_repetition(tmp_path: Path) -> None:
    counter = load("counter_example", example("class Counter"), tmp_path)
    host = load_plugins(extra=[counter])
    listener = host.listeners["counter"]
    assert isinstance(listener, EventListener)
    event = ToldEvent("9-1", "receipt.arrived", 1, ORDER_ID, {}, NOW)
    await listener.told(event)
    await listener.told(event)
    assert listener.seen == {"9-1"}  # type: ignore[attr-defined]  # of the example's own class
    del sys.modules["counter_example"]


def test_the_certification_is_the_one_that_is_scaffolded() -> None:
    scaffolded = ROOT / "backend/ankuan/assets/scaffold/bank/tests/test_certification.py.tmpl"
    written = scaffolded.read_text(encoding="utf-8").replace("@id@", "bank_demo")
    assert ast.dump(ast.parse(example("BankCertification").text)) in _without_docstring(written)


def _without_docstring(text: str) -> str:
    tree = ast.parse(text)
    tree.body = [
        node for node in tree.body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]
    return ast.dump(tree)


def test_examples_import_nothing_of_the_platforms_inside() -> None:
    allowed = ("ankuan.plugin_api", "ankuan.kernel", "ankuan_")
    for block in examples():
        imported = [n.module or "" for n in ast.walk(ast.parse(block.text)) if isinstance(n, ast.ImportFrom)]
        assert [m for m in imported if m.startswith("ankuan") and not m.startswith(allowed)] == [], str(block)
