"""The instruction machine between a real database and CITIC's simulator in a process of its own."""

import itertools
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import select, text, update

from ankuan.banking.execute_instruction import execute_instruction
from ankuan.banking.issue_instruction import Issued, issue_instruction
from ankuan.banking.jobs import find_due_instructions
from ankuan.banking.open_fund_account import open_fund_account
from ankuan.banking.poll_fund_account import poll_fund_account
from ankuan.banking.tables import FundAccount, Instruction
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.platform.actor import system_actor
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database, make_engine
from ankuan.platform.jobs import JobContext
from ankuan.platform.plugins import load_plugins
from ankuan.platform.settings import Settings
from ankuan.platform.tables import Alarm
from ankuan.plugin_api.testing import SimulatorProcess
from tests.faults.dying import mortal
from tests.fixtures.province import load_province

SYSTEM = system_actor("test")
PAYEE = "6217000000000000018"
_mains = itertools.count(1)


class MovableClock:
    """The machine's clock, and more: tests let hours pass at once. The bank's own clock does not move."""

    def __init__(self) -> None:
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def advance(self, **delta: float) -> None:
        self._ahead += timedelta(**delta)


@dataclass(frozen=True, slots=True)
class Counter:
    """A court's counter at the bank: the product on one side, the bank's journal on the other."""

    bank: SimulatorProcess
    context: JobContext
    clock: MovableClock
    superuser_url: str
    court_id: int
    fund_account_id: UUID
    main: str
    sub: str

    async def issue(self, fen: int = 10_000, **given: Any) -> Issued:
        """Order a payment out of the sub-account."""
        order: dict[str, Any] = {
            "purpose": "payment",
            "origin_id": new_id(),
            "pay_from_sub_account": self.sub,
            "payee_account": PAYEE,
            "payee_name": "申请执行人甲",
            "payee_bank_name": "中国建设银行",
            "payee_bank_code": "105100000017",
            "reason_text": "（2026）鲁0102执1号案款",
        }
        async with self.context.database.write(SYSTEM) as session:
            return await issue_instruction(
                session,
                court_id=self.court_id,
                fund_account_id=self.fund_account_id,
                amount=Money(fen),
                **(order | given),
                now=self.clock.now(),
            )

    async def execute(self, issued: Issued, context: JobContext | None = None) -> None:
        await mortal(
            execute_instruction(context or self.context, court_id=self.court_id, instruction_id=issued.instruction_id)
        )

    async def carry_on(self, *, until: timedelta = timedelta(days=3), context: JobContext | None = None) -> None:
        """What finders and workers do: everything that is due, hour after hour, until nothing is or time is over."""
        end = self.clock.now() + until
        while self.clock.now() < end:
            await self.expire_leases()
            calls = await find_due_instructions(context or self.context)
            for call in calls:
                await mortal(
                    execute_instruction(
                        context or self.context,
                        court_id=self.court_id,
                        instruction_id=UUID(str(call.arguments["instruction"])),
                    )
                )
            if not calls and not await self._wait_for_next():
                return

    async def _wait_for_next(self) -> bool:
        async with self.context.database.read(SYSTEM) as session:
            due = await session.scalar(select(Instruction.next_try_at).order_by(Instruction.next_try_at).limit(1))
        if due is not None:
            # Half a minute more, so that what is due at nearly the same time is done in one round.
            self.clock.advance(seconds=max(0.0, (due - self.clock.now()).total_seconds()) + 30)
        return due is not None

    async def expire_leases(self) -> None:
        """As if the workers that hold orders had not come back for long."""
        async with self.context.database.write(SYSTEM) as session:
            await session.execute(
                update(Instruction)
                .where(Instruction.lease_until.is_not(None))
                .values(lease_until=text("clock_timestamp() - interval '1 second'"))
            )

    async def poll(self) -> int:
        async with self.context.database.write(SYSTEM) as session:
            await session.execute(update(FundAccount).values(poll_after=None))
        return await poll_fund_account(self.context, court_id=self.court_id, fund_account_id=self.fund_account_id)

    async def row(self, issued: Issued) -> Instruction:
        async with self.context.database.read(SYSTEM) as session:
            return (
                await session.execute(select(Instruction).where(Instruction.id == issued.instruction_id))
            ).scalar_one()

    async def state(self, issued: Issued) -> str:
        return (await self.row(issued)).state

    async def alarms(self) -> list[str]:
        async with self.context.database.read(SYSTEM) as session:
            return sorted(await session.scalars(select(Alarm.kind).where(Alarm.cleared_at.is_(None))))

    def executions(self, issued: Issued) -> list[dict[str, Any]]:
        """What the bank's own journal says that it has paid under this reference."""
        return [
            entry
            for record in self.bank.journal()
            for entry in record.get("entries", ())
            if entry.get("client_ref") == issued.client_ref and entry["kind"] in {"payment", "adjustment"}
        ]

    def script(self, fault: str, *, action: str = "DLCTNSUB", times: int = 1, **params: Any) -> None:
        """Let the bank do ``fault`` at the next calls of an action."""
        self.bank.admin("POST", "/script", {"action": action, "fault": fault, "times": times, "params": params})

    async def tamper(self, statement: str, *values: object) -> None:
        """What somebody with all rights in the database can do."""
        url = self.superuser_url.replace("postgresql+asyncpg", "postgresql")
        async with await psycopg.AsyncConnection.connect(url) as connection:
            await connection.execute("alter table instruction disable trigger all")
            await connection.execute(statement, values)
            await connection.execute("alter table instruction enable trigger all")


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    folder: Path = tmp_path_factory.mktemp("citic")
    process = SimulatorProcess("bank_citic", folder).start()
    yield process
    process.stop()


@pytest.fixture
async def counter(
    simulator: SimulatorProcess, database_url: str, owner_database_url: str, superuser_database_url: str
) -> AsyncIterator[Counter]:
    simulator.admin("DELETE", "/faults")
    number = next(_mains)
    main = f"8112{number:08d}0012345"
    simulator.admin("POST", "/accounts", {"number": main, "name": "示例市历下区人民法院案款专户"})
    opened = simulator.admin("POST", "/accounts/bulk", {"main": main, "count": 3, "name": "案款"})
    simulator.admin("POST", "/credits", {"to": opened["first"], "fen": 10_000_000, "payer_name": "被执行人乙"})
    province = await load_province(owner_database_url)
    court_id = province.court("caiwu.0102")
    clock = MovableClock()
    database = Database(make_engine(database_url, pool_size=10))
    context = JobContext(
        database=database,
        clock=clock,
        plugins=load_plugins(),
        settings=Settings(bank_timeout_seconds=2),
        cipher=FieldCipher(bytes(range(32))),
    )
    async with database.write(SYSTEM) as session:
        account_id = await open_fund_account(
            session,
            court_id=court_id,
            bank_id="bank_citic",
            account_no=main,
            name="示例市历下区人民法院案款专户",
            adjustment_account_no=f"81{main[-10:]}0000000",
            settings={"endpoint": simulator.endpoint, "user_name": "court0102"},
            plugins=context.plugins,
            finality_window=timedelta(hours=1),
        )
    yield Counter(simulator, context, clock, superuser_database_url, court_id, account_id, main, str(opened["first"]))
    simulator.admin("DELETE", "/faults")
    await database.close()


def with_plugins(context: JobContext, **banks: Any) -> JobContext:
    """The same context with other bank plugins."""
    return replace(context, plugins=replace(context.plugins, banks=context.plugins.banks | banks))
