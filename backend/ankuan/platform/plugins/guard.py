"""A bank's connector behind a guard: bounded time, checked types, and nothing raised that the platform can't read."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import structlog

from ankuan.plugin_api.bank import (
    AdjustmentOrder,
    Adjusts,
    AnswerState,
    BankAnswer,
    BankBalance,
    BankConnector,
    LinePage,
    OpenedSubAccounts,
    OpensSubAccounts,
    PaymentOrder,
    SingleOrder,
)
from ankuan.plugin_api.errors import BankUnreachable, CannotExpress, NotOffered, PluginError

T = TypeVar("T")
P = TypeVar("P")
log = structlog.get_logger(__name__)


class GuardedBank:
    """A connector behind a time limit. Implements ``BankConnector``."""

    def __init__(self, inner: BankConnector, *, timeout_seconds: float) -> None:
        self._inner = inner
        self._limit = timeout_seconds

    async def open_sub_accounts(self, names: tuple[str, ...]) -> OpenedSubAccounts:
        """Time limit grows with the number of accounts, since many banks open one a call."""
        inner = self._able(OpensSubAccounts)  # type: ignore[type-abstract]
        return await self._read(inner.open_sub_accounts(names), limit=self._limit * max(1, len(names)))

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
        inner = self._able(Adjusts)  # type: ignore[type-abstract]
        return await self._order(inner.adjust(order), submit=True)

    async def query(self, order: SingleOrder) -> BankAnswer:
        """See ``BankConnector``."""
        return await self._order(self._inner.query(order), submit=False)

    async def aclose(self) -> None:
        """Close; an error while closing is of no interest to money and is only logged."""
        try:
            await asyncio.wait_for(self._inner.aclose(), self._limit)
        except Exception:  # closing must not undo what was answered
            log.exception("bank.close_failed")

    def _able(self, ability: type[P]) -> P:
        if not isinstance(self._inner, ability):
            raise NotOffered(f"{ability.__name__} is not what this bank does")
        return self._inner

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
