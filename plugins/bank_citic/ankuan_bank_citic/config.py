"""Settings of a fund account."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from ankuan.kernel.money import Money
from ankuan.plugin_api.settings import STATEMENT_AHEAD_DAYS, STATEMENT_FROM, Setting, SettingKind, read_settings
from ankuan_bank_citic.values import day

SETTINGS: Final = (
    Setting(name="endpoint", label="前置机地址", help="如 http://192.168.1.10:6789/", kind=SettingKind.URL),
    Setting(name="user_name", label="银企直联登录名", help="最长 30 个字母、数字或符号", pattern="[!-~]{1,30}"),
    Setting(
        name="small_value_limit",
        label="小额支付上限（元）",
        help="超过的走大额",
        kind=SettingKind.MONEY,
        default="50000.00",
    ),
    STATEMENT_FROM,
    STATEMENT_AHEAD_DAYS,
)


@dataclass(frozen=True, slots=True)
class Config:
    """Validated settings."""

    endpoint: str
    user_name: str
    small_value_limit: Money
    statement_from: date | None
    statement_ahead_days: int


def read_config(settings: Mapping[str, str]) -> Config:
    """Validate. Raises ``InvalidSettings`` naming the field."""
    found = read_settings(SETTINGS, settings)
    start = found["statement_from"]
    return Config(
        endpoint=found["endpoint"],
        user_name=found["user_name"],
        small_value_limit=Money.parse(found["small_value_limit"]),
        statement_from=day(start) if start else None,
        statement_ahead_days=int(found["statement_ahead_days"]),
    )
