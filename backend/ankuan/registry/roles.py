"""Roles and what they may do, as packaged data (domain §14: roles are data)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from ankuan.platform.actor import Reach


@dataclass(frozen=True, slots=True)
class RoleDefinition:
    """A role: its titles, and each permission with how far it reaches."""

    name: str
    title_zh: str
    title_en: str
    permissions: Mapping[str, Reach]


@cache
def packaged_roles() -> Mapping[str, RoleDefinition]:
    """All roles of ``roles.json`` by name, in the order of the file."""
    raw = json.loads(files("ankuan.registry").joinpath("roles.json").read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            name: RoleDefinition(
                name=name,
                title_zh=role["title"]["zh"],
                title_en=role["title"]["en"],
                permissions=MappingProxyType({p: Reach(reach) for p, reach in role["permissions"].items()}),
            )
            for name, role in raw.items()
        }
    )


def roles_as_sql() -> str:
    """SQL that makes ``role`` and ``role_permission`` say what ``roles.json`` says.

    For migrations: one that changes the file runs this again. A role that a person may still hold is not removed.
    """
    roles = packaged_roles().values()
    role_rows = ",\n".join(
        f"({_text(r.name)}, {_text(r.title_zh)}, {_text(r.title_en)}, {n})" for n, r in enumerate(roles)
    )
    permission_rows = ",\n".join(
        f"({_text(r.name)}, {_text(p)}, {_text(reach)})" for r in roles for p, reach in r.permissions.items()
    )
    return "\n".join(
        (
            f"insert into role (name, title_zh, title_en, position) values\n{role_rows}",
            "on conflict (name) do update set title_zh = excluded.title_zh, title_en = excluded.title_en,",
            "  position = excluded.position;",
            "delete from role_permission;",
            f"insert into role_permission (role, permission, reach) values\n{permission_rows};",
        )
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
