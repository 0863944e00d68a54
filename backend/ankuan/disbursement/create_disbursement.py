"""Create a request to pay, as a draft."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ankuan.banking.queries import case_account, default_fund_account, fund_accounts_of
from ankuan.disbursement.content import Line, clean_lines, clean_purpose
from ankuan.disbursement.refusals import CaseNotOpen
from ankuan.disbursement.rules import Act, Kind
from ankuan.disbursement.stored_content import content_of, write_lines
from ankuan.disbursement.tables import Disbursement
from ankuan.disbursement.take_act import person_of, record_act, tell
from ankuan.disbursement.transitions import LIFE
from ankuan.kernel.clock import business_date
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.ledger.queries import case_position
from ankuan.platform.counters import next_number
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import ReadSession, WriteSession
from ankuan.registry.queries import get_case, parties_of


class PartyNotFound(AnkuanError):
    """A line names a party that is not one of the case's."""

    code = "party_not_found"
    kind = ErrorKind.NOT_FOUND


class NoFundAccount(AnkuanError):
    """The court has no fund account to pay from."""

    code = "no_fund_account"
    kind = ErrorKind.REFUSED


async def create_disbursement(
    session: WriteSession,
    *,
    cipher: FieldCipher,
    court_id: int,
    case_id: UUID,
    kind: Kind,
    purpose: str,
    lines: Sequence[Line],
    now: datetime,
) -> UUID:
    """Store a draft for an open case and return its id. It pays from the account where the case's
    money lies.

    Its number PD-year-nnnnnn has no gaps within court and year (I7). Raises the errors of ``content.clean_lines`` and
    ``clean_purpose``, ``CaseNotFound``, ``CaseNotOpen``, :class:`PartyNotFound`, :class:`NoFundAccount`.
    """
    person_of(session.actor)
    purpose = clean_purpose(purpose)
    cleaned = clean_lines(lines)
    case = await get_case(session, court_id=court_id, case_id=case_id)
    if case.status != "open":
        raise CaseNotOpen("案件已中止或结案，不能付款", "The case is suspended or closed", field="caseId")
    await check_parties(session, court_id=court_id, case_id=case_id, lines=cleaned)
    total = Money.total(line.amount for line in cleaned)
    fund_account_id = await _pays_from(session, court_id, case_id, total)
    year = business_date(now).year
    number = await next_number(session, court_id=court_id, name="disbursement", year=year)
    disbursement = Disbursement(
        court_id=court_id,
        id=new_id(),
        number=f"PD-{year}-{number:06d}",
        case_id=case_id,
        case_number=case.number,
        fund_account_id=fund_account_id,
        kind=str(kind),
        purpose=purpose,
        status=str(LIFE.initial),
        version=1,
        total_fen=total.fen,
        plan=[],
        approved_level=0,
        requested_by=session.actor.id,
        created_at=now,
        changed_at=now,
    )
    disbursement.digest = content_of(disbursement, cleaned).digest
    session.add(disbursement)
    await session.flush()
    await write_lines(session, cipher=cipher, disbursement=disbursement, lines=cleaned)
    await record_act(session, disbursement, Act.CREATE, now=now)
    await tell(session, disbursement, case=case, now=now)
    return disbursement.id


async def _pays_from(session: ReadSession, court_id: int, case_id: UUID, total: Money) -> UUID:
    """The account where enough of the case's money lies: that of its sub-account or else the court's default, if it
    can; with money at another account only, that one.
    """
    bound = await case_account(session, court_id, case_id)
    default = None if bound is not None else await default_fund_account(session, court_id=court_id)
    home = bound.fund_account_id if bound is not None else default.id if default is not None else None
    if home is None:
        raise NoFundAccount("本院尚未开立案款专户", "The court has no fund account")
    others = [one.id for one in await fund_accounts_of(session, court_id) if one.active and one.id != home]
    for account_id in [home, *others] if others else ():
        position = await case_position(session, court_id=court_id, case_id=case_id, fund_account_id=account_id)
        if position.available >= total:
            return account_id
    return home


async def check_parties(session: ReadSession, *, court_id: int, case_id: UUID, lines: Sequence[Line]) -> None:
    """Every party named must be one of the case. Raises :class:`PartyNotFound` with the line in ``field``."""
    named = [(index, line.party_id) for index, line in enumerate(lines) if line.party_id is not None]
    if not named:
        return
    known = {party.id for party in await parties_of(session, court_id=court_id, case_id=case_id)}
    for index, party_id in named:
        if party_id not in known:
            raise PartyNotFound("当事人不属于本案", "No such party in this case", field=f"lines.{index}.partyId")
