"""Whatever is wrong with the input of a mutation: a typed error with a stable code, and nothing has changed."""

from typing import Any

import pytest

from ankuan.kernel.errors import all_errors
from tests.fixtures.bad_inputs import Bad, bad_inputs, foreign_pairs
from tests.fixtures.mutations import MUTATIONS, document, mutation_fields
from tests.fixtures.stage import changed, key
from tests.fixtures.stages import Play

NAMES = sorted(mutation_fields())
LOOK_EVERY = 20
KINDS = {"invalid": "InvalidInput", "not_found": "NotFound", "not_allowed": "NotAllowed", "conflict": "Conflict"}


def test_every_mutation_has_an_entry() -> None:
    assert set(MUTATIONS) == set(NAMES), "add the mutation to tests/fixtures/mutations.py"


def told(answer: dict[str, Any]) -> tuple[str, str, str | None]:
    """Kind, code and field of an error; the kind is ``top`` when the document itself was refused."""
    if "errors" in answer:
        assert answer.get("data") is None or set(answer["data"].values()) == {None}
        codes = {error["extensions"]["code"] for error in answer["errors"]}
        assert len(codes) == 1, answer
        [code] = codes
        assert code != "internal_error", answer
        return "top", code, answer["errors"][0]["extensions"].get("field")
    [value] = answer["data"].values()
    if value["__typename"].endswith("Success"):
        return "Success", "", None
    known = all_errors()[value["code"]]
    assert KINDS.get(known.kind.value, "Refused") == value["__typename"]
    assert value["message"]
    return value["__typename"], value["code"], value["field"]


def verdict(bad: Bad, kind: str, code: str, field: str | None) -> str | None:
    """What is wrong with the answer, if anything."""
    if bad.kind == "maybe":
        return None if kind != "top" else f"{kind} {code}"
    if kind == "Success" or bad.kind not in {"any", kind}:
        return f"{kind} {code} instead of {bad.kind}"
    if bad.kind == "top" and code != "bad_request":
        return f"{code} instead of bad_request"
    if bad.kind == "InvalidInput" and field != bad.field:
        return f"{code} names {field}"
    # The gate, which refuses a court out of sight, does not know which input named it.
    if bad.kind == "NotFound" and field is not None and not (bad.field or "").startswith(field):
        return f"{code} names {field}"
    return None


@pytest.mark.parametrize("name", NAMES)
async def test_bad_input_is_told_and_changes_nothing(play: Play, name: str) -> None:
    given, stage = MUTATIONS[name], play.stage
    by, text = stage.ours.login(given.by), document(name)
    before = await play.eye.see()
    wrong: list[str] = []
    for number, bad in enumerate([*bad_inputs(name, stage), None]):
        if number % LOOK_EVERY == 0 or bad is None:
            after = await play.eye.see()
            if changed(before, after):
                wrong.append(f"before {bad}: changed {changed(before, after)}")
                before = after
        if bad is None:
            break
        # Two that are right show up as a change; so they are only tried.
        sent = bad.given | {"dryRun": True} if bad.kind == "maybe" else dict(bad.given)
        if bad.field != "idempotencyKey":
            sent["idempotencyKey"] = key()
        response = await play.served.post("/graphql", {"query": text, "variables": {"input": sent}}, by)
        if response.status_code != 200:
            wrong.append(f"{bad.title}: HTTP {response.status_code} {response.text[:80]}")
            continue
        try:
            problem = verdict(bad, *told(response.json()))
        except (AssertionError, KeyError) as error:
            problem = f"{error} {response.text[:200]}"
        if problem:
            wrong.append(f"{bad.title}: {problem}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", NAMES)
async def test_a_foreign_object_is_as_good_as_none(play: Play, name: str) -> None:
    given, stage = MUTATIONS[name], play.stage
    by, text = stage.ours.login(given.by), document(name)
    before = await play.eye.see()
    pairs = list(foreign_pairs(name, stage))
    assert bool(pairs) != given.is_of_all
    for title, foreign, missing in pairs:
        answers = [await play.served.raw(by, text, input=one | {"idempotencyKey": key()}) for one in (foreign, missing)]
        assert answers[0] == answers[1], title
        assert told(answers[0])[0] == "NotFound", (title, answers[0])
    assert not changed(before, await play.eye.see())


@pytest.mark.parametrize("name", NAMES)
async def test_only_who_may(play: Play, name: str) -> None:
    given, stage = MUTATIONS[name], play.stage
    text, good = document(name), given.make(stage.ours) | {"idempotencyKey": key()}
    before = await play.eye.see()
    not_signed_in = await play.served.raw(None, text, input=good)
    assert told(not_signed_in)[:2] in {("top", "unauthenticated"), ("NotAllowed", "unauthenticated")}
    assert told(await play.served.raw(stage.ours.login(given.not_by), text, input=good))[0] == "NotAllowed"
    # Who looks down on the whole province sees it, and may do nothing to it.
    assert told(await play.served.raw("gaoyuan", text, input=good))[0] in {"NotAllowed", "NotFound"}
    if not given.is_of_all:
        assert told(await play.served.raw(stage.foreign.login(given.by), text, input=good))[0] == "NotFound"
    assert not changed(before, await play.eye.see())
