"""What a check is, and which ones a plugin has to pass. A plugin declares; it never chooses."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from ankuan.plugin_api.testing.indicators import BY_ID

MODULES: Final = (
    "shape",
    "conduct",
    "sub_accounts",
    "transfers",
    "receipts",
    "references",
    "lost_answers",
    "submissions",
    "batches",
    "results",
    "returned",
    "statements",
    "adjustments",
    "reconciliation",
    "security",
    "encoding",
    "paper",
    "wire_faults",
    "malformed",
)
"""Modules of ``checks``, in the order in which their checks are run."""
USUAL_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Check:
    """One check. ``needs``: facts about a plugin (see ``subject.facts``); one that begins with ``!`` must not hold.

    ``run`` takes a bench and ``arguments``. ``live``: reads only, so that it may be run at a real endpoint.
    """

    indicator: str
    name: str
    run: Callable[..., Awaitable[None]]
    arguments: Mapping[str, Any]
    needs: tuple[str, ...]
    live: bool
    seconds: float

    def applies_to(self, facts: Iterable[str]) -> bool:
        """Whether a plugin of these facts has to pass it."""
        known = set(facts)
        return all((need[1:] not in known) if need.startswith("!") else need in known for need in self.needs)


_CHECKS: dict[str, Check] = {}
Body = Callable[..., Awaitable[None]]


def check(
    indicator: str,
    *needs: str,
    cases: Mapping[str, Mapping[str, Any]] | None = None,
    live: bool = False,
    seconds: float = USUAL_SECONDS,
) -> Callable[[Body], Body]:
    """Register an async function as a check of an indicator, once for each of ``cases`` (name -> arguments)."""
    if indicator not in BY_ID:
        raise ValueError(f"no indicator {indicator}")

    def register(body: Body) -> Body:
        for case, arguments in (cases or {"": {}}).items():
            name = f"{body.__name__}[{case}]" if case else body.__name__
            if name in _CHECKS:
                raise ValueError(f"two checks are named {name}")
            _CHECKS[name] = Check(indicator, name, body, arguments, needs, live, seconds)
        return body

    return register


def all_checks() -> tuple[Check, ...]:
    """Every check there is, in order."""
    for module in MODULES:
        import_module(f"ankuan.plugin_api.testing.checks.{module}")
    return tuple(_CHECKS.values())


def applicable(facts: Iterable[str]) -> tuple[Check, ...]:
    """The checks that a plugin of these facts has to pass, in order."""
    known = frozenset(facts)
    return tuple(one for one in all_checks() if one.applies_to(known))
