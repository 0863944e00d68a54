"""Who may claim and undo: a handler into own cases, finance into any (domain §5.5)."""

from typing import Protocol
from uuid import UUID

from ankuan.kernel.errors import AnkuanError, ErrorKind, NotAllowed
from ankuan.platform.graphql.context import Context


class ClaimNotYours(AnkuanError):
    """A handler claims into own cases only; what goes to others' cases is for finance."""

    code = "claim_not_yours"
    kind = ErrorKind.NOT_ALLOWED


class OfACase(Protocol):
    """What the decision needs to know of a case."""

    @property
    def court_id(self) -> int:
        """Its court."""
        ...

    @property
    def handler_id(self) -> UUID | None:
        """Who handles it."""
        ...

    @property
    def department_id(self) -> UUID | None:
        """Where it is handled."""
        ...


def require_claim(context: Context, case: OfACase) -> None:
    """May the viewer give money to this case, or take it back? Raises ``NotAllowed``, :class:`ClaimNotYours`."""
    if _may_allocate_any(context, case.court_id):
        return
    require_some_claim(context, case.court_id)
    try:
        context.gate.require(
            context.actor,
            "receipt.claim",
            court_id=case.court_id,
            handler_id=case.handler_id,
            department_id=case.department_id,
        )
    except NotAllowed:
        raise ClaimNotYours(
            "只能认领到本人承办的案件，其他案件请财务分配", "You may claim into your own cases; ask finance for others"
        ) from None


def require_some_claim(context: Context, court_id: int) -> None:
    """May the viewer give money to any case of the court at all? Raises ``NotAllowed``, ``NotFound``."""
    if _may_allocate_any(context, court_id):
        return
    actor = context.actor
    context.gate.require(
        actor, "receipt.claim", court_id=court_id, handler_id=actor.id, department_id=actor.department_id
    )


def _may_allocate_any(context: Context, court_id: int) -> bool:
    try:
        context.gate.require(context.actor, "receipt.allocate_any", court_id=court_id)
    except NotAllowed:
        return False
    return True
