"""Malformed answers, seeded, over a real socket (failures D8): nothing raises, and nothing is taken for a result."""

import random
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest_asyncio

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState, BatchOrder, FundAccountRef, PaymentOrder, PluginServices
from ankuan.plugin_api.errors import PluginError
from ankuan.plugin_api.testing import AnsweringServer, answering
from ankuan_bank_citic.connector import CiticConnector
from ankuan_bank_citic.lines import sub_account_lines
from ankuan_bank_citic.messages import parse
from ankuan_bank_citic.plugin import CiticPlugin

SEED = 20261121
MALFORMED_ANSWERS = 1_200
SCRATCHED_ANSWERS = 600
FIXTURES = Path(__file__).parent.parent / "fixtures"
ORDER = PaymentOrder(
    client_ref="01022026112100000017",
    amount=Money(3_000),
    pay_from_sub_account="8123000123450000001",
    payee_account="6217000000000001234",
    payee_name="申请执行人甲",
    payee_bank_name="中国建设银行",
    payee_bank_code=None,
    same_bank=False,
    purpose="案款",
)
BATCH_REF = "01022026112100000900"
ROW = replace(ORDER, payee_bank_code="105100000017", batch_ref=BATCH_REF)
Breaker = Callable[[random.Random, bytes], bytes]


def cut_off(dice: random.Random, body: bytes) -> bytes:
    return body[: dice.randrange(0, len(body) - 1)]


def loose_bracket(dice: random.Random, body: bytes) -> bytes:
    at = body.index(b"<status>") + len(b"<status>") + dice.randrange(0, 8)
    return body[:at] + dice.choice([b"<", b"&", b"&#0;", b"\x00", b"]]>", b"</x>", b"&nbsp;"]) + body[at:]


def no_such_code(dice: random.Random, body: bytes) -> bytes:
    code = "".join(dice.choices("BDFGHQXYZ", k=7)).encode()
    return body.replace(b"AAAAAAA", code).replace(b"BKE0021", code)


def half_a_character(dice: random.Random, body: bytes) -> bytes:
    at = body.index(b"<statusText>") + len(b"<statusText>")
    return body[:at] + dice.choice([b"\x81", b"\xff", b"\xfe\xff", b"\x90\x20"]) + body[at:]


