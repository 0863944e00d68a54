"""Events over real sockets: who hears them, that none is missed, and that they end with the session."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from ankuan.platform.actor import system_actor
from ankuan.platform.graphql.ids import decode_id
from ankuan.registry.assign_roles import assign_roles
from tests.fixtures.province import NOW
from tests.fixtures.served import Served, serving, settings_for
from tests.fixtures.servers import Servers
from tests.fixtures.sockets import Socket, dial, open_socket, open_stream
from tests.fixtures.stage import PASSWORD, arrive, take
from tests.fixtures.stages import Play

ARRIVED = """subscription($after: String) { receiptArrived(after: $after) { cursor kind
  receipt { id amount court { code } viewerCanClaim { allowed code } } } }"""
CHANGED = "subscription { disbursementChanged { cursor disbursement { id status viewerCan { approve { allowed } } } } }"
HANDLER, FINANCE, CASHIER = "chengban.0102", "caiwu.0102", "chuna.0102"


async def settled() -> None:
    """Let a subscription that was just asked for begin."""
    await asyncio.sleep(0.3)


async def test_an_arrival_is_told_to_its_court_and_to_nobody_else(play: Play) -> None:
    logins = [HANDLER, FINANCE, "gaoyuan", "caiwu.01", "chengban.01"]
    async with contextlib.AsyncExitStack() as stack:
        sockets = {login: await stack.enter_async_context(open_socket(play.served, login)) for login in logins}
        for socket in sockets.values():
            await socket.follow("s", ARRIVED)
        await settled()
        ours = await arrive(play.served, play.stage.ours, 12_345, to=play.stage.ours.sub_account_no)
        theirs = await arrive(play.served, play.stage.foreign, 777)
        for login in (HANDLER, FINANCE):
            [event] = [e["receiptArrived"] for e in await sockets[login].have("s", 1)]
            assert (event["receipt"]["id"], event["receipt"]["amount"]) == (ours, "123.45")
        for login in ("caiwu.01", "chengban.01"):
            [event] = [e["receiptArrived"] for e in await sockets[login].have("s", 1)]
            assert event["receipt"]["id"] == theirs
        both = [e["receiptArrived"]["receipt"]["id"] for e in await sockets["gaoyuan"].have("s", 2)]
        assert both == [ours, theirs]
        await arrive(play.served, play.stage.ours, 1)
        told = {}
        for login in (HANDLER, FINANCE, "gaoyuan"):
            event = (await sockets[login].have("s", 2 if login != "gaoyuan" else 3))[-1]["receiptArrived"]
            told[login] = event["receipt"]["viewerCanClaim"]["allowed"]
        assert told == {HANDLER: True, FINANCE: True, "gaoyuan": False}, "one event, but what each may do is his own"
        await asyncio.sleep(0.2)
        assert all(len(sockets[login].events["s"]) == 1 for login in ("caiwu.01", "chengban.01"))


async def test_a_stream_of_server_sent_events_tells_the_same(play: Play) -> None:
    async with open_stream(play.served, FINANCE, ARRIVED) as events:
        waiting = asyncio.ensure_future(anext(events))
        await settled()
        receipt = await arrive(play.served, play.stage.ours, 500)
        event = (await asyncio.wait_for(waiting, 20))["data"]["receiptArrived"]
        assert event["receipt"]["id"] == receipt
    async with open_stream(play.served, FINANCE, ARRIVED, after=event["cursor"]) as events:
        later = await arrive(play.served, play.stage.ours, 600)
        assert (await asyncio.wait_for(anext(events), 20))["data"]["receiptArrived"]["receipt"]["id"] == later
    async with open_stream(play.served, None, ARRIVED) as events:
        [error] = (await asyncio.wait_for(anext(events), 20))["errors"]
        assert error["extensions"]["code"] == "unauthenticated"


async def test_going_on_after_a_cursor_has_no_gap_and_no_twin(play: Play) -> None:
    async with open_socket(play.served, FINANCE) as socket:
        await socket.follow("s", ARRIVED)
        await settled()
        first = await arrive(play.served, play.stage.ours, 1)
        cursor = (await socket.have("s", 1))[0]["receiptArrived"]["cursor"]
    missed = [await arrive(play.served, play.stage.ours, n) for n in range(2, 12)]
    async with open_socket(play.served, FINANCE) as socket:
        more = asyncio.create_task(_several(play, 10))
        await socket.follow("s", ARRIVED, after=cursor)
        later = await more
        got = [event["receiptArrived"]["receipt"]["id"] for event in await socket.have("s", 20)]
        assert got == [*missed, *later]
        assert first not in got
        await socket.follow("bad", ARRIVED, after="nonsense")
        assert await socket.end_of("bad") == {"invalid_cursor"}


async def _several(play: Play, count: int) -> list[str]:
    return [await arrive(play.served, play.stage.ours, 100 + n) for n in range(count)]


async def test_two_subscriptions_on_one_socket_are_two(play: Play) -> None:
    async with open_socket(play.served, "tingzhang.0102") as socket:
        await socket.follow("money", ARRIVED)
        await socket.follow("work", CHANGED)
        await settled()
        receipt = await arrive(play.served, play.stage.ours, 900)
        found, digest = play.stage.ours.disbursements["DRAFT"]
        await take(play.served, HANDLER, "submit", found, digest)
        assert (await socket.have("money", 1))[0]["receiptArrived"]["receipt"]["id"] == receipt
        event = (await socket.have("work", 1))[0]["disbursementChanged"]["disbursement"]
        assert (event["id"], event["status"], event["viewerCan"]["approve"]["allowed"]) == (found, "IN_APPROVAL", True)
        await socket.complete("work")
        await settled()
        await take(play.served, "tingzhang.0102", "approve", found, digest)
        await arrive(play.served, play.stage.ours, 901)
        await socket.have("money", 2)
        assert len(socket.events["work"]) == 1


async def enter(served: Served, login: str) -> str:
    response = await served.post("/auth/sign-in", {"login": login, "password": PASSWORD})
    return str(response.headers["set-cookie"].split(";")[0])


@contextlib.asynccontextmanager
async def following(play: Play, cookie: str) -> AsyncIterator[Socket]:
    async with open_socket(play.served, Cookie=cookie) as socket:
        await socket.follow("s", ARRIVED)
        await settled()
        await arrive(play.served, play.stage.ours, 10)
        await socket.have("s", 1)
        yield socket


async def test_signing_out_ends_a_subscription_at_its_next_event(play: Play) -> None:
    mine, other = await enter(play.served, FINANCE), await enter(play.served, HANDLER)
    async with following(play, mine) as socket, following(play, other) as bystander:
        await socket.have("s", 2)
        assert (await play.served.post("/auth/sign-out", {}, Cookie=mine)).status_code == 200
        await arrive(play.served, play.stage.ours, 11)
        assert await socket.end_of("s") == {"unauthenticated"}
        assert len(socket.events["s"]) == 2
        await bystander.have("s", 2)
        assert not bystander.ended


@pytest.mark.parametrize("by_token", [False, True])
async def test_other_roles_end_a_subscription_at_its_next_event(play: Play, by_token: bool) -> None:
    sent = play.served.bearer(FINANCE) if by_token else {"Cookie": await enter(play.served, FINANCE)}
    person = decode_id((await play.served.ask(FINANCE, "{ viewer { id } }"))["id"])
    async with open_socket(play.served, **sent) as socket:
        await socket.follow("s", ARRIVED)
        await settled()
        async with play.served.services.database.write(system_actor("test")) as session:
            await assign_roles(session, court_id=person.court_id, staff_id=person.uuid, roles=["handler"], now=NOW)
        await arrive(play.served, play.stage.ours, 11)
        assert await socket.end_of("s") == {"unauthenticated"}
        assert socket.events["s"] == []


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_pages_of_other_sites_get_no_socket(play: Play, origin: str) -> None:
    cookie = await enter(play.served, FINANCE)
    with pytest.raises(InvalidStatus) as refused:
        await dial(play.served, Cookie=cookie, Origin=origin)
    assert refused.value.response.status_code == 403
    async with open_socket(play.served, Cookie=cookie, Origin=play.served.address):
        pass


async def test_who_is_not_signed_in_gets_no_socket(play: Play) -> None:
    for headers in ({}, {"Cookie": "ankuan=nonsense"}, {"Authorization": "Bearer nonsense"}):
        connection = await dial(play.served, **headers)
        await connection.send('{"type":"connection_init"}')
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(connection.recv(), 20)
        assert connection.close_code == 4403


@pytest.mark.parametrize(
    "frame",
    ["", "x", "[]", "7", "null", "{}", '{"type": 7}', '{"type":"subscribe"}', "[" * 5_000, '{"a":' * 5_000,
     '{"type":"subscribe","id":"a","payload":{"query":7}}', '{"type":"subscribe","id":{},"payload":{"query":"{a}"}}',
     '{"type":"connection_init"}', '{"type":"nonsense"}', b"\x00\xff"],
)  # fmt: skip
async def test_odd_frames_close_the_socket_with_a_code(play: Play, frame: str | bytes) -> None:
    async with open_socket(play.served, FINANCE) as socket:
        await socket.connection.send(frame)
        await socket.until(lambda: socket.closed)
        assert socket.closed
        assert 4400 <= socket.closed[0] < 4500, socket.closed
    async with open_socket(play.served, FINANCE) as socket:
        await socket.follow("again", ARRIVED)
        await settled()
        await arrive(play.served, play.stage.ours, 5)
        await socket.have("again", 1)


async def test_limits_hold_on_sockets_too(play: Play) -> None:
    async with open_socket(play.served, FINANCE) as socket:
        await socket.follow("deep", "{ viewer { court {" + " parent {" * 30 + " name" + " }" * 30 + " } } }")
        assert await socket.end_of("deep") == {"query_depth_exceeded"}
        await socket.follow("wrong", "subscription { nope }")
        assert await socket.end_of("wrong") == {"bad_request"}
        await socket.follow("broken", "subscription {")
        await socket.until(lambda: "broken" in socket.ended or socket.closed)
        if socket.closed:
            assert 4400 <= socket.closed[0] < 4500, socket.closed
        else:
            assert await socket.end_of("broken") == {"bad_request"}


async def test_a_client_goes_on_after_the_server_was_started_again(play: Play, servers: Servers) -> None:
    settings = settings_for(servers.postgres.dsn(database=play.database_name), "", play.folder)
    async with serving(settings) as first:
        first.tokens.update(play.stage.tokens)
        port = int(first.address.rpartition(":")[2])
        async with open_socket(first, FINANCE) as socket:
            await socket.follow("s", ARRIVED)
            await settled()
            await arrive(first, play.stage.ours, 1)
            cursor = (await socket.have("s", 1))[0]["receiptArrived"]["cursor"]
            stopping = asyncio.create_task(_stop(first))
            codes = await socket.end_of("s") if not socket.closed else set()
            assert codes <= {"subscription_interrupted"}
            await stopping
    meanwhile = await arrive(play.served, play.stage.ours, 2)
    async with serving(settings, port=port) as second:
        second.tokens.update(play.stage.tokens)
        async with open_socket(second, FINANCE) as socket:
            await socket.follow("s", ARRIVED, after=cursor)
            assert (await socket.have("s", 1))[0]["receiptArrived"]["receipt"]["id"] == meanwhile


async def _stop(served: Served) -> None:
    await served.services.feed.stop()
