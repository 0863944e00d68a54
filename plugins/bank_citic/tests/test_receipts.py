"""Receipts: only the whole PDF of the right number is handed on, whatever the zip says of itself."""

from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
import pytest_asyncio

from ankuan.kernel.clock import FixedClock
from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import BankLine, FundAccountRef, LineDirection, LineKind, PluginServices
from ankuan.plugin_api.errors import BankRefused, BankUnreachable, MalformedAnswer, PluginError
from ankuan.plugin_api.testing import AnsweringServer, answering
from ankuan_bank_citic.connector import CiticConnector
from ankuan_bank_citic.plugin import CiticPlugin

FIXTURES = Path(__file__).parent.parent / "fixtures"
SUB = "8123000123450000001"
NUMBER = "0000000000002026112100000042"
LINE = BankLine(
    bank_key="S:20261121:KEB00000000042:0000000000001",
    direction=LineDirection.DEBIT,
    kind=LineKind.EXTERNAL,
    amount=Money(3_000),
    booked_on=date(2026, 11, 21),
    booked_at=None,
    sub_account_no=SUB,
    counter_name="申请执行人甲",
    counter_account="6217000000000001234",
    counter_bank="",
    remark="案款",
    bank_ref="KEB00000000042",
)
PDF = b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF\n"
FOUND, NONE = "DLEDDRSQ__one", "DLEDDRSQ__none"


def raw(name: str) -> bytes:
    return (FIXTURES / f"{name}.xml").read_bytes()


def zipped(*files: tuple[str, bytes], method: int = ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


def handed(packed: bytes | str) -> bytes:
    """DLEDCDTD with this in ``fileConTent``."""
    content = packed if isinstance(packed, str) else b64encode(packed).decode()
    return f"<stream><status>AAAAAAA</status><fileConTent>{content}</fileConTent></stream>".encode()


@pytest_asyncio.fixture
async def wire() -> AsyncIterator[tuple[AnsweringServer, Callable[[int], CiticConnector]]]:
    async with answering() as server:
        settings = {"endpoint": server.endpoint, "user_name": "court0102"}
        account = FundAccountRef("8112501012300012345", "示例人民法院", "8123000123450000000", settings)
        made: list[CiticConnector] = []

        def connect(day: int) -> CiticConnector:
            clock = FixedClock(datetime(2026, 11, day, 4, tzinfo=UTC))
            made.append(CiticPlugin().connect(account, PluginServices(timeout_seconds=3, clock=clock)))
            return made[-1]

        yield server, connect
        for connector in made:
            await connector.aclose()


Wire = tuple[AnsweringServer, Callable[[int], CiticConnector]]


async def test_the_receipt_of_a_line(wire: Wire) -> None:
    server, connect = wire
    server.will_answer(raw(FOUND), raw("DLEDCDTD__zip"))
    receipt = await connect(25).receipt(LINE)
    assert receipt is not None
    assert receipt.number == NUMBER
    assert receipt.content.startswith(b"%PDF-1.4")
    assert receipt.content.endswith(b"%%EOF\n")
    assert [exchange.operation for exchange in receipt.exchanges] == ["DLEDDRSQ", "DLEDCDTD"]
    assert b"<isCurrDay>2</isCurrDay>" in server.asked[1]
    assert f"<brSeqNo>{NUMBER}</brSeqNo>".encode() in server.asked[1]


@pytest.mark.parametrize(
    ("today", "places"), [(21, ["1", "2"]), (22, ["2", "1"]), (20, ["1", "2"]), (23, ["2"]), (10, ["1"])]
)
async def test_none_while_there_is_none_and_midnight_is_looked_at_from_both_sides(
    wire: Wire, today: int, places: list[str]
) -> None:
    server, connect = wire
    server.will_answer(raw(NONE))
    assert await connect(today).receipt(LINE) is None
    asked = [body.split(b"<qryType>")[1][:1].decode() for body in server.asked]
    assert asked == places


async def test_a_receipt_of_another_booking_is_none_of_ours(wire: Wire) -> None:
    server, connect = wire
    for change in ({"bank_ref": "KEB00000000044"}, {"amount": Money(50)}, {"bank_ref": None}):
        server.will_answer(raw(FOUND))
        assert await connect(25).receipt(replace(LINE, **change)) is None


async def test_two_receipts_of_one_booking_are_an_error(wire: Wire) -> None:
    server, connect = wire
    server.will_answer(raw(FOUND).replace(b"KEB00000000043", b"KEB00000000042"))
    with pytest.raises(MalformedAnswer):
        await connect(25).receipt(LINE)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not base64!",
        b"no zip",
        zipped((f"{NUMBER}.pdf", PDF))[:-30],
        zipped(),
        zipped((f"{NUMBER}.txt", PDF)),
        zipped(("other.pdf", PDF)),
        zipped((f"1{NUMBER}.pdf", PDF)),
        zipped((f"{NUMBER}.pdf", PDF), (f"x-{NUMBER}.pdf", PDF)),
        zipped((f"{NUMBER}.pdf", b"<html>")),
        zipped((f"{NUMBER}.pdf", PDF[:-7] + b"x" * 100)),
        zipped((f"{NUMBER}.pdf", PDF), method=ZIP_BZIP2),
        zipped((f"{NUMBER}.pdf", b"%PDF-" + b"\0" * (64 * 1024 * 1024) + b"%%EOF")),
        zipped((f"{NUMBER}.pdf", PDF), *((f"{number}.pdf", PDF) for number in range(30))),
        zipped((f"{NUMBER}.pdf", PDF)).replace(b"\x14\x00\x00\x00", b"\x14\x00\x01\x00"),
        "A" * 1_048_580,
    ],
)
async def test_a_zip_that_is_not_what_was_agreed_is_refused(wire: Wire, content: bytes | str) -> None:
    server, connect = wire
    server.will_answer(raw(FOUND), handed(content))
    with pytest.raises(MalformedAnswer) as raised:
        await connect(25).receipt(LINE)
    assert len(raised.value.exchanges) == 2


