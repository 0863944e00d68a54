"""A bank's connector behind a guard: its own thread, bounded time, checked types, and a breaker for each endpoint.

Whatever a plugin does, an order that may have left is ``unknown``, an order that certainly has not raises
:class:`NothingSent` or ``CannotExpress``, and a read raises one of the contract's read errors.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ankuan.platform.plugins.bulkhead import Bulkhead
from ankuan.platform.plugins.checked_orders import NO_ANSWER, has_heard_nothing
from ankuan.platform.plugins.checks import LONGEST_TEXT, Malformed, good_exchanges
from ankuan.platform.plugins.endpoints import Endpoint, Endpoints
from ankuan.platform.plugins.errors import (
    CannotConnect,
    CircuitOpen,
    EndpointBusy,
    NotAble,
    NothingSent,
    PluginDefect,
    ReadHeldBack,
)
from ankuan.platform.plugins.errors import PluginStuck as Stuck
from ankuan.plugin_api.bank import BankAnswer, BankConnector, BankPlugin, BatchAnswer, FundAccountRef, PluginServices
from ankuan.plugin_api.errors import (
    BankRefused,
    BankUnreachable,
    CannotExpress,
    ForgedNotice,
    MalformedAnswer,
    NotOffered,
    PluginError,
)
from ankuan.plugin_api.wire import RawExchange

T = TypeVar("T")
A = TypeVar("A", BankAnswer, BatchAnswer)
Keep = Callable[[str, tuple[RawExchange, ...]], Awaitable[None]]
Ask = Callable[[Any], Awaitable[object]]
READ_ERRORS = (MalformedAnswer, NotOffered, ForgedNotice, CannotExpress)
LONGEST_WAIT = 5.0
"""A read that would have to wait longer for its turn at the endpoint does not wait at all."""
ORDER_WAIT = 2.0
"""The same for orders: they must leave soon after their intent is committed."""


@dataclass(eq=False)
class Line:
    """The way to one fund account's connector: made in the plugin's thread when it is first used there."""

    plugin: BankPlugin
    account: FundAccountRef
    services: PluginServices
    bulkhead: Bulkhead
    endpoint: Endpoint
    endpoints: Endpoints
    limit: float
    _connector: BankConnector | None = None
    _loop: asyncio.AbstractEventLoop | None = None

    async def ask(self, operation: str, ask: Ask, *, limit: float, outward: bool = True) -> object:
        """Call the connector. ``outward``: over the network, so that it counts for the endpoint."""
        began = time.perf_counter()
        failure: str | None = "cancelled"
        try:
            found = await self.bulkhead.run(lambda: self._in_thread(ask), limit=limit)
        except (TimeoutError, Stuck, PluginDefect, BankUnreachable) as error:
            failure = error.kind if isinstance(error, PluginDefect) else _WORDS[type(error)]
            raise
        except PluginError as error:
            failure = None if isinstance(error, BankRefused | MalformedAnswer | ForgedNotice) else "cancelled"
            raise
        else:
            is_silent = isinstance(found, BankAnswer | BatchAnswer) and _is_silent(found)
            failure = "unreachable" if is_silent else None
            return found
        finally:
            if outward:
                self._judge(failure, time.perf_counter() - began)
            failed = failure is not None and failure != "cancelled"
            self.endpoints.count(self.plugin.id, operation, time.perf_counter() - began, failed=failed)

    def _judge(self, failure: str | None, seconds: float) -> None:
        if failure == "cancelled":
            self.endpoint.circuit.let_go()
            return
        self.endpoint.count(seconds)
        if failure is None:
            self.endpoint.went_well()
        else:
            self.endpoint.went_wrong(failure)

    async def _in_thread(self, ask: Ask) -> object:
        return await ask(self._connected())

    def _connected(self) -> BankConnector:
        """In the plugin's thread. A thread that was given up took its connector along."""
        loop = asyncio.get_running_loop()
        if self._connector is None or self._loop is not loop:
            try:
                made: object = self.plugin.connect(self.account, self.services)
            except PluginError as wrong:
                raise CannotConnect(str(wrong)) from None
            except BaseException as error:  # noqa: BLE001 - before anything was sent, whatever it is
                raise CannotConnect(f"插件无法连接：{type(error).__name__}") from None
            if not isinstance(made, BankConnector):
                raise CannotConnect(f"插件给出的不是连接：{type(made).__name__}")
            self._connector, self._loop = made, loop
        return self._connector

    async def close(self) -> None:
        """Close the connector where it lives; its errors are of no interest to money."""
        connector, self._connector = self._connector, None
        if connector is not None and self._loop is not None and not self._loop.is_closed():
            with contextlib.suppress(PluginError, PluginDefect, Stuck, TimeoutError):
                await self.bulkhead.run(lambda: _aclose(connector, self._loop), limit=self.limit)


async def _aclose(connector: BankConnector, made_in: asyncio.AbstractEventLoop | None) -> None:
    if made_in is asyncio.get_running_loop():
        await connector.aclose()


def _is_silent(found: BankAnswer | BatchAnswer) -> bool:
    try:
        return has_heard_nothing(found)
    except Exception:  # noqa: BLE001 - not checked yet; what is malformed came from somewhere
        return False


_WORDS: dict[type[BaseException], str] = {TimeoutError: "time_out", Stuck: "stuck", BankUnreachable: "unreachable"}


