"""The life of disbursements under any sequence of acts by any people, against an independent model.

The model says of each act whether it succeeds and, if not, with which code; after each step the database must agree
with it in status and money, and I2, I5, I6 and I10 must hold as plain SQL sees them.
"""

import asyncio
import dataclasses
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ankuan.disbursement.listeners import listen
from ankuan.kernel.errors import AnkuanError
from ankuan.kernel.money import Money
from ankuan.platform.actor import Actor
from ankuan.platform.bus import EventBus
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database, make_engine
from ankuan.platform.plugins import load_plugins
from ankuan.plugin_api.bank import AnswerState
from ankuan.registry.rules import CaseStatus
from tests.fixtures.payouts import AUDITOR, CASHIER, CHIEF, HANDLER, HEAD, VICE, Payouts, pay
from tests.fixtures.province import load_province

OPEN = {"in_approval", "approved", "audited"}
STATES = {
    "submit": {"draft"},
    "approve": {"in_approval"},
    "audit": {"approved"},
    "release": {"audited"},
    "withdraw": OPEN | {"draft"},
    "send_back": OPEN,
    "reject": {"in_approval", "approved"},
}
NEXT = {
    "submit": "in_approval",
    "audit": "audited",
    "release": "released",
    "withdraw": "withdrawn",
    "reject": "rejected",
}
EXCLUSIVE = {"submit", "approve", "audit", "release"}
# Amounts on both sides of both limits of the packaged tiers.
AMOUNTS = [1, 4_999_999, 5_000_000, 5_000_001, 50_000_000, 50_000_001]


@dataclass
class Modelled:
    """What the model knows of one disbursement."""

    id: UUID
    amounts: list[int]
    account: str
    digest: str
    status: str = "draft"
    plan: list[str] = field(default_factory=list)
    level: int = 0
    makers: set[str] = field(default_factory=set)
    acted: set[str] = field(default_factory=set)
    outcomes: list[str | None] = field(default_factory=list)
    old_digests: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.amounts)

    @property
    def held(self) -> int:
        if self.status in OPEN:
            return self.total
        return sum(a for a, o in zip(self.amounts, self.outcomes, strict=True) if o is None) if self.outcomes else 0


def levels(total: int) -> list[str]:
    if total <= 5_000_000:
        return ["department_head"]
    return ["bureau_chief"] if total <= 50_000_000 else ["bureau_chief", "vice_president"]


