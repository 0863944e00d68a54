"""Names and amounts on the wire: to the fen, to the character, or not at all (failures D17, F11)."""
# ruff: noqa: S101 - a check consists of assertions

from collections.abc import Mapping
from dataclasses import replace

from ankuan.plugin_api.bank import AnswerState, PaymentOrder
from ankuan.plugin_api.errors import CannotExpress
from ankuan.plugin_api.testing.bench import PAYEE, Bench, amounts
from ankuan.plugin_api.testing.check import check
from ankuan.plugin_api.testing.subject import encodable

AMOUNTS: Mapping[str, Mapping[str, int]] = {
    str(fen): {"fen": fen} for fen in (1, 10, 29, 1_000_001, 2_147_483_648, 99_999_999_999)
}
"""One fen, 0.10, 0.29 (which no float holds), one fen more than 32 bits hold, 999,999,999.99."""
RARE = "镕㐂𠮷"


@check("robustness.wire", "statements_pull", cases=AMOUNTS)
async def d17_amounts_arrive_to_the_fen(bench: Bench, fen: int) -> None:
    """As credited."""
    bench.credit(fen)
    told, _ = await bench.lines()
    assert amounts(told) == [fen]


@check("robustness.wire", "pays", cases=AMOUNTS)
async def d17_amounts_leave_to_the_fen(bench: Bench, fen: int) -> None:
    """As ordered, and nothing is left."""
    bench.credit(fen)
    order, answer = await bench.paid(fen)
    assert answer.state is AnswerState.SETTLED
    assert bench.executions(order.client_ref) == [(fen, PAYEE)]
    assert bench.balance_fen() == 0


@check("robustness.wire", "pays")
async def what_the_bank_cannot_write_is_never_sent(bench: Bench) -> None:
    """A character outside its set, an account that is none, no money, a reference that is too long."""
    bench.credit(100)
    declared = bench.plugin.capabilities
    rare = next((char for char in "𠮷😀" if not encodable(char, declared.encoding)), "\x00")
    orders = [
        bench.order(100, name=f"仲{rare}"),
        bench.order(100, payee="6217 <x>"),
        bench.order(0),
        bench.order(-100),
        replace(bench.order(100), payee_name=""),
        bench.order(100, ref="9" * (declared.client_ref_max_length + 1)),
    ]
    for order in orders:
        assert await _inexpressible(bench, order), order
        assert bench.executions(order.client_ref) == []


async def _inexpressible(bench: Bench, order: PaymentOrder) -> bool:
    try:
        await bench.connector.pay(order)
    except CannotExpress as error:
        return bool(error.message)
    return False


@check("robustness.wire", "pays")
async def f11_names_are_written_whole_or_not_at_all(bench: Bench) -> None:
    """Rare characters and marks of mark-up: the payee's name at the bank is the one ordered, letter by letter."""
    bench.credit(1_000)
    for name in ("镕<&>\"'㐀", *RARE, "示例省示例市示例区示例街道办事处", "AB & CO."):
        order = bench.order(100, name=name)
        try:
            await bench.connector.pay(order)
        except CannotExpress:
            assert bench.executions(order.client_ref) == []
            assert set(name) & set("𠮷<&>\"'㐀㐂") or len(name) > 10
            continue
        assert (await bench.final(order)).state is AnswerState.SETTLED
        assert bench.simulator.admin("GET", f"/payments/{order.client_ref}")["payee_name"] == name


@check("robustness.wire", "pays")
async def f11_a_name_that_is_too_long_is_not_cut(bench: Bench) -> None:
    """Two thousand characters: refused before anything is sent, or paid under the whole name."""
    bench.credit(100)
    order = bench.order(100, name="长" * 2_000)
    if not await _inexpressible(bench, order):
        assert bench.simulator.admin("GET", f"/payments/{order.client_ref}")["payee_name"] == order.payee_name


@check("robustness.wire", "statements_pull")
async def f11_a_rare_name_in_an_answer_loses_no_booking(bench: Bench) -> None:
    """Told with what is left of the name, or refused loudly."""
    bench.credit(15, payer_name="仲妮")
    bench.always("rare_name")
    told, _ = await bench.lines()
    assert amounts(told) == [15]
