"""The electronic payment receipt: printed for the court's people, verified by anybody who holds the paper."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from ankuan.disbursement.issue_payment_receipt import court_of_check_code
from ankuan.disbursement.receipt_document import Printed, make_pdf
from ankuan.disbursement.tables import DisbursementLine, PaymentReceipt
from ankuan.kernel.clock import SHANGHAI
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.platform.db import ReadSession

_PUBLIC: Final = (
    ("付款法院", "court"),
    ("案号", "case"),
    ("收款人", "payee_name"),
    ("收款账号", "payee_account"),
    ("金额（小写）", "amount"),
    ("金额（大写）", "capitals"),
    ("银行流水号", "bank_ref"),
    ("支付时间", "settled_at"),
)


class LineNotFound(AnkuanError):
    """No such line within the caller's scope."""

    code = "disbursement_line_not_found"
    kind = ErrorKind.NOT_FOUND


class NotSettledYet(AnkuanError):
    """The bank has not paid this line, so there is no receipt."""

    code = "payment_not_settled"
    kind = ErrorKind.REFUSED


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """A genuine receipt. Accounts are masked."""

    number: str
    rows: tuple[tuple[str, str], ...]

    def facts(self) -> tuple[tuple[str, str], ...]:
        """What to compare with the paper, as (label, value)."""
        return (("回单编号", self.number), *self.rows)


async def render_payment_receipt(
    session: ReadSession, *, court_id: int, line_id: UUID, now: datetime, verify_base_url: str
) -> bytes:
    """The receipt of a settled line as PDF; ``now`` is printed as the time of printing.

    ``verify_base_url`` is where this platform is reached; its ``/verify/<code>`` goes into the QR code. Empty: the QR
    code holds the digits alone. Raises :class:`LineNotFound`, :class:`NotSettledYet`.
    """
    found = (
        await session.execute(
            select(DisbursementLine.id, PaymentReceipt)
            .outerjoin(
                PaymentReceipt,
                (PaymentReceipt.court_id == DisbursementLine.court_id)
                & (PaymentReceipt.line_id == DisbursementLine.id),
            )
            .where(DisbursementLine.court_id == court_id, DisbursementLine.id == line_id)
        )
    ).first()
    if found is None:
        raise LineNotFound("付款明细不存在", "No such line")
    receipt: PaymentReceipt | None = found[1]
    if receipt is None:
        raise NotSettledYet("银行尚未支付，暂无回单", "The bank has not paid yet, so there is no receipt")
    issued = receipt.issued_at.astimezone(SHANGHAI)
    printed = Printed(
        number=receipt.number,
        check_code=receipt.check_code,
        facts=receipt.facts,
        issued_on=issued.date(),
        issued_at_unix=int(issued.timestamp()),
        printed_at=f"{now.astimezone(SHANGHAI):%Y年%m月%d日 %H:%M}",
        verify_url=f"{verify_base_url.rstrip('/')}/verify/{receipt.check_code}" if verify_base_url else "",
    )
    return await asyncio.to_thread(make_pdf, printed)


async def verify_check_code(session: ReadSession, code: str) -> VerifiedReceipt | None:
    """The receipt with this check code, spaces allowed; ``None`` when there is none. Needs a session of all courts."""
    digits = code.replace(" ", "")
    court_id = court_of_check_code(digits)
    if court_id is None:
        return None
    receipt = await session.scalar(
        select(PaymentReceipt).where(PaymentReceipt.court_id == court_id, PaymentReceipt.check_code == digits)
    )
    if receipt is None:
        return None
    return VerifiedReceipt(receipt.number, tuple((label, str(receipt.facts[key])) for label, key in _PUBLIC))
