"""Orders on paper as PDF: facts in, bytes out. Pure but for reading the packaged template and fonts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from ankuan.kernel.clock import SHANGHAI
from ankuan.kernel.money import Money
from ankuan.platform.typeset import qr_svg, typeset
from ankuan.plugin_api.bank import PaperOrder

LIST_TITLE = "案款支付清单"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One order with what its bank's plugin prints, and how often it has been printed."""

    paper: PaperOrder
    times: int
    payee_name: str
    payee_account: str
    amount: Money


def order_pdf(sheet: Sheet, *, now: datetime) -> bytes:
    """The sheet of one order. Raises ``FontsMissing``."""
    paper = sheet.paper
    order = {
        "title": paper.title,
        "number": paper.number,
        "times": str(sheet.times),
        "facts": [[label, value] for label, value in paper.facts],
        "qr": qr_svg(paper.qr),
        "signatures": list(paper.signatures),
    }
    return _pdf({"kind": "order", "title": f"{paper.title} {paper.number}", "order": order}, now)


def list_pdf(sheets: Sequence[Sheet], *, now: datetime) -> bytes:
    """A list of orders with their total in figures and in capitals. ``sheets`` is not empty."""
    total = Money.total(sheet.amount for sheet in sheets)
    rows = [
        {
            "number": sheet.paper.number,
            "payee": sheet.payee_name,
            "account": sheet.payee_account,
            "amount": sheet.amount.display(),
        }
        for sheet in sheets
    ]
    data = {
        "kind": "list",
        "title": LIST_TITLE,
        "number": f"{sheets[0].paper.number} 等 {len(sheets)} 笔",
        "times": str(max(sheet.times for sheet in sheets)),
        "rows": rows,
        "total": total.display(),
        "capitals": total.capitals(),
        "signatures": list(sheets[0].paper.signatures),
    }
    return _pdf(data, now)


def _pdf(data: dict[str, Any], now: datetime) -> bytes:
    here = now.astimezone(SHANGHAI)
    common = {"day": [here.year, here.month, here.day], "printed_at": f"{here:%Y年%m月%d日 %H:%M}"}
    return typeset(_template(), "paper", data | common, at_unix=int(now.timestamp()))


@cache
def _template() -> bytes:
    return files("ankuan.banking").joinpath("paper_order.typ").read_bytes()
