"""The messages as the gateway reads and writes them."""

import json
import re
from collections import deque
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qs

from ankuan_bank_cmb_simulator.codes import BAD_MESSAGE, BAD_SIGNATURE, DONE, REPEATED_REQUEST, WireRefusal
from ankuan_bank_cmb_simulator.keys import Keys, is_signed, sign, unseal

PLACEHOLDER = "__signature_sigdat__"
Row = dict[str, str]
_AMOUNT = re.compile(r"(\d{1,13})\.(\d{2})")
_REQUEST_ID = re.compile(r"\d{17}[0-9A-Za-z]{1,34}")


class PlainRefusal(Exception):
    """The gateway's own error, told unsigned and in the open."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: who asks for which function, and its tables."""

    user: str
    function: str
    request_id: str
    body: dict[str, Any]

    def rows(self, name: str, most: int = 1) -> list["Fields"]:
        """The rows of a table, at least one."""
        found = self.body.get(name)
        if not isinstance(found, list) or not 1 <= len(found) <= most:
            raise WireRefusal(*BAD_MESSAGE, detail=name)
        if not all(isinstance(row, dict) and all(isinstance(cell, str) for cell in row.values()) for row in found):
            raise WireRefusal(*BAD_MESSAGE, detail=name)
        return [Fields(row) for row in found]

    def only(self, name: str) -> "Fields":
        """The one row of a table."""
        return self.rows(name)[0]

    def after(self, name: str) -> "Fields":
        """The row that says where to go on; without fields when there is none."""
        return self.rows(name)[0] if self.body.get(name) else Fields({})

    @property
    def reference(self) -> str:
        """The batch's or the customer's first reference, for faults that strike one order."""
        for rows in self.body.values():
            row = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
            if found := row.get("bthNbr") or row.get("yurRef") or row.get("yurref"):
                return str(found)
        return ""


@dataclass(frozen=True, slots=True)
class Fields:
    """One row of a request."""

    row: Row

    def text(self, name: str) -> str:
        """A field, empty when it is missing."""
        return self.row.get(name, "")

    def needed(self, name: str) -> str:
        """A field that must be there."""
        if not self.text(name):
            raise WireRefusal(*BAD_MESSAGE, detail=name)
        return self.text(name)

    def one_of(self, name: str, *allowed: str) -> str:
        """A field that must be one of these."""
        if self.text(name) not in allowed:
            raise WireRefusal(*BAD_MESSAGE, detail=name)
        return self.text(name)

    def fen(self, name: str) -> int:
        """An amount above zero with exactly two decimals."""
        found = _AMOUNT.fullmatch(self.needed(name))
        if found is None:
            raise WireRefusal(*BAD_MESSAGE, detail=name)
        return int(found[1]) * 100 + int(found[2])

    def day(self, name: str) -> date:
        """A date yyyyMMdd."""
        try:
            return datetime.strptime(self.needed(name), "%Y%m%d").date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            raise WireRefusal(*BAD_MESSAGE, detail=name) from None


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered: result code and tables."""

    code: str = DONE
    text: str = ""
    body: dict[str, list[Row]] = field(default_factory=dict)


@dataclass(slots=True)
class Door:
    """Lets requests in. ``seen``: request numbers used before."""

    user: str
    keys: Keys
    seen: deque[str] = field(default_factory=lambda: deque(maxlen=5000))

    def read(self, form: bytes) -> Ask:
        """Read a request. PlainRefusal: it can't be read at all; WireRefusal: see ``refused``."""
        try:
            fields = {name: values[0] for name, values in parse_qs(form.decode("ascii"), strict_parsing=True).items()}
            if fields["ALG"] != "SM" or fields["UID"] != self.user:
                raise PlainRefusal("CDCServer:ErrMsg=UID/ALG")
            raw = unseal(fields["DATA"], self.keys.symmetric, identity(self.user))
            message = json.loads(raw)
            head, signature = message["request"]["head"], message["signature"]
            ask = Ask(head["userid"], head["funcode"], head["reqid"], message["request"].get("body") or {})
        except (ValueError, KeyError, TypeError, AttributeError) as broken:
            raise PlainRefusal(f"CDCServer:ErrMsg=DATA {type(broken).__name__}") from broken
        if (ask.user, ask.function) != (self.user, fields.get("FUNCODE")):
            raise PlainRefusal("CDCServer:ErrMsg=FUNCODE")
        self._check(ask, message, raw, str(signature.get("sigdat")))
        return ask

    def _check(self, ask: Ask, message: dict[str, Any], raw: bytes, signature: str) -> None:
        if canonical(message).encode() != raw or not re.fullmatch(r"\d{14}", str(message["signature"].get("sigtim"))):
            raise PlainRefusal("CDCServer:ErrMsg=JSON is not canonical")
        signed = raw.replace(signature.encode(), PLACEHOLDER.encode())
        try:
            genuine = is_signed(self.keys.customer, signed, signature, identity(self.user))
        except ValueError:
            genuine = False
        if not genuine:
            raise PlainRefusal(f"CDCServer:ErrMsg={BAD_SIGNATURE[1]}")
        if not _REQUEST_ID.fullmatch(ask.request_id):
            raise PlainRefusal("CDCServer:ErrMsg=reqid")
        if ask.request_id in self.seen:
            raise PlainRefusal(f"CDCServer:ErrMsg={REPEATED_REQUEST[1]}")
        self.seen.append(ask.request_id)


def write_reply(ask: Ask, reply: Reply, now: datetime) -> bytes:
    """The text of an answer, with the placeholder for its signature."""
    head = {
        "funcode": ask.function,
        "bizcode": "",
        "resultcode": reply.code,
        "resultmsg": reply.text,
        "reqid": ask.request_id,
        "rspid": f"{now:%Y%m%d%H%M%S}{now.microsecond // 1000:03d}{ask.request_id[-10:]}",
        "userid": ask.user,
    }
    signature = {"sigtim": f"{now:%Y%m%d%H%M%S}", "sigdat": PLACEHOLDER}
    return canonical({"response": {"head": head, "body": reply.body}, "signature": signature}).encode()


def signed(text: bytes, secret: bytes, user: str) -> bytes:
    """The text with its signature in place."""
    return text.replace(PLACEHOLDER.encode(), sign(secret, text, identity(user)).encode())


def identity(user: str) -> bytes:
    """UID with zeros behind it, sixteen bytes."""
    return (user + "0" * 16)[:16].encode()


def canonical(message: dict[str, Any]) -> str:
    """Keys ascending at every level, no white space."""
    return json.dumps(message, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def yuan(fen: int) -> str:
    """Two decimals."""
    whole, part = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole}.{part:02d}"
