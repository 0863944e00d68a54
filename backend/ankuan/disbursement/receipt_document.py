"""The receipt as a PDF: facts in, bytes out. Pure but for reading the packaged template and fonts.

The same facts give the same bytes. Data reaches the template as one JSON value, so no name can break the document.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final

from ankuan.platform.typeset import PACKAGED_FONTS, FontsMissing, qr_svg, typeset

__all__ = ["PACKAGED_FONTS", "FontsMissing", "Printed", "make_pdf"]

TITLE: Final = "案款支付电子回单"


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
        "qr": qr_svg(printed.verify_url or printed.check_code),
        "qr_alt": f"查验二维码 {printed.check_code}",
    }
    return typeset(_template(), "receipt", data, at_unix=printed.issued_at_unix)


@cache
def _template() -> bytes:
    return files("ankuan.disbursement").joinpath("payment_receipt.typ").read_bytes()
