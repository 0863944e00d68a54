"""One fen's whole life, in a real browser against a real installation; the bank's own journal judges."""

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import SignIn
from tests.browser.steps import (
    approve,
    audit,
    expect_figure,
    instruction_of,
    new_case_number,
    register_case,
    release,
    request_payment,
)
from tests.fixtures.installation import Installation

pytestmark = pytest.mark.browser


async def pay_out(sign_in: SignIn, handler: Page, yuan: str) -> str:
    """From the handler's case page to the cashier's signature."""
    number = await request_payment(handler, yuan)
    await approve(await sign_in("tingzhang.0102"), number)
    await audit(await sign_in("caiwu.0102"), number)
    await release(await sign_in("chuna.0102"), number)
    return number


async def expect_settled(page: Page) -> None:
    await expect(page.locator("[data-state=SETTLED]").first).to_be_visible(timeout=60_000)


def case_position(running: Installation, case_number: str) -> dict[str, str]:
    client = running.client("chengban.0102")
    case = client.ask(
        "query ($n: String!) { cases(filter: {search: $n}, first: 1) { edges { node { id } } } }", n=case_number
    )["cases"]["edges"][0]["node"]
    balance: dict[str, str] = client.ask(
        "query ($id: ID!) { caseBalance(caseId: $id) { available held total received paid } }", id=case["id"]
    )["caseBalance"]
    return balance


async def test_money_comes_in_finds_its_case_and_leaves_once(running: Installation, sign_in: SignIn) -> None:
    handler = await sign_in("chengban.0102")
    case_number = new_case_number()
    sub_account = await register_case(handler, case_number)

    # The page stays open: what arrives must appear on it without a reload.
    running.bank.credit(sub_account, 12_345_678, payer_name="被执行人乙", remark="案款")
    await expect_figure(handler, "available", "123456.78")
    await expect(handler.get_by_role("region", name="本案到账").get_by_text("被执行人乙")).to_be_visible()

    number = await pay_out(sign_in, handler, "45,678.90")
    await expect_settled(handler)

    instruction = instruction_of(running, number)
    assert instruction["status"] == "SETTLED"
    paid = running.bank.executions(instruction["clientRef"])
    assert [entry["fen"] for entry in paid] == [4_567_890], "the bank's journal: executed once, to the fen"

    pdf_link = handler.get_by_role("link", name="查看回单")
    await expect(pdf_link).to_be_visible()
    address = await pdf_link.get_attribute("href")
    assert address is not None
    answer = await handler.request.get(running.address + address if address.startswith("/") else address)
    assert answer.status == 200
    assert (await answer.body()).startswith(b"%PDF-")

    assert case_position(running, case_number) == {
        "available": "77777.88",
        "held": "0.00",
        "total": "77777.88",
        "received": "123456.78",
        "paid": "45678.90",
    }
    assert running.bank.account(sub_account)["balance_fen"] == 7_777_788, "ledger and bank agree"


async def test_money_with_a_wrong_number_is_claimed(running: Installation, sign_in: SignIn) -> None:
    handler = await sign_in("chengban.0102")
    case_number = new_case_number()
    sub_account = await register_case(handler, case_number)
    case_address = handler.url
    await handler.get_by_role("link", name="首页").click()

    running.bank.credit("9999999999999999999", 30_001, payer_name="汇错账号的付款人", remark="无案号")
    row = handler.get_by_role("table", name="待认领").get_by_role("row").filter(has_text="汇错账号的付款人")
    await expect(row.first).to_be_visible()

    await row.first.get_by_role("link", name="认领").click()
    await handler.get_by_label("案号").fill(case_number)
    await handler.get_by_role("option").filter(has_text=case_number).click()
    await handler.get_by_label("分配金额").fill("300.01")
    await handler.get_by_label("事由").fill("付款人来电说明，核对无误")
    await handler.get_by_role("button", name="确认认领").click()
    await expect(handler.get_by_role("region", name="分配记录").get_by_text(case_number)).to_be_visible()

    await handler.goto(case_address)
    await expect_figure(handler, "available", "300.01")

    # Paying out moves the money at the bank first, from its adjustment account to the case's own.
    number = await pay_out(sign_in, handler, "300.01")
    await expect_settled(handler)
    paid = running.bank.executions(instruction_of(running, number)["clientRef"])
    assert [entry["fen"] for entry in paid] == [30_001]
    assert running.bank.account(sub_account)["balance_fen"] == 0


async def test_the_bank_hangs_up_after_paying(running: Installation, sign_in: SignIn) -> None:
    handler = await sign_in("chengban.0102")
    case_number = new_case_number()
    sub_account = await register_case(handler, case_number)
    running.bank.credit(sub_account, 500_000, payer_name="被执行人乙")
    await expect_figure(handler, "available", "5000.00")

    running.bank.script("DLCTNSUB", "drop_after")
    running.bank.script("DLCIDSTT", "hide", params={"queries": 1})
    number = await pay_out(sign_in, handler, "5000")
    # The answer was lost: unknown, and the page says not to pay again.
    await expect(handler.get_by_text("请勿重复付款").first).to_be_visible(timeout=30_000)
    await expect_settled(handler)

    instruction = instruction_of(running, number)
    assert len(running.bank.executions(instruction["clientRef"])) == 1, "settled once, by a query"
    assert running.bank.account(sub_account)["balance_fen"] == 0
    running.bank.behave()


def test_the_paper_can_be_verified_by_anybody(running: Installation) -> None:
    answer = httpx.get(f"{running.address}/verify/00000000000000000000")
    assert answer.status_code == 404
    assert "查无此回单" in answer.text
