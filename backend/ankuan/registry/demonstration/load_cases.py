"""Load the demonstration's cases. Apart from the people, so that a fund account can be there before them."""

import json
from datetime import datetime
from importlib.resources import files
from uuid import UUID

from ankuan.kernel.case_number import CaseNumber
from ankuan.kernel.money import Money
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import WriteSession
from ankuan.registry.case_facts import NewParty
from ankuan.registry.demonstration.people import demonstration_sign_ins
from ankuan.registry.queries import find_case_by_key
from ankuan.registry.register_case import register_case
from ankuan.registry.rules import PartyKind, PartyRole


async def load_demonstration_cases(session: WriteSession, *, cipher: FieldCipher, now: datetime) -> tuple[UUID, ...]:
    """Register the packaged cases that are not there yet; returns the ids of the new ones."""
    packaged = json.loads(files("ankuan.registry.demonstration").joinpath("cases.json").read_text(encoding="utf-8"))
    handlers = {person.login: person for person in await demonstration_sign_ins(session)}
    made = []
    for case in packaged:
        handler = handlers[case["handler"]]
        key = CaseNumber.parse(case["number"]).key
        if await find_case_by_key(session, court_id=handler.court_id, number_key=key) is not None:
            continue
        registered = await register_case(
            session,
            court_id=handler.court_id,
            number=case["number"],
            handler_id=handler.staff_id,
            cause=case["cause"],
            subject_amount=Money.parse(case["subject_amount"]),
            parties=[
                NewParty(
                    name=party["name"],
                    role=PartyRole(party["role"]),
                    kind=PartyKind(party["kind"]),
                    phone=party.get("phone"),
                )
                for party in case["parties"]
            ],
            cipher=cipher,
            now=now,
        )
        made.append(registered.case_id)
    return tuple(made)
