"""Fifty people, workers and the bank at once on few cases; then the bank's journal is held against the ledger."""

import asyncio
import collections
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ankuan.banking.execute_instruction import execute_instruction
from ankuan.banking.jobs import find_due_instructions
from ankuan.banking.open_fund_account import open_fund_account
from ankuan.banking.poll_fund_account import poll_fund_account
from ankuan.bootstrap import make_bus
from ankuan.collection.claim_receipt import claim_receipt
from ankuan.collection.order_adjustments import order_adjustments
from ankuan.collection.store_pool import store_pool
from ankuan.collection.undo_allocation import undo_allocation
from ankuan.control.runtime_checks import find_damage
from ankuan.disbursement.content import Line
from ankuan.kernel.errors import AnkuanError
from ankuan.kernel.money import Money
from ankuan.ledger.fold_entries import fold_entries
from ankuan.platform.actor import system_actor
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database, make_engine, sqlstate
from ankuan.platform.jobs import JobContext
from ankuan.platform.plugins import load_plugins
from ankuan.platform.settings import Settings
from ankuan.plugin_api.bank import OpenedSubAccount
from ankuan.plugin_api.testing import SimulatorProcess
from tests.fixtures.payouts import AUDITOR, HANDLER, HEAD, Payouts
from tests.fixtures.province import load_province

SYSTEM = system_actor("test")
SECONDS = float(os.environ.get("STORM_SECONDS", "20"))
MAIN = "8112501012300099901"


