"""The certificate as a PDF. The same certificate gives the same bytes; data reaches the template as one JSON value."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import typst

from ankuan.cli.plugin_certify import VERDICTS
from ankuan.disbursement.receipt_document import PACKAGED_FONTS, FontsMissing
from ankuan.plugin_api.testing.certificate import Certificate, IndicatorResult
from ankuan.plugin_api.testing.indicators import BY_ID, GROUPS

__all__ = ["FontsMissing", "make_pdf"]

TITLE: Final = "银行插件认证书"
_MOST_FIGURES: Final = 4


def make_pdf(certificate: Certificate) -> bytes:
    """Typeset a certificate. Raises :class:`FontsMissing`."""
    made: Any = typst.compile(
        files("ankuan.cli").joinpath("certificate.typ").read_bytes(),
        format="pdf",
        font_paths=_fonts(),
        sys_inputs={"certificate": json.dumps(_data(certificate), ensure_ascii=False)},
        timestamp=int(certificate.made_at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("typst answered with pages instead of one document")
    return made


def _fonts() -> typst.Fonts:
    folder = Path(str(files("ankuan"))) / "assets" / "fonts"
    if missing := [name for name in PACKAGED_FONTS if not (folder / name).is_file()]:
        raise FontsMissing(f"{', '.join(missing)} are missing: run the set-up, which installs them")
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def _data(certificate: Certificate) -> dict[str, Any]:
    return {
        "title": TITLE,
        "plugin": f"{certificate.plugin_name}（{certificate.plugin_id} {certificate.plugin_version}）",
        "api": certificate.api_version,
        "digest": certificate.files_sha256,
        "endpoint": certificate.endpoint,
        "made_at": f"{certificate.made_at:%Y-%m-%d %H:%M} UTC",
        "made_on": [certificate.made_at.year, certificate.made_at.month, certificate.made_at.day],
        "passed": certificate.passed,
        "totals": certificate.totals,
        "rows": [_row(row) for row in certificate.indicators],
        "failures": [[one.check, one.message] for row in certificate.indicators for one in row.failures],
    }


def _row(row: IndicatorResult) -> dict[str, Any]:
    figures = "；".join(str(one) for one in row.figures[:_MOST_FIGURES])
    return {
        "number": str(row.number) if row.number else "·",
        "group": GROUPS[BY_ID[row.id].group],
        "title": row.title,
        "title_en": row.title_en,
        "verdict": VERDICTS[row.verdict.value].split()[0],
        "is_bad": row.verdict.value == "fail",
        "checks": str(row.checks or ""),
        "figures": figures or row.note,
    }