@dataclass(eq=False)
class Guard:
    """What orders and reads have in common: who may go, for how long, and what becomes of what comes back."""

    line: Line
    keep: Keep | None = None
    limit: float = field(init=False)

    def __post_init__(self) -> None:
        self.limit = self.line.limit

    async def order(
        self,
        operation: str,
        ask: Ask,
        *,
        read: Callable[[object], A],
        unsure: Callable[..., A],
        limit: float | None = None,
    ) -> A:
        """Ask once. Raises ``CannotExpress`` and :class:`NothingSent` only when certainly nothing was sent."""
        is_query = operation == "query"
        try:
            await self._turn(ORDER_WAIT, probe=is_query)
            found = await self.line.ask(operation, ask, limit=limit or self.limit)
        except NothingSent as held:
            if is_query:
                return unsure(str(held))
            raise
        except (CannotExpress, NotAble) as wrong:
            exchanges, _ = good_exchanges(wrong.exchanges)
            if exchanges:  # it says that nothing was sent, and shows what was
                return unsure(_said(wrong), alarm=_said(wrong) or NO_ANSWER, exchanges=exchanges)
            raise _plain(wrong) from None
        except PluginError as error:
            exchanges, _ = good_exchanges(error.exchanges)
            return unsure(_said(error), alarm=_said(error), exchanges=exchanges)
        except (TimeoutError, Stuck):
            return unsure(NO_ANSWER)
        except PluginDefect as defect:
            return unsure(alarm=f"plugin defect: {defect.kind}")
        return read(found)

    async def read(
        self,
        operation: str,
        ask: Ask,
        *,
        check: Callable[[object], T],
        limit: float | None = None,
        again: bool = False,
        kept: bool = False,
    ) -> T:
        """Ask, once more when ``again`` and the bank could not be reached. ``kept``: hand the exchanges to be kept."""
        whole = limit or self.limit
        began = time.monotonic()
        try:
            found = await self._read_once(operation, ask, check=check, limit=whole)
        except BankUnreachable as error:
            left = whole - (time.monotonic() - began)
            if not again or left < whole / 2 or isinstance(error, ReadHeldBack):
                await self._keep(operation, error.exchanges if kept else ())
                raise
            found = await self._read_again(operation, ask, check=check, limit=left, first=error, kept=kept)
        except PluginError as error:
            await self._keep(operation, error.exchanges if kept else ())
            raise
        await self._keep(operation, getattr(found, "exchanges", ()) if kept else ())
        return found

    async def _read_again(
        self,
        operation: str,
        ask: Ask,
        *,
        check: Callable[[object], T],
        limit: float,
        first: PluginError,
        kept: bool,
    ) -> T:
        try:
            return await self._read_once(operation, ask, check=check, limit=limit)
        except PluginError as error:
            error.exchanges = (*first.exchanges, *error.exchanges)
            await self._keep(operation, error.exchanges if kept else ())
            raise

    async def _read_once(self, operation: str, ask: Ask, *, check: Callable[[object], T], limit: float) -> T:
        try:
            await self._turn(LONGEST_WAIT)
            found = await self.line.ask(operation, ask, limit=limit)
        except PluginError as error:
            raise _plain(error) from None
        except (TimeoutError, Stuck):
            raise BankUnreachable(NO_ANSWER) from None
        except PluginDefect as defect:
            raise BankUnreachable(f"plugin defect: {defect.kind}") from None
        return looked_at(found, check)

    async def inside(self, operation: str, ask: Ask, *, check: Callable[[object], T], limit: float) -> T:
        """A call that stays in the house (reading a notice, laying out a sheet): no breaker, no turn."""
        try:
            found = await self.line.ask(operation, ask, limit=limit, outward=False)
        except PluginError as error:
            raise _plain(error) from None
        except (TimeoutError, Stuck, PluginDefect) as error:
            raise MalformedAnswer(f"plugin defect: {type(error).__name__}") from None
        return looked_at(found, check)

    async def _turn(self, longest: float, *, probe: bool = False) -> None:
        self.line.bulkhead.check()
        endpoint = self.line.endpoint
        wait = endpoint.bucket.take(longest_wait=longest)
        if wait is None:
            raise EndpointBusy("等候该银行的调用过多，稍后再试")
        if wait:
            await asyncio.sleep(wait)
        if not endpoint.circuit.admit(probe=probe):
            raise CircuitOpen("银行连接中断，暂停调用")

    async def _keep(self, operation: str, exchanges: tuple[RawExchange, ...]) -> None:
        if self.keep is not None and exchanges:
            await self.keep(operation, exchanges)


def looked_at(found: object, check: Callable[[object], T]) -> T:
    """The value as the contract has it. Raises ``MalformedAnswer`` with what was kept of the exchanges."""
    try:
        return check(found)
    except Malformed as wrong:
        exchanges, _ = good_exchanges(getattr(found, "exchanges", ()))
        raise MalformedAnswer(f"plugin answer is malformed: {wrong}", exchanges) from None


def _plain(error: PluginError) -> PluginError:
    """A read error as the contract has it: no exchanges that can't be kept, no text that can't be stored."""
    exchanges, _ = good_exchanges(error.exchanges)
    said = _said(error)
    if isinstance(error, BankRefused):
        return BankRefused(said, _storable(getattr(error, "code", ""))[:200], exchanges)
    for kind in READ_ERRORS:
        if isinstance(error, kind):
            return kind(said, exchanges)
    if isinstance(error, NothingSent):
        return ReadHeldBack(said)
    return BankUnreachable(said, exchanges)


def _said(error: PluginError) -> str:
    return _storable(error.message)[:LONGEST_TEXT]


def _storable(value: object) -> str:
    return value.replace("\x00", "").encode("utf-8", "replace").decode() if isinstance(value, str) else ""
