"""The door: who calls, is it signed, and the platform's own signature under every answer and notice."""

import base64
import binascii
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass

from ankuan_bank_platform_simulator.codes import WireRefusal
from ankuan_bank_platform_simulator.keys import MAKERS, Key, app_id, app_key, own_key, signed
from ankuan_simcore.wires import Context

USUAL = "ecdsa-sha256"
"""The application that the simulator proposes, and that gets the notices: the quickest of the three."""
_WINDOW_MS = 15 * 60 * 1000


@dataclass(frozen=True, slots=True)
class App:
    """An application the platform knows."""

    id: str
    its_key: Key
    our_key: Key


class Door:
    """Keys of all applications, and the nonces they have used up."""

    def __init__(self, context: Context) -> None:
        self._apps = {
            app_id(name): App(app_id(name), app_key(context, name), own_key(context, name)) for name in MAKERS
        }
        self.usual = self._apps[app_id(USUAL)]
        self._used: dict[str, int] = {}

    def caller(self, headers: Mapping[str, str]) -> App:
        """Whose key signs the answer: the caller's, or the usual one's for a stranger."""
        return self._apps.get(headers.get("x-app-id", ""), self.usual)

    def admit(self, line: str, headers: Mapping[str, str], body: bytes) -> None:
        """Let a request in. Raises WireRefusal."""
        app = self._apps.get(headers.get("x-app-id", ""))
        stamp, nonce = headers.get("x-timestamp", ""), headers.get("x-nonce", "")
        if app is None:
            raise WireRefusal("UNKNOWN_APP", "应用编号未登记", 401)
        now = _now()
        if not (stamp.isascii() and stamp.isdigit() and abs(int(stamp) - now) <= _WINDOW_MS):
            raise WireRefusal("BAD_TIMESTAMP", "时间戳超出十五分钟", 401)
        try:
            signature = base64.b64decode(headers.get("x-signature", ""), validate=True)
        except binascii.Error:
            signature = b""
        if not nonce or not app.its_key.verify(signed(line, stamp, nonce, body), signature):
            raise WireRefusal("BAD_SIGNATURE", "验签失败", 401)
        self._used = {each: until for each, until in self._used.items() if until > now}
        if nonce in self._used:
            raise WireRefusal("NONCE_USED", "随机数重复", 401)
        self._used[nonce] = now + 2 * _WINDOW_MS

    def sign(self, app: App, line: str, body: bytes, bound_to: str = "", *, wrongly: bool = False) -> dict[str, str]:
        """Headers of an answer (bound to the request's nonce) or of a notice."""
        stamp, nonce = str(_now()), secrets.token_hex(16)
        signature = app.our_key.sign(signed(line, stamp, nonce, body, bound_to) + (b"x" if wrongly else b""))
        return {
            "X-App-Id": app.id,
            "X-Timestamp": stamp,
            "X-Nonce": nonce,
            "X-Signature": base64.b64encode(signature).decode(),
        }


def _now() -> int:
    # The wall clock, not the bank's: a test that moves the bank's days does not move anybody's watch.
    return time.time_ns() // 1_000_000
