"""The wire: signed requests in, signed answers out, with the faults of the book around them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ankuan_bank_platform_simulator import accounts, payments, statements
from ankuan_bank_platform_simulator.books import Books
from ankuan_bank_platform_simulator.codes import WireRefusal, reason
from ankuan_bank_platform_simulator.door import Door
from ankuan_bank_platform_simulator.initiation import Initiation, read_initiation
from ankuan_bank_platform_simulator.notices import maker
from ankuan_bank_platform_simulator.wire import XML, Reply, refusal
from ankuan_simcore.bank import Bank
from ankuan_simcore.delivery import converse
from ankuan_simcore.faults import Fault, FaultBook, Plan, find
from ankuan_simcore.link import HttpLink
from ankuan_simcore.models import RefusedError
from ankuan_simcore.wires import Context

Work = Callable[[list[Plan]], Reply]


@dataclass(frozen=True, slots=True)
class Ask:
    """A request that passed the door: the action and reference by which faults find it, and what it does."""

    action: str
    client_ref: str
    work: Work


class PlatformLink(HttpLink):
    """A link that sends the status and the media type of the answer, unless a fault sends another one."""

    def __init__(self, request: Request) -> None:
        super().__init__(request, XML)
        self.reply = Reply(b"")

    async def send(self, body: bytes, *, status: int = 200, dribble: float | None = None) -> None:
        """Make the response."""
        await super().send(body, status=status, dribble=dribble)
        if status == 200:
            self.response.status_code = self.reply.status
            self.response.headers["content-type"] = self.reply.media_type


class Desk:
    """All operations over one bank."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        self.books = Books(bank)

    def ask(self, method: str, path: str, query: Mapping[str, str], question: str, body: bytes) -> Ask:
        """What is asked. Raises WireRefusal."""
        bank, books = self.bank, self.books
        if (method, path) == ("POST", "/v1/pain.001"):
            message: Initiation = read_initiation(bank, body)
            return Ask("pain.001", message.fault_ref, lambda plans: payments.submit(bank, message, plans))
        reference = query.get("endToEndId", query.get("msgId", ""))
        if method == "GET" and path.startswith("/v1/receipts/"):
            key = path.removeprefix("/v1/receipts/")
            return Ask("receipts", "", lambda _: accounts.receipt(bank, key))
        known: dict[tuple[str, str], tuple[str, Work]] = {
            ("GET", "/v1/pain.002"): ("pain.002", lambda plans: payments.status(bank, query, plans)),
            ("GET", "/v1/camt.052"): (
                "camt.052",
                lambda plans: statements.intraday(bank, books, query, question, plans),
            ),
            ("GET", "/v1/camt.053"): (
                "camt.053",
                lambda plans: statements.statement(bank, books, query, question, plans),
            ),
            ("GET", "/v1/vsub"): ("vsub.list", lambda _: accounts.list_subs(bank, query)),
            ("POST", "/v1/vsub"): ("vsub.open", lambda _: accounts.open_subs(bank, body)),
            ("POST", "/v1/accounts/check"): ("accounts.check", lambda _: accounts.check(bank, body)),
        }
        found = known.get((method, path))
        if found is None:
            raise WireRefusal("NO_SUCH_OPERATION", "没有这个接口", 404)
        return Ask(found[0], reference, found[1])


def _done(ask: Ask, plans: list[Plan]) -> Reply:
    try:
        reply = ask.work(plans)
    except WireRefusal as wrong:
        reply = refusal(wrong)
    except RefusedError as refused:
        reply = refusal(WireRefusal(*reason(refused.reason), status=409))
    if find(plans, Fault.CLIENT_CODE):
        return refusal(WireRefusal("BANK_UNREACHABLE", "平台未能连通银行，请稍后查询", 502))
    if (plan := find(plans, Fault.UNKNOWN_CODE)) and not ask.action.startswith("pain."):
        return refusal(WireRefusal(plan.text("code", "QQQQ"), "未知错误", 400))
    return reply


def wire_app(bank: Bank, book: FaultBook, context: Context) -> Starlette:
    """The application behind the wire port."""
    door, desk = Door(context), Desk(bank)
    context.notifier.register(maker(bank, door))

    async def serve(request: Request) -> Response:
        link, body = PlatformLink(request), await request.body()
        question = request.scope["query_string"].decode("ascii", errors="replace")
        path = request.scope["raw_path"].decode("ascii", errors="replace").partition("?")[0]
        line = f"{request.method}\n{path}{'?' if question else ''}{question}"
        app, nonce = door.caller(request.headers), request.headers.get("x-nonce", "")
        wrongly: list[Plan] = []

        def frame(told: bytes) -> bytes:
            link.headers.update(door.sign(app, line, told, nonce, wrongly=bool(wrongly)))
            return told

        def answer(plans: list[Plan]) -> bytes:
            wrongly.extend(plan for plan in plans if plan.fault is Fault.WRONG_SIGNATURE)
            link.reply = _done(ask, plans)
            return link.reply.body

        try:
            door.admit(line, request.headers, body)
            ask = desk.ask(request.method, request.url.path, request.query_params, question, body)
        except (WireRefusal, RefusedError) as wrong:
            refused = wrong if isinstance(wrong, WireRefusal) else WireRefusal(*reason(wrong.reason), status=409)
            link.reply = refusal(refused)
            await link.send(frame(link.reply.body))
            return link.response
        charset = "latin-1" if ask.action == "receipts" else "utf-8"
        await converse(
            bank,
            book,
            link,
            action=ask.action,
            client_ref=ask.client_ref,
            answer=answer,
            charset=charset,
            frame=frame,
            notices=context.notifier,
        )
        return link.response

    return Starlette(routes=[Route("/v1/{path:path}", serve, methods=["GET", "POST"])])
