"""Settings of a fund account."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ankuan.plugin_api.settings import Setting, SettingKind, read_settings

SETTINGS: Final = (
    Setting(name="address", label="前置机地址", help="主机:端口", kind=SettingKind.HOST_PORT),
    Setting(name="corp_no", label="企业技监局号", help="CorpNo", pattern="[0-9A-Za-z]{1,20}"),
    Setting(name="operator_no", label="操作员号", help="OpNo", pattern="[0-9A-Za-z]{1,10}"),
    Setting(name="province", label="农行省市代码", help="DbProv，两位数字，不是行政区划", pattern="[0-9]{2}"),
    Setting(
        name="file_folder",
        label="前置机文件目录",
        help="本机挂载的前置机共享目录的绝对路径，明细文件由此读取",
        pattern=r"/[^\s\\]{1,200}",
    ),
    Setting(
        name="not_found_codes",
        label="查无此交易的返回码",
        help="以逗号分隔；联调时向银行确认",
        default="2204",
        pattern="[0-9A-Z]{1,8}(,[0-9A-Z]{1,8})*",
    ),
)


@dataclass(frozen=True, slots=True)
class Config:
    """Validated settings."""

    address: str
    corp_no: str
    operator_no: str
    province: str
    file_folder: Path
    not_found_codes: frozenset[str]


def read_config(settings: Mapping[str, str]) -> Config:
    """Validate. Raises ``InvalidSettings`` naming the field. The folder is looked at when a file is read."""
    found = read_settings(SETTINGS, settings)
    return Config(
        address=found["address"],
        corp_no=found["corp_no"],
        operator_no=found["operator_no"],
        province=found["province"],
        file_folder=Path(found["file_folder"]),
        not_found_codes=frozenset(found["not_found_codes"].split(",")),
    )
