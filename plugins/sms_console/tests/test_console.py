import asyncio
import json
from pathlib import Path

import pytest

from ankuan.plugin_api.sms import SmsMessage, SmsPlugin, SmsState
from ankuan_sms_console.console import ConsoleSms, masked

MESSAGE = SmsMessage("m-1", "13800000000", "您的案款已到账 12.30 元")


async def test_it_is_what_the_contract_asks_for(tmp_path: Path) -> None:
    assert isinstance(ConsoleSms(tmp_path / "sms.jsonl"), SmsPlugin)


async def test_one_line_a_message_and_the_phone_is_masked(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "sms.jsonl"
    answer = await ConsoleSms(path).send(MESSAGE)
    assert (answer.state, answer.provider_ref) == (SmsState.SENT, "console-m-1")
    written = path.read_text(encoding="utf-8")
    assert MESSAGE.phone not in written
    record = json.loads(written)
    assert (record["phone"], record["text"]) == ("138****0000", MESSAGE.text)


async def test_the_same_message_is_written_once_even_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "sms.jsonl"
    first = ConsoleSms(path)
    answers = await asyncio.gather(*(first.send(MESSAGE) for _ in range(20)))
    again = await ConsoleSms(path).send(MESSAGE)
    assert {answer.provider_ref for answer in [*answers, again]} == {"console-m-1"}
    assert len(path.read_text(encoding="utf-8").splitlines()) == 1


@pytest.mark.parametrize(
    "phone", ["", "1380000000", "138000000001", "23800000000", "1380000000a", "１３８００００００００"]
)
async def test_what_is_no_mobile_number_is_refused_and_not_written(tmp_path: Path, phone: str) -> None:
    path = tmp_path / "sms.jsonl"
    assert (await ConsoleSms(path).send(SmsMessage("m", phone, "x"))).state is SmsState.REFUSED
    assert not path.exists()


async def test_a_file_that_cannot_be_written_is_unknown_and_may_be_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    plugin = ConsoleSms(path)
    assert (await plugin.send(MESSAGE)).state is SmsState.UNKNOWN
    path.rmdir()
    assert (await plugin.send(MESSAGE)).state is SmsState.SENT
    assert len(path.read_text(encoding="utf-8").splitlines()) == 1


async def test_an_unreadable_line_does_not_stop_it(tmp_path: Path) -> None:
    path = tmp_path / "sms.jsonl"
    path.write_text("not json\n[]\n", encoding="utf-8")
    assert (await ConsoleSms(path).send(MESSAGE)).state is SmsState.SENT


def test_a_short_number_shows_nothing() -> None:
    assert masked("12345") == "****"
