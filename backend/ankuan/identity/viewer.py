"""Facts about the person who is signed in, for screens."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from ankuan.identity.tables import Credential
from ankuan.kernel.errors import NotFound
from ankuan.platform.actor import Actor
from ankuan.platform.db import ReadSession
from ankuan.platform.graphql.ids import global_id
from ankuan.registry.queries import departments_by_id, get_court, roles_of
from ankuan.registry.tables import Court, Department, Role


@dataclass(frozen=True, slots=True)
class ViewerFacts:
    """The viewer with court, department and roles as rows."""

    actor: Actor
    login: str
    court: Court
    department: Department | None
    roles: tuple[Role, ...]


async def load_viewer(session: ReadSession, actor: Actor) -> ViewerFacts:
    """Facts about a staff actor. The session must be the platform's own: logins are not shown to people.

    Raises :class:`ankuan.kernel.errors.NotFound` for an actor that is not a person.
    """
    if actor.id is None or actor.court_id is None:
        raise NotFound("当前用户不是工作人员", "The viewer is not a person")
    ref = (actor.court_id, actor.id)
    login = await session.scalar(
        select(Credential.login).where(Credential.court_id == ref[0], Credential.staff_id == ref[1])
    )
    department = None
    if actor.department_id is not None:
        key = (actor.court_id, actor.department_id)
        department = (await departments_by_id(session, [key])).get(key)
    return ViewerFacts(
        actor=actor,
        login=login or "",
        court=await get_court(session, actor.court_id),
        department=department,
        roles=(await roles_of(session, [ref])).get(ref, ()),
    )


def viewer_json(facts: ViewerFacts, *, language: str = "zh-CN") -> dict[str, Any]:
    """The viewer as the sign-in answer tells it, with the ids of the GraphQL interface."""
    actor = facts.actor
    if actor.id is None or actor.court_id is None:
        raise TypeError("facts are about a person")
    return {
        "id": global_id("Staff", actor.court_id, actor.id),
        "name": actor.name,
        "login": facts.login,
        "court": {
            "id": global_id("Court", facts.court.id, facts.court.id),
            "code": facts.court.code,
            "name": facts.court.name,
        },
        "roles": [
            {"name": role.name, "title": role.title_en if language == "en" else role.title_zh} for role in facts.roles
        ],
        "permissions": sorted(actor.permissions),
    }
