"""``ankuan plugin new | check | list | show``."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ankuan.cli.listener import free_port
from ankuan.cli.main import app
from ankuan.cli.plugin_check import findings
from ankuan.cli.plugin_manifest import accepts
from ankuan.cli.plugin_new import kinds
from ankuan.cli.simulators import NoSuchSimulator, choose_ports, wanted_simulators
from ankuan.platform.plugins.assumptions import documented_assumptions
from tests.tidy.source import ROOT

PLUGINS = sorted(path.parent for path in (ROOT / "plugins").glob("*/manifest.toml"))


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["plugin", *words])
    return done.exit_code, done.output


def new(folder: Path, kind: str = "bank", name: str = "demo") -> Path:
    code, said = run("new", kind, name, "--title", "示例银行", "--folder", str(folder))
    assert code == 0, said
    return Path(said.splitlines()[0])


@pytest.mark.parametrize("kind", kinds())
def test_what_is_made_is_in_order(tmp_path: Path, kind: str) -> None:
    made = new(tmp_path, kind)
    assert findings(made) == []
    assert not [path for path in made.rglob("*") if path.is_file() and re.search(r"@[a-z]+@", path.read_text("utf-8"))]
    code, said = run("new", kind, "demo", "--folder", str(tmp_path))
    assert code == 1
    assert "already" in said


@pytest.mark.parametrize("kind", kinds())
def test_the_tests_of_what_is_made_pass(tmp_path: Path, kind: str) -> None:
    made = new(tmp_path, kind)
    tests = [str(path) for path in (made / "tests").glob("test_*.py") if path.name != "test_certification.py"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", *tests],
        check=False,
        capture_output=True,
        text=True,
        cwd=made,
        env={"PYTHONPATH": f"{made}:{made / 'simulator'}", "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("kind", "name"), [("bank", "Demo"), ("bank", "../x"), ("bank", ""), ("tank", "demo")])
def test_names_and_kinds_that_do_not_fit(tmp_path: Path, kind: str, name: str) -> None:
    code, said = run("new", kind, name, "--folder", str(tmp_path))
    assert code == 1, said
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("folder", PLUGINS, ids=lambda path: path.name)
def test_every_plugin_of_the_house_is_in_order(folder: Path) -> None:
    assert findings(folder) == []


BREAKS = {
    "no manifest": ("manifest.toml", None, None),
    "an api from the future": ("manifest.toml", ">=1.0,<2", ">=9.0,<10"),
    "nobody signs": ("manifest.toml", "signed_by", "sealed_by"),
    "an unknown status": ("manifest.toml", '"simulator"', '"certified"'),
    "no entry point": ("pyproject.toml", "[project.entry-points.ankuan]", "[project.entry-points.other]"),
    "another room of the house": (
        "ankuan_bank_demo/mapping.py",
        "from typing",
        "import ankuan.ledger\nfrom typing",
    ),
    "code of the simulator": ("ankuan_bank_demo/lines.py", "from typing", "import ankuan_simcore\nfrom typing"),
    "a partial table": ("ankuan_bank_demo/mapping.py", "table.get(code)", "SUBMIT_STATES[code]"),
    "a float near money": ("ankuan_bank_demo/messages.py", "Money(value)", "Money(int(float(value)))"),
    "a simulator that uses the plugin": (
        "simulator/ankuan_bank_demo_simulator/wire.py",
        "import json",
        "import json\nimport ankuan_bank_demo",
    ),
    "no assumptions": ("README.md", "## Documented assumptions", "## Nothing"),
    "an assumption without its mark": ("README.md", "[A] Code", "Code"),
    "a fixture without origin": ("fixtures/PROVENANCE.md", "`lines`", "lines"),
    "no certification": ("tests/test_certification.py", None, None),
    "a syntax error": ("ankuan_bank_demo/lines.py", "def line_of", "def def line_of"),
}


@pytest.mark.parametrize("break_name", BREAKS)
def test_each_thing_that_is_looked_at_can_be_wrong(tmp_path: Path, break_name: str) -> None:
    made = new(tmp_path)
    file, old, put = BREAKS[break_name]
    if old is None:
        (made / file).unlink()
    else:
        text = (made / file).read_text("utf-8")
        assert old in text
        (made / file).write_text(text.replace(old, put or ""), "utf-8")
    assert findings(made)
    code, said = run("check", str(made))
    assert code == 1
    assert "findings" in said


@pytest.mark.parametrize(
    ("wanted", "fits"), [(">=1.0,<2", True), (">=0.1,<0.2", False), (">=1.1,<2", False), ("1.0", False), ("", False)]
)
def test_ranges_of_the_api(wanted: str, fits: bool) -> None:
    assert accepts(wanted, "1.0.0") is fits


def test_show_lists_the_assumptions_and_settings() -> None:
    code, said = run("show", "bank_citic")
    assert code == 0
    for assumption in documented_assumptions(ROOT / "plugins" / "bank_citic"):
        assert assumption in said
    assert "endpoint" in said
    assert run("show", "bank_nowhere")[0] == 1


def test_list_names_every_installed_plugin() -> None:
    code, said = run("list")
    assert code == 0
    assert [path.name for path in PLUGINS if path.name not in said] == []


def test_simulators_are_chosen_by_name() -> None:
    assert wanted_simulators("bank_citic, bank_ccb") == ["bank_citic", "bank_ccb"]
    assert {"bank_citic", "bank_paper"} <= set(wanted_simulators("all"))
    with pytest.raises(NoSuchSimulator, match="bank_nowhere"):
        wanted_simulators("bank_citic,bank_nowhere")


def test_simulators_that_join_later_take_nobodys_ports(tmp_path: Path) -> None:
    base = free_port("127.0.0.1", 0)
    (first,) = choose_ports(tmp_path, base, ["bank_citic"])
    later = choose_ports(tmp_path, base, wanted_simulators("all"))
    ports = [port for one in later for port in (one.port, one.admin_port)]
    assert len(set(ports)) == len(ports) >= 18
    assert (first.port, first.admin_port) in {(one.port, one.admin_port) for one in later if one.name == "bank_citic"}
