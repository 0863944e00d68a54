"""Asking the front-end within one time budget, with every exchange kept."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from ankuan.plugin_api.errors import BankRefused, BankUnreachable, MalformedAnswer
from ankuan.plugin_api.transport import HttpTransport
from ankuan.plugin_api.wire import RawExchange
from ankuan_bank_citic.mapping import DONE, is_client_side
from ankuan_bank_citic.messages import Answer, Malformed, Row, parse, render


@dataclass(slots=True)
class Session:
    """One call of a connector: it may need several exchanges, and has ``deadline`` (loop time) for all of them."""

    front_end: HttpTransport
    user_name: str
    deadline: float
    exchanges: list[RawExchange] = field(default_factory=list)

    @property
    def kept(self) -> tuple[RawExchange, ...]:
        """All exchanges so far."""
        return tuple(self.exchanges)

    async def exchange(self, action: str, fields: Row, rows: Sequence[Row] = ()) -> RawExchange:
        """Send and keep."""
        left = self.deadline - asyncio.get_running_loop().time()
        made = await self.front_end.exchange(action, render(action, self.user_name, fields, rows), left)
        self.exchanges.append(made)
        return made

    async def read(
        self, action: str, fields: Row, rows: Sequence[Row] = (), *, also: frozenset[str] = frozenset()
    ) -> Answer:
        """A read. Raises BankUnreachable, MalformedAnswer or BankRefused, each with the exchanges.

        ``also``: codes that are an answer here as good as "done", such as "no such reference".
        """
        made = await self.exchange(action, fields, rows)
        if made.note or made.response is None:
            raise BankUnreachable(f"{action}: {made.note}", self.kept)
        try:
            answer = parse(made.response)
        except Malformed as broken:
            raise self.malformed(action, broken) from broken
        if answer.status == DONE or answer.status in also:
            return answer
        if is_client_side(answer.status):
            raise BankUnreachable(f"{action}: 前置机未能连通银行（{answer.status}）", self.kept)
        raise BankRefused(f"{action}: {answer.text}", answer.status, self.kept)

    def malformed(self, action: str, cause: Exception) -> MalformedAnswer:
        """The error for an answer, or a row of it, that can't be used."""
        return MalformedAnswer(f"{action}: {cause}", self.kept)
