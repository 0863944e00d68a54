"""In which courts a permission shows rows. For lists; single objects go through the gate."""

from ankuan.platform.actor import Actor, Reach


def courts_for(actor: Actor, permission: str) -> frozenset[int] | None:
    """Courts whose rows the actor may list by this permission; empty without it; ``None``: all (platform only).

    Reaches below the court (own cases, department) list the own court: the caller narrows them further.
    """
    if actor.courts is None:
        return None
    reach = actor.permissions.get(permission)
    if reach is None:
        return frozenset()
    if reach in {Reach.COURT_AND_BELOW, Reach.PROVINCE}:
        return actor.courts
    return actor.courts & {actor.court_id} if actor.court_id is not None else frozenset()
