"""Where banks call back, and where paper is printed: what everybody may send, and what nobody learns from it."""

import asyncio
import time
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from ankuan.banking.open_fund_account import open_fund_account
from ankuan.http.bank_notices import LARGEST, Allowance
from ankuan.kernel.clock import FixedClock
from ankuan.platform.actor import system_actor
from ankuan.plugin_api.bank import IncomingNotice
from tests.fixtures.plain_bank import KEY, calling_bank, signed
from tests.fixtures.province import NOW
from tests.fixtures.stages import Play

SYSTEM = system_actor("test")
ACCOUNT_NO = "3200000000000001"


@pytest.fixture
async def called(play: Play) -> Play:
    """A court with an account at a bank that calls back."""
    services = play.served.services
    bank = calling_bank()
    services.plugins = replace(services.plugins, banks=services.plugins.banks | {bank.id: bank}, clock=FixedClock(NOW))
    async with services.database.write(SYSTEM) as session:
        await open_fund_account(
            session,
            court_id=play.stage.ours.number,
            bank_id=bank.id,
            account_no=ACCOUNT_NO,
            name="案款专户",
            adjustment_account_no=None,
            settings={"notice_key": KEY},
            plugins=services.plugins,
        )
    return play


async def call(play: Play, notice: IncomingNotice, path: str = "/banks/bank_plain/notices") -> httpx.Response:
    return await play.served.http.post(play.served.address + path, content=notice.body, headers=dict(notice.headers))


async def count(play: Play, sql: str) -> Any:
    async with play.served.services.database.read(SYSTEM) as session:
        return await session.scalar(text(sql))


async def test_a_genuine_notice_needs_no_session_and_gets_the_plugins_reply(called: Play) -> None:
    notice = signed({"id": "n1", "kind": "movement"}, NOW)
    foreign = replace(notice, headers={**notice.headers, "origin": "https://bank.test", "sec-fetch-site": "cross-site"})
    for path in ("/banks/bank_plain/notices", f"/banks/bank_plain/notices/{ACCOUNT_NO}"):
        answer = await call(called, foreign, path)
        assert (answer.status_code, answer.text, answer.headers["content-type"]) == (
            200,
            "SUCCESS",
            "text/plain; charset=utf-8",
        )
    assert await count(called, "select times from bank_notice") == 2


async def test_nobody_learns_which_accounts_there_are(called: Play) -> None:
    good = signed({"id": "n1", "kind": "movement"}, NOW)
    forged = replace(good, headers={**good.headers, "x-sign": "0" * 64})
    answers = [
        await call(called, forged),
        await call(called, forged, f"/banks/bank_plain/notices/{ACCOUNT_NO}"),
        await call(called, good, "/banks/bank_plain/notices/3200000000000002"),
        await call(called, good, "/banks/bank_citic/notices"),
        await call(called, good, "/banks/no_such_bank/notices"),
        await call(called, IncomingNotice({}, b"", NOW)),
        await call(called, signed({"no": "id"}, NOW)),
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
    assert await count(called, "select count(*) from bank_notice") == 0
    assert await count(called, "select count(*) from alarm where kind = 'bank_notice_refused'") == 1


async def test_a_notice_has_its_bounds(called: Play) -> None:
    assert (await call(called, IncomingNotice({}, b"x" * (LARGEST + 1), NOW))).status_code == 413


async def test_e8_a_burst_starves_nobody(called: Play) -> None:
    """300 notices over forty connections: all are answered 200, and a person's page comes as before."""
    notices = [signed({"id": f"n{n}", "kind": "movement"}, NOW) for n in range(300)]
    limits = httpx.Limits(max_connections=40)
    bank = httpx.AsyncClient(timeout=120, limits=limits)
    url = called.served.address + "/banks/bank_plain/notices"
    burst = [
        asyncio.create_task(bank.post(url, content=notice.body, headers=dict(notice.headers))) for notice in notices
    ]
    await asyncio.sleep(0.2)
    slowest = 0.0
    while not all(task.done() for task in burst):
        began = time.monotonic()
        me = await called.served.ask("caiwu.0102", "{ viewer { name } }")
        slowest = max(slowest, time.monotonic() - began)
        assert me["name"]
    statuses = {(await task).status_code for task in burst}
    await bank.aclose()
    print(f"E8: slowest page during the burst {slowest:.2f} s")
    assert statuses == {200}
    assert slowest < 10
    assert await count(called, "select count(*) from bank_notice") == 300


def test_a_sender_has_an_allowance_of_its_own() -> None:
    allowance = Allowance(rate=0.0, burst=3)
    assert [allowance.take("a") for _ in range(5)] == [True, True, True, False, False]
    assert not allowance.has("a")
    assert allowance.take("b")
    quick = Allowance(rate=1e12, burst=1)
    assert all(quick.take("a") for _ in range(50)), "it comes back with time"


async def test_paper_is_for_those_who_release(play: Play) -> None:
    order, foreign = play.stage.ours.paper[1], play.stage.foreign.paper[1]
    base = play.served.address

    async def status(path: str, login: str | None = None) -> tuple[int, str]:
        answer = await play.served.http.get(base + path, headers=play.served.bearer(login))
        return answer.status_code, str(answer.json()["code"])

    for path in (f"/payments/{order}/order.pdf", f"/payments/orders.pdf?instruction={order}"):
        assert await status(path) == (401, "unauthenticated")
        assert (await status(path, "chengban.0102"))[0] == 403
        # CITIC takes no paper: asked by the right person, it is the bank that can't.
        assert await status(path, "chuna.0102") == (409, "paper_order_not_printable")
    assert (await status(f"/payments/{foreign}/order.pdf", "chuna.0102"))[0] == 404
    assert (await status("/payments/x/order.pdf", "chuna.0102"))[0] == 404
    assert (await status("/payments/orders.pdf", "chuna.0102"))[0] == 404


@pytest.mark.parametrize(
    "path", ["bank_plain/notices/%00", "bank_plain/notices/1%0000", "%00/notices", "bank_plain/notices/%ed%a0%80"]
)
async def test_an_address_that_nothing_can_have_is_nobodys(called: Play, path: str) -> None:
    answer = await call(called, signed({"id": "n1", "kind": "movement"}, NOW), f"/banks/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
