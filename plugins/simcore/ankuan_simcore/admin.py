"""The admin API: what tests, and people who try the product, do to the bank. Loopback only, no sign-in."""

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from ankuan_simcore.bank import Bank
from ankuan_simcore.day_admin import DayAdmin, NotifyAdmin
from ankuan_simcore.fault_admin import FaultAdmin
from ankuan_simcore.faults import FaultBook
from ankuan_simcore.models import AccountKind, EntryKind, Order, OrderState, RefusedError
from ankuan_simcore.page import page_routes
from ankuan_simcore.receipts import receipt_pdf
from ankuan_simcore.views import account_view, body_of, order_view, positive_fen
from ankuan_simcore.wires import Context, Profile

Handler = Callable[[Request], Awaitable[Response]]


class Admin:
    """Handlers over one bank."""

    def __init__(self, bank: Bank, settings: Callable[[str], dict[str, str]]) -> None:
        self.bank = bank
        self._settings = settings

    async def health(self, _request: Request) -> Response:
        """Alive, and how far the journal is."""
        state = self.bank.state
        return JSONResponse(
            {
                "ok": True,
                "seq": self.bank.journal.last_seq,
                "now": state.clock.now().isoformat(timespec="seconds"),
                "mains": list(state.mains.values()),
                "sum_fen": sum(account.balance for account in state.accounts.values()),
            }
        )

    async def accounts(self, request: Request) -> Response:
        """List accounts by number: ``kind``, ``main``, ``after`` (number), ``limit``.

        Sub-accounts of one ``main`` are listed whole, page by page; without ``main``, bulk ones nobody touched are
        left out.
        """
        asked = request.query_params
        limit, after = min(int(asked.get("limit", "1000")), 10_000), asked.get("after", "")
        if asked.get("kind") == AccountKind.SUB and asked.get("main"):
            subs = self.bank.subs(asked["main"], after, limit)
            return JSONResponse({"accounts": [account_view(self.bank, account) for account in subs]})
        found = []
        for number in sorted(self.bank.state.accounts):
            account = self.bank.state.accounts[number]
            wanted = asked.get("kind", account.kind), asked.get("main", account.main)
            if number > after and wanted == (account.kind, account.main):
                found.append(account_view(self.bank, account))
            if len(found) >= limit:
                break
        return JSONResponse({"accounts": found})

    async def account(self, request: Request) -> Response:
        """One account with its bookings."""
        account = self.bank.account(request.path_params["number"])
        entries = self.bank.state.by_main if account.kind == "main" else self.bank.state.by_account
        listed = [entry.as_record() for entry in entries.get(account.number, [])]
        return JSONResponse({**account_view(self.bank, account), "entries": listed})

    async def open_account(self, request: Request) -> Response:
        """Open a main account ``{number?, name}``; harmless when it is open. Without a number: the bank's next one.

        The answer tells its ``adjustment`` account and the ``settings`` with which the plugin reaches it.
        """
        content = await body_of(request)
        name = str(content["name"])
        main = self.bank.open_main(str(content["number"]), name) if content.get("number") else None
        main = main or self.bank.open_next_main(name)
        adjustment = self.bank.numbering.adjustment(main.number)
        told = {"adjustment": adjustment, "settings": self._settings(main.number)}
        return JSONResponse({**account_view(self.bank, main), **told})

    async def close_account(self, request: Request) -> Response:
        """Close an empty sub-account."""
        self.bank.close_sub(request.path_params["number"])
        return JSONResponse({"closed": request.path_params["number"]})

    async def payee(self, request: Request) -> Response:
        """Register an account outside the bank: ``{number, name, state?}``; state open, closed or frozen."""
        content = await body_of(request)
        payee = str(content["number"]), str(content["name"]), str(content.get("state", "open"))
        self.bank.register_payee(*payee)
        return JSONResponse(dict(zip(("number", "name", "state"), payee, strict=True)), status_code=201)

    async def fee(self, request: Request) -> Response:
        """The bank books a fee: ``{from, fen, remark?}``."""
        content = await body_of(request)
        remark = str(content.get("remark", "手续费"))
        entry = self.bank.charge(str(content["from"]), positive_fen(content["fen"]), remark)
        return JSONResponse(entry.as_record(), status_code=201)

    async def batch(self, request: Request) -> Response:
        """One batch with all its rows. Looking here does not count as a query."""
        batch = self.bank.state.batches.get(request.path_params["ref"])
        if batch is None:
            raise HTTPException(404, "no such batch")
        rows = [order_view(self.bank.state.orders[ref]) for ref in batch.refs]
        return JSONResponse({**batch.as_record(), "rows": rows})

    async def receipt(self, request: Request) -> Response:
        """The electronic receipt of a booking, a PDF."""
        entry = self.bank.state.entries.get(request.path_params["no"])
        if entry is None:
            raise HTTPException(404, "no such entry")
        return Response(receipt_pdf(self.bank, entry), media_type="application/pdf")

    async def open_bulk(self, request: Request) -> Response:
        """Open ``count`` sub-accounts of ``main`` at once, all named ``name``."""
        content = await body_of(request)
        count = positive_fen(content["count"], "count")
        first, last = self.bank.open_range(str(content["main"]), count, str(content.get("name", "案款子账户")))
        return JSONResponse({"first": first, "last": last, "count": count})

    async def credit(self, request: Request) -> Response:
        """Money arrives: ``{to, fen, payer_name?, payer_account?, payer_bank?, remark?, kind?, value_date?}``."""
        content = await body_of(request)
        texts = {
            name: str(content.get(name, ""))
            for name in ("payer_name", "payer_account", "payer_bank", "remark", "value_date")
        }
        kind = EntryKind(content.get("kind", EntryKind.INCOMING))
        entry = self.bank.credit(str(content["to"]), positive_fen(content["fen"]), kind=kind, **texts)
        return JSONResponse(entry.as_record(), status_code=201)

    async def reverse(self, request: Request) -> Response:
        """The bank takes an incoming credit back."""
        return JSONResponse(self.bank.reverse(int(request.path_params["no"])).as_record(), status_code=201)

    async def payments(self, request: Request) -> Response:
        """List orders, filter ``state``."""
        wanted = request.query_params.get("state")
        orders = (order for order in self.bank.state.orders.values() if wanted in {None, order.state})
        return JSONResponse({"payments": [order_view(order) for order in orders]})

    async def payment(self, request: Request) -> Response:
        """One order. Looking here does not count as a query."""
        order = self.bank.state.orders.get(request.path_params["ref"])
        if order is None:
            raise HTTPException(404, "no such payment")
        return JSONResponse(order_view(order))

    async def decide(self, request: Request) -> Response:
        """``approve``, ``refuse {text?}``, ``settle {force?}`` or ``return {fen?, fee_fen?, reason?, bank_ref?}``
        an order."""
        ref, act, content = request.path_params["ref"], request.path_params["act"], await body_of(request)
        if act == "return":
            entry = self.bank.give_back(
                ref,
                fen=int(content.get("fen", 0)),
                fee_fen=int(content.get("fee_fen", 0)),
                reason=str(content.get("reason", "账号户名不符")),
                bank_ref=str(content.get("bank_ref", "")),
            )
            return JSONResponse(entry.as_record(), status_code=201)
        acts: dict[str, Callable[[], Order]] = {
            "approve": lambda: self.bank.approve(ref),
            "refuse": lambda: self.bank.refuse(ref, str(content.get("text", "银行审核不通过"))),
            "settle": lambda: self.bank.settle(ref, force=bool(content.get("force", False))),
        }
        if act not in acts:
            raise HTTPException(404, "no such act")
        return JSONResponse(order_view(acts[act]()))

    async def settle_all(self, _request: Request) -> Response:
        """Execute everything that is processing."""
        under_way = [o.client_ref for o in self.bank.state.orders.values() if o.state is OrderState.PROCESSING]
        return JSONResponse({"settled": [self.bank.settle(ref).client_ref for ref in under_way]})

    async def journal(self, request: Request) -> Response:
        """Journal records after ``after``, at most ``limit``."""
        after, limit = (
            int(request.query_params.get(key, default)) for key, default in (("after", "0"), ("limit", "1000"))
        )
        return JSONResponse({"records": self.bank.journal.read(after, min(limit, 10_000))})

    async def journal_file(self, _request: Request) -> Response:
        """The journal as it stands on disk."""
        return FileResponse(self.bank.journal.path, media_type="application/x-ndjson")


