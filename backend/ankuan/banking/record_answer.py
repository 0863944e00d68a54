"""Commit what a worker has learnt, if the order is still its own."""

from datetime import datetime

from sqlalchemy import select

from ankuan.banking.apply_fact import Evidence, apply_fact
from ankuan.banking.rules import Fact
from ankuan.banking.tables import Instruction
from ankuan.banking.take_instruction import Taken
from ankuan.platform.db import WriteSession


async def record_answer(session: WriteSession, *, taken: Taken, fact: Fact, evidence: Evidence, now: datetime) -> bool:
    """Apply the fact and give the lease back. ``False``: the lease was lost, nothing is written.

    A worker that wakes up late changes nothing: its answer would be about a moment that others have dealt with since;
    the next query brings the same evidence (fencing, failures C4).
    """
    row = await session.scalar(
        select(Instruction)
        .where(
            Instruction.court_id == taken.instruction.court_id,
            Instruction.id == taken.instruction.id,
            Instruction.lease_token == taken.token,
        )
        .with_for_update()
    )
    if row is None:
        return False
    row.lease_token = None
    row.lease_until = None
    await apply_fact(session, row, fact, taken.policy, evidence=evidence, now=now)
    return True
