"""Plugins as they are installed, good and bad, found by entry points and tried in a child process (failures D26)."""

import importlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from ankuan.platform.plugins import LeftOut, PluginHost, load_plugins, probing
from ankuan.platform.plugins.manifests import covers

GOOD = """
from ankuan.plugin_api.hooks import hookimpl
class Sms:
    id = "{id}"
    display_name = "x"
    async def send(self, message): ...
@hookimpl
def ankuan_register_sms():
    return Sms()
"""
API = 'api = ">=1.0,<2"\n'
Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Put a distribution on the path as pip would: a package, its metadata, its RECORD."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("PYTHONPATH", str(site))
    made: list[str] = []

    def put(name: str, code: str, *, manifest: str | None = API, version: str = "1.0", record: str = "") -> None:
        package = site / f"badplug_{name}"
        package.mkdir(exist_ok=True)
        (package / "__init__.py").write_text(code, encoding="utf-8")
        if manifest is not None:
            (package / "manifest.toml").write_text(manifest, encoding="utf-8")
        info = site / f"badplug_{name}-1.0.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: badplug-{name}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[ankuan]\nzz_{name} = badplug_{name}\n")
        (info / "RECORD").write_text(f"badplug_{name}/__init__.py,{record or hash(code)},1\n")
        made.append(package.name)
        importlib.invalidate_caches()

    yield put
    for name in made:
        sys.modules.pop(name, None)


def left_out(host: PluginHost) -> dict[str, LeftOut]:
    return {one.name.removeprefix("zz_"): one for one in host.left_out}


BAD = {
    "raises": ("raise ValueError('6217000000000000018')", "raised", "ValueError"),
    "exits": ("import sys; sys.exit(3)", "raised", "SystemExit"),
    "syntax": ("def", "raised", "SyntaxError"),
    "imports": ("import no_such_module", "raised", "ModuleNotFoundError"),
    "nothing": ("", "registers_nothing", ""),
    "misspelt": (GOOD.format(id="m").replace("register_sms", "register_smss"), "unknown_hook", ""),
    "unmarked": (GOOD.format(id="u").replace("@hookimpl\n", ""), "unknown_hook", "ankuan_register_sms"),
    "wrong_type": (GOOD.format(id="w").replace("return Sms()", "return 3"), "wrong_type", "ankuan_register_sms"),
    "no_id": (GOOD.format(id=""), "no_id", "ankuan_register_sms"),
    "hook_raises": (GOOD.format(id="h").replace("return Sms()", "raise KeyError(1)"), "raised", "KeyError"),
    "hook_exits": (GOOD.format(id="x").replace("return Sms()", "raise SystemExit(1)"), "raised", "SystemExit"),
    "wants_arguments": (GOOD.format(id="a").replace("_sms()", "_sms(x, y)"), "raised", "PluginValidationError"),
}


