"""Sub-accounts, account checks and receipts: the platform's own JSON forms, and PDF."""

from collections.abc import Mapping

from ankuan_bank_platform_simulator.books import entry_of
from ankuan_bank_platform_simulator.codes import WireRefusal
from ankuan_bank_platform_simulator.wire import Reply, answer_json, read_json
from ankuan_simcore.bank import Bank
from ankuan_simcore.models import AccountKind, PayeeCheck, RefusedError
from ankuan_simcore.receipts import receipt_pdf

_MOST = 500
_VERDICTS = {
    PayeeCheck.MATCHES: ("MATCH", "户名账号一致"),
    PayeeCheck.NAME_DIFFERS: ("NAME_DIFFERS", "户名不符"),
    PayeeCheck.NO_SUCH_ACCOUNT: ("NO_SUCH_ACCOUNT", "账号不存在"),
    PayeeCheck.CLOSED: ("NOT_ACTIVE", "账户状态不正常"),
}


def open_subs(bank: Bank, body: bytes) -> Reply:
    """Open one sub-account a name, in the order of the names; stops at the first that can't be opened."""
    asked = read_json(body)
    main, names = asked.get("acct"), asked.get("names")
    if not isinstance(main, str) or not isinstance(names, list) or not 1 <= len(names) <= 100:
        raise WireRefusal("BAD_MESSAGE", "acct/names")
    opened, failure = [], None
    bank.account(main, AccountKind.MAIN)
    for name in names:
        if not isinstance(name, str) or not name:
            raise WireRefusal("BAD_MESSAGE", "names")
    for name in names:
        try:
            made = bank.open_sub(main, name)
        except RefusedError as refused:
            failure = f"子账户未能开立：{refused.reason}"
            break
        opened.append({"no": made.number, "name": made.name})
    return answer_json({"acct": main, "accounts": opened, "failure": failure}, 201)


def list_subs(bank: Bank, query: Mapping[str, str]) -> Reply:
    """Sub-accounts after a number."""
    main, after, limit = query.get("acct", ""), query.get("after", ""), query.get("limit", "100")
    bank.account(main, AccountKind.MAIN)
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit) <= _MOST):
        raise WireRefusal("BAD_MESSAGE", "limit")
    found = bank.subs(main, after, int(limit) + 1)
    page = found[: int(limit)]
    rows = [{"no": account.number, "name": account.name} for account in page if not account.closed]
    return answer_json({"acct": main, "after": after, "accounts": rows, "more": len(found) > len(page)})


def check(bank: Bank, body: bytes) -> Reply:
    """Whether an account has a name."""
    asked = read_json(body)
    name, number = asked.get("name"), asked.get("account")
    if not isinstance(name, str) or not isinstance(number, str) or not name or not number:
        raise WireRefusal("BAD_MESSAGE", "name/account")
    result, message = _VERDICTS[bank.check_payee(number, name)]
    return answer_json({"name": name, "account": number, "result": result, "message": message})


def receipt(bank: Bank, key: str) -> Reply:
    """The electronic receipt of a booking."""
    entry = entry_of(bank, key)
    if entry is None:
        raise WireRefusal("NOT_FOUND", "没有这笔入账", 404)
    return Reply(receipt_pdf(bank, entry), "application/pdf", charset="latin-1")
