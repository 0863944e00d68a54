"""Documents as PDF: a template and facts in, bytes out. The same facts give the same bytes.

Data reaches a template as one JSON value, so no name can break the document.
"""

import io
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import segno
import typst

PACKAGED_FONTS: Final = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")
FONT_WEIGHTS: Final = ("400Regular", "700Bold")


class FontsMissing(Exception):
    """The Chinese fonts are not installed with the platform; the set-up puts them there."""


def typeset(template: bytes, name: str, data: Mapping[str, Any], *, at_unix: int) -> bytes:
    """Typeset one document; the template reads ``data`` as JSON from ``sys.inputs.<name>``.

    ``at_unix`` is the time written into the file. Raises :class:`FontsMissing`.
    """
    made: Any = typst.compile(
        template,
        format="pdf",
        font_paths=_fonts(),
        sys_inputs={name: json.dumps(data, ensure_ascii=False)},
        timestamp=at_unix,
    )
    if not isinstance(made, bytes):
        raise TypeError("typst answered with pages instead of one document")
    return made


def qr_svg(payload: str) -> str:
    """A QR code as SVG."""
    out = io.BytesIO()
    segno.make_qr(payload, error="m").save(out, kind="svg", border=1, xmldecl=False)
    return out.getvalue().decode()


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
