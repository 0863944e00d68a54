"""Uploaded files, kept as they came until a use case reads them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import undefer

from ankuan.kernel.errors import AnkuanError, ErrorKind, NotFound
from ankuan.kernel.ids import digest, new_id
from ankuan.platform.db import ReadSession, WriteSession
from ankuan.platform.tables import StoredFile

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_NAME_LENGTH = 200


class FileTooLarge(AnkuanError):
    """More than the limit."""

    code = "file_too_large"
    kind = ErrorKind.INVALID


async def store_file(session: WriteSession, *, court_id: int, name: str, content: bytes, now: datetime) -> UUID:
    """Keep a file; returns its id. Raises :class:`FileTooLarge`."""
    if len(content) > MAX_FILE_BYTES:
        raise FileTooLarge("文件超过 20 MB", "The file is larger than 20 MB", field="file")
    file_id = new_id()
    session.add(
        StoredFile(
            court_id=court_id,
            id=file_id,
            name=name.replace("\x00", "")[:MAX_NAME_LENGTH],
            sha256=digest(content),
            size=len(content),
            content=content,
            uploaded_by=session.actor.name,
            uploaded_at=now,
        )
    )
    await session.flush()
    return file_id


async def load_file(session: ReadSession, *, court_id: int, file_id: UUID) -> StoredFile:
    """The file with its content. Raises :class:`NotFound`."""
    found = await session.scalar(
        select(StoredFile)
        .where(StoredFile.court_id == court_id, StoredFile.id == file_id)
        .options(undefer(StoredFile.content))
    )
    if found is None:
        raise NotFound("文件不存在", "No such file", field="fileId")
    return found
