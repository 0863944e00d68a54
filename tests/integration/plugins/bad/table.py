"""Bad plugins, one defect each, and the indicators that must fail because of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ankuan.plugin_api.bank import BankPlugin
from tests.integration.plugins.bad import manners as m
from tests.integration.plugins.bad import paying as p
from tests.integration.plugins.bad import reading as r
from tests.integration.plugins.bad.wrapped import BadPlugin

HERE = "tests.integration.plugins.bad"
CONTRACT = "contract.shape"
COMPLETE = "receipts.completeness"
DOUBLES = "receipts.duplicates"
LOST = "payments.lost_answer"
AGAIN = "payments.duplicate_submit"
REFERENCE = "payments.reference"
RESULT = "payments.result"
PAGING = "statements.paging"
CHAIN = "statements.balance_chain"
WIRE = "robustness.wire"
DAY = "reconciliation.day"
PAYS_TWICE = ({"fault": "pay_twice", "params": {}},)


@dataclass(frozen=True)
class Bad:
    """``must_fail``: ids of indicators. ``harmful``: it must be kept in a process of its own.

    ``innocent``: an indicator that has nothing to do with the defect and passes; none where nothing runs any more.
    ``longest``: seconds that a check may take; few of them only where the defect uses them up.
    """

    defect: str
    must_fail: Sequence[str]
    make: Callable[[], BankPlugin] = BadPlugin
    source: str = ""
    harmful: bool = False
    innocent: str = "receipts.wrong_account"
    standing: Sequence[Mapping[str, Any]] = ()
    simulator: str = "bank_citic"
    longest: float = 60


def _wrap(defect: str, wrap: Any, *must_fail: str, **more: Any) -> Bad:
    return Bad(defect, must_fail, partial(BadPlugin, wrap), **more)


PAYMENTS = "payments.cut_off"
OTHER = {"innocent": PAYMENTS}
ALONE = {"innocent": ""}

BAD: dict[str, Bad] = {
    "settles_on_time_out": _wrap("超时当作成功", p.SettlesOnTimeOut, LOST),
    "refuses_on_time_out": _wrap("超时当作失败", p.RefusesOnTimeOut, LOST, AGAIN),
    "refuses_on_duplicate": _wrap("流水号重复当作失败", p.RefusesOnDuplicate, AGAIN),
    "new_reference_on_retry": _wrap("重试时换流水号", p.NewReferenceOnRetry, AGAIN),
    "sends_twice": _wrap("每笔发送两次", p.SendsTwice, AGAIN),
    "adds_a_fen": _wrap("多付一分", p.AddsAFen, REFERENCE, AGAIN),
    "swaps_the_payee": _wrap("改换收款账号", p.SwapsThePayee, REFERENCE, LOST),
    "cuts_names": _wrap("截短户名", p.CutsNames, WIRE),
    "cuts_references": _wrap("截短流水号", p.CutsReferences, REFERENCE),
    "writes_anything": _wrap("不能表达的字换成问号", p.WritesAnything, WIRE),
    "raises_on_nonsense": _wrap("付款应答畸形时抛出异常", p.RaisesOnNonsense, LOST),
    "keeps_silent": _wrap("从不告警", p.KeepsSilent, LOST, AGAIN),
    "hides_exchanges": _wrap("不留原始报文", p.HidesExchanges, CONTRACT, LOST),
    "trusts_the_outer_status": _wrap("把查询成功当作付款成功", p.TrustsTheOuterStatus, RESULT),
    "believes_without_books": _wrap("不核对账户明细", p.BelievesWithoutBooks, RESULT, REFERENCE),
    "takes_another_orders_answer": _wrap("不比对金额与账号", p.TakesAnotherOrdersAnswer, RESULT, REFERENCE),
    "not_found_is_refused": _wrap("查无此笔当作失败", p.NotFoundIsRefused, LOST),
    "processing_is_settled": _wrap("处理中当作成功", p.ProcessingIsSettled, RESULT),
    "refusal_for_ever": _wrap("失败后又成功时不改口", p.RefusesWhatWasRefusedOnce, RESULT),
    "mixes_up_orders": _wrap("并发时串单", p.PaysOneAtATimeAndMixesThemUp, CONTRACT),
    "adjusts_nothing": _wrap("调账未发送却称已受理", p.AdjustsNothing, "adjustment.adjust"),
    "query_raises": _wrap("查询不可达时抛出异常", r.AnswersUnknownQuestions, LOST),
    "drops_the_last_row": _wrap("每页丢最后一行", r.DropsTheLastRow, COMPLETE, PAGING, DAY, **OTHER),
    "stuck_cursor": _wrap("游标不前进", r.StuckCursor, "receipts.latency"),
    "reads_one_page_only": _wrap("只读第一页", r.ReadsOnePageOnly, PAGING),
    "float_amounts": _wrap("金额用浮点数", r.FloatAmounts, WIRE),
    "fen_for_yuan": _wrap("元分混淆", r.FenForYuan, WIRE, COMPLETE, **OTHER),
    "negative_debits": _wrap("借方记负数", r.NegativeDebits, CONTRACT, DAY),
    "keys_by_position": _wrap("以行号为主键", r.KeysByPosition, DOUBLES, DAY),
    "keys_by_content": _wrap("以内容为主键", r.KeysByContent, DOUBLES, COMPLETE),
    "keys_of_the_moment": _wrap("每次读取换主键", r.KeysOfTheMoment, COMPLETE, DOUBLES),
    "tells_twice": _wrap("一笔记为两笔", r.TellsTwice, DOUBLES, DAY, **OTHER),
    "skips_the_past": _wrap("丢弃倒起息", r.SkipsThePast, "receipts.late"),
    "forgets_references": _wrap("明细不带流水号", r.ForgetsReferences, REFERENCE),
    "returns_are_receipts": _wrap("退汇当作来款", r.ReturnsAreReceipts, "payments.returned"),
    "adjustments_are_receipts": _wrap("调账当作来款", r.AdjustmentsAreReceipts, "adjustment.adjust"),
    "guesses_the_sub_account": _wrap("待调账款随意入户", r.GuessesTheSubAccount, "receipts.wrong_account", **OTHER),
    "swallows_errors": _wrap("畸形应答当作空页", r.SwallowsErrors, WIRE),
    "rounded_balances": _wrap("余额取整", r.RoundedBalances, CHAIN),
    "broken_chain": _wrap("逐笔余额有误", r.BrokenChain, CHAIN),
    "opens_under_other_names": _wrap(
        "开户次序错乱", r.OpensUnderOtherNames, "sub_accounts.opening", "sub_accounts.bulk"
    ),
    "decodes_with_replacement": _wrap("解码出错以问号代替", p.ReadsThroughTheNoise, LOST, WIRE),
    "blocks_the_loop": _wrap("阻塞事件循环", m.BlocksTheLoop, CONTRACT),
    "prints": _wrap("打印到标准输出", m.Prints, CONTRACT),
    "leaks_tasks": _wrap("遗留任务", m.LeaksTasks, CONTRACT),
    "never_closes": _wrap("不关闭连接", m.NeverCloses, CONTRACT, harmful=True),
    "wrong_types": _wrap("返回类型有误", m.WrongTypes, CONTRACT),
    "state_as_text": _wrap("状态是一段文字", m.StateAsText, CONTRACT),
    "implements_undeclared": _wrap("实现了未声明的能力", m.SomeReceipt, CONTRACT),
    "declares_too_much": Bad("声明了未实现的能力", (CONTRACT,), partial(BadPlugin, capabilities=m.DECLARES_TOO_MUCH)),
    "declares_long_references": Bad(
        "声明的流水号过长", (REFERENCE,), partial(BadPlugin, capabilities=m.DECLARES_OTHER_REFERENCES), innocent=""
    ),
    "takes_any_notice": Bad(
        "接受伪造的通知", ("security.signatures",), partial(BadPlugin, m.TakesAnyNotice, m.DECLARES_NOTICES)
    ),
    "takes_forged_notices": Bad(
        "签名不符的通知照收", ("security.signatures",), m.TakesForgedNotices, simulator="bank_platform"
    ),
    "takes_old_notices": Bad("接受过期的通知", ("security.signatures",), m.TakesOldNotices, simulator="bank_platform"),
    "checks_no_settings": Bad("不校验设置", (CONTRACT,), m.ChecksNoSettings),
    "connects_at_once": Bad("连接时即访问网络", (CONTRACT,), m.ConnectsAtOnce),
    "climbs": Bad("引用平台内部", (CONTRACT,), source=f"{HERE}.climbs:climbs"),
    "exits_politely": _wrap("抛出 SystemExit", m.ExitsPolitely, CONTRACT, COMPLETE, harmful=True, **ALONE),
    "exits_at_once": _wrap("调用 os._exit", m.ExitsAtOnce, CONTRACT, REFERENCE, harmful=True),
    "loops_for_ever": _wrap("死循环", m.LoopsForEver, REFERENCE, harmful=True, longest=4),
    "keeps_a_thread": _wrap("遗留线程", m.KeepsAThread, CONTRACT, harmful=True),
    "crashes_on_import": Bad("导入时退出", (CONTRACT,), source=f"{HERE}.crashes:any", harmful=True, innocent=""),
    "crashes_when_asked": Bad(
        "注册时抛出异常", (CONTRACT,), source=f"{HERE}.manners:crashes_when_asked", harmful=True, innocent=""
    ),
    "bank_pays_twice": Bad("示范银行每笔付两次", (REFERENCE, AGAIN), standing=PAYS_TWICE),
}


def __getattr__(name: str) -> Callable[[], BankPlugin]:
    if name in BAD:
        return BAD[name].make
    raise AttributeError(name)


def markdown() -> str:
    """The table as it stands in docs/certification.md."""
    head = "| bad plugin | defect | must fail |\n|---|---|---|\n"
    rows = (
        f"| `{name}` | {bad.defect} | {', '.join(f'`{one}`' for one in bad.must_fail)} |" for name, bad in BAD.items()
    )
    return head + "\n".join(rows) + "\n"
