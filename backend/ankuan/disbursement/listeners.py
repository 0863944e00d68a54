"""What this room does when others tell something, in their transaction."""

from ankuan.banking.last_look import OrdersAboutToLeave
from ankuan.disbursement.last_look import object_to_orders
from ankuan.disbursement.settle_line import settle_line
from ankuan.platform.bus import EventBus
from ankuan.plugin_api.events import InstructionChanged


def listen(bus: EventBus) -> None:
    """Join the bus; ``bootstrap`` calls it once."""
    bus.listen(InstructionChanged, settle_line)
    bus.answer(OrdersAboutToLeave, object_to_orders)
