"""Hold new bookings against orders: a debit line is the bank's positive word that it has paid (failures E6, D16)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select

from ankuan.banking.apply_fact import Evidence, apply_fact
from ankuan.banking.line_rules import Bearing, Booked, Ordered, bearing
from ankuan.banking.rules import LineSeen, Policy
from ankuan.banking.tables import BankLine, FundAccount, Instruction
from ankuan.banking.transitions import InstructionState
from ankuan.platform.alarms import raise_alarm
from ankuan.platform.db import WriteSession
from ankuan.plugin_api.bank import LineDirection, LineKind


async def weigh_lines(
    session: WriteSession, *, court_id: int, fund_account_id: UUID, lines: Sequence[BankLine], now: datetime
) -> None:
    """Apply each line to the order it executes; raise an alarm for money that left without one."""
    if not lines:
        return
    orders = await _orders(session, court_id, fund_account_id, lines)
    account = await session.get_one(FundAccount, (court_id, fund_account_id))
    policy = Policy(finality_window=account.finality_window)
    for line in _by_case(lines, orders):
        if line.kind == LineKind.RETURNED:
            await _alarm(
                session, line, "payment_returned", f"付款被退回：{line.amount.display()} 元 {line.remark}", now
            )
            continue
        is_explained = False
        for order in orders:
            meaning = bearing(_ordered(order), _booked(line))
            if meaning is Bearing.NONE:
                continue
            is_explained = True
            again = meaning is Bearing.EXECUTED and await _executions(session, order, line) > 0
            evidence = Evidence(bank_ref=line.bank_ref, booked_on=line.booked_on, line_id=line.id)
            fact = LineSeen(exact=meaning is Bearing.EXECUTED, again=again, at=now)
            await apply_fact(session, order, fact, policy, evidence=evidence, now=now)
        if not is_explained and (line.direction, line.kind) == (LineDirection.DEBIT, LineKind.EXTERNAL):
            await _alarm(session, line, "unexplained_debit", f"无对应指令的支出：{line.amount.display()} 元", now)


def _by_case(lines: Sequence[BankLine], orders: Sequence[Instruction]) -> list[BankLine]:
    """Lines in the order of their orders' cases: applying them locks the cases, which everybody locks by id."""
    named = {order.client_ref: str(order.case_id) for order in orders}
    numbered = {order.bank_ref: str(order.case_id) for order in orders if order.bank_ref}
    return sorted(lines, key=lambda line: named.get(line.client_ref or "") or numbered.get(line.bank_ref or "") or "")


async def _orders(
    session: WriteSession, court_id: int, fund_account_id: UUID, lines: Sequence[BankLine]
) -> Sequence[Instruction]:
    """Orders that the lines name, locked in one order so that two feeds never wait for each other."""
    # Money that came in from outside speaks of no order; most pages hold nothing else, and ask nothing.
    speaking = [line for line in lines if (line.direction, line.kind) != (LineDirection.CREDIT, LineKind.EXTERNAL)]
    references = [line.client_ref for line in speaking if line.client_ref]
    numbers = [line.bank_ref for line in speaking if line.bank_ref and not line.client_ref]
    if not references and not numbers:
        return ()
    found = await session.scalars(
        select(Instruction)
        .where(
            Instruction.court_id == court_id,
            Instruction.fund_account_id == fund_account_id,
            or_(
                Instruction.client_ref.in_(references),
                Instruction.bank_ref.in_(numbers) & (Instruction.state != InstructionState.SETTLED.value),
            ),
        )
        .order_by(Instruction.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.all()


async def _executions(session: WriteSession, order: Instruction, line: BankLine) -> int:
    """Earlier lines that executed the same order."""
    return int(
        await session.scalar(
            select(func.count()).where(
                BankLine.court_id == order.court_id,
                BankLine.fund_account_id == order.fund_account_id,
                BankLine.client_ref == order.client_ref,
                BankLine.direction == line.direction,
                BankLine.kind == line.kind,
                BankLine.id < line.id,
            )
        )
        or 0
    )


def _ordered(order: Instruction) -> Ordered:
    is_payment = order.purpose == "payment"
    return Ordered(
        purpose=order.purpose,
        client_ref=order.client_ref,
        bank_ref=order.bank_ref,
        amount_fen=order.amount_fen,
        account=order.payee_account if is_payment else order.to_sub_account or "",
        pay_from=order.pay_from_sub_account,
    )


def _booked(line: BankLine) -> Booked:
    return Booked(
        direction=LineDirection(line.direction),
        kind=LineKind(line.kind),
        client_ref=line.client_ref,
        bank_ref=line.bank_ref,
        amount_fen=line.amount_fen,
        sub_account_no=line.sub_account_no,
        counter_account=line.counter_account,
    )


async def _alarm(session: WriteSession, line: BankLine, kind: str, message: str, now: datetime) -> None:
    # One open alarm an account and kind: reading years of history must not raise thousands.
    await raise_alarm(
        session, court_id=line.court_id, kind=kind, subject_key=str(line.fund_account_id), message=message, now=now
    )
