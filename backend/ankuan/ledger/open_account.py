"""Open ledger accounts, or find them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from ankuan.ledger.accounts import AccountKind
from ankuan.ledger.driver import fetch_row
from ankuan.platform.db import WriteSession

_OPEN = "select ledger_open_accounts($1, $2, $3, $4)"


@dataclass(frozen=True, slots=True)
class AccountKey:
    """What makes an account within a court: ``owner_id`` is the case for ``case`` and ``held``."""

    fund_account_id: UUID
    kind: AccountKind
    owner_id: UUID | None = None


async def ensure_accounts(session: WriteSession, *, court_id: int, keys: Sequence[AccountKey]) -> list[int]:
    """Numbers of these accounts in the order of ``keys``, opened where missing, in one round trip.

    Two callers at once get the same account. Raises :class:`AccountNotFound` for a court outside the scope.
    """
    arrays = [k.fund_account_id for k in keys], [str(k.kind) for k in keys], [k.owner_id for k in keys]
    [numbers] = await fetch_row(session, _OPEN, court_id, *arrays)
    return list(numbers)


async def ensure_account(
    session: WriteSession, *, court_id: int, fund_account_id: UUID, kind: AccountKind, owner_id: UUID | None = None
) -> int:
    """Number of one account, see :func:`ensure_accounts`."""
    [account] = await ensure_accounts(session, court_id=court_id, keys=[AccountKey(fund_account_id, kind, owner_id)])
    return account
