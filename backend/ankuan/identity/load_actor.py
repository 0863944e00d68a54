"""Make an actor of a person: roles, permissions with their reach, and the courts in sight."""

from types import MappingProxyType
from uuid import UUID

from sqlalchemy import select

from ankuan.platform.actor import Actor, Reach
from ankuan.platform.db import ReadSession
from ankuan.registry.queries import courts_below, get_court
from ankuan.registry.tables import RolePermission, Staff, StaffRole

_WIDTH = list(Reach)


async def load_actor(session: ReadSession, staff: Staff) -> Actor:
    """The actor that the person is now. Two roles with one permission give the wider reach.

    Sight is the own court; with a reach below it also the courts below; with the province's all of its tree.
    """
    held = await session.execute(
        select(StaffRole.role, RolePermission.permission, RolePermission.reach)
        .outerjoin(RolePermission, RolePermission.role == StaffRole.role)
        .where(StaffRole.court_id == staff.court_id, StaffRole.staff_id == staff.id)
    )
    roles: set[str] = set()
    permissions: dict[str, Reach] = {}
    for role, permission, reach in held:
        roles.add(role)
        if permission is not None:
            wider = max(Reach(reach), permissions.get(permission, Reach.OWN_CASE), key=_WIDTH.index)
            permissions[permission] = wider
    return Actor(
        kind="staff",
        id=staff.id,
        name=staff.name,
        court_id=staff.court_id,
        department_id=staff.department_id,
        person_key=staff.person_key,
        courts=await _sight(session, staff.court_id, frozenset(permissions.values())),
        roles=frozenset(roles),
        permissions=MappingProxyType(permissions),
    )


async def _sight(session: ReadSession, court_id: int, reaches: frozenset[Reach]) -> frozenset[int]:
    if Reach.PROVINCE in reaches:
        return await courts_below(session, (await get_court(session, court_id)).path[0])
    if Reach.COURT_AND_BELOW in reaches:
        return await courts_below(session, court_id)
    return frozenset({court_id})


def standing(actor: Actor) -> str:
    """What must stay the same while a session lasts: court, department and roles (failures §2.6)."""
    return f"{actor.court_id}/{actor.department_id or '-'}/{','.join(sorted(actor.roles))}"


async def staff_at_work(session: ReadSession, court_id: int, staff_id: UUID) -> Staff | None:
    """The person, or ``None`` when he has left."""
    return await session.scalar(select(Staff).where(Staff.court_id == court_id, Staff.id == staff_id, Staff.active))
