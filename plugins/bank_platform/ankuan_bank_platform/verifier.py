"""Account checks of the whole platform, for payees at any bank: configured by a file, apart from fund accounts."""

import asyncio
import os
import tomllib
from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final

from ankuan.kernel.clock import SystemClock
from ankuan.plugin_api.accounts import AccountCheck, AccountClaim, AccountVerdict
from ankuan.plugin_api.errors import InvalidSettings
from ankuan.plugin_api.services import PluginServices
from ankuan.plugin_api.settings import read_settings
from ankuan.plugin_api.signing import SignerPlugin
from ankuan.plugin_api.version import ENTRY_POINT_GROUP
from ankuan_bank_platform.checking import check_account
from ankuan_bank_platform.client import Platform, http_client
from ankuan_bank_platform.config import LINK, read_link
from ankuan_bank_platform.session import Session
from ankuan_bank_platform.signing import Nonces

VARIABLE: Final = "ANKUAN_PLATFORM_VERIFIER_SETTINGS"
TIMEOUT_SECONDS: Final = 10.0


def settings_file() -> Path | None:
    """The TOML file that the environment names, if any."""
    named = os.environ.get(VARIABLE, "")
    return Path(named) if named else None


class PlatformVerifier:
    """Implements ``AccountVerifier``. ``file`` is read at each check, so that a corrected one counts at once."""

    id = "verifier_platform"
    display_name = "多银行资金平台账户核验"

    def __init__(
        self, file: Path, signers: Mapping[str, SignerPlugin] | None = None, limit: float = TIMEOUT_SECONDS
    ) -> None:
        self._file = file
        self._signers = signers
        self._limit = limit
        self._nonces = Nonces()

    async def check_account(self, claim: AccountClaim) -> AccountCheck:
        """Ask. Answers ``unknown`` for what happens on the wire, and for a file that does not fit."""
        try:
            platform = await asyncio.to_thread(self._platform)
        except (OSError, ValueError, InvalidSettings) as wrong:
            told = str(wrong) if isinstance(wrong, InvalidSettings) else type(wrong).__name__
            return AccountCheck(AccountVerdict.UNKNOWN, message=told, alarm=f"账户核验设置不可用：{told}")
        try:
            deadline = asyncio.get_running_loop().time() + self._limit
            return await check_account(Session(platform, deadline), claim)
        finally:
            await platform.aclose()

    def _platform(self) -> Platform:
        with self._file.open("rb") as file:
            content = tomllib.load(file)
        link = read_link(read_settings(LINK, {name: str(value) for name, value in content.items()}))
        signers = self._signers if self._signers is not None else installed_signers(link.signer)
        services = PluginServices(self._limit, SystemClock(), signers)
        return Platform(http_client(), link.endpoint, link.credentials(services), services.clock, self._nonces)


def installed_signers(name: str) -> dict[str, SignerPlugin]:
    """The signer of that id, found as the host finds it: the hook of a verifier is handed no services."""
    for point in entry_points(group=ENTRY_POINT_GROUP, name=name):
        made: object = point.load().ankuan_register_signer()
        if isinstance(made, SignerPlugin):
            return {made.id: made}
    return {}
