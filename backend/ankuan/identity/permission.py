"""The one permission decision (domain §14), and the gate that enforces it at every entry."""

from dataclasses import dataclass
from uuid import UUID

from ankuan.kernel.errors import AnkuanError, NotAllowed, NotFound
from ankuan.platform.actor import Actor, Reach


@dataclass(frozen=True, slots=True)
class Decision:
    """``error`` says why not; it is ``None`` exactly when allowed."""

    allowed: bool
    error: AnkuanError | None = None


_YES = Decision(allowed=True)


def decide(
    actor: Actor,
    permission: str,
    *,
    court_id: int,
    handler_id: UUID | None = None,
    department_id: UUID | None = None,
) -> Decision:
    """May the actor do this to something of that court, handler and department? Pure.

    A court outside the actor's sight answers ``NotFound``, whatever is asked, so that nobody learns what is there.
    The platform itself may do everything.
    """
    if actor.kind == "system":
        return _YES
    if actor.courts is not None and court_id not in actor.courts:
        return Decision(allowed=False, error=NotFound("对象不存在", "No such object"))
    reach = actor.permissions.get(permission)
    if reach is None:
        return _no("当前角色没有此权限", "Your role does not include this", permission)
    if not _reaches(actor, reach, court_id, handler_id, department_id):
        return _no("超出当前角色的权限范围", "This is beyond the reach of your role", permission)
    return _YES


def _reaches(actor: Actor, reach: Reach, court_id: int, handler_id: UUID | None, department_id: UUID | None) -> bool:
    own_court = actor.court_id is not None and court_id == actor.court_id
    match reach:
        case Reach.OWN_CASE:
            return own_court and actor.id is not None and handler_id == actor.id
        case Reach.DEPARTMENT:
            return own_court and actor.department_id is not None and department_id == actor.department_id
        case Reach.COURT:
            return own_court
        case Reach.COURT_AND_BELOW | Reach.PROVINCE:
            return True  # the court is in sight, and sight is the court with those below it, or the province


def _no(zh: str, en: str, permission: str) -> Decision:
    return Decision(allowed=False, error=NotAllowed(zh, en, permission=permission))


class PermissionGate:
    """Raises where :func:`decide` says no. Implements :class:`ankuan.platform.graphql.context.Gate`."""

    def require(
        self,
        actor: Actor,
        permission: str,
        *,
        court_id: int,
        handler_id: UUID | None = None,
        department_id: UUID | None = None,
    ) -> None:
        """Return, or raise ``NotAllowed``, or ``NotFound`` for a court out of sight."""
        decision = decide(actor, permission, court_id=court_id, handler_id=handler_id, department_id=department_id)
        if decision.error is not None:
            raise decision.error
