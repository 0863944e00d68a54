"""Keyset paging: a page is found by the last row's sort key, so page 3,000 costs what page 1 costs."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from ankuan.kernel.errors import AnkuanError, ErrorKind
from ankuan.platform.db import ReadSession

T = TypeVar("T")
U = TypeVar("U")
MAX_PAGE = 100
COUNT_LIMIT = 100_000


class InvalidPage(AnkuanError):
    """``first`` out of range, or a cursor of another list."""

    code = "invalid_page"
    kind = ErrorKind.INVALID


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list. ``total`` is exact up to 100,000 and stays there beyond."""

    rows: tuple[T, ...]
    cursors: tuple[str, ...]
    has_next: bool
    has_previous: bool
    total: int

    def with_rows(self, rows: Sequence[U]) -> "Page[U]":
        """The same page with each row replaced by its presentation, in the same order."""
        return Page(tuple(rows), self.cursors, self.has_next, self.has_previous, self.total)


@dataclass(frozen=True, slots=True)
class Keyset:
    """Sort columns, all in one direction; together they must be unique. ``from_text`` reads one cursor part each."""

    columns: tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]
    kinds: tuple[type, ...]
    descending: bool = True


async def fetch_page(
    session: ReadSession, statement: Select[Any], keyset: Keyset, *, first: int, after: str | None
) -> Page[Any]:
    """Run ``statement`` (an entity or columns, filtered, unordered) for one page; a row is what it selects first.

    Raises :class:`InvalidPage`.
    """
    if not 0 <= first <= MAX_PAGE:
        raise InvalidPage(f"每页 0 到 {MAX_PAGE} 条", f"first must be between 0 and {MAX_PAGE}", field="first")
    total = await session.scalar(select(func.count()).select_from(statement.limit(COUNT_LIMIT).subquery()))
    key = tuple_(*keyset.columns)
    page = statement.add_columns(*[c.label(f"_key{i}") for i, c in enumerate(keyset.columns)])
    if after is not None:
        values = _read_cursor(after, keyset)
        bound = tuple_(
            *[bindparam(None, v, type_=c.type, unique=True) for v, c in zip(values, keyset.columns, strict=True)]
        )
        page = page.where(key < bound if keyset.descending else key > bound)
    page = page.order_by(*[c.desc() if keyset.descending else c.asc() for c in keyset.columns]).limit(first + 1)
    rows = (await session.execute(page)).all()
    width = len(keyset.columns)
    kept = rows[:first]
    return Page(
        rows=tuple(r[0] if len(r) == width + 1 else r[:-width] for r in kept),
        cursors=tuple(_write_cursor(r[-width:]) for r in kept),
        has_next=len(rows) > first,
        has_previous=after is not None,
        total=int(total or 0),
    )


def _write_cursor(values: Sequence[Any]) -> str:
    parts = [v.isoformat() if isinstance(v, date | datetime) else v if isinstance(v, int) else str(v) for v in values]
    return base64.urlsafe_b64encode(json.dumps(parts, ensure_ascii=False).encode()).decode()


def _read_cursor(cursor: str, keyset: Keyset) -> list[Any]:
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if not isinstance(parts, list) or len(parts) != len(keyset.kinds):
            raise ValueError("another list's cursor")
        return [_READERS[kind](part) for kind, part in zip(keyset.kinds, parts, strict=True)]
    except (ValueError, TypeError, binascii.Error, KeyError):
        raise InvalidPage("分页游标无效", "Invalid page cursor", field="after") from None


def _integer(value: Any) -> int:
    if not isinstance(value, int) or abs(value) >= 2**63:
        raise ValueError("not an integer")
    return value


_READERS: dict[type, Any] = {
    int: _integer,
    str: str,
    UUID: lambda v: UUID(str(v)),
    datetime: lambda v: datetime.fromisoformat(str(v)),
    date: lambda v: date.fromisoformat(str(v)),
}
