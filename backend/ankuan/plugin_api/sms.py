"""Short messages: what a provider plugin does."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class SmsMessage:
    """One text to one phone. ``message_id`` is ours and stays the same when a send is tried again."""

    message_id: str
    phone: str
    text: str
    signature: str = "人民法院"


class SmsState(StrEnum):
    """What the provider said."""

    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SmsAnswer:
    """The provider's answer to one send."""

    state: SmsState
    provider_ref: str | None = None
    message: str = ""


@runtime_checkable
class SmsPlugin(Protocol):
    """A provider of short messages."""

    @property
    def id(self) -> str:
        """Stable id, e.g. ``sms_console``."""
        ...

    @property
    def display_name(self) -> str:
        """Name shown to people."""
        ...

    async def send(self, message: SmsMessage) -> SmsAnswer:
        """Send one message; never raises for what happens on the wire."""
        ...
