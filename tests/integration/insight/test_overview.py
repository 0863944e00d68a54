"""The overview says what is in the database, for a court and all below it, within the viewer's sight."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update

from ankuan.banking.issue_instruction import issue_instruction
from ankuan.banking.tables import Instruction
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.ledger.reserve_hold import reserve_hold
from ankuan.platform.actor import Actor
from ankuan.platform.alarms import raise_alarm
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database
from ankuan.platform.graphql.ids import global_id
from ankuan.platform.plugins import load_plugins
from ankuan.registry.tables import Court
from tests.fixtures.asking import Asking
from tests.fixtures.province import NOW, Province
from tests.fixtures.receiving_court import SYSTEM, TODAY, World

OVERVIEW = """query($court: ID, $on: Date) { overview(courtId: $court, on: $on) { on court { code }
  receivedToday receivedCount paidToday paidCount held available unidentified unidentifiedCount unknownInstructions
  openAlarms awaitingApproval awaitingAudit awaitingRelease
  children { court { code } receivedToday paidToday balance unidentified unidentifiedCount unknownInstructions }
  days { day received paid } } }"""


@pytest.fixture
def ask(database: Database) -> Asking:
    return Asking(database, FieldCipher(bytes(32)), load_plugins())


@pytest.fixture
async def supervisor(database: Database, province: Province) -> Actor:
    """The higher court's supervisor, whose sight is the whole province."""
    async with database.read(SYSTEM) as session:
        all_courts = frozenset(await session.scalars(select(Court.id)))
    return replace(province.actor("gaoyuan"), courts=all_courts)


async def _money(courts: dict[str, World]) -> None:
    """0102: 100 to a case (30 of it held), 7 to nobody, a payment of 11 settled, one of 5 unknown. 01: 1,000.

    Of the two alarms the case has raised one itself: it found the pool of sub-accounts empty.
    """
    basic = courts["0102"]
    case = await basic.case(1)
    await basic.arrive(100_00, remark="（2026）鲁0102执1号")
    await basic.arrive(7_00)
    await courts["01"].arrive(1_000_00)
    async with basic.database.write(SYSTEM) as session:
        await reserve_hold(
            session,
            court_id=basic.court,
            fund_account_id=basic.fund,
            case_id=case,
            amount=Money(30_00),
            origin_id=new_id(),
            effective_on=TODAY,
            memo="付款",
            now=NOW,
        )
        await raise_alarm(session, court_id=basic.court, kind="x", subject_key="y", message="z", now=NOW)
        paid = {"settled_at": NOW, "next_try_at": None}
        for fen, states, last in (
            (11_00, ("settled",), paid),
            (2_00, ("settled",), paid | {"booked_on": TODAY - timedelta(days=3)}),
            (5_00, ("sending", "unknown"), {"lease_token": None, "lease_until": None}),
        ):
            issued = await issue_instruction(
                session,
                court_id=basic.court,
                fund_account_id=basic.fund,
                purpose="payment",
                origin_id=new_id(),
                case_id=case,
                amount=Money(fen),
                pay_from_sub_account=None,
                payee_account="6217000000001208",
                payee_name="申请执行人甲",
                reason_text="案款",
                now=NOW,
            )
            for state in states:
                lease = {"lease_token": new_id(), "lease_until": NOW, "sends": 1, "sent": 1}
                values = {"state": state} | (last if state == states[-1] else lease)
                await session.execute(
                    update(Instruction).where(Instruction.id == issued.instruction_id).values(**values)
                )


async def test_a_court_and_all_below_it(ask: Asking, courts: dict[str, World], supervisor: Actor) -> None:
    await _money(courts)
    upper = global_id("Court", courts["01"].court, courts["01"].court)
    found = (await ask(supervisor, OVERVIEW, court=upper))["overview"]
    own = {key: found[key] for key in found if key not in {"children", "days"}}
    assert own == {
        "on": "2026-11-20",
        "court": {"code": "鲁01"},
        "receivedToday": "1107.00",
        "receivedCount": 3,
        "paidToday": "11.00",
        "paidCount": 1,
        "held": "30.00",
        "available": "70.00",
        "unidentified": "1007.00",
        "unidentifiedCount": 2,
        "unknownInstructions": 1,
        "openAlarms": 2,
        "awaitingApproval": 0,
        "awaitingAudit": 0,
        "awaitingRelease": 0,
    }
    children = {child.pop("court")["code"]: child for child in found["children"]}
    assert children["鲁0102"] == {
        "receivedToday": "107.00",
        "paidToday": "11.00",
        "balance": "107.00",
        "unidentified": "7.00",
        "unidentifiedCount": 1,
        "unknownInstructions": 1,
    }
    assert len(children) > 5
    assert all(child["balance"] == "0.00" for code, child in children.items() if code != "鲁0102")
    days = {day["day"]: (day["received"], day["paid"]) for day in found["days"]}
    assert len(days) == 14
    assert (days["2026-11-20"], days["2026-11-17"]) == (("1107.00", "11.00"), ("0.00", "2.00"))
    earlier = (await ask(supervisor, OVERVIEW, court=upper, on="2026-11-17"))["overview"]
    assert (earlier["receivedToday"], earlier["paidToday"], earlier["days"][-1]["day"]) == (
        "0.00",
        "2.00",
        "2026-11-17",
    )


async def test_a_viewer_sees_the_own_court_only(ask: Asking, courts: dict[str, World], province: Province) -> None:
    await _money(courts)
    found = (await ask(province.actor("yuanzhang.01"), OVERVIEW))["overview"]
    assert (found["receivedToday"], found["openAlarms"], found["children"]) == ("1000.00", 0, [])
    below = global_id("Court", courts["0102"].court, courts["0102"].court)
    assert await ask(province.actor("yuanzhang.01"), OVERVIEW, court=below) == {"error": "not_found"}
    assert await ask(None, OVERVIEW) == {"error": "unauthenticated"}


async def test_the_whole_province_costs_a_handful_of_statements(
    ask: Asking, courts: dict[str, World], supervisor: Actor
) -> None:
    await _money(courts)
    statements: list[str] = []

    def note(*given: Any) -> None:
        statements.append(str(given[2]))

    event.listen(ask.database.engine.sync_engine, "before_cursor_execute", note)
    found = (await ask(supervisor, OVERVIEW))["overview"]
    assert found["receivedToday"] == "1107.00"
    assert len(found["children"]) >= 16
    # One to begin, the court, the courts below, figures, positions, days.
    assert len(statements) <= 6
