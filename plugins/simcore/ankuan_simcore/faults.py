"""What goes wrong, and when: scripted for the n-th call, switched on for all calls, or drawn by a seed."""

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ankuan_simcore.behaviour import drawn


class Fault(StrEnum):
    """A way to fail. Names are stable: tests and the fault log use them."""

    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    SLOW = "slow"
    GARBAGE = "garbage"
    TRUNCATED = "truncated"
    WRONG_ENCODING = "wrong_encoding"
    EMPTY = "empty"
    HTTP_ERROR = "http_error"
    CLIENT_CODE = "client_code"
    UNKNOWN_CODE = "unknown_code"
    PROCESSING = "processing"
    APPROVAL = "approval"
    HIDE = "hide"
    REFUSE = "refuse"
    PAY_TWICE = "pay_twice"
    MISDIRECT = "misdirect"
    LIE_SUCCESS = "lie_success"
    DUPLICATE_ROWS = "duplicate_rows"
    MISSING_ROWS = "missing_rows"
    SHUFFLED_ROWS = "shuffled_rows"
    PAGES_SHIFT = "pages_shift"
    DRIBBLE = "dribble"
    OTHER_ANSWER = "other_answer"
    XML_BOMB = "xml_bomb"
    WRONG_UNIT = "wrong_unit"
    WRONG_SIGNATURE = "wrong_signature"
    BALANCE_MISMATCH = "balance_mismatch"
    RARE_NAME = "rare_name"
    PARTIAL_BATCH = "partial_batch"
    OUT_OF_HOURS = "out_of_hours"
    NOTICE_BEFORE_ANSWER = "notice_before_answer"
    DUPLICATE_NOTICE = "duplicate_notice"
    LATE_NOTICE = "late_notice"
    FORGED_NOTICE = "forged_notice"


NOTICE_FAULTS = frozenset({Fault.DUPLICATE_NOTICE, Fault.LATE_NOTICE, Fault.FORGED_NOTICE})
"""They strike notices: a script counts notices, not calls, when its fault is one of these."""
NOTICE = "NOTICE"
"""The action under which notices are scripted."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One fault to commit now, with its parameters."""

    fault: Fault
    params: dict[str, Any] = field(default_factory=dict)

    def number(self, name: str, default: int) -> int:
        """An integer parameter."""
        return int(self.params.get(name, default))

    def text(self, name: str, default: str) -> str:
        """A text parameter."""
        return str(self.params.get(name, default))

    def rows(self, name: str, default: tuple[int, ...]) -> tuple[int, ...]:
        """Row numbers; the first row is 1."""
        return tuple(int(row) for row in self.params.get(name, default))

    def seconds(self, default: float) -> float:
        """The parameter ``seconds``."""
        return float(self.params.get("seconds", default))


@dataclass(slots=True)
class Script:
    """On the ``nth`` matching call from now (1 = the next), and for ``times`` calls: commit the fault."""

    action: str
    plan: Plan
    nth: int = 1
    times: int = 1
    client_ref: str | None = None
    seen: int = 0

    @property
    def spent(self) -> bool:
        """Whether it has nothing left to do."""
        return self.seen >= self.nth + self.times - 1

    def hit(self, action: str, client_ref: str) -> bool:
        """Count a call; whether this one is meant."""
        if self.action not in {action, "*"} or (self.client_ref is not None and self.client_ref != client_ref):
            return False
        self.seen += 1
        return self.nth <= self.seen < self.nth + self.times


class FaultBook:
    """All orders to fail, in memory only: a restarted bank behaves well."""

    def __init__(self) -> None:
        self.scripts: list[Script] = []
        self.switches: dict[str, list[Plan]] = {}
        self.seed = 0
        self.per_mille: dict[str, int] = {}
        self._answers: dict[str, dict[str, bytes]] = {}
        self._attempts: dict[tuple[str, str], int] = defaultdict(int)

    def plans(self, action: str, client_ref: str = "") -> list[Plan]:
        """Count a call of ``action`` and tell which faults it meets. Action ``NOTICE``: count a notice."""
        self._attempts[action, client_ref] += 1
        found = [
            script.plan for script in self.scripts if _concerns(script.plan, action) and script.hit(action, client_ref)
        ]
        self.scripts = [script for script in self.scripts if not script.spent]
        switched = self.switches.get(action, []) + self.switches.get("*", [])
        found += [plan for plan in switched if _concerns(plan, action)]
        if self.per_mille and client_ref:
            name = drawn(self.seed, f"{action}:{client_ref}", self._attempts[action, client_ref], self.per_mille)
            if name is not None and _concerns(plan := Plan(Fault(name)), action):
                found.append(plan)
        return found

    def answer_of_another(self, action: str, client_ref: str, reply: bytes, plans: list[Plan]) -> bytes:
        """``reply``, or with ``other_answer`` the latest answer to the same action under another reference.

        Where nobody has asked that yet, the latest answer to another action; ``reply`` when there is none either.
        """
        known = self._answers.setdefault(action, {})
        if find(plans, Fault.OTHER_ANSWER):
            others = [told for ref, told in known.items() if ref != client_ref]
            rest = [told for other, answers in self._answers.items() if other != action for told in answers.values()]
            return (others or rest or [reply])[-1]
        known.pop(client_ref, None)
        known[client_ref] = reply
        if len(known) > 2:
            known.pop(next(iter(known)))
        return reply

    def clear(self) -> None:
        """Behave well from now on."""
        self.scripts.clear()
        self.switches.clear()
        self.per_mille = {}


def _concerns(plan: Plan, action: str) -> bool:
    return (plan.fault in NOTICE_FAULTS) == (action == NOTICE)


def find(plans: list[Plan], fault: Fault) -> Plan | None:
    """The plan of this fault, if it is among them."""
    return next((plan for plan in plans if plan.fault is fault), None)
