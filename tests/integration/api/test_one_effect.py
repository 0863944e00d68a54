"""Dry runs answer as the real run and keep nothing; a key acts once, for one person and one input."""

import asyncio
from typing import Any

import pytest

from ankuan.platform.graphql.ids import decode_id
from tests.fixtures.mutations import MUTATIONS, document, mutation_fields
from tests.fixtures.stage import changed, disbursement, key
from tests.fixtures.stages import Play

NAMES = sorted(mutation_fields())
MADE_UP = frozenset({"id", "dryRun", "digest", "at", "raisedAt", "receiptUrl"})
"""Fields that hold fresh random ids or the clock of the database."""
STANDING_BESIDE = {"fundAccount": frozenset({"balance", "unidentified"})}
"""Figures of what stands beside the object acted on: they tell what is so now, and after a trial nothing has moved."""


def lasting(value: Any) -> Any:
    """An answer without what can't be the same in two runs."""
    if isinstance(value, dict):
        return {
            name: lasting({k: v for k, v in inner.items() if k not in STANDING_BESIDE[name]})
            if name in STANDING_BESIDE
            else lasting(inner)
            for name, inner in value.items()
            if name not in MADE_UP
        }
    return [lasting(inner) for inner in value] if isinstance(value, list) else value


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """Where two answers differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [found for name in one for found in differences(one[name], other.get(name), f"{path}.{name}")]
    return [] if one == other else [f"{path}: {one!r} / {other!r}"]


@pytest.mark.parametrize("name", NAMES)
async def test_trial_then_real_then_again(play: Play, name: str) -> None:
    given, served = MUTATIONS[name], play.served
    by, text = play.stage.ours.login(given.by), document(name)
    good = given.make(play.stage.ours) | {"idempotencyKey": key()}

    before = await play.eye.see()
    trial = await served.ask(by, text, input=good | {"dryRun": True})
    assert not changed(before, await play.eye.see()), "a trial keeps nothing, its key included"
    real = await served.ask(by, text, input=good)
    assert real["__typename"].endswith("Success"), real
    assert (trial["dryRun"], real["dryRun"]) == (True, False)
    assert lasting(trial) == lasting(real), differences(lasting(trial), lasting(real))

    done = await play.eye.see()
    assert changed(before, done) >= {"idempotency_key"}
    # Some mutations legitimately have nothing to show for it but their key; none that moves money is among them.
    assert len(changed(before, done)) > 1
    assert await served.ask(by, text, input=good) == real, "the key's first outcome, again"
    assert await served.ask(by, text, input=good | {"dryRun": True}) == real | {"dryRun": True}
    other = await served.ask(by, text, input=_other(good))
    assert (other["__typename"], other["code"], other["field"]) == (
        "Conflict", "idempotency_key_reused", "idempotencyKey",
    )  # fmt: skip
    other_operation = "clearAlarm" if name != "clearAlarm" else "setCaseStatus"
    elsewhere = await served.ask(
        by,
        document(other_operation),
        input=MUTATIONS[other_operation].make(play.stage.ours) | {"idempotencyKey": good["idempotencyKey"]},
    )
    assert elsewhere["code"] == "idempotency_key_reused"
    assert not changed(done, await play.eye.see())


def _other(good: dict[str, Any]) -> dict[str, Any]:
    """The same with one word changed."""
    for name in ("comment", "reason", "note", "purpose", "number"):
        if name in good:
            return good | {name: good[name] + "！"}
    if "count" in good:
        return good | {"count": good["count"] + 1}
    spoilt = dict(good)
    [first, *_] = [n for n in good if n.endswith("Id") or n == "items"]
    spoilt[first] = [*good[first], *good[first]] if isinstance(good[first], list) else good[first] + "x"
    return spoilt


async def test_a_key_is_its_owners(play: Play) -> None:
    """Two people may hit on the same key: neither meets the other's outcome."""
    text, shared = document("clearAlarm"), key()
    ours = MUTATIONS["clearAlarm"].make(play.stage.ours) | {"idempotencyKey": shared}
    theirs = MUTATIONS["clearAlarm"].make(play.stage.foreign) | {"idempotencyKey": shared}
    first = await play.served.ask("caiwu.0102", text, input=ours)
    second = await play.served.ask("caiwu.01", text, input=theirs)
    assert (first["__typename"], second["__typename"]) == ("ClearAlarmSuccess", "ClearAlarmSuccess")
    assert first["alarm"]["id"] != second["alarm"]["id"]


