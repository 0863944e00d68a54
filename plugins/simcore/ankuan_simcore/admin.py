"""The admin API: what tests, and people who try the product, do to the bank. Loopback only, no sign-in."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Fault, FaultBook, Plan, Script
from ankuan_simcore.models import EntryKind, Order, OrderState, RefusedError
from ankuan_simcore.page import page_routes
from ankuan_simcore.views import account_view, body_of, order_view, positive_fen

Handler = Callable[[Request], Awaitable[Response]]


def _plan(content: dict[str, Any]) -> Plan:
    return Plan(Fault(content["fault"]), dict(content.get("params", {})))


class Admin:
    """Handlers over one bank and its fault book."""

    def __init__(self, bank: Bank, book: FaultBook) -> None:
        self.bank = bank
        self.book = book

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
        """List accounts: ``kind``, ``main``, ``after`` (number), ``limit``. Untouched bulk ones are left out."""
        asked = request.query_params
        limit = min(int(asked.get("limit", "1000")), 10_000)
        found = []
        for number in sorted(self.bank.state.accounts):
            account = self.bank.state.accounts[number]
            wanted = asked.get("kind", account.kind), asked.get("main", account.main)
            if number > asked.get("after", "") and wanted == (account.kind, account.main):
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
        """Open a main account ``{number, name}``; harmless when it is open already."""
        content = await body_of(request)
        return JSONResponse(account_view(self.bank, self.bank.open_main(str(content["number"]), str(content["name"]))))

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
        """``approve``, ``refuse {text?}``, ``settle {force?}`` or ``return {fen?, fee_fen?, reason?}`` an order."""
        ref, act, content = request.path_params["ref"], request.path_params["act"], await body_of(request)
        if act == "return":
            entry = self.bank.give_back(
                ref,
                fen=int(content.get("fen", 0)),
                fee_fen=int(content.get("fee_fen", 0)),
                reason=str(content.get("reason", "账号户名不符")),
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

    async def faults(self, _request: Request) -> Response:
        """What is scripted and switched on, and how often each fault has struck."""
        return JSONResponse(
            {
                "scripts": [
                    {"action": s.action, "fault": s.plan.fault, "params": s.plan.params, "nth": s.nth, "seen": s.seen}
                    for s in self.book.scripts
                ],
                "switches": {
                    action: [{"fault": plan.fault, "params": plan.params} for plan in plans]
                    for action, plans in self.book.switches.items()
                },
                "swarm": {"seed": self.book.seed, "per_mille": self.book.per_mille},
                "fired": dict(self.bank.state.faults_fired),
            }
        )

    async def script(self, request: Request) -> Response:
        """On the n-th call from now of an action, fail: ``{action, fault, params?, nth?, times?, client_ref?}``."""
        content = await body_of(request)
        reference = content.get("client_ref")
        script = Script(
            action=str(content["action"]),
            plan=_plan(content),
            nth=positive_fen(content.get("nth", 1), "nth"),
            times=positive_fen(content.get("times", 1), "times"),
            client_ref=None if reference is None else str(reference),
        )
        self.book.scripts.append(script)
        return JSONResponse({"scripts": len(self.book.scripts)}, status_code=201)

    async def switches(self, request: Request) -> Response:
        """Replace all switches: ``{action or "*": [{fault, params?}, …]}``."""
        content = await body_of(request)
        self.book.switches = {action: [_plan(item) for item in plans] for action, plans in content.items()}
        return await self.faults(request)

    async def swarm(self, request: Request) -> Response:
        """Draw faults by seed: ``{seed, per_mille: {fault: chance in a thousand}}``."""
        content = await body_of(request)
        self.book.per_mille = {Fault(name).value: int(chance) for name, chance in content["per_mille"].items()}
        self.book.seed = int(content["seed"])
        return await self.faults(request)

    async def behave(self, request: Request) -> Response:
        """Forget all scripts, switches and the swarm."""
        self.book.clear()
        return await self.faults(request)

    async def advance(self, request: Request) -> Response:
        """Move the bank's clock: ``{days?, hours?, seconds?}``."""
        content = await body_of(request)
        self.bank.advance(timedelta(**{key: float(content.get(key, 0)) for key in ("days", "hours", "seconds")}))
        return JSONResponse({"now": self.bank.state.clock.now().isoformat()})

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


def admin_app(bank: Bank, book: FaultBook, display_name: str) -> Starlette:
    """The admin application of one bank."""
    admin = Admin(bank, book)
    table: list[tuple[str, str, Handler]] = [
        ("GET", "/health", admin.health),
        ("GET", "/accounts", admin.accounts),
        ("POST", "/accounts", admin.open_account),
        ("POST", "/accounts/bulk", admin.open_bulk),
        ("GET", "/accounts/{number}", admin.account),
        ("POST", "/credits", admin.credit),
        ("POST", "/credits/{no:int}/reverse", admin.reverse),
        ("GET", "/payments", admin.payments),
        ("GET", "/payments/{ref}", admin.payment),
        ("POST", "/payments/{ref}/{act}", admin.decide),
        ("POST", "/settle", admin.settle_all),
        ("GET", "/faults", admin.faults),
        ("DELETE", "/faults", admin.behave),
        ("POST", "/script", admin.script),
        ("PUT", "/switches", admin.switches),
        ("PUT", "/swarm", admin.swarm),
        ("POST", "/clock/advance", admin.advance),
        ("GET", "/journal", admin.journal),
        ("GET", "/journal.jsonl", admin.journal_file),
    ]
    routes = [Route(path, handler, methods=[method]) for method, path, handler in table]
    errors = {RefusedError: _refused, ValueError: _invalid, KeyError: _invalid, TypeError: _invalid}
    return Starlette(routes=[*routes, *page_routes(bank, display_name)], exception_handlers=errors)
