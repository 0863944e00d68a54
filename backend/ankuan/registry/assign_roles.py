"""Say which roles a person holds. Two powers that exclude each other are refused (failures §2.3, I10)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select

from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.platform.constraints import constraint_means
from ankuan.platform.db import WriteSession
from ankuan.platform.events import emit
from ankuan.plugin_api.events import StandingChanged
from ankuan.registry.rules import IncompatibleRoles, check_separation
from ankuan.registry.staff_queries import get_staff
from ankuan.registry.tables import RolePermission, StaffRole


class UnknownRole(AnkuanError):
    """There is no role of this name."""

    code = "unknown_role"
    kind = ErrorKind.INVALID


constraint_means(
    "ck_staff_role_separation",
    lambda: IncompatibleRoles("同一人不得兼有互斥的权限", "One person may not hold powers that exclude each other"),
)


async def assign_roles(
    session: WriteSession, *, court_id: int, staff_id: UUID, roles: Collection[str], now: datetime
) -> None:
    """Make these the roles that the person holds, neither more nor fewer; open connections are told to check anew.

    Raises :class:`UnknownRole`, :class:`ankuan.registry.rules.IncompatibleRoles`,
    :class:`ankuan.registry.staff_queries.StaffNotFound`.
    """
    await get_staff(session, court_id=court_id, staff_id=staff_id)
    permissions: dict[str, set[str]] = {}
    for role, permission in await session.execute(select(RolePermission.role, RolePermission.permission)):
        permissions.setdefault(role, set()).add(permission)
    unknown = sorted(set(roles) - permissions.keys())
    if unknown:
        named = ", ".join(unknown)
        raise UnknownRole(f"没有该角色：{named}", f"No such role: {named}", field="roles")
    check_separation(roles, permissions)
    held = set(
        await session.scalars(
            select(StaffRole.role).where(StaffRole.court_id == court_id, StaffRole.staff_id == staff_id)
        )
    )
    given_up = held - set(roles)
    if given_up:
        await session.execute(
            delete(StaffRole).where(
                StaffRole.court_id == court_id, StaffRole.staff_id == staff_id, StaffRole.role.in_(given_up)
            )
        )
    if held != set(roles):
        await emit(session, StandingChanged(court_id=court_id, subject=staff_id, why="roles_changed"), now=now)
    added = sorted(set(roles) - held)
    if added:
        await session.execute(
            insert(StaffRole), [{"court_id": court_id, "staff_id": staff_id, "role": role} for role in added]
        )
