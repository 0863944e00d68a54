"""Registering a case writes what was said, tells of it once, and refuses what can't be right."""

from uuid import UUID

import pytest
from sqlalchemy import text

from ankuan.kernel.case_number import CaseNumberError
from ankuan.kernel.errors import AnkuanError
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.platform.actor import system_actor
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database
from ankuan.registry.case_facts import CourtMismatch, InvalidParty, InvalidSubjectAmount, NewParty
from ankuan.registry.queries import CaseNotFound, find_case_by_key, get_case, lock_case, parties_of, search_cases
from ankuan.registry.register_case import CaseExists, DepartmentNotFound, HandlerNotFound, register_case
from ankuan.registry.renumber_case import renumber_case
from ankuan.registry.rules import CaseStatus, PartyRole
from ankuan.registry.set_case_status import CaseStatusUnchanged, ReasonMissing, set_case_status
from ankuan.registry.store_cases import party_context
from tests.fixtures.province import NOW, Province

HANDLER = "chengban.0102"


async def _register(database: Database, province: Province, number: str = "（2026）鲁0102执123号") -> UUID:
    async with database.write(province.actor(HANDLER)) as session:
        case = await register_case(session, court_id=province.court(HANDLER), number=number, now=NOW)
    return case.case_id


async def test_a_case_is_stored_as_said_and_told_once(
    database: Database, province: Province, cipher: FieldCipher
) -> None:
    court = province.court(HANDLER)
    async with database.write(province.actor(HANDLER)) as session:
        registered = await register_case(
            session,
            court_id=court,
            number=" (2026) 鲁0102执字第123 ",
            handler_id=province.staff_id(HANDLER),
            cause=" 借款合同纠纷 ",
            subject_amount=Money.parse("1,234.50"),
            parties=[
                NewParty(
                    name="申请执行人甲", role=PartyRole.APPLICANT, identifier="110101199003071234", phone="13800001208"
                )
            ],
            cipher=cipher,
            now=NOW,
        )
    assert [warning.code for warning in registered.warnings] == ["identifier_does_not_check"]
    async with database.read(province.actor(HANDLER)) as session:
        case = await get_case(session, court_id=court, case_id=registered.case_id)
        assert (case.number, case.number_typed) == ("（2026）鲁0102执123号", " (2026) 鲁0102执字第123 ")
        assert (case.cause, case.subject_amount, case.status) == ("借款合同纠纷", Money(123450), "open")
        assert case.department_id is not None
        [party] = await parties_of(session, court_id=court, case_id=case.id)
        assert (party.identifier_masked, party.phone_masked) == ("110101********1234", "138****1208")
        sealed = (await session.execute(text("select identifier_cipher, party::text as all_text from party"))).one()
        assert b"199003" not in sealed.identifier_cipher
        assert "199003" not in sealed.all_text
        context = party_context("identifier", court, party.id)
        assert cipher.decrypt(sealed.identifier_cipher, context=context) == b"110101199003071234"
        events = (await session.execute(text("select kind, subject, payload from event"))).all()
    assert [(e.kind, e.subject) for e in events] == [("case.registered", registered.case_id)]
    assert events[0].payload == {"case_number": "（2026）鲁0102执123号", "type_code": "执", "wants_sub_account": True}


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"number": "鲁0102执123号"}, CaseNumberError),
        ({"number": "（2026）鲁0103执1号"}, CourtMismatch),
        ({"number": "（2026）鲁0102执9号", "subject_amount": Money(0)}, InvalidSubjectAmount),
        ({"number": "（2026）鲁0102执9号", "subject_amount": Money(-1)}, InvalidSubjectAmount),
        ({"number": "（2026）鲁0102执9号", "handler_id": new_id()}, HandlerNotFound),
        ({"number": "（2026）鲁0102执9号", "department_id": new_id()}, DepartmentNotFound),
        ({"number": "（2026）鲁0102执9号", "parties": [NewParty(name=" ", role=PartyRole.OTHER)]}, InvalidParty),
        ({"number": "（2026）鲁0102执9号", "parties": [NewParty(name="甲\x00", role=PartyRole.OTHER)]}, InvalidParty),
        ({"number": "2026鲁0102执123"}, CaseExists),
    ],
)
async def test_what_cannot_be_right_changes_nothing(
    database: Database, province: Province, given: dict[str, object], error: type[AnkuanError]
) -> None:
    await _register(database, province)
    with pytest.raises(error):
        async with database.write(province.actor(HANDLER)) as session:
            await register_case(session, court_id=province.court(HANDLER), now=NOW, **given)  # type: ignore[arg-type]
    async with database.read(system_actor("test")) as session:
        counts = await session.execute(text("select (select count(*) from court_case), (select count(*) from event)"))
        assert tuple(counts.one()) == (1, 1)


async def test_only_a_handler_of_the_court_handles_a_case(database: Database, province: Province) -> None:
    for other in ("chengban.01", "chuna.0102"):
        with pytest.raises(HandlerNotFound):
            async with database.write(system_actor("test")) as session:
                await register_case(
                    session,
                    court_id=province.court(HANDLER),
                    number="（2026）鲁0102执5号",
                    handler_id=province.staff_id(other),
                    now=NOW,
                )


