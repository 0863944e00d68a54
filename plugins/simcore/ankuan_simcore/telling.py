"""What faults make of the contents of an answer. Only a wire knows where rows, amounts and names stand in it."""

from collections.abc import Sequence
from typing import TypeVar

from ankuan_simcore.faults import Fault, Plan, find

Row = TypeVar("Row")
RARE = "𠮷㐂龘"
"""Characters that GB2312 and GBK do not hold, or not all; the first is outside the basic plane."""


def told_rows(plans: list[Plan], rows: Sequence[Row]) -> list[Row]:
    """Rows of a statement as told: twice (``duplicate_rows``), one left out (``missing_rows`` with ``row``, the first
    is 1, the last by default), or out of order (``shuffled_rows``)."""
    told = list(rows)
    if plan := find(plans, Fault.MISSING_ROWS):
        left_out = plan.number("row", len(told))
        told = [row for number, row in enumerate(told, start=1) if number != left_out]
    if find(plans, Fault.DUPLICATE_ROWS):
        told = [row for row in told for _ in range(2)]
    if find(plans, Fault.SHUFFLED_ROWS):
        told = told[1::2][::-1] + told[0::2]
    return told


def told_page(plans: list[Plan], rows: Sequence[Row], first: int, count: int) -> list[Row]:
    """``count`` rows from index ``first``. ``pages_shift`` with ``by``: from the second page on, all rows have moved
    back by so many (1: the last row of the page before comes again; -1: a row is never seen)."""
    if first > 0 and (plan := find(plans, Fault.PAGES_SHIFT)):
        first = max(0, first - plan.number("by", 1))
    return list(rows[first : first + count])


def told_fen(plans: list[Plan], fen: int) -> int:
    """An amount in an answer: ``wrong_unit`` makes it a hundred times as much, or a hundredth (``by``: ``down``)."""
    plan = find(plans, Fault.WRONG_UNIT)
    if plan is None:
        return fen
    return fen // 100 if plan.text("by", "up") == "down" else fen * 100


def told_balance(plans: list[Plan], fen: int) -> int:
    """A balance in an answer, off by ``fen`` (1 by default) with ``balance_mismatch``."""
    plan = find(plans, Fault.BALANCE_MISMATCH)
    return told_fen(plans, fen + plan.number("fen", 1) if plan is not None else fen)


def told_name(plans: list[Plan], name: str) -> str:
    """A name in an answer; ``rare_name`` puts rare characters in (``name``). The wire encodes with ``replace``."""
    plan = find(plans, Fault.RARE_NAME)
    return name if plan is None else plan.text("name", name[:1] + RARE)
