"""Settings of a fund account."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from ankuan.plugin_api.errors import InvalidSettings
from ankuan.plugin_api.settings import STATEMENT_FROM, Setting, SettingKind, read_settings
from ankuan_bank_cib.numbers import FIRST, LAST

SUPER: Final = "SUPER"
NORMAL: Final = "NORMAL"
SETTINGS: Final = (
    Setting(name="endpoint", label="银企代理地址", help="如 http://192.168.1.10:8007/", kind=SettingKind.URL),
    Setting(name="customer_no", label="企业网银客户号（CID）", help="10 位数字", pattern="[0-9]{10}"),
    Setting(name="user_id", label="登录用户名（USERID）", help="最长 20 位，不含 < > &", pattern=r"[^<>&\s]{1,20}"),
    Setting(
        name="user_password",
        label="登录密码（USERPASS）",
        help="最长 60 位，不含 < > &；代理要求密文时填密文",
        kind=SettingKind.SECRET,
        pattern=r"[^<>&\s]{1,60}",
    ),
    Setting(
        name="payment_mode",
        label="小额跨行支付方式",
        help="SUPER：五万元以下且有行号的跨行支付走超级网银；NORMAL：由银行选择",
        kind=SettingKind.CHOICE,
        choices=(NORMAL, SUPER),
        default=NORMAL,
    ),
    Setting(
        name="payee_city",
        label="收款地址（CITY）",
        help="银行要求填写时的缺省值",
        required=False,
        pattern="[^<>&]{1,15}",
    ),
    Setting(
        name="refusal_codes",
        label="明确拒绝的返回码",
        help="STATUS.CODE，逗号分隔；只填文档写明未受理的",
        default="2002",
        pattern=r"[0-9]{1,6}(,[0-9]{1,6})*",
    ),
    Setting(
        name="sub_account_from",
        label="新开子账户序号起",
        help="010000 至 999989 之间，留出网点自行开户的号段",
        kind=SettingKind.NUMBER,
        default=str(FIRST),
        least=FIRST,
        most=LAST,
    ),
    Setting(
        name="sub_account_to",
        label="新开子账户序号止",
        help="不小于序号起",
        kind=SettingKind.NUMBER,
        default=str(LAST),
        least=FIRST,
        most=LAST,
    ),
    replace(STATEMENT_FROM, help="YYYYMMDD，缺省为 85 天前"),
    Setting(
        name="receipt_after_days",
        label="记账几天后可取回单",
        help="银行不提供当日回单；0 仅供模拟器",
        kind=SettingKind.NUMBER,
        default="1",
        least=0,
        most=10,
    ),
    Setting(
        name="receipt_path",
        label="回单文件下载路径",
        help="接在代理地址之后，末尾接文件号",
        default="/download/",
        pattern=r"/[0-9A-Za-z_\-./?=]{0,80}",
    ),
    Setting(
        name="notice_secret",
        label="动账通知共享密钥",
        help="与通知转发程序一致，至少 32 位；不填则不接受通知",
        kind=SettingKind.SECRET,
        required=False,
        pattern="[!-~]{32,128}",
    ),
)


@dataclass(frozen=True, slots=True)
class Config:
    """Validated settings."""

    endpoint: str
    customer_no: str
    user_id: str
    user_password: str = field(repr=False)
    uses_super: bool
    payee_city: str
    refusal_codes: frozenset[str]
    sub_accounts: range
    statement_from: date | None
    receipt_after_days: int
    receipt_path: str
    notice_secret: bytes = field(repr=False)


def read_config(settings: Mapping[str, str]) -> Config:
    """Validate. Raises ``InvalidSettings`` naming the field."""
    found = read_settings(SETTINGS, settings)
    first, last = int(found["sub_account_from"]), int(found["sub_account_to"])
    if last < first:
        raise InvalidSettings("新开子账户序号止不能小于序号起", "sub_account_to")
    for name in ("user_id", "user_password", "payee_city"):
        try:
            found[name].encode("gbk")
        except UnicodeEncodeError as rare:
            raise InvalidSettings("含有银行不能接收的字符", name) from rare
    start = found["statement_from"]
    return Config(
        endpoint=found["endpoint"],
        customer_no=found["customer_no"],
        user_id=found["user_id"],
        user_password=found["user_password"],
        uses_super=found["payment_mode"] == SUPER,
        payee_city=found["payee_city"],
        refusal_codes=frozenset(found["refusal_codes"].split(",")),
        sub_accounts=range(first, last + 1),
        statement_from=date(int(start[:4]), int(start[4:6]), int(start[6:])) if start else None,
        receipt_after_days=int(found["receipt_after_days"]),
        receipt_path=found["receipt_path"],
        notice_secret=found["notice_secret"].encode(),
    )