async def test_a_receipt_may_lie_in_a_folder_and_be_stored_plain(wire: Wire) -> None:
    server, connect = wire
    server.will_answer(raw(FOUND), handed(zipped((f"20261121/{NUMBER}.PDF", PDF), ("a.txt", b""), method=ZIP_STORED)))
    receipt = await connect(25).receipt(LINE)
    assert receipt is not None
    assert receipt.content == PDF


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ((raw("DLCTNSUB__client_side"),), BankUnreachable),
        ((raw("DLCTNSUB__insufficient"),), BankRefused),
        ((raw("DLCTNSUB__entity"),), MalformedAnswer),
        ((raw(FOUND), raw("DLCTNSUB__insufficient")), BankRefused),
        ((raw(FOUND).replace(b"<tranAmt>30.00", b"<tranAmt>30.001"),), MalformedAnswer),
        ((raw(FOUND).replace(NUMBER.encode(), b"../../x"),), MalformedAnswer),
        (
            (raw(FOUND), raw("DLEDCDTD__zip").replace(b"<status>AAAAAAA</status><pdf", b"<status>X</status><pdf")),
            MalformedAnswer,
        ),
    ],
)
async def test_reads_raise_what_the_contract_names(
    wire: Wire, answers: tuple[bytes, ...], error: type[PluginError]
) -> None:
    server, connect = wire
    server.will_answer(*answers)
    with pytest.raises(error):
        await connect(25).receipt(LINE)


async def test_a_bank_that_tells_one_page_for_ever_is_left(wire: Wire) -> None:
    server, connect = wire
    server.will_answer(
        raw(FOUND).replace(b"KEB00000000042", b"KEB00000000099").replace(b"<totalCount>2", b"<totalCount>x")
    )
    assert await connect(25).receipt(LINE) is None
    assert len(server.asked) == 50
