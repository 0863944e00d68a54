"""What supervision hears from other rooms, in their transactions."""

from datetime import datetime

from ankuan.platform.bus import EventBus
from ankuan.platform.db import WriteSession
from ankuan.plugin_api.events import ReceiptArrived
from ankuan.supervision.write_notice import write_arrival_notice


def listen(bus: EventBus) -> None:
    """Register this room's listeners."""
    bus.listen(ReceiptArrived, _tell_handler)


async def _tell_handler(session: WriteSession, event: ReceiptArrived, now: datetime) -> None:
    await write_arrival_notice(session, event, now)
