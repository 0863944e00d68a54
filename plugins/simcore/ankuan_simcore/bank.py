"""The bank: decides, writes the journal, then tells. State is rebuilt from the journal at start."""

from ankuan_simcore.accounts import AccountDesk
from ankuan_simcore.days import DayDesk
from ankuan_simcore.faults import Fault
from ankuan_simcore.money import MoneyDesk
from ankuan_simcore.orders import OrderDesk
from ankuan_simcore.payees import PayeeDesk


class Bank(AccountDesk, MoneyDesk, OrderDesk, PayeeDesk, DayDesk):
    """One bank, all its desks."""

    def note_fault(self, action: str, client_ref: str, fault: Fault) -> None:
        """Write into the journal that a fault was committed."""
        self.commit("fault.fired", action=action, client_ref=client_ref, fault=fault)

    def set_rules(
        self,
        *,
        manual_confirm: bool | None = None,
        large_hours: tuple[str, str] | tuple[()] | None = None,
        notify_url: str | None = None,
    ) -> None:
        """Change rules for good; ``None`` leaves one as it is. Empty ``large_hours`` or ``notify_url``: off."""
        given = {"manual_confirm": manual_confirm, "large_hours": large_hours, "notify_url": notify_url}
        self.commit("rules.set", **{name: value for name, value in given.items() if value is not None})
