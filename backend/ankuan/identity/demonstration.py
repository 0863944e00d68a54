"""Sign-ins of the demonstration. Never used outside of it: everybody has the same, published password."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select, tuple_

from ankuan.identity.passwords import hash_password, password_fits
from ankuan.identity.set_password import keep_hash
from ankuan.identity.tables import Credential
from ankuan.identity.tokens import issue_token
from ankuan.platform.db import WriteSession
from ankuan.registry.demonstration import demonstration_sign_ins

TOKEN_NAME: Final = "demonstration"  # noqa: S105 - a name, not a secret


@dataclass(frozen=True, slots=True)
class SignIn:
    """How to sign in as a person of the demonstration; ``token`` is valid until the next load."""

    login: str
    name: str
    role_titles: tuple[str, ...]
    court_name: str
    token: str


async def load_demonstration_identity(session: WriteSession, *, password: str, now: datetime) -> list[SignIn]:
    """Give every person of the demonstration the password and a fresh API token.

    Loading again with the same password leaves the credentials as they are; the tokens are replaced, since the
    database has only their digests. The password is hashed once for all: a hash takes a tenth of a second.
    """
    people = await demonstration_sign_ins(session)
    refs = [(person.court_id, person.staff_id) for person in people]
    kept = {
        (row.court_id, row.staff_id): row.password_hash
        for row in await session.scalars(
            select(Credential).where(tuple_(Credential.court_id, Credential.staff_id).in_(refs))
        )
    }
    valid = {password_hash for password_hash in set(kept.values()) if await password_fits(password_hash, password)}
    made: str | None = None
    sign_ins = []
    for person in people:
        ref = (person.court_id, person.staff_id)
        if kept.get(ref) not in valid:
            made = made or await hash_password(password)
            await keep_hash(session, court_id=ref[0], staff_id=ref[1], login=person.login, password_hash=made, now=now)
        token = await issue_token(session, court_id=ref[0], staff_id=ref[1], name=TOKEN_NAME, now=now)
        sign_ins.append(SignIn(person.login, person.name, person.role_titles, person.court_name, token))
    return sign_ins
