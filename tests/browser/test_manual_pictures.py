"""What the user manual tells people to do, done; each of its pictures comes from here."""

from datetime import timedelta

import httpx
import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from ankuan.kernel.clock import SystemClock, business_date
from tests.browser.album import SIZE, Album, named_in_manual
from tests.browser.conftest import SignIn
from tests.browser.steps import CARD, expect_figure, new_case_number
from tests.fixtures.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ACCOUNT = "8112501012300010102"
WRONG_NUMBER = "9999999999999999999"
CASES = """案号,案由,标的额,立案日期,申请执行人,被执行人
{good},买卖合同纠纷,88000.00,{day},示例商贸有限公司,被执行人甲
（2026）鲁0102执,借款合同纠纷,1200.00,{day},申请执行人乙,被执行人丙
{other},劳动争议,12.345,{day},申请执行人丙,示例餐饮管理有限公司
"""
STATEMENT = """:20:STMT-MANUAL
:25:302451000017/{account}
:28C:1/1
:60F:C{day}CNY1000000,00
:61:{day}C8800,00NTRFNONREF//KEBMANUAL01
:86:166?00转账?20案款?316217000000000018?32被执行人乙
:61:{day}C500,00NTRFNONREF//KEBMANUAL02
:86:柜面缴款
:61:{day}X1,00NTRFNONREF//KEBMANUAL03
:62F:C{day}CNY1009300,00
-
"""


async def test_every_picture_of_the_manual_is_taken(running: Installation, browser: Browser, sign_in: SignIn) -> None:
    album = Album()
    await show_sign_in(running, browser, album)
    handler = await sign_in("chengban.0102")
    case_number = await register(running, handler, album)
    await claim(running, handler, album)
    number = await request(handler, case_number, album)
    chief = await sign_in("tingzhang.0102")
    await decide(chief, number, album, inbox="待我审批", act=("同意", "已同意"), name="approval")
    finance = await sign_in("caiwu.0102")
    await expect(finance.get_by_role("region", name="待稽核").get_by_text(number)).to_be_visible()
    await expect(finance.get_by_role("region", name="最近到账").get_by_role("row").nth(1)).to_be_visible()
    await album.take(finance, "finance-start")
    await decide(finance, number, album, inbox="待稽核", act=("稽核通过", "稽核已通过"), name="audit")
    await pay(await sign_in("chuna.0102"), number, album)
    await expect(handler.locator("[data-state=SETTLED]").first).to_be_visible(timeout=60_000)
    await expect(handler.get_by_role("link", name="查看回单")).to_be_visible()
    await album.take(handler, "disbursement")
    await import_statement(finance, album)
    await clear_alarm(running, finance, album)
    await administer(await sign_in("guanli.0102"), album)
    await look_at_banks(await sign_in("guanli.0102"), album)
    await switch_a_plugin(await sign_in("guanli"), album)
    higher = await sign_in("gaoyuan")
    await overlook(higher, album)
    await report(higher, album)
    assert sorted(album.names) == sorted(named_in_manual()), "the manual shows exactly what is taken here"


def upload(name: str, content: str) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content.encode()}


async def show_sign_in(running: Installation, browser: Browser, album: Album) -> None:
    width, height = SIZE
    context = await browser.new_context(locale="zh-CN", viewport={"width": width, "height": height})
    page = await context.new_page()
    await page.goto(running.address)
    await expect(page.get_by_role("button", name="登录")).to_be_visible()
    await album.take(page, "sign-in")
    await context.close()


async def register(running: Installation, page: Page, album: Album) -> str:
    number = new_case_number()
    await page.get_by_role("link", name="登记案件").first.click()
    await page.get_by_label("案号").fill(number)
    await page.get_by_label("案由").fill("民间借贷纠纷")
    await page.get_by_label("标的额").fill("186000")
    await page.get_by_role("group", name="当事人 1").get_by_label("姓名或名称").fill("申请执行人甲")
    await page.get_by_role("group", name="当事人 2").get_by_label("姓名或名称").fill("被执行人乙")
    await album.take(page, "register-case")
    await page.get_by_role("button", name="登记", exact=True).click()
    sub_account = await page.get_by_label("子账号").get_attribute("data-value")
    assert sub_account
    running.bank.credit(sub_account, 12_345_678, payer_name="被执行人乙", remark="案款")
    await expect_figure(page, "available", "123456.78")
    await album.take(page, "case")
    return number


