"""The pool of sub-accounts at the bank: complete, in order, and only those that may be used."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from ankuan.plugin_api.bank import FundAccountRef, PluginServices
from ankuan.plugin_api.errors import BankUnreachable, MalformedAnswer, PluginError
from ankuan.plugin_api.testing import AnsweringServer, SimulatorProcess, answering
from ankuan_bank_citic.connector import CiticConnector
from ankuan_bank_citic.plugin import CiticPlugin

FIXTURES = Path(__file__).parent.parent / "fixtures"
MAIN, PUBLIC = "8112501012300012345", "8123000123450000000"
FIRST, CLOSED, LAST = "8123000123450000001", "8123000123450000002", "8123000123450000003"


def raw(name: str) -> bytes:
    return (FIXTURES / f"{name}.xml").read_bytes()


def connect(endpoint: str, main: str, public: str) -> CiticConnector:
    account = FundAccountRef(main, "示例人民法院", public, {"endpoint": endpoint, "user_name": "court0102"})
    return CiticPlugin().connect(account, PluginServices(timeout_seconds=5))


@pytest_asyncio.fixture
async def wire() -> AsyncIterator[tuple[AnsweringServer, CiticConnector]]:
    async with answering() as server:
        connector = connect(server.endpoint, MAIN, PUBLIC)
        yield server, connector
        await connector.aclose()


async def test_a_closed_sub_account_is_not_in_the_pool(wire: tuple[AnsweringServer, CiticConnector]) -> None:
    server, connector = wire
    server.will_answer(raw("DLSBALQR__page"), raw("DLSASQRY__page"))
    page = await connector.list_sub_accounts(None)
    assert [(each.number, each.name) for each in page.accounts] == [
        (FIRST, "（2026）鲁0102执1号"),
        (LAST, "案款子账户"),
    ]
    assert (json.loads(page.cursor), page.more) == ([3, LAST, 0], True)
    assert [exchange.operation for exchange in page.exchanges] == ["DLSBALQR", "DLSASQRY"]


async def test_reading_goes_on_behind_the_last_account(wire: tuple[AnsweringServer, CiticConnector]) -> None:
    server, connector = wire
    rows = raw("DLSBALQR__page").split(b"<row>")
    for rest in (rows[0] + b"<row>" + rows[3], raw("DLBATCOL__no_rows")):
        server.will_answer(rest)
        page = await connector.list_sub_accounts(json.dumps([3, LAST, 1]))
        assert (page.accounts, page.more, json.loads(page.cursor)) == ((), False, [3, LAST, 1])
        assert b"<startRecord>3</startRecord>" in server.asked[0]


async def test_f5_a_list_that_has_shifted_is_read_from_its_beginning_a_few_times(
    wire: tuple[AnsweringServer, CiticConnector],
) -> None:
    server, connector = wire
    whole, states = raw("DLSBALQR__page"), raw("DLSASQRY__page")
    server.will_answer(whole, whole, states)
    page = await connector.list_sub_accounts(json.dumps([3, LAST, 2]))
    assert ([each.number for each in page.accounts], json.loads(page.cursor)) == ([FIRST, LAST], [3, LAST, 3])
    assert [b"<startRecord>1<" in asked for asked in server.asked] == [False, True, False]
    assert len(page.exchanges) == 3
    server.will_answer(whole)
    with pytest.raises(MalformedAnswer):
        await connector.list_sub_accounts(page.cursor)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "{}",
        "[1]",
        '[-1, "", 0]',
        '[0, "x", 0]',
        '[3, "x", 0]',
        '["3", "", 0]',
        '[0, "", -1]',
        "[true, 1, 0]",
        "null",
    ],
)
async def test_a_foreign_cursor_is_refused(wire: tuple[AnsweringServer, CiticConnector], cursor: str) -> None:
    server, connector = wire
    with pytest.raises(PluginError):
        await connector.list_sub_accounts(cursor)
    assert server.asked == []


@pytest.mark.parametrize(
    ("page", "states"),
    [
        (raw("DLSBALQR__page").replace(b"812300012345000", b"812300099999000"), b""),
        (raw("DLSBALQR__page").replace(LAST.encode(), PUBLIC.encode()), b""),
        (raw("DLSBALQR__page").replace(LAST.encode(), b"123"), b""),
        (raw("DLSBALQR__page"), raw("DLSASQRY__page").replace(LAST.encode(), b"8123000123450000004")),
        (raw("DLSBALQR__page"), raw("DLSASQRY__page").replace(LAST.encode(), FIRST.encode())),
        (raw("DLSBALQR__page"), raw("DLSASQRY__page").replace(b"<stt>2", b"<stt>7")),
        (raw("DLSBALQR__page"), raw("DLBATCOL__no_rows")),
    ],
)
async def test_answers_that_do_not_fit_are_an_error(
    wire: tuple[AnsweringServer, CiticConnector], page: bytes, states: bytes
) -> None:
    server, connector = wire
    server.will_answer(page, states or raw("DLSASQRY__page"))
    with pytest.raises(MalformedAnswer):
        await connector.list_sub_accounts(None)


async def test_a_pool_that_is_not_reached_is_said_so(wire: tuple[AnsweringServer, CiticConnector]) -> None:
    server, connector = wire
    server.will_answer(raw("DLSBALQR__page"), raw("DLCTNSUB__client_side"))
    with pytest.raises(BankUnreachable):
        await connector.list_sub_accounts(None)


async def test_the_end_of_a_million_is_read_as_quickly_as_the_beginning(tmp_path: Path) -> None:
    with_pool = SimulatorProcess("bank_citic", tmp_path).start()
    try:
        opened = with_pool.open_account("示例人民法院")
        connector = connect(with_pool.endpoint, str(opened["number"]), str(opened["adjustment"]))
        one = (await connector.open_sub_accounts(("甲案",))).opened[0].number
        body = {"main": opened["number"], "count": 1_000_000, "name": "案款子账户"}
        bulk = with_pool.admin("POST", "/accounts/bulk", body)
        first = await connector.list_sub_accounts(None)
        assert [each.number for each in first.accounts][:2] == [one, bulk["first"]]
        with_pool.admin("DELETE", f"/accounts/{bulk['last']}")
        last = f"{int(bulk['last']) - 3}"
        page = await connector.list_sub_accounts(json.dumps([999_998, last, 0]))
        assert [each.number for each in page.accounts] == [str(int(last) + 1), str(int(last) + 2)]
        assert json.loads(page.cursor) == [1_000_001, bulk["last"], 0]
        assert not (await connector.list_sub_accounts(page.cursor)).more
        await connector.aclose()
    finally:
        with_pool.stop()
