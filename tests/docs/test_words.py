"""What can be set, raised, told or answered stands in the documentation."""

import importlib
import json
import re
import tomllib

import pytest

from ankuan.api.schema import schema
from ankuan.api.system_fields import ALARM_TITLES
from ankuan.banking.rules import AlarmKind
from ankuan.control.runtime_checks import CHECKS
from ankuan.disbursement.rules import STATUS_TITLES, Kind
from ankuan.disbursement.titles import kind_title
from ankuan.kernel.errors import ErrorKind
from ankuan.platform.settings import Settings
from ankuan.plugin_api.bank import AnswerState, BankCapabilities
from ankuan.plugin_api.events import event_kinds
from ankuan.plugin_api.hooks import AnkuanSpec
from ankuan.plugin_api.version import PLUGIN_API_VERSION
from ankuan.registry.policies import packaged_default
from tests.docs.alarm_kinds import raised_kinds
from tests.docs.pages import ROOT, page, text_of_docs

OPERATING = ROOT / "docs" / "operating.md"
PLUGINS = ROOT / "docs" / "plugins.md"


def code_in(path_text: str) -> set[str]:
    return set(page(ROOT / "docs" / path_text).inline_code)


def alarm_table() -> dict[str, tuple[str, str, str]]:
    rows = re.findall(
        r"^\| `([a-z_.]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", OPERATING.read_text(encoding="utf-8"), re.MULTILINE
    )
    return {kind: (title.strip(), meaning.strip(), act.strip()) for kind, title, meaning, act in rows}


def test_every_setting_stands_in_the_reference() -> None:
    named = code_in("reference/settings.md")
    assert [f"ANKUAN_{name.upper()}" for name in Settings.model_fields if f"ANKUAN_{name.upper()}" not in named] == []


def test_every_variable_that_the_docs_name_exists() -> None:
    known = {f"ANKUAN_{name.upper()}" for name in Settings.model_fields}
    known |= {"ANKUAN_OWNER_PASSWORD", "ANKUAN_APP_PASSWORD"}  # of docker/compose.yaml
    known |= {"ANKUAN_SIMULATORS"}  # of ankuan up
    for readme in (ROOT / "plugins").glob("*/README.md"):  # plugins have variables of their own
        known |= set(re.findall(r"\bANKUAN_[A-Z_]+\b", readme.read_text(encoding="utf-8")))
    assert set(re.findall(r"\bANKUAN_[A-Z_]+\b", text_of_docs())) - known == set()


def test_every_alarm_stands_in_the_table_with_what_to_do() -> None:
    table = alarm_table()
    kinds = raised_kinds() | {kind.value for kind in AlarmKind} | {check.alarm_kind for check in CHECKS}
    assert len(kinds) > 20
    assert kinds - table.keys() == set(), "docs/operating.md does not tell what to do at these"
    assert table.keys() - kinds == set(), "nobody raises these"
    assert all(all(cells) for cells in table.values())


def test_titles_of_alarms_are_those_of_the_screen() -> None:
    assert {kind: title for kind, (title, _, _) in alarm_table().items()} == ALARM_TITLES


@pytest.mark.parametrize(("language", "place"), [("zh-CN", 0), ("en", 1)])
def test_screen_and_server_call_payments_the_same(language: str, place: int) -> None:
    words = json.loads((ROOT / "frontend/src/locales" / language / "disbursement.json").read_text(encoding="utf-8"))
    assert words["kind"] == {kind.name: kind_title(kind, language) for kind in Kind}
    assert words["status"] == {status.name: titles[place] for status, titles in STATUS_TITLES.items()}


def test_every_event_kind_stands_in_the_guide() -> None:
    assert set(event_kinds()) - code_in("plugins.md") == set()


def test_every_hook_capability_and_answer_stands_in_the_guide() -> None:
    hooks = {name for name in vars(AnkuanSpec) if name.startswith("ankuan_")}
    capabilities = set(BankCapabilities.__dataclass_fields__)
    told = code_in("plugins.md")
    assert (hooks | capabilities) - told == set()
    text = text_of_docs()
    assert [state.value for state in AnswerState if state.value not in text and state.name not in text] == []
    assert ".".join(PLUGIN_API_VERSION.split(".")[:2]) in PLUGINS.read_text(encoding="utf-8")


def test_every_policy_stands_in_operating() -> None:
    policies = {file.stem for file in (ROOT / "backend/ankuan/registry/policies").glob("*.json")}
    named = code_in("operating.md")
    assert policies - named == set()
    for name in policies - {"approval_tiers"}:
        assert set(packaged_default(name)) - named == set(), name


@pytest.mark.parametrize("kind", ErrorKind)
def test_every_kind_of_error_stands_in_the_guide_of_the_api(kind: ErrorKind) -> None:
    type_name = {"invalid": "InvalidInput"}.get(kind, "".join(word.title() for word in kind.split("_")))
    assert type_name in code_in("api.md")
    assert type_name in schema.as_str()


def test_every_benchmark_stands_in_its_page() -> None:
    framework = importlib.import_module("tests.bench.framework")
    assert set(framework.benchmarks()) - code_in("benchmarks.md") == set()


def test_every_log_line_worth_an_alert_is_written_somewhere() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "backend").rglob("*.py"))
    named = re.findall(r"^\| ((?:`[a-z]+\.[a-z_]+`(?:, )?)+) \| ", OPERATING.read_text(encoding="utf-8"), re.MULTILINE)
    lines = [line for row in named for line in re.findall(r"`([^`]+)`", row) if not line.startswith("invariant.")]
    assert len(lines) >= 8
    assert [line for line in lines if f'"{line}"' not in source] == []


def test_the_change_log_has_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
