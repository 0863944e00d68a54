"""Release audited disbursements with one click (一键支付): one banking instruction a line, all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from ankuan.banking.issue_instruction import issue_instruction
from ankuan.disbursement.refusals import refuse
from ankuan.disbursement.review import review_disbursement
from ankuan.disbursement.review_rules import Facts, Stage
from ankuan.disbursement.rules import Act, deny
from ankuan.disbursement.stored_content import Stored, read_content
from ankuan.disbursement.tables import Disbursement
from ankuan.disbursement.take_act import change_status, life_of, lock_disbursement, person_of, record_act, tell
from ankuan.disbursement.transitions import LifeEvent
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import WriteSession
from ankuan.platform.plugins import PluginHost
from ankuan.registry.queries import lock_case
from ankuan.registry.tables import CourtCase

MAX_ITEMS: Final = 100


class NothingToRelease(AnkuanError):
    """No item, more than a hundred, or one named twice."""

    code = "release_items_invalid"
    kind = ErrorKind.INVALID


@dataclass(frozen=True, slots=True)
class ReleaseItem:
    """One disbursement and the digest of what the cashier saw."""

    court_id: int
    disbursement_id: UUID
    digest: str


async def release_disbursements(
    session: WriteSession,
    *,
    cipher: FieldCipher,
    plugins: PluginHost,
    items: Sequence[ReleaseItem],
    comment: str | None = None,
    now: datetime,
) -> None:
    """Release every item, or none: the first refusal names its item (``field`` is ``items.N``, message has its number).

    The review runs once more on what is now true. Of two cashiers at once, one succeeds and the other gets
    ``WrongState``. Raises :class:`NothingToRelease`, ``DisbursementNotFound``, ``WrongState``, ``StaleDigest``,
    ``SamePerson``, ``CaseNotOpen``, ``ReviewBlocked``, ``ContentTampered``.
    """
    if not 1 <= len(items) <= MAX_ITEMS:
        raise NothingToRelease(f"一次付款 1 至 {MAX_ITEMS} 件", f"Release 1 to {MAX_ITEMS} at once", field="items")
    taken: dict[tuple[int, UUID], Disbursement] = {}
    # All disbursements first, then all cases, each in the order of their keys: two overlapping releases never wait
    # for each other in a circle.
    for index, item in sorted(enumerate(items), key=lambda pair: (pair[1].court_id, pair[1].disbursement_id)):
        key = (item.court_id, item.disbursement_id)
        if key in taken:
            raise NothingToRelease("同一申请重复", "One disbursement is named twice", field=f"items.{index}")
        try:
            taken[key] = await lock_disbursement(session, court_id=item.court_id, disbursement_id=item.disbursement_id)
        except AnkuanError as error:
            raise name_item(error, index, "") from error
    cases: dict[tuple[int, UUID], CourtCase] = {}
    for court_id, case_id in sorted({(d.court_id, d.case_id) for d in taken.values()}):
        cases[court_id, case_id] = await lock_case(session, court_id=court_id, case_id=case_id)
    for index, item in enumerate(items):
        disbursement = taken[item.court_id, item.disbursement_id]
        case = cases[disbursement.court_id, disbursement.case_id]
        try:
            await _release(
                session,
                cipher=cipher,
                plugins=plugins,
                disbursement=disbursement,
                case=case,
                digest=item.digest,
                comment=comment,
                now=now,
            )
        except AnkuanError as error:
            raise name_item(error, index, disbursement.number) from error


async def _release(
    session: WriteSession,
    *,
    cipher: FieldCipher,
    plugins: PluginHost,
    disbursement: Disbursement,
    case: CourtCase,
    digest: str,
    comment: str | None,
    now: datetime,
) -> None:
    life = await life_of(session, disbursement, case)
    refuse(deny(Act.RELEASE, life, person_of(session.actor), digest=digest))
    stored = await read_content(session, cipher=cipher, disbursement=disbursement)
    facts = await review_disbursement(
        session,
        plugins=plugins,
        disbursement=disbursement,
        case=case,
        stored=stored,
        stage=Stage.RELEASE,
        now=now,
    )
    await record_act(session, disbursement, Act.RELEASE, comment=comment, now=now)
    await _issue(session, disbursement=disbursement, case=case, stored=stored, facts=facts, now=now)
    disbursement.payer_bank = facts.bank_name
    change_status(disbursement, LifeEvent.RELEASE, now=now)
    await tell(session, disbursement, case=case, now=now)


async def _issue(
    session: WriteSession, *, disbursement: Disbursement, case: CourtCase, stored: Stored, facts: Facts, now: datetime
) -> None:
    """One instruction a line, with the digest of exactly what it pays."""
    for row, line in zip(stored.rows, stored.content.lines, strict=True):
        issued = await issue_instruction(
            session,
            court_id=disbursement.court_id,
            fund_account_id=disbursement.fund_account_id,
            purpose="payment",
            origin_id=row.id,
            case_id=case.id,
            amount=line.amount,
            pay_from_sub_account=facts.pay_from_sub_account,
            payee_account=line.payee_account,
            payee_name=line.payee_name,
            payee_bank_name=line.payee_bank_name,
            payee_bank_code=line.payee_bank_code,
            reason_text=f"{disbursement.case_number}{disbursement.purpose}",
            content_digest=disbursement.digest,
            now=now,
        )
        row.instruction_id = issued.instruction_id
    await session.flush()


def name_item(error: AnkuanError, index: int, number: str) -> AnkuanError:
    """The same error, saying which item it is about."""
    prefix_zh, prefix_en = (f"{number}：", f"{number}: ") if number else ("", "")
    named = type(error)(f"{prefix_zh}{error.zh}", f"{prefix_en}{error.en}", field=f"items.{index}", **error.details)
    if number:
        named.details["number"] = number
    return named
