"""Pictures for the user manual: every step that the manual shows is taken in a real browser, and looked at."""

import os
import re
import struct
from pathlib import Path

from playwright.async_api import Locator, Page

ROOT = Path(__file__).parents[2]
MANUAL = ROOT / "docs" / "manual.zh-CN.md"
FOLDER = ROOT / "docs" / "pictures"
WRITE = "ANKUAN_WRITE_PICTURES"
SIZE = (1366, 768)
LARGEST_BYTES = 150_000
_PICTURE = re.compile(r"!\[[^\]]*\]\(pictures/([a-z0-9-]+)\.png\)")


def named_in_manual() -> list[str]:
    """Names of the pictures that the manual shows, in its order."""
    return _PICTURE.findall(MANUAL.read_text(encoding="utf-8"))


def png_size(content: bytes) -> tuple[int, int]:
    """Width and height, from the head of a PNG."""
    width, height = struct.unpack(">II", content[16:24])
    return width, height


class Album:
    """Takes pictures; keeps them on disk only when ``ANKUAN_WRITE_PICTURES=1``."""

    def __init__(self) -> None:
        self.names: list[str] = []

    async def take(self, page: Page, name: str, *, show: Locator | None = None) -> None:
        """The top of the page, or the part with ``show``; without caret, pointer or motion."""
        if show is None:
            await page.evaluate("() => window.scrollTo(0, 0)")
        else:
            await show.scroll_into_view_if_needed()
        await page.mouse.move(0, 0)
        await page.evaluate("() => document.fonts.ready.then(() => undefined)")
        picture = await page.screenshot(animations="disabled", caret="hide")
        assert png_size(picture) == SIZE
        assert len(picture) <= LARGEST_BYTES, f"{name} has {len(picture)} bytes"
        self.names.append(name)
        if os.environ.get(WRITE) == "1":
            FOLDER.mkdir(exist_ok=True)
            (FOLDER / f"{name}.png").write_bytes(picture)
