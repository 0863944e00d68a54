"""Policies: rules of a court as versioned data, with packaged defaults beside this file (domain, preface)."""

import json
from copy import deepcopy
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

from sqlalchemy import Integer, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.platform.db import ReadSession
from ankuan.registry.courts import get_court
from ankuan.registry.tables import Policy

POLICY_NAMES: Final = ("adjustment", "approval_tiers", "disbursement_review", "retention", "sub_account_pool")


class UnknownPolicy(AnkuanError):
    """There is no policy of this name."""

    code = "unknown_policy"
    kind = ErrorKind.INVALID


async def effective_policy(session: ReadSession, *, court_id: int, name: str, on: date) -> dict[str, Any]:
    """The value in force for a court on a business date.

    The court's own newest version that has begun to apply; else that of the nearest court above; else the packaged
    default. Raises :class:`UnknownPolicy`, :class:`ankuan.registry.courts.CourtNotFound`.
    """
    default = packaged_default(name)
    court = await get_court(session, court_id)
    value = await session.scalar(
        select(Policy.value)
        .where(Policy.court_id.in_(court.path), Policy.name == name, Policy.effective_from <= on)
        .order_by(
            func.array_position(literal(court.path, ARRAY(Integer)), Policy.court_id).desc(),
            Policy.effective_from.desc(),
            Policy.version.desc(),
        )
        .limit(1)
    )
    return dict(value) if value is not None else default


def packaged_default(name: str) -> dict[str, Any]:
    """A copy of the default that comes with the package. Raises :class:`UnknownPolicy`."""
    if name not in POLICY_NAMES:
        raise UnknownPolicy(f"没有名为“{name}”的规则", f"There is no policy named {name!r}", field="name")
    return deepcopy(_read(name))


@cache
def _read(name: str) -> dict[str, Any]:
    text = files("ankuan.registry.policies").joinpath(f"{name}.json").read_text(encoding="utf-8")
    value: dict[str, Any] = json.loads(text)
    return value
