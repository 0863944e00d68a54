"""Settings of a fund account."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from ankuan.kernel.money import Money
from ankuan.plugin_api.errors import InvalidSettings
from ankuan.plugin_api.services import PluginServices
from ankuan.plugin_api.settings import STATEMENT_FROM, Setting, SettingKind, read_settings
from ankuan.plugin_api.signing import SignatureAlgorithm
from ankuan_bank_platform.signing import Credentials

PEM: Final = r"-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]{40,4000}-----END PUBLIC KEY-----"
LINK: Final = (
    Setting(name="endpoint", label="平台地址", help="如 https://10.1.1.8:9443/，其后接 /v1/…", kind=SettingKind.URL),
    Setting(name="app_id", label="应用编号", help="平台分配，最长 64 个字母、数字或符号", pattern="[!-~]{1,64}"),
    Setting(
        name="algorithm",
        label="签名算法",
        kind=SettingKind.CHOICE,
        choices=tuple(SignatureAlgorithm),
        default=SignatureAlgorithm.SM2_SM3,
    ),
    Setting(name="signer", label="签名插件", default="signer_softkey", pattern="[a-z0-9_]{1,40}"),
    Setting(name="signing_key", label="签名密钥名称", help="签名插件中的密钥", kind=SettingKind.KEY),
    Setting(name="platform_public_key", label="平台公钥", help="PEM（BEGIN PUBLIC KEY）", pattern=PEM),
    Setting(
        name="platform_public_key_next",
        label="平台新公钥",
        help="平台更换密钥期间填写，新旧公钥均可验签",
        required=False,
        pattern=PEM,
    ),
)
"""How the platform is reached: the same for all fund accounts of a court, and for account checks."""
SETTINGS: Final = (
    *LINK,
    Setting(name="bank_code", label="开户行行号", help="案款账户开户行的 12 位支付行号", pattern="[0-9]{12}"),
    Setting(
        name="small_value_limit",
        label="小额支付上限（元）",
        help="超过的跨行付款走大额",
        kind=SettingKind.MONEY,
        default="50000.00",
    ),
    replace(STATEMENT_FROM, help="YYYYMMDD，缺省为平台保存的最早日期"),
)


@dataclass(frozen=True, slots=True)
class Link:
    """Validated settings of the connection."""

    endpoint: str
    app_id: str
    algorithm: SignatureAlgorithm
    signer: str
    signing_key: str
    platform_keys: tuple[str, ...]

    def credentials(self, services: PluginServices) -> Credentials:
        """With the signer that the host lends. Raises ``InvalidSettings`` naming ``signer``."""
        signer = services.signer(self.signer)
        return Credentials(self.app_id, signer, self.signing_key, self.algorithm, self.platform_keys)


@dataclass(frozen=True, slots=True)
class Config:
    """Validated settings of a fund account."""

    link: Link
    bank_code: str
    small_value_limit: Money
    statement_from: date | None


def read_link(found: Mapping[str, str]) -> Link:
    """Settings that have passed ``read_settings``."""
    keys = (found["platform_public_key"], found["platform_public_key_next"])
    return Link(
        endpoint=found["endpoint"].rstrip("/"),
        app_id=found["app_id"],
        algorithm=SignatureAlgorithm(found["algorithm"]),
        signer=found["signer"],
        signing_key=found["signing_key"],
        platform_keys=tuple(key for key in keys if key),
    )


def read_config(settings: Mapping[str, str]) -> Config:
    """Validate. Raises ``InvalidSettings`` naming the field."""
    found = read_settings(SETTINGS, settings)
    start = found["statement_from"]
    if found["bank_code"].startswith("000"):
        raise InvalidSettings("开户行行号格式有误", "bank_code")
    return Config(
        link=read_link(found),
        bank_code=found["bank_code"],
        small_value_limit=Money.parse(found["small_value_limit"]),
        statement_from=date(int(start[:4]), int(start[4:6]), int(start[6:])) if start else None,
    )
