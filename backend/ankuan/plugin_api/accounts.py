"""Account verification: do name, number and bank of a payee belong together? Asked before money moves."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from ankuan.plugin_api.wire import RawExchange


@dataclass(frozen=True, slots=True)
class AccountClaim:
    """What somebody says of an account."""

    name: str
    number: str
    bank_name: str = ""
    bank_code: str | None = None


class AccountVerdict(StrEnum):
    """What the one who was asked said. ``unknown`` for everything that is not a positive word."""

    MATCH = "match"
    NAME_DIFFERS = "name_differs"
    NO_SUCH_ACCOUNT = "no_such_account"
    NOT_ACTIVE = "not_active"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class AccountCheck:
    """The answer, with the evidence it rests on."""

    verdict: AccountVerdict
    code: str = ""
    message: str = ""
    exchanges: tuple[RawExchange, ...] = ()
    alarm: str | None = None


@runtime_checkable
class AccountVerifier(Protocol):
    """An intermediary that can check accounts of many banks (``ankuan_register_account_verifier``).

    A bank that checks its own customers declares ``account_check`` instead and implements ``ChecksAccounts``.
    """

    @property
    def id(self) -> str:
        """Stable id."""
        ...

    @property
    def display_name(self) -> str:
        """Name shown to people."""
        ...

    async def check_account(self, claim: AccountClaim) -> AccountCheck:
        """Ask. Never raises for what happens on the wire: it answers ``unknown``."""
        ...
