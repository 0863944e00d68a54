"""What people do, in their words; the journeys are made of these."""

import itertools
import time

from playwright.async_api import Page, expect

from tests.fixtures.installation import Installation

_numbers = itertools.count(int(time.time()) % 100_000 * 10)
CARD = "6217000010001234569"


def new_case_number() -> str:
    """A case number nobody has used."""
    return f"（2026）鲁0102执{next(_numbers)}号"


async def figure(page: Page, name: str) -> str:
    """A figure of the case page, in yuan."""
    found = await page.locator(f"[data-figure={name}] [data-yuan]").first.get_attribute("data-yuan")
    assert found is not None
    return found


async def expect_figure(page: Page, name: str, yuan: str) -> None:
    """Wait until the figure shows this amount."""
    await expect(page.locator(f"[data-figure={name}] [data-yuan='{yuan}']").first).to_be_visible()


async def register_case(page: Page, number: str) -> str:
    """Register a case on the form; returns its sub-account number."""
    await page.get_by_role("link", name="登记案件").first.click()
    await page.get_by_label("案号").fill(number)
    await page.get_by_label("标的额").fill("120000")
    applicant = page.get_by_role("group", name="当事人 1")
    await applicant.get_by_label("姓名或名称").fill("申请执行人甲")
    respondent = page.get_by_role("group", name="当事人 2")
    await respondent.get_by_label("姓名或名称").fill("被执行人乙")
    await page.get_by_role("button", name="登记", exact=True).click()
    await expect(page.get_by_role("heading", level=1, name=number)).to_be_visible()
    account = page.get_by_label("子账号")
    await expect(account).to_be_visible()
    sub_account = await account.get_attribute("data-value")
    assert sub_account
    return sub_account


async def request_payment(page: Page, yuan: str, *, account: str = CARD) -> str:
    """From the case page: request one payment and submit it; returns the request's number."""
    await page.get_by_role("link", name="发起付款").click()
    await page.get_by_label("收款人户名").fill("申请执行人甲")
    await page.get_by_label("收款账号").fill(account)
    await page.get_by_label("开户银行").fill("中国建设银行")
    await page.get_by_label("联行号").fill("105100000017")
    await page.get_by_label("付款金额").fill(yuan)
    await page.get_by_role("button", name="提交审批").click()
    heading = page.get_by_role("heading", level=1, name="付款申请 PD-")
    await expect(heading).to_be_visible()
    return (await heading.inner_text()).removeprefix("付款申请").strip()


async def approve(page: Page, number: str) -> None:
    """Approve the request in the inbox."""
    await page.get_by_role("link", name="审批").click()
    await page.get_by_role("list", name="待我审批").get_by_role("button").filter(has_text=number).click()
    await expect(page.get_by_role("article", name=f"付款申请 {number}")).to_be_visible()
    await page.get_by_role("button", name="同意").click()
    await expect(page.get_by_role("alert").filter(has_text="已同意")).to_be_visible()


async def audit(page: Page, number: str) -> None:
    """Audit the request."""
    await page.get_by_role("link", name="稽核").click()
    await page.get_by_role("list", name="待稽核").get_by_role("button").filter(has_text=number).click()
    await expect(page.get_by_role("article", name=f"付款申请 {number}")).to_be_visible()
    await page.get_by_role("button", name="稽核通过").click()
    await expect(page.get_by_role("alert").filter(has_text="稽核已通过")).to_be_visible()


async def release(page: Page, number: str) -> None:
    """Check and sign the request at the cashier's desk."""
    await page.get_by_role("link", name="付款释放").click()
    await page.get_by_role("checkbox", name=f"选择 {number}").check()
    await page.get_by_role("button", name="核对").click()
    await expect(page.get_by_role("heading", level=1, name="付款核对")).to_be_visible()
    await page.get_by_role("button", name="签名付款", exact=True).click()
    await page.get_by_role("button", name="确认签名付款").click()
    await expect(page.get_by_text("已提交银行").first).to_be_visible()


def instruction_of(running: Installation, number: str) -> dict[str, str]:
    """The order at the bank behind a request of one line."""
    found = running.client("chuna.0102").ask(
        """query ($number: String!) {
             disbursements(filter: {search: $number}, first: 1) {
               edges { node { status lines { id instruction { clientRef state attempts bankRef } } } }
             }
           }""",
        number=number,
    )
    node = found["disbursements"]["edges"][0]["node"]
    return {**node["lines"][0]["instruction"], "line": node["lines"][0]["id"], "status": node["status"]}