async def _refused(_request: Request, error: Exception) -> Response:
    reason = error.reason if isinstance(error, RefusedError) else "refused"
    return JSONResponse({"error": reason, "detail": str(error)}, status_code=409)


async def _invalid(_request: Request, error: Exception) -> Response:
    return JSONResponse({"error": "invalid", "detail": f"{type(error).__name__}: {error}"}, status_code=400)


def admin_app(bank: Bank, book: FaultBook, profile: Profile, context: Context) -> Starlette:
    """The admin application of one bank."""
    admin = Admin(bank, lambda main: profile.settings(context, main))
    faults, days, notify = FaultAdmin(bank, book), DayAdmin(bank), NotifyAdmin(bank, context.notifier)
    table: list[tuple[str, str, Handler]] = [
        ("GET", "/health", admin.health),
        ("GET", "/accounts", admin.accounts),
        ("POST", "/accounts", admin.open_account),
        ("POST", "/accounts/bulk", admin.open_bulk),
        ("GET", "/accounts/{number}", admin.account),
        ("DELETE", "/accounts/{number}", admin.close_account),
        ("POST", "/payees", admin.payee),
        ("POST", "/credits", admin.credit),
        ("POST", "/credits/{no:int}/reverse", admin.reverse),
        ("POST", "/fees", admin.fee),
        ("GET", "/receipts/{no:int}", admin.receipt),
        ("GET", "/payments", admin.payments),
        ("GET", "/payments/{ref}", admin.payment),
        ("POST", "/payments/{ref}/{act}", admin.decide),
        ("GET", "/batches/{ref}", admin.batch),
        ("POST", "/settle", admin.settle_all),
        ("GET", "/faults", faults.faults),
        ("DELETE", "/faults", faults.behave),
        ("POST", "/script", faults.script),
        ("PUT", "/switches", faults.switches),
        ("PUT", "/swarm", faults.swarm),
        ("PUT", "/rules", days.rules),
        ("POST", "/clock/advance", days.advance),
        ("POST", "/clock/freeze", days.freeze),
        ("POST", "/clock/run", days.run),
        ("POST", "/day/close", days.close),
        ("GET", "/statements/{number}", days.statement),
        ("GET", "/notify", notify.show),
        ("PUT", "/notify", notify.switch),
        ("POST", "/notify/replay", notify.replay),
        ("GET", "/journal", admin.journal),
        ("GET", "/journal.jsonl", admin.journal_file),
    ]
    routes = [Route(path, handler, methods=[method]) for method, path, handler in table]
    errors = {
        RefusedError: _refused,
        ValueError: _invalid,
        LookupError: _invalid,
        TypeError: _invalid,
    }
    return Starlette(routes=[*routes, *page_routes(bank, profile.display_name)], exception_handlers=errors)
