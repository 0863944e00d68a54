"""The examples of the plugin guide are modules that run."""

import ast
import asyncio
import importlib.util
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest

from ankuan.kernel.money import Money
from ankuan.platform.plugins import load_plugins
from ankuan.plugin_api.bank import AnswerState, BankConnector, BankPlugin, FundAccountRef, PaymentOrder, PluginServices
from ankuan.plugin_api.errors import BankUnreachable, InvalidSettings, MalformedAnswer
from ankuan.plugin_api.events import EventListener, ToldEvent
from ankuan.plugin_api.testing import answering
from tests.docs.pages import ROOT, Block, blocks

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
ORDER_ID = UUID(int=7)
GUIDE = ROOT / "docs" / "plugins.md"
ORDER = PaymentOrder(
    client_ref="00010000000000000001",
    amount=Money(12_345),
    pay_from_sub_account=None,
    payee_account="6217000010001234569",
    payee_name="申请执行人甲",
    payee_bank_name="中国建设银行",
    payee_bank_code="105100000017",
    same_bank=False,
    purpose="案款",
)


def examples() -> list[Block]:
    return [block for block in blocks("python") if block.page == GUIDE]


def example(word: str) -> Block:
    (found,) = [block for block in examples() if word in block.text]
    return found


def load(name: str, block: Block, folder: Path) -> ModuleType:
    """The text as a module, imported like any other."""
    file = folder / f"{name}.py"
    file.write_text(block.text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[ModuleType]:
    yield load("ankuan_bank_example", example("class ExampleBank"), tmp_path)
    del sys.modules["ankuan_bank_example"]


def connect(bank: ModuleType, endpoint: str, seconds: int = 2) -> BankConnector:
    account = FundAccountRef("8112501012300012345", "示例人民法院案款专户", None, {"endpoint": endpoint})
    plugin: BankPlugin = bank.ExampleBank()
    return plugin.connect(account, PluginServices(timeout_seconds=seconds))


def test_the_host_takes_the_example_for_a_bank(bank: ModuleType) -> None:
    host = load_plugins(extra=[bank])
    assert isinstance(host.bank("bank_example"), BankPlugin)
    with pytest.raises(InvalidSettings) as wrong:
        host.bank("bank_example").validate_settings({"endpoint": "file:///etc/passwd"})
    assert wrong.value.field_name == "endpoint"


@pytest.mark.parametrize(
    ("answer", "state", "is_alarm"),
    [
        ({"code": "00"}, AnswerState.SETTLED, False),
        ({"code": "10"}, AnswerState.ACCEPTED, False),
        ({"code": "20"}, AnswerState.REFUSED, False),
        ({"code": "91"}, AnswerState.UNKNOWN, False),
        ({"code": "00", "fen": 12_346}, AnswerState.UNKNOWN, True),
        ({"code": "00", "ref": "another"}, AnswerState.UNKNOWN, True),
    ],
)
async def test_a_submission_is_believed_only_on_the_banks_word(
    bank: ModuleType, answer: dict[str, Any], state: AnswerState, is_alarm: bool
) -> None:
    async with answering() as server:
        server.will_answer(json.dumps({"ref": ORDER.client_ref, "fen": 12_345, **answer}).encode())
        connector = connect(bank, server.endpoint)
        assert isinstance(connector, BankConnector)
        told = await connector.pay(ORDER)
        await connector.aclose()
    assert (told.state, told.alarm is not None) == (state, is_alarm)
    assert json.loads(server.asked[0])["fen"] == 12_345
    assert told.exchanges[0].request == server.asked[0]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", '{"code": "甲"}'.encode("gbk")])
async def test_nonsense_is_unknown_with_an_alarm_and_its_bytes(bank: ModuleType, body: bytes) -> None:
    async with answering() as server:
        server.will_answer(body)
        connector = connect(bank, server.endpoint)
        told = await connector.pay(ORDER)
        with pytest.raises(MalformedAnswer):
            await connector.fetch_lines(None)
        await connector.aclose()
    assert (told.state, told.alarm is not None) == (AnswerState.UNKNOWN, True)
    assert told.exchanges[0].response == body


async def test_an_http_error_is_no_refusal(bank: ModuleType) -> None:
    async with answering() as server:
        server.will_answer(json.dumps({"ref": ORDER.client_ref, "fen": 12_345, "code": "20"}).encode())
        server.status = 503
        connector = connect(bank, server.endpoint)
        assert (await connector.pay(ORDER)).state is AnswerState.UNKNOWN
        await connector.aclose()


async def test_silence_is_unknown_for_money_and_unreachable_for_reads(bank: ModuleType) -> None:
    async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1.5)
        writer.close()

    async with await asyncio.start_server(hang, "127.0.0.1", 0) as silent:
        connector = connect(bank, f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}", seconds=1)
        assert (await connector.pay(ORDER)).state is AnswerState.UNKNOWN
        with pytest.raises(BankUnreachable):
            await connector.balance()
        await connector.aclose()


async def test_lines_come_to_the_fen_and_with_lasting_keys(bank: ModuleType) -> None:
    row = {"no": 7, "fen": 2_147_483_648, "direction": "credit", "day": "2026-11-20", "name": "被执行人乙"}
    page = {"rows": [{**row, "account": "62", "remark": "案款"}], "last": 7, "more": False}
    async with answering() as server:
        server.will_answer(json.dumps(page).encode())
        connector = connect(bank, server.endpoint)
        told = await connector.fetch_lines("6")
        await connector.aclose()
    assert [(line.bank_key, line.amount) for line in told.lines] == [("example:7", Money(2_147_483_648))]
    assert (told.cursor, json.loads(server.asked[0])["after"]) == ("7", 6)


async def test_the_listener_hears_and_bears_repetition(tmp_path: Path) -> None:
    counter = load("counter_example", example("class Counter"), tmp_path)
    host = load_plugins(extra=[counter])
    listener = host.listeners["counter"]
    assert isinstance(listener, EventListener)
    event = ToldEvent("9-1", "receipt.arrived", 1, ORDER_ID, {}, NOW)
    await listener.told(event)
    await listener.told(event)
    assert listener.seen == {"9-1"}  # type: ignore[attr-defined]  # of the example's own class
    del sys.modules["counter_example"]


def test_the_simulator_and_certification_examples_use_what_exists(tmp_path: Path, bank: ModuleType) -> None:
    simulator = load("simulator_example", example("run_simulator"), tmp_path)
    assert simulator.PROFILE.id == "bank_example"
    certification = load("certification_example", example("BankCertification"), tmp_path)
    assert certification.TestCertification.plugin_id == bank.ExampleBank.id
    for name in ("simulator_example", "certification_example"):
        del sys.modules[name]


def test_examples_import_nothing_of_the_platforms_inside() -> None:
    allowed = ("ankuan.plugin_api", "ankuan.kernel", "ankuan_")
    for block in examples():
        imported = [n.module or "" for n in ast.walk(ast.parse(block.text)) if isinstance(n, ast.ImportFrom)]
        assert [m for m in imported if m.startswith("ankuan") and not m.startswith(allowed)] == [], str(block)
