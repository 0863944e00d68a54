"""Plugin host: finds plugins by entry point, checks their hooks, and gives them out by id.

Calls to a bank go through :class:`GuardedBank`, which bounds their time and turns everything unexpected into
``unknown`` (money) or ``BankUnreachable`` (reads). A plugin can't take the platform down.
"""

import asyncio
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

import pluggy
import structlog

from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.plugin_api.bank import (
    AdjustmentOrder,
    AnswerState,
    BankAnswer,
    BankBalance,
    BankConnector,
    BankPlugin,
    FundAccountRef,
    LinePage,
    OpenedSubAccount,
    PaymentOrder,
)
from ankuan.plugin_api.errors import BankUnreachable, CannotExpress, PluginError
from ankuan.plugin_api.events import EventListener
from ankuan.plugin_api.hooks import AnkuanSpec
from ankuan.plugin_api.sms import SmsPlugin
from ankuan.plugin_api.version import ENTRY_POINT_GROUP

T = TypeVar("T")
log = structlog.get_logger(__name__)


class UnknownPlugin(AnkuanError):
    """A fund account names a plugin that is not installed here."""

    code = "plugin_not_installed"
    kind = ErrorKind.REFUSED


@dataclass(frozen=True, slots=True)
class PluginHost:
    """What the installed plugins have registered."""

    banks: dict[str, BankPlugin] = field(default_factory=dict)
    sms: dict[str, SmsPlugin] = field(default_factory=dict)
    listeners: dict[str, EventListener] = field(default_factory=dict)

    def bank(self, plugin_id: str) -> BankPlugin:
        """The bank plugin of this id. Raises :class:`UnknownPlugin`."""
        found = self.banks.get(plugin_id)
        if found is None:
            raise UnknownPlugin(f"银行插件 {plugin_id} 未安装", f"Bank plugin {plugin_id} is not installed")
        return found

    def connect(self, plugin_id: str, account: FundAccountRef, *, timeout_seconds: int) -> "GuardedBank":
        """A guarded connector for one fund account."""
        connector = self.bank(plugin_id).connect(account, timeout_seconds=timeout_seconds)
        return GuardedBank(connector, timeout_seconds=timeout_seconds + 5)


def load_plugins(extra: Iterable[object] = ()) -> PluginHost:
    """Discover by entry points, refuse unknown hooks, collect. ``extra`` are plugin objects (tests, scaffolds).

    A plugin that fails on import or while registering is logged and left out.
    """
    manager = pluggy.PluginManager(ENTRY_POINT_GROUP)
    manager.add_hookspecs(AnkuanSpec)
    _load_entry_points(manager)
    for plugin in extra:
        manager.register(plugin)
    manager.check_pending()
    return PluginHost(
        banks={b.id: b for b in _collect(manager, "ankuan_register_bank", BankPlugin)},  # type: ignore[type-abstract]
        sms={s.id: s for s in _collect(manager, "ankuan_register_sms", SmsPlugin)},  # type: ignore[type-abstract]
        listeners={
            e.id: e
            for e in _collect(manager, "ankuan_register_event_listener", EventListener)  # type: ignore[type-abstract]
        },
    )


def _load_entry_points(manager: pluggy.PluginManager) -> None:
    from importlib.metadata import entry_points

    for point in entry_points(group=ENTRY_POINT_GROUP):
        try:
            manager.register(point.load(), name=point.name)
        except Exception:  # a broken plugin must not keep the platform from starting
            log.exception("plugin.broken", plugin=point.name)


def _collect(manager: pluggy.PluginManager, hook: str, expected: type[T]) -> list[T]:
    found: list[T] = []
    for implementation in getattr(manager.hook, hook).get_hookimpls():
        try:
            made = implementation.function()
        except Exception:  # as above: left out, logged, and shown by its absence
            log.exception("plugin.broken", plugin=implementation.plugin_name, hook=hook)
            continue
        if isinstance(made, expected):
            found.append(made)
        else:
            log.error("plugin.wrong_type", plugin=implementation.plugin_name, hook=hook)
    return found


class GuardedBank:
    """A connector behind a time limit. Implements ``BankConnector``."""

    def __init__(self, inner: BankConnector, *, timeout_seconds: float) -> None:
        self._inner = inner
        self._limit = timeout_seconds

    async def open_sub_accounts(self, names: tuple[str, ...]) -> tuple[OpenedSubAccount, ...]:
        """Time limit grows with the number of accounts, since many banks open one a call."""
        return await self._read(self._inner.open_sub_accounts(names), limit=self._limit * max(1, len(names)))

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        """See ``BankConnector``."""
        return await self._read(self._inner.fetch_lines(cursor))

    async def balance(self, sub_account_no: str | None = None) -> BankBalance:
        """See ``BankConnector``."""
        return await self._read(self._inner.balance(sub_account_no))

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        """See ``BankConnector``; ``not_found`` is no answer to a submit and becomes ``unknown``."""
        return await self._order(self._inner.pay(order), submit=True)

    async def adjust(self, order: AdjustmentOrder) -> BankAnswer:
        """See ``BankConnector``."""
        return await self._order(self._inner.adjust(order), submit=True)

    async def query(self, order: PaymentOrder | AdjustmentOrder) -> BankAnswer:
        """See ``BankConnector``."""
        return await self._order(self._inner.query(order), submit=False)

    async def aclose(self) -> None:
        """Close; an error while closing is of no interest to money and is only logged."""
        try:
            await asyncio.wait_for(self._inner.aclose(), self._limit)
        except Exception:  # closing must not undo what was answered
            log.exception("bank.close_failed")

    async def _read(self, call: Awaitable[T], *, limit: float | None = None) -> T:
        try:
            return await asyncio.wait_for(call, limit or self._limit)
        except PluginError:
            raise
        except TimeoutError:
            raise BankUnreachable("time limit exceeded") from None
        except Exception as error:  # a defect of the plugin is a failed read, nothing more
            log.exception("bank.plugin_defect")
            raise BankUnreachable(f"plugin defect: {type(error).__name__}") from error

    async def _order(self, call: Awaitable[BankAnswer], *, submit: bool) -> BankAnswer:
        try:
            answer: object = await asyncio.wait_for(call, self._limit)
        except CannotExpress:
            raise
        except PluginError as error:
            return BankAnswer(AnswerState.UNKNOWN, message=str(error), exchanges=error.exchanges, alarm=str(error))
        except TimeoutError:
            return BankAnswer(AnswerState.UNKNOWN, message="time limit exceeded")
        except Exception as error:  # unknown until a query proves it, whatever the plugin did
            log.exception("bank.plugin_defect")
            return BankAnswer(AnswerState.UNKNOWN, alarm=f"plugin defect: {type(error).__name__}")
        if not isinstance(answer, BankAnswer):
            return BankAnswer(AnswerState.UNKNOWN, alarm=f"plugin answered {type(answer).__name__}")
        if submit and answer.state is AnswerState.NOT_FOUND:
            return BankAnswer(AnswerState.UNKNOWN, answer.code, answer.message, exchanges=answer.exchanges)
        return answer
