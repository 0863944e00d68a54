"""The page for people: pay money in by hand, approve or refuse what waits, see the last bookings."""

from collections.abc import Callable
from html import escape
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from ankuan_simcore.bank import Bank
from ankuan_simcore.models import INCOME, OUTSIDE, AccountKind, Entry, Order, OrderState, RefusedError
from ankuan_simcore.views import fen_of_yuan, yuan

_SHOWN = 30
_STATES = {
    OrderState.APPROVAL: "待银行审核",
    OrderState.PROCESSING: "处理中",
    OrderState.SETTLED: "已付",
    OrderState.REFUSED: "已拒绝",
    OrderState.RETURNED: "已退汇",
}
_KINDS = {
    "incoming": "来款",
    "payment": "付款",
    "internal": "内部划转",
    "adjustment": "调账",
    "interest": "利息",
    "fee": "手续费",
    "returned": "退汇",
    "reversal": "冲正",
}
_STYLE = """
body{font:16px/1.6 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;max-width:72rem;margin:0 auto;
padding:1.5rem;color:#1f2933;background:#f7f8fa}
h1{font-size:1.4rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}small,.muted{color:#52606d}
form.pay{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:.9rem;background:#fff;padding:1.2rem;
border:1px solid #d9dee4;border-radius:8px;align-items:end}
label{display:block;font-size:.9rem}input{width:100%;box-sizing:border-box;font:inherit;padding:.45rem;
border:1px solid #9aa5b1;border-radius:4px}button{font:inherit;padding:.45rem 1.1rem;border:0;border-radius:4px;
background:#8c2f22;color:#fff;cursor:pointer}button.plain{background:#52606d}
table{border-collapse:collapse;width:100%;background:#fff;font-size:.9rem}td,th{border-bottom:1px solid #e4e7eb;
padding:.35rem .5rem;text-align:left}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.scroll{overflow-x:auto}.good,.bad{padding:.6rem 1rem;border-radius:6px;margin:1rem 0}.good{background:#e3f4e6}
.bad{background:#fbe4e1}td form{display:inline}
"""


def _field(name: str, label: str, value: str = "", extra: str = "") -> str:
    return f'<label>{label}<input name="{name}" value="{escape(value)}" {extra}></label>'


def _accounts(bank: Bank) -> str:
    shown = [account for account in bank.state.accounts.values() if account.kind is AccountKind.SUB][-200:]
    shown += [account for account in bank.state.accounts.values() if account.kind is AccountKind.MAIN]
    return "".join(f'<option value="{a.number}">{escape(a.name)}</option>' for a in reversed(shown))


def _balances(bank: Bank) -> str:
    rows = []
    for main in bank.state.mains.values():
        booked, available = bank.state.main_balance(main)
        name = bank.account(main).name
        rows.append(
            f"<tr><td>{main}</td><td>{escape(name)}</td>"
            f"<td class=n>{_shown(booked)}</td><td class=n>{_shown(available)}</td></tr>"
        )
    return "".join(rows) or '<tr><td colspan="4" class="muted">尚未开立主账户</td></tr>'


def _name(number: str) -> str:
    return {OUTSIDE: "行外", INCOME: "手续费收入"}.get(number, number)


def _shown(fen: int) -> str:
    whole, part = yuan(fen).split(".")
    return f"{int(whole):,}.{part}" if int(whole) else f"{whole}.{part}"


def _entry_row(entry: Entry) -> str:
    return (
        f"<tr><td>{entry.booked_at[:19].replace('T', ' ')}</td><td>{_KINDS[entry.kind]}</td>"
        f"<td>{_name(entry.debit)}</td><td>{_name(entry.credit)}</td><td class=n>{_shown(entry.fen)}</td>"
        f"<td>{escape(entry.counter_name)}</td><td>{escape(entry.remark)}</td></tr>"
    )


def _order_row(bank: Bank, order: Order) -> str:
    ref, inside = escape(order.client_ref), bank.state.account(order.payee) is not None
    buttons = "".join(
        f'<form method="post" action="/page/{act}/{ref}"><button class="{style}">{label}</button></form> '
        for act, label, style, states in (
            ("approve", "审核通过", "", {OrderState.APPROVAL}),
            ("settle", "立即付出", "", {OrderState.PROCESSING}),
            ("refuse", "拒绝", "plain", {OrderState.APPROVAL, OrderState.PROCESSING}),
            ("return", "退汇", "plain", {OrderState.SETTLED}),
        )
        if order.state in states and not (act == "return" and inside)
    )
    return (
        f"<tr><td>{ref}</td><td>{_STATES[order.state]}</td><td>{escape(order.payee_name)}<br>"
        f"<small>{escape(order.payee)}</small></td><td class=n>{_shown(order.fen)}</td><td>{buttons}</td></tr>"
    )