def other_charset(dice: random.Random, body: bytes) -> bytes:
    return body.decode("gb18030").encode(dice.choice(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"]))


def noise(dice: random.Random, body: bytes) -> bytes:
    return dice.randbytes(dice.randrange(0, len(body)))


def two_statuses(dice: random.Random, body: bytes) -> bytes:
    return body.replace(b"<stream>", b"<stream><status>" + dice.choice([b"EEEEEEE", b"BKE0021"]) + b"</status>", 1)


def entities(dice: random.Random, body: bytes) -> bytes:
    bomb = b'<!DOCTYPE stream [<!ENTITY a "' + b"A" * dice.randrange(1, 50) + b'">]>'
    return body.replace(b"<stream>", bomb + b"<stream>", 1)


BREAKERS: list[Breaker] = [
    cut_off,
    loose_bracket,
    no_such_code,
    half_a_character,
    other_charset,
    noise,
    two_statuses,
    entities,
]


def scratch(dice: random.Random, body: bytes) -> bytes:
    """Change, drop or repeat a few bytes anywhere: the result may still be a message."""
    scratched = bytearray(body)
    for _ in range(dice.randrange(1, 6)):
        at = dice.randrange(len(scratched))
        kind = dice.randrange(3)
        if kind == 0:
            scratched[at] = dice.randrange(256)
        elif kind == 1:
            del scratched[at : at + dice.randrange(1, 9)]
        else:
            scratched[at:at] = scratched[at : at + dice.randrange(1, 30)]
    return bytes(scratched)


@pytest_asyncio.fixture
async def wire() -> AsyncIterator[tuple[AnsweringServer, CiticConnector]]:
    async with answering() as server:
        settings = {"endpoint": server.endpoint, "user_name": "court0102"}
        account = FundAccountRef("8112501012300012345", "示例人民法院", "8123000123450000000", settings)
        connector = CiticPlugin().connect(account, PluginServices(timeout_seconds=5))
        yield server, connector
        await connector.aclose()


async def test_d8_malformed_answers_to_a_payment_are_unknown(wire: tuple[AnsweringServer, CiticConnector]) -> None:
    server, connector = wire
    dice = random.Random(SEED)
    sound = [(FIXTURES / f"DLCTNSUB__{case}.xml").read_bytes() for case in ("done", "insufficient")]
    for number in range(MALFORMED_ANSWERS):
        broken = BREAKERS[number % len(BREAKERS)](dice, dice.choice(sound))
        server.will_answer(broken)
        answer = await connector.pay(ORDER)
        assert answer.state is AnswerState.UNKNOWN, broken
        assert answer.alarm, broken
        assert answer.exchanges[0].response == broken


async def test_d8_malformed_answers_to_a_query_are_unknown(wire: tuple[AnsweringServer, CiticConnector]) -> None:
    server, connector = wire
    dice = random.Random(SEED)
    sound = [(FIXTURES / f"DLCIDSTT__{case}.xml").read_bytes() for case in ("paid", "failed")]
    books = (FIXTURES / "DLSUBDTL__waiting.xml").read_bytes()
    for number in range(MALFORMED_ANSWERS):
        breaker, whole = BREAKERS[number % len(BREAKERS)], dice.choice(sound)
        if number % 3:
            server.will_answer(breaker(dice, whole), books)
        else:
            server.will_answer(whole, breaker(dice, books))
        answer = await connector.query(ORDER)
        assert answer.state is AnswerState.UNKNOWN, number


async def test_d8_scratched_answers_never_raise_and_never_settle(wire: tuple[AnsweringServer, CiticConnector]) -> None:
    server, connector = wire
    dice = random.Random(SEED + 1)
    names = ("DLCTNSUB__done", "DLCTNSUB__submitted", "DLCIDSTT__paid", "DLCIDSTT__processing", "DLSUBDTL__waiting")
    bodies = [(FIXTURES / f"{name}.xml").read_bytes() for name in names]
    for _ in range(SCRATCHED_ANSWERS):
        server.will_answer(scratch(dice, dice.choice(bodies)), scratch(dice, dice.choice(bodies)))
        assert (await connector.pay(ORDER)).state is not AnswerState.SETTLED
        assert (await connector.query(ORDER)).state not in {AnswerState.SETTLED, AnswerState.REFUSED}


async def test_d8_malformed_answers_to_a_batch_are_unknown(wire: tuple[AnsweringServer, CiticConnector]) -> None:
    server, connector = wire
    dice = random.Random(SEED + 3)
    sound = [(FIXTURES / f"DLPAYBAT__{case}.xml").read_bytes() for case in ("done", "insufficient")]
    rows = (replace(ROW, client_ref="01022026112100000018"), ROW)
    for number in range(MALFORMED_ANSWERS // 2):
        broken = BREAKERS[number % len(BREAKERS)](dice, dice.choice(sound))
        server.will_answer(broken)
        told = await connector.pay_batch(BatchOrder(BATCH_REF, rows))
        assert {each.state for each in told.answers} == {AnswerState.UNKNOWN}, broken
        assert told.exchanges[0].response == broken


async def test_d8_scratched_answers_about_a_row_never_settle(wire: tuple[AnsweringServer, CiticConnector]) -> None:
    server, connector = wire
    dice = random.Random(SEED + 4)
    names = ("DLBATDET__marked", "DLBATDET__unmarked", "DLBATCOL__partly", "DLSUBDTL__waiting")
    bodies = [(FIXTURES / f"{name}.xml").read_bytes() for name in names]
    for _ in range(SCRATCHED_ANSWERS):
        server.will_answer(*(scratch(dice, dice.choice(bodies)) for _ in range(3)))
        assert (await connector.query(ROW)).state is not AnswerState.SETTLED


async def test_d8_broken_receipts_and_pools_raise_only_what_the_contract_names(
    wire: tuple[AnsweringServer, CiticConnector],
) -> None:
    server, connector = wire
    dice = random.Random(SEED + 5)
    line = sub_account_lines(parse((FIXTURES / "DLSTRNDT__increment.xml").read_bytes()).rows[0])[0]
    line = replace(line, bank_ref="KEB00000000042", amount=Money(3_000), booked_on=date(2026, 11, 21))
    receipt = [(FIXTURES / f"{name}.xml").read_bytes() for name in ("DLEDDRSQ__one", "DLEDCDTD__zip")]
    pool = [(FIXTURES / f"{name}.xml").read_bytes() for name in ("DLSBALQR__page", "DLSASQRY__page")]
    refused: list[PluginError] = []
    for number in range(SCRATCHED_ANSWERS):
        broken = list(pool if number % 2 else receipt)
        which = number // 2 % 2
        broken[which] = scratch(dice, broken[which])
        server.will_answer(*broken)
        try:
            if number % 2:
                page = await connector.list_sub_accounts(None)
                assert all(len(each.number) == 19 for each in page.accounts)
            else:
                told = await connector.receipt(line)
                assert told is None or told.content.startswith(b"%PDF-")
        except PluginError as error:
            refused.append(error)
    assert all(error.exchanges for error in refused)
    assert len(refused) > SCRATCHED_ANSWERS // 3


async def test_f_broken_statements_raise_only_what_the_contract_names(
    wire: tuple[AnsweringServer, CiticConnector],
) -> None:
    server, connector = wire
    dice = random.Random(SEED + 2)
    names = ("DLSTRNDT__increment", "DLTRNALL__returned", "DLSUBDTL__waiting")
    bodies = [(FIXTURES / f"{name}.xml").read_bytes() for name in names]
    refused: list[PluginError] = []
    for number in range(MALFORMED_ANSWERS):
        broken = list(bodies)
        which = number % 3
        broken[which] = scratch(dice, bodies[which]) if number % 2 else BREAKERS[number % 8](dice, bodies[which])
        server.will_answer(*broken)
        try:
            page = await connector.fetch_lines(None)
        except PluginError as error:
            refused.append(error)
            continue
        assert all(line.amount > Money.ZERO and line.bank_key for line in page.lines)
    assert all(error.exchanges for error in refused)
    assert len(refused) > MALFORMED_ANSWERS // 2
