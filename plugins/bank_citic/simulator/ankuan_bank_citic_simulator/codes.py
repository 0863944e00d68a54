"""Return codes. The AAAAAAx family and the client-side prefixes are the bank's; BKE codes are ours (see README)."""

from ankuan_simcore.models import Refusal

DONE = "AAAAAAA"
WAITING_APPROVAL = "AAAAAAB"
SUBMITTED = "AAAAAAE"
IMPORTED = "AAAAAAF"
PARTLY = "BBBBBBB"
NO_SUCH_REFERENCE = ("CP07815", "无此客户流水号")
BAD_MESSAGE = ("BKE0001", "报文格式有误")
UNKNOWN_ACTION = ("BKE0002", "请求代码不支持")
TOO_LONG_SPAN = ("BKE0005", "查询日期跨度超过三个月")

REFUSALS: dict[Refusal, tuple[str, str]] = {
    Refusal.NO_SUCH_ACCOUNT: ("BKE0013", "账号不存在或状态不正常"),
    Refusal.INSUFFICIENT: ("BKE0021", "账户可用余额不足"),
    Refusal.PAYEE_REFUSED: ("BKE0034", "收款账号校验不通过"),
    Refusal.NAME_MISMATCH: ("BKE0036", "收款账号户名不符"),
    Refusal.BAD_AMOUNT: ("BKE0008", "金额有误"),
    Refusal.NO_SUCH_SOURCE: ("BKE0055", "待调账交易不符或可调金额不足"),
    Refusal.ALREADY_OPEN: ("BKE0061", "附属账号已存在"),
    Refusal.DUPLICATE: ("BKE0067", "客户流水号重复"),
    Refusal.SCRIPTED: ("BKE0099", "银行拒绝受理"),
    Refusal.WRONG_STATE: ("BKE0098", "交易状态不允许"),
    Refusal.OUT_OF_HOURS: ("BKE0041", "当前时间不受理大额支付"),
    Refusal.NOT_EMPTY: ("BKE0062", "附属账户余额不为零"),
}


class WireRefusal(Exception):
    """Answer with this code and text; nothing was done."""

    def __init__(self, code: str, text: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.text = f"{text}[{detail}]" if detail else text
