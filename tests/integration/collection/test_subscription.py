"""Arrivals pushed to those who may see them, each once, and again after a disconnect."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from strawberry.types import ExecutionResult

from ankuan.api.feed import EventFeed
from ankuan.api.schema import schema
from ankuan.collection.claim_receipt import claim_receipt
from ankuan.kernel.money import Money
from ankuan.platform.actor import Actor
from ankuan.platform.bell import SilentBell
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.graphql.ids import global_id
from ankuan.platform.plugins import load_plugins
from tests.fixtures.asking import Asking
from tests.fixtures.province import NOW
from tests.fixtures.receiving_court import World

FOLLOW = """subscription($after: String, $courtId: ID) { receiptArrived(after: $after, courtId: $courtId) {
  cursor kind receipt { id number status amount unallocated court { code } viewerCanClaim { allowed }
    allocations { amount case { id number } viewerCanUndo { allowed code } } } } }"""


class QuickBell(SilentBell):
    """Polls often, so that a test need not wait for the usual interval."""

    async def rings(self, *, at_least_every: float) -> AsyncIterator[None]:
        async for _ in super().rings(at_least_every=min(at_least_every, 0.02)):
            yield


@pytest.fixture
async def ask(world: World) -> AsyncIterator[Asking]:
    world.database.bell = QuickBell()
    feed = EventFeed(world.database)
    await feed.start()
    yield Asking(world.database, FieldCipher(bytes(32)), load_plugins(), feed)
    await feed.stop()


class Follower:
    """One open subscription."""

    def __init__(self, ask: Asking, viewer: Actor, **variables: Any) -> None:
        self._ask, self._viewer, self._variables = ask, viewer, variables
        self.got: list[dict[str, Any]] = []
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        results = await schema.subscribe(
            FOLLOW, variable_values=self._variables, context_value=self._ask.context(self._viewer)
        )
        async for result in results:
            assert isinstance(result, ExecutionResult)
            assert result.errors is None, result.errors
            assert result.data is not None
            self.got.append(result.data["receiptArrived"])

    async def have(self, count: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(10):
            while len(self.got) < count:
                assert not self.task.done(), self.task.exception()
                await asyncio.sleep(0.01)
        return self.got

    async def end(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


async def test_handler_and_finance_are_pushed_arrivals_and_claims_and_other_courts_are_not(
    ask: Asking, world: World
) -> None:
    case = await world.case(1)
    followers = {login: Follower(ask, world.actor(login)) for login in ("chengban.0102", "caiwu.0102", "caiwu.01")}
    await asyncio.sleep(0.2)
    receipt = await world.arrive(500)
    async with world.database.write(world.actor()) as session:
        await claim_receipt(
            session, court_id=world.court, receipt_id=receipt, allocations=[(case, Money(200))], reason="款", now=NOW
        )
    for login in ("chengban.0102", "caiwu.0102"):
        arrived, changed = await followers[login].have(2)
        assert (arrived["kind"], changed["kind"]) == ("receipt.arrived", "receipt.changed")
        assert arrived["receipt"]["id"] == global_id("Receipt", world.court, receipt)
        assert (changed["receipt"]["status"], changed["receipt"]["unallocated"]) == ("PARTLY_ALLOCATED", "3.00")
        [allocation] = changed["receipt"]["allocations"]
        assert allocation["case"]["number"] == "（2026）鲁0102执1号"
        assert allocation["viewerCanUndo"]["allowed"]
        assert changed["receipt"]["court"] == {"code": "鲁0102"}
    assert followers["caiwu.01"].got == []
    after = followers["caiwu.0102"].got[0]["cursor"]
    again = Follower(ask, world.actor(), after=after, courtId=global_id("Court", world.court, world.court))
    assert [event["kind"] for event in await again.have(1)] == ["receipt.changed"]
    for follower in (*followers.values(), again):
        await follower.end()


@pytest.mark.parametrize(("login", "code"), [("caiwu.01", "not_found")])
async def test_nobody_follows_a_court_out_of_sight(ask: Asking, world: World, login: str, code: str) -> None:
    results = await schema.subscribe(
        FOLLOW,
        variable_values={"courtId": global_id("Court", world.court, world.court)},
        context_value=ask.context(world.actor(login)),
    )
    async for result in results:
        assert result.errors
        assert (result.errors[0].extensions or {}).get("code") == code
        return
    pytest.fail("the subscription ended without a word")
