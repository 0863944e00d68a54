"""BALANCECHANGENOTICE. The agent signs nothing, so a notice counts only when our relay beside it has sealed it.

The seal is HMAC-SHA256 over the time, a line feed and the body, under a secret that relay and fund account share.
"""

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from ankuan.plugin_api.bank import BankNotice, IncomingNotice, NoticeKind
from ankuan.plugin_api.errors import ForgedNotice, MalformedAnswer
from ankuan.plugin_api.texts import reference_in
from ankuan_bank_cib.messages import Malformed, Node, read_xml
from ankuan_bank_cib.values import day_and_moment, money

TIME_HEADER: Final = "x-ankuan-time"
SEAL_HEADER: Final = "x-ankuan-signature"
TOLERANCE: Final = timedelta(minutes=15)
_KINDS: Final = frozenset({"0", "1", "借", "贷", "DEBIT", "CREDIT"})
"""The table says 0 and 1, the sample writes Chinese."""


def seal(secret: bytes, moment: str, body: bytes) -> str:
    """The seal of a body, in hex. ``moment``: seconds since 1970."""
    return hmac.new(secret, moment.encode() + b"\n" + body, hashlib.sha256).hexdigest()


def read(notice: IncomingNotice, secret: bytes, account_no: str) -> BankNotice:
    """What a sealed notice says. Raises ForgedNotice, or MalformedAnswer for one that is sealed but can't be read."""
    moment = notice.headers.get(TIME_HEADER, "")
    if not secret or not re.fullmatch(r"[0-9]{1,10}", moment, re.ASCII):
        raise ForgedNotice("通知未经转发程序签章")
    told = notice.headers.get(SEAL_HEADER, "")
    if not hmac.compare_digest(told.encode(errors="replace"), seal(secret, moment, notice.body).encode()):
        raise ForgedNotice("通知签章不符")
    if abs(notice.received_at - datetime.fromtimestamp(int(moment), UTC)) > TOLERANCE:
        raise ForgedNotice("通知已过期")
    try:
        return _read(read_xml(notice.body), account_no)
    except Malformed as wrong:
        raise MalformedAnswer(f"通知无法识别：{wrong}") from wrong


def _read(root: Node, account_no: str) -> BankNotice:
    message = root if root.name == "BALANCECHANGENOTICE" else root.deep("BALANCECHANGENOTICE")
    if message is None:
        raise Malformed("not a BALANCECHANGENOTICE")
    told = message.find("NOTICE_INFO") or message
    if not told.needed("ACCTID").startswith(account_no):
        raise ForgedNotice("通知属于另一账户")
    if told.needed("TRNTYPE") not in _KINDS:
        raise Malformed(f"TRNTYPE {told.value('TRNTYPE')[:10]!r}")
    day_and_moment(told.needed("TRADE_TIME"))
    money(told.needed("TRNAMT"))
    return BankNotice(told.needed("ATTACHINFO"), NoticeKind.MOVEMENT, reference_in(told.value("MEMO")))
