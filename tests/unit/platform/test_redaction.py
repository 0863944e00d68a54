"""Canaries: what goes through the host, its errors and its tracebacks must not come out in a log (failures §2.6)."""

import io
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import structlog

from ankuan.platform.logs import configure_logs
from ankuan.platform.plugins import PluginHost
from ankuan.platform.redaction import HIDDEN, clean_text, plain_message
from ankuan.plugin_api.bank import FundAccountRef
from ankuan.plugin_api.errors import PluginError
from tests.unit.platform.plugins.bad_bank import PAYMENT, BadBank, always, raising

CANARIES = (
    "6217000000000000018",
    "6217 0000 0000 0000 018",
    "11010519491231002X",
    "13800001208",
    "申请执行人金丝雀",
    "hunter2-canary",
    "wire-canary",
)
KEY = UUID("01a1fe1b-ba66-733b-9351-c4d04fd4ddc7")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    before = structlog.get_config()
    out = io.StringIO()
    configure_logs()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(out), cache_logger_on_first_use=False)
    yield out
    structlog.configure(**before)


def spilling() -> list[BaseException]:
    """Errors as plugins and libraries make them, each with a canary in its text."""
    return [
        ValueError(f"invalid literal for int(): '{CANARIES[0]}'"),
        KeyError(CANARIES[4]),
        RuntimeError(f"Key (payee_name)=({CANARIES[4]}) already exists"),
        OSError(f"http://user:{CANARIES[5]}@bank.test/?password={CANARIES[5]}"),
        TypeError({"password": CANARIES[5], "body": CANARIES[6]}),
        PluginError(f"answer about {CANARIES[1]}: {CANARIES[4]}"),
    ]


@pytest.mark.parametrize("error", spilling(), ids=lambda error: type(error).__name__)
async def test_failures_of_a_plugin_leave_no_canary_in_the_log(log: io.StringIO, error: BaseException) -> None:
    account = FundAccountRef(CANARIES[0], CANARIES[4], None, {"endpoint": "http://bank.test/", "password": CANARIES[5]})

    def refuse() -> Any:
        raise error

    for plugin in (BadBank(raising(error)), BadBank(always(None), connecting=refuse)):
        host = PluginHost(banks={plugin.id: plugin})
        bank = host.connect(plugin.id, account, timeout_seconds=1)
        for ask in (bank.pay(PAYMENT), bank.query(PAYMENT), bank.balance(), bank.fetch_lines(None)):
            try:
                await ask
            except PluginError:
                continue
        host.close()
    try:
        raise error
    except type(error):
        structlog.get_logger().exception("job.failed", job="execute_instruction", arguments={"instruction": str(KEY)})
    written = log.getvalue()
    assert "job.failed" in written
    assert str(KEY) in written, "ids stay: somebody has to find the row"
    assert type(error).__name__ in written
    for canary in CANARIES:
        assert canary not in written


def test_fields_that_name_what_is_private_are_hidden_at_any_depth(log: io.StringIO) -> None:
    structlog.get_logger().info(
        "x",
        payee_name=CANARIES[4],
        settings={"password": CANARIES[5]},
        body=CANARIES[6].encode(),
        told={"deep": [{"account_no": CANARIES[0], "kind": "fine"}]},
        number=6217000000000000018,
        raw=memoryview(b"wire-canary"),
        thing=object(),
        error=ValueError(f"“{CANARIES[4]}”"),
        count=12,
        court=2,
    )
    written = json.loads(log.getvalue())
    assert all(canary not in log.getvalue() for canary in CANARIES)
    assert (written["count"], written["court"], written["told"]["deep"][0]["kind"]) == (12, 2, "fine")
    assert written["payee_name"] == written["settings"] == written["body"] == HIDDEN
    assert written["thing"] == "<object>"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (str(KEY), str(KEY)),
        ("2026-11-20T09:00:00.123456Z", "2026-11-20T09:00:00.123456Z"),
        ("took 1234 ms, 99999 rows", "took 1234 ms, 99999 rows"),
        ("ref 20261120000000000001!", "ref ***!"),
        ("card 6217-0000-0000-0018", "card ***"),
        ("https://u:p@bank.test/a?k=v", f"https://{HIDDEN}bank.test/a?{HIDDEN}"),
    ],
)
def test_ids_times_and_small_numbers_stay(text: str, clean: str) -> None:
    assert clean_text(text) == clean


def test_an_errors_own_words_stay() -> None:
    assert (
        plain_message(ConnectionError("connection refused by 10.0.0.7:6789")) == "connection refused by 10.0.0.7:6789"
    )
