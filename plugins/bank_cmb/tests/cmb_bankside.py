"""The bank's side of a conversation, for tests that choose the answers: keys of its own, a server on a real socket."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import gmalg
from ankuan_bank_cmb_simulator.sm2 import signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from ankuan_signer_softkey.sm2 import public_key_pem

FIXTURES = Path(__file__).parent.parent / "fixtures"
USER = "N003460102"
IDENTITY = b"N003460102000000"
MAIN, UNIT, REFERENCE = "531909000000001", "4825190375", "20261121000000000017"
SUB = MAIN + UNIT
PLACEHOLDER = "__signature_sigdat__"
SECRET = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
POINT = gmalg.SM2().generate_pk(SECRET)
SM4_KEY = bytes(range(16))
SETTINGS = {
    "endpoint": "http://127.0.0.1:9/",
    "user_id": USER,
    "signing_key": "court",
    "bank_public_key": public_key_pem(POINT),
    "symmetric_key": base64.b64encode(SM4_KEY).decode(),
    "branch": "53",
}


def body(name: str) -> dict[str, Any]:
    """A fixture."""
    found: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    return found


def canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sign(text: str, secret: bytes = SECRET) -> str:
    public = POINT if secret == SECRET else gmalg.SM2().generate_pk(secret)
    return base64.b64encode(signature(secret, public, text.encode(), IDENTITY)).decode()


def signed(value: dict[str, Any], secret: bytes = SECRET) -> bytes:
    text = canonical(value)
    return text.replace(PLACEHOLDER, sign(text, secret)).encode()


def seal(text: bytes) -> bytes:
    padder = PKCS7(128).padder()
    machine = Cipher(algorithms.SM4(SM4_KEY), modes.CBC(IDENTITY)).encryptor()
    return base64.b64encode(machine.update(padder.update(text) + padder.finalize()) + machine.finalize())


def unseal(data: bytes) -> bytes:
    machine = Cipher(algorithms.SM4(SM4_KEY), modes.CBC(IDENTITY)).decryptor()
    unpadder = PKCS7(128).unpadder()
    whole = machine.update(base64.b64decode(data)) + machine.finalize()
    return unpadder.update(whole) + unpadder.finalize()


def opened(form: bytes) -> dict[str, Any]:
    """What a request says."""
    found: dict[str, Any] = json.loads(unseal(parse_qs(form.decode())["DATA"][0].encode()))
    return found


def enveloped(head: dict[str, str], content: dict[str, Any], **changes: str) -> dict[str, Any]:
    """An answer to a request with that head, not signed yet."""
    told = {"resultcode": "SUC0000", "resultmsg": "", "bizcode": "", "rspid": "202611211015000001", **head, **changes}
    return {
        "response": {"head": told, "body": content},
        "signature": {"sigtim": "20261121101500", "sigdat": PLACEHOLDER},
    }


Answer = Callable[[dict[str, str]], bytes]


def telling(name: str | dict[str, Any], **changes: str) -> Answer:
    """A genuine answer with a fixture as its body. ``changes``: fields of its head."""
    content = body(name) if isinstance(name, str) else name
    return lambda head: seal(signed(enveloped(head, content, **changes)))


def plain(text: bytes) -> Answer:
    """These bytes, whatever was asked."""
    return lambda _head: text


@dataclass
class Gateway:
    """``answers`` by function, used up in order; the last one stays. ``asked``: function and body of each request."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    forms: list[bytes] = field(default_factory=list)
    status: int = 200
    port: int = 0

    def will(self, **answers: Answer | list[Answer]) -> None:
        """From now on answer so; ``any`` for every other function."""
        self.answers = {name: list(told) if isinstance(told, list) else [told] for name, told in answers.items()}
        self.asked.clear()
        self.forms.clear()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            lines = [line for line in head.split("\r\n") if line.lower().startswith("content-length:")]
            form = await reader.readexactly(int(lines[0].split(":")[1]) if lines else 0)
            answer = self._answer(form) if form else b"%PDF-1.4 %%EOF"
            told = b"HTTP/1.1 %d Status\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % (self.status, len(answer))
            writer.write(told + answer)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            self.forms.append(b"")
        finally:
            writer.close()

    def _answer(self, form: bytes) -> bytes:
        request = opened(form)["request"]
        function = request["head"]["funcode"]
        self.forms.append(form)
        self.asked.append((function, request["body"]))
        ready = self.answers.get(function) or self.answers["any"]
        answer = ready.pop(0) if len(ready) > 1 else ready[0]
        return answer(request["head"])


@asynccontextmanager
async def gateway() -> AsyncIterator[Gateway]:
    """Run one on a free loopback port."""
    made = Gateway()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made
