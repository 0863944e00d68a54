"""Issue the electronic payment receipt (电子回单) of a line, once, when the bank has paid it."""

import secrets
from datetime import datetime
from typing import Final

from stdnum import luhn

from ankuan.banking.queries import get_fund_account
from ankuan.banking.tables import Instruction
from ankuan.disbursement.rules import Kind
from ankuan.disbursement.tables import Disbursement, DisbursementLine, PaymentReceipt
from ankuan.disbursement.titles import kind_title
from ankuan.kernel.clock import SHANGHAI, business_date
from ankuan.kernel.identifiers import mask_account
from ankuan.kernel.ids import new_id
from ankuan.platform.counters import next_number
from ankuan.platform.db import WriteSession
from ankuan.registry.queries import get_court

COURT_DIGITS: Final = 5
RANDOM_DIGITS: Final = 14
CODE_LENGTH: Final = COURT_DIGITS + RANDOM_DIGITS + 1


async def issue_payment_receipt(
    session: WriteSession,
    *,
    disbursement: Disbursement,
    line: DisbursementLine,
    instruction: Instruction,
    now: datetime,
) -> None:
    """Fix what the receipt says, with a number HDyear-nnnnnn without gaps (I7) and a check code that can't be guessed.

    The facts are kept as they are now: a receipt printed next year says the same.
    """
    court = await get_court(session, line.court_id)
    account = await get_fund_account(session, court_id=line.court_id, fund_account_id=disbursement.fund_account_id)
    settled_at = (instruction.settled_at or now).astimezone(SHANGHAI)
    year = business_date(now).year
    number = await next_number(session, court_id=line.court_id, name="payment_receipt", year=year)
    facts = {
        "court": court.name,
        "disbursement": disbursement.number,
        "payer_name": account.name,
        "payer_account": mask_account(account.account_no),
        "payer_bank": disbursement.payer_bank or "",
        "payee_name": line.payee_name,
        "payee_account": line.payee_account_masked,
        "payee_bank": line.payee_bank_name,
        "amount": line.amount.display(),
        "capitals": line.amount.capitals(),
        "case": disbursement.case_number,
        "kind": kind_title(Kind(disbursement.kind)),
        "purpose": disbursement.purpose,
        "bank_ref": instruction.bank_ref or "",
        "settled_at": f"{settled_at:%Y年%m月%d日 %H:%M:%S}",
    }
    session.add(
        PaymentReceipt(
            court_id=line.court_id,
            id=new_id(),
            line_id=line.id,
            number=f"HD{year}-{number:06d}",
            check_code=new_check_code(line.court_id),
            facts=facts,
            issued_at=now,
        )
    )
    await session.flush()


def new_check_code(court_id: int) -> str:
    """Twenty digits: the court, fourteen random ones, a check digit. The court part finds the row by its key."""
    body = f"{court_id:0{COURT_DIGITS}d}{secrets.randbelow(10**RANDOM_DIGITS):0{RANDOM_DIGITS}d}"
    return body + luhn.calc_check_digit(body)


def court_of_check_code(code: str) -> int | None:
    """Court of a well-formed code; ``None`` when a digit was mistyped."""
    if not (len(code) == CODE_LENGTH and code.isascii() and code.isdigit() and luhn.is_valid(code)):
        return None
    return int(code[:COURT_DIGITS])
