"""What statements say of orders on paper: by reference it settles, by resemblance a person confirms it."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Date, and_, func, select

from ankuan.banking.apply_fact import Evidence, apply_fact
from ankuan.banking.client_refs import LONG
from ankuan.banking.policy_of import policy_of
from ankuan.banking.print_order import PRINTABLE, PaperOrderNotFound
from ankuan.banking.queries import get_fund_account, get_line
from ankuan.banking.rules import LineSeen
from ankuan.banking.tables import BankLine, FundAccount, Instruction, PaperConfirmation
from ankuan.kernel.clock import SHANGHAI, business_date
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.ids import new_id
from ankuan.platform.constraints import constraint_means
from ankuan.platform.db import ReadSession, WriteSession
from ankuan.platform.paging import Keyset, Page, fetch_page
from ankuan.plugin_api.bank import LineDirection, LineKind
from ankuan.plugin_api.capabilities import BankCapabilities

MAX_REASON: Final = 500
_AT_ONCE = 5_000
_RUN = re.compile(r"[0-9A-Za-z]+")
_STATES: Final = [state.value for state in PRINTABLE]


class PaperPaymentDiffers(AnkuanError):
    """Booking and order are not of the same amount, account of the payee or fund account, or it is the older one."""

    code = "paper_payment_differs"
    kind = ErrorKind.REFUSED


class PaperOrderNotOpen(AnkuanError):
    """The order does not wait on paper: it is of another kind, not sent yet, or its end is known."""

    code = "paper_order_not_open"
    kind = ErrorKind.CONFLICT


class BankLineUsed(AnkuanError):
    """The booking is no payment, or it has been taken for another order before."""

    code = "bank_line_used"
    kind = ErrorKind.CONFLICT


class PaperReasonRequired(AnkuanError):
    """A reason of 1 to 500 characters must be given."""

    code = "paper_reason_required"
    kind = ErrorKind.INVALID


def _line_used() -> BankLineUsed:
    return BankLineUsed(
        "该流水已用于其他付款或不是付款", "The booking is no payment, or was used before", field="lineId"
    )


constraint_means("uq_paper_confirmation_court_id_line_id", _line_used)


async def refs_in(session: ReadSession, account: FundAccount, remarks: Iterable[str]) -> dict[str, str]:
    """Remark -> the reference of an order of this account that stands in it as a word of its own.

    A remark that names two orders names none.
    """
    length = min(account.ref_length, LONG)
    runs = {
        remark: frozenset(run for run in _RUN.findall(f"{remark} {remark.upper()}") if len(run) == length)
        for remark in remarks
    }
    wanted = sorted(set().union(*runs.values()))
    known: set[str] = set()
    for start in range(0, len(wanted), _AT_ONCE):
        known |= set(
            await session.scalars(
                select(Instruction.client_ref).where(
                    Instruction.court_id == account.court_id,
                    Instruction.fund_account_id == account.id,
                    Instruction.client_ref.in_(wanted[start : start + _AT_ONCE]),
                )
            )
        )
    named = {remark: known & words for remark, words in runs.items()}
    return {remark: next(iter(refs)) for remark, refs in named.items() if len(refs) == 1}


async def search_proposals(
    session: ReadSession, *, court_id: int, fund_account_id: UUID, first: int = 50, after: str | None = None
) -> Page[tuple[BankLine, Instruction]]:
    """Bookings without a reference beside the open orders whose amount, account and name they have. Nothing is done.

    Raises ``InvalidPage``.
    """
    used = select(PaperConfirmation.id).where(
        PaperConfirmation.court_id == BankLine.court_id, PaperConfirmation.line_id == BankLine.id
    )
    pairs: Any = select(BankLine, Instruction)
    statement = (
        pairs.join(
            Instruction,
            and_(
                Instruction.court_id == BankLine.court_id,
                Instruction.fund_account_id == BankLine.fund_account_id,
                Instruction.amount_fen == BankLine.amount_fen,
                Instruction.payee_account == BankLine.counter_account,
                Instruction.payee_name == BankLine.counter_name,
                func.timezone(SHANGHAI.key, Instruction.created_at).cast(Date) <= BankLine.booked_on,
            ),
        )
        .join(
            FundAccount,
            and_(FundAccount.court_id == BankLine.court_id, FundAccount.id == BankLine.fund_account_id),
        )
        .where(
            BankLine.court_id == court_id,
            BankLine.fund_account_id == fund_account_id,
            FundAccount.is_paper,
            BankLine.direction == LineDirection.DEBIT.value,
            BankLine.kind == LineKind.EXTERNAL.value,
            BankLine.client_ref.is_(None),
            Instruction.purpose == "payment",
            Instruction.state.in_(_STATES),
            ~used.exists(),
        )
    )
    keyset = Keyset((BankLine.id, Instruction.id), (UUID, UUID), descending=False)
    return await fetch_page(session, statement, keyset, first=first, after=after)


async def confirm_paper_payment(
    session: WriteSession, *, court_id: int, line_id: UUID, instruction_id: UUID, reason: str, now: datetime
) -> Instruction:
    """A person's word that a booking executed an order; it settles the order like the bank's own word.

    Raises ``BankLineNotFound``, ``PaperOrderNotFound``, :class:`PaperReasonRequired`, :class:`PaperOrderNotOpen`,
    :class:`PaperPaymentDiffers`, :class:`BankLineUsed`.
    """
    cleaned = reason.strip()
    if not 0 < len(cleaned) <= MAX_REASON:
        raise PaperReasonRequired(
            f"请填写事由（不超过 {MAX_REASON} 字）", f"Give a reason of at most {MAX_REASON} characters", field="reason"
        )
    line = await get_line(session, court_id=court_id, line_id=line_id)
    order = await _lock_order(session, court_id, instruction_id)
    account = await get_fund_account(session, court_id=court_id, fund_account_id=line.fund_account_id)
    if order is None:
        raise PaperOrderNotFound("付款指令不存在", "No such payment order", field="instructionId")
    if not account.is_paper or order.purpose != "payment" or order.state not in _STATES:
        raise PaperOrderNotOpen("该指令不在等待纸质凭证结果", "The order does not wait on paper", field="instructionId")
    await _check(session, line, order)
    session.add(
        PaperConfirmation(
            court_id=court_id,
            id=new_id(),
            line_id=line.id,
            instruction_id=order.id,
            reason=cleaned,
            confirmed_at=now,
            confirmed_by=session.actor.name,
            confirmed_by_id=session.actor.id,
        )
    )
    await session.flush()
    evidence = Evidence(
        code="confirmed", message=cleaned, bank_ref=line.bank_ref, booked_on=line.booked_on, line_id=line.id
    )
    policy = policy_of(account, bank_timeout_seconds=0, bank=BankCapabilities(paper=True, answers_queries=False))
    await apply_fact(session, order, LineSeen(exact=True, again=False, at=now), policy, evidence=evidence, now=now)
    return order


async def _lock_order(session: WriteSession, court_id: int, instruction_id: UUID) -> Instruction | None:
    return await session.scalar(
        select(Instruction)
        .where(Instruction.court_id == court_id, Instruction.id == instruction_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def _check(session: ReadSession, line: BankLine, order: Instruction) -> None:
    if (line.direction, line.kind) != (LineDirection.DEBIT, LineKind.EXTERNAL) or line.client_ref is not None:
        raise _line_used()
    used = await session.scalar(
        select(PaperConfirmation.id).where(
            PaperConfirmation.court_id == line.court_id, PaperConfirmation.line_id == line.id
        )
    )
    if used is not None:
        raise _line_used()
    fits = line.fund_account_id == order.fund_account_id and line.counter_account in {"", order.payee_account}
    if line.amount_fen != order.amount_fen or not fits:
        raise PaperPaymentDiffers(
            f"流水 {line.amount.display()} 元与指令 {order.amount.display()} 元的金额、账号或专户不符",
            "Booking and order differ in amount, account or fund account",
            field="lineId",
        )
    if line.booked_on < business_date(order.created_at):
        raise PaperPaymentDiffers(
            f"流水记账日 {line.booked_on} 早于指令签发日，不可能是该指令的执行",
            "The booking is older than the order, so that it can't be its execution",
            field="lineId",
        )
