"""The part of the admin API that says what goes wrong."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Fault, FaultBook, Plan, Script
from ankuan_simcore.views import body_of, positive_fen


def _plan(content: dict[str, Any]) -> Plan:
    return Plan(Fault(content["fault"]), dict(content.get("params", {})))


class FaultAdmin:
    """Handlers over a fault book."""

    def __init__(self, bank: Bank, book: FaultBook) -> None:
        self.bank = bank
        self.book = book

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
