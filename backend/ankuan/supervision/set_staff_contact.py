"""Enter the phone number by which a person of a court is told of arrivals."""

import re
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.kernel.identifiers import mask_phone
from ankuan.platform.crypto import FieldCipher
from ankuan.platform.db import WriteSession
from ankuan.registry.queries import get_staff
from ankuan.supervision.tables import StaffContact

_MOBILE: Final = re.compile(r"1[3-9]\d{9}", re.ASCII)


class InvalidPhone(AnkuanError):
    """Not a mobile number of the mainland: eleven digits that begin with 13 to 19."""

    code = "invalid_phone"
    kind = ErrorKind.INVALID


def phone_context(court_id: int, staff_id: UUID) -> str:
    """What the encrypted number is bound to."""
    return f"staff_contact.phone:{court_id}:{staff_id}"


async def set_staff_contact(
    session: WriteSession, *, court_id: int, staff_id: UUID, phone: str, cipher: FieldCipher, now: datetime
) -> None:
    """Enter or replace the number. Raises ``StaffNotFound``, :class:`InvalidPhone`."""
    if not _MOBILE.fullmatch(phone):
        raise InvalidPhone("手机号码须为11位", "A mobile number has eleven digits", field="phone")
    await get_staff(session, court_id=court_id, staff_id=staff_id)
    values = {
        "phone_cipher": cipher.encrypt(phone.encode(), context=phone_context(court_id, staff_id)),
        "phone_masked": mask_phone(phone),
        "set_at": now,
    }
    await session.execute(
        insert(StaffContact)
        .values(court_id=court_id, staff_id=staff_id, **values)
        .on_conflict_do_update(index_elements=[StaffContact.court_id, StaffContact.staff_id], set_=values)
    )
