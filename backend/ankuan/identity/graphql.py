"""The viewer on GraphQL."""

import strawberry

from ankuan.identity.viewer import load_viewer
from ankuan.platform.actor import system_actor
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.ids import global_id
from ankuan.registry.graphql import (
    CourtType,
    DepartmentType,
    RoleType,
    court_type,
    department_type,
    role_type,
)


@strawberry.type(description="The person who is signed in.")
class Viewer:
    """The viewer."""

    id: strawberry.ID = strawberry.field(description="Global id of the person (a Staff).")
    name: str = strawberry.field(description="Name.")
    login: str = strawberry.field(description="What the person signs in with.")
    court: CourtType = strawberry.field(description="Court the person works in.")
    department: DepartmentType | None = strawberry.field(description="Department the person works in.")
    roles: list[RoleType] = strawberry.field(description="Roles the person holds.")
    permissions: list[str] = strawberry.field(description="What the person may do, somewhere; each entry decides anew.")


@strawberry.type
class IdentityQuery:
    """Part of Query."""

    @strawberry.field(description="Who is signed in; null when nobody is.")
    async def viewer(self, info: Information) -> Viewer | None:
        """The viewer."""
        context = info.context
        actor = context.viewer
        if actor is None or actor.id is None or actor.court_id is None:
            return None
        async with context.database.read(system_actor("viewer")) as session:
            facts = await load_viewer(session, actor)
        return Viewer(
            id=global_id("Staff", actor.court_id, actor.id),
            name=actor.name,
            login=facts.login,
            court=court_type(facts.court),
            department=department_type(facts.department) if facts.department else None,
            roles=[role_type(role, context.language) for role in facts.roles],
            permissions=sorted(actor.permissions),
        )
