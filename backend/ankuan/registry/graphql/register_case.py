"""Mutation ``registerCase``."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from ankuan.kernel.money import Money
from ankuan.platform.db import WriteSession
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.errors import AnyError
from ankuan.platform.graphql.ids import expect_id
from ankuan.platform.graphql.mutation import Outcome, run_mutation
from ankuan.registry.case_facts import NewParty
from ankuan.registry.graphql.arguments import court_argument
from ankuan.registry.graphql.types import CaseType, case_type
from ankuan.registry.queries import get_case
from ankuan.registry.register_case import HANDLER_ROLE, register_case
from ankuan.registry.rules import PartyKind, PartyRole

NOBODY = UUID(int=0)


@strawberry.input(description="A party of a new case.")
class PartyInput:
    """One party."""

    name: str = strawberry.field(description="Name.")
    role: PartyRole = strawberry.field(description="What the party is in the case.")
    kind: PartyKind = strawberry.field(default=PartyKind.NATURAL, description="Human being, legal person or other.")
    identifier: str | None = strawberry.field(default=None, description="Identity number or credit code.")
    phone: str | None = strawberry.field(default=None, description="Phone number.")


@strawberry.input(description="Register a case.")
class RegisterCaseInput:
    """Input of registerCase."""

    idempotency_key: str = strawberry.field(description="Chosen by the caller; the same key acts once.")
    dry_run: bool = strawberry.field(default=False, description="Answer as if, and change nothing.")
    number: str = strawberry.field(description="Case number, typed however.")
    court_id: strawberry.ID | None = strawberry.field(default=None, description="The court; the viewer's by default.")
    department_id: strawberry.ID | None = strawberry.field(
        default=None, description="Department; the handler's by default."
    )
    handler_id: strawberry.ID | None = strawberry.field(
        default=None, description="Handler; a viewer who is a handler registers for himself by default."
    )
    cause: str | None = strawberry.field(default=None, description="Cause (案由).")
    subject_amount: Money | None = strawberry.field(default=None, description="What the case is about, in yuan.")
    parties: list[PartyInput] = strawberry.field(default_factory=list, description="Parties.")


@strawberry.type(description="The case is registered.")
class RegisterCaseSuccess:
    """Success of registerCase."""

    dry_run: bool = strawberry.field(description="Whether this was only a trial.")
    case: CaseType = strawberry.field(description="The case.")
    warnings: list[str] = strawberry.field(description="What looked odd.")


RegisterCaseResult = Annotated[
    RegisterCaseSuccess | AnyError, strawberry.union("RegisterCaseResult", description="Outcome of registerCase.")
]


async def run_register_case(info: Information, given: RegisterCaseInput) -> RegisterCaseResult:
    """The mutation."""
    context = info.context

    async def perform(session: WriteSession, now: datetime) -> Outcome:
        actor = context.actor
        court_id = court_argument(info, given.court_id)
        context.gate.require(actor, "case.register", court_id=court_id)
        handler_id = _of_court(given.handler_id, "Staff", "handlerId", court_id)
        if handler_id is None and HANDLER_ROLE in actor.roles and actor.court_id == court_id:
            handler_id = actor.id
        registered = await register_case(
            session,
            court_id=court_id,
            number=given.number,
            department_id=_of_court(given.department_id, "Department", "departmentId", court_id),
            handler_id=handler_id,
            cause=given.cause,
            subject_amount=given.subject_amount,
            parties=[
                NewParty(name=p.name, role=p.role, kind=p.kind, identifier=p.identifier, phone=p.phone)
                for p in given.parties
            ],
            cipher=context.cipher,
            now=now,
        )
        return {
            "court_id": court_id,
            "case_id": registered.case_id.hex,
            "warnings": [[warned.zh, warned.en] for warned in registered.warnings],
        }

    async def present(session: WriteSession, outcome: Outcome) -> RegisterCaseSuccess:
        case = await get_case(session, court_id=outcome["court_id"], case_id=UUID(outcome["case_id"]))
        language = 1 if context.language == "en" else 0
        return RegisterCaseSuccess(
            dry_run=given.dry_run,
            case=case_type(case),
            warnings=[warned[language] for warned in outcome["warnings"]],
        )

    return await run_mutation(info, given, perform=perform, present=present)


def _of_court(given: str | None, type_name: str, field: str, court_id: int) -> UUID | None:
    """The key of an id; the nil key, which nothing has, when the id is of another court."""
    if given is None:
        return None
    ref = expect_id(given, type_name, field=field)
    return ref.uuid if ref.court_id == court_id else NOBODY
