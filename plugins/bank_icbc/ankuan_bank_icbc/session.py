"""Asking the NetSafe Client within one time budget, with every exchange kept."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from ankuan.kernel.clock import Clock
from ankuan.plugin_api.errors import BankRefused, BankUnreachable, MalformedAnswer
from ankuan.plugin_api.transport import HttpTransport
from ankuan.plugin_api.wire import RawExchange
from ankuan_bank_icbc.config import Config
from ankuan_bank_icbc.messages import (
    OK,
    Answer,
    FrontEndError,
    Malformed,
    Request,
    form,
    parse,
    read_signature,
    render,
)
from ankuan_bank_icbc.values import Row, wire_moment

_SERVLET: Final = "/servlet/ICBCCMPAPIReqServlet"
NOT_SENT: Final = "未发送"
"""Begins the message of an order that never left for the bank: the sign port gave no signature."""


@dataclass(frozen=True, slots=True)
class Unheard:
    """No word of the bank. ``code``: the front-end's own, if it gave one."""

    message: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """Something came that can't be understood."""

    reason: str
    message: str = ""


Heard = Answer | Unheard | Broken


@dataclass(frozen=True, slots=True)
class Desk:
    """The two ports of a NetSafe Client, and what goes with every message."""

    config: Config
    sign_port: HttpTransport
    secure_port: HttpTransport
    clock: Clock

    async def aclose(self) -> None:
        """Close the connections."""
        await self.sign_port.aclose()
        await self.secure_port.aclose()


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

    @property
    def now(self) -> str:
        """yyyyMMddHHmmssSSS, in China."""
        return wire_moment(self.desk.clock.now())

    def question(self, trans_code: str, fields: Row, rows: Sequence[Row] = ()) -> Request:
        """A request under a reference of its own: a letter keeps it apart from those of orders."""
        return Request(trans_code, f"Q{self.now[2:]}{secrets.randbelow(10_000):04d}", fields, rows)

    async def ask(self, request: Request) -> Heard:
        """A message that needs no signature."""
        return await self._send(request, self._rendered(request))

    async def ask_signed(self, request: Request) -> Heard:
        """Sign, then send. Without a signature nothing is sent."""
        body = self._rendered(request)
        made = await self.desk.sign_port.exchange("SIGN", body, self._left())
        self.exchanges.append(made)
        if made.note or made.response is None:
            return Unheard(f"{NOT_SENT}：签名端口无应答（{made.note}）")
        try:
            signed = read_signature(made.response, request.package)
        except Malformed as broken:
            return Broken(str(broken), f"{NOT_SENT}：签名端口应答无法识别")
        return await self._send(request, signed)

    async def read(self, request: Request, *, signed: bool = False) -> Answer:
        """A read. Raises BankUnreachable, MalformedAnswer or BankRefused, each with the exchanges."""
        heard = await (self.ask_signed(request) if signed else self.ask(request))
        if isinstance(heard, Unheard):
            raise BankUnreachable(f"{request.trans_code}: {heard.message}", self.kept)
        if isinstance(heard, Broken):
            raise self.malformed(request.trans_code, heard.reason)
        if heard.code != OK:
            raise BankRefused(f"{request.trans_code}: {heard.text}", heard.code, self.kept)
        return heard

    def malformed(self, trans_code: str, cause: object) -> MalformedAnswer:
        """The error for an answer, or a row of it, that can't be used."""
        return MalformedAnswer(f"{trans_code}: {cause}", self.kept)

    def _rendered(self, request: Request) -> bytes:
        config = self.desk.config
        return render(request, {"CIS": config.cis, "ID": config.cert_id}, self.now)

    async def _send(self, request: Request, data: bytes) -> Heard:
        config = self.desk.config
        fields = {
            "Version": config.version,
            "TransCode": request.trans_code,
            "BankCode": "102",
            "GroupCIS": config.cis,
            "ID": config.cert_id,
            "PackageID": request.package,
            "Cert": "",
            "Language": "zh_CN",
            "zipFlag": "0",
        }
        path = f"{_SERVLET}?userID={quote(config.cert_id, safe='')}&PackageID={request.package}&SendTime={self.now}"
        made = await self.desk.secure_port.exchange(request.trans_code, form(fields, data), self._left(), path=path)
        self.exchanges.append(made)
        if made.note or made.response is None:
            return Unheard(made.note)
        try:
            answer = parse(made.response, request)
        except Malformed as broken:
            return Broken(str(broken))
        if isinstance(answer, FrontEndError):
            return Unheard(f"NC 未能与银行完成通讯（errorCode={answer.code}）", answer.code)
        return answer

    def _left(self) -> float:
        return self.deadline - asyncio.get_running_loop().time()
