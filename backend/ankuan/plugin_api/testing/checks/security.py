"""Who said it: signatures on answers, and notices that anybody could have sent (failures D8, E1 to E4)."""
# ruff: noqa: S101 - a check consists of assertions

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from ankuan.plugin_api.bank import AnswerState, BankNotice, IncomingNotice, NoticeKind, ReadsNotices
from ankuan.plugin_api.errors import BankUnreachable, ForgedNotice, MalformedAnswer, PluginError
from ankuan.plugin_api.settings import SettingKind
from ankuan.plugin_api.testing.bench import PAYEE, Bench
from ankuan.plugin_api.testing.check import check

FORGERIES = 300
LONG_AGO = timedelta(days=2)
SEED = 20261121


@check("security.signatures", "signs", "pays")
async def d8_a_wrong_signature_proves_nothing(bench: Bench) -> None:
    """Unknown with an alarm; settled when asked again."""
    bench.credit(100)
    order = bench.order(100)
    bench.fail("wrong_signature", about=order.client_ref)
    answer = await bench.connector.pay(order)
    assert (answer.state, bool(answer.alarm)) == (AnswerState.UNKNOWN, True)
    bench.fail("wrong_signature", about=order.client_ref)
    assert (await bench.connector.query(order)).state is AnswerState.UNKNOWN
    bench.behave()
    assert (await bench.settle(order)).state is AnswerState.SETTLED
    assert bench.executions(order.client_ref) == [(100, PAYEE)]


@check("security.signatures", "signs", "statements_pull")
async def d8_a_statement_with_a_wrong_signature_is_no_statement(bench: Bench) -> None:
    """A read error with the bytes as evidence."""
    bench.credit(100)
    bench.always("wrong_signature")
    raised: PluginError | None = None
    try:
        await bench.connector.fetch_lines(None)
    except (MalformedAnswer, BankUnreachable) as error:
        raised = error
    assert raised is not None
    assert raised.exchanges
    bench.behave()
    assert [line.amount.fen for line in (await bench.lines())[0]] == [100]


@check("security.signatures", "signs", live=True)
async def no_secret_leaves_in_the_clear(bench: Bench) -> None:
    """No value of a secret setting stands in a request that is kept as evidence."""
    secrets = [
        bench.account.settings[setting.name]
        for setting in bench.plugin.settings
        if setting.kind is SettingKind.SECRET and len(bench.account.settings.get(setting.name, "")) > 3
    ]
    page = await bench.connector.fetch_lines(None)
    for made in page.exchanges:
        assert not [secret for secret in secrets if secret.encode() in made.request]


@check("security.signatures", "statements_push", live=True)
async def e3_what_is_no_notice_is_refused(bench: Bench) -> None:
    """Nothing, noise, and a text that says it is paid."""
    assert isinstance(bench.connector, ReadsNotices)
    for body in (b"", b"\x00\xff\x81", b"{}", b"<paid/>", b"state=settled&sign=AAAA", b"[" * 10_000):
        for headers in ({}, {"signature": "AAAA", "sign": "AAAA", "timestamp": "1", "authorization": "x"}):
            await _refused(bench, IncomingNotice(headers, body, datetime.now(UTC)))


async def _refused(bench: Bench, notice: IncomingNotice) -> None:
    assert isinstance(bench.connector, ReadsNotices)
    try:
        read = await bench.connector.read_notice(notice)
    except (ForgedNotice, MalformedAnswer):
        return
    raise AssertionError(f"taken for genuine: {read}")


@check("security.signatures", "statements_push", seconds=60)
async def e1_a_genuine_notice_is_read_and_keeps_its_id(bench: Bench) -> None:
    """Told twice, it is one notice; it hints at a movement or an order."""
    assert isinstance(bench.connector, ReadsNotices)
    async with _listening(bench) as notices:
        bench.fail("duplicate_notice")
        bench.simulator.admin("POST", "/script", {"action": "NOTICE", "fault": "duplicate_notice", "params": {}})
        bench.credit(4_400)
        first, second = [await _next(notices) for _ in range(2)]
    read = [await bench.connector.read_notice(notice) for notice in (first, second)]
    assert read[0].notice_id == read[1].notice_id
    assert read[0].notice_id
    assert all(isinstance(notice, BankNotice) for notice in read)
    assert read[0].kind in {NoticeKind.MOVEMENT, NoticeKind.ORDER, NoticeKind.OTHER}


@check("security.signatures", "statements_push", seconds=90)
async def e3_forged_notices_are_refused(bench: Bench) -> None:
    """One the bank's own forger made, and three hundred with a byte changed."""
    assert isinstance(bench.connector, ReadsNotices)
    async with _listening(bench) as notices:
        bench.credit(4_400)
        genuine = await _next(notices)
        bench.simulator.admin("POST", "/script", {"action": "NOTICE", "fault": "forged_notice", "params": {}})
        bench.credit(4_401)
        await _refused(bench, await _next(notices))
    right = await bench.connector.read_notice(genuine)
    dice = random.Random(SEED)  # noqa: S311 - forgeries that can be repeated
    for _ in range(FORGERIES):
        forged = _forged(dice, genuine)
        try:
            read = await bench.connector.read_notice(forged)
        except (ForgedNotice, MalformedAnswer):
            continue
        # White space, or the letters' case, may be outside of what is signed: then nothing else is said.
        assert (read.notice_id, read.kind, read.client_ref) == (right.notice_id, right.kind, right.client_ref)
        assert _digits(forged.body) == _digits(genuine.body)
    bench.figure("forgeries", FORGERIES, "")


def _forged(dice: random.Random, notice: IncomingNotice) -> IncomingNotice:
    digits = [place for place, byte in enumerate(notice.body) if 48 <= byte <= 57]
    body = bytearray(notice.body)
    place = dice.choice(digits or range(len(body)))
    body[place] = 48 + (body[place] - 47) % 10
    return IncomingNotice(notice.headers, bytes(body), notice.received_at)


def _digits(body: bytes) -> bytes:
    return bytes(byte for byte in body if 48 <= byte <= 57)


@check("security.signatures", "statements_push", seconds=60)
async def e4_an_old_notice_is_refused(bench: Bench) -> None:
    """Genuine, but received two days after it was signed."""
    assert isinstance(bench.connector, ReadsNotices)
    async with _listening(bench) as notices:
        bench.credit(4_400)
        genuine = await _next(notices)
    await bench.connector.read_notice(genuine)
    await _refused(bench, IncomingNotice(genuine.headers, genuine.body, genuine.received_at + LONG_AGO))


@asynccontextmanager
async def _listening(bench: Bench) -> AsyncIterator["asyncio.Queue[IncomingNotice]"]:
    """Where the simulated bank calls, as long as this lasts."""
    notices: asyncio.Queue[IncomingNotice] = asyncio.Queue()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = _headers(head[1:])
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            await notices.put(IncomingNotice(headers, body, datetime.now(UTC)))
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    bench.simulator.admin("PUT", "/notify", {"url": f"http://127.0.0.1:{port}/notices"})
    try:
        yield notices
    finally:
        bench.simulator.admin("PUT", "/notify", {"url": ""})
        server.close()


def _headers(lines: list[str]) -> Mapping[str, str]:
    pairs = (line.partition(":") for line in lines if line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


async def _next(notices: "asyncio.Queue[IncomingNotice]") -> IncomingNotice:
    async with asyncio.timeout(30):
        return await notices.get()
