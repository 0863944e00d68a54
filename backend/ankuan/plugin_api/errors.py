"""What a connector may raise. Anything else that leaves a connector is treated as unknown."""

from dataclasses import dataclass, field

from ankuan.plugin_api.wire import RawExchange


@dataclass(eq=False)
class PluginError(Exception):
    """Base of all errors a plugin raises on purpose; carries the raw exchange where there was one."""

    message: str
    exchanges: tuple[RawExchange, ...] = field(default=())

    def __str__(self) -> str:
        return self.message


class InvalidSettings(PluginError):
    """The settings of a fund account do not fit this plugin. ``field_name`` names the culprit."""

    def __init__(self, message: str, field_name: str) -> None:
        super().__init__(message)
        self.field_name = field_name


class CannotExpress(PluginError):
    """The order can't be written in the bank's format (a character outside GBK, say). Nothing was sent."""


class BankUnreachable(PluginError):
    """A read (lines, balance, sub-accounts) did not get through. Reads may simply be tried again."""


class MalformedAnswer(PluginError):
    """A read was answered with something that can't be understood. Kept as evidence, raised as an alarm."""


class BankRefused(PluginError):
    """The bank understood a read or a registration and said no. ``code`` is the bank's own code."""

    def __init__(self, message: str, code: str, exchanges: tuple[RawExchange, ...] = ()) -> None:
        super().__init__(message, exchanges)
        self.code = code


class NotOffered(PluginError):
    """The bank has no such thing (a balance query, say). Declared in its capabilities; asking was a mistake."""


class ForgedNotice(PluginError):
    """A call that claims to come from the bank, and whose signature, time or sender does not fit."""