async def claim(running: Installation, page: Page, album: Album) -> None:
    await page.get_by_role("link", name="首页").click()
    for fen, payer, remark in ((88_000_00, "示例建材有限公司", "执行款"), (500_00, "被执行人戊", "")):
        running.bank.credit(WRONG_NUMBER, fen, payer_name=payer, remark=remark)
    waiting = page.get_by_role("table", name="待认领")
    await expect(waiting.get_by_role("row").filter(has_text="被执行人戊").first).to_be_visible()
    row = waiting.get_by_role("row").filter(has_text="示例建材有限公司").first
    await expect(row).to_be_visible()
    await album.take(page, "handler-start")
    await row.get_by_role("link", name="认领").click()
    target = "（2026）鲁0102执102号"
    if await page.get_by_label("案号").input_value() == "":
        await page.get_by_label("案号").fill(target)
        await page.get_by_role("option").filter(has_text=target).click()
        await page.get_by_label("分配金额").fill("88000")
    await page.get_by_label("事由").fill("付款人系被执行人，来电核对无误")
    confirm = page.get_by_role("button", name="确认认领")
    await album.take(page, "claim", show=confirm)
    await confirm.click()
    await expect(page.get_by_role("region", name="分配记录").get_by_text(target)).to_be_visible()


async def request(page: Page, case_number: str, album: Album) -> str:
    await page.get_by_role("link", name="案件", exact=True).click()
    await page.get_by_role("link", name=case_number).click()
    await page.get_by_role("link", name="发起付款").click()
    payee = page.get_by_role("group", name="收款人 1")
    await payee.get_by_label("当事人").select_option(label="申请执行人甲")
    await expect(page.get_by_label("收款人户名")).to_have_value("申请执行人甲")
    await page.get_by_label("收款账号").fill(CARD)
    await page.get_by_label("开户银行").fill("中国建设银行")
    await page.get_by_label("联行号").fill("105100000017")
    await page.get_by_label("付款金额").fill("45,678.90")
    checks = page.get_by_role("list", name="检查结果")
    await expect(checks).to_be_visible()
    submit = page.get_by_role("button", name="提交审批")
    await album.take(page, "request-payment", show=submit)
    await submit.click()
    heading = page.get_by_role("heading", level=1, name="付款申请 PD-")
    await expect(heading).to_be_visible()
    return (await heading.inner_text()).removeprefix("付款申请").strip()


async def decide(page: Page, number: str, album: Album, *, inbox: str, act: tuple[str, str], name: str) -> None:
    """Approve or audit: open the item from the inbox, press the button, see that it is done."""
    button, done = act
    await page.get_by_role("navigation", name="主菜单").get_by_role("link", name=inbox[-2:]).click()
    await page.get_by_role("list", name=inbox).get_by_role("button").filter(has_text=number).click()
    await expect(page.get_by_role("article", name=f"付款申请 {number}")).to_be_visible()
    await expect(page.get_by_role("list", name="检查结果")).to_be_visible()
    await album.take(page, name)
    await page.get_by_role("button", name=button).click()
    await expect(page.get_by_role("alert").filter(has_text=done)).to_be_visible()


async def pay(page: Page, number: str, album: Album) -> None:
    await page.get_by_role("link", name="付款释放").click()
    await page.get_by_role("checkbox", name=f"选择 {number}").check()
    await page.get_by_role("button", name="核对").click()
    await expect(page.get_by_role("heading", level=1, name="付款核对")).to_be_visible()
    await expect(page.get_by_role("region", name="付款明细")).to_contain_text("申请执行人甲")
    await album.take(page, "release-review")
    await page.get_by_role("button", name="签名付款", exact=True).click()
    await page.get_by_role("button", name="确认签名付款").click()
    await expect(page.get_by_text("已提交银行").first).to_be_visible()


async def import_statement(page: Page, album: Album) -> None:
    yesterday = business_date(SystemClock().now()) - timedelta(days=1)
    content = STATEMENT.format(account=ACCOUNT, day=yesterday.strftime("%y%m%d"))
    await page.get_by_role("link", name="银行流水").click()
    await page.get_by_role("link", name="导入流水").click()
    await page.get_by_label("案款专户").select_option(index=1)
    await page.get_by_label("选择流水文件").set_input_files(upload("对账单.sta", content))
    await page.get_by_role("button", name="开始导入").click()
    await expect(page.get_by_role("table", name="逐行结果")).to_contain_text("已入账")
    await album.take(page, "statement")


