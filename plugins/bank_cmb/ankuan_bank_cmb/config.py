"""Settings of a fund account."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from ankuan.kernel.money import Money
from ankuan.plugin_api.errors import InvalidSettings
from ankuan.plugin_api.settings import STATEMENT_AHEAD_DAYS, STATEMENT_FROM, Setting, SettingKind, read_settings
from ankuan_bank_cmb.cipher import decoded
from ankuan_bank_cmb.values import day

SETTINGS: Final = (
    Setting(name="endpoint", label="云直联地址", help="招商银行给出的接口地址，如 https://…/", kind=SettingKind.URL),
    Setting(name="user_id", label="企业网银用户编号（UID）", help="最长 16 个字母或数字", pattern="[0-9A-Za-z]{1,16}"),
    Setting(name="signer", label="签名插件", default="signer_softkey", pattern="[a-z0-9_]{1,64}"),
    Setting(name="signing_key", label="签名私钥名称", help="签名插件中的 SM2 密钥", kind=SettingKind.KEY),
    Setting(name="bank_public_key", label="银行公钥", help="SM2 公钥，PEM（BEGIN PUBLIC KEY）"),
    Setting(name="symmetric_key", label="对称密钥", help="SM4，16 字节，Base64", kind=SettingKind.SECRET),
    Setting(name="branch", label="开户分行号", help="两位数字，如 53", pattern="[0-9]{2}"),
    Setting(name="business_mode", label="支付业务模式（busMod）", default="00001", pattern="[0-9A-Za-z]{1,5}"),
    Setting(
        name="small_value_limit",
        label="实时支付上限（元）",
        help="跨行且不超过的走超级网银，超过的走大额",
        kind=SettingKind.MONEY,
        default="50000.00",
    ),
    Setting(
        name="platform_id",
        label="平台编号（INSPLAT）",
        help="经由平台接入时由银行分配",
        required=False,
        pattern="[0-9A-Za-z_\\-]{1,40}",
    ),
    Setting(
        name="receipt_host",
        label="回单下载地址",
        help="回单文件只从此地址下载，缺省同云直联地址",
        kind=SettingKind.URL,
        required=False,
    ),
    Setting(
        name="concurrent_requests",
        label="并发请求上限",
        help="同一用户编号的全部账户合计不得超过 20",
        kind=SettingKind.NUMBER,
        default="4",
        least=1,
        most=20,
    ),
    STATEMENT_FROM,
    STATEMENT_AHEAD_DAYS,
)
_PEM: Final = re.compile(r"\s*-----BEGIN PUBLIC KEY-----[0-9A-Za-z+/=\s]+-----END PUBLIC KEY-----\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Config:
    """Validated settings. ``receipt_host``: scheme, host and port that receipts are fetched from."""

    endpoint: str
    user_id: str
    signer: str
    signing_key: str
    bank_public_key: str
    symmetric_key: bytes
    branch: str
    business_mode: str
    small_value_limit: Money
    platform_id: str
    receipt_host: str
    concurrent_requests: int
    statement_from: date | None
    statement_ahead_days: int

    def __repr__(self) -> str:
        """Settings get into logs by being printed; this one holds a key."""
        return f"Config(user_id={self.user_id!r})"


def read_config(settings: Mapping[str, str]) -> Config:
    """Validate. Raises ``InvalidSettings`` naming the field."""
    found = read_settings(SETTINGS, settings)
    if not _PEM.fullmatch(found["bank_public_key"]):
        raise InvalidSettings("银行公钥须为 PEM（BEGIN PUBLIC KEY）", "bank_public_key")
    key = decoded(found["symmetric_key"].encode("utf-8", "replace"))
    if key is None or len(key) != 16:
        raise InvalidSettings("对称密钥须为 16 字节的 Base64", "symmetric_key")
    start = found["statement_from"]
    return Config(
        endpoint=found["endpoint"],
        user_id=found["user_id"],
        signer=found["signer"],
        signing_key=found["signing_key"],
        bank_public_key=found["bank_public_key"],
        symmetric_key=key,
        branch=found["branch"],
        business_mode=found["business_mode"],
        small_value_limit=Money.parse(found["small_value_limit"]),
        platform_id=found["platform_id"],
        receipt_host=origin(found["receipt_host"] or found["endpoint"]),
        concurrent_requests=int(found["concurrent_requests"]),
        statement_from=day(start) if start else None,
        statement_ahead_days=int(found["statement_ahead_days"]),
    )


def origin(url: str) -> str:
    """Scheme, host and port of an address. ValueError when the text is none, or hides a user in it."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise ValueError("no address")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
