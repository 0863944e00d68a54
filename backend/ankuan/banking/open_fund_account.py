"""Enter a court's account at a bank."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from ankuan.banking.abilities import note_abilities
from ankuan.banking.check_settings import FundAccountSettings, checked_settings
from ankuan.banking.sealed_settings import seal_settings
from ankuan.banking.tables import FundAccount
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.ids import new_id
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import WriteSession
from ankuan.platform.plugins import PluginHost

__all__ = ["FINALITY_WINDOW", "FundAccountDiffers", "FundAccountSettings", "open_fund_account"]

FINALITY_WINDOW = timedelta(hours=6)
"""Unless the bank promises better: six hours may pass until a query finds what the bank has taken (failures D13)."""


class FundAccountDiffers(AnkuanError):
    """The account is entered already, under another name."""

    code = "fund_account_differs"
    kind = ErrorKind.CONFLICT


async def open_fund_account(
    session: WriteSession,
    *,
    court_id: int,
    bank_id: str,
    account_no: str,
    name: str,
    adjustment_account_no: str | None,
    settings: Mapping[str, str],
    plugins: PluginHost,
    cipher: FieldCipher | None = None,
    finality_window: timedelta = FINALITY_WINDOW,
    in_flight_limit: int = 8,
) -> UUID:
    """Enter the account, or bring the settings of one entered before up to date. Returns its id.

    ``in_flight_limit``: orders under way at once (bulkhead D22). ``cipher`` seals the secrets; without it an account
    with a secret is refused (``ValueError``). Raises ``UnknownPlugin``, ``PluginDisabled``,
    :class:`FundAccountSettings`, :class:`FundAccountDiffers`, ``ReferenceTooShort``.
    """
    plugin = plugins.bank(bank_id)
    checked = checked_settings(plugin, settings)
    known = await session.scalar(
        select(FundAccount)
        .where(FundAccount.court_id == court_id, FundAccount.bank_id == bank_id, FundAccount.account_no == account_no)
        .with_for_update(key_share=True)
    )
    if known is not None and known.name != name:
        raise FundAccountDiffers("该账号已登记，户名不同", "The account is entered under another name", field="name")
    account = known or FundAccount(
        court_id=court_id, id=new_id(), bank_id=bank_id, account_no=account_no, name=name, active=True
    )
    account.adjustment_account_no = adjustment_account_no
    account.settings = seal_settings(plugin.settings, checked, fund_account_id=account.id, cipher=cipher)
    account.finality_seconds = int(finality_window.total_seconds())
    account.in_flight_limit = in_flight_limit
    note_abilities(account, plugin.capabilities)
    session.add(account)
    await session.flush()
    return account.id
