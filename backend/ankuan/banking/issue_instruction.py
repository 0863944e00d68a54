"""Issue an order to a bank: fix what is ordered and its reference, before anything can be sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from ankuan.banking.abilities import ref_shape
from ankuan.banking.client_refs import RefShape, make_client_ref
from ankuan.banking.tables import FundAccount, Instruction
from ankuan.banking.transitions import InstructionState
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.ids import content_digest as digest_of
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.platform.constraints import constraint_means
from ankuan.platform.db import WriteSession

_TRIES = 5
_CONTENT = (
    "court_id",
    "fund_account_id",
    "purpose",
    "origin_id",
    "issue_no",
    "case_id",
    "client_ref",
    "amount_fen",
    "pay_from_sub_account",
    "payee_account",
    "payee_name",
    "payee_bank_name",
    "payee_bank_code",
    "to_sub_account",
    "adjustment_ref",
    "reason_text",
    "origin_digest",
)


class FundAccountUnknown(AnkuanError):
    """The court has no such fund account, or it is closed."""

    code = "fund_account_unusable"
    kind = ErrorKind.REFUSED


class IncompleteOrder(AnkuanError):
    """An order without amount, payee, or (an adjustment) without target and the bank's reference."""

    code = "incomplete_order"
    kind = ErrorKind.INVALID


class AlreadyIssued(AnkuanError):
    """An order for the same thing is under way or has been executed."""

    code = "already_issued"
    kind = ErrorKind.CONFLICT


def _already_issued() -> AlreadyIssued:
    return AlreadyIssued("该笔款项已有银行指令", "There is an order at the bank for this already")


constraint_means("uq_instruction_court_id_origin_id_issue_no", _already_issued)


@dataclass(frozen=True, slots=True)
class Issued:
    """A new instruction."""

    instruction_id: UUID
    client_ref: str


async def issue_instruction(
    session: WriteSession,
    *,
    court_id: int,
    fund_account_id: UUID,
    purpose: Literal["payment", "adjustment"],
    origin_id: UUID,
    case_id: UUID | None = None,
    amount: Money,
    pay_from_sub_account: str | None,
    payee_account: str,
    payee_name: str,
    payee_bank_name: str = "",
    payee_bank_code: str | None = None,
    to_sub_account: str | None = None,
    adjustment_ref: str | None = None,
    reason_text: str,
    content_digest: str | None = None,
    now: datetime,
) -> Issued:
    """Issue one order. ``content_digest``: digest of what was approved, bound into the order's own digest (I12).

    An origin gets another order only after the bank has refused the one before. Raises :class:`FundAccountUnknown`,
    :class:`IncompleteOrder`, :class:`AlreadyIssued`.
    """
    account = await session.scalar(
        select(FundAccount).where(FundAccount.court_id == court_id, FundAccount.id == fund_account_id)
    )
    if account is None or not account.active:
        raise FundAccountUnknown("案款专户不存在或已停用", "No such fund account, or it is closed")
    is_complete = amount.fen > 0 and payee_account and (purpose == "payment" or (to_sub_account and adjustment_ref))
    if not is_complete:
        raise IncompleteOrder("指令要素不全", "The order is incomplete")
    order: dict[str, Any] = {
        "court_id": court_id,
        "fund_account_id": fund_account_id,
        "purpose": purpose,
        "origin_id": origin_id,
        "issue_no": await _issue_no(session, court_id, origin_id),
        "case_id": case_id,
        "amount_fen": amount.fen,
        "pay_from_sub_account": pay_from_sub_account,
        "payee_account": payee_account,
        "payee_name": payee_name,
        "payee_bank_name": payee_bank_name,
        "payee_bank_code": payee_bank_code,
        "to_sub_account": to_sub_account,
        "adjustment_ref": adjustment_ref,
        "reason_text": reason_text,
        "origin_digest": content_digest,
    }
    return await _insert(session, order, ref_shape(account), now)


async def _issue_no(session: WriteSession, court_id: int, origin_id: UUID) -> int:
    earlier = await session.execute(
        select(Instruction.state, Instruction.issue_no).where(
            Instruction.court_id == court_id, Instruction.origin_id == origin_id
        )
    )
    numbers = [0]
    for state, number in earlier:
        if state != InstructionState.REFUSED:
            raise _already_issued()
        numbers.append(number)
    return max(numbers) + 1


async def _insert(session: WriteSession, order: dict[str, Any], shape: RefShape, now: datetime) -> Issued:
    for _ in range(_TRIES):
        order["client_ref"] = make_client_ref(order["court_id"], now, shape)
        instruction_id = new_id()
        inserted = await session.scalar(
            insert(Instruction)
            .values(
                **order,
                id=instruction_id,
                content_digest=digest_of({name: _plain(order[name]) for name in _CONTENT}),
                created_at=now,
                state=InstructionState.READY.value,
                next_try_at=now,
            )
            .on_conflict_do_nothing(index_elements=[Instruction.client_ref])
            .returning(Instruction.id)
        )
        if inserted is not None:
            # The bell is rung after the commit, so that the worker looks at once.
            session.has_emitted = True
            return Issued(instruction_id, str(order["client_ref"]))
    raise AssertionError("no free client reference in five draws")


def order_digest(instruction: Instruction) -> str:
    """The digest of what the row orders now; equal to ``content_digest`` unless somebody changed the row."""
    return digest_of({name: _plain(getattr(instruction, name)) for name in _CONTENT})


def _plain(value: object) -> object:
    """Amounts may exceed what canonical JSON takes as a number."""
    return str(value) if isinstance(value, int) else value
