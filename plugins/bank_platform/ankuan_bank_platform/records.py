"""The platform's own JSON forms: refusals, virtual sub-accounts, account checks."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ankuan.plugin_api.accounts import AccountVerdict
from ankuan.plugin_api.bank import AccountClaim, OpenedSubAccount
from ankuan_bank_platform.documents import Malformed

MEDIA_TYPE: Final = "application/json"
VERDICTS: Final[Mapping[str, AccountVerdict]] = {
    "MATCH": AccountVerdict.MATCH,
    "NAME_DIFFERS": AccountVerdict.NAME_DIFFERS,
    "NO_SUCH_ACCOUNT": AccountVerdict.NO_SUCH_ACCOUNT,
    "NOT_ACTIVE": AccountVerdict.NOT_ACTIVE,
    "CANNOT_SAY": AccountVerdict.UNKNOWN,
}
_NUMBER: Final = re.compile(r"[0-9A-Za-z\-]{1,34}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Opened:
    """Sub-accounts of one answer. ``more``: the list goes on. ``failure``: why not all that were asked for."""

    accounts: tuple[OpenedSubAccount, ...]
    more: bool = False
    failure: str | None = None


def render(content: Mapping[str, object]) -> bytes:
    """Bytes of a request."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def parse(raw: bytes) -> dict[str, object]:
    """One JSON object. Raises :class:`Malformed` and nothing else; a name told twice is Malformed."""
    try:
        found = json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except Malformed:
        raise
    except (ValueError, RecursionError) as broken:
        raise Malformed(f"json: {type(broken).__name__}") from broken
    if not isinstance(found, dict):
        raise Malformed("json: no object")
    return found


def refusal(raw: bytes) -> tuple[str, str]:
    """Code and text of an answer that says no."""
    found = parse(raw)
    return _text(found, "code"), _text(found, "message", needed=False)


def sub_accounts(raw: bytes, main: str, after: str | None = None) -> Opened:
    """Sub-accounts, opened or listed, of ``main``; ``after``: what a list was asked for."""
    found = parse(raw)
    if _text(found, "acct") != main or (after is not None and _text(found, "after", needed=False) != after):
        raise Malformed("sub-accounts of another question")
    rows, more = found.get("accounts"), found.get("more", False)
    if not isinstance(rows, list) or not isinstance(more, bool):
        raise Malformed("json: accounts")
    accounts = tuple(_sub_account(row) for row in rows)
    numbers = [each.number for each in accounts]
    if len(set(numbers)) != len(numbers) or (after is not None and numbers != sorted(numbers)):
        raise Malformed("sub-accounts out of order or told twice")
    if more and not accounts:
        raise Malformed("an empty page that is not the last")
    return Opened(accounts, more, _text(found, "failure", needed=False) or None)


def account_check(raw: bytes, claim: AccountClaim) -> tuple[AccountVerdict | None, str, str]:
    """Verdict (``None``: outside the table), the platform's code and text."""
    found = parse(raw)
    if (_text(found, "name"), _text(found, "account")) != (claim.name.strip(), claim.number.strip()):
        raise Malformed("an answer about another account")
    code = _text(found, "result")
    return VERDICTS.get(code), code, _text(found, "message", needed=False)


def _sub_account(row: object) -> OpenedSubAccount:
    if not isinstance(row, dict) or not _NUMBER.fullmatch(_text(row, "no")):
        raise Malformed("json: a sub-account")
    return OpenedSubAccount(_text(row, "no"), _text(row, "name", needed=False))


def _text(found: Mapping[str, object], name: str, *, needed: bool = True) -> str:
    value = found.get(name, "")
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or (needed and not value) or len(value) > 500:
        raise Malformed(f"json: {name}")
    return value


def _once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("json: a name is told twice")
    return found


def _no_constant(name: str) -> object:
    raise Malformed(f"json: {name}")