def test_each_bad_plugin_is_left_out_alone_with_its_reason(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, (code, _, _) in BAD.items():
        install(name, code)
    install("good", GOOD.format(id="zz_good"))
    host = load_plugins(data_dir=tmp_path)
    assert "zz_good" in host.sms
    assert host.versions["zz_good"] == "1.0"
    found = left_out(host)
    assert {name: found[name].reason for name in BAD} == {name: reason for name, (_, reason, _) in BAD.items()}
    for name, (_, _, detail) in BAD.items():
        assert detail in (found[name].detail, ""), name
    assert "6217" not in repr(host.left_out)


@pytest.mark.parametrize("code", ["import os; os._exit(9)", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"])
def test_one_that_takes_the_interpreter_down_does_it_in_the_child_once(
    install: Install, tmp_path: Path, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("deadly", code)
    install("good", GOOD.format(id="zz_good"))
    host = load_plugins(data_dir=tmp_path)
    assert left_out(host)["deadly"].reason == "died_or_hung"
    assert "zz_good" in host.sms
    monkeypatch.setattr(probing, "_try", lambda _: pytest.fail("the verdict is kept"))
    assert left_out(load_plugins(data_dir=tmp_path))["deadly"].reason == "died_or_hung"


def test_one_that_hangs_is_cut_off_and_the_next_start_costs_nothing(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing, "SECONDS_FOR_ALL", 4.0)
    monkeypatch.setattr(probing, "SECONDS_FOR_ONE", 4.0)
    install("hangs", "import time; time.sleep(600)")
    install("zlast", GOOD.format(id="zz_last"))
    host = load_plugins(data_dir=tmp_path)
    assert left_out(host)["hangs"].reason == "died_or_hung"
    assert "zz_last" in host.sms, "it stood behind the one that hangs"
    began = time.perf_counter()
    again = load_plugins(data_dir=tmp_path)
    assert time.perf_counter() - began < 1.0
    assert (again.left_out, "zz_last" in again.sms) == (host.left_out, True)


def test_what_was_cut_off_an_hour_ago_is_tried_again(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("slow", GOOD.format(id="zz_slow"))
    late_in_a_second = SimpleNamespace(time=lambda: 1_700_000_000.7)
    monkeypatch.setattr(probing, "time", late_in_a_second)
    with monkeypatch.context() as cut_off:
        cut_off.setattr(probing, "_child", lambda *_: {})
        assert left_out(load_plugins(data_dir=tmp_path))["slow"].reason == "died_or_hung"
    assert left_out(load_plugins(data_dir=tmp_path))["slow"].reason == "died_or_hung"
    monkeypatch.setattr(probing, "FORGIVEN_AFTER_SECONDS", 0)
    assert "zz_slow" in load_plugins(data_dir=tmp_path).sms


def test_what_was_missing_and_is_installed_now_is_found(install: Install, tmp_path: Path) -> None:
    install("lacks", "import badplug_missing\n" + GOOD.format(id="zz_lacks"))
    assert left_out(load_plugins(data_dir=tmp_path))["lacks"].detail == "ModuleNotFoundError"
    (tmp_path / "site" / "badplug_missing.py").write_text("")
    importlib.invalidate_caches()
    sys.modules.pop("badplug_lacks", None)
    assert "zz_lacks" in load_plugins(data_dir=tmp_path).sms
    sys.modules.pop("badplug_missing", None)


def test_a_new_version_is_tried_anew(install: Install, tmp_path: Path) -> None:
    install("changes", "import os; os._exit(9)")
    assert left_out(load_plugins(data_dir=tmp_path))["changes"].reason == "died_or_hung"
    install("changes", GOOD.format(id="zz_changes"), version="1.1")
    assert "zz_changes" in load_plugins(data_dir=tmp_path).sms


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        (None, "manifest_missing"),
        ("api = ", "manifest_unreadable"),
        ('kind = "sms"\n', "api_range_missing"),
        ('api = ">=2,<3"\n', "api_incompatible"),
        ('api = "latest"\n', "api_incompatible"),
    ],
)
def test_a_plugin_for_another_api_is_not_even_imported(
    install: Install, tmp_path: Path, manifest: str | None, reason: str
) -> None:
    install("other", f"open({str(tmp_path / 'ran')!r}, 'w').close()", manifest=manifest)
    assert left_out(load_plugins(data_dir=tmp_path))["other"].reason == reason
    assert not (tmp_path / "ran").exists()


def test_an_id_that_is_taken_leaves_out_the_later_one(install: Install, tmp_path: Path) -> None:
    install("first", GOOD.format(id="zz_same"))
    install("second", GOOD.format(id="zz_same"))
    host = load_plugins(data_dir=tmp_path)
    assert left_out(host)["second"] == LeftOut("zz_second", "duplicate_id", "zz_same")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"a": 1}'])
def test_a_spoilt_memory_of_verdicts_is_made_anew(install: Install, tmp_path: Path, content: str) -> None:
    install("good", GOOD.format(id="zz_good"))
    file = tmp_path / "plugins" / "probed.json"
    file.parent.mkdir()
    file.write_text(content)
    assert "zz_good" in load_plugins(data_dir=tmp_path).sms


@pytest.mark.parametrize(
    ("wanted", "version", "holds"),
    [
        (">=1.0,<2", "1.0.0", True),
        (">=1.0,<2", "1.9.3", True),
        (">=1.0,<2", "2.0.0", False),
        (">=1.1,<2", "1.0.9", False),
        ("==1.0", "1.0.0", True),
        ("!=1.0", "1.0.0", False),
        (">1,<=1.2", "1.2.0", True),
        ("", "1.0.0", False),
        ("~=1.0", "1.0.0", False),
    ],
)
def test_ranges(wanted: str, version: str, holds: bool) -> None:
    assert covers(wanted, version) is holds
