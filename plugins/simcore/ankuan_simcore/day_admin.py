"""The parts of the admin API about time, statements, rules and notices."""

from dataclasses import asdict
from datetime import date, datetime, time, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ankuan_simcore.bank import Bank
from ankuan_simcore.notices import Notifier
from ankuan_simcore.views import body_of


class DayAdmin:
    """Handlers over the bank's clock, days and rules."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank

    def _now(self) -> Response:
        return JSONResponse({"now": self.bank.state.clock.now().isoformat(), "today": self.bank.today})

    async def advance(self, request: Request) -> Response:
        """Move the bank's clock: ``{days?, hours?, seconds?}``."""
        content = await body_of(request)
        self.bank.advance(timedelta(**{key: float(content.get(key, 0)) for key in ("days", "hours", "seconds")}))
        return self._now()

    async def freeze(self, request: Request) -> Response:
        """Stop the clock: ``{at: "2026-11-21T16:59:59"}``, Shanghai time without an offset; without ``at``: now."""
        content = await body_of(request)
        at = datetime.fromisoformat(content["at"]) if "at" in content else self.bank.state.clock.now()
        self.bank.freeze(at)
        return self._now()

    async def run(self, _request: Request) -> Response:
        """Let a stopped clock go on."""
        self.bank.run_clock()
        return self._now()

    async def close(self, _request: Request) -> Response:
        """End of day."""
        return JSONResponse({"closed": self.bank.close_day(), "today": self.bank.today}, status_code=201)

    async def statement(self, request: Request) -> Response:
        """One day of an account, ``?date=2026-11-21`` (today without it)."""
        day = date.fromisoformat(request.query_params.get("date", self.bank.today)).isoformat()
        found = self.bank.statement(request.path_params["number"], day)
        # A booking's own amount has no sign; the statement's line has one.
        lines = [{**line.entry.as_record(), "fen": line.fen, "balance": line.balance} for line in found.lines]
        return JSONResponse({**asdict(found), "lines": lines})

    async def rules(self, request: Request) -> Response:
        """Change rules: ``{manual_confirm?: bool, large_hours?: ["09:00", "17:00"] or []}``."""
        content = await body_of(request)
        manual, hours = content.get("manual_confirm"), content.get("large_hours")
        if manual is not None and not isinstance(manual, bool):
            raise ValueError("manual_confirm must be true or false")
        told: tuple[str, str] | tuple[()] | None = None
        if hours is not None:
            told = (_hour(hours[0]), _hour(hours[1])) if hours else ()
        self.bank.set_rules(manual_confirm=manual, large_hours=told)
        return JSONResponse({"manual_confirm": self.bank.waits_for_confirmation, "large_hours": hours})


def _hour(text: str) -> str:
    return time.fromisoformat(text).strftime("%H:%M")


class NotifyAdmin:
    """Handlers over the bank's notices."""

    def __init__(self, bank: Bank, notifier: Notifier) -> None:
        self.bank = bank
        self.notifier = notifier

    async def show(self, _request: Request) -> Response:
        """Where notices go, and the last thousand."""
        sent = [notice.as_record() for notice in self.notifier.sent]
        return JSONResponse({"url": self.bank.state.notify_url, "sent": sent})

    async def switch(self, request: Request) -> Response:
        """``{url}``: post notices there from now on; empty: post none."""
        url = str((await body_of(request))["url"])
        if url and not url.startswith(("http://127.0.0.1:", "http://localhost:", "http://[::1]:")):
            raise ValueError("a simulator calls loopback addresses only")
        self.bank.set_rules(notify_url=url)
        return JSONResponse({"url": url})

    async def replay(self, request: Request) -> Response:
        """Post an old notice again, byte for byte: ``{number?}``, 0 is the oldest kept, the last one by default."""
        number = int((await body_of(request)).get("number", -1))
        return JSONResponse((await self.notifier.replay(number)).as_record())