async def test_spending_more_than_there_is(play: Play) -> None:
    served, ours = play.served, play.stage.ours
    claim = MUTATIONS["claimReceipt"].make(ours) | {"idempotencyKey": key()}
    claim["allocations"][1]["amount"] = "200.01"
    large = await disbursement(served, "0102", ours.case, "DRAFT", amount="8900.00")
    before = await play.eye.see()
    refused = await served.ask("caiwu.0102", document("claimReceipt"), input=claim)
    assert (refused["__typename"], refused["code"]) == ("Conflict", "over_allocated")
    for dry in (True, False):
        refused = await served.ask(
            "chengban.0102",
            document("submitDisbursement"),
            input={"idempotencyKey": key(), "disbursementId": large[0], "digest": large[1], "dryRun": dry},
        )
        assert refused["__typename"] in {"Refused", "Conflict"}
        assert refused["code"]
    assert not changed(before, await play.eye.see())


@pytest.mark.parametrize(
    ("act", "by", "status", "earlier"),
    [
        ("approveDisbursement", "tingzhang", "IN_APPROVAL", "chengban"),
        ("auditDisbursement", "caiwu", "APPROVED", "tingzhang"),
        ("auditDisbursement", "caiwu", "APPROVED", "chengban"),
        ("releaseDisbursements", "chuna", "AUDITED", "caiwu"),
        ("releaseDisbursements", "chuna", "AUDITED", "chengban"),
    ],
)
async def test_one_person_under_two_names(play: Play, act: str, by: str, status: str, earlier: str) -> None:
    """Who has acted before is told by the human being behind the login (I10)."""
    person = await play.eye.one("select person_key from staff where number = $1", f"{earlier}.0102")
    await play.eye.do("update staff set person_key = 'left' where number = $1", f"{earlier}.0102")
    await play.eye.do("update staff set person_key = $1 where number = $2", person, f"{by}.0102")
    before = await play.eye.see()
    given = MUTATIONS[act].make(play.stage.ours) | {"idempotencyKey": key()}
    refused = await play.served.ask(f"{by}.0102", document(act), input=given)
    assert (refused["__typename"], refused["code"]) == ("Refused", "same_person"), refused
    assert not changed(before, await play.eye.see())
    assert status in play.stage.ours.disbursements


async def _all(play: Play, name: str, by: str, inputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    text = document(name)
    answers = await asyncio.gather(*(play.served.ask(by, text, input=one) for one in inputs))
    return list(answers)


RACES = {
    "claimReceipt": ("caiwu.0102", "select count(*) from allocation where receipt_id = $1", 2),
    "submitDisbursement": ("chengban.0102", "select count(*) from ledger_hold where origin_id in"
                           " (select id from disbursement_line where disbursement_id = $1)", 1),
    "approveDisbursement": ("tingzhang.0102", "select count(*) from disbursement_act"
                            " where disbursement_id = $1 and act = 'approve'", 1),
    "releaseDisbursements": ("chuna.0102", "select count(*) from instruction where origin_id in"
                             " (select id from disbursement_line where disbursement_id = $1)", 1),
}  # fmt: skip


def subject(play: Play, name: str) -> Any:
    """The row that a race is about."""
    given = MUTATIONS[name].make(play.stage.ours)
    return decode_id(given.get("receiptId") or given.get("disbursementId") or given["items"][0]["disbursementId"]).uuid


@pytest.mark.parametrize("name", sorted(RACES))
async def test_twenty_at_once_with_one_key(play: Play, name: str) -> None:
    by, count, effects = RACES[name]
    given = MUTATIONS[name].make(play.stage.ours) | {"idempotencyKey": key()}
    answers = await _all(play, name, by, [given] * 20)
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["__typename"].endswith("Success")
    assert await play.eye.one(count, subject(play, name)) == effects


@pytest.mark.parametrize("name", sorted(RACES))
async def test_twenty_at_once_with_keys_of_their_own(play: Play, name: str) -> None:
    by, count, effects = RACES[name]
    given = MUTATIONS[name].make(play.stage.ours)
    answers = await _all(play, name, by, [given | {"idempotencyKey": key()} for _ in range(20)])
    won = [answer for answer in answers if answer["__typename"].endswith("Success")]
    assert len(won) == 1, answers
    lost = {(answer["__typename"], answer["code"]) for answer in answers if answer not in won}
    assert {kind for kind, _ in lost} <= {"Conflict", "Refused"}, lost
    assert await play.eye.one(count, subject(play, name)) == effects
    assert await play.eye.one("select sum(balance_fen) from ledger_balance where balance_fen < 0") is None
