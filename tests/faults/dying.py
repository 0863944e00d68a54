"""Bank plugins around a real one that die, stop or misbehave at a chosen step."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from ankuan.plugin_api.bank import (
    AdjustmentOrder,
    Adjusts,
    BankAnswer,
    BankCapabilities,
    BankConnector,
    BankPlugin,
    FundAccountRef,
    PaymentOrder,
    PluginServices,
    Setting,
)

Step = Callable[[], Awaitable[object]]
Order = PaymentOrder | AdjustmentOrder


Worker = tuple[asyncio.AbstractEventLoop, "asyncio.Task[Any]"]
_worker: ContextVar[Worker] = ContextVar("worker")


class Killed(BaseException):
    """The worker is gone: nothing that it would have done next is done."""


async def mortal(work: Coroutine[Any, Any, None]) -> None:
    """Do a worker's work; raises :class:`Killed` when a plugin's step took the worker down meanwhile."""

    async def live() -> None:
        task = asyncio.current_task()
        assert task is not None
        _worker.set((asyncio.get_running_loop(), task))
        await work

    try:
        await asyncio.create_task(live())
    except asyncio.CancelledError:
        raise Killed from None


async def die() -> None:
    """The plugin runs in a thread of its own; what dies is the worker that waits for it."""
    loop, task = _worker.get()
    loop.call_soon_threadsafe(task.cancel)
    await asyncio.sleep(3600)


@dataclass
class Around:
    """A plugin whose connectors run ``before`` and ``after`` each submission, and ``instead`` of the real call."""

    inner: BankPlugin
    before: Step | None = None
    after: Step | None = None
    instead: Callable[[Order], Awaitable[Any]] | None = None
    on_query: Step | None = None
    submissions: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.inner.id

    @property
    def display_name(self) -> str:
        return self.inner.display_name

    @property
    def bank_code_prefix(self) -> str:
        return self.inner.bank_code_prefix

    @property
    def capabilities(self) -> BankCapabilities:
        return self.inner.capabilities

    @property
    def settings(self) -> tuple[Setting, ...]:
        return self.inner.settings

    def validate_settings(self, settings: Mapping[str, str]) -> None:
        self.inner.validate_settings(settings)

    def connect(self, account: FundAccountRef, services: PluginServices) -> Any:
        return _Connector(self, self.inner.connect(account, services))


class _Connector:
    def __init__(self, around: Around, inner: BankConnector) -> None:
        self._around = around
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        return await self._submit(order, self._inner.pay)

    async def adjust(self, order: AdjustmentOrder) -> BankAnswer:
        assert isinstance(self._inner, Adjusts)
        return await self._submit(order, self._inner.adjust)

    async def query(self, order: Order) -> BankAnswer:
        if self._around.on_query is not None:
            await self._around.on_query()
        return await self._inner.query(order)

    async def _submit(self, order: Any, call: Callable[[Any], Awaitable[BankAnswer]]) -> BankAnswer:
        self._around.submissions.append(order.client_ref)
        if self._around.before is not None:
            await self._around.before()
        if self._around.instead is not None:
            made: BankAnswer = await self._around.instead(order)
            return made
        answer = await call(order)
        if self._around.after is not None:
            await self._around.after()
        return answer


async def hang() -> None:
    """Longer than any limit."""
    await asyncio.sleep(3600)
