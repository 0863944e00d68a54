"""The provider: one JSON line a message, phone numbers masked, each message id once."""

import asyncio
import json
import logging
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from ankuan.plugin_api.sms import SmsAnswer, SmsMessage, SmsState

FILE_VARIABLE: Final = "ANKUAN_SMS_CONSOLE_FILE"
_MOBILE: Final = re.compile(r"1[0-9]{10}", re.ASCII)
_log = logging.getLogger(__name__)


def file_from_environment() -> Path | None:
    """The file named by the environment, if any."""
    named = os.environ.get(FILE_VARIABLE, "")
    return Path(named) if named else None


def masked(phone: str) -> str:
    """First three and last four digits; nothing at all of a number too short for that."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "****"


class ConsoleSms:
    """Implements ``SmsPlugin`` without sending anything. ``path`` None: log only."""

    id = "sms_console"
    display_name = "短信（开发用）"

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = asyncio.Lock()
        self._known: set[str] | None = None

    async def send(self, message: SmsMessage) -> SmsAnswer:
        """Write the message down; never raises for a file that can't be written."""
        if not _MOBILE.fullmatch(message.phone):
            return SmsAnswer(SmsState.REFUSED, message="不是手机号码")
        reference = f"console-{message.message_id}"
        async with self._lock:
            try:
                written = await asyncio.to_thread(self._write, message)
            except OSError as failure:
                return SmsAnswer(SmsState.UNKNOWN, message=f"写入失败：{type(failure).__name__}")
        if written:
            _log.info("短信 %s -> %s", message.message_id, masked(message.phone))
        return SmsAnswer(SmsState.SENT, provider_ref=reference)

    def _write(self, message: SmsMessage) -> bool:
        if self._known is None:
            self._known = self._read()
        if message.message_id in self._known:
            return False
        if self._path is not None:
            record = {
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
                "message_id": message.message_id,
                "phone": masked(message.phone),
                "signature": message.signature,
                "text": message.text,
            }
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
        self._known.add(message.message_id)
        return True

    def _read(self) -> set[str]:
        if self._path is None or not self._path.exists():
            return set()
        known = set()
        for line in self._path.read_text(encoding="utf-8").splitlines():
            try:
                known.add(str(json.loads(line)["message_id"]))
            except (ValueError, KeyError, TypeError):
                _log.warning("unreadable line in %s", self._path.name)
        return known
