"""The automatic review: each check is a pure function of the facts and passes, warns or blocks (domain §7, S1)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ankuan.disbursement.content import Line
from ankuan.disbursement.rules import Kind
from ankuan.kernel.identifiers import check_card, check_cnaps, mask_account
from ankuan.kernel.money import Money

CARD_LENGTHS: Final = range(16, 20)
UNION_PAY_PREFIX: Final = "62"
TO_PEOPLE_OF_THE_CASE: Final = frozenset({Kind.PAY_PARTY, Kind.REFUND_PAYER, Kind.REFUND_COURT_FEE, Kind.DEPOSIT})


class Stage(StrEnum):
    """When the review runs."""

    SUBMIT = "submit"
    RELEASE = "release"


class Outcome(StrEnum):
    """What a check found."""

    PASS = "pass"  # noqa: S105 - not a password
    WARN = "warn"
    BLOCK = "block"


TITLES: Final = {
    "case_status": ("案件状态", "Case status"),
    "available_balance": ("可用余额", "Available balance"),
    "holds": ("其他冻结", "Other holds"),
    "bank_adjustments": ("银行调账", "Adjustments at the bank"),
    "payee_account": ("收款账号", "Payee account"),
    "payee_bank_code": ("收款行联行号", "Payee bank code"),
    "payee_name": ("收款人名称", "Payee name"),
    "payee_party": ("收款人身份", "Payee is a party"),
    "duplicate": ("重复付款", "Duplicate payment"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One result; ``reason`` is Chinese, for people."""

    name: str
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class Twin:
    """Another request's line to the same account with the same amount in the same case."""

    line_no: int
    number: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the review looks at. Amounts of the case leave this request's own reservation out of account."""

    stage: Stage
    kind: Kind
    case_status: str
    available: Money
    """What this request may use: the free balance, with its own reservation counted as free."""
    held_elsewhere: Money
    open_adjustments: int
    pay_from_sub_account: str | None
    bank_name: str
    encoding: str
    lines: tuple[Line, ...]
    party_names: frozenset[str]
    twins: tuple[Twin, ...] = ()


def review(facts: Facts) -> tuple[Check, ...]:
    """Run every check, in the order of the screen."""
    return tuple(
        check
        for check in (
            _case_status(facts),
            _available_balance(facts),
            _holds(facts),
            _bank_adjustments(facts),
            _payee_account(facts),
            _payee_bank_code(facts),
            _payee_name(facts),
            _payee_party(facts),
            _duplicate(facts),
        )
        if check is not None
    )


def blocking(checks: Iterable[Check]) -> tuple[Check, ...]:
    """The checks that forbid to go on."""
    return tuple(check for check in checks if check.outcome is Outcome.BLOCK)


def _case_status(facts: Facts) -> Check:
    if facts.case_status == "open":
        return Check("case_status", Outcome.PASS, "案件在办")
    reason = "案件已结案" if facts.case_status == "closed" else "案件已中止"
    return Check("case_status", Outcome.BLOCK, reason)


def _available_balance(facts: Facts) -> Check:
    total = Money.total(line.amount for line in facts.lines)
    told = f"本次 {total.display()} 元，可用 {facts.available.display()} 元"
    return Check("available_balance", Outcome.PASS if total <= facts.available else Outcome.BLOCK, told)


def _holds(facts: Facts) -> Check:
    if facts.held_elsewhere.fen == 0:
        return Check("holds", Outcome.PASS, "无其他冻结款项")
    return Check("holds", Outcome.PASS, f"另有 {facts.held_elsewhere.display()} 元已冻结，未计入可用余额")


def _bank_adjustments(facts: Facts) -> Check:
    if facts.open_adjustments == 0:
        return Check("bank_adjustments", Outcome.PASS, "银行无未完成的调账")
    # The bank pays from the case's own sub-account only what has been moved there.
    blocks = facts.stage is Stage.RELEASE and facts.pay_from_sub_account is not None
    told = f"有 {facts.open_adjustments} 笔调账银行尚未完成"
    return Check("bank_adjustments", Outcome.BLOCK if blocks else Outcome.WARN, told)


def _payee_account(facts: Facts) -> Check:
    odd = [
        f"第 {number} 行 {mask_account(line.payee_account)}"
        for number, line in enumerate(facts.lines, start=1)
        if _looks_like_card(line.payee_account) and not check_card(line.payee_account).ok
    ]
    if odd:
        return Check("payee_account", Outcome.WARN, "银行卡号校验位不符：" + "、".join(odd))
    return Check("payee_account", Outcome.PASS, "账号格式正确")


def _payee_bank_code(facts: Facts) -> Check:
    codes = [(n, line.payee_bank_code) for n, line in enumerate(facts.lines, start=1) if line.payee_bank_code]
    odd = [f"第 {number} 行 {code}" for number, code in codes if not check_cnaps(code).ok]
    if odd:
        return Check("payee_bank_code", Outcome.WARN, "联行号校验位不符：" + "、".join(odd))
    missing = [str(n) for n, line in enumerate(facts.lines, 1) if not line.payee_bank_code and not line.payee_bank_name]
    if missing:
        return Check("payee_bank_code", Outcome.WARN, f"第 {'、'.join(missing)} 行未填开户行，跨行付款可能被退回")
    return Check("payee_bank_code", Outcome.PASS, "开户行信息完整")


def _payee_name(facts: Facts) -> Check:
    odd = []
    for number, line in enumerate(facts.lines, start=1):
        for text in (line.payee_name, line.payee_bank_name):
            lost = "".join(c for c in text if not _expressible(c, facts.encoding))
            if lost:
                odd.append(f"第 {number} 行“{lost}”")
    if odd:
        return Check("payee_name", Outcome.BLOCK, "银行报文无法表示的字符：" + "、".join(odd))
    return Check("payee_name", Outcome.PASS, "名称可完整送达银行")


def _payee_party(facts: Facts) -> Check | None:
    if facts.kind not in TO_PEOPLE_OF_THE_CASE:
        return None
    strangers = [
        f"第 {number} 行{line.payee_name}"
        for number, line in enumerate(facts.lines, start=1)
        if line.payee_name not in facts.party_names
    ]
    if strangers:
        return Check("payee_party", Outcome.WARN, "收款人不是本案当事人：" + "、".join(strangers))
    return Check("payee_party", Outcome.PASS, "收款人均为本案当事人")


def _duplicate(facts: Facts) -> Check:
    pairs = Counter((line.payee_account, line.amount) for line in facts.lines)
    repeated = [f"第 {n} 行" for n, line in enumerate(facts.lines, 1) if pairs[line.payee_account, line.amount] > 1]
    found = [f"第 {twin.line_no} 行与 {twin.number}" for twin in facts.twins]
    if repeated:
        found.append("、".join(repeated) + "相互")
    if found:
        return Check("duplicate", Outcome.BLOCK, "同一案件、同一账号、同一金额：" + "；".join(found) + "重复")
    return Check("duplicate", Outcome.PASS, "未发现重复付款")


def _looks_like_card(account: str) -> bool:
    return account.isdigit() and len(account) in CARD_LENGTHS and account.startswith(UNION_PAY_PREFIX)


def _expressible(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
