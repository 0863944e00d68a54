"""Hostile answers, seeded, over a real socket: signed by the bank, and nonsense all the same (failures D8)."""

import json
import random
from typing import Any

import cmb_bankside as bankside
from cmb_bankside import Answer, Gateway, body, telling
from cmb_bench import payment

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import AnswerState
from ankuan.plugin_api.errors import PluginError
from ankuan_bank_cmb.connector import CmbConnector

SEED = 20261121
ANSWERS = 120
Chosen = tuple[Gateway, CmbConnector]
WORDS: list[Any] = [
    None,
    "",
    "N",
    "Y",
    "FIN",
    "S",
    "F",
    "-1.00",
    "1e9",
    "20261399",
    "𠮷",
    [],
    {},
    [[]],
    [{}],
    7,
    0.5,
    True,
]


def scratched(dice: random.Random, value: Any) -> Any:
    """The same, with a few values, keys or rows changed, dropped or doubled."""
    if isinstance(value, dict):
        found = {name: scratched(dice, cell) for name, cell in value.items() if dice.random() > 0.04}
        if dice.random() < 0.05:
            found[f"x{dice.randrange(9)}"] = dice.choice(WORDS)
        return found
    if isinstance(value, list):
        rows = [scratched(dice, row) for row in value if dice.random() > 0.1]
        return rows + rows[:1] if dice.random() < 0.1 else rows
    return dice.choice(WORDS) if dice.random() < 0.08 else value


def broken(dice: random.Random, name: str) -> Answer:
    """A genuine envelope round a scratched body, or a scratched envelope, or noise behind the encryption."""
    kind = dice.randrange(4)
    if kind == 0:
        noise = dice.randbytes(dice.randrange(0, 200))
        return lambda _head: bankside.seal(noise)
    if kind == 1:
        return lambda head: bankside.seal(
            bankside.canonical(scratched(dice, bankside.enveloped(head, body(name)))).encode()
        )
    content = scratched(dice, body(name))
    return telling(content if isinstance(content, dict) else {})


async def test_no_answer_to_a_payment_raises_or_settles(chosen: Chosen) -> None:
    server, connector = chosen
    dice = random.Random(SEED)
    for _ in range(ANSWERS):
        server.will(any=broken(dice, dice.choice(["BB1PAYOP__accepted", "BB1PAYOP__settled_at_once"])))
        answer = await connector.pay(payment())
        assert answer.state in {AnswerState.UNKNOWN, AnswerState.ACCEPTED, AnswerState.REFUSED}
        assert answer.exchanges[0].response is not None


async def test_no_answer_to_a_query_raises_and_nothing_settles_against_the_books(chosen: Chosen) -> None:
    server, connector = chosen
    dice = random.Random(SEED + 1)
    for _ in range(ANSWERS):
        server.will(
            BB1PAYQR=broken(dice, dice.choice(["BB1PAYQR__paid", "BB1PAYQR__failed"])),
            trsQryByBreakPoint=broken(dice, "trsQryByBreakPoint__empty"),
        )
        assert (await connector.query(payment())).state is not AnswerState.SETTLED


async def test_broken_statements_raise_only_what_the_contract_names(chosen: Chosen) -> None:
    server, connector = chosen
    dice = random.Random(SEED + 2)
    names = {
        "trsQryByBreakPoint": "trsQryByBreakPoint__day",
        "BB1PAYQB": "BB1PAYQB__returned",
        "NTDMTHLS": "NTDMTHLS__empty",
        "NTDMTLST": "NTDMTLST__move",
    }
    refused: list[PluginError] = []
    for number in range(ANSWERS // 2):
        struck = list(names)[number % len(names)]
        server.will(**{each: broken(dice, name) if each == struck else telling(name) for each, name in names.items()})
        try:
            page = await connector.fetch_lines(None)
        except PluginError as error:
            refused.append(error)
            continue
        assert all(line.amount > Money.ZERO and line.bank_key for line in page.lines)
        assert json.loads(page.cursor)["v"] == 1
    assert all(error.exchanges for error in refused)
    assert len(refused) > ANSWERS // 6


async def test_broken_answers_to_all_else_raise_only_what_the_contract_names(chosen: Chosen) -> None:
    server, connector = chosen
    dice = random.Random(SEED + 3)
    server.will(any=telling("trsQryByBreakPoint__day"))
    line = await _line(server, connector)
    refused: list[PluginError] = []
    for number in range(ANSWERS // 2):
        name = dice.choice(["NTQADINF__main", "NTDMABAL__unit", "BB1PAYOP__accepted"])
        server.will(any=broken(dice, name))
        calls = (connector.balance(), connector.balance(bankside.SUB), connector.open_sub_accounts(("甲",)))
        try:
            await (calls[number % 3] if number % 4 else connector.receipt(line))
        except PluginError as error:
            refused.append(error)
        for call in calls:
            call.close()
    assert all(error.exchanges for error in refused)


async def _line(server: Gateway, connector: CmbConnector) -> Any:
    server.answers |= {
        "BB1PAYQB": [telling("BB1PAYQB__empty")],
        "NTDMTHLS": [telling("NTDMTHLS__empty")],
        "NTDMTLST": [telling("NTDMTLST__empty")],
    }
    return (await connector.fetch_lines(None)).lines[0]
