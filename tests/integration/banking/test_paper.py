"""A bank that only takes paper: orders are printed and counted, and its statements tell what became of them."""

import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from ankuan.banking.execute_instruction import execute_instruction
from ankuan.banking.import_statement import ImportedStatement, StatementFormat, import_statement
from ankuan.banking.issue_instruction import Issued, issue_instruction
from ankuan.banking.jobs import find_due_polls
from ankuan.banking.open_fund_account import open_fund_account
from ankuan.banking.paper_payments import (
    BankLineUsed,
    PaperOrderNotOpen,
    PaperPaymentDiffers,
    PaperReasonRequired,
    confirm_paper_payment,
    search_proposals,
)
from ankuan.banking.print_order import NotPrintable, PaperOrderNotFound, print_orders
from ankuan.banking.tables import Instruction
from ankuan.kernel.clock import FixedClock
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database
from ankuan.platform.jobs import JobContext
from ankuan.platform.plugins import PluginHost
from ankuan.platform.settings import Settings
from tests.fixtures.plain_bank import paper_bank
from tests.fixtures.province import NOW, Province, load_province
from tests.integration.banking.conftest import SYSTEM

ACCOUNT_NO = "3200000000000009"
PAYEE, NAME = "6217000000000000018", "申请执行人甲"


@dataclass
class Counter:
    """A court with a paper bank."""

    context: JobContext
    province: Province
    court_id: int
    fund: UUID

    async def released(self, yuan: str = "200.00", account: str = PAYEE, name: str = NAME) -> Issued:
        """An order that waits to be printed."""
        async with self.context.database.write(SYSTEM) as session:
            issued = await issue_instruction(
                session,
                court_id=self.court_id,
                fund_account_id=self.fund,
                purpose="payment",
                origin_id=new_id(),
                amount=Money.parse(yuan),
                pay_from_sub_account=None,
                payee_account=account,
                payee_name=name,
                payee_bank_name="中国建设银行",
                reason_text="（2026）鲁0102执1号案款",
                now=NOW,
            )
        await self.execute(issued)
        return issued

    async def execute(self, issued: Issued) -> None:
        await execute_instruction(self.context, court_id=self.court_id, instruction_id=issued.instruction_id)

    async def row(self, issued: Issued) -> Instruction:
        async with self.context.database.read(SYSTEM) as session:
            return (
                await session.execute(select(Instruction).where(Instruction.id == issued.instruction_id))
            ).scalar_one()

    async def print(self, *issued: Issued, sheet: Any = "order") -> bytes:
        actor = self.province.actor("chuna.0102")
        keys = [one.instruction_id for one in issued]
        return await print_orders(self.context, actor, court_id=self.court_id, instruction_ids=keys, sheet=sheet)

    async def statement(self, *debits: tuple[str, str, str, str]) -> ImportedStatement:
        """Import a statement with these debits: yuan, remark, account, name."""
        closing = Money.parse("100000.00")
        rows = []
        for number, (yuan, remark, account, name) in enumerate(debits, 1):
            closing = closing - Money.parse(yuan)
            rows.append(f":61:2611201120D{yuan.replace('.', ',')}NTRFNONREF//P{number:08d}")
            rows.append(f":86:166?00付款?20{remark}?31{account}?32{name}")
        text_of = "\n".join(
            [
                ":20:STMT261120-1",
                f":25:{ACCOUNT_NO}",
                ":28C:1/1",
                ":60F:C261119CNY100000,00",
                *rows,
                f":62F:C261120CNY{closing.yuan.replace('.', ',')}",
            ]
        )
        async with self.context.database.write(SYSTEM) as session:
            return await import_statement(
                session,
                court_id=self.court_id,
                fund_account_id=self.fund,
                file_name="对账单.sta",
                content=text_of.encode(),
                format=StatementFormat.MT940,
                now=NOW,
            )

    async def proposals(self) -> list[tuple[UUID, UUID]]:
        async with self.context.database.read(SYSTEM) as session:
            page = await search_proposals(session, court_id=self.court_id, fund_account_id=self.fund)
        return [(line.id, order.id) for line, order in page.rows]

    async def confirm(self, line: UUID, order: UUID, reason: str = "附言漏填，金额账号相符") -> None:
        async with self.context.database.write(self.province.actor("chuna.0102")) as session:
            await confirm_paper_payment(
                session, court_id=self.court_id, line_id=line, instruction_id=order, reason=reason, now=NOW
            )

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        async with self.context.database.read(SYSTEM) as session:
            return [tuple(row) for row in await session.execute(text(sql))]


@pytest.fixture
async def counter(database: Database, owner_database_url: str) -> AsyncIterator[Counter]:
    province = await load_province(owner_database_url)
    bank = paper_bank()
    clock = FixedClock(NOW)
    plugins = PluginHost(banks={bank.id: bank}, clock=clock)
    context = JobContext(database, clock, plugins, Settings(bank_timeout_seconds=2), FieldCipher(bytes(range(32))))
    court_id = province.court("caiwu.0102")
    async with database.write(SYSTEM) as session:
        fund = await open_fund_account(
            session,
            court_id=court_id,
            bank_id=bank.id,
            account_no=ACCOUNT_NO,
            name="历下区人民法院案款专户",
            adjustment_account_no=None,
            settings={},
            plugins=plugins,
        )
    yield Counter(context, province, court_id, fund)
    plugins.close()


def read(pdf: bytes, folder: Path) -> str:
    path = folder / "sheet.pdf"
    path.write_bytes(pdf)
    try:
        told = subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("poppler's pdftotext is not installed")
    return told.stdout.decode()


