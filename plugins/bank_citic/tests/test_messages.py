from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankuan.plugin_api.texts import cut, expressible, marked, reference_in
from ankuan_bank_citic.messages import Malformed, parse, render

FIXTURES = Path(__file__).parent.parent / "fixtures"
MALFORMED = {
    "DLCTNSUB__truncated",
    "DLCTNSUB__utf8",
    "DLCTNSUB__declares_utf8",
    "DLCTNSUB__utf16",
    "DLCTNSUB__entity",
    "DLCTNSUB__no_status",
    "DLCTNSUB__status_twice",
    "DLCTNSUB__other_root",
}
ANSWERS = sorted(path.stem for path in FIXTURES.glob("*.xml") if not path.stem.endswith("__request"))


def raw(name: str) -> bytes:
    return (FIXTURES / f"{name}.xml").read_bytes()


def test_every_fixture_has_its_origin_written_down() -> None:
    provenance = (FIXTURES / "PROVENANCE.md").read_text(encoding="utf-8")
    operations = {path.stem.split("__")[0] for path in FIXTURES.glob("*.xml")}
    assert operations
    assert not [operation for operation in operations if f"`{operation}`" not in provenance]


@pytest.mark.parametrize("name", [name for name in ANSWERS if name not in MALFORMED])
def test_a_good_answer_is_read(name: str) -> None:
    answer = parse(raw(name))
    assert len(answer.status) == 7
    assert answer.text


@pytest.mark.parametrize("name", sorted(MALFORMED))
def test_a_malformed_answer_is_told_as_malformed(name: str) -> None:
    with pytest.raises(Malformed):
        parse(raw(name))


def test_characters_outside_gb2312_are_read_although_gb2312_is_declared() -> None:
    answer = parse(raw("DLSTRNDT__increment"))
    assert b"GB2312" in raw("DLSTRNDT__increment")
    assert answer.rows[0]["OPPACCNAME"] == "示例镕业㐂有限公司"
    assert len(answer.rows) == 5


@given(st.text(alphabet=st.characters(codec="gb18030", categories=["Lo", "Nd", "Po"]), max_size=40))
def test_gbk_text_is_never_taken_for_another_encoding(text: str) -> None:
    if not (body := f"<stream><status>AAAAAAA</status><statusText>{text.strip('<&')}</statusText></stream>").isascii():
        sent = body.replace("&", "").encode("gb18030")
        assert parse(sent).text == text.strip("<&").replace("&", "").strip()


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), st.text(alphabet="<>&\"'甲乙 a1镕", max_size=20), min_size=1))
def test_what_is_rendered_can_be_read_back(fields: dict[str, str]) -> None:
    sent = render("DLBALQRY", "u", {"status": "X", **fields}, [fields])
    answer = parse(sent)
    assert {name: answer.fields[name] for name in fields} == {name: value.strip() for name, value in fields.items()}
    assert answer.rows == ({name: value.strip() for name, value in fields.items()},)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_answer_or_malformed(body: bytes) -> None:
    for candidate in (body, b"<stream><status>" + body + b"</status></stream>"):
        try:
            answer = parse(candidate)
        except Malformed:
            continue
        assert answer.status


def test_a_document_type_is_malformed_even_without_entities() -> None:
    with pytest.raises(Malformed):
        parse(b"<!DOCTYPE stream><stream><status>AAAAAAA</status></stream>")


def test_deep_nesting_and_repeated_lists_are_malformed() -> None:
    deep = b"<stream><status>A</status>" + b"<a>" * 50_000 + b"</a>" * 50_000 + b"</stream>"
    twice = b'<stream><status>A</status><list name="a"><row/></list><list name="b"><row/></list></stream>'
    for body in (deep, twice):
        with pytest.raises(Malformed):
            parse(body)


@given(st.text(alphabet="案款a1", max_size=80), st.integers(24, 102))
def test_a_remark_keeps_our_reference_and_fits(text: str, limit: int) -> None:
    sent = marked(text, "01022026112100000017", limit)
    assert len(sent.encode("gbk")) <= limit
    assert reference_in(sent) == "01022026112100000017"
    assert text.startswith(sent.removesuffix("[01022026112100000017]"))


def test_a_cut_never_halves_a_character() -> None:
    assert cut("案款", 3) == "案"
    assert expressible("用途", " 案款 ", 4) == "案款"
