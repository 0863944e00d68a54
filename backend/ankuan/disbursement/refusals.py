"""Why an act on a disbursement is refused: one error class a code, so that codes stay stable and catalogued.

The pure rules answer with a :class:`ankuan.disbursement.rules.Denial`; use cases turn it into its error here, and the
screens show the same denial as the reason beside a button.
"""

from typing import Final

from ankuan.disbursement.rules import Denial
from ankuan.kernel.errors import AnkuanError, ErrorKind


class DisbursementNotFound(AnkuanError):
    """No such disbursement within the caller's scope."""

    code = "disbursement_not_found"
    kind = ErrorKind.NOT_FOUND


class WrongState(AnkuanError):
    """The disbursement has moved on, or has not come so far yet; details carry ``status``."""

    code = "wrong_state"
    kind = ErrorKind.CONFLICT


class StaleDigest(AnkuanError):
    """The person acted on another content than the present one (I6)."""

    code = "stale_digest"
    kind = ErrorKind.CONFLICT


class SamePerson(AnkuanError):
    """This person has already acted in an incompatible part of this disbursement (I10)."""

    code = "same_person"
    kind = ErrorKind.REFUSED


class NotYourTurn(AnkuanError):
    """Another role decides at this level."""

    code = "not_your_turn"
    kind = ErrorKind.NOT_ALLOWED


class AlreadyDecided(AnkuanError):
    """Somebody of the same role has decided this level a moment before."""

    code = "already_decided"
    kind = ErrorKind.CONFLICT


class CaseNotOpen(AnkuanError):
    """The case is suspended or closed."""

    code = "case_not_open"
    kind = ErrorKind.REFUSED


_ERRORS: Final[dict[str, type[AnkuanError]]] = {
    cls.code: cls for cls in (WrongState, StaleDigest, SamePerson, NotYourTurn, AlreadyDecided, CaseNotOpen)
}


def refuse(denial: Denial | None, *, field: str | None = None) -> None:
    """Raise the error a denial stands for; nothing when there is no denial."""
    if denial is not None:
        raise error_of(denial, field=field)


def error_of(denial: Denial, *, field: str | None = None) -> AnkuanError:
    """The error a denial stands for."""
    return _ERRORS[denial.code](denial.zh, denial.en, field=field)


def not_found() -> DisbursementNotFound:
    """The error of an id that leads nowhere."""
    return DisbursementNotFound("付款申请不存在", "No such disbursement", field="disbursementId")
