"""Asking the agent within one time budget, with every exchange kept and no password in what is kept."""

import asyncio
import secrets
from dataclasses import dataclass, field, replace
from typing import Final

from ankuan.kernel.clock import SHANGHAI, Clock
from ankuan.plugin_api.errors import BankRefused, BankUnreachable, MalformedAnswer
from ankuan.plugin_api.transport import HttpTransport
from ankuan.plugin_api.wire import RawExchange
from ankuan_bank_cib.compose import Request
from ankuan_bank_cib.config import Config
from ankuan_bank_cib.mapping import OK
from ankuan_bank_cib.messages import Malformed, Node, Tree, parse, render, without_password

CONTENT_TYPE: Final = "application/x-fox; charset=GBK"


@dataclass(frozen=True, slots=True)
class Desk:
    """What all calls of a connector share."""

    agent: HttpTransport
    config: Config
    clock: Clock


@dataclass(slots=True)
class Session:
    """One call of a connector: it may need several exchanges, and has ``deadline`` (loop time) for all of them."""

    desk: Desk
    deadline: float
    exchanges: list[RawExchange] = field(default_factory=list)

    @property
    def kept(self) -> tuple[RawExchange, ...]:
        """All exchanges so far."""
        return tuple(self.exchanges)

    async def ask(self, request: Request) -> tuple[RawExchange, str]:
        """Send, keep; the exchange and its TRNUID. A read gets one that no order ever has: it begins with a letter."""
        transaction = request.transaction or self._new_transaction()
        operation = Tree(f"{request.operation}RQ", (Tree("TRNUID", transaction), *request.content))
        left = self.deadline - asyncio.get_running_loop().time()
        made = await self.desk.agent.exchange(f"{request.operation}RQ", render(self._sign_on(), operation), left)
        made = replace(made, request=without_password(made.request))
        self.exchanges.append(made)
        return made, transaction

    async def read(self, request: Request) -> Node:
        """A read. Raises BankUnreachable, MalformedAnswer or BankRefused, each with the exchanges."""
        made, transaction = await self.ask(request)
        if made.note or made.response is None:
            raise BankUnreachable(f"{request.operation}: {made.note}", self.kept)
        try:
            answer = parse(made.response, request.operation, transaction)
        except Malformed as broken:
            raise self.malformed(request.operation, broken) from broken
        if answer.code != OK:
            raise BankRefused(f"{request.operation}: {answer.message}", answer.code, self.kept)
        return answer.body

    async def download(self, file_id: str) -> bytes:
        """A file of the agent. Raises BankUnreachable."""
        path = self.desk.config.receipt_path + file_id
        left = self.deadline - asyncio.get_running_loop().time()
        made = await self.desk.agent.exchange("DOWNLOAD", b"", left, path=path, method="GET")
        self.exchanges.append(replace(made, request=f"GET {path}".encode()))
        if made.note or made.response is None:
            raise BankUnreachable(f"DOWNLOAD: {made.note}", self.kept)
        return made.response

    def malformed(self, operation: str, cause: Exception) -> MalformedAnswer:
        """The error for an answer, or a row of it, that can't be used."""
        return MalformedAnswer(f"{operation}: {cause}", self.kept)

    def _new_transaction(self) -> str:
        now = self.desk.clock.now().astimezone(SHANGHAI)
        return f"Q{now:%Y%m%d%H%M%S}{secrets.randbelow(10**12):012d}"

    def _sign_on(self) -> tuple[Tree, ...]:
        now = self.desk.clock.now().astimezone(SHANGHAI)
        return (
            Tree("DTCLIENT", f"{now:%Y-%m-%d %H:%M:%S}"),
            Tree("CID", self.desk.config.customer_no),
            Tree("USERID", self.desk.config.user_id),
            Tree("USERPASS", self.desk.config.user_password),
            Tree("GENUSERKEY", "N"),
            Tree("APPID", "LUCF"),
            Tree("APPVER", "1000"),
        )
