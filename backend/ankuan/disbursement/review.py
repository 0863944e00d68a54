"""Run the automatic review of a disbursement: collect the facts, weigh them, keep each result (domain §7, S1)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from ankuan.banking.queries import case_account, get_fund_account, open_adjustments
from ankuan.banking.tables import CaseAccount
from ankuan.disbursement.review_rules import TITLES, Check, Facts, Stage, Twin, blocking, review
from ankuan.disbursement.rules import OPEN_STATES, Kind
from ankuan.disbursement.stored_content import Stored, read_content
from ankuan.disbursement.tables import Disbursement, DisbursementLine, ReviewCheck
from ankuan.disbursement.transitions import LineOutcome, Status
from ankuan.kernel.clock import business_date
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.ledger.database_errors import InsufficientBalance
from ankuan.ledger.queries import case_position
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import ReadSession, WriteSession
from ankuan.platform.plugins import PluginHost
from ankuan.registry.policies import effective_policy
from ankuan.registry.queries import parties_of
from ankuan.registry.tables import CourtCase

_UNDER_WAY: Final = tuple(str(status) for status in (*sorted(OPEN_STATES), Status.RELEASED))


class ReviewBlocked(AnkuanError):
    """The automatic review forbids it; the message names each blocking check."""

    code = "review_blocked"
    kind = ErrorKind.REFUSED


async def review_disbursement(
    session: WriteSession,
    *,
    plugins: PluginHost,
    disbursement: Disbursement,
    case: CourtCase,
    stored: Stored,
    stage: Stage,
    now: datetime,
) -> Facts:
    """Review and store the results; the caller holds the locks on disbursement and case.

    Raises :class:`ReviewBlocked`; ``InsufficientBalance`` when money is what is missing.
    """
    facts = await _facts(
        session, plugins=plugins, disbursement=disbursement, case=case, stored=stored, stage=stage, now=now
    )
    checks = review(facts)
    _refuse(checks, facts)
    for check in checks:
        session.add(
            ReviewCheck(
                court_id=disbursement.court_id,
                id=new_id(),
                disbursement_id=disbursement.id,
                version=disbursement.version,
                stage=str(stage),
                name=check.name,
                outcome=str(check.outcome),
                reason=check.reason,
                at=now,
            )
        )
    return facts


async def preview_review(
    session: ReadSession,
    *,
    cipher: FieldCipher,
    plugins: PluginHost,
    disbursement: Disbursement,
    case: CourtCase,
    now: datetime,
) -> tuple[Check, ...]:
    """What the review of a draft would say now; nothing is stored or refused. Raises ``ContentTampered``."""
    stored = await read_content(session, cipher=cipher, disbursement=disbursement)
    facts = await _facts(
        session, plugins=plugins, disbursement=disbursement, case=case, stored=stored, stage=Stage.SUBMIT, now=now
    )
    return review(facts)


def _refuse(checks: Sequence[Check], facts: Facts) -> None:
    blocks = blocking(checks)
    others = [check for check in blocks if check.name != "available_balance"]
    if others:
        told = "；".join(f"{TITLES[check.name][0]}：{check.reason}" for check in others)
        names = ", ".join(TITLES[check.name][1] for check in others)
        raise ReviewBlocked(f"自动审查未通过：{told}", f"The automatic review forbids it: {names}")
    if blocks:
        total = Money.total(line.amount for line in facts.lines)
        raise InsufficientBalance(
            f"案件可用余额不足：{blocks[0].reason}",
            "The case has not enough money available",
            short_fen=total.fen - facts.available.fen,
        )


async def _facts(
    session: ReadSession,
    *,
    plugins: PluginHost,
    disbursement: Disbursement,
    case: CourtCase,
    stored: Stored,
    stage: Stage,
    now: datetime,
) -> Facts:
    court_id = disbursement.court_id
    account = await get_fund_account(session, court_id=court_id, fund_account_id=disbursement.fund_account_id)
    plugin = plugins.bank(account.bank_id)
    bank = plugin.capabilities
    bound = await _sub_account(session, disbursement)
    position = await case_position(
        session, court_id=court_id, case_id=case.id, fund_account_id=disbursement.fund_account_id
    )
    own = Money.total(row.amount for row in stored.rows if row.hold_id is not None)
    parties = await parties_of(session, court_id=court_id, case_id=case.id)
    return Facts(
        stage=stage,
        kind=Kind(disbursement.kind),
        case_status=case.status,
        available=position.available + own,
        held_elsewhere=position.held - own,
        open_adjustments=await open_adjustments(session, court_id, case.id, account.id),
        pay_from_sub_account=bound.sub_account_no if bound is not None and bank.pay_from_sub_account else None,
        bank_name=plugin.display_name,
        encoding=bank.encoding,
        lines=stored.content.lines,
        party_names=frozenset(party.name for party in parties),
        twins=await _twins(session, disbursement, now),
    )


async def _sub_account(session: ReadSession, disbursement: Disbursement) -> CaseAccount | None:
    bound = await case_account(session, disbursement.court_id, disbursement.case_id)
    return bound if bound is not None and bound.fund_account_id == disbursement.fund_account_id else None


async def _twins(session: ReadSession, disbursement: Disbursement, now: datetime) -> tuple[Twin, ...]:
    """Lines of other requests with the same payee account and amount in the case, still open or settled lately."""
    policy: dict[str, Any] = await effective_policy(
        session, court_id=disbursement.court_id, name="disbursement_review", on=business_date(now)
    )
    since = now - timedelta(days=int(policy["duplicate_window_days"]))
    mine, theirs, other = aliased(DisbursementLine), aliased(DisbursementLine), aliased(Disbursement)
    statement = (
        select(mine.line_no, other.number)
        .join(
            theirs,
            and_(
                theirs.court_id == mine.court_id,
                theirs.payee_account_index == mine.payee_account_index,
                theirs.amount_fen == mine.amount_fen,
                theirs.disbursement_id != mine.disbursement_id,
            ),
        )
        .join(
            other,
            and_(
                other.court_id == theirs.court_id,
                other.id == theirs.disbursement_id,
                other.version == theirs.version,
                other.case_id == disbursement.case_id,
            ),
        )
        .where(
            mine.court_id == disbursement.court_id,
            mine.disbursement_id == disbursement.id,
            mine.version == disbursement.version,
            or_(
                and_(other.status.in_(_UNDER_WAY), theirs.outcome.is_(None)),
                and_(theirs.outcome == LineOutcome.SETTLED.value, theirs.outcome_at >= since),
            ),
        )
        .order_by(mine.line_no, other.number)
        .limit(20)
    )
    return tuple(Twin(line_no, number) for line_no, number in await session.execute(statement))
