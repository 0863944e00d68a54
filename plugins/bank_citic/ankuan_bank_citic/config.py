"""Settings of a fund account."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from ankuan.kernel.money import Money
from ankuan.plugin_api.errors import InvalidSettings
from ankuan_bank_citic.mapping import BadValue
from ankuan_bank_citic.values import day, money

SCHEMA: Final[Mapping[str, str]] = {
    "endpoint": "前置机地址，如 http://192.168.1.10:6789/（必填）",
    "user_name": "银企直联登录名，最长 30 字节（必填）",
    "small_value_limit": "小额支付上限（元），超过的走大额；缺省 50000.00",
    "statement_from": "首次取明细的起始日期 YYYYMMDD；缺省为三个月前",
    "statement_ahead_days": "明细查询终止日比本机日期多几天（0–60）；缺省 0，仅供模拟器",
}


@dataclass(frozen=True, slots=True)
class Config:
    """Validated settings."""

    endpoint: str
    user_name: str
    small_value_limit: Money
    statement_from: date | None
    statement_ahead_days: int


def read_settings(settings: Mapping[str, str]) -> Config:
    """Validate. Raises :class:`InvalidSettings` naming the field."""
    for name in settings:
        if name not in SCHEMA:
            raise InvalidSettings(f"没有名为 {name[:40]} 的设置", name)
    ahead = settings.get("statement_ahead_days", "0")
    if not re.fullmatch(r"[0-9]{1,2}", ahead, re.ASCII) or int(ahead) > 60:
        raise InvalidSettings("明细查询终止日须为 0 至 60 的整数", "statement_ahead_days")
    start = settings.get("statement_from", "")
    try:
        limit = money(settings.get("small_value_limit", "50000.00"))
    except BadValue as wrong:
        raise InvalidSettings("小额支付上限格式错误", "small_value_limit") from wrong
    try:
        first = day(start) if start else None
    except BadValue as wrong:
        raise InvalidSettings("起始日期须为 YYYYMMDD", "statement_from") from wrong
    return Config(
        _endpoint(settings.get("endpoint", "")), _user(settings.get("user_name", "")), limit, first, int(ahead)
    )


def _endpoint(text: str) -> str:
    try:
        parts = urlsplit(text)
        fits = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        fits = False
        parts = urlsplit("")
    if not fits or parts.username or parts.password or parts.query or parts.fragment or not text.isascii():
        raise InvalidSettings("前置机地址须形如 http://主机:端口/", "endpoint")
    return text


def _user(text: str) -> str:
    if not re.fullmatch(r"[!-~]{1,30}", text, re.ASCII):
        raise InvalidSettings("登录名须为 1 至 30 个字母、数字或符号", "user_name")
    return text
