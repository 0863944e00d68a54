"""The receipt as a PDF: facts in, bytes out. Pure but for reading the packaged template and fonts.

The same facts give the same bytes. Data reaches the template as one JSON value, so no name can break the document.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import segno
import typst

PACKAGED_FONTS: Final = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")
FONT_WEIGHTS: Final = ("400Regular", "700Bold")
TITLE: Final = "案款支付电子回单"


class FontsMissing(Exception):
    """The Chinese fonts are not installed with the platform; the set-up puts them there."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One receipt as it is printed. ``facts`` are the stored facts of the payment, all text."""

    number: str
    check_code: str
    facts: Mapping[str, str]
    issued_on: date
    issued_at_unix: int
    printed_at: str
    verify_url: str


def make_pdf(printed: Printed) -> bytes:
    """Typeset one receipt. Raises :class:`FontsMissing`."""
    data = {
        **printed.facts,
        "title": TITLE,
        "number": printed.number,
        "check_code_shown": " ".join(printed.check_code[i : i + 4] for i in range(0, len(printed.check_code), 4)),
        "issued": [printed.issued_on.year, printed.issued_on.month, printed.issued_on.day],
        "printed_at": printed.printed_at,
        "verify_at": printed.verify_url or "凭校验码向法院查验",
        "qr": _qr(printed.verify_url or printed.check_code),
        "qr_alt": f"查验二维码 {printed.check_code}",
    }
    made: Any = typst.compile(
        _template(),
        format="pdf",
        font_paths=_fonts(),
        sys_inputs={"receipt": json.dumps(data, ensure_ascii=False)},
        timestamp=printed.issued_at_unix,
    )
    if not isinstance(made, bytes):
        raise TypeError("typst answered with pages instead of one document")
    return made


def _qr(payload: str) -> str:
    out = io.BytesIO()
    segno.make_qr(payload, error="m").save(out, kind="svg", border=1, xmldecl=False)
    return out.getvalue().decode()


@cache
def _template() -> bytes:
    return files("ankuan.disbursement").joinpath("payment_receipt.typ").read_bytes()


@cache
def _fonts() -> typst.Fonts:
    """Parsed once a process: reading 20 MB of fonts costs more than typesetting."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(p) for p in _font_folders()]
    )


def _font_folders() -> list[Path]:
    """Packaged fonts; in a checkout, those that the frontend has installed."""
    package = Path(str(files("ankuan")))
    packaged = package / "assets" / "fonts"
    if all((packaged / name).is_file() for name in PACKAGED_FONTS):
        return [packaged]
    installed = package.parent.parent / "frontend/node_modules/@expo-google-fonts/noto-sans-sc"
    folders = [installed / weight for weight in FONT_WEIGHTS]
    if all(folder.is_dir() for folder in folders):
        return folders
    raise FontsMissing(f"{', '.join(PACKAGED_FONTS)} are missing: run the set-up, which installs them")
