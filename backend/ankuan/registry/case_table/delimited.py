"""Text tables: CSV, tab- or semicolon-separated, in UTF-8 or GB18030, with or without a byte-order mark."""

import csv
import io

from ankuan.registry.case_table.errors import UnreadableTable

_DELIMITERS = ",\t;"


def read_delimited(content: bytes) -> list[list[str]]:
    """All rows as text; row n of the file is element n - 1 as long as no cell holds a line break.

    Raises :class:`UnreadableTable`.
    """
    text = _decode(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise _unreadable(f"引号或分隔符有误（{error}）", f"broken quotes or separators ({error})") from None


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        # GB18030 reads nearly any bytes; a table never has these characters.
        if not any(character in text for character in "\x00\ufffd\ufeff"):
            return text
    raise _unreadable("请用 UTF-8 或 GB18030 编码的 CSV，或 XLSX", "use CSV in UTF-8 or GB18030, or XLSX")


def _unreadable(zh: str, en: str) -> UnreadableTable:
    return UnreadableTable(f"无法读取文件：{zh}", f"The file cannot be read: {en}", field="fileId")
