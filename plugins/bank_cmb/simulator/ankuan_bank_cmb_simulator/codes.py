"""Result codes. SUC0000, reqSts and rtnFlg are the bank's; all other codes are ours (see README)."""

from ankuan_simcore.models import Order, OrderState, Refusal

DONE = "SUC0000"
BAD_MESSAGE = ("SIM0001", "报文格式有误")
UNKNOWN_FUNCTION = ("SIM0002", "功能码不支持")
BAD_SIGNATURE = ("SIM0003", "验签失败")
REPEATED_REQUEST = ("SIM0004", "请求号重复")

REFUSALS: dict[Refusal, tuple[str, str]] = {
    Refusal.NO_SUCH_ACCOUNT: ("SIM0013", "账号或子单元不存在"),
    Refusal.INSUFFICIENT: ("SIM0021", "可用余额不足"),
    Refusal.PAYEE_REFUSED: ("SIM0034", "收方账号校验不通过"),
    Refusal.NAME_MISMATCH: ("SIM0036", "收方户名不符"),
    Refusal.BAD_AMOUNT: ("SIM0008", "金额有误"),
    Refusal.NO_SUCH_SOURCE: ("SIM0055", "无此业务"),
    Refusal.ALREADY_OPEN: ("SIM0061", "子单元编号已存在"),
    Refusal.DUPLICATE: ("SIM0067", "业务参考号重复"),
    Refusal.SCRIPTED: ("SIM0099", "银行拒绝受理"),
    Refusal.WRONG_STATE: ("SIM0098", "业务状态不允许"),
    Refusal.OUT_OF_HOURS: ("SIM0077", "非大额系统受理时间"),
    Refusal.NOT_EMPTY: ("SIM0062", "子单元余额不为零"),
}


class WireRefusal(Exception):
    """Answer with this code and text; nothing was done."""

    def __init__(self, code: str, text: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.text = f"{text}[{detail}]" if detail else text


def states(order: Order) -> dict[str, str]:
    """reqSts, rtnFlg and the error of an order."""
    if order.state is OrderState.REFUSED:
        code, text = REFUSALS.get(Refusal(order.code), REFUSALS[Refusal.SCRIPTED])
        return {"reqSts": "FIN", "rtnFlg": "F", "errCod": code, "errTxt": order.text or text}
    status, flag = {
        OrderState.SETTLED: ("FIN", "S"),
        OrderState.RETURNED: ("FIN", "B"),
        OrderState.PROCESSING: ("BNK", ""),
        OrderState.APPROVAL: ("AUT", ""),
    }[order.state]
    return {"reqSts": status, "rtnFlg": flag, "errCod": DONE, "errTxt": ""}
