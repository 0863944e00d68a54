"""Certificates: made by the command, kept, read without pytest, and typeset."""

import json
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ankuan.cli.certificate_document import make_pdf
from ankuan.cli.main import app
from ankuan.cli.plugin_certify import table
from ankuan.plugin_api.testing.certificate import (
    Certificate,
    CheckResult,
    Figure,
    IndicatorResult,
    Verdict,
    certificate_file,
    from_record,
    read_certificate,
    write_certificate,
)
from ankuan.plugin_api.testing.check import all_checks, check
from ankuan.plugin_api.testing.indicators import BY_ID, GROUPS, INDICATORS
from ankuan.plugin_api.testing.suite import BankCertification
from tests.docs.pages import ROOT
from tests.integration.plugins.rows import indicator_table

CHEAP = ("--only", "receipts.wrong_account", "--only", "security.signatures")


def made(**changes: object) -> Certificate:
    failure = CheckResult("d9_again[x]", "payments.duplicate_submit", False, 1.5, "paid twice")
    rows = tuple(
        IndicatorResult(one.number, one.id, one.title, one.title_en, Verdict.PASS, 3, (Figure("p99", 12.5, "ms"),))
        for one in INDICATORS
    )
    bad = replace(rows[13], verdict=Verdict.FAIL, failures=(failure,))
    certificate = Certificate(
        plugin_id="bank_citic",
        plugin_name="中信银行",
        plugin_version="0.1.0",
        api_version="1.0.0",
        files_sha256="0" * 64,
        endpoint="simulator bank_citic",
        made_at=datetime(2026, 11, 21, 4, 0, tzinfo=UTC),
        seconds=61.2,
        indicators=(*rows[:13], bad, *rows[14:]),
    )
    return replace(certificate, **changes)  # type: ignore[arg-type]  # fields by name


def test_a_certificate_is_kept_and_read_again(tmp_path: Path) -> None:
    certificate = made()
    assert read_certificate(tmp_path, "bank_citic") is None
    path = write_certificate(tmp_path, certificate)
    assert path == tmp_path / "certificates" / "bank_citic.json"
    assert read_certificate(tmp_path, "bank_citic") == certificate
    assert not certificate.passed
    assert certificate.totals == {
        "pass": 24,
        "fail": 1,
        "not_declared": 0,
        "not_run": 0,
        "checks": 75,
        "failed_checks": 1,
    }


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 2}', '{"format": 1, "indicators": [1]}'])
def test_what_is_no_certificate_is_none(tmp_path: Path, text: str) -> None:
    path = certificate_file(tmp_path, "bank_citic")
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    assert read_certificate(tmp_path, "bank_citic") is None


@pytest.mark.parametrize("name", ["../x", "", "a/b", "A", "x" * 65])
def test_an_id_leads_nowhere_else(tmp_path: Path, name: str) -> None:
    assert read_certificate(tmp_path, name) is None
    with pytest.raises(ValueError, match="not the id"):
        certificate_file(tmp_path, name)


def test_no_indicator_passed_is_no_pass() -> None:
    rows = tuple(replace(row, verdict=Verdict.NOT_DECLARED, failures=()) for row in made().indicators)
    assert not made(indicators=rows).passed


