"""Suggestions of matchers: for a page at once, within the court, and whatever one of them does."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, text

from ankuan.collection.case_directory import CaseBook
from ankuan.collection.run_matchers import run_matchers
from ankuan.collection.suggest_cases import Clue, clue_of, suggest_cases
from ankuan.collection.tables import Receipt
from ankuan.collection.undo_allocation import undo_allocation
from ankuan.kernel.ids import new_id
from ankuan.kernel.money import Money
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import Database
from ankuan.platform.plugins import PluginHost, load_plugins
from ankuan.plugin_api.bank import BankLine
from ankuan.plugin_api.matching import CaseDirectory, MatcherPlugin, MatchSuggestion, UnmatchedReceipt
from ankuan.registry.case_facts import NewParty
from ankuan.registry.register_case import register_case
from ankuan.registry.rules import PartyRole
from tests.fixtures.asking import Asking
from tests.fixtures.province import NOW
from tests.fixtures.receiving_court import SYSTEM, TODAY, World, told

PAYER = "示例商贸有限公司"
LIST = "{ receipts { edges { node { number suggestions { score evidence case { number } } } } } }"
Answer = Callable[[UnmatchedReceipt, CaseDirectory], Awaitable[Any]]


@dataclass
class Fake:
    """A matcher that does what it is told."""

    answer: Answer
    id: str = "matcher_fake"
    display_name: str = "试验"
    asked: list[UnmatchedReceipt] = field(default_factory=list)

    async def suggest(self, receipt: UnmatchedReceipt, cases: CaseDirectory) -> Sequence[MatchSuggestion]:
        self.asked.append(receipt)
        answer: Sequence[MatchSuggestion] = await self.answer(receipt, cases)
        return answer


async def by_name(receipt: UnmatchedReceipt, cases: CaseDirectory) -> list[MatchSuggestion]:
    found = await cases.by_party_name(receipt.payer_name, limit=3)
    return [MatchSuggestion(case.case_id, 50, "同名") for case in found]


async def case_of(
    world: World, number: int, *, party: str = PAYER, claim: int | None = None, court: int | None = None
) -> UUID:
    async with world.database.write(SYSTEM) as session:
        registered = await register_case(
            session,
            court_id=court or world.court,
            number=f"（2026）鲁{'0102' if court is None else '01'}执{number}号",
            parties=[NewParty(name=party, role=PartyRole.RESPONDENT)],
            subject_amount=None if claim is None else Money(claim),
            now=NOW,
        )
    return registered.case_id


async def clues(world: World) -> list[Clue]:
    async with world.database.read(SYSTEM) as session:
        rows = (await session.execute(text("select id from receipt order by id"))).scalars().all()
        found = [await session.get(Receipt, (world.court, row)) for row in rows]
    return [clue_of(row) for row in found if row is not None]


async def suggested(world: World, *matchers: MatcherPlugin, login: str = "caiwu.0102") -> list[dict[UUID, int]]:
    actor = world.actor(login)
    given = await clues(world)
    found = await suggest_cases(lambda: world.database.read(actor), given, matchers)
    return [{each.case_id: each.score for each in found[clue.court_id, clue.receipt_id]} for clue in given]


def paid(fen: int, key: str, account: str, payer: str = PAYER, remark: str = "") -> BankLine:
    return replace(told(fen, key=key, payer=payer, remark=remark), counter_account=account)


async def test_a_matcher_knows_the_receipt_and_its_name_stands_in_the_evidence(world: World) -> None:
    case = await case_of(world, 1)
    await world.tell([paid(12_30, "a", "6217000000001208", remark="货款")])
    fake = Fake(by_name)
    ask = Asking(world.database, FieldCipher(bytes(32)), PluginHost(matchers={fake.id: fake}))
    [edge] = (await ask(world.actor(), LIST))["receipts"]["edges"]
    [one] = edge["node"]["suggestions"]
    assert (one["score"], one["evidence"], one["case"]["number"]) == (50, ["同名（试验）"], "（2026）鲁0102执1号")
    [receipt] = fake.asked
    assert receipt == UnmatchedReceipt(
        receipt.receipt_id, Money(12_30), TODAY, PAYER, "6217000000001208", "示例银行", "货款"
    )
    assert case


async def test_without_matchers_the_case_number_in_the_remark_still_counts(world: World) -> None:
    await case_of(world, 1)
    eight = await world.case(8)
    await world.tell([told(1, key="a", payer=PAYER, remark="2026执8号")])
    assert await suggested(world) == [{eight: 69}]
    ask = Asking(world.database, FieldCipher(bytes(32)), PluginHost())
    [edge] = (await ask(world.actor(), LIST))["receipts"]["edges"]
    assert [one["score"] for one in edge["node"]["suggestions"]] == [69]


async def test_the_trouble_of_one_matcher_is_nobody_else_s(world: World) -> None:
    one, two = await case_of(world, 1), await case_of(world, 2, party="另一公司")
    await world.tell([told(1, key="a", payer=PAYER), told(2, key="b", payer="另一公司")])

    async def hang(receipt: UnmatchedReceipt, cases: CaseDirectory) -> None:
        await cases.by_party_name(receipt.payer_name, limit=3)
        await asyncio.sleep(3600)

    async def fail(receipt: UnmatchedReceipt, cases: CaseDirectory) -> list[MatchSuggestion]:
        if receipt.payer_name == PAYER:
            raise RuntimeError("defect")
        return await by_name(receipt, cases)

    async def nonsense(receipt: UnmatchedReceipt, cases: CaseDirectory) -> list[Any]:
        wrong: list[Any] = [MatchSuggestion(one, 100, "x"), MatchSuggestion(one, 1, " "), "case", None]
        wrong += [MatchSuggestion(str(one), 5, "x"), MatchSuggestion(one, True, "x")]  # type: ignore[arg-type]
        return [wrong[receipt.amount.fen % len(wrong)]]

    async def no_list(receipt: UnmatchedReceipt, cases: CaseDirectory) -> object:
        return "suggestions" if receipt.amount.fen == 1 else None

    matchers = [Fake(answer, id=answer.__name__) for answer in (hang, fail, nonsense, no_list, by_name)]
    given = [(clue.court_id, _unmatched(clue)) for clue in await clues(world)]
    actor = world.actor()
    async with asyncio.timeout(20):
        found = await run_matchers(lambda: world.database.read(actor), matchers, given, limit_seconds=0.5)
    assert {ref[1]: [each.case_id for each in several] for ref, several in found.items() if several} == {
        given[0][1].receipt_id: [one],
        given[1][1].receipt_id: [two, two],
    }


def _unmatched(clue: Clue) -> UnmatchedReceipt:
    return UnmatchedReceipt(clue.receipt_id, clue.amount, clue.booked_on, clue.payer_name, "", "", "")


async def test_a_matcher_that_is_cut_off_takes_no_answer_from_the_others(world: World) -> None:
    """All wait for the same look-up; it takes longer than one of them has."""
    case = await case_of(world, 1)
    await world.tell([told(1, key="a", payer=PAYER)])
    [clue] = await clues(world)
    actor = world.actor()
    book = CaseBook(lambda: world.database.read(actor))
    directory = book.of(world.court)
    async with book._turn:
        hasty = asyncio.create_task(asyncio.wait_for(directory.by_party_name(PAYER), 0.05))
        patient = asyncio.create_task(directory.by_party_name(PAYER))
        with pytest.raises(TimeoutError):
            await hasty
    assert [found.case_id for found in await patient] == [case]
    assert clue.payer_name == PAYER


async def test_nothing_but_open_cases_of_the_receipt_s_court(world: World) -> None:
    """Even for somebody who sees both courts, and for a matcher that knows ids from elsewhere."""
    other_court = world.province.court("chengban.01")
    mine, closed = await case_of(world, 1, claim=5), await case_of(world, 2, claim=5)
    foreign = await case_of(world, 3, claim=5, court=other_court)
    async with world.database.write(SYSTEM) as session:
        await session.execute(
            text("update court_case set status = 'closed', closed_on = :day where id = :id"),
            {"day": TODAY, "id": closed},
        )
    await world.tell([told(5, key="a", payer=PAYER)])

    async def all_it_knows(receipt: UnmatchedReceipt, cases: CaseDirectory) -> list[MatchSuggestion]:
        found = [*await cases.by_party_name(PAYER), *await cases.by_claim_amount(receipt.amount)]
        assert {case.case_id for case in found} == {mine}
        return [MatchSuggestion(case, 9, "x") for case in (mine, closed, foreign, new_id())]

    for login in ("caiwu.0102", "gaoyuan"):
        assert await suggested(world, Fake(all_it_knows), login=login) == [{mine: 9}]


async def test_the_directory_finds_earlier_payments_claims_and_the_newest_first(world: World) -> None:
    account, ids = "6217000000009999", [await case_of(world, n, claim=700) for n in range(1, 8)]
    await world.tell([paid(1, f"k{n}", account, remark=f"（2026）鲁0102执{n}号") for n in (2, 5)])
    await world.tell([paid(1, "k3", "6217000000001111", remark="（2026）鲁0102执3号")])
    actor = world.actor()
    cases = CaseBook(lambda: world.database.read(actor)).of(world.court)
    assert [found.case_id for found in await cases.by_payer_account(account)] == [ids[4], ids[1]]
    assert [found.case_id for found in await cases.by_payer_account(account, limit=1)] == [ids[4]]
    assert await cases.by_payer_account("6217") == ()
    assert [found.case_id for found in await cases.by_claim_amount(Money(700), limit=3)] == ids[:3:-1]
    assert await cases.by_claim_amount(Money(701)) == ()
    found = await cases.by_party_name(PAYER, limit=1000)
    assert [case.case_id for case in found] == ids[::-1]
    assert (found[0].number, found[0].claim_amount, found[0].party_names) == (
        "（2026）鲁0102执7号", Money(700), (PAYER,)
    )  # fmt: skip
    for strange in ("", "\x00", "' or 1=1 --", "没有"):
        assert await cases.by_party_name(strange) == ()
    [[allocation]] = await world.rows("select id from allocation where case_id = :id", id=ids[4])
    async with world.database.write(SYSTEM) as session:
        await undo_allocation(
            session, court_id=world.court, allocation_id=UUID(str(allocation)), reason="认错", now=NOW
        )
    again = CaseBook(lambda: world.database.read(actor)).of(world.court)
    assert [found.case_id for found in await again.by_payer_account(account)] == [ids[1]]


async def test_a_page_costs_a_handful_of_statements(world: World) -> None:
    for n in range(1, 30):
        await case_of(world, n, party=f"公司{n}", claim=n * 100)
    await world.tell([paid(n * 100, f"k{n}", f"62170000000{n:05d}", payer=f"公司{n % 40}") for n in range(1, 100)])
    installed = load_plugins().matchers
    assert "matcher_party" in installed
    given = await clues(world)
    assert len(given) == 99
    actor = world.actor()
    statements: list[str] = []

    def note(*args: Any) -> None:
        statements.append(str(args[2]))

    event.listen(world.database.engine.sync_engine, "before_cursor_execute", note)
    try:
        matchers = [*installed.values(), Fake(by_name)]
        found = await suggest_cases(lambda: world.database.read(actor), given, matchers)
    finally:
        event.remove(world.database.engine.sync_engine, "before_cursor_execute", note)
    assert sum(1 for several in found.values() if several) > 60
    # To begin: one and five; courts, remarks' cases, accounts; names, accounts, claims, names of the other matcher.
    assert len(statements) <= 12


async def test_look_ups_go_by_index(world: World, database: Database) -> None:
    """Under row-level security an index serves only what leaks nothing; a page must not read all bookings."""
    plans = {
        "ix_bank_line_counter_account": "select id from bank_line l where court_id = 1 and counter_account = 'x'"
        " and counter_account <> '' order by id desc limit 200",
        "ix_court_case_open_claim": "select id from court_case where court_id = 1 and subject_amount_fen = 5"
        " and subject_amount_fen is not null and status <> 'closed' order by id desc limit 3",
    }
    async with database.read(world.actor()) as session:
        await session.execute(text("set local enable_seqscan = off"))
        for index, statement in plans.items():
            plan = "\n".join((await session.execute(text("explain " + statement))).scalars())
            assert index in plan, plan
