"""Banks that take paper: what is printed, and what is not."""
# ruff: noqa: S101 - a check consists of assertions

from dataclasses import replace

from ankuan.plugin_api.bank import PaperOrder, PrintsOrders
from ankuan.plugin_api.errors import CannotExpress
from ankuan.plugin_api.testing.bench import PAYEE, PAYEE_NAME, Bench
from ankuan.plugin_api.testing.check import check


@check("payments.reference", "paper", live=True)
async def the_same_order_gives_the_same_sheet(bench: Bench) -> None:
    """With payee, account, amount and our reference on it."""
    assert isinstance(bench.connector, PrintsOrders)
    order = bench.order(1_234_56)
    sheet = bench.connector.paper_order(order)
    assert isinstance(sheet, PaperOrder)
    assert bench.connector.paper_order(order) == sheet
    values = " ".join(value for _, value in sheet.facts)
    for wanted in (PAYEE, PAYEE_NAME, "1,234.56"):
        assert wanted in values or wanted.replace(",", "") in values
    assert order.client_ref in f"{sheet.number} {values} {sheet.qr}"
    assert sheet.title
    assert sheet.signatures
    assert len({label for label, _ in sheet.facts}) == len(sheet.facts)


@check("payments.reference", "paper", live=True)
async def two_orders_are_two_sheets(bench: Bench) -> None:
    """Told apart by number and by code."""
    assert isinstance(bench.connector, PrintsOrders)
    one, other = bench.connector.paper_order(bench.order(100)), bench.connector.paper_order(bench.order(100))
    assert one.number != other.number
    assert one.qr != other.qr


@check("robustness.wire", "paper", live=True)
async def what_cannot_be_printed_is_refused(bench: Bench) -> None:
    """No money, no name, no account, a control character."""
    assert isinstance(bench.connector, PrintsOrders)
    right = bench.order(100)
    for order in (
        bench.order(0),
        replace(right, payee_name=""),
        replace(right, payee_account=""),
        replace(right, payee_name="甲\x00乙"),
    ):
        refused = False
        try:
            bench.connector.paper_order(order)
        except CannotExpress as error:
            refused = bool(error.message)
        assert refused, order
