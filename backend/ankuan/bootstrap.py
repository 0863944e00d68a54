"""The composition root: the one place that knows all rooms and puts processes together from them."""

import asyncio

from starlette.applications import Starlette

from ankuan.platform.bus import EventBus
from ankuan.platform.jobs import RoomJobs
from ankuan.platform.settings import Settings


def make_bus() -> EventBus:
    """The bus with every room's listeners, in the order in which money flows."""
    from ankuan.collection import listeners as collection
    from ankuan.disbursement import listeners as disbursement

    bus = EventBus()
    collection.listen(bus)
    disbursement.listen(bus)
    return bus


def room_jobs() -> tuple[RoomJobs, ...]:
    """The background work of all rooms."""
    from ankuan.banking.jobs import JOBS as BANKING
    from ankuan.collection.jobs import JOBS as COLLECTION
    from ankuan.control.jobs import JOBS as CONTROL
    from ankuan.supervision.jobs import JOBS as SUPERVISION

    return (BANKING, COLLECTION, CONTROL, SUPERVISION)


def create_app() -> Starlette:
    """The API process (uvicorn factory)."""
    from ankuan.http.app import make_app

    return make_app(Settings(), make_bus())


def run_worker() -> None:
    """The worker process."""
    from ankuan.worker.main import work

    asyncio.run(work(Settings(), rooms=room_jobs(), bus=make_bus()))
