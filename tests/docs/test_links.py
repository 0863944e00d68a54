"""Nothing in the documentation leads nowhere."""

from urllib.parse import unquote

import pytest

from tests.browser.album import FOLDER, LARGEST_BYTES, SIZE, named_in_manual, png_size
from tests.docs.pages import ROOT, Page, page, pages

# Made by `make schema`; a checkout in which it has not run yet has none.
GENERATED = {"schema/schema.graphql", "schema/errors.md", "schema"}


@pytest.mark.parametrize("source", pages(), ids=str)
def test_every_relative_link_resolves(source: Page) -> None:
    broken = []
    for link in source.links:
        if link.startswith(("http://", "https://")):
            continue
        place, _, anchor = unquote(link).partition("#")
        target = (source.path.parent / place).resolve() if place else source.path
        if not target.is_relative_to(ROOT):
            broken.append(f"{link}: outside the repository")
        elif not target.exists():
            if str(target.relative_to(ROOT)) not in GENERATED:
                broken.append(f"{link}: no such file")
        elif anchor and anchor not in page(target).anchors:
            broken.append(f"{link}: no such heading")
    assert broken == []


def test_every_page_under_docs_is_linked() -> None:
    linked = {(p.path.parent / unquote(link).partition("#")[0]).resolve() for p in pages() for link in p.links}
    folders = [path for path in linked if path.is_dir()]
    lonely = [
        str(one)
        for one in pages()
        if one.path.is_relative_to(ROOT / "docs")
        and one.path not in linked
        and not any(one.path.is_relative_to(folder) for folder in folders)
    ]
    assert lonely == []


def test_pictures_of_the_manual_are_there_and_small() -> None:
    named = named_in_manual()
    assert len(named) == len(set(named))
    assert {path.stem for path in FOLDER.glob("*.png")} == set(named)
    for name in named:
        content = (FOLDER / f"{name}.png").read_bytes()
        assert content.startswith(b"\x89PNG")
        assert png_size(content) == SIZE, name
        assert len(content) <= LARGEST_BYTES, name


def test_both_readmes_have_the_same_sections() -> None:
    english, chinese = page(ROOT / "README.md"), page(ROOT / "README.zh-CN.md")
    assert [level for level, _ in english.headings] == [level for level, _ in chinese.headings]
    assert [(b.language, _commands(b.text)) for b in english.blocks] == [
        (b.language, _commands(b.text)) for b in chinese.blocks
    ]
    assert sorted(set(english.links) - {"README.zh-CN.md"}) == sorted(set(chinese.links) - {"README.md"})
    assert sorted(set(english.inline_code)) == sorted(set(chinese.inline_code))


def _commands(text: str) -> list[str]:
    return [line.partition("#")[0].strip() for line in text.splitlines()]
