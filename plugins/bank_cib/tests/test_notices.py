"""Notices: only what our relay has sealed is believed, and the relay runs for real."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ankuan.plugin_api.bank import IncomingNotice, NoticeKind
from ankuan.plugin_api.errors import ForgedNotice, MalformedAnswer
from ankuan_bank_cib.notices import read, seal
from ankuan_bank_cib.relay import LARGEST, main, relay_app

FIXTURES = Path(__file__).parent.parent / "fixtures"
MAIN = "117010100100000001"
SECRET = b"0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def raw(name: str) -> bytes:
    return (FIXTURES / f"BALANCECHANGENOTICE__{name}.xml").read_bytes()


def sealed(body: bytes, at: datetime = NOW) -> IncomingNotice:
    moment = str(int(at.timestamp()))
    headers = {"x-ankuan-time": moment, "x-ankuan-signature": seal(SECRET, moment, body)}
    return IncomingNotice(headers, body, NOW)


@pytest.mark.parametrize(("case", "ref"), [("chinese", "202611210000000017"), ("table", None)])
def test_both_ways_of_writing_it(case: str, ref: str | None) -> None:
    told = read(sealed(raw(case)), SECRET, MAIN)
    assert (told.notice_id, told.kind, told.client_ref) == ("2026112000000000000200001", NoticeKind.MOVEMENT, ref)


def test_a_notice_as_the_agent_sends_it_is_nobodys_word() -> None:
    with pytest.raises(ForgedNotice):
        read(IncomingNotice({}, raw("chinese"), NOW), SECRET, MAIN)


def test_no_secret_no_notices() -> None:
    body = raw("chinese")
    moment = str(int(NOW.timestamp()))
    headers = {"x-ankuan-time": moment, "x-ankuan-signature": seal(b"", moment, body)}
    with pytest.raises(ForgedNotice):
        read(IncomingNotice(headers, body, NOW), b"", MAIN)


@pytest.mark.parametrize("header", ["x-ankuan-time", "x-ankuan-signature"])
@pytest.mark.parametrize("value", ["", "0", "ü", "\udc80", "-1", "9" * 10, "9" * 30])
def test_e3_a_wrong_seal_is_refused(header: str, value: str) -> None:
    notice = sealed(raw("chinese"))
    with pytest.raises(ForgedNotice):
        read(replace(notice, headers={**notice.headers, header: value}), SECRET, MAIN)


@pytest.mark.parametrize("minutes", [-16, 16, 60 * 24])
def test_e4_a_notice_of_another_hour_is_refused(minutes: int) -> None:
    with pytest.raises(ForgedNotice):
        read(sealed(raw("chinese"), NOW + timedelta(minutes=minutes)), SECRET, MAIN)


def test_a_notice_of_another_account_is_refused() -> None:
    with pytest.raises(ForgedNotice):
        read(sealed(raw("other_account")), SECRET, MAIN)


@pytest.mark.parametrize("body", [b"", b"<FOX/>", raw("new_type"), raw("chinese")[:-20]])
def test_what_is_sealed_and_no_notice(body: bytes) -> None:
    with pytest.raises(MalformedAnswer):
        read(sealed(body), SECRET, MAIN)


@dataclass
class Platform:
    """What the platform received, and what it answers."""

    got: list[IncomingNotice] = field(default_factory=list)
    status: int = 200


async def serve(app: Starlette) -> tuple[uvicorn.Server, "asyncio.Task[None]", str]:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    task = asyncio.create_task(server.serve())
    async with asyncio.timeout(10):
        while not server.started:  # noqa: ASYNC110 - uvicorn sets a flag and no event
            await asyncio.sleep(0.01)
    return server, task, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"


@pytest_asyncio.fixture
async def relayed() -> AsyncIterator[tuple[Platform, str]]:
    platform = Platform()

    async def hear(request: Request) -> Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        platform.got.append(IncomingNotice(headers, await request.body(), datetime.now(UTC)))
        return Response(b"OK", status_code=platform.status)

    first, one, target = await serve(Starlette(routes=[Route("/", hear, methods=["POST"])]))
    second, two, relay = await serve(relay_app(target, SECRET))
    yield platform, relay
    for server, task in ((second, two), (first, one)):
        server.should_exit = True
        await task


async def test_what_the_relay_seals_the_plugin_believes(relayed: tuple[Platform, str]) -> None:
    platform, relay = relayed
    async with httpx.AsyncClient(trust_env=False) as agent:
        told = await agent.post(relay, content=raw("chinese"))
        assert (told.status_code, told.content) == (200, b"OK")
        (notice,) = platform.got
        assert read(notice, SECRET, MAIN).notice_id == "2026112000000000000200001"
        assert notice.body == raw("chinese")
        platform.status = 403
        assert (await agent.post(relay, content=raw("chinese"))).status_code == 502
        assert (await agent.post(relay, content=b"x" * (LARGEST + 1))).status_code == 413
    assert len(platform.got) == 2


async def test_a_platform_that_is_away_is_told_again_later() -> None:
    server, task, relay = await serve(relay_app("http://127.0.0.1:9/", SECRET))
    async with httpx.AsyncClient(trust_env=False) as agent:
        assert (await agent.post(relay, content=raw("chinese"))).status_code == 502
    server.should_exit = True
    await task


def test_a_relay_does_not_start_with_a_secret_that_can_be_guessed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("short\n", encoding="ascii")
    with pytest.raises(SystemExit):
        main(["--to", "http://127.0.0.1:9/", "--secret-file", str(tmp_path / "secret")])
