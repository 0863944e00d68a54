"""Hold new bookings against orders: a debit line is the bank's positive word that it has paid (failures E6, D16)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select, text

from ankuan.banking.alarms_of_page import Cause, raise_alarms
from ankuan.banking.apply_fact import Evidence, apply_fact
from ankuan.banking.line_rules import Bearing, Booked, Ordered, bearing
from ankuan.banking.rules import LineSeen, Policy
from ankuan.banking.store_lines import NewLine
from ankuan.banking.tables import Instruction
from ankuan.banking.transitions import InstructionState
from ankuan.platform.db import WriteSession
from ankuan.plugin_api.bank import BankLine as ToldLine
from ankuan.plugin_api.bank import LineDirection, LineKind

MONEY_FROM_OUTSIDE = (LineDirection.CREDIT, LineKind.EXTERNAL)
MONEY_TO_OUTSIDE = (LineDirection.DEBIT, LineKind.EXTERNAL)


async def weigh_lines(
    session: WriteSession,
    *,
    court_id: int,
    fund_account_id: UUID,
    finality_window: timedelta,
    lines: Sequence[NewLine],
    now: datetime,
) -> None:
    """Apply each line to the order it executes; raise an alarm for money that left without one.

    Money that came in from outside speaks of no order; most pages hold nothing else, and ask nothing.
    """
    speaking = [line for line in lines if (line.told.direction, line.told.kind) != MONEY_FROM_OUTSIDE]
    if not speaking:
        return
    orders = _Orders(await _lock_orders(session, court_id, fund_account_id, speaking))
    told_before = await _told_before(session, court_id, fund_account_id, orders.all, lines)
    policy = Policy(finality_window=finality_window)
    causes: list[Cause] = []
    for line in _by_case(speaking, orders.all):
        told = line.told
        # One open alarm an account and kind: reading years of history must not raise thousands.
        if told.kind is LineKind.RETURNED:
            message = f"付款被退回：{told.amount.display()} 元 {told.remark}"
            causes.append(Cause("payment_returned", str(fund_account_id), message))
            continue
        if told.kind is LineKind.REVERSAL:
            word = "支出" if told.direction is LineDirection.DEBIT else "收入"
            message = f"银行冲正：{word} {told.amount.display()} 元 {told.remark}"
            causes.append(Cause("bank_line_reversed", str(fund_account_id), message))
            continue
        is_explained = False
        for order in orders.named_by(told):
            meaning = bearing(_ordered(order), _booked(told))
            if meaning is Bearing.NONE:
                continue
            is_explained = True
            booking = (order.client_ref, told.direction.value, told.kind.value)
            again = meaning is Bearing.EXECUTED and booking in told_before
            told_before.add(booking)
            evidence = Evidence(bank_ref=told.bank_ref, booked_on=told.booked_on, line_id=line.id)
            fact = LineSeen(exact=meaning is Bearing.EXECUTED, again=again, at=now)
            await apply_fact(session, order, fact, policy, evidence=evidence, now=now)
            orders.note_number(order)
        if not is_explained and (told.direction, told.kind) == MONEY_TO_OUTSIDE:
            message = f"无对应指令的支出：{told.amount.display()} 元"
            causes.append(Cause("unexplained_debit", str(fund_account_id), message))
    await raise_alarms(session, court_id=court_id, causes=causes, now=now)


class _Orders:
    """The locked orders, found by what a line says: our reference, or where it says none the bank's number."""

    def __init__(self, orders: Sequence[Instruction]) -> None:
        self.all = orders
        self._by_reference = {order.client_ref: order for order in orders}
        self._by_number: defaultdict[str, dict[UUID, Instruction]] = defaultdict(dict)
        for order in orders:
            self.note_number(order)

    def note_number(self, order: Instruction) -> None:
        """A line may have told the order's number, by which the next one knows it."""
        if order.bank_ref:
            self._by_number[order.bank_ref][order.id] = order

    def named_by(self, line: ToldLine) -> list[Instruction]:
        """Orders that the line may be about, by their ids."""
        if line.client_ref is not None:
            named = self._by_reference.get(line.client_ref)
            return [named] if named is not None else []
        numbered = self._by_number.get(line.bank_ref or "", {})
        return [numbered[key] for key in sorted(numbered)]


def _by_case(lines: Sequence[NewLine], orders: Sequence[Instruction]) -> list[NewLine]:
    """Lines in the order of their orders' cases: applying them locks the cases, which everybody locks by id."""
    named = {order.client_ref: str(order.case_id) for order in orders}
    numbered = {order.bank_ref: str(order.case_id) for order in orders if order.bank_ref}
    return sorted(
        lines,
        key=lambda line: named.get(line.told.client_ref or "") or numbered.get(line.told.bank_ref or "") or "",
    )


async def _lock_orders(
    session: WriteSession, court_id: int, fund_account_id: UUID, lines: Sequence[NewLine]
) -> Sequence[Instruction]:
    """Orders that the lines name, locked in one order so that two feeds never wait for each other."""
    references = [line.told.client_ref for line in lines if line.told.client_ref]
    numbers = [line.told.bank_ref for line in lines if line.told.bank_ref and not line.told.client_ref]
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


# Not by age: identifiers follow the clock of whoever read a page, and clocks differ (G9).
_TOLD = text(
    """
    select distinct l.client_ref, l.direction, l.kind
      from unnest(cast(:references as text[])) as o (client_ref)
      join bank_line l on l.court_id = :court_id and l.client_ref = o.client_ref
     where l.fund_account_id = :fund_account_id and l.id <> all (cast(:new as uuid[]))
     union
    select i.client_ref, l.direction, l.kind
      from unnest(cast(:orders as uuid[])) as o (id)
      join paper_confirmation c on c.court_id = :court_id and c.instruction_id = o.id
      join instruction i on i.court_id = c.court_id and i.id = c.instruction_id
      join bank_line l on l.court_id = c.court_id and l.id = c.line_id
    """
)


async def _told_before(
    session: WriteSession,
    court_id: int,
    fund_account_id: UUID,
    orders: Sequence[Instruction],
    new: Sequence[NewLine],
) -> set[tuple[str, str, str]]:
    """Reference, direction and kind of bookings that executed these orders before: by what an earlier line says, or
    by a person's word that it was one which says nothing. Any further one is the second.
    """
    if not orders:
        return set()
    values = {
        "court_id": court_id,
        "fund_account_id": fund_account_id,
        "references": [order.client_ref for order in orders],
        "orders": [order.id for order in orders],
        "new": [line.id for line in new],
    }
    return {(row[0], row[1], row[2]) for row in await session.execute(_TOLD, values)}


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


def _booked(line: ToldLine) -> Booked:
    return Booked(
        direction=line.direction,
        kind=line.kind,
        client_ref=line.client_ref,
        bank_ref=line.bank_ref,
        amount_fen=line.amount.fen,
        sub_account_no=line.sub_account_no,
        counter_account=line.counter_account,
    )
