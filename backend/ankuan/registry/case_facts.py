"""What makes a new case acceptable: number, court, amount, parties. Pure; registration and import share it."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ankuan.kernel.case_number import CaseNumber, CaseNumberError, current_court_code, is_known_type
from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.identifiers import check_resident_id, check_uscc
from ankuan.kernel.money import Money
from ankuan.registry.rules import PartyKind, PartyRole

MAX_CAUSE: Final = 200
MAX_NAME: Final = 200
MAX_PARTIES: Final = 1_000
MAX_IDENTIFIER: Final = 40
MAX_PHONE: Final = 30
ENFORCEMENT: Final = "执"
_NARROW: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}


class CourtMismatch(AnkuanError):
    """The case number belongs to another court."""

    code = "court_mismatch"
    kind = ErrorKind.INVALID


class InvalidSubjectAmount(AnkuanError):
    """The amount in dispute is zero or negative; a case without one leaves it out."""

    code = "invalid_subject_amount"
    kind = ErrorKind.INVALID


class InvalidCause(AnkuanError):
    """The cause is too long or has control characters."""

    code = "invalid_cause"
    kind = ErrorKind.INVALID


class InvalidParty(AnkuanError):
    """A party without a name, or with a text that is too long or has control characters; or too many parties."""

    code = "invalid_party"
    kind = ErrorKind.INVALID


@dataclass(frozen=True, slots=True)
class Warned:
    """Something odd about an accepted case, for people."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewParty:
    """A party as given. Identity number and phone are plain here and are never logged or kept so."""

    name: str
    role: PartyRole
    kind: PartyKind = PartyKind.NATURAL
    identifier: str | None = None
    phone: str | None = None

    def __repr__(self) -> str:
        return f"NewParty(role={self.role.value!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """An acceptable case. ``typed`` keeps the number as it came in (domain §3)."""

    typed: str
    number: CaseNumber
    cause: str | None
    subject_amount: Money | None
    parties: tuple[NewParty, ...]
    warnings: tuple[Warned, ...]

    @property
    def wants_sub_account(self) -> bool:
        """Enforcement cases get a sub-account at once, others on demand (domain §5.2)."""
        return self.number.type_code.startswith(ENFORCEMENT)


def check_case(
    *, number: str, court_code: str, cause: str | None, subject_amount: Money | None, parties: Sequence[NewParty]
) -> CaseFacts:
    """Accept a case for the court with ``court_code``, or raise.

    An unknown type and an identity number that does not check only warn (domain §3). Raises
    :class:`ankuan.kernel.case_number.CaseNumberError`, :class:`CourtMismatch`, :class:`InvalidSubjectAmount`,
    :class:`InvalidCause`, :class:`InvalidParty`.
    """
    parsed = _parse_number(number)
    if current_court_code(parsed.court_code) != court_code:
        raise CourtMismatch(
            f"案号属于“{parsed.court_code}”，不是本院“{court_code}”",
            f"The case number belongs to court {parsed.court_code}, not to {court_code}",
            field="number",
        )
    if subject_amount is not None and subject_amount.fen <= 0:
        raise InvalidSubjectAmount("标的金额必须大于零", "The subject amount must be above zero", field="subjectAmount")
    if len(parties) > MAX_PARTIES:
        raise InvalidParty(f"当事人超过 {MAX_PARTIES} 名", f"More than {MAX_PARTIES} parties", field="parties")
    checked = tuple(_check_party(party, f"parties.{index}") for index, party in enumerate(parties))
    warnings = [w for party in checked if (w := _odd_identifier(party))]
    if not is_known_type(parsed.type_code):
        zh, en = f"案件类型代字“{parsed.type_code}”不在类型表中", f"Case type {parsed.type_code} is not in the table"
        warnings.insert(0, Warned("unknown_case_type", zh, en))
    return CaseFacts(
        typed=number,
        number=parsed,
        cause=_check_cause(cause),
        subject_amount=subject_amount,
        parties=checked,
        warnings=tuple(warnings),
    )


def _parse_number(number: str) -> CaseNumber:
    try:
        return CaseNumber.parse(number)
    except CaseNumberError as error:
        raise CaseNumberError(error.zh, error.en, field="number") from None


def _check_cause(cause: str | None) -> str | None:
    text = (cause or "").strip()
    if len(text) > MAX_CAUSE or _has_control(text):
        raise InvalidCause(
            f"案由不得超过 {MAX_CAUSE} 字", f"The cause has at most {MAX_CAUSE} characters", field="cause"
        )
    return text or None


def _check_party(party: NewParty, field: str) -> NewParty:
    name = party.name.strip()
    if not name or len(name) > MAX_NAME or _has_control(name):
        raise InvalidParty("当事人姓名或名称不合规则", "The party's name is empty or too long", field=f"{field}.name")
    identifier = (party.identifier or "").translate(_NARROW).strip().upper()
    if len(identifier) > MAX_IDENTIFIER or _has_control(identifier):
        raise InvalidParty("证件号码不合规则", "The identity number is too long", field=f"{field}.identifier")
    phone = (party.phone or "").translate(_NARROW).strip()
    if len(phone) > MAX_PHONE or _has_control(phone):
        raise InvalidParty("联系电话不合规则", "The phone number is too long", field=f"{field}.phone")
    return NewParty(name=name, role=party.role, kind=party.kind, identifier=identifier or None, phone=phone or None)


def _odd_identifier(party: NewParty) -> Warned | None:
    if party.identifier is None or party.kind is PartyKind.OTHER:
        return None
    check = check_resident_id if party.kind is PartyKind.NATURAL else check_uscc
    if check(party.identifier).ok:
        return None
    zh, en = f"{party.name}的证件号码未通过校验，请核对", f"The identity number of {party.name} does not check"
    return Warned("identifier_does_not_check", zh, en)


def _has_control(text: str) -> bool:
    return any(unicodedata.category(character) in {"Cc", "Cs"} for character in text)
