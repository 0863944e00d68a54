"""Judges a history by the bank's journal and the product's book. Imports nothing of the product."""

from collections.abc import Sequence
from typing import Any


def complaints(
    *, ordered: dict[str, Any], bank: Sequence[dict[str, Any]], book: Sequence[str], state: str, alarms: Sequence[str]
) -> list[str]:
    """What went wrong in one history; empty when nothing did.

    ``book``: what the product did with the reserved money, in order. ``state``: where it thinks that the order stands.
    """
    found: list[str] = []
    executions = [entry for entry in bank if entry["kind"] == "executed"]
    refusals = [entry for entry in bank if entry["kind"] == "refused"]
    if len(executions) > 1:
        found.append(f"paid {len(executions)} times")
    if any((entry["ref"], entry["fen"], entry["payee"]) != tuple(ordered.values()) for entry in executions):
        found.append("paid something else than what was ordered")
    if state not in {"settled", "refused"}:
        found.append(f"left as {state} when all was quiet")
    if executions and state != "settled":
        found.append(f"the bank paid, the product says {state}")
    if not executions and state == "settled":
        found.append("the product says settled, the bank never paid")
    if not executions and not refusals:
        found.append("lost: neither paid nor refused by the bank")
    # The reservation leaves the case exactly once if the bank paid, and never if it did not.
    taken = {"settle": 1, "settled_after_refusal": 1, "return": 0}
    given = {"settle": 0, "settled_after_refusal": -1, "return": 1}
    if sum(taken[entry] for entry in book) != (1 if executions else 0):
        found.append(f"money taken {book} against {len(executions)} payments")
    if sum(given[entry] for entry in book) != (0 if executions else 1):
        found.append(f"money returned {book} against {len(executions)} payments")
    if "settled_after_refusal" in book and "instruction_settled_after_refusal" not in alarms:
        found.append("a payment after a refusal, and nobody was told")
    return found
