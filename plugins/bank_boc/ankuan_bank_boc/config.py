"""Settings of a fund account."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ankuan.plugin_api.settings import Setting, SettingKind, read_settings

SETTINGS: Final = (
    Setting(name="endpoint", label="前置机地址", help="如 http://192.168.1.10:8080/", kind=SettingKind.URL),
    Setting(name="terminal_id", label="终端号", help="termid", pattern="[0-9A-Za-z]{1,20}"),
    Setting(name="customer_id", label="企业客户号", help="custid", pattern="[0-9]{1,20}"),
    Setting(name="operator_id", label="操作员号", help="cusopr", pattern="[0-9]{1,20}"),
    Setting(name="operator_password", label="操作员密码", kind=SettingKind.SECRET, pattern="[!-~]{1,32}"),
    Setting(name="bank_number", label="本户联行号", help="fribkn / ibknum，5 至 14 位数字", pattern="[0-9]{5,14}"),
    Setting(
        name="not_found_codes",
        label="查无此指令的返回码",
        help="以逗号分隔；联调时向银行确认",
        default="B204",
        pattern="[0-9A-Z]{1,8}(,[0-9A-Z]{1,8})*",
    ),
)


@dataclass(frozen=True, slots=True)
class Config:
    """Validated settings."""

    endpoint: str
    terminal_id: str
    customer_id: str
    operator_id: str
    operator_password: str
    bank_number: str
    not_found_codes: frozenset[str]


def read_config(settings: Mapping[str, str]) -> Config:
    """Validate. Raises ``InvalidSettings`` naming the field."""
    found = read_settings(SETTINGS, settings)
    codes = frozenset(found.pop("not_found_codes").split(","))
    return Config(**found, not_found_codes=codes)
