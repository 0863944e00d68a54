"""The repository obeys the rules, and every rule is able to object."""

import pytest

from tests.tidy import house, locks, sizes, words
from tests.tidy.source import Rule, Source, repository

RULES = [*sizes.RULES, *words.RULES, *house.RULES, *locks.RULES]

EXCEPTIONS: dict[tuple[str, str], str] = {
    (
        "no float near money",
        "backend/ankuan/registry/case_table/workbook.py",
    ): "recognises a spreadsheet's number cells, which are floats, in order to turn or refuse them",
}
"""(rule, path) to the reason why this file may break it."""


def name(rule: Rule) -> str:
    return rule.name


@pytest.fixture(scope="module")
def sources() -> list[Source]:
    found = repository()
    assert len(found) > 50, "the rules must look at something"
    return found


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_repository(rule: Rule, sources: list[Source]) -> None:
    found = [finding for finding in rule.check(sources) if (rule.name, finding.path) not in EXCEPTIONS]
    assert not found, "\n" + "\n".join(map(str, found))


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_rule_objects(rule: Rule) -> None:
    if rule.name == "median module length":  # speaks about all files together
        assert list(rule.check(rule.bad))
    else:
        assert all(list(rule.check([source])) for source in rule.bad)


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_rule_is_content(rule: Rule) -> None:
    assert list(rule.check(rule.good)) == []


def test_every_exception_is_needed(sources: list[Source]) -> None:
    broken = {(rule.name, finding.path) for rule in RULES for finding in rule.check(sources)}
    assert set(EXCEPTIONS) <= broken