class Wall:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Storm:
    payouts: Payouts
    context: JobContext
    bank: SimulatorProcess
    subs: list[str]
    cases: list[UUID]
    seed: random.Random = field(default_factory=lambda: random.Random(7))
    done: collections.Counter[str] = field(default_factory=collections.Counter)
    wrong: list[str] = field(default_factory=list)
    ends: float = 0.0

    async def loop(self, name: str, act: Callable[[], Awaitable[str | None]], pause: float = 0.05) -> None:
        while time.monotonic() < self.ends:
            await self.once(name, act)
            await asyncio.sleep(pause * self.seed.random() * 2)

    async def once(self, name: str, act: Callable[[], Awaitable[str | None]]) -> None:
        try:
            said = await act()
        except AnkuanError as error:
            self.done[f"{name}: {error.code}"] += 1
        except DBAPIError as error:
            self.done[f"{name}: SQL {sqlstate(error)}"] += 1
            if sqlstate(error) != "40P01":
                self.wrong.append(f"{name}: {error}")
        except Exception as error:  # noqa: BLE001 - whatever it is, it goes to the list of wrongs
            self.wrong.append(f"{name}: {type(error).__name__} {error}")
            self.done[f"{name}: {type(error).__name__}"] += 1
        else:
            self.done[f"{name}: {said or 'done'}"] += 1

    async def rows(self, sql: str, **values: Any) -> list[Any]:
        async with self.context.database.read(SYSTEM) as session:
            return list((await session.execute(text(sql), values)).all())

    async def one_of(self, status: str, many: int = 1) -> list[UUID]:
        found = await self.rows(
            "select id from disbursement where status = :status order by random() limit :many", status=status, many=many
        )
        return [row.id for row in found]

    # -- acts

    async def credit(self) -> str | None:
        to = self.seed.choice([*self.subs, MAIN, MAIN])
        fen = self.seed.randrange(100, 5_000_00)
        await asyncio.to_thread(
            self.bank.admin, "POST", "/credits", {"to": to, "fen": fen, "payer_name": "被执行人乙", "remark": "案款"}
        )
        return None

    async def poll(self) -> str | None:
        await poll_fund_account(self.context, court_id=self.payouts.court, fund_account_id=self.payouts.fund)
        return None

    async def execute(self) -> str | None:
        calls = await find_due_instructions(self.context)
        if not calls:
            return "nothing due"
        call = self.seed.choice(calls)
        await execute_instruction(
            self.context, court_id=self.payouts.court, instruction_id=UUID(str(call.arguments["instruction"]))
        )
        return None

    async def claim(self) -> str | None:
        found = await self.rows(
            "select id, amount_fen - allocated_fen as fen from receipt where allocated_fen < amount_fen"
            " order by random() limit 1"
        )
        if not found:
            return "nothing open"
        count = self.seed.randint(1, 3)
        cases = self.seed.sample(self.cases[:3], count)
        share = max(1, found[0].fen // count // self.seed.choice([1, 1, 2]))
        async with self.context.database.write(self.payouts.actor(AUDITOR)) as session:
            await claim_receipt(
                session,
                court_id=self.payouts.court,
                receipt_id=found[0].id,
                allocations=[(case, Money(share)) for case in cases],
                reason="认领",
                now=self.payouts.now,
            )
        return None

    async def undo(self) -> str | None:
        found = await self.rows("select id from allocation where undone_at is null order by random() limit 1")
        if not found:
            return "nothing to undo"
        async with self.context.database.write(self.payouts.actor(AUDITOR)) as session:
            await undo_allocation(
                session,
                court_id=self.payouts.court,
                allocation_id=found[0].id,
                reason="误认",
                now=self.payouts.now,
            )
        return None

    async def adjust(self) -> str | None:
        async with self.context.database.write(SYSTEM) as session:
            await order_adjustments(
                session,
                court_id=self.payouts.court,
                case_id=self.seed.choice(self.cases),
                at_once=True,
                now=self.payouts.now,
            )
        return None

    async def draft(self) -> str | None:
        lines = [
            Line(
                "申请执行人甲",
                f"62170{self.seed.randrange(10**12):012d}11",
                Money(self.seed.randrange(1, 300_00)),
                "示例银行示例支行",
                "102100099996",
            )
            for _ in range(self.seed.randint(1, 4))
        ]
        made = await self.payouts.draft(self.seed.choice(self.cases), *lines)
        await self.payouts.act("submit", made, by=HANDLER)
        return None

    async def step(self, status: str, act: str, by: str) -> str | None:
        for one in await self.one_of(status):
            await self.payouts.act(act, one, by=by)
            return None
        return "none"

    async def release(self) -> str | None:
        found = await self.one_of("audited", self.seed.randint(1, 4))
        if not found:
            return "none"
        await self.payouts.release(*found)
        return None

    async def fold(self) -> str | None:
        async with self.context.database.write(SYSTEM) as session:
            await fold_entries(session, court_id=self.payouts.court)
        async with self.context.database.read(SYSTEM) as session:
            damage = await find_damage(session, court_id=self.payouts.court)
        self.wrong += [found.message for found in damage]
        return None

    async def fill(self) -> None:
        """Money for all cases, and money that nobody knows."""
        for number in self.subs:
            self.bank.admin("POST", "/credits", {"to": number, "fen": 5_000_000, "payer_name": "被执行人乙"})
        for _ in range(20):
            await self.credit()
        await self.poll()

    async def rage(self) -> None:
        self.ends = time.monotonic() + SECONDS
        crews: list[tuple[int, str, Callable[[], Awaitable[str | None]]]] = [
            (2, "poll", self.poll),
            (8, "execute", self.execute),
            (4, "claim", self.claim),
            (2, "undo", self.undo),
            (1, "adjust", self.adjust),
            (12, "draft", self.draft),
            (8, "approve", lambda: self.step("in_approval", "approve", HEAD)),
            (1, "send back", lambda: self.step("approved", "send_back", AUDITOR)),
            (1, "withdraw", lambda: self.step("approved", "withdraw", HANDLER)),
            (8, "audit", lambda: self.step("approved", "audit", AUDITOR)),
            (8, "release", self.release),
        ]
        await asyncio.gather(
            *[self.loop(name, act) for count, name, act in crews for _ in range(count)],
            *[self.loop("credit", self.credit, 0.5) for _ in range(2)],
            self.loop("fold", self.fold, 2.0),
        )

    async def calm(self) -> None:
        """No more people: workers and the feed until nothing is due but second looks at refusals."""
        until = time.monotonic() + 90
        while time.monotonic() < until:
            await self.once("calm poll", self.poll)
            for call in await find_due_instructions(self.context):
                await execute_instruction(
                    self.context,
                    court_id=self.payouts.court,
                    instruction_id=UUID(str(call.arguments["instruction"])),
                )
            [[open_]] = await self.rows("select count(*) from instruction where state not in ('settled', 'refused')")
            if open_ == 0:
                break
            await asyncio.sleep(0.3)
        await self.poll()
        await self.poll()


@pytest.fixture
async def storm(
    tmp_path: Any, database_url: str, owner_database_url: str, superuser_database_url: str
) -> AsyncIterator[Storm]:
    bank = SimulatorProcess("bank_citic", tmp_path).start()
    bank.admin("POST", "/accounts", {"number": MAIN, "name": "示例区人民法院案款专户"})
    opened = bank.admin("POST", "/accounts/bulk", {"main": MAIN, "count": 20, "name": "案款"})
    province = await load_province(owner_database_url)
    database = Database(make_engine(database_url, pool_size=25), bus=make_bus())
    cipher = FieldCipher(bytes(range(32)))
    plugins = load_plugins()
    settings = Settings(bank_timeout_seconds=10, poll_seconds=0.2)
    context = JobContext(database=database, clock=Wall(), plugins=plugins, settings=settings, cipher=cipher)
    payouts = Payouts(database, province, cipher, plugins, superuser_database_url, now=datetime.now(UTC))
    async with database.write(SYSTEM) as session:
        payouts.fund = await open_fund_account(
            session,
            court_id=payouts.court,
            bank_id="bank_citic",
            account_no=MAIN,
            name="示例区人民法院案款专户",
            adjustment_account_no=f"81{MAIN[-10:]}0000000",
            settings={"endpoint": bank.endpoint, "user_name": "court"},
            plugins=plugins,
            finality_window=timedelta(seconds=5),
        )
        first = int(str(opened["first"]))
        numbers = [str(first + n) for n in range(20)]
        await store_pool(
            session,
            court_id=payouts.court,
            fund_account_id=payouts.fund,
            accounts=[OpenedSubAccount(number, "案款") for number in numbers],
            now=payouts.now,
        )
    cases = [await payouts.case() for _ in range(5)]
    made = Storm(payouts, context, bank, [], cases)
    made.subs = [row.sub_account_no for row in await made.rows("select sub_account_no from case_account")]
    yield made
    await payouts.close()
    bank.stop()


async def test_the_bank_and_the_ledger_agree_to_the_fen_after_a_storm(storm: Storm) -> None:
    storm.bank.admin("PUT", "/swarm", {"seed": 3, "per_mille": {"drop_after": 60, "processing": 100, "refuse": 60}})
    await storm.fill()
    await storm.rage()
    storm.bank.admin("DELETE", "/faults")
    await storm.calm()
    print(sorted(storm.done.items()))
    assert storm.wrong == []
    # The edge tries them again; more than a few mean that somebody locks in an order of their own.
    assert sum(times for what, times in storm.done.items() if "40P01" in what) <= 3
    assert min(storm.done[f"{act}: done"] for act in ("claim", "undo", "draft", "approve", "audit", "release")) > 0
    journal = [entry for record in storm.bank.journal() for entry in record.get("entries", ())]
    executed = collections.Counter(e["client_ref"] for e in journal if e["kind"] == "payment")
    known = await storm.rows("select client_ref, state, amount_fen from instruction where purpose = 'payment'")
    assert {k: v for k, v in executed.items() if v != 1} == {}
    assert {r.client_ref for r in known if r.state == "settled"} == set(executed)
    assert {r.state for r in known} <= {"settled", "refused"}
    looked: asyncpg.Connection = await storm.payouts.look()
    bank = await looked.fetchval(
        "select coalesce(sum(case when a.id = e.debit_account then e.amount_fen else -e.amount_fen end), 0)"
        " from ledger_entry e join ledger_account a on a.kind = 'bank' and a.id in (e.debit_account, e.credit_account)"
    )
    at_bank = sum(storm.bank.admin("GET", f"/accounts/{number}")["balance_fen"] for number in all_accounts(storm))
    assert int(bank) == at_bank
    async with storm.context.database.read(SYSTEM) as session:
        assert await find_damage(session, court_id=storm.payouts.court) == []
    held = await looked.fetchval("select coalesce(sum(b.balance_fen), 0) from ledger_balance b where b.is_held")
    in_flight = await looked.fetchval(
        "select coalesce(sum(total_fen), 0) from disbursement where status in ('in_approval', 'approved', 'audited')"
    )
    assert int(held) == int(in_flight)
    stuck = await looked.fetch("select status, count(*) from disbursement where status = 'released' group by 1")
    assert stuck == []


def all_accounts(storm: Storm) -> set[str]:
    """Sub-accounts and the public adjustment account of the main account."""
    told = [storm.bank.admin("GET", f"/accounts?kind={kind}&main={MAIN}&limit=1000") for kind in ("sub", "adjustment")]
    return {row["number"] for rows in told for row in rows["accounts"]}
