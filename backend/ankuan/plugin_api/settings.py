"""Settings of a fund account (or of another plugin): declared once, as a form, a check and a page of the README."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from ankuan.kernel.errors import AnkuanError
from ankuan.kernel.money import Money
from ankuan.plugin_api.errors import InvalidSettings


class SettingKind(StrEnum):
    """How a setting is entered and checked. All values travel as text."""

    TEXT = "text"
    SECRET = "secret"  # noqa: S105 - a kind of setting, not a secret
    URL = "url"
    HOST_PORT = "host_port"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    CHOICE = "choice"
    KEY = "key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting. ``label`` and ``help`` are Chinese, for the person who fills in the form.

    ``secret`` values are encrypted by the host and never shown again. ``url``: http or https, no user, query or
    fragment. ``host_port``: ``host:port``. ``number``: an integer within ``least`` … ``most``. ``money``: yuan.
    ``date``: YYYYMMDD. ``choice``: one of ``choices``. ``key``: the name of a key at a signer. ``pattern``: a regular
    expression that the whole value has to match.
    """

    name: str
    label: str
    help: str = ""
    kind: SettingKind = SettingKind.TEXT
    required: bool = True
    default: str = ""
    choices: tuple[str, ...] = ()
    pattern: str = ""
    least: int | None = None
    most: int | None = None


STATEMENT_FROM = Setting(
    name="statement_from",
    label="首次取明细的起始日期",
    help="YYYYMMDD，缺省为三个月前",
    kind=SettingKind.DATE,
    required=False,
)
"""For banks whose first read has to begin on some day: :mod:`ankuan.plugin_api.day_window`."""

STATEMENT_AHEAD_DAYS = Setting(
    name="statement_ahead_days",
    label="明细查询终止日提前量（天）",
    help="明细查询终止日比本机日期多几天，0 至 60；仅供模拟器",
    kind=SettingKind.NUMBER,
    default="0",
    least=0,
    most=60,
)
"""For banks that tell a day by its date only, so that a simulated bank may run ahead of the machine's calendar."""


def read_settings(schema: Sequence[Setting], values: Mapping[str, str]) -> dict[str, str]:
    """All settings with their defaults. Raises :class:`InvalidSettings` naming the first field that does not fit."""
    known = {setting.name: setting for setting in schema}
    for name in values:
        if name not in known:
            raise InvalidSettings(f"没有名为 {name[:40]} 的设置", name[:40])
    found = {}
    for setting in schema:
        value = values.get(setting.name, "").strip() or setting.default
        if value:
            _check(setting, value)
        elif setting.required:
            raise InvalidSettings(f"{setting.label}不能为空", setting.name)
        found[setting.name] = value
    return found


def _check(setting: Setting, value: str) -> None:
    checks = {
        SettingKind.URL: _is_url,
        SettingKind.HOST_PORT: _is_host_port,
        SettingKind.MONEY: _is_money,
        SettingKind.DATE: _is_date,
    }
    fits = True
    if setting.kind in checks:
        fits = checks[setting.kind](value)
    elif setting.kind is SettingKind.NUMBER:
        fits = bool(re.fullmatch(r"-?[0-9]{1,18}", value, re.ASCII)) and _within(int(value), setting)
    elif setting.kind is SettingKind.CHOICE:
        fits = value in setting.choices
    if fits and setting.pattern:
        fits = bool(re.fullmatch(setting.pattern, value, re.ASCII))
    if not fits or len(value) > 20_000 or "\x00" in value:
        raise InvalidSettings(f"{setting.label}格式有误" + (f"：{setting.help}" if setting.help else ""), setting.name)


def _within(number: int, setting: Setting) -> bool:
    return (setting.least is None or number >= setting.least) and (setting.most is None or number <= setting.most)


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    extra = parts.username or parts.password or parts.query or parts.fragment
    is_plain = not extra and text.isascii() and not any(char.isspace() for char in text)
    return is_address and is_plain and _is_place(parts.hostname or "")


def _is_host_port(text: str) -> bool:
    host, _, port = text.rpartition(":")
    is_bracketed = host.startswith("[") and host.endswith("]")
    is_port = bool(re.fullmatch(r"[0-9]{1,5}", port, re.ASCII)) and 0 < int(port) < 65_536
    return is_port and is_bracketed == (":" in host) and _is_place(host.strip("[]"))


def _is_place(host: str) -> bool:
    """A host a bank's front-end can stand on: an address written plainly, or a name. Link-local addresses are those of
    machines' own services, among them the credentials of cloud hosts; other spellings of numbers hide what they are.
    """
    try:
        address = ip_address(host)
    except ValueError:
        labels = host.removesuffix(".").split(".")
        is_name = all(
            re.fullmatch(r"[0-9A-Za-z]([0-9A-Za-z\-_]{0,61}[0-9A-Za-z])?", label, re.ASCII) for label in labels
        )
        return is_name and not re.fullmatch(r"0[xX][0-9A-Fa-f]*|[0-9]+", labels[-1], re.ASCII)
    mapped = getattr(address, "ipv4_mapped", None) or address
    return not (mapped.is_link_local or mapped.is_multicast or mapped.is_unspecified)


def _is_money(text: str) -> bool:
    try:
        return Money.parse(text) >= Money.ZERO
    except AnkuanError:
        return False


def _is_date(text: str) -> bool:
    try:
        return len(text) == 8 and bool(date(int(text[:4]), int(text[4:6]), int(text[6:])))
    except ValueError:
        return False
