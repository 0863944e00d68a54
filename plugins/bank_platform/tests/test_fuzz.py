"""A platform whose signatures are right and whose words are not: nothing raises, nothing is taken for a result."""

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio

from ankuan.kernel.money import Money
from ankuan.plugin_api.accounts import AccountClaim, AccountVerdict
from ankuan.plugin_api.bank import AnswerState, BankLine, FundAccountRef, LineDirection, LineKind, PaymentOrder
from ankuan.plugin_api.bank import PluginServices as Services
from ankuan.plugin_api.errors import BankRefused, PluginError
from ankuan_bank_platform.connector import PlatformConnector
from ankuan_bank_platform.plugin import PlatformPlugin

SEED = 20261121
FIXTURES = Path(__file__).parent.parent / "fixtures"
MAIN = "8660100010000001"
ORDER = PaymentOrder(
    client_ref="20261121000000000017",
    amount=Money(902_900),
    pay_from_sub_account=None,
    payee_account="6217000000000001234",
    payee_name="申请执行人甲",
    payee_bank_name="中国建设银行",
    payee_bank_code=None,
    same_bank=False,
    purpose="案款",
)
Sign = Callable[..., dict[str, str]]


def raw(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


class Hostile:
    """Answers each request with the next of ``bodies``, signed for that very request. The last one stays."""

    def __init__(self, sign: Sign) -> None:
        self._sign = sign
        self.bodies: deque[bytes] = deque()
        self.status = 200
        self.statuses: deque[int] = deque()
        self.port = 0

    def will_say(self, *bodies: bytes, status: int = 200) -> None:
        """From now on."""
        self.bodies, self.status = deque(bodies), status

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        await reader.readexactly(int(headers.get("content-length", "0")))
        method, target, _ = first.split(" ")
        body = self.bodies.popleft() if len(self.bodies) > 1 else self.bodies[0]
        status = self.statuses.popleft() if self.statuses else self.status
        signed = self._sign(f"{method}\n{target}", body, headers["x-nonce"])
        told = [f"HTTP/1.1 {status} Said", "Connection: close", f"Content-Length: {len(body)}"]
        told += [f"{name}: {value}" for name, value in signed.items()]
        writer.write(("\r\n".join(told) + "\r\n\r\n").encode() + body)
        await writer.drain()
        writer.close()


@pytest_asyncio.fixture
async def wire(
    platform_signs: Sign, account: FundAccountRef, services: Services
) -> AsyncIterator[tuple[Hostile, PlatformConnector]]:
    hostile = Hostile(platform_signs)
    server = await asyncio.start_server(hostile.serve, "127.0.0.1", 0)
    hostile.port = server.sockets[0].getsockname()[1]
    settings = {**account.settings, "endpoint": f"http://127.0.0.1:{hostile.port}/"}
    made = PlatformPlugin().connect(FundAccountRef(MAIN, "示例人民法院案款专户", None, settings), services)
    async with server:
        yield hostile, made
        await made.aclose()


def scratched(dice: random.Random, body: bytes) -> bytes:
    """Change, drop or repeat a few bytes anywhere: the result may still be a message."""
    made = bytearray(body)
    for _ in range(dice.randrange(1, 6)):
        at = dice.randrange(len(made))
        kind = dice.randrange(3)
        if kind == 0:
            made[at] = dice.randrange(256)
        elif kind == 1 and len(made) > 20:
            del made[at : at + dice.randrange(1, 9)]
        else:
            made[at:at] = made[at : at + dice.randrange(1, 30)]
    return bytes(made)


async def test_signed_words_that_fit_are_believed(wire: tuple[Hostile, PlatformConnector]) -> None:
    hostile, connector = wire
    hostile.will_say(raw("pain.002__taken.xml"), status=202)
    assert (await connector.pay(ORDER)).state is AnswerState.ACCEPTED
    hostile.will_say(raw("pain.002__settled.xml"), books(debits=1))
    assert (await connector.query(ORDER)).state is AnswerState.SETTLED
    hostile.will_say(raw("pain.002__settled.xml"), books(debits=2))
    assert (await connector.query(ORDER)).alarm
    hostile.will_say(raw("pain.002__settled.xml"), books(debits=0))
    assert (await connector.query(ORDER)).state is AnswerState.UNKNOWN
    hostile.will_say(raw("refusal__not_found.json"), status=404)
    assert (await connector.query(ORDER)).state is AnswerState.NOT_FOUND
    assert (await connector.pay(ORDER)).state is AnswerState.UNKNOWN


async def test_each_case_of_the_fixtures(wire: tuple[Hostile, PlatformConnector]) -> None:
    hostile, connector = wire
    wanted = {
        "taken": AnswerState.ACCEPTED,
        "group_only": AnswerState.ACCEPTED,
        "settled": AnswerState.ACCEPTED,
        "settled_bare": AnswerState.ACCEPTED,
        "refused": AnswerState.REFUSED,
        "awaiting": AnswerState.AWAITING_BANK,
    }
    for path in sorted(FIXTURES.glob("pain.002__*.xml")):
        hostile.will_say(path.read_bytes(), status=202)
        case = path.stem.partition("__")[2]
        assert (await connector.pay(ORDER)).state is wanted.get(case, AnswerState.UNKNOWN), case


async def test_d8_scratched_words_never_settle_what_the_books_do_not_show(
    wire: tuple[Hostile, PlatformConnector],
) -> None:
    hostile, connector = wire
    dice = random.Random(SEED)
    cases = [raw(f"pain.002__{case}.xml") for case in ("taken", "settled", "group_only", "awaiting")]
    empty = books(debits=0)
    for _ in range(400):
        hostile.will_say(scratched(dice, dice.choice(cases)), scratched(dice, empty), status=dice.choice([200, 202]))
        submitted = await connector.pay(ORDER)
        assert submitted.state not in {AnswerState.SETTLED, AnswerState.NOT_FOUND}
        hostile.will_say(scratched(dice, dice.choice(cases)), scratched(dice, empty))
        assert (await connector.query(ORDER)).state is not AnswerState.SETTLED


async def test_d8_scratched_records_raise_only_what_the_contract_names(
    wire: tuple[Hostile, PlatformConnector],
) -> None:
    hostile, connector = wire
    dice = random.Random(SEED + 1)
    line = BankLine("BP1", LineDirection.CREDIT, LineKind.EXTERNAL, Money(1), *_NO_MORE)
    calls: list[tuple[str, Callable[[], object]]] = [
        ("camt.052__page.xml", lambda: connector.fetch_lines(None)),
        ("camt.052__page.xml", connector.balance),
        ("vsub__page.json", lambda: connector.list_sub_accounts(None)),
        ("vsub__opened.json", lambda: connector.open_sub_accounts(("(2026)鲁0102执1号",))),
        ("camt.053__day.xml", lambda: connector.receipt(line)),
    ]
    refused: list[PluginError] = []
    for number in range(600):
        name, call = calls[number % len(calls)]
        hostile.will_say(scratched(dice, raw(name)), status=dice.choice([200, 200, 201, 400, 500]))
        try:
            await call()  # type: ignore[misc]
        except PluginError as error:
            refused.append(error)
    assert all(error.exchanges for error in refused)
    assert len(refused) > 400
    hostile.will_say(raw("accounts.check__differs.json"))
    claim = AccountClaim("申请执行人甲", "6217000000001234")
    assert (await connector.check_account(claim)).verdict is AccountVerdict.NAME_DIFFERS
    for _ in range(200):
        hostile.will_say(scratched(dice, raw("accounts.check__differs.json")))
        assert (await connector.check_account(claim)).verdict is not AccountVerdict.MATCH


@pytest.mark.parametrize(
    ("told", "code", "day"),
    [
        ("{}", "NOT_FOUND", "2026-11-21"),
        ("{}", "NOT_READY", "2026-11-20"),
        ('{"2026-11-20":[1,"ff"]}', "NOT_READY", "2026-11-20"),
    ],
)
async def test_a_day_without_a_statement(
    wire: tuple[Hostile, PlatformConnector], told: str, code: str, day: str
) -> None:
    hostile, connector = wire
    hostile.will_say(nothing_new(), b'{"code":"%s","message":""}' % code.encode(), status=200)
    hostile.statuses.extend([200, 404])
    page = await connector.fetch_lines(f'{{"v":1,"after":0,"fen":0,"day":"2026-11-20","told":{told}}}')
    assert (page.lines, f'"day":"{day}"' in page.cursor, page.more) == ((), True, False)


async def test_a_day_with_bookings_and_no_statement_is_no_day(wire: tuple[Hostile, PlatformConnector]) -> None:
    hostile, connector = wire
    hostile.will_say(nothing_new(), raw("refusal__not_found.json"))
    hostile.statuses.extend([200, 404])
    with pytest.raises(BankRefused):
        await connector.fetch_lines('{"v":1,"after":0,"fen":0,"day":"2026-11-20","told":{"2026-11-20":[1,"ff"]}}')


def nothing_new() -> bytes:
    """camt.052 after the last booking."""
    page = raw("camt.052__page.xml").decode()
    head, _, rest = page.partition("<Ntry>")
    head = head.replace(">10005.73<", ">0.00<").replace("<ElctrncSeqNb>19<", "<ElctrncSeqNb>0<")
    assert rest
    echo = f"<AddtlRptInf>acct={MAIN}&amp;limit=200&amp;cursor=0</AddtlRptInf></Rpt>"
    return f"{head}{echo}</BkToCstmrAcctRpt></Document>".encode()


def books(*, debits: int) -> bytes:
    """camt.052 of the bookings under the order's reference."""
    page = raw("camt.052__page.xml").decode()
    head, _, rest = page.partition("<Bal>")
    entry = next(part for part in rest.split("<Ntry>") if ORDER.client_ref in part and "DBIT" in part)
    entry = "<Ntry>" + entry.partition("</Ntry>")[0] + "</Ntry>"
    entry = entry.replace("6217000000001234", ORDER.payee_account)
    told = "".join(
        entry.replace(">6<", f">{6 + 2 * number}<").replace("BP000000000003D", f"BP{number}D")
        for number in range(debits)
    )
    echo = f"<AddtlRptInf>acct={MAIN}&amp;endToEndId={ORDER.client_ref}</AddtlRptInf></Rpt>"
    return f"{head}{told}{echo}</BkToCstmrAcctRpt></Document>".encode()


_NO_MORE = (date(2026, 11, 21), None, None, "", "", "", "")
