"""Seeded behaviour: f(seed, client_ref, attempt). The same seed tells the same lies, whatever the timing."""

import hashlib


def dice(seed: int, *parts: str | int) -> int:
    """A number in 0..999 that depends on nothing but the arguments."""
    text = "\x1f".join(str(part) for part in (seed, *parts)).encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big") % 1000


def drawn(seed: int, client_ref: str, attempt: int, per_mille: dict[str, int]) -> str | None:
    """The fault drawn for this attempt, or none. ``per_mille``: fault -> chance in a thousand."""
    point = dice(seed, client_ref, attempt)
    for fault in sorted(per_mille):
        point -= per_mille[fault]
        if point < 0:
            return fault
    return None


def switched_on(seed: int, faults: list[str]) -> list[str]:
    """Swarm: which of the faults this seed uses at all, so that some runs see each fault alone."""
    return [fault for fault in faults if dice(seed, "swarm", fault) < 500]
