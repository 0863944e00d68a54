"""What the host raises by itself, beside what plugins raise."""

from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.plugin_api.errors import BankUnreachable, NotOffered, PluginError


class UnknownPlugin(AnkuanError):
    """A fund account names a plugin that is not installed here."""

    code = "plugin_not_installed"
    kind = ErrorKind.REFUSED


class PluginDisabled(AnkuanError):
    """An administrator has switched the plugin off. Orders wait, polls pause."""

    code = "plugin_disabled"
    kind = ErrorKind.REFUSED


class NothingSent(PluginError):
    """The host did not let an order reach the plugin: certainly no byte of it has left. It may be tried again."""


class CircuitOpen(NothingSent):
    """The endpoint has failed several times in a row and is left alone for a while."""


class EndpointBusy(NothingSent):
    """More calls are waiting for the endpoint than may be made of it now."""


class CannotConnect(NothingSent):
    """The plugin could not make a connector."""


class HeldBack(NothingSent):
    """The plugin has blocked its thread; it gets a new one after a pause, or none when it did so too often."""


class NotAble(NotOffered):
    """The host itself has seen that the connector lacks the ability: nothing was asked of it."""


class ReadHeldBack(BankUnreachable):
    """A read that the host did not let through."""


class PluginStuck(Exception):
    """A call that was under way when the plugin's thread was given up. What the bank has done is not known."""


class PluginDefect(Exception):
    """The plugin raised what is not in its contract. ``kind`` is the name of the error's class, never its text."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind
