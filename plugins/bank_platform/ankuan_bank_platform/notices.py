"""What the platform calls back: camt.054 (something was booked) and pain.002 (something became of an order)."""

from typing import Final

from ankuan.plugin_api.bank import BankNotice, IncomingNotice, NoticeKind
from ankuan.plugin_api.errors import ForgedNotice, MalformedAnswer
from ankuan_bank_platform.documents import Malformed, Node, parse
from ankuan_bank_platform.signing import Credentials, NotGenuine

BOOKED: Final = "camt.054.001.08"
_REPLY: Final = b'{"code":"OK"}'


def read_notice(notice: IncomingNotice, credentials: Credentials, main: str) -> BankNotice:
    """Raises ForgedNotice or MalformedAnswer. The same notice is read the same however often it comes."""
    try:
        credentials.check_notice(notice.headers, notice.body, notice.received_at)
    except NotGenuine as wrong:
        raise ForgedNotice(f"通知未通过验签：{wrong}") from wrong
    try:
        message, root = parse(notice.body)
        identity = root.needed("GrpHdr/MsgId")
        kind, client_ref = _meaning(message, root, main)
    except Malformed as wrong:
        raise MalformedAnswer(f"通知无法识别：{wrong}") from wrong
    return BankNotice(identity, kind, client_ref, _REPLY, "application/json")


def _meaning(message: str, root: Node, main: str) -> tuple[NoticeKind, str | None]:
    if message == BOOKED:
        accounts = [each.needed("Acct/Id/Othr/Id") for each in root.all("Ntfctn")]
        if not accounts:
            raise Malformed("Ntfctn is missing")
        return (NoticeKind.MOVEMENT if main in accounts else NoticeKind.OTHER), None
    if message.startswith("pain.002."):
        rows = [row for part in root.all("OrgnlPmtInfAndSts") for row in part.all("TxInfAndSts")]
        refs = {row.needed("OrgnlEndToEndId") for row in rows}
        return NoticeKind.ORDER, refs.pop() if len(refs) == 1 else None
    return NoticeKind.OTHER, None
