"""The ``<FOX>`` messages as the agent reads and writes them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from ankuan_simcore.models import Order, OrderState, Refusal

CHARSET = "gbk"
OK = ("0", "")
BAD_MESSAGE = ("2001", "报文格式有误")
NAME_DIFFERS = ("2002", "收款账号户名不符")
BAD_SIGN_ON = ("15500", "登录信息有误")
REUSED = ("2009", "流水号已用于其他交易")
SIGN_ON = ("DTCLIENT", "CID", "USERID", "USERPASS", "GENUSERKEY")
TEXTS = {
    Refusal.NO_SUCH_ACCOUNT: "账号不存在或状态不正常",
    Refusal.INSUFFICIENT: "账户可用余额不足",
    Refusal.PAYEE_REFUSED: "收款账号有误",
    Refusal.NAME_MISMATCH: "收款账号户名不符",
    Refusal.BAD_AMOUNT: "金额有误",
    Refusal.OUT_OF_HOURS: "不在大额支付受理时间",
    Refusal.SCRIPTED: "银行拒绝受理",
    Refusal.ALREADY_OPEN: "子账户已存在",
}
FATES = {
    OrderState.SETTLED: "PAYOUT",
    OrderState.RETURNED: "PAYOUT",
    OrderState.PROCESSING: "PROCESSING",
    OrderState.APPROVAL: "AUDITING",
    OrderState.REFUSED: "FAIL",
}
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_AMOUNT = re.compile(r"(\d{1,15})\.(\d{2})", re.ASCII)
_TRANSACTION = re.compile(r"[0-9A-Za-z]{1,30}", re.ASCII)


class WireRefusal(Exception):
    """Answer with this code and text; nothing was done."""

    def __init__(self, code: str, text: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.text = f"{text}[{detail}]" if detail else text


@dataclass(frozen=True, slots=True)
class Tag:
    """A node of an answer."""

    name: str
    content: "str | Sequence[Tag]"
    attributes: dict[str, str] = field(default_factory=dict)

    def written(self) -> str:
        """Its text. Values never hold mark-up: what stands for it is told as a space, as the bank does."""
        inside = (
            re.sub("[<>&]", " ", self.content)
            if isinstance(self.content, str)
            else "".join(tag.written() for tag in self.content)
        )
        attributes = "".join(f' {name}="{value}"' for name, value in self.attributes.items())
        return f"<{self.name}{attributes}>{inside}</{self.name}>"


def leaf(name: str, value: str) -> Tag:
    """A node with a text."""
    return Tag(name, value)


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: ``operation`` without RQ, its TRNUID, and its node."""

    operation: str
    transaction: str
    node: Element
    sign_on: dict[str, str]

    def part(self, path: str) -> Element:
        """A node that must be there."""
        found = self.node.find(path)
        if found is None:
            raise WireRefusal(*BAD_MESSAGE, detail=path)
        return found


def text(element: Element, path: str) -> str:
    """A leaf, empty when there is none."""
    return (element.findtext(path) or "").strip()


def needed(element: Element, path: str, most_bytes: int = 200) -> str:
    """A leaf that must be there."""
    found = text(element, path)
    if not found or len(found.encode(CHARSET, errors="replace")) > most_bytes:
        raise WireRefusal(*BAD_MESSAGE, detail=path)
    return found


def fen(element: Element, path: str) -> int:
    """An amount with two decimals."""
    found = _AMOUNT.fullmatch(needed(element, path))
    if found is None:
        raise WireRefusal(*BAD_MESSAGE, detail=path)
    return int(found[1]) * 100 + int(found[2])


def day(element: Element, path: str) -> date:
    """A date yyyy-MM-dd."""
    found = needed(element, path)
    try:
        if len(found) == 10:
            return date.fromisoformat(found)
    except ValueError:
        pass
    raise WireRefusal(*BAD_MESSAGE, detail=path)


def in_order(element: Element, *names: str) -> None:
    """Refuse a node whose children are not some of these, in this order."""
    places = [names.index(child.tag) if child.tag in names else -1 for child in element]
    if -1 in places or places != sorted(places):
        raise WireRefusal(*BAD_MESSAGE, detail=f"{element.tag}: 节点顺序")


def read_ask(body: bytes) -> Ask:
    """Parse a request; WireRefusal when it is not what the document asks for."""
    try:
        decoded = _DECLARATION.sub("", body.decode(CHARSET))
        root: Element = fromstring(decoded, forbid_dtd=True)
    except Exception as broken:
        raise WireRefusal(*BAD_MESSAGE, detail=type(broken).__name__) from broken
    if "&" in decoded:
        raise WireRefusal(*BAD_MESSAGE, detail="非法字符")
    sign_on, messages = root.find("SIGNONMSGSRQV1/SONRQ"), root.find("SECURITIES_MSGSRQV1")
    if root.tag != "FOX" or sign_on is None or messages is None or len(messages) != 1:
        raise WireRefusal(*BAD_MESSAGE)
    told = {child.tag: (child.text or "").strip() for child in sign_on}
    node = messages[0]
    transaction = text(node, "TRNUID")
    if not node.tag.endswith("RQ") or not _TRANSACTION.fullmatch(transaction):
        raise WireRefusal(*BAD_MESSAGE, detail="TRNUID")
    if tuple(told)[: len(SIGN_ON)] != SIGN_ON:
        raise WireRefusal(*BAD_MESSAGE, detail="SONRQ")
    return Ask(node.tag.removesuffix("RQ"), transaction, node, told)


def answer_to(ask: Ask, now: str, content: Sequence[Tag], status: tuple[str, str] = OK) -> bytes:
    """The bytes of an answer."""
    node = Tag(f"{ask.operation}RS", (leaf("TRNUID", ask.transaction), _status(status), *content))
    return _whole(now, OK, (Tag("SECURITIES_MSGSRSV1", (node,)),))


def refused_sign_on(now: str, status: tuple[str, str] = BAD_SIGN_ON) -> bytes:
    """The answer to a request of nobody known."""
    return _whole(now, status, ())


def _whole(now: str, status: tuple[str, str], inside: Sequence[Tag]) -> bytes:
    sign_on = Tag("SONRS", (_status(status), leaf("DTSERVER", now)))
    whole = Tag("FOX", (Tag("SIGNONMSGSRSV1", (sign_on,)), *inside))
    return f'<?xml version="1.0" encoding="GBK"?>\n{whole.written()}'.encode(CHARSET, errors="replace")


def _status(status: tuple[str, str]) -> Tag:
    code, message = status
    severity = "INFO" if code == "0" else "ERROR"
    return Tag("STATUS", (leaf("CODE", code), leaf("SEVERITY", severity), leaf("MESSAGE", message)))


def processing(order: Order) -> Tag:
    """XFERPRCSTS."""
    refusal = order.text or TEXTS.get(Refusal(order.code), "交易失败") if order.code else ""
    content = (
        leaf("XFERPRCCODE", FATES[order.state]),
        leaf("DTXFERPRC", order.submitted_at[:19].replace("T", " ")),
        leaf("MESSAGE", refusal),
    )
    return Tag("XFERPRCSTS", content)


def yuan(amount: int) -> str:
    """Two decimals."""
    whole, part = divmod(abs(amount), 100)
    return f"{'-' if amount < 0 else ''}{whole}.{part:02d}"
