"""Settings of a fund account."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from ankuan.plugin_api.settings import STATEMENT_AHEAD_DAYS, STATEMENT_FROM, Setting, SettingKind, read_settings
from ankuan_bank_icbc.values import day

SETTINGS: Final = (
    Setting(
        name="sign_url",
        label="签名端口地址",
        help="NC 签名端口，如 http://192.168.1.10:449/",
        kind=SettingKind.URL,
    ),
    Setting(
        name="secure_url",
        label="安全通信端口地址",
        help="NC 安全通信端口，如 http://192.168.1.10:448/",
        kind=SettingKind.URL,
    ),
    Setting(name="cis", label="集团 CIS 号", help="15 位数字左右", pattern="[0-9]{5,20}"),
    Setting(name="cert_id", label="证书 ID", help="如 name.y.1602", pattern=r"[0-9A-Za-z._\-]{1,60}"),
    Setting(
        name="version",
        label="接口版本",
        help="以 NC 为准",
        kind=SettingKind.CHOICE,
        choices=("0.0.1.0", "0.0.0.1"),
        default="0.0.1.0",
    ),
    Setting(
        name="pay_type",
        label="记账处理方式",
        help="1 加急，2 普通",
        kind=SettingKind.CHOICE,
        choices=("1", "2"),
        default="1",
    ),
    Setting(
        name="cards",
        label="管家卡",
        help="on：本账户下有管家卡，明细按卡归集；off：没有",
        kind=SettingKind.CHOICE,
        choices=("on", "off"),
        default="off",
    ),
    Setting(
        name="area_code",
        label="账号地区号",
        help="四位数字，缺省取账号前四位",
        required=False,
        pattern="[0-9]{4}",
    ),
    STATEMENT_FROM,
    STATEMENT_AHEAD_DAYS,
)


@dataclass(frozen=True, slots=True)
class Config:
    """Validated settings. ``cards``: the account has 管家卡 below it."""

    sign_url: str
    secure_url: str
    cis: str
    cert_id: str
    version: str
    pay_type: str
    cards: bool
    area_code: str
    statement_from: date | None
    statement_ahead_days: int


def read_config(settings: Mapping[str, str]) -> Config:
    """Validate. Raises ``InvalidSettings`` naming the field."""
    found = read_settings(SETTINGS, settings)
    start = found["statement_from"]
    return Config(
        sign_url=found["sign_url"],
        secure_url=found["secure_url"],
        cis=found["cis"],
        cert_id=found["cert_id"],
        version=found["version"],
        pay_type=found["pay_type"],
        cards=found["cards"] == "on",
        area_code=found["area_code"],
        statement_from=day(start) if start else None,
        statement_ahead_days=int(found["statement_ahead_days"]),
    )
