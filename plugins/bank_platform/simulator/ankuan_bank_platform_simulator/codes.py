"""What the platform says when it says no."""

from ankuan_simcore.models import OrderState, Refusal

STATES: dict[OrderState, str] = {
    OrderState.SETTLED: "ACSC",
    OrderState.RETURNED: "ACSC",
    OrderState.PROCESSING: "ACSP",
    OrderState.APPROVAL: "PDNG",
    OrderState.REFUSED: "RJCT",
}
REASONS: dict[Refusal, tuple[str, str]] = {
    Refusal.NO_SUCH_ACCOUNT: ("AC01", "账号不存在"),
    Refusal.INSUFFICIENT: ("AM04", "可用余额不足"),
    Refusal.PAYEE_REFUSED: ("AC04", "收款账户状态不正常"),
    Refusal.NAME_MISMATCH: ("BE01", "收款人户名不符"),
    Refusal.BAD_AMOUNT: ("AM12", "金额有误"),
    Refusal.NO_SUCH_SOURCE: ("RF01", "待调账入账不存在或金额不足"),
    Refusal.DUPLICATE: ("AM05", "报文号或指令号重复"),
    Refusal.OUT_OF_HOURS: ("TM01", "大额支付系统已关闭"),
    Refusal.SCRIPTED: ("MS03", "银行拒绝受理"),
}
DUPLICATE = "AM05"


class WireRefusal(Exception):
    """Answer with this code and text in JSON; nothing was done."""

    def __init__(self, code: str, text: str, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.status = status


def reason(code: str) -> tuple[str, str]:
    """ISO reason and text of an order's refusal."""
    known = {each.value: pair for each, pair in REASONS.items()}
    return known.get(code, REASONS[Refusal.SCRIPTED])