def test_reading_needs_neither_pytest_nor_a_network_library() -> None:
    code = (
        "import sys; from ankuan.plugin_api.testing.certificate import read_certificate;"
        "print([name for name in ('pytest', 'httpx', 'pluggy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_the_command_needs_no_pytest() -> None:
    code = "import sys; import ankuan.plugin_api.testing.certify, ankuan.plugin_api.testing.check as c; c.all_checks();"
    done = subprocess.run(
        [sys.executable, "-c", code + "print('pytest' in sys.modules)"], check=True, capture_output=True
    )
    assert done.stdout.strip() == b"False"


def test_the_pdf_is_one_and_the_same() -> None:
    first = make_pdf(made())
    assert first.startswith(b"%PDF-")
    assert make_pdf(made()) == first
    assert make_pdf(made(plugin_name="建设银行")) != first


def test_the_table_names_what_failed() -> None:
    text = table(made())
    assert "payments.duplicate_submit:d9_again[x]" in text
    assert "paid twice" in text
    assert "未通过" in text
    assert "p99 12.5 ms" in text


def test_certify_runs_prints_and_typesets(tmp_path: Path) -> None:
    pdf = tmp_path / "out" / "citic.pdf"
    command = ["plugin", "certify", "bank_citic", *CHEAP, "--json", "--pdf", str(pdf), "--data", str(tmp_path)]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    (record,) = json.loads(done.stdout)
    certificate = from_record(record)
    rows = {row.id: row for row in certificate.indicators}
    assert rows["receipts.wrong_account"].verdict is Verdict.PASS
    assert rows["security.signatures"].verdict is Verdict.NOT_DECLARED
    assert "front-end signs" in rows["security.signatures"].note
    assert rows["robustness.wire"].verdict is Verdict.NOT_RUN
    assert len(certificate.files_sha256) == 64
    assert certificate.plugin_version == _version()
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert read_certificate(tmp_path, "bank_citic") is None  # a part is not kept in place of the whole


def _version() -> str:
    text = (ROOT / "plugins" / "bank_citic" / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["version"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "either the id"),
        (["bank_citic", "--all"], "either the id"),
        (["bank_nowhere"], "no plugin bank_nowhere"),
        (["bank_citic", "--only", "payments.magic"], "no indicator payments.magic"),
        (["bank_citic", "--live", "/nowhere.toml"], "/nowhere.toml"),
    ],
)
def test_certify_says_what_is_wrong(arguments: list[str], told: str) -> None:
    done = CliRunner().invoke(app, ["plugin", "certify", *arguments])
    assert done.exit_code != 0
    assert told in str(done.exception) or told in done.output


def test_live_runs_reads_only_and_says_so(tmp_path: Path) -> None:
    """Nobody listens at this endpoint: reads fail, checks of form pass, and nothing else is tried."""
    live = tmp_path / "live.toml"
    live.write_text(
        'account_no = "8112501012300012345"\naccount_name = "示例"\n'
        '[settings]\nendpoint = "http://127.0.0.1:9/"\nuser_name = "court0102"\n',
        encoding="utf-8",
    )
    done = CliRunner().invoke(
        app, ["plugin", "certify", "bank_citic", "--live", str(live), "--json", "--data", str(tmp_path)]
    )
    assert done.exit_code == 1
    certificate = from_record(json.loads(done.stdout)[0])
    rows = {row.id: row for row in certificate.indicators}
    assert certificate.endpoint == "live"
    assert rows["contract.shape"].verdict is Verdict.PASS
    assert rows["statements.paging"].verdict is Verdict.FAIL
    assert rows["payments.lost_answer"].verdict is Verdict.NOT_RUN
    live_names = {one.name for one in all_checks() if one.live}
    assert {one.check for row in certificate.indicators for one in row.failures} <= live_names


def test_indicators_are_numbered_and_each_has_checks() -> None:
    assert [one.number for one in INDICATORS] == list(range(25))
    assert {one.indicator for one in all_checks()} == set(BY_ID)
    assert {one.group for one in INDICATORS} == set(GROUPS)


def test_a_certification_cannot_be_changed() -> None:
    with pytest.raises(TypeError, match="cannot be changed: test_check"):
        type("TestMine", (BankCertification,), {"plugin_id": "bank_citic", "test_check": None})


def test_a_check_belongs_to_an_indicator() -> None:
    with pytest.raises(ValueError, match="no indicator"):
        check("payments.magic")


def test_the_documentation_shows_the_indicators() -> None:
    assert indicator_table() in (ROOT / "docs" / "certification.md").read_text(encoding="utf-8")
