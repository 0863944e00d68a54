"""The indicators of a certificate: what a court asks of a bank before its money goes there.

Twenty-four are numbered. Number 0, the contract itself, stands before them: where it fails, nothing else counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Indicator:
    """``points``: what it consists of, in Chinese, each one measured by at least one check."""

    number: int
    id: str
    group: str
    title: str
    title_en: str
    points: tuple[str, ...]


GROUPS: Final[Mapping[str, str]] = {
    "contract": "插件契约",
    "sub_accounts": "子账户",
    "receipts": "到账",
    "payments": "支付",
    "statements": "明细与回单",
    "adjustment": "调账",
    "reconciliation": "对账",
    "security": "安全",
    "robustness": "容错",
}
CONTRACT: Final = "contract.shape"
_ROWS: Final = (
    ("contract.shape", "插件契约", "Plugin contract", "类型 装载 设置 能力与实现一致 不越界引用 不阻塞 不泄漏"),
    ("sub_accounts.opening", "在线开户", "Online opening", "账号各异 户名原样 中途失败不丢已开账号"),
    ("sub_accounts.bulk", "批量开户", "Bulk opening", "次序与数量一致 逐页取全 断点续取"),
    ("sub_accounts.capacity", "百万级容量", "Capacity of 1,000,000", "开满一百万个 末号可入账 仍可开户 耗时"),
    (
        "sub_accounts.clearing",
        "子账号参与清算",
        "Use in interbank clearing",
        "跨行来款直达子账号 子账号付款可见 主账户付款",
    ),
    ("sub_accounts.transfers", "划转", "Transfers below the main account", "子到子 子到主 主到子 透支拒绝 应答丢失"),
    ("receipts.latency", "到账时效", "Latency of receipts", "入账到可读的时间 p50 与 p99"),
    ("receipts.completeness", "到账完整", "Completeness of receipts", "一笔一条 主键不变 各类来款 来款要素"),
    ("receipts.duplicates", "重复识别", "Duplicates", "两笔相同各自成条 同一笔重复告知只算一条 读取并发"),
    ("receipts.late", "迟到入账", "Late money", "倒起息 日终之后 跨日"),
    ("receipts.wrong_account", "子账号有误", "Wrong sub-account", "不存在的子账号转入待调账 他户来款与他户明细不混入"),
    ("payments.reference", "流水号", "Reference for life", "全长参与识别 首末位之差 明细带回流水号"),
    ("payments.lost_answer", "应答丢失", "Lost answer", "银行已受理 银行未受理 查询应答丢失 暂查无此笔"),
    (
        "payments.duplicate_submit",
        "重复提交",
        "Duplicate submit",
        "先后重复 同时重复 重连后重复 拒绝后重复 银行重复付款",
    ),
    ("payments.partial_batch", "批量部分成功", "Partial batch", "逐笔结果 缺失为未知 整批应答丢失 文件重复"),
    ("payments.cut_off", "截止时间", "Cut-off", "大额关闭时不误判 声明的时间合理"),
    ("payments.returned", "退汇与冲正", "Returned payments", "全额 部分 手续费 数日之后 冲正"),
    (
        "payments.result",
        "支付结果与时效",
        "Result and its latency",
        "成功 拒绝 处理中 银行审核 失败后又成功 付错户 户名核验 p99",
    ),
    ("statements.balance_chain", "余额连续", "Balance chain", "逐笔余额相接 余额查询一致 余额不符可见"),
    ("statements.paging", "分页", "Paging", "超过一页取全 任一页续取 翻页时有新账 页次移动 游标稳定"),
    ("statements.receipt", "电子回单", "Electronic receipt", "PDF 完整 重取相同 应答损坏不误收"),
    ("adjustment.adjust", "调账", "Adjustment", "分次调入 超额拒绝 应答丢失 流水号带回"),
    ("reconciliation.day", "日终对账", "Reconciliation of a day", "随机一日逐笔相符 收支与余额相符 缺行可见"),
    ("security.signatures", "签名与防篡改", "Signatures", "应答签名 篡改 重放 通知伪造 通知过期"),
    ("robustness.wire", "报文容错", "Robustness", "慢 畸形 生僻字 时钟偏差 张冠李戴 元分混淆 银行不可达"),
)
INDICATORS: Final = tuple(
    Indicator(number, id_, id_.partition(".")[0], title, english, tuple(points.split()))
    for number, (id_, title, english, points) in enumerate(_ROWS)
)
BY_ID: Final[Mapping[str, Indicator]] = {indicator.id: indicator for indicator in INDICATORS}
