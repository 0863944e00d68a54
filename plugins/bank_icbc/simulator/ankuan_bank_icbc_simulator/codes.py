"""Return codes. B0116 and Result 0 to 11 are the bank's; all others are ours (see README)."""

from ankuan_simcore.models import OrderState, Refusal

OK = "0"
NO_RECORD = ("B0116", "没有符合条件的记录")
BAD_MESSAGE = ("S0001", "报文格式有误")
BAD_SIGNATURE = ("S0002", "验签失败")
UNKNOWN_TRANSACTION = ("S0003", "交易代码不支持")
WRONG_TOTALS = ("S0004", "总笔数或总金额与明细不符")

RESULTS: dict[OrderState, str] = {
    OrderState.APPROVAL: "2",
    OrderState.PROCESSING: "9",
    OrderState.SETTLED: "7",
    OrderState.REFUSED: "6",
    OrderState.RETURNED: "7",
}
"""A payment that came back was done: the bank has no state for it."""

REFUSALS: dict[Refusal, tuple[str, str]] = {
    Refusal.NO_SUCH_ACCOUNT: ("S0013", "账号不存在或状态不正常"),
    Refusal.INSUFFICIENT: ("S0021", "账户可用余额不足"),
    Refusal.PAYEE_REFUSED: ("S0034", "收款账号校验不通过"),
    Refusal.NAME_MISMATCH: ("S0036", "收款账号户名不符"),
    Refusal.BAD_AMOUNT: ("S0008", "金额有误"),
    Refusal.NO_SUCH_SOURCE: NO_RECORD,
    Refusal.ALREADY_OPEN: ("S0061", "账号已存在"),
    Refusal.DUPLICATE: ("S0067", "指令包序列号或指令顺序号重复"),
    Refusal.SCRIPTED: ("S0099", "银行拒绝受理"),
    Refusal.WRONG_STATE: ("S0098", "交易状态不允许"),
    Refusal.OUT_OF_HOURS: ("S0041", "当前时间不受理大额支付"),
    Refusal.NOT_EMPTY: ("S0062", "账户余额不为零"),
}


class WireRefusal(Exception):
    """Answer with this code and text; nothing was done."""

    def __init__(self, code: str, text: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.text = f"{text}[{detail}]" if detail else text
