"""From bytes to text without guessing silently."""

from ankuan.banking.statements.rows import StatementUnreadable


def decode_plain(content: bytes) -> str:
    """UTF-8, else GB18030 (which every Chinese bank's GBK and GB2312 is part of).

    Raises :class:`StatementUnreadable`.
    """
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise StatementUnreadable("文件编码无法识别", "The file's encoding is not known", field="fileId")
