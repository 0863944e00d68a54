"""Opening virtual sub-accounts: VSABATCHOPENTRN. Numbers are the customer's to give."""

import re

from ankuan_bank_cib_simulator.wire import BAD_MESSAGE, TEXTS, Ask, Tag, WireRefusal, in_order, leaf, needed, text
from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Plan
from ankuan_simcore.models import AccountKind, Refusal, RefusedError

_MOST = 20
_ROW = (
    *("SUBACCT", "SUBNAME", "CALINTSIDENT", "RATECODE", "RATESCALEFLTVAL", "RATEPOINTFLTVAL", "RATEWORKDATE"),
    *("ADJINTSIDENT", "ADJINTSCYCLE", "FIRADJINTSDATE", "BUDGETIDENT", "BUDGETQUOTA", "BUDGETCYCLE", "OVERQUOTA"),
)


def open_many(bank: Bank, ask: Ask, _plans: list[Plan]) -> list[Tag]:
    """Up to twenty a message; each row is opened or not by itself."""
    body = ask.part("RQBODY")
    in_order(body, "MAINACCT", "TOTALCOUNT", "VSAOPENINFO")
    main = bank.account(needed(body, "MAINACCT"), AccountKind.MAIN)
    rows = body.findall("VSAOPENINFO")
    if not 1 <= len(rows) <= _MOST or text(body, "TOTALCOUNT") != str(len(rows)):
        raise WireRefusal(*BAD_MESSAGE, detail="VSAOPENINFO")
    asked = []
    for row in rows:
        in_order(row, *_ROW)
        if {text(row, "CALINTSIDENT"), text(row, "OVERQUOTA")} != {"0"} or any(not text(row, name) for name in _ROW):
            raise WireRefusal(*BAD_MESSAGE, detail="VSAOPENINFO")
        asked.append((needed(row, "SUBACCT", 6), needed(row, "SUBNAME", 60)))
    told = [_opened(bank, main.number, tail, name) for tail, name in asked]
    head = (leaf("MAINACCT", main.number), leaf("ACCTNAME", main.name), leaf("TOTALCOUNT", str(len(told))))
    return [Tag("RSBODY", (*head, *told))]


def _opened(bank: Bank, main: str, tail: str, name: str) -> Tag:
    status, message = "PAYOUT", "登记成功"
    if not re.fullmatch(r"\d{6}", tail, re.ASCII) or not 10_000 <= int(tail) <= 999_989:
        status, message = "FAIL", "子账户序号须在 010000 至 999989 之间"
    else:
        try:
            bank.open_sub(main, name, tail)
        except RefusedError as refused:
            status, message = "FAIL", TEXTS.get(refused.reason, TEXTS[Refusal.SCRIPTED])
    content = (leaf("SUBACCT", tail), leaf("SUBNAME", name), leaf("STATUS", status), leaf("MSG", message))
    return Tag("VSAOPENINFO", content)
