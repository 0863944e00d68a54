"""How an answer fails on its way: dropped, late, cut, in the wrong encoding. Knows bytes, no wire format."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Fault, FaultBook, Plan, find
from ankuan_simcore.link import Link

Frame = Callable[[bytes], bytes]
_GARBAGE = "<stream><status>AAAAAAA</status\x00\x1f<<&"
_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]><b>&a9;</b>"
)


class Flushes(Protocol):
    """Something that can send its notices at once."""

    async def flush(self) -> None:
        """Return when every notice was tried once."""


def meet(bank: Bank, book: FaultBook, action: str, client_ref: str = "") -> list[Plan]:
    """Count a call, and write down which faults it meets."""
    plans = book.plans(action, client_ref)
    for plan in plans:
        bank.note_fault(action, client_ref, plan.fault)
    return plans


async def before_commit(link: Link, plans: list[Plan]) -> bool:
    """Faults that strike before the bank has done anything. True: the link is cut, stop here."""
    if find(plans, Fault.DROP_BEFORE):
        await link.hang_up()
        return True
    slow = find(plans, Fault.SLOW)
    if slow is not None and slow.text("when", "after") == "before":
        await asyncio.sleep(slow.seconds(1))
    return False


async def after_commit(link: Link, plans: list[Plan], reply: bytes, charset: str, frame: Frame | None = None) -> None:
    """Send ``reply`` (text in ``charset``), or what the faults leave of it.

    ``frame`` wraps the text as the wire wants it: a length prefix, a signature, encryption. What is wrong with the
    text is wrong inside the frame; what is wrong with the transmission cuts the frame.
    """
    slow = find(plans, Fault.SLOW)
    if slow is not None and slow.text("when", "after") == "after":
        await asyncio.sleep(slow.seconds(1))
    if find(plans, Fault.DROP_AFTER):
        await link.hang_up()
    elif plan := find(plans, Fault.HTTP_ERROR):
        await link.send(b"<html><body>Service Unavailable</body></html>", status=plan.number("status", 503))
    elif find(plans, Fault.EMPTY):
        await link.send(b"")
    else:
        text = _wrong_text(plans, reply, charset)
        whole = frame(text) if frame is not None else text
        if plan := find(plans, Fault.TRUNCATED):
            whole = whole[: plan.number("at", len(whole) // 2)]
        plan = find(plans, Fault.DRIBBLE)
        await link.send(whole, dribble=plan.seconds(0.001) if plan is not None else None)


async def converse(
    bank: Bank,
    book: FaultBook,
    link: Link,
    *,
    action: str,
    client_ref: str,
    answer: Callable[[list[Plan]], bytes],
    charset: str,
    frame: Frame | None = None,
    notices: Flushes | None = None,
) -> None:
    """Answer one request with all faults around it. ``answer`` does the work and returns the text to send.

    Commits by itself every fault of delivery, ``other_answer`` and, given ``notices``, ``notice_before_answer``.
    """
    plans = meet(bank, book, action, client_ref)
    if await before_commit(link, plans):
        return
    reply = answer(plans)
    if find(plans, Fault.NOTICE_BEFORE_ANSWER) and notices is not None:
        await notices.flush()
    reply = book.answer_of_another(action, client_ref, reply, plans)
    await after_commit(link, plans, reply, charset, frame)


def _wrong_text(plans: list[Plan], reply: bytes, charset: str) -> bytes:
    if plan := find(plans, Fault.GARBAGE):
        return plan.text("body", _GARBAGE).encode()
    if plan := find(plans, Fault.XML_BOMB):
        return plan.text("body", _BOMB).encode(charset, errors="replace")
    if plan := find(plans, Fault.WRONG_ENCODING):
        return recoded(reply, charset, plan.text("encoding", "utf-8"))
    return reply


def recoded(reply: bytes, charset: str, wanted: str) -> bytes:
    """The same text in another charset; in yet another one when the bytes would be the same."""
    text = reply.decode(charset, errors="replace")
    attempts = (text.encode(name, errors="replace") for name in (wanted, "gb18030", "utf-16"))
    return next(attempt for attempt in attempts if attempt != reply)
