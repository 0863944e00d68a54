"""Extraction of case numbers from a corpus of dirty bank remarks (remarks.tsv), and what holds for any text."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ankuan.kernel.case_number import CaseNumber, extract_case_numbers
from ankuan.kernel.case_number.extract import COST, TEXT_LIMIT

KNOWN = frozenset({"鲁", "鲁01", "鲁02", "鲁0102", "鲁0103", "鲁0117", "鲁0202", "鲁0215", "鲁72"})
with Path(__file__).with_name("remarks.tsv").open(encoding="utf-8") as lines:
    CORPUS = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_corpus_is_large_enough_to_mean_something() -> None:
    assert len(CORPUS) >= 60
    assert len({row["remark"] + "|" + row["default_court"] for row in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("row", CORPUS, ids=[f"{row['remark']}@{row['default_court']}" for row in CORPUS])
def test_remark(row: dict[str, str]) -> None:
    found = extract_case_numbers(row["remark"], known_courts=KNOWN, default_court=row["default_court"] or None)
    if row["expected"] == "-":
        assert found == []
        return
    expected = row["expected"].split(" | ")
    assert [_shown(each.number) for each in found][: len(expected)] == expected
    assert int(row["lowest"]) <= found[0].confidence <= int(row["highest"]), found[0]


def _shown(number: CaseNumber) -> str:
    """The normal form; 2023执123号 for a number without court, to tell the year in the table."""
    return str(number) if number.complete or not number.year else number.key + "号"


EVIDENCE = {
    "（2023）鲁0102执123号": "court_known exact",
    "2023鲁0102执123案款": "brackets_missing court_known hao_missing",
    "（2023）鲁0102执1 23号": "court_known spaces_in_number",
    "（2023）鲁O102执123号": "court_known letters_read_as_digits",
    "（2023）鲁0102执行123号": "court_known type_alias",
    "鲁0102（2023）执123号": "year_after_court court_known",
    "23鲁0102执123号": "year_short court_known",
    "鲁0102执123号2023年": "year_elsewhere court_known",
    "鲁0102执123号": "year_missing court_known",
    "（2015）鲁0102执123号": "year_before_2016 court_known",
    "（2023）0102执123号": "court_by_digits court_known",
    "（2023）0999执123号": "court_missing",
    "（2023）鲁102执123号": "court_digits_padded court_known",
    "（2023）鲁0999执123号": "court_unknown",
    "（2023）鲁0102甲乙123号": "court_known type_unknown",
    "（2023）鲁0102执123456案款": "court_known hao_missing number_long",
    "（2023）鲁0102执1234567案款": "court_known hao_missing number_very_long",
    "（2023）鲁0102刑核51732773案款": "court_known hao_missing",
    "（2023）鲁0102执20230504案款": "court_known hao_missing number_looks_like_date",
    "（2023）鲁0102执12320230504": "court_known hao_missing date_glued",
    "（2023）鲁0102执5000元": "court_known hao_missing amount_follows",
    "（2023）鲁0102执5000.00": "court_known hao_missing amount_follows",
    "（2023）鲁0102执5,000": "court_known hao_missing amount_follows",
    "执行款执行款款（2023）鲁0102执1": "court_known hao_missing maybe_cut",
}
OTHER_EVIDENCE = {
    "（2023）鲁0102执1 23号": "court_known split_number hao_missing",
    "（2023）鲁0102执1、2号": "court_known shared_prefix",
    "（2023）鲁0102执1-2号": "court_known range",
}


@pytest.mark.parametrize(("text", "evidence"), EVIDENCE.items())
def test_evidence_names_every_deviation_and_sets_the_confidence(text: str, evidence: str) -> None:
    best = extract_case_numbers(text, known_courts=KNOWN)[0]
    assert best.evidence == tuple(evidence.split())
    assert best.confidence == max(5, 100 - sum(COST.get(name, 0) for name in best.evidence))


@pytest.mark.parametrize(("text", "evidence"), OTHER_EVIDENCE.items())
def test_evidence_of_further_candidates(text: str, evidence: str) -> None:
    assert extract_case_numbers(text, known_courts=KNOWN)[1].evidence == tuple(evidence.split())


def test_the_court_of_the_account_stands_in() -> None:
    (found,) = extract_case_numbers("（2023）执123号", known_courts=KNOWN, default_court="鲁0102")
    assert found.evidence == ("court_from_default",)


def test_every_cost_is_exercised_above() -> None:
    named = " ".join([*EVIDENCE.values(), *OTHER_EVIDENCE.values(), "court_from_default"]).split()
    assert set(named) == COST.keys() | {"exact", "court_known"}


def test_span_points_into_the_text_as_given() -> None:
    text = "备注：\u200b （２０２３） 鲁０１\u200b０２执１２３号 案款"
    (found,) = extract_case_numbers(text)
    assert text[slice(*found.span)] == "（２０２３） 鲁０１\u200b０２执１２３号"


def test_number_that_ends_where_banks_cut_is_less_sure() -> None:
    whole = "执行案款附言".ljust(14, "款") + "（2023）鲁0102执123"
    assert len(whole) == 29
    (short,) = extract_case_numbers(whole)
    (cut,) = extract_case_numbers("款" + whole)
    (closed,) = extract_case_numbers("款" + whole + "号")
    assert "maybe_cut" not in short.evidence
    assert "maybe_cut" in cut.evidence
    assert cut.confidence < short.confidence < closed.confidence == 100


def test_old_court_code_counts_as_known_when_its_successor_is() -> None:
    (found,) = extract_case_numbers("（2018）鲁0282执5号", known_courts={"鲁0215"})
    assert (found.confidence, found.number.court_code) == (100, "鲁0282")
    assert "court_known" in found.evidence


def test_court_digits_of_two_known_provinces_decide_nothing() -> None:
    (found,) = extract_case_numbers("20230102执5号", known_courts={"鲁0102", "粤0102"})
    assert found.number.court_code == ""
    assert "court_missing" in found.evidence


def test_same_number_twice_is_one_candidate_with_the_better_confidence() -> None:
    for text in ("2023鲁0102执123 即（2023）鲁0102执123号", "（2023）鲁0102执123号 即2023鲁0102执123"):
        (found,) = extract_case_numbers(text)
        assert found.confidence == 100


def test_long_range_is_not_expanded() -> None:
    assert len(extract_case_numbers("(2023)鲁0102执1-50号")) == 50
    assert len(extract_case_numbers("(2023)鲁0102执1-51号")) == 1


def test_text_is_read_to_its_limit() -> None:
    number = "（2023）鲁0102执123号"
    assert extract_case_numbers(" " * (TEXT_LIMIT - len(number)) + number)
    assert extract_case_numbers("。" * TEXT_LIMIT + number) == []


@pytest.mark.parametrize(
    "piece", ["2023", "鲁0102", "2023 年", "(", "1", "民", "2023鲁0102执", "执1、", "鲁 (", "知民初 "]
)
def test_no_text_makes_the_search_slow(piece: str) -> None:
    start = time.process_time()
    extract_case_numbers((piece * TEXT_LIMIT)[:TEXT_LIMIT], known_courts=KNOWN, default_court="鲁0102")
    assert time.process_time() - start < 0.5


SIGNS = "（）()[]【】 　年号第字之一、,-/~至.0123456789Ol２鲁粤最高法执恢民初终知款元破刑核條\u200b"


@given(st.text(alphabet=st.one_of(st.sampled_from(SIGNS), st.characters()), max_size=60))
def test_any_text_gives_wellformed_candidates(text: str) -> None:
    found = extract_case_numbers(text, known_courts=KNOWN, default_court="鲁0102")
    assert [each.confidence for each in found] == sorted((each.confidence for each in found), reverse=True)
    assert len({each.number.key for each in found}) == len(found)
    for each in found:
        start, end = each.span
        assert 0 <= start < end <= len(text)
        assert 0 < each.confidence <= 100
        assert set(each.evidence) <= COST.keys() | {"exact", "court_known"}
        if each.number.complete:
            assert CaseNumber.parse(str(each.number)) == each.number


meant_numbers = st.builds(
    CaseNumber,
    st.integers(2016, 2039),
    st.sampled_from(sorted(KNOWN)),
    st.just(""),
    st.sampled_from(["执", "执恢", "执保", "民初", "民终", "刑初", "行审", "司救执"]),
    st.integers(1, 99999),
)


@given(
    meant_numbers,
    st.sampled_from(["", "付", "案款：", "示例商贸有限公司"]),
    st.sampled_from(["", "案款", " 执行款", "。"]),
)
def test_normal_form_is_found_wherever_it_stands(meant: CaseNumber, before: str, after: str) -> None:
    (exact, *_) = extract_case_numbers(f"{before}{meant}{after}", known_courts=KNOWN)
    assert (exact.number, exact.confidence) == (meant, 100)
    # Something must follow: bare digits at the end of twenty characters may have been cut.
    (bare, *_) = extract_case_numbers(f"{before}{meant.key}{after or '。'}", known_courts=KNOWN)
    assert bare.number == meant
    assert 90 <= bare.confidence < 100
