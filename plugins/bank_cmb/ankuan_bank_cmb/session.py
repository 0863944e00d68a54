"""Asking the bank within one time budget: sign, encrypt, send, decrypt, verify; every exchange is kept."""

import asyncio
import base64
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from ankuan.kernel.clock import SHANGHAI, Clock
from ankuan.plugin_api.errors import BankRefused, BankUnreachable, MalformedAnswer
from ankuan.plugin_api.signing import KeyUnavailable, SignatureAlgorithm, SignerPlugin
from ankuan.plugin_api.wire import RawExchange
from ankuan_bank_cmb.cipher import PlainError, decoded, decrypt, encrypt, padded_user
from ankuan_bank_cmb.client import Gateway
from ankuan_bank_cmb.config import Config
from ankuan_bank_cmb.messages import (
    DONE,
    Answer,
    Malformed,
    Request,
    answer_of,
    compose,
    load,
    object_field,
    signed_part,
    text_field,
    with_signature,
)

SIGNATURE_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class Desk:
    """What all calls of one fund account share."""

    gateway: Gateway
    config: Config
    signer: SignerPlugin
    clock: Clock


@dataclass(frozen=True, slots=True)
class Unheard:
    """No answer of the bank: nothing came, or an error of the gateway that nobody signed. It proves nothing."""

    note: str
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class Broken:
    """Something came that is no answer of the bank to this request."""

    reason: str


Heard = Answer | Unheard | Broken


@dataclass(slots=True)
class Session:
    """One call of a connector: it may need several exchanges, and has ``deadline`` (loop time) for all of them."""

    desk: Desk
    deadline: float
    exchanges: list[RawExchange] = field(default_factory=list)

    @property
    def kept(self) -> tuple[RawExchange, ...]:
        """All exchanges so far, as they went over the wire: encrypted."""
        return tuple(self.exchanges)

    @property
    def left(self) -> float:
        """Seconds that remain."""
        return self.deadline - asyncio.get_running_loop().time()

    async def ask(self, request: Request) -> Heard:
        """One signed and encrypted exchange. Never raises for what happens on the wire."""
        config, now = self.desk.config, self.desk.clock.now().astimezone(SHANGHAI)
        identity, request_id = padded_user(config.user_id), new_request_id(now)
        text = compose(request, user=config.user_id, request_id=request_id, signed_at=now.strftime("%Y%m%d%H%M%S"))
        try:
            async with asyncio.timeout(max(self.left, 0.001)):
                signature = await self.desk.signer.sign(config.signing_key, text.encode(), user_id=identity)
        except (KeyUnavailable, TimeoutError) as missing:
            note = f"未签名，未发送：{missing}" if str(missing) else "未签名，未发送"
            self.exchanges.append(self.desk.gateway.never_sent(request.function, text.encode(), note))
            return Unheard(note, alarm=True)
        sealed = encrypt(
            with_signature(text, base64.b64encode(signature).decode()).encode(), config.symmetric_key, identity
        )
        fields = {"UID": config.user_id, "FUNCODE": request.function, "ALG": "SM", "DATA": sealed}
        if config.platform_id:
            fields["INSPLAT"] = config.platform_id
        made = await self.desk.gateway.post(request.function, urlencode(fields).encode(), self.left)
        self.exchanges.append(made)
        if made.note or made.response is None:
            return Unheard(made.note)
        return await asyncio.to_thread(self._opened, made.response, request.function, request_id)

    def _opened(self, raw: bytes, function: str, request_id: str) -> Heard:
        config = self.desk.config
        try:
            text = decrypt(raw, config.symmetric_key, padded_user(config.user_id))
            value = load(text)
            if not verified(text, text_field(object_field(value, "signature"), "sigdat"), self.desk):
                return Broken("银行签名不符")
            return answer_of(value, function=function, user=config.user_id, request_id=request_id)
        except PlainError as error:
            return Unheard(f"gateway: {str(error)[:100]}")
        except Malformed as broken:
            return Broken(str(broken))

    async def read(self, request: Request) -> Answer:
        """A read. Raises BankUnreachable, MalformedAnswer or BankRefused, each with the exchanges."""
        heard = await self.ask(request)
        if isinstance(heard, Unheard):
            raise BankUnreachable(f"{request.function}: {heard.note}", self.kept)
        if isinstance(heard, Broken):
            raise self.malformed(request.function, heard.reason)
        if heard.code != DONE:
            raise BankRefused(f"{request.function}: {heard.text}", heard.code, self.kept)
        return heard

    def malformed(self, function: str, cause: object) -> MalformedAnswer:
        """The error for an answer, or a row of it, that can't be used."""
        return MalformedAnswer(f"{function}: {cause}", self.kept)


def verified(text: bytes, signature: str, desk: Desk) -> bool:
    """Whether the bank has signed these bytes. Raises :class:`Malformed` when there is no one place for a signature."""
    value = decoded(signature.encode("utf-8"))
    if value is None or len(value) != SIGNATURE_BYTES:
        raise Malformed("no signature")
    return desk.signer.verify(
        desk.config.bank_public_key,
        signed_part(text, signature),
        value,
        algorithm=SignatureAlgorithm.SM2_SM3,
        user_id=padded_user(desk.config.user_id),
    )


def new_request_id(now: datetime) -> str:
    """A number for one request, never used again: yyyyMMddHHmmssSSS and sixteen random digits of hex."""
    return f"{now:%Y%m%d%H%M%S}{now.microsecond // 1000:03d}{secrets.token_hex(8)}"
