"""Content as it is stored: lines of one version, with the payee's account encrypted, and back again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select

from ankuan.disbursement.content import Content, Line
from ankuan.disbursement.rules import Kind
from ankuan.disbursement.tables import Disbursement, DisbursementLine
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.identifiers import mask_account
from ankuan.kernel.ids import new_id
from ankuan.platform.crypto import CannotDecrypt, FieldCipher
from ankuan.platform.db import ReadSession, WriteSession

ACCOUNT_INDEX: Final = "disbursement_line.payee_account"


class ContentTampered(AnkuanError):
    """What is stored is not what was digested: somebody changed it behind the platform's back."""

    code = "content_tampered"
    kind = ErrorKind.REFUSED


@dataclass(frozen=True, slots=True)
class Stored:
    """Rows of the present version, in order, and the content they hold."""

    rows: tuple[DisbursementLine, ...]
    content: Content


def content_of(disbursement: Disbursement, lines: Sequence[Line]) -> Content:
    """The content of a disbursement's present version with these lines."""
    return Content(
        number=disbursement.number,
        case_number=disbursement.case_number,
        fund_account=str(disbursement.fund_account_id),
        kind=Kind(disbursement.kind),
        purpose=disbursement.purpose,
        version=disbursement.version,
        lines=tuple(lines),
    )


async def write_lines(
    session: WriteSession, *, cipher: FieldCipher, disbursement: Disbursement, lines: Sequence[Line]
) -> None:
    """Store the lines of the disbursement's present version."""
    for number, line in enumerate(lines, start=1):
        line_id = new_id()
        session.add(
            DisbursementLine(
                court_id=disbursement.court_id,
                id=line_id,
                disbursement_id=disbursement.id,
                version=disbursement.version,
                line_no=number,
                payee_name=line.payee_name,
                payee_account_cipher=cipher.encrypt(line.payee_account.encode(), context=_context(line_id)),
                payee_account_masked=mask_account(line.payee_account),
                payee_account_index=cipher.blind_index(line.payee_account, context=ACCOUNT_INDEX),
                payee_bank_name=line.payee_bank_name,
                payee_bank_code=line.payee_bank_code,
                amount_fen=line.amount.fen,
                party_id=line.party_id,
            )
        )
    await session.flush()


async def read_content(session: ReadSession, *, cipher: FieldCipher, disbursement: Disbursement) -> Stored:
    """Lines and content of the present version, proven against the stored digest (I6).

    Raises :class:`ContentTampered`.
    """
    rows = (
        await session.scalars(
            select(DisbursementLine)
            .where(
                DisbursementLine.court_id == disbursement.court_id,
                DisbursementLine.disbursement_id == disbursement.id,
                DisbursementLine.version == disbursement.version,
            )
            .order_by(DisbursementLine.line_no)
        )
    ).all()
    try:
        lines = [_line(row, cipher) for row in rows]
    except CannotDecrypt:
        raise _tampered() from None
    content = content_of(disbursement, lines)
    if content.digest != disbursement.digest or content.total != disbursement.total:
        raise _tampered()
    return Stored(tuple(rows), content)


def payee_account(row: DisbursementLine, cipher: FieldCipher) -> str:
    """The full account. Raises ``CannotDecrypt``."""
    return cipher.decrypt(row.payee_account_cipher, context=_context(row.id)).decode()


def _line(row: DisbursementLine, cipher: FieldCipher) -> Line:
    return Line(
        payee_name=row.payee_name,
        payee_account=payee_account(row, cipher),
        amount=row.amount,
        payee_bank_name=row.payee_bank_name,
        payee_bank_code=row.payee_bank_code,
        party_id=row.party_id,
    )


def _context(line_id: UUID) -> str:
    return f"{ACCOUNT_INDEX}:{line_id}"


def _tampered() -> ContentTampered:
    return ContentTampered("付款内容与其指纹不符，已停止办理", "The stored content does not match its digest")
