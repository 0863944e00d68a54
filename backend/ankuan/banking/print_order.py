"""Print orders for a bank that takes paper. Each printing is counted, since a sheet that went missing may turn up."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import func, select

from ankuan.banking.connect_bank import connect_fund_account
from ankuan.banking.order_of import order_of
from ankuan.banking.paper_document import Sheet, list_pdf, order_pdf
from ankuan.banking.queries import get_fund_account
from ankuan.banking.tables import FundAccount, Instruction, PaperPrint
from ankuan.banking.transitions import InstructionState
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.ids import new_id
from ankuan.platform.actor import Actor
from ankuan.platform.db import ReadSession, WriteSession
from ankuan.platform.jobs import JobContext
from ankuan.plugin_api.bank import PaperOrder, PaymentOrder
from ankuan.plugin_api.errors import PluginError

MOST: Final = 100
PRINTABLE: Final = frozenset({InstructionState.AWAITING_BANK, InstructionState.ACCEPTED, InstructionState.UNKNOWN})
"""Before, the platform has not let it go; after, its money has been decided on and a sheet would pay again."""


class PaperOrderNotFound(AnkuanError):
    """No such payment order within the caller's scope."""

    code = "paper_order_not_found"
    kind = ErrorKind.NOT_FOUND


class NotPrintable(AnkuanError):
    """The bank takes no paper, the order is not open, or several orders are not of one account."""

    code = "paper_order_not_printable"
    kind = ErrorKind.REFUSED


async def print_orders(
    context: JobContext,
    actor: Actor,
    *,
    court_id: int,
    instruction_ids: Sequence[UUID],
    sheet: Literal["order", "list"],
) -> bytes:
    """One order, or a list of 1 to 100 orders of one account, as PDF.

    The printing is committed before anybody gets the sheet. Raises :class:`PaperOrderNotFound`, :class:`NotPrintable`.
    """
    if not 1 <= len(set(instruction_ids)) <= MOST or len(set(instruction_ids)) != len(instruction_ids):
        raise NotPrintable(f"一次打印 1 至 {MOST} 笔，不可重复", f"Print 1 to {MOST} orders, each once")
    now = context.clock.now()
    async with context.database.read(actor) as session:
        orders = await _open_orders(session, court_id, instruction_ids)
        account = await get_fund_account(session, court_id=court_id, fund_account_id=orders[0].fund_account_id)
    papers = await _lay_out(context, account, orders)
    async with context.database.write(actor) as write:
        times = [await _count(write, order, sheet, now) for order in orders]
    sheets = [
        Sheet(paper, number, order.payee_name, order.payee_account, order.amount)
        for paper, number, order in zip(papers, times, orders, strict=True)
    ]
    if sheet == "order":
        return await asyncio.to_thread(order_pdf, sheets[0], now=now)
    return await asyncio.to_thread(list_pdf, sheets, now=now)


async def _open_orders(session: ReadSession, court_id: int, ids: Sequence[UUID]) -> list[Instruction]:
    rows = await session.scalars(select(Instruction).where(Instruction.court_id == court_id, Instruction.id.in_(ids)))
    found = {row.id: row for row in rows if row.purpose == "payment"}
    if len(found) != len(ids):
        raise PaperOrderNotFound("付款指令不存在", "No such payment order")
    orders = [found[one] for one in ids]
    if len({order.fund_account_id for order in orders}) > 1:
        raise NotPrintable("一张清单只能列同一案款专户的付款", "A list holds orders of one fund account")
    for order in orders:
        _refuse_final(order)
    return orders


def _refuse_final(order: Instruction) -> None:
    if order.state not in {state.value for state in PRINTABLE}:
        raise NotPrintable(
            f"{order.client_ref} 未签发或已有结果，不能打印", f"{order.client_ref} is not open and can't be printed"
        )


async def _lay_out(context: JobContext, account: FundAccount, orders: Sequence[Instruction]) -> list[PaperOrder]:
    """What the bank's plugin prints; it calls nobody."""
    plugin = context.plugins.bank(account.bank_id)
    if not plugin.capabilities.paper:
        raise NotPrintable("该银行不以纸质凭证付款", "This bank takes no orders on paper")
    bank = connect_fund_account(context, account)
    try:
        papers = []
        for row in orders:
            order = order_of(row, plugin, is_submission=True)
            assert isinstance(order, PaymentOrder)  # noqa: S101 - only payments were taken above
            papers.append(await bank.paper_order(order))
        return papers
    except PluginError as error:
        raise NotPrintable(f"无法排版：{error}", "The sheet can't be laid out") from error
    finally:
        await bank.aclose()


async def _count(session: WriteSession, order: Instruction, sheet: str, now: datetime) -> int:
    """Store the printing and answer which one it is. The order's row is locked: printings stand in line."""
    row = (
        await session.execute(
            select(Instruction)
            .where(Instruction.court_id == order.court_id, Instruction.id == order.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).scalar_one()
    _refuse_final(row)
    earlier = await session.scalar(
        select(func.count()).where(
            PaperPrint.court_id == row.court_id, PaperPrint.instruction_id == row.id, PaperPrint.sheet == sheet
        )
    )
    number = int(earlier or 0) + 1
    session.add(
        PaperPrint(
            court_id=row.court_id,
            id=new_id(),
            instruction_id=row.id,
            sheet=sheet,
            number=number,
            printed_at=now,
            printed_by=session.actor.name,
            printed_by_id=session.actor.id,
        )
    )
    await session.flush()
    return number