async def clear_alarm(running: Installation, page: Page, album: Album) -> None:
    wrong = {"login": "chengban2.0102", "password": "not-the-password"}
    async with httpx.AsyncClient(base_url=running.address) as stranger:
        for _ in range(5):
            await stranger.post("/auth/sign-in", json=wrong)
    await page.get_by_role("link", name="告警").click()
    row = page.get_by_role("row").filter(has_text="登录失败次数过多")
    await expect(row.first).to_be_visible()
    await row.first.get_by_role("button", name="处理").click()
    await page.get_by_label("处理说明").fill("本人忘记密码，已电话核实")
    await album.take(page, "alarms")
    await page.get_by_role("button", name="确认处理").click()
    await expect(row).to_have_count(0)


async def administer(page: Page, album: Album) -> None:
    day = business_date(SystemClock().now()).isoformat()
    content = CASES.format(good=new_case_number(), other=new_case_number(), day=day)
    await page.get_by_role("link", name="案款专户", exact=True).click()
    await page.get_by_role("button", name="补充子账户").first.click()
    await page.get_by_label("补充数量").fill("20")
    await album.take(page, "fund-accounts")
    await page.get_by_role("button", name="申请补充").click()
    await expect(page.get_by_text("已申请 20 个")).to_be_visible()
    await page.get_by_role("link", name="首页").click()
    await page.get_by_role("link", name="批量导入案件").click()
    await page.get_by_label("选择文件").set_input_files(upload("案件.csv", content))
    await expect(page.get_by_text("检查完成")).to_be_visible()
    await album.take(page, "import-cases")
    await page.get_by_role("button", name="导入 1 个案件").click()
    await expect(page.get_by_text("导入完成")).to_be_visible()


async def look_at_banks(page: Page, album: Album) -> None:
    """The list, one account with a message opened, and a change of settings up to the question."""
    await page.get_by_role("link", name="银行对接").click()
    row = page.get_by_role("table", name="银行对接").get_by_role("row").nth(1)
    await expect(row).to_contain_text("正常", timeout=60_000)
    await album.take(page, "integrations")
    await row.get_by_role("link").click()
    await expect(page.get_by_role("region", name="通路")).to_contain_text("正常")
    await page.get_by_role("button", name="查看").first.click()
    texts = page.get_by_role("group", name="报文")
    await expect(texts).to_be_visible()
    assert CARD not in await texts.inner_text()
    await album.take(page, "integration")
    form = page.get_by_role("region", name="接入设置")
    await form.get_by_label("登录名").fill("court0102b")
    await form.get_by_role("button", name="保存设置").click()
    await expect(form.get_by_text("登录名", exact=False).last).to_be_visible()
    await form.get_by_label("修改原因").fill("银行更换了企业用户")
    await album.take(page, "integration-settings", show=form.get_by_role("button", name="确认修改"))
    await form.get_by_role("button", name="再看看").click()


async def switch_a_plugin(page: Page, album: Album) -> None:
    """A bank that no demonstration court uses: off with a reason, and on again."""
    await page.get_by_role("link", name="银行对接").click()
    await page.get_by_role("link", name="查看插件").click()
    await expect(page.get_by_role("table", name="插件")).to_contain_text("中信银行")
    await album.take(page, "plugins")
    await page.get_by_role("row").filter(has_text="bank_paper").get_by_role("link").click()
    for act, confirm, state in (("停用", "确认停用", "已停用"), ("启用", "确认启用", "启用")):
        await page.get_by_role("button", name=act, exact=True).click()
        await page.get_by_label("原因").fill("银行系统升级")
        if act == "停用":
            await album.take(page, "plugin-switch", show=page.get_by_role("button", name=confirm))
        await page.get_by_role("button", name=confirm).click()
        await expect(page.get_by_role("region", name="插件信息")).to_contain_text(state)
        await expect(page.get_by_role("button", name=confirm)).to_have_count(0)


async def report(page: Page, album: Album) -> None:
    """The list of reports, and one of the files."""
    await page.get_by_role("link", name="报表", exact=True).click()
    file = page.get_by_role("link", name="下载 Excel").first
    await expect(file).to_be_visible()
    await album.take(page, "reports")
    async with page.expect_download() as begun:
        await file.click()
    assert (await begun.value).suggested_filename.endswith(".xlsx")


async def overlook(page: Page, album: Album) -> None:
    await expect(page.get_by_role("region", name="今日资金")).to_be_visible()
    await expect(page.get_by_role("region", name="下级法院").get_by_role("row").nth(1)).to_be_visible()
    await album.take(page, "overview")
