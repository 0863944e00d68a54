"""Put a new version of a policy in force for a court and, where they have none of their own, the courts below."""

from datetime import date
from typing import Any

from sqlalchemy import func, insert, select

from ankuan.platform.db import WriteSession
from ankuan.registry.policies import packaged_default
from ankuan.registry.tables import Policy


async def set_policy(
    session: WriteSession, *, court_id: int, name: str, value: dict[str, Any], effective_from: date
) -> int:
    """Store a version and return its number. What was decided before stays judged by the version of its day.

    Two writers at once get one version each or the later one fails on the key. Raises
    :class:`ankuan.registry.policies.UnknownPolicy`.
    """
    packaged_default(name)
    last = await session.scalar(
        select(func.max(Policy.version)).where(Policy.court_id == court_id, Policy.name == name)
    )
    version = (last or 0) + 1
    await session.execute(
        insert(Policy).values(court_id=court_id, name=name, version=version, effective_from=effective_from, value=value)
    )
    return version
