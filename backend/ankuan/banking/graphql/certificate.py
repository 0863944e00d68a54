"""What the certification of a plugin found, as it is kept in the data folder."""

from datetime import datetime
from typing import Final

import strawberry

from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.enums import describe_enum
from ankuan.plugin_api.testing.certificate import Certificate, IndicatorResult, Verdict, read_certificate
from ankuan.plugin_api.testing.subject import installed_sha256

VERDICTS_ZH: Final = {
    Verdict.PASS: "合格",
    Verdict.FAIL: "不合格",
    Verdict.NOT_DECLARED: "未声明",
    Verdict.NOT_RUN: "未检",
}
VERDICTS_EN: Final = {
    Verdict.PASS: "pass",
    Verdict.FAIL: "fail",
    Verdict.NOT_DECLARED: "not declared",
    Verdict.NOT_RUN: "not run",
}
MOST_FAILURES: Final = 3

describe_enum(
    Verdict,
    "What became of an indicator of the certification.",
    {
        "PASS": "All its checks passed.",
        "FAIL": "At least one check did not.",
        "NOT_DECLARED": "The plugin does not claim it, or it cannot apply.",
        "NOT_RUN": "It was left out of this run.",
    },
    name="CertificateVerdict",
)


@strawberry.type(description="A certification in four figures.")
class CertificateSummary:
    """Summary."""

    date: datetime = strawberry.field(description="When it was made.")
    version: str = strawberry.field(description="Version of the plugin that was certified.")
    passed: int = strawberry.field(description="Indicators that passed.")
    failed: int = strawberry.field(description="Indicators that failed.")
    not_declared: int = strawberry.field(description="Indicators that the plugin does not claim.")
    is_passed: bool = strawberry.field(description="No indicator failed, and at least one was tried.")


@strawberry.type(description="One row of a certificate.")
class CertificateIndicator:
    """One indicator; number 0 is the plugin contract, which stands before the 24 numbered ones."""

    number: int = strawberry.field(description="0 for the plugin contract, then 1 to 24.")
    id: str = strawberry.field(description="Stable name, such as payments.lost_answer.")
    title: str = strawberry.field(description="Title in the viewer's language.")
    verdict: Verdict = strawberry.field(description="What became of it.")
    verdict_title: str = strawberry.field(description="The verdict in the viewer's language.")
    checks: int = strawberry.field(description="Checks that were run.")
    figures: list[str] = strawberry.field(description="What was measured, each with its unit.")
    failures: list[str] = strawberry.field(description="The first messages of checks that did not pass.")
    note: str = strawberry.field(description="Why it was not tried; empty when it was.")


@strawberry.type(name="PluginCertificate", description="What was certified, against what, when, and how it went.")
class PluginCertificateType:
    """A certificate."""

    summary: CertificateSummary = strawberry.field(description="In four figures.")
    endpoint: str = strawberry.field(description="simulator, or live for a real endpoint.")
    files_sha256: str = strawberry.field(description="SHA-256 of all the plugin's files.")
    is_of_installed_files: bool = strawberry.field(
        description="The plugin's files are still those that were certified. Otherwise certify again."
    )
    indicators: list[CertificateIndicator] = strawberry.field(description="All rows in their order.")


def certificate_of(info: Information, plugin_id: str) -> Certificate | None:
    """The last certificate of a plugin; a request reads each file once."""
    try:
        return read_certificate(info.context.settings.data_dir, plugin_id)
    except ValueError:
        return None


def certificate_summary(info: Information, plugin_id: str) -> CertificateSummary | None:
    """The last certificate in figures."""
    found = certificate_of(info, plugin_id)
    return _summary(found) if found is not None else None


def certificate_type(found: Certificate, language: str) -> PluginCertificateType:
    """Present a certificate."""
    return PluginCertificateType(
        summary=_summary(found),
        endpoint=found.endpoint,
        files_sha256=found.files_sha256,
        is_of_installed_files=_is_installed(found),
        indicators=[_indicator(row, language) for row in found.indicators],
    )


def _is_installed(found: Certificate) -> bool:
    try:
        return installed_sha256(found.plugin_id) == found.files_sha256
    except LookupError:
        return False


def _summary(found: Certificate) -> CertificateSummary:
    totals = found.totals
    return CertificateSummary(
        date=found.made_at,
        version=found.plugin_version,
        passed=totals[Verdict.PASS],
        failed=totals[Verdict.FAIL],
        not_declared=totals[Verdict.NOT_DECLARED],
        is_passed=found.passed,
    )


def _indicator(row: IndicatorResult, language: str) -> CertificateIndicator:
    is_en = language == "en"
    return CertificateIndicator(
        number=row.number,
        id=row.id,
        title=row.title_en if is_en else row.title,
        verdict=row.verdict,
        verdict_title=(VERDICTS_EN if is_en else VERDICTS_ZH)[row.verdict],
        checks=row.checks,
        figures=[str(figure) for figure in row.figures],
        failures=[f"{failure.check}: {failure.message}"[:500] for failure in row.failures[:MOST_FAILURES]],
        note=row.note,
    )