def _page(bank: Bank, title: str, good: str, bad: str, to: str) -> str:
    entries = [bank.state.entries[no] for no in sorted(bank.state.entries)[-_SHOWN:]]
    orders = list(bank.state.orders.values())[-_SHOWN:]
    notice = f'<p class="good" role="status">{escape(good)}</p>' if good else ""
    notice += f'<p class="bad" role="alert">{escape(bad)}</p>' if bad else ""
    none = '<tr><td colspan="7" class="muted">暂无</td></tr>'
    return f"""<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(title)} 模拟器</title>
<style>{_STYLE}</style><h1>{escape(title)} 模拟器</h1>
<p class="muted">仅供演示与测试，没有真实资金。银行时间 {bank.state.clock.now():%Y-%m-%d %H:%M:%S}</p>{notice}
<h2>存入一笔款项</h2><form class="pay" method="post" action="/page/pay">
{_field("to", "收款子账户号（不存在的号码会进入公共调账账户）", to, 'list="accounts" required autofocus')}
{_field("yuan", "金额（元）", "", 'inputmode="decimal" placeholder="1234.50" required')}
{_field("payer_name", "付款人", "被执行人乙", "required")}
{_field("payer_account", "付款账号", "6217000000000000123")}
{_field("payer_bank", "付款银行", "中国建设银行")}
{_field("remark", "附言", "案款")}
<div><button>存入</button></div><datalist id="accounts">{_accounts(bank)}</datalist></form>
<h2>主账户</h2><div class="scroll"><table><tr><th>账号<th>户名<th class=n>余额（元）<th class=n>可用（元）</tr>
{_balances(bank)}</table></div>
<h2>付款指令</h2><div class="scroll"><table><tr><th>客户流水号<th>状态<th>收款人<th class=n>金额（元）<th></tr>
{"".join(_order_row(bank, order) for order in reversed(orders)) or none}</table></div>
<h2>最近记账</h2><div class="scroll"><table>
<tr><th>时间<th>种类<th>付出账号<th>收入账号<th class=n>金额（元）<th>对方<th>摘要</tr>
{"".join(_entry_row(entry) for entry in reversed(entries)) or none}</table></div></html>"""


def page_routes(bank: Bank, title: str) -> list[Route]:
    """Routes of the page."""

    async def show(request: Request) -> Response:
        asked = request.query_params
        return HTMLResponse(_page(bank, title, asked.get("good", ""), asked.get("bad", ""), asked.get("to", "")))

    def back(**notice: str) -> Response:
        return RedirectResponse("/?" + urlencode(notice), status_code=303)

    async def pay(request: Request) -> Response:
        form = {key: values[0].strip() for key, values in parse_qs((await request.body()).decode()).items()}
        to = form.get("to", "")
        try:
            fen = fen_of_yuan(form.get("yuan", ""))
            entry = bank.credit(
                to,
                fen,
                payer_name=form.get("payer_name", ""),
                payer_account=form.get("payer_account", ""),
                payer_bank=form.get("payer_bank", ""),
                remark=form.get("remark", ""),
            )
        except (ValueError, RefusedError) as error:
            return back(bad=f"未存入：{error}", to=to)
        where = "公共调账账户" if bank.account(entry.credit).kind is AccountKind.ADJUSTMENT else "子账户"
        return back(good=f"已存入 {yuan(fen)} 元，入账账号 {entry.credit}（{where}）", to=to)

    async def act(request: Request) -> Response:
        acts: dict[str, Callable[[str], object]] = {
            "approve": bank.approve,
            "settle": bank.settle,
            "refuse": bank.refuse,
            "return": bank.give_back,
        }
        chosen = acts.get(request.path_params["act"])
        try:
            if chosen is None:
                raise ValueError(request.path_params["act"])
            chosen(request.path_params["ref"])
        except (ValueError, RefusedError) as error:
            return back(bad=f"未办理：{error}")
        return back(good="已办理")

    return [
        Route("/", show, methods=["GET"]),
        Route("/page/pay", pay, methods=["POST"]),
        Route("/page/{act}/{ref}", act, methods=["POST"]),
    ]