class DisbursementMachine(RuleBasedStateMachine):
    """Acts in any order by eight people, two of whom are one human being."""

    court: ClassVar[Payouts]
    runner: ClassVar[asyncio.Runner]

    def __init__(self) -> None:
        super().__init__()
        self.known: list[Modelled] = []
        self.available = self.received = self.paid = 0
        self.case_open = True
        self.accounts = 0
        logins = (HANDLER, HEAD, CHIEF, VICE, AUDITOR, CASHIER)
        self.people: list[Actor] = [self.court.actor(login) for login in logins]
        every = frozenset().union(*(person.roles for person in self.people))
        # One stranger with all roles, and a second login of the department head with all roles.
        self.people.append(dataclasses.replace(self.people[0], id=uuid4(), person_key="p:all", roles=every))
        self.people.append(dataclasses.replace(self.people[1], id=uuid4(), roles=every))

    def run(self, attempt: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(attempt)

    def outcome(self, attempt: Coroutine[Any, Any, Any]) -> str:
        try:
            self.run(attempt)
        except AnkuanError as error:
            return str(error.code)
        return "ok"

    @initialize(times=st.integers(1, 3), first=st.sampled_from(AMOUNTS), second=st.sampled_from(AMOUNTS))
    def begin(self, times: int, first: int, second: int) -> None:
        self.case_id = self.run(self.court.case())
        self.add_money(times * 40_000_000)
        self.create([first])
        self.create([5_000_000, second] if second != 5_000_000 else [1])

    # -- acts --------------------------------------------------------------------------------------------------

    @rule(fen=st.sampled_from(AMOUNTS))
    def add_money(self, fen: int) -> None:
        self.run(self.court.fund_case(self.case_id, Money(fen).yuan))
        self.available += fen
        self.received += fen

    @rule(amounts=st.lists(st.sampled_from(AMOUNTS), min_size=1, max_size=2, unique=True))
    def create(self, amounts: list[int]) -> None:
        self.accounts += 1
        account = f"81125010{self.accounts:08d}"
        lines = [pay(Money(fen).yuan, account=account) for fen in amounts]
        if not self.case_open:
            assert self.outcome(self.court.draft(self.case_id, *lines)) == "case_not_open"
            return
        made = self.run(self.court.draft(self.case_id, *lines))
        row = self.run(self.court.load(made))
        key = self.people[0].person_key
        self.known.append(Modelled(made, amounts, account, row.digest, makers={key}))

    @precondition(lambda self: self.known)
    @rule(data=st.data(), amounts=st.lists(st.sampled_from(AMOUNTS), min_size=1, max_size=2, unique=True))
    def edit(self, data: st.DataObject, amounts: list[int]) -> None:
        one = data.draw(st.sampled_from(self.known))
        lines = [pay(Money(fen).yuan, account=one.account) for fen in amounts]
        found = self.outcome(self.court.edit(one.id, *lines, digest=one.digest))
        assert found == ("ok" if one.status == "draft" else "wrong_state")
        if found == "ok":
            one.amounts = amounts
            self.renew(one)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), who=st.integers(0, 7), stale=st.integers(0, 3), anything=st.integers(0, 4))
    def act(self, data: st.DataObject, who: int, stale: int, anything: int) -> None:
        """Mostly what the state allows, by anybody; sometimes whatever."""
        one = data.draw(st.sampled_from(self.known))
        fitting = [act for act in sorted(STATES) if one.status in STATES[act]]
        act = data.draw(st.sampled_from(fitting if fitting and anything else sorted(STATES)))
        self.try_act(one, act, self.people[who], stale=stale == 3)

    @precondition(lambda self: any(one.status in STATES["submit"] | OPEN for one in self.known))
    @rule(data=st.data(), who=st.integers(0, 7))
    def next_act(self, data: st.DataObject, who: int) -> None:
        """Steps forward, so that long lives are reached often."""
        one = data.draw(st.sampled_from([one for one in self.known if one.status in OPEN | {"draft"}]))
        forward = {"draft": "submit", "in_approval": "approve", "approved": "audit", "audited": "release"}
        fitting = {"draft": 0, "approved": 4, "audited": 5}
        if one.status == "in_approval":
            by = {"department_head": 1, "bureau_chief": 2, "vice_president": 3}[one.plan[one.level]]
        else:
            by = fitting[one.status]
        self.try_act(one, forward[one.status], self.people[by if who else 6], stale=False)

    @precondition(lambda self: any(None in one.outcomes or "refused" in one.outcomes for one in self.known))
    @rule(data=st.data(), settled=st.booleans())
    def bank_answers(self, data: st.DataObject, settled: bool) -> None:
        waiting = [(one, n) for one in self.known for n, o in enumerate(one.outcomes) if o != "settled"]
        one, number = data.draw(st.sampled_from(waiting))
        line = self.run(self.court.lines(one.id))[number]
        before, amount = one.outcomes[number], one.amounts[number]
        self.run(self.court.answer(line, AnswerState.SETTLED if settled else AnswerState.REFUSED))
        if settled:
            covered = before is None or self.available >= amount
            self.available -= amount if before == "refused" and covered else 0
            self.paid += amount if covered else 0
            one.outcomes[number] = "settled"
        elif before is None:
            self.available += amount
            one.outcomes[number] = "refused"
        if None not in one.outcomes:
            count = one.outcomes.count("settled")
            one.status = "settled" if count == len(one.outcomes) else "partly_settled" if count else "failed"

    @rule(really=st.integers(0, 2))
    def suspend_case(self, really: int) -> None:
        if self.case_open and really == 2:
            self.run(self.court.set_status(self.case_id, CaseStatus.SUSPENDED))
            self.case_open = False

    @precondition(lambda self: not self.case_open)
    @rule()
    def reopen_case(self) -> None:
        self.run(self.court.set_status(self.case_id, CaseStatus.OPEN))
        self.case_open = True

    # -- the model ---------------------------------------------------------------------------------------------

    def try_act(self, one: Modelled, act: str, person: Actor, *, stale: bool) -> None:
        digest = ([*one.old_digests, "0" * 64][0]) if stale else one.digest
        expected = self.expect(one, act, person, stale=stale)
        if act == "release":
            found = self.outcome(self.court.release(one.id, by=person, digests=[digest]))
        else:
            found = self.outcome(self.court.act(act, one.id, by=person, digest=digest))
        assert found == expected, (act, one, person.person_key, person.roles)
        if found == "ok":
            self.apply(one, act, person)

    def expect(self, one: Modelled, act: str, person: Actor, *, stale: bool) -> str:
        if one.status not in STATES[act]:
            return "wrong_state"
        if stale:
            return "stale_digest"
        decides = one.status == "in_approval" and act in {"approve", "send_back", "reject"}
        if decides and one.plan[one.level] not in person.roles:
            return "already_decided" if set(one.plan[: one.level]) & person.roles else "not_your_turn"
        if act in EXCLUSIVE:
            if person.person_key in one.acted or (act != "submit" and person.person_key in one.makers):
                return "same_person"
            if not self.case_open:
                return "case_not_open"
        if act == "submit" and one.total > self.available:
            return "insufficient_balance"
        return "ok"

    def apply(self, one: Modelled, act: str, person: Actor) -> None:
        if act in EXCLUSIVE:
            one.acted.add(person.person_key)
        if act in {"withdraw", "reject", "send_back"} and one.status in OPEN:
            self.available += one.total
        if act == "submit":
            one.makers.add(person.person_key)
            self.available -= one.total
            one.plan, one.level = levels(one.total), 0
        if act == "approve":
            one.level += 1
            one.status = "approved" if one.level == len(one.plan) else "in_approval"
        elif act == "send_back":
            one.status, one.plan, one.level = "draft", [], 0
            self.renew(one)
        else:
            one.status = NEXT[act]
        if act == "release":
            one.outcomes = [None] * len(one.amounts)

    def renew(self, one: Modelled) -> None:
        """A new version: other digest, nobody has acted on it."""
        one.old_digests.append(one.digest)
        one.digest = self.run(self.court.load(one.id)).digest
        assert one.digest not in one.old_digests
        one.acted = set()

    # -- what must hold ----------------------------------------------------------------------------------------

    @invariant()
    def money_agrees(self) -> None:
        if not hasattr(self, "case_id"):
            return
        position = self.run(self.court.position(self.case_id))
        assert position.available.fen == self.available >= 0
        assert position.held.fen == sum(one.held for one in self.known)
        assert position.paid.fen == self.paid
        assert position.received.fen == self.received

    @invariant()
    def database_agrees(self) -> None:
        if not hasattr(self, "case_id"):
            return
        rows = self.run(self.court.fetch(STATUSES, self.case_id))
        assert {r["id"]: r["status"] for r in rows} == {one.id: one.status for one in self.known}
        for name, statement in FORBIDDEN.items():
            assert self.run(self.court.fetch(statement, self.case_id)) == [], name


