"""Read-only sessions, counters, idempotency keys, alarms, files."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from ankuan.kernel.errors import NotFound
from ankuan.kernel.ids import new_id
from ankuan.platform.actor import Actor, system_actor
from ankuan.platform.alarms import AlarmAlreadyCleared, clear_alarm, raise_alarm, settle_alarm
from ankuan.platform.counters import next_number
from ankuan.platform.db import Database, make_engine
from ankuan.platform.files import load_file, store_file
from ankuan.platform.idempotency import (
    IdempotencyKeyReused,
    InvalidIdempotencyKey,
    claim_key,
    keep_outcome,
)
from ankuan.platform.tables import Alarm

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SYSTEM = system_actor("test")


def person(court_id: int = 1) -> Actor:
    return Actor(kind="staff", id=new_id(), name="承办人甲", court_id=court_id, courts=frozenset({court_id}))


async def test_a_read_session_can_not_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match="read-only"):
        async with database.read(SYSTEM) as session:
            await session.execute(text("insert into counter values (1, 'x', 2026, 1)"))


async def test_numbers_have_no_gaps_and_no_twins(database: Database) -> None:
    taken: list[int] = []

    async def take(fail: bool) -> None:
        try:
            async with database.write(SYSTEM) as session:
                number = await next_number(session, court_id=1, name="receipt", year=2026)
                if fail:
                    raise RuntimeError("undone")
            taken.append(number)
        except RuntimeError:
            pass

    await asyncio.gather(*(take(i % 3 == 0) for i in range(60)))
    assert sorted(taken) == list(range(1, 41))
    async with database.write(SYSTEM) as session:
        assert await next_number(session, court_id=1, name="receipt", year=2026, count=5) == 41
        assert await next_number(session, court_id=1, name="receipt", year=2026) == 46
        assert await next_number(session, court_id=2, name="receipt", year=2026) == 1
        assert await next_number(session, court_id=1, name="receipt", year=2027) == 1


async def test_a_key_gives_its_first_outcome_again(database: Database) -> None:
    who = person()
    async with database.write(who) as session:
        assert await claim_key(session, key="k", operation="claim", input_digest="d") is None
        await keep_outcome(session, key="k", outcome={"receipt": "7"})
    async with database.write(who) as session:
        assert await claim_key(session, key="k", operation="claim", input_digest="d") == {"receipt": "7"}
        for operation, digest in (("claim", "other"), ("undo", "d")):
            with pytest.raises(IdempotencyKeyReused):
                await claim_key(session, key="k", operation=operation, input_digest=digest)
    async with database.write(person()) as session:
        assert await claim_key(session, key="k", operation="claim", input_digest="x") is None


async def test_two_at_once_with_one_key_act_once(database: Database) -> None:
    who = person()
    acted: list[int] = []

    async def act(number: int) -> dict[str, int]:
        async with database.write(who) as session:
            first = await claim_key(session, key="same", operation="pay", input_digest="d")
            if first is not None:
                return first
            await asyncio.sleep(0.05)
            acted.append(number)
            await keep_outcome(session, key="same", outcome={"number": number})
            return {"number": number}

    answers = await asyncio.gather(*(act(i) for i in range(8)))
    assert len(acted) == 1
    assert {answer["number"] for answer in answers} == set(acted)


@pytest.mark.parametrize("key", ["", "x" * 101, "键", "a\nb"])
async def test_a_strange_key_is_refused(database: Database, key: str) -> None:
    async with database.write(person()) as session:
        with pytest.raises(InvalidIdempotencyKey):
            await claim_key(session, key=key, operation="o", input_digest="d")


async def test_an_alarm_is_counted_not_repeated(database: Database) -> None:
    for minute in range(3):
        async with database.write(SYSTEM) as session:
            await raise_alarm(
                session,
                court_id=1,
                kind="bank_unreachable",
                subject_key="a",
                message=f"第 {minute} 次",
                now=NOW + timedelta(minutes=minute),
            )
    async with database.read(SYSTEM) as session:
        row = (await session.scalars(select(Alarm))).one()
        assert (row.times, row.message, row.raised_at) == (3, "第 2 次", NOW)
        assert await session.scalar(text("select count(*) from event")) == 1


async def test_a_cleared_alarm_stays_cleared_and_a_new_one_is_new(database: Database) -> None:
    async with database.write(SYSTEM) as session:
        first = await raise_alarm(session, court_id=1, kind="k", subject_key="a", message="m", now=NOW)
    async with database.write(SYSTEM) as session:
        await clear_alarm(session, court_id=1, alarm_id=first, note="已核对", by="财务主管", now=NOW)
    async with database.write(SYSTEM) as session:
        with pytest.raises(AlarmAlreadyCleared):
            await clear_alarm(session, court_id=1, alarm_id=first, note="n", by="b", now=NOW)
        with pytest.raises(NotFound):
            await clear_alarm(session, court_id=2, alarm_id=first, note="n", by="b", now=NOW)
        second = await raise_alarm(session, court_id=1, kind="k", subject_key="a", message="m", now=NOW)
        assert second != first
        await settle_alarm(session, court_id=1, kind="k", subject_key="a", now=NOW)
    async with database.read(SYSTEM) as session:
        open_ones = await session.scalar(select(func.count()).where(Alarm.cleared_at.is_(None)))
        assert open_ones == 0


async def test_a_file_is_seen_in_its_own_court_only(database: Database) -> None:
    ours, theirs = person(1), person(2)
    async with database.write(ours) as session:
        file_id = await store_file(session, court_id=1, name="案件.csv", content=b"\x00\xff", now=NOW)
    async with database.read(ours) as session:
        assert (await load_file(session, court_id=1, file_id=file_id)).content == b"\x00\xff"
    async with database.read(theirs) as session:
        with pytest.raises(NotFound):
            await load_file(session, court_id=1, file_id=file_id)


async def test_connections_that_died_in_the_pool_are_replaced(database: Database, superuser_database_url: str) -> None:
    async def use(_: int) -> int:
        async with database.read(SYSTEM) as session:
            await session.execute(text("select pg_sleep(0.05)"))
            return int(await session.scalar(text("select pg_backend_pid()")) or 0)

    before = set(await asyncio.gather(*(use(i) for i in range(4))))
    assert len(before) > 1
    admin = Database(make_engine(superuser_database_url, as_role=None))
    async with admin.write(SYSTEM) as session:
        await session.execute(
            text("select pg_terminate_backend(pid) from unnest(cast(:pids as int[])) pid"), {"pids": list(before)}
        )
    await admin.close()
    after = set(await asyncio.gather(*(use(i) for i in range(4))))
    assert not before & after
    async with database.write(SYSTEM) as session:
        assert await next_number(session, court_id=1, name="x", year=2026) == 1
