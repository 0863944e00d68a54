"""Write accepted cases, many in one statement, and tell of them. Used by registration and import."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from ankuan.kernel.identifiers import mask_identity, mask_phone
from ankuan.kernel.ids import new_id
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import WriteSession
from ankuan.platform.events import emit
from ankuan.plugin_api.events import CaseRegistered
from ankuan.registry.case_facts import CaseFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseToStore:
    """An accepted case with its place in the court."""

    id: UUID
    facts: CaseFacts
    department_id: UUID | None
    handler_id: UUID | None
    registered_on: date


# A number that a case has or once had is left alone, also when it comes in at the same moment; the caller sees which
# ids came through.
_INSERT = text(
    """
    insert into court_case (court_id, id, number, number_typed, number_key, type_code, year, department_id, handler_id,
                            cause, subject_amount_fen, registered_on, registered_at)
    select cast(:court_id as integer), n.*, cast(:now as timestamptz)
      from unnest(cast(:ids as uuid[]), cast(:numbers as text[]), cast(:typed as text[]), cast(:keys as text[]),
                  cast(:types as text[]), cast(:years as integer[]), cast(:departments as uuid[]),
                  cast(:handlers as uuid[]), cast(:causes as text[]), cast(:amounts as bigint[]),
                  cast(:days as date[])) as n (id, number, typed, key)
     where not exists (select from case_number_history h where h.court_id = cast(:court_id as integer)
                                                           and h.number_key = n.key)
    on conflict (court_id, number_key) do nothing
    returning id
    """
)


_INSERT_PARTIES = text(
    """
    insert into party (court_id, id, case_id, name, role, kind, identifier_masked, identifier_cipher,
                       phone_masked, phone_cipher)
    select cast(:court_id as integer), n.*
      from unnest(cast(:ids as uuid[]), cast(:cases as uuid[]), cast(:names as text[]), cast(:roles as text[]),
                  cast(:kinds as text[]), cast(:identifiers_masked as text[]), cast(:identifiers as bytea[]),
                  cast(:phones_masked as text[]), cast(:phones as bytea[])) as n
    """
)


async def store_cases(
    session: WriteSession,
    *,
    court_id: int,
    cases: Sequence[CaseToStore],
    cipher: FieldCipher | None,
    now: datetime,
) -> frozenset[UUID]:
    """Insert the cases with their parties and emit ``CaseRegistered`` for each; returns the ids that are new.

    A case whose number the court has already is not among them. TypeError when a party has an identity number or a
    phone and there is no cipher.
    """
    if not cases:
        return frozenset()
    stored = await session.execute(
        _INSERT,
        {
            "court_id": court_id,
            "now": now,
            "ids": [c.id for c in cases],
            "numbers": [str(c.facts.number) for c in cases],
            "typed": [c.facts.typed for c in cases],
            "keys": [c.facts.number.key for c in cases],
            "types": [c.facts.number.type_code for c in cases],
            "years": [c.facts.number.year for c in cases],
            "departments": [c.department_id for c in cases],
            "handlers": [c.handler_id for c in cases],
            "causes": [c.facts.cause for c in cases],
            "amounts": [None if c.facts.subject_amount is None else c.facts.subject_amount.fen for c in cases],
            "days": [c.registered_on for c in cases],
        },
    )
    new = frozenset(row.id for row in stored)
    fresh = [case for case in cases if case.id in new]
    await _store_parties(session, court_id, fresh, cipher)
    await emit(session, *[_registered(court_id, case) for case in fresh], now=now)
    return new


def _registered(court_id: int, case: CaseToStore) -> CaseRegistered:
    return CaseRegistered(
        court_id=court_id,
        subject=case.id,
        case_number=str(case.facts.number),
        type_code=case.facts.number.type_code,
        wants_sub_account=case.facts.wants_sub_account,
    )


async def _store_parties(
    session: WriteSession, court_id: int, cases: Sequence[CaseToStore], cipher: FieldCipher | None
) -> None:
    parties = [(new_id(), case.id, party) for case in cases for party in case.facts.parties]
    if not parties:
        return
    await session.execute(
        _INSERT_PARTIES,
        {
            "court_id": court_id,
            "ids": [party_id for party_id, _, _ in parties],
            "cases": [case_id for _, case_id, _ in parties],
            "names": [party.name for _, _, party in parties],
            "roles": [party.role.value for _, _, party in parties],
            "kinds": [party.kind.value for _, _, party in parties],
            "identifiers_masked": [mask_identity(p.identifier) if p.identifier else None for _, _, p in parties],
            "identifiers": [
                _seal(p.identifier, "identifier", court_id, party_id, cipher) for party_id, _, p in parties
            ],
            "phones_masked": [mask_phone(p.phone) if p.phone else None for _, _, p in parties],
            "phones": [_seal(p.phone, "phone", court_id, party_id, cipher) for party_id, _, p in parties],
        },
    )


def _seal(value: str | None, column: str, court_id: int, party_id: UUID, cipher: FieldCipher | None) -> bytes | None:
    if value is None:
        return None
    if cipher is None:
        raise TypeError("a party's identity number or phone cannot be kept without a cipher")
    return cipher.encrypt(value.encode(), context=party_context(column, court_id, party_id))


def party_context(column: str, court_id: int, party_id: UUID) -> str:
    """What a sealed value of a party is bound to: table, column and row."""
    return f"party.{column}:{court_id}:{party_id}"
