"""PURE but for the signer's look at a signature: calls of the bank (movement of the account, result of a payment)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from ankuan.kernel.clock import SHANGHAI
from ankuan.plugin_api.bank import BankNotice, IncomingNotice, NoticeKind
from ankuan.plugin_api.errors import ForgedNotice, MalformedAnswer
from ankuan_bank_cmb.messages import Malformed, load, object_field, text_field
from ankuan_bank_cmb.session import Desk, verified
from ankuan_bank_cmb.values import BadValue, stamp

LONGEST: Final = 256 * 1024
FRESH: Final = timedelta(minutes=5)
"""How far the bank's time of signing may lie from ours: a notice that is played back later is none."""
REPLY: Final = b'{"resultcode":"SUC0000"}'
_KINDS: Final = {"YQN01010": NoticeKind.MOVEMENT, "YQN02030": NoticeKind.ORDER}


def read(notice: IncomingNotice, desk: Desk, account_no: str) -> BankNotice:
    """Check, then read. Raises ForgedNotice or MalformedAnswer.

    A genuine notice about another account of the same user is ``other``: nothing happened here.
    """
    try:
        if len(notice.body) > LONGEST:
            raise Malformed("too long")
        value = load(notice.body)
        signature = text_field(value, "sigdat")
        if not verified(notice.body, signature, desk):
            raise ForgedNotice("回调通知的银行签名不符")
        _timely(stamp(text_field(value, "sigtim")), notice.received_at)
        if text_field(value, "usrnbr") != desk.config.user_id:
            raise ForgedNotice("回调通知不是发给本用户的")
        return _told(value, account_no)
    except (Malformed, BadValue) as broken:
        raise MalformedAnswer(f"notice: {broken}") from broken


def _timely(signed_at: datetime, received_at: datetime) -> None:
    if abs(received_at.astimezone(SHANGHAI) - signed_at) > FRESH:
        raise ForgedNotice("回调通知的签名时间与本机相差超过五分钟")


def _told(value: Mapping[str, Any], account_no: str) -> BankNotice:
    number, kind_name = text_field(value, "notnbr"), text_field(value, "nottyp")
    if not number:
        raise Malformed("no notnbr")
    kind = _KINDS.get(kind_name, NoticeKind.OTHER)
    about, reference = _concerning(kind, _content(value), account_no)
    if about != account_no:
        kind, reference = NoticeKind.OTHER, ""
    return BankNotice(f"{kind_name}:{number}", kind, reference or None, REPLY, "application/json")


def _concerning(kind: NoticeKind, content: Mapping[str, Any], account_no: str) -> tuple[str, str]:
    """Which account, and which reference of ours, a notice speaks of."""
    if kind is NoticeKind.MOVEMENT:
        told = object_field(content, "msgdat")
        # A payer's own reference stands on a credit too: it is none of ours.
        ours = text_field(told, "amtcdr") == "D"
        return text_field(told, "accnbr"), text_field(told, "yurref") if ours else ""
    if kind is NoticeKind.ORDER:
        told = object_field(content, "trsInfo")
        return text_field(told, "dbtAcc") or account_no, text_field(told, "yurRef")
    return account_no, ""


def _content(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """notdat: an object, or a text that holds one."""
    found = value.get("notdat")
    if isinstance(found, str):
        return load(found.encode("utf-8", errors="surrogatepass"))
    return object_field(value, "notdat")
