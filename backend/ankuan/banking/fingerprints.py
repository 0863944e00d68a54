"""What two feeds have in common when they tell the same booking. PURE."""

import re
import unicodedata
from datetime import date

from ankuan.kernel.ids import digest
from ankuan.plugin_api.bank import BankLine

_SPACE = re.compile(r"\s+")


def fingerprint(line: BankLine) -> str:
    """Date, amount, direction, counter account and remark, without what feeds print differently (width, spaces)."""
    return fingerprint_of(line.booked_on, line.direction, line.amount.fen, line.counter_account, line.remark)


def fingerprint_of(booked_on: date, direction: str, amount_fen: int, counter_account: str, remark: str) -> str:
    """Hex SHA-256 over the parts; amount in fen."""
    parts = [booked_on.isoformat(), str(direction), str(amount_fen), _plain(counter_account), _plain(remark)]
    return digest("\x1f".join(parts).encode())


def _plain(text: str) -> str:
    return _SPACE.sub("", unicodedata.normalize("NFKC", text)).casefold()
