"""Account checks apart from fund accounts: registered only when configured, and honest when misconfigured."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import ankuan_bank_platform
from ankuan.plugin_api.accounts import AccountClaim, AccountVerdict, AccountVerifier
from ankuan.plugin_api.testing import SimulatorProcess
from ankuan_bank_platform.config import LINK
from ankuan_bank_platform.verifier import VARIABLE, PlatformVerifier, installed_signers

CLAIM = AccountClaim("申请执行人甲", "6217000000001234", "中国建设银行", "105100000017")


@pytest.fixture
def file(simulator: SimulatorProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ANKUAN_KEY_FOLDER", str(simulator.keys))
    names = {setting.name for setting in LINK}
    path = tmp_path / "verifier.toml"
    lines = [f"{name} = '''{value}'''\n" for name, value in simulator.settings.items() if name in names]
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def reloaded() -> Iterator[None]:
    yield
    importlib.reload(ankuan_bank_platform)


async def test_it_asks_the_platform_about_any_bank(file: Path) -> None:
    verifier = PlatformVerifier(file)
    assert isinstance(verifier, AccountVerifier)
    assert (await verifier.check_account(CLAIM)).verdict is AccountVerdict.MATCH
    other = AccountClaim("申请执行人甲", "6217000000001111")
    assert (await verifier.check_account(other)).verdict is AccountVerdict.NAME_DIFFERS


@pytest.mark.parametrize("text", ["", "endpoint = 1", "not toml", "endpoint = 'http://127.0.0.1:9/'", "\x00"])
async def test_a_file_that_does_not_fit_says_nothing_and_alarms(tmp_path: Path, text: str) -> None:
    path = tmp_path / "verifier.toml"
    path.write_text(text, encoding="utf-8")
    for wrong in (path, tmp_path / "missing.toml"):
        answer = await PlatformVerifier(wrong).check_account(CLAIM)
        assert (answer.verdict, bool(answer.alarm)) == (AccountVerdict.UNKNOWN, True)


async def test_a_signer_that_is_not_installed_says_nothing(file: Path) -> None:
    answer = await PlatformVerifier(file, signers={}).check_account(CLAIM)
    assert (answer.verdict, bool(answer.alarm)) == (AccountVerdict.UNKNOWN, True)
    assert installed_signers("signer_nobody") == {}


@pytest.fixture
def elsewhere(file: Path) -> Path:
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("http://127.0.0.1:", "http://127.0.0.2:"), encoding="utf-8")
    return file


async def test_a_platform_that_is_away_says_nothing(elsewhere: Path) -> None:
    answer = await PlatformVerifier(elsewhere, limit=1).check_account(CLAIM)
    assert answer.verdict is AccountVerdict.UNKNOWN
    assert answer.exchanges


@pytest.mark.usefixtures("reloaded")
def test_the_hook_is_there_only_when_a_file_is_named(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    probe = f"import {ankuan_bank_platform.__name__} as p; print(hasattr(p, 'ankuan_register_account_verifier'))"
    for named, told in (({}, "False"), ({VARIABLE: str(file)}, "True")):
        found = subprocess.run([sys.executable, "-c", probe], env=named, capture_output=True, text=True, check=True)
        assert found.stdout.strip() == told
    monkeypatch.setenv(VARIABLE, str(file))
    module = importlib.reload(ankuan_bank_platform)
    assert isinstance(module.ankuan_register_account_verifier(), AccountVerifier)
