"""Certificates of the keys that fund accounts sign with: told 30, 7 and 1 days before they end (failures G12)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import structlog
from sqlalchemy import select, update

from ankuan.banking.tables import FundAccount
from ankuan.platform.alarms import raise_alarm
from ankuan.platform.db import WriteSession
from ankuan.platform.jobs import JobContext
from ankuan.platform.plugins import PluginHost
from ankuan.platform.plugins.errors import PluginDefect, PluginStuck
from ankuan.platform.tables import Alarm
from ankuan.plugin_api.bank import BankPlugin
from ankuan.plugin_api.errors import PluginError
from ankuan.plugin_api.settings import SettingKind
from ankuan.plugin_api.signing import KeyInfo

EXPIRING: Final = "certificate_expiring"
STEPS: Final = (0, 1, 7, 30)
"""Days left; each step is an alarm of its own, so that it is told anew."""
SIGNER_SETTING: Final = "signer"
LIMIT_SECONDS: Final = 15.0
Keys = Mapping[str, Mapping[str, KeyInfo]]
log = structlog.get_logger(__name__)


async def watch_certificates(context: JobContext) -> int:
    """Look at all keys that fund accounts use; returns how many are near their end."""
    keys = await all_keys(context.plugins)
    now, near = context.clock.now(), 0
    async with context.database.write(context.actor) as session:
        for account in await session.scalars(select(FundAccount).where(FundAccount.active).order_by(FundAccount.id)):
            plugin = context.plugins.banks.get(account.bank_id)
            for key in keys_used(account, plugin, keys) if plugin is not None else ():
                near += await _tell(session, account, key, now)
    return near


async def all_keys(plugins: PluginHost) -> Keys:
    """Signer -> name -> key. A signer that does not answer is looked at next time; its keys keep their alarms."""
    found: dict[str, Mapping[str, KeyInfo]] = {}
    for signer_id, signer in sorted(plugins.signers.items()):
        try:
            told: object = await plugins.state.bulkhead(signer_id).run(signer.keys, limit=LIMIT_SECONDS)
            keys = told if isinstance(told, tuple | list) else ()
            found[signer_id] = {key.name: key for key in keys if isinstance(key, KeyInfo)}
        except (PluginError, PluginDefect, PluginStuck, TimeoutError) as error:
            log.warning("signer.silent", signer=signer_id, kind=type(error).__name__)
    return found


def keys_used(account: FundAccount, plugin: BankPlugin, keys: Keys) -> list[KeyInfo]:
    """Keys named by the account's settings, at the signer that its settings name, or at any."""
    settings = account.settings
    wanted = settings.get(SIGNER_SETTING)
    signers = [keys[wanted]] if isinstance(wanted, str) and wanted in keys else list(keys.values())
    names = [settings.get(setting.name) for setting in plugin.settings if setting.kind is SettingKind.KEY]
    return [signer[name] for name in names if isinstance(name, str) for signer in signers if name in signer]


def step_of(ends: datetime, now: datetime) -> int | None:
    """The step that is reached; ``None`` when the end is far off. An end without a zone is UTC."""
    end = ends if ends.tzinfo is not None else ends.replace(tzinfo=UTC)
    left = (end - now).total_seconds() / 86_400
    return next((step for step in STEPS if left <= step), None)


async def _tell(session: WriteSession, account: FundAccount, key: KeyInfo, now: datetime) -> bool:
    step = step_of(key.not_after, now) if isinstance(key.not_after, datetime) else None
    subject = f"{account.id}:{key.name}"[:200]
    await _settle_others(session, account.court_id, subject, step, now)
    if step is None or key.not_after is None:
        return False
    if not await _is_open(session, account.court_id, f"{subject}:{step}"):
        what = "已过期" if step == 0 else f"将在 {step} 天内到期"
        message = f"{account.name}：证书 {key.name[:60]} {what}（{key.not_after:%Y-%m-%d}）"
        await raise_alarm(
            session,
            court_id=account.court_id,
            kind=EXPIRING,
            subject_key=f"{subject}:{step}",
            message=message,
            now=now,
        )
    return True


async def _is_open(session: WriteSession, court_id: int, subject: str) -> bool:
    found = await session.scalar(
        select(Alarm.id).where(
            Alarm.court_id == court_id, Alarm.kind == EXPIRING, Alarm.subject_key == subject, Alarm.cleared_at.is_(None)
        )
    )
    return found is not None


async def _settle_others(session: WriteSession, court_id: int, subject: str, step: int | None, now: datetime) -> None:
    """A nearer step replaces a farther one, and a renewed certificate all of them."""
    gone = [f"{subject}:{other}" for other in STEPS if other != step]
    await session.execute(
        update(Alarm)
        .where(
            Alarm.court_id == court_id,
            Alarm.kind == EXPIRING,
            Alarm.subject_key.in_(gone),
            Alarm.cleared_at.is_(None),
        )
        .values(cleared_at=now, cleared_by="system", note="resolved")
    )
