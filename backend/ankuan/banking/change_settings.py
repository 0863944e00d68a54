"""Change the settings of a fund account while everything runs: the next connection uses them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from ankuan.banking.check_settings import FundAccountSettings, checked_settings
from ankuan.banking.queries import FundAccountNotFound
from ankuan.banking.sealed_settings import MASK, open_settings, seal_settings
from ankuan.banking.tables import FundAccount
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import WriteSession
from ankuan.platform.events import emit
from ankuan.platform.plugins import PluginHost
from ankuan.plugin_api.events import FundAccountChanged
from ankuan.plugin_api.settings import Setting, SettingKind


async def change_fund_account_settings(
    session: WriteSession,
    *,
    court_id: int,
    fund_account_id: UUID,
    settings: Mapping[str, str],
    plugins: PluginHost,
    cipher: FieldCipher,
    now: datetime,
    reason: str = "",
) -> tuple[str, ...]:
    """Store the whole form; returns the names of what changed, never a value.

    A secret that was not entered anew (missing, empty, or the mask) stays as it is; with another address it must be
    entered, or whoever may change addresses could have it sent to his own. Told by ``FundAccountChanged`` in
    this transaction, with the actor. Raises ``FundAccountNotFound``, ``UnknownPlugin``, ``PluginDisabled``,
    ``FundAccountSettings`` (field ``settings.<name>``).
    """
    account = await session.scalar(
        select(FundAccount)
        .where(FundAccount.court_id == court_id, FundAccount.id == fund_account_id)
        .with_for_update(key_share=True)
    )
    if account is None:
        raise FundAccountNotFound("案款专户不存在", "No such fund account", field="fundAccountId")
    plugin = plugins.bank(account.bank_id)
    before = open_settings(account, cipher)
    secrets = {setting.name for setting in plugin.settings if setting.kind is SettingKind.SECRET}
    kept = {name: before[name] for name in secrets & before.keys() if settings.get(name, "") in {"", MASK}}
    _refuse_to_take_along(plugin.settings, before, settings, kept)
    after = checked_settings(plugin, {**settings, **kept})
    changed = tuple(sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)))
    if changed:
        sealed = seal_settings(plugin.settings, after, fund_account_id=account.id, cipher=cipher)
        account.settings = {
            name: account.settings[name] if name not in changed and name in account.settings else value
            for name, value in sealed.items()
        }
        await session.flush()
        await emit(
            session,
            FundAccountChanged(
                court_id=court_id, subject=account.id, what="settings", names=",".join(changed), reason=reason
            ),
            now=now,
        )
    return changed


def _refuse_to_take_along(
    schema: Sequence[Setting], before: Mapping[str, str], given: Mapping[str, str], kept: Mapping[str, str]
) -> None:
    addresses = [setting for setting in schema if setting.kind in {SettingKind.URL, SettingKind.HOST_PORT}]
    is_moved = any(
        (before.get(one.name) or one.default) != (given.get(one.name, "").strip() or one.default) for one in addresses
    )
    for secret in schema:
        if is_moved and secret.name in kept:
            raise FundAccountSettings(
                f"地址已变更，请重新输入{secret.label}",
                "The address is another one: enter the secret again",
                field=f"settings.{secret.name}"[:80],
            )
