"""Accounts of other people: what the bank answers when asked whether an account has a name (账号户名校验)."""

from ankuan_simcore.books import Books
from ankuan_simcore.models import AccountKind, PayeeCheck

NAME_DIFFERS_ENDING = "1111"
NO_SUCH_ACCOUNT_ENDING = "2222"
"""Documented test behaviour of accounts outside the bank that nobody registered. All others match any name."""


class PayeeDesk(Books):
    """A register of payees outside the bank."""

    def register_payee(self, number: str, name: str, state: str = "open") -> None:
        """Know an account outside the bank. Payments in another name, or to one that is not ``open``, are refused."""
        if state not in {"open", "closed", "frozen"} or not number or not name:
            raise ValueError("number, name and a state of open, closed, frozen are needed")
        self.commit("payee.registered", number=number, name=name, state=state)

    def check_payee(self, number: str, name: str) -> PayeeCheck:
        """Whether an account, ours or another bank's, has that name."""
        ours = self.state.account(number)
        if ours is not None and ours.kind in {AccountKind.MAIN, AccountKind.SUB}:
            known, state = ours.name, "closed" if ours.closed else "open"
        elif number in self.state.payees:
            known, state = self.state.payees[number]
        elif number.endswith(NO_SUCH_ACCOUNT_ENDING):
            return PayeeCheck.NO_SUCH_ACCOUNT
        else:
            return PayeeCheck.NAME_DIFFERS if number.endswith(NAME_DIFFERS_ENDING) else PayeeCheck.MATCHES
        if state != "open":
            return PayeeCheck.CLOSED
        return PayeeCheck.MATCHES if known == name else PayeeCheck.NAME_DIFFERS
