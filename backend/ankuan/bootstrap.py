"""The composition root: the one place that knows all rooms and puts processes together from them."""

import asyncio
import json
import os
from datetime import timedelta
from typing import Any

from starlette.applications import Starlette

from ankuan.kernel.clock import SystemClock
from ankuan.platform.actor import system_actor
from ankuan.platform.bus import EventBus
from ankuan.platform.jobs import RoomJobs
from ankuan.platform.service_loop import run_service
from ankuan.platform.settings import Settings

DEMONSTRATION_PASSWORD = "ankuan-demo"  # noqa: S105 - published on purpose: the demonstration has nothing to protect
DEMONSTRATION_BANK = "bank_citic"
DEMONSTRATION_ACCOUNTS = {
    "鲁0102": "8112501012300010102",
    "鲁01": "8112501012300000100",
    "鲁": "8112501012300000001",
}
"""Court code to main account at the simulated bank."""


def make_bus() -> EventBus:
    """The bus with every room's listeners, in the order in which money flows."""
    from ankuan.collection import listeners as collection
    from ankuan.disbursement import listeners as disbursement
    from ankuan.supervision import listeners as supervision

    bus = EventBus()
    collection.listen(bus)
    disbursement.listen(bus)
    supervision.listen(bus)
    return bus


def room_jobs() -> tuple[RoomJobs, ...]:
    """The background work of all rooms."""
    from ankuan.banking.jobs import JOBS as BANKING
    from ankuan.collection.jobs import JOBS as COLLECTION
    from ankuan.control.jobs import JOBS as CONTROL
    from ankuan.ledger.jobs import JOBS as LEDGER
    from ankuan.supervision.jobs import JOBS as SUPERVISION

    return (LEDGER, BANKING, COLLECTION, CONTROL, SUPERVISION)


def create_app() -> Starlette:
    """The API process (uvicorn factory)."""
    from ankuan.http.app import make_app

    return make_app(Settings(), make_bus())


def run_worker() -> None:
    """The worker process."""
    from ankuan.worker.main import work

    run_service(work(Settings(), rooms=room_jobs(), bus=make_bus()))


async def load_demonstration(settings: Settings) -> None:
    """Load the demonstration province, twice is like once; write ``demonstration.json`` (0600) for clients.

    Runs as the owner of the tables: courts and roles are not the application's to write.
    """
    from ankuan.identity.demonstration import load_demonstration_identity
    from ankuan.platform.crypto import load_cipher
    from ankuan.platform.db import Database, make_engine
    from ankuan.platform.plugins import load_plugins
    from ankuan.registry.demonstration import load_demonstration_cases, load_demonstration_registry

    database = Database(make_engine(settings.owner_url, as_role=None), bus=make_bus())
    actor, now = system_actor("demonstration"), SystemClock().now()
    # New plugins are tried here once for all processes, in a child beside the loading of the registry.
    loading = asyncio.create_task(asyncio.to_thread(load_plugins, data_dir=settings.data_dir))
    try:
        async with database.write(actor) as session:
            await load_demonstration_registry(session, now=now)
        plugins = await loading
        accounts: dict[str, str] = {}
        if DEMONSTRATION_BANK in plugins.banks:
            async with database.write(actor) as session:
                accounts = await _open_fund_accounts(session, plugins)
        async with database.write(actor) as session:
            await load_demonstration_cases(session, cipher=load_cipher(settings.key_file), now=now)
        async with database.write(actor) as session:
            people = await load_demonstration_identity(session, password=DEMONSTRATION_PASSWORD, now=now)
    finally:
        await database.close()
    _write_private(
        settings,
        {
            "signIns": [
                {
                    "login": person.login,
                    "password": DEMONSTRATION_PASSWORD,
                    "name": person.name,
                    "role": "、".join(person.role_titles),
                    "court": person.court_name,
                    "token": person.token,
                }
                for person in people
            ],
            "simulatorAccounts": {DEMONSTRATION_BANK: accounts} if accounts else {},
        },
    )


async def _open_fund_accounts(session: Any, plugins: Any) -> dict[str, str]:
    """A fund account at the simulated bank for each court with sign-ins. Returns number to name."""
    from sqlalchemy import select

    from ankuan.banking.open_fund_account import open_fund_account
    from ankuan.registry.tables import Court

    endpoint = os.environ.get(f"ANKUAN_SIMULATOR_{DEMONSTRATION_BANK.upper()}_URL", "http://127.0.0.1:8601")
    opened = {}
    courts = {court.code: court for court in await session.scalars(select(Court))}
    for code, number in DEMONSTRATION_ACCOUNTS.items():
        court = courts[code]
        name = f"{court.name}案款专户"
        await open_fund_account(
            session,
            court_id=court.id,
            bank_id=DEMONSTRATION_BANK,
            account_no=number,
            name=name,
            adjustment_account_no=f"81{number[-10:]}0000000",
            settings={
                "endpoint": endpoint.rstrip("/") + "/",
                "user_name": f"court{court.id}",
                # People try the demonstration at night and on Sundays, when the large-value system is closed.
                "small_value_limit": "999999999.99",
            },
            plugins=plugins,
            finality_window=timedelta(minutes=2),  # the simulated bank knows at once what it has taken
        )
        opened[number] = name
    return opened


def _write_private(settings: Settings, content: dict[str, Any]) -> None:
    target = settings.data_dir / "demonstration.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump(content, out, ensure_ascii=False, indent=2)
    draft.replace(target)
