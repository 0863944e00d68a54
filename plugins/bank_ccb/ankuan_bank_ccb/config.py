"""Settings of a fund account."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ankuan.plugin_api.settings import Setting, SettingKind, read_settings

SETTINGS: Final = (
    Setting(name="address", label="前置机地址", help="主机:端口，如 192.168.1.10:10018", kind=SettingKind.HOST_PORT),
    Setting(name="customer_id", label="客户号", help="CUST_ID，最长 21 位", pattern="[0-9A-Za-z]{1,21}"),
    Setting(name="user_id", label="操作员号", help="USER_ID，最长 6 位", pattern="[0-9A-Za-z]{1,6}"),
    Setting(name="password", label="操作员密码", kind=SettingKind.SECRET, pattern="[!-~]{1,32}"),
    Setting(
        name="done_results",
        label="DEAL_RESULT 成功值",
        help="以逗号分隔；联调前只认 4",
        default="4",
        pattern="[0-9A-Z](,[0-9A-Z])*",
    ),
    Setting(
        name="failed_results",
        label="DEAL_RESULT 失败值",
        help="以逗号分隔；银行书面确认前留空，留空则从不自动判失败",
        required=False,
        pattern="[0-9A-Z](,[0-9A-Z])*",
    ),
    Setting(
        name="not_found_codes",
        label="查无此交易的返回码",
        help="以逗号分隔；联调时向银行确认",
        default="8350ZX200000",
        pattern="[0-9A-Z]{1,12}(,[0-9A-Z]{1,12})*",
    ),
)


@dataclass(frozen=True, slots=True)
class Config:
    """Validated settings."""

    address: str
    customer_id: str
    user_id: str
    password: str
    done_results: frozenset[str]
    failed_results: frozenset[str]
    not_found_codes: frozenset[str]


def read_config(settings: Mapping[str, str]) -> Config:
    """Validate. Raises ``InvalidSettings`` naming the field."""
    found = read_settings(SETTINGS, settings)
    return Config(
        address=found["address"],
        customer_id=found["customer_id"],
        user_id=found["user_id"],
        password=found["password"],
        done_results=frozenset(found["done_results"].split(",")),
        failed_results=frozenset(filter(None, found["failed_results"].split(","))),
        not_found_codes=frozenset(found["not_found_codes"].split(",")),
    )
