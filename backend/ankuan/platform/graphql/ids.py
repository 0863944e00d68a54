"""Global ids: type, court and key in one opaque text. The court part lets every look-up use the court-leading key."""

import base64
import binascii
from dataclasses import dataclass
from uuid import UUID

import strawberry

from ankuan.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Ref:
    """A decoded global id. ``key`` is a UUID, or a number for ledger entries and courts."""

    type_name: str
    court_id: int
    key: UUID | int

    @property
    def uuid(self) -> UUID:
        """The key as UUID. Raises :class:`NotFound` when it is a number."""
        if isinstance(self.key, UUID):
            return self.key
        raise NotFound("对象不存在", "No such object", field="id")


def global_id(type_name: str, court_id: int, key: UUID | int) -> strawberry.ID:
    """Encode."""
    raw = f"{type_name}:{court_id}:{key.hex if isinstance(key, UUID) else key}"
    return strawberry.ID(base64.urlsafe_b64encode(raw.encode()).decode().rstrip("="))


def decode_id(value: str, *, field: str = "id") -> Ref:
    """Decode. A text that is not one of our ids raises :class:`NotFound`, like an id that does not exist."""
    try:
        padded = value + "=" * (-len(value) % 4)
        name, court, key = base64.b64decode(padded, altchars=b"-_", validate=True).decode().split(":")
        number = int(court)
        if not (name.isidentifier() and court.isascii() and 0 <= number < 2**31):
            raise ValueError("not an id")
        if len(key) == 32:
            return Ref(name, number, UUID(key))
        if not (key.isascii() and key.isdigit() and int(key) < 2**63):
            raise ValueError("not an id")
        return Ref(name, number, int(key))
    except (ValueError, binascii.Error):
        raise NotFound("对象不存在", "No such object", field=field) from None


def expect_id(value: str, type_name: str, *, field: str, court_id: int | None = None) -> Ref:
    """Decode an id that must be of one type, and of one court where that is known. Raises :class:`NotFound`."""
    ref = decode_id(value, field=field)
    is_other_court = (court_id is not None and ref.court_id != court_id) or (
        type_name == "Court" and ref.key != ref.court_id
    )
    if ref.type_name != type_name or is_other_court:
        raise NotFound("对象不存在", "No such object", field=field)
    return ref