async def test_an_order_is_printed_and_counted(counter: Counter, tmp_path: Path) -> None:
    issued = await counter.released()
    row = await counter.row(issued)
    assert (row.state, row.sends) == ("awaiting_bank", 1)
    assert len(issued.client_ref) == 12
    first = read(await counter.print(issued), tmp_path)
    for fact in ("案款支付通知书", issued.client_ref, NAME, PAYEE, "200.00", "贰佰元整", "打印第 1 次", "财务专用章"):
        assert fact in first, fact
    assert "（2026）鲁0102执1号案款" in first
    assert "打印第 2 次" in read(await counter.print(issued), tmp_path)
    assert await counter.rows("select sheet, number, printed_by from paper_print order by number") == [
        ("order", 1, counter.province.actor("chuna.0102").name),
        ("order", 2, counter.province.actor("chuna.0102").name),
    ]


async def test_a_list_adds_up(counter: Counter, tmp_path: Path) -> None:
    issued = [await counter.released(yuan) for yuan in ("200.00", "0.10", "21474836.48")]
    told = read(await counter.print(*issued, sheet="list"), tmp_path)
    for one in issued:
        assert one.client_ref in told
    for fact in ("案款支付清单", "合计 3 笔", "21,475,036.58", Money.parse("21475036.58").capitals(), "打印第 1 次"):
        assert fact in told, fact
    with pytest.raises(NotPrintable):
        await counter.print(issued[0], issued[0], sheet="list")


async def test_what_is_settled_or_elsewhere_is_not_printed(counter: Counter) -> None:
    issued = await counter.released()
    await counter.statement(("200.00", issued.client_ref, PAYEE, NAME))
    with pytest.raises(NotPrintable):
        await counter.print(issued)
    with pytest.raises(PaperOrderNotFound):
        await counter.print(Issued(new_id(), "x"))
    assert await counter.rows("select 1 from paper_print") == []


async def test_the_reference_in_the_remark_settles(counter: Counter) -> None:
    issued, other = await counter.released(), await counter.released("300.00")
    done = await counter.statement(
        ("200.00", f"案款{issued.client_ref.lower()}付", PAYEE, NAME),
        ("301.00", other.client_ref, PAYEE, NAME),
        ("5.00", "手续费", "", ""),
    )
    assert (done.recorded, done.rejected) == (3, 0)
    assert (await counter.row(issued)).state == "settled"
    assert (await counter.row(other)).state != "settled", "another amount settles nothing"
    kinds = await counter.rows("select kind from alarm where cleared_at is null order by kind")
    assert kinds == [("instruction_line_differs",), ("unexplained_debit",)]
    again = await counter.statement(("200.00", f"案款{issued.client_ref.lower()}付", PAYEE, NAME))
    assert (again.recorded, again.duplicates) == (0, 1)


async def test_without_a_reference_a_person_confirms(counter: Counter) -> None:
    issued, twin = await counter.released(), await counter.released()
    await counter.statement(
        ("200.00", "案款", PAYEE, NAME), ("200.00", "案款", PAYEE, "别人"), ("200.01", "案款", PAYEE, NAME)
    )
    assert (await counter.row(issued)).state == "awaiting_bank", "nothing happens by itself"
    pairs = await counter.proposals()
    assert sorted(order for _, order in pairs) == sorted([issued.instruction_id, twin.instruction_id])
    [line] = {line for line, _ in pairs}
    with pytest.raises(PaperReasonRequired):
        await counter.confirm(line, issued.instruction_id, "  ")
    await counter.confirm(line, issued.instruction_id)
    row = await counter.row(issued)
    assert (row.state, row.bank_code) == ("settled", "confirmed")
    assert await counter.proposals() == []
    with pytest.raises(BankLineUsed):
        await counter.confirm(line, twin.instruction_id)
    with pytest.raises(PaperOrderNotOpen):
        await counter.confirm(line, issued.instruction_id)
    assert await counter.rows("select reason, confirmed_by from paper_confirmation") == [
        ("附言漏填，金额账号相符", counter.province.actor("chuna.0102").name)
    ]
    assert (await counter.row(twin)).state == "awaiting_bank"


@pytest.mark.parametrize(("yuan", "account"), [("200.01", PAYEE), ("200.00", "6217000000000000026")])
async def test_what_differs_is_not_confirmed(counter: Counter, yuan: str, account: str) -> None:
    issued = await counter.released()
    await counter.statement((yuan, "案款", account, NAME))
    [(line,)] = await counter.rows("select id from bank_line")
    with pytest.raises(PaperPaymentDiffers):
        await counter.confirm(UUID(str(line)), issued.instruction_id)
    assert (await counter.row(issued)).state == "awaiting_bank"
    assert await counter.rows("select 1 from paper_confirmation") == []


async def test_a_paper_bank_is_never_asked_and_people_hear_after_two_days(counter: Counter) -> None:
    issued = await counter.released()
    assert await find_due_polls(counter.context) == []
    clock: Any = counter.context.clock
    clock.advance(timedelta(hours=3))
    await counter.execute(issued)
    assert await counter.rows("select kind from alarm") == []
    clock.advance(timedelta(hours=46))
    await counter.execute(issued)
    assert await counter.rows("select kind, message from alarm") == [
        ("instruction_overdue", f"银行指令超过48小时仍无结果（{issued.client_ref}，200.00 元）")
    ]
    assert await counter.rows("select kind from instruction_attempt") == [("submit",)]
    assert await counter.rows("select kind, answer from instruction_fact order by id") == [
        ("SendStarted", None),
        ("Submitted", "awaiting_bank"),
        ("Looked", None),
    ]