STATUSES = "select id, status from disbursement where case_id = $1"
FORBIDDEN = {
    "I10: one person twice on one version": """
        select a.disbursement_id from disbursement_act a join disbursement d on d.id = a.disbursement_id
         where d.case_id = $1 and a.act in ('submit', 'approve', 'audit', 'release')
         group by a.disbursement_id, a.version, a.person_key having count(*) > 1""",
    "I6: released without every approval of exactly this content": """
        select d.id from disbursement d
         where d.case_id = $1 and d.status in ('released', 'settled', 'partly_settled', 'failed')
           and (select count(*) from disbursement_act a where a.disbursement_id = d.id and a.version = d.version
                   and a.digest = d.digest and a.act in ('submit', 'approve', 'audit', 'release'))
               <> 3 + jsonb_array_length(d.plan)""",
    "I5: two orders for one line": """
        select i.origin_id from instruction i where i.case_id = $1 group by 1 having count(*) > 1""",
    "I8: an order without a released disbursement of the same content": """
        select i.id from instruction i join disbursement_line l on l.id = i.origin_id
          join disbursement d on d.id = l.disbursement_id
         where i.case_id = $1 and (d.status not in ('released', 'settled', 'partly_settled', 'failed')
            or l.version <> d.version or i.origin_digest <> d.digest or i.amount_fen <> l.amount_fen)""",
    "a hold without its line, or of another amount": """
        select h.id from ledger_hold h left join disbursement_line l on l.hold_id = h.id
         where h.case_id = $1 and h.state = 'reserved' and l.amount_fen is distinct from h.amount_fen""",
    "a receipt without a payment, or a payment without its receipt": """
        select l.id from disbursement_line l join disbursement d on d.id = l.disbursement_id
          left join payment_receipt r on r.line_id = l.id
         where d.case_id = $1 and (r.id is not null) <> coalesce(l.outcome = 'settled', false)""",
}


@pytest.fixture
def machine(
    database_url: str, owner_database_url: str, superuser_database_url: str
) -> Iterator[type[DisbursementMachine]]:
    bus = EventBus()
    listen(bus)
    with asyncio.Runner() as runner:
        database = Database(make_engine(database_url, pool_size=2), bus=bus)
        province = runner.run(load_province(owner_database_url))
        court = Payouts(database, province, FieldCipher(bytes(range(32))), load_plugins(), superuser_database_url)
        runner.run(court.open_court())
        DisbursementMachine.court, DisbursementMachine.runner = court, runner
        yield DisbursementMachine
        runner.run(court.close())


@pytest.mark.slow
def test_any_life_keeps_the_rules(machine: type[DisbursementMachine]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
