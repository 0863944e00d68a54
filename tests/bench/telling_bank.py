"""A plain front-end that answers CITIC's messages with pages made beforehand, so that only the reader costs time.

It shares nothing with the simulator: an answer is text of the interface document with numbers put in.
"""

import re
import threading
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_FIELDS = re.compile(rb"<(action|accountNo)>([^<]*)</")
_HEAD = '<?xml version="1.0" encoding="GB2312"?>\n<stream><status>AAAAAAA</status><statusText>查询成功</statusText>'


def answer(rows: Iterable[str]) -> bytes:
    """A whole answer of DLSTRNDT in GBK."""
    told = list(rows)
    listed = f'<list name="userDataList">{"".join(told)}</list>' if told else ""
    return f"{_HEAD}<returnRecords>{len(told)}</returnRecords>{listed}</stream>".encode("gbk")


def credit_row(serial: int, *, day: str, sub_account: str, payer: int, fen: int) -> str:
    """Money from outside to a sub-account; ``serial`` makes HOSTFLW and thereby the booking's key."""
    yuan = f"{fen // 100}.{fen % 100:02d}"
    return (
        f"<row><subAccNo>{sub_account}</subAccNo><TRANTYPE>23</TRANTYPE><TRANDATE>{day}</TRANDATE>"
        f"<TRANTIME>093012</TRANTIME><HOSTFLW>KEB{serial:011d}</HOSTFLW><HOSTSEQ>0000000000002</HOSTSEQ>"
        f"<OPPACCNO>621700{payer:013d}</OPPACCNO><OPPACCNAME>示例某业有限公司</OPPACCNAME>"
        f"<OPPBRANCHNAME>中国建设银行</OPPBRANCHNAME><CDFG>C</CDFG><TRANAMT>{yuan}</TRANAMT>"
        f"<ACCBAL>21474836.48</ACCBAL><XTSFAM>0.00</XTSFAM><RESUME>案款 {serial}</RESUME><OPPBANKNO></OPPBANKNO></row>"
    )


class TellingBank:
    """Pages by main account; an account with no page left is told that there is nothing new."""

    def __init__(self) -> None:
        self.pages: defaultdict[str, deque[bytes]] = defaultdict(deque)
        self.nothing = answer(())

    def next_page(self, request: bytes) -> bytes:
        """The answer to one message."""
        fields = {name.decode(): value.decode("gbk") for name, value in _FIELDS.findall(request)}
        waiting = self.pages[fields.get("accountNo", "")]
        return waiting.popleft() if fields.get("action") == "DLSTRNDT" and waiting else self.nothing


@contextmanager
def telling_bank() -> Iterator[tuple[TellingBank, str]]:
    """A bank that listens on the loopback, and its address."""
    bank = TellingBank()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = bank.next_page(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "text/xml; charset=GBK")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's word
            """A benchmark's server writes no log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield bank, f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
