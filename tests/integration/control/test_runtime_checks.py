"""Every runtime check finds the damage it is for, and none cries over healthy books."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import select

from ankuan.control.jobs import JOBS, check_court, find_courts
from ankuan.control.runtime_checks import CHECKS, Finding, find_damage
from ankuan.kernel.clock import FixedClock
from ankuan.platform.jobs import JobContext
from ankuan.platform.tables import Alarm
from tests.fixtures.book import NOW
from tests.integration.control.conftest import Scene, settle_at_bank

Damage = Callable[[asyncpg.Connection, Scene], Awaitable[object]]


async def findings(scene: Scene) -> list[Finding]:
    async with scene.book.database.read(scene.book.actor) as session:
        return await find_damage(session, court_id=scene.book.court_id)


async def found(scene: Scene) -> set[str]:
    return {finding.check.name for finding in await findings(scene)}


async def test_healthy_books_have_no_findings(scene: Scene) -> None:
    assert await findings(scene) == []


_ENTRY = (
    "insert into ledger_entry (court_id, fund_account_id, posting_id, debit_account, credit_account, amount_fen,"
    " effective_on, recorded_at, source, source_ref, kind, memo)"
    " values (7, $1, gen_random_uuid(), $2, $3, $4, '2026-11-20', now(), $5, $6, 'x', '')"
)


async def negative_amount(vandal: asyncpg.Connection, scene: Scene) -> None:
    await vandal.execute("update ledger_entry set amount_fen = -amount_fen where kind = 'receipt'")


async def one_sided(vandal: asyncpg.Connection, scene: Scene) -> None:
    await vandal.execute("update ledger_entry set credit_account = debit_account where kind = 'receipt'")


async def foreign_fund(vandal: asyncpg.Connection, scene: Scene) -> None:
    await vandal.execute("update ledger_entry set fund_account_id = gen_random_uuid() where kind = 'receipt'")


async def lost_account(vandal: asyncpg.Connection, scene: Scene) -> None:
    await vandal.execute("delete from ledger_account where id = $1", scene.bank)


async def richer(vandal: asyncpg.Connection, scene: Scene) -> None:
    await vandal.execute("update ledger_balance set balance_fen = balance_fen + 1 where account_id = $1", scene.case)


async def lost_balance(vandal: asyncpg.Connection, scene: Scene) -> None:
    await vandal.execute("delete from ledger_balance where account_id = $1", scene.case)


async def lost_entry(vandal: asyncpg.Connection, scene: Scene) -> None:
    await vandal.execute("delete from ledger_entry where kind = 'receipt'")


async def other_fold(vandal: asyncpg.Connection, scene: Scene) -> None:
    await vandal.execute("update ledger_fold set debit_fen = debit_fen + 1 where kind = 'bank'")


async def lost_fold(vandal: asyncpg.Connection, scene: Scene) -> None:
    await vandal.execute("delete from ledger_fold where kind = 'case'")


async def below_zero(vandal: asyncpg.Connection, scene: Scene) -> None:
    await vandal.execute("update ledger_balance set balance_fen = -1 where account_id = $1", scene.case)


async def forgotten_hold(vandal: asyncpg.Connection, scene: Scene) -> None:
    await vandal.execute("delete from ledger_hold where id = $1", scene.open_hold)


async def wrong_count(vandal: asyncpg.Connection, scene: Scene) -> None:
    await vandal.execute("update ledger_balance set reserved_fen = 1 where account_id = $1", scene.held)


async def posted_again(vandal: asyncpg.Connection, scene: Scene) -> None:
    ref = f"{scene.paid_hold}:again"
    await vandal.execute(_ENTRY, scene.book.fund, scene.held, scene.bank, 300, "hold", ref)


async def voided_after_all(vandal: asyncpg.Connection, scene: Scene) -> None:
    await vandal.execute("update ledger_hold set state = 'voided' where id = $1", scene.paid_hold)


async def held_without_hold(vandal: asyncpg.Connection, scene: Scene) -> None:
    await vandal.execute(_ENTRY, scene.book.fund, scene.case, scene.held, 5, "test", "x")


async def settled_twice(vandal: asyncpg.Connection, scene: Scene) -> None:
    await settle_at_bank(vandal, scene.paid_origin, 300)


async def settled_without_moving(vandal: asyncpg.Connection, scene: Scene) -> None:
    await settle_at_bank(vandal, uuid4(), 300)


async def settled_other_amount(vandal: asyncpg.Connection, scene: Scene) -> None:
    await vandal.execute("update instruction set amount_fen = 301")


async def left_unsettled(vandal: asyncpg.Connection, scene: Scene) -> None:
    await vandal.execute("delete from instruction")


async def left_twice(vandal: asyncpg.Connection, scene: Scene) -> None:
    await vandal.execute(
        "insert into ledger_hold select court_id, gen_random_uuid(), fund_account_id, case_id, origin_id, amount_fen,"
        " state, reserved_at, ended_at from ledger_hold where id = $1",
        scene.paid_hold,
    )


DAMAGES: list[tuple[str, Damage]] = [
    ("entry_unbalanced", negative_amount),
    ("entry_unbalanced", one_sided),
    ("entry_unbalanced", foreign_fund),
    ("entry_unbalanced", lost_account),
    ("balance_differs", richer),
    ("balance_differs", lost_balance),
    ("balance_differs", lost_entry),
    ("fold_differs", lost_entry),
    ("fold_differs", other_fold),
    ("fold_differs", lost_fold),
    ("balance_below_zero", below_zero),
    ("held_differs", forgotten_hold),
    ("held_differs", wrong_count),
    ("hold_moved_wrongly", posted_again),
    ("hold_moved_wrongly", voided_after_all),
    ("hold_moved_wrongly", held_without_hold),
    ("payment_moved_twice", settled_twice),
    ("payment_moved_twice", settled_without_moving),
    ("payment_moved_twice", settled_other_amount),
    ("payment_moved_twice", left_unsettled),
    ("payment_moved_twice", left_twice),
]


@pytest.mark.parametrize(("check", "damage"), DAMAGES, ids=[f"{c}-{d.__name__}" for c, d in DAMAGES])
async def test_damage_is_found(scene: Scene, vandal: asyncpg.Connection, check: str, damage: Damage) -> None:
    await damage(vandal, scene)
    assert check in await found(scene)


def test_every_check_has_a_damage_that_it_finds() -> None:
    assert {check.name for check in CHECKS} == {check for check, _ in DAMAGES}
    assert {check.invariant for check in CHECKS} == {"I1", "I2", "I5"}


async def test_the_job_raises_one_alarm_and_settles_it_when_the_damage_is_gone(
    scene: Scene, vandal: asyncpg.Connection
) -> None:
    database = scene.book.database
    unused: Any = None
    context = JobContext(database, FixedClock(NOW), unused, unused, unused)

    async def alarms() -> list[tuple[str, str, int, bool]]:
        async with database.read(context.actor) as session:
            rows = (await session.scalars(select(Alarm))).all()
        return [(a.kind, a.subject_key, a.times, a.cleared_at is None) for a in rows]

    [call] = await find_courts(context)
    assert call.arguments == {"court_id": scene.book.court_id}
    await check_court(context, call.arguments)
    assert await alarms() == []
    await richer(vandal, scene)
    await check_court(context, call.arguments)
    await check_court(context, call.arguments)
    assert await alarms() == [("invariant.balance_differs", str(scene.case), 2, True)]
    await vandal.execute("update ledger_balance set balance_fen = balance_fen - 1 where account_id = $1", scene.case)
    await check_court(context, call.arguments)
    assert await alarms() == [("invariant.balance_differs", str(scene.case), 2, False)]
    assert {job.name for job in JOBS.jobs} == {call.name}