async def test_an_unknown_type_warns_and_an_old_court_code_is_accepted(database: Database, province: Province) -> None:
    async with database.write(system_actor("test")) as session:
        unknown = await register_case(session, court_id=province.court(HANDLER), number="（2026）鲁0102奇1号", now=NOW)
        court = (await session.execute(text("select id from court where code = '鲁0114'"))).scalar_one()
        old = await register_case(session, court_id=court, number="（2015）鲁0181执1号", now=NOW)
    assert [warning.code for warning in unknown.warnings] == ["unknown_case_type"]
    assert old.warnings == ()


async def test_status_changes_need_a_reason_and_a_change(database: Database, province: Province) -> None:
    case_id = await _register(database, province)
    court = province.court(HANDLER)

    async def change(status: CaseStatus, reason: str = "裁定") -> tuple[str, object]:
        async with database.write(province.actor("guanli.0102")) as session:
            await set_case_status(session, court_id=court, case_id=case_id, status=status, reason=reason, now=NOW)
        async with database.read(province.actor(HANDLER)) as session:
            case = await get_case(session, court_id=court, case_id=case_id)
            return case.status, case.closed_on and case.closed_on.isoformat()

    assert await change(CaseStatus.CLOSED) == ("closed", "2026-11-20")
    with pytest.raises(CaseStatusUnchanged):
        await change(CaseStatus.CLOSED)
    with pytest.raises(ReasonMissing):
        await change(CaseStatus.OPEN, "  ")
    assert await change(CaseStatus.OPEN) == ("open", None)


async def test_a_renumbered_case_is_still_found_by_its_old_number(database: Database, province: Province) -> None:
    case_id = await _register(database, province)
    other_id = await _register(database, province, "（2026）鲁0102执124号")
    court = province.court(HANDLER)

    async def renumber(case: UUID, number: str) -> None:
        async with database.write(province.actor(HANDLER)) as session:
            await renumber_case(session, court_id=court, case_id=case, number=number, reason="恢复执行", now=NOW)

    await renumber(case_id, "（2026）鲁0102执恢9号")
    async with database.read(province.actor(HANDLER)) as session:
        for key in ("2026鲁0102执恢9", "2026鲁0102执123"):
            found = await find_case_by_key(session, court_id=court, number_key=key)
            assert found is not None
            assert (found.id, found.number, found.type_code) == (case_id, "（2026）鲁0102执恢9号", "执恢")
    for number in ("（2026）鲁0102执123号", "（2026）鲁0102执恢9号", "（2026）鲁0102执124号"):
        with pytest.raises(CaseExists):
            await renumber(other_id, number)
    with pytest.raises(CourtMismatch):
        await renumber(other_id, "（2026）鲁01执恢9号")


async def test_a_number_that_a_case_once_had_is_not_given_again(database: Database, province: Province) -> None:
    case_id = await _register(database, province)
    court = province.court(HANDLER)
    async with database.write(province.actor(HANDLER)) as session:
        await renumber_case(
            session, court_id=court, case_id=case_id, number="（2026）鲁0102执恢9号", reason="恢复执行", now=NOW
        )
    with pytest.raises(CaseExists):
        await _register(database, province)


async def test_search_finds_by_number_part_of_it_and_party(database: Database, province: Province) -> None:
    court = province.court(HANDLER)
    async with database.write(province.actor(HANDLER)) as session:
        for number in range(120, 126):
            await register_case(
                session,
                court_id=court,
                number=f"（2026）鲁0102执{number}号",
                parties=[NewParty(name=f"被执行人{number}", role=PartyRole.RESPONDENT)],
                now=NOW,
            )

        async def found(search: str) -> list[str]:
            return [case.number for case in (await search_cases(session, search=search)).rows]

        assert await found("(2026)鲁0102执123") == ["（2026）鲁0102执123号"]
        assert await found("执124号") == ["（2026）鲁0102执124号"]
        assert await found("被执行人125") == ["（2026）鲁0102执125号"]
        assert await found("%") == []
        assert await found("（") == []
        page = await search_cases(session, first=4)
        rest = await search_cases(session, first=4, after=page.cursors[-1])
        assert [c.number[-4:-1] for c in (*page.rows, *rest.rows)] == ["125", "124", "123", "122", "121", "120"]
        assert (page.total, page.has_next, rest.has_next) == (6, True, False)
        assert (await find_case_by_key(session, court_id=court, number_key="2026鲁0102执121")) is not None
        assert (await find_case_by_key(session, court_id=court, number_key="2026鲁0102执999")) is None


async def test_a_case_of_another_court_is_not_found(database: Database, province: Province) -> None:
    case_id = await _register(database, province)
    async with database.write(province.actor("chengban.01")) as session:
        with pytest.raises(CaseNotFound):
            await get_case(session, court_id=province.court(HANDLER), case_id=case_id)
        with pytest.raises(CaseNotFound):
            await lock_case(session, court_id=province.court("chengban.01"), case_id=case_id)
