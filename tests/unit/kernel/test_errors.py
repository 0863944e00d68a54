"""Errors: one code each, declared wrongly they fail at import."""

from __future__ import annotations

import pickle

import pytest

from ankuan.kernel.errors import AnkuanError, ErrorKind, InvalidInput, NotAllowed, NotFound, all_errors


def test_ready_made_errors() -> None:
    table = {"invalid_input": InvalidInput, "not_found": NotFound, "not_allowed": NotAllowed}
    assert table.items() <= all_errors().items()
    assert [error.kind for error in table.values()] == [ErrorKind.INVALID, ErrorKind.NOT_FOUND, ErrorKind.NOT_ALLOWED]


def test_an_error_carries_both_languages_field_and_details() -> None:
    error = NotFound("没有此案件", "There is no such case", field="caseId", court="鲁0102", tries=2)
    assert (error.zh, error.en, error.field) == ("没有此案件", "There is no such case", "caseId")
    assert error.details == {"court": "鲁0102", "tries": 2}
    assert str(error) == "not_found: 没有此案件 / There is no such case"
    again = pickle.loads(pickle.dumps(error))
    assert (again.zh, again.field, again.details) == (error.zh, error.field, error.details)


def test_codes_are_unique_sorted_and_complete() -> None:
    errors = all_errors()
    assert list(errors) == sorted(errors)
    for code, error in errors.items():
        assert error.code == code
        assert isinstance(error.kind, ErrorKind)
        assert error.__doc__


def test_a_taken_code_fails_at_declaration() -> None:
    with pytest.raises(TypeError, match="already taken by NotFound"):

        class Another(AnkuanError):
            code = "not_found"
            kind = ErrorKind.NOT_FOUND

    assert all_errors()["not_found"] is NotFound


@pytest.mark.parametrize("code", [None, "", "NotFound", "not-found", "_x", "x_", "1x", "a__b", 5])
def test_a_malformed_code_fails_at_declaration(code: object) -> None:
    with pytest.raises(TypeError, match="snake_case"):
        type("Malformed", (AnkuanError,), {"code": code, "kind": ErrorKind.INVALID})


def test_an_inherited_code_or_a_missing_kind_fails_at_declaration() -> None:
    with pytest.raises(TypeError, match="snake_case"):
        type("Inherits", (NotFound,), {})
    with pytest.raises(TypeError, match="kind"):
        type("Kindless", (AnkuanError,), {"code": "kindless_for_a_test"})
    with pytest.raises(TypeError, match="kind"):
        type("Wrong", (AnkuanError,), {"code": "kindless_for_a_test", "kind": "invalid"})
    assert "kindless_for_a_test" not in all_errors()


def test_an_abstract_base_needs_no_code() -> None:
    before = all_errors()

    class Base(AnkuanError, abstract=True):
        kind = ErrorKind.REFUSED

    assert all_errors() == before
    assert Base.kind is ErrorKind.REFUSED
