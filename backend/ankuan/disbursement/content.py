"""What a disbursement says: its lines as given, checked and normalised, and the digest of all that is shown. Pure.

An approval is bound to this digest (I6). It covers the content as people see it, so that the bank gets exactly what
was approved (failures B1-B3): nothing is normalised after this point.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from ankuan.disbursement.rules import Kind
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.ids import content_digest
from ankuan.kernel.money import Money, MoneyFormatError

FORM: Final = "ankuan.disbursement.1"
MAX_LINES: Final = 500
MAX_NAME: Final = 120
MAX_PURPOSE: Final = 200
_ACCOUNT: Final = re.compile(r"[0-9A-Z]{6,34}")
_BANK_CODE: Final = re.compile(r"[0-9]{12}")
_NARROW: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_SEPARATORS: Final = str.maketrans("", "", " -\t\r\n\u00a0\u200b\u3000")
# Control, zero-width and direction characters: they make two names look like one.
_INVISIBLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


class NoLines(AnkuanError):
    """A disbursement pays somebody."""

    code = "no_lines"
    kind = ErrorKind.INVALID


class TooManyLines(AnkuanError):
    """More lines than one request may have."""

    code = "too_many_lines"
    kind = ErrorKind.INVALID


class PurposeRequired(AnkuanError):
    """The purpose is missing, too long, or has invisible characters."""

    code = "purpose_required"
    kind = ErrorKind.INVALID


class PayeeNameInvalid(AnkuanError):
    """The payee's name is missing, too long, or has invisible characters."""

    code = "payee_name_invalid"
    kind = ErrorKind.INVALID


class PayeeAccountInvalid(AnkuanError):
    """The payee's account is not 6 to 34 digits or letters."""

    code = "payee_account_invalid"
    kind = ErrorKind.INVALID


class PayeeBankInvalid(AnkuanError):
    """The bank code is not 12 digits, or the bank's name is too long."""

    code = "payee_bank_invalid"
    kind = ErrorKind.INVALID


@dataclass(frozen=True, slots=True)
class Line:
    """One payment to one payee."""

    payee_name: str
    payee_account: str
    amount: Money
    payee_bank_name: str = ""
    payee_bank_code: str | None = None
    party_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """All that approvers see and the bank will be told."""

    number: str
    case_number: str
    fund_account: str
    kind: Kind
    purpose: str
    version: int
    lines: tuple[Line, ...]

    @property
    def total(self) -> Money:
        """Sum of the lines."""
        return Money.total(line.amount for line in self.lines)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical content, 64 hex digits."""
        return content_digest(
            {
                "form": FORM,
                "number": self.number,
                "case": self.case_number,
                "fund_account": self.fund_account,
                "kind": str(self.kind),
                "purpose": self.purpose,
                "version": self.version,
                "total": self.total,
                "lines": [
                    {
                        "payee_name": line.payee_name,
                        "payee_account": line.payee_account,
                        "payee_bank_name": line.payee_bank_name,
                        "payee_bank_code": line.payee_bank_code,
                        "amount": line.amount,
                        "party": line.party_id,
                    }
                    for line in self.lines
                ],
            }
        )


def clean_purpose(purpose: str) -> str:
    """Trim and check the purpose. Raises :class:`PurposeRequired`."""
    text = purpose.strip()
    if not 0 < len(text) <= MAX_PURPOSE or _INVISIBLE.search(text):
        raise PurposeRequired(
            f"请填写用途，最多 {MAX_PURPOSE} 字，不含特殊字符",
            f"State the purpose in at most {MAX_PURPOSE} characters",
            field="purpose",
        )
    return text


def clean_lines(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Trim and check lines; errors name the line in ``field``, e.g. ``lines.0.amount``.

    Raises :class:`NoLines`, :class:`TooManyLines`, :class:`PayeeNameInvalid`, :class:`PayeeAccountInvalid`,
    :class:`PayeeBankInvalid`, :class:`MoneyFormatError`.
    """
    if not lines:
        raise NoLines("请至少填写一名收款人", "At least one payee is needed", field="lines")
    if len(lines) > MAX_LINES:
        raise TooManyLines(f"一次最多 {MAX_LINES} 名收款人", f"At most {MAX_LINES} payees", field="lines")
    return tuple(_clean(line, f"lines.{index}") for index, line in enumerate(lines))


def clean_account(account: str) -> str:
    """Account number in the form it is shown, approved and sent: narrow, upper case, without separators."""
    return account.translate(_NARROW).translate(_SEPARATORS).upper()


def _clean(line: Line, path: str) -> Line:
    if line.amount.fen <= 0:
        raise MoneyFormatError("金额必须大于零", "The amount must be greater than zero", field=f"{path}.amount")
    name = line.payee_name.strip()
    if not 0 < len(name) <= MAX_NAME or _INVISIBLE.search(name):
        raise PayeeNameInvalid(
            f"请填写收款人名称，最多 {MAX_NAME} 字，不含特殊字符",
            f"State the payee's name in at most {MAX_NAME} characters",
            field=f"{path}.payeeName",
        )
    account = clean_account(line.payee_account)
    if not _ACCOUNT.fullmatch(account):
        raise PayeeAccountInvalid(
            "收款账号应为 6 至 34 位数字或字母",
            "The account is 6 to 34 digits or letters",
            field=f"{path}.payeeAccount",
        )
    bank = line.payee_bank_name.strip()
    if len(bank) > MAX_NAME or _INVISIBLE.search(bank):
        raise PayeeBankInvalid("开户行名称无效", "Invalid name of the bank", field=f"{path}.payeeBankName")
    code = clean_account(line.payee_bank_code or "") or None
    if code is not None and not _BANK_CODE.fullmatch(code):
        raise PayeeBankInvalid("联行号应为 12 位数字", "The bank code is 12 digits", field=f"{path}.payeeBankCode")
    return Line(name, account, line.amount, bank, code, line.party_id)
