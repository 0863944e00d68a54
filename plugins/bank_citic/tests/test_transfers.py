"""Transfers below the main account: which message takes them, and which money the main account may give."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState, FundAccountRef, PluginServices, TransferOrder
from ankuan.plugin_api.errors import CannotExpress
from ankuan.plugin_api.testing import AnsweringServer, answering
from ankuan_bank_citic.compose import transfer
from ankuan_bank_citic.connector import CiticConnector
from ankuan_bank_citic.messages import render
from ankuan_bank_citic.plugin import CiticPlugin

A = AnswerState
FIXTURES = Path(__file__).parent.parent / "fixtures"
MAIN, PUBLIC, SUB, OTHER = (
    "8112501012300012345",
    "8123000123450000000",
    "8123000123450000001",
    "8123000123450000002",
)
ACCOUNT = FundAccountRef(MAIN, "示例人民法院案款专户", PUBLIC, {})
BETWEEN = TransferOrder("01022026112100000020", Money(20_000), SUB, OTHER, "（2026）鲁0102执2号", "合并执行划转")
FROM_MAIN = replace(BETWEEN, from_sub_account=None)
TO_MAIN = replace(BETWEEN, to_sub_account=None, to_name="")


def raw(name: str) -> bytes:
    return (FIXTURES / f"{name}.xml").read_bytes()


@pytest_asyncio.fixture
async def wire() -> AsyncIterator[tuple[AnsweringServer, CiticConnector]]:
    async with answering() as server:
        account = replace(ACCOUNT, settings={"endpoint": server.endpoint, "user_name": "court0102"})
        connector = CiticPlugin().connect(account, PluginServices(timeout_seconds=3))
        yield server, connector
        await connector.aclose()


def test_the_request_is_the_golden_bytes() -> None:
    action, fields = transfer(BETWEEN, ACCOUNT)
    assert render(action, "court0102", fields) == raw("DLSINSUB__request")


def test_the_main_account_receives_on_its_public_adjustment_account() -> None:
    action, fields = transfer(TO_MAIN, ACCOUNT)
    assert (action, fields["recvAccNo"], fields["recvAccNm"]) == ("DLSINSUB", PUBLIC, ACCOUNT.account_name)


@pytest.mark.parametrize(
    "order",
    [
        replace(BETWEEN, to_sub_account=SUB),
        replace(BETWEEN, from_sub_account=None, to_sub_account=None),
        replace(BETWEEN, amount=Money(0)),
        replace(BETWEEN, to_name=""),
        replace(BETWEEN, to_name="仲𠮷妮"),
        replace(BETWEEN, client_ref="x" * 21),
        replace(FROM_MAIN, amount=Money(0)),
        replace(FROM_MAIN, reason="𠮷"),
    ],
)
async def test_what_cannot_be_expressed_is_not_asked(
    wire: tuple[AnsweringServer, CiticConnector], order: TransferOrder
) -> None:
    server, connector = wire
    for call in (connector.transfer, connector.query):
        with pytest.raises(CannotExpress):
            await call(order)
    assert server.asked == []


async def test_without_a_public_adjustment_account_nothing_goes_to_or_from_the_main_account() -> None:
    account = replace(
        ACCOUNT, adjustment_account_no=None, settings={"endpoint": "http://127.0.0.1:9/", "user_name": "u"}
    )
    connector = CiticPlugin().connect(account, PluginServices(timeout_seconds=1))
    for order in (FROM_MAIN, TO_MAIN):
        with pytest.raises(CannotExpress):
            await connector.transfer(order)
    await connector.aclose()


async def test_money_of_the_main_account_names_what_came_from_sub_accounts(
    wire: tuple[AnsweringServer, CiticConnector],
) -> None:
    """The exact amount first, else one that covers it; never a credit from outside, which waits for its owner."""
    server, connector = wire
    for fen, booking in ((20_000, "0007"), (5_000, "0008"), (4_999, "0007"), (5_001, "0007")):
        server.will_answer(raw("DLSUBDTL__movable"), raw("DLCTNSUB__submitted"))
        answer = await connector.transfer(replace(FROM_MAIN, amount=Money(fen)))
        assert answer.state is A.ACCEPTED
        assert [exchange.operation for exchange in answer.exchanges] == ["DLSUBDTL", "DLMIXSUB"]
        assert f"<mixNo>M00000000{booking}</mixNo>".encode() in server.asked[1]
    server.will_answer(raw("DLSUBDTL__movable"))
    with pytest.raises(CannotExpress):
        await connector.transfer(replace(FROM_MAIN, amount=Money(20_001)))


async def test_a_second_try_that_finds_nothing_left_is_no_refusal(
    wire: tuple[AnsweringServer, CiticConnector],
) -> None:
    server, connector = wire
    server.will_answer(raw("DLSUBDTL__waiting"))
    with pytest.raises(CannotExpress):
        await connector.transfer(FROM_MAIN)
    again = await connector.transfer(replace(FROM_MAIN, submitted_on=date(2026, 11, 20)))
    assert again.state is A.UNKNOWN
    assert len(again.exchanges) == 1


@pytest.mark.parametrize("listed", ["DLCTNSUB__truncated", "DLCTNSUB__client_side", "DLCTNSUB__insufficient"])
async def test_a_list_that_does_not_arrive_sends_no_order(
    wire: tuple[AnsweringServer, CiticConnector], listed: str
) -> None:
    server, connector = wire
    server.will_answer(raw(listed))
    assert (await connector.transfer(FROM_MAIN)).state is A.UNKNOWN
    assert len(server.asked) == 1


async def test_a_list_of_another_account_sends_no_order(wire: tuple[AnsweringServer, CiticConnector]) -> None:
    server, connector = wire
    server.will_answer(raw("DLSUBDTL__movable").replace(PUBLIC.encode(), b"8123000999990000000"))
    assert (await connector.transfer(FROM_MAIN)).state is A.UNKNOWN
    assert len(server.asked) == 1


async def test_paid_is_believed_with_the_payers_book(wire: tuple[AnsweringServer, CiticConnector]) -> None:
    server, connector = wire
    row = raw("DLSUBDTL__movable").split(b"<row>")[2].split(b"</row>")[0]
    debit = row.replace(PUBLIC.encode(), b"?").replace(SUB.encode(), OTHER.encode()).replace(b"?", SUB.encode())
    book = b"<stream><status>AAAAAAA</status><list><row>%s</row></list></stream>" % debit.replace(
        b"<CDFG>C", b"<CDFG>D"
    )
    server.will_answer(raw("DLCIDSTT__paid"), book)
    answer = await connector.query(BETWEEN)
    assert (answer.state, answer.alarm, answer.bank_ref) == (A.SETTLED, None, "KEB00000000007")
    assert b"<type>DLSINSUB</type>" in server.asked[0]
    server.will_answer(raw("DLCIDSTT__paid"), book)
    assert (await connector.query(replace(BETWEEN, amount=Money(1)))).state is A.UNKNOWN
