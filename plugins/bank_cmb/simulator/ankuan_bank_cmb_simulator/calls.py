"""Calls of the bank: YQN01010 when the account moves, YQN02030 when a payment has its result."""

from datetime import datetime

from ankuan_bank_cmb_simulator.codes import states
from ankuan_bank_cmb_simulator.keys import Keys, spoiled_secret
from ankuan_bank_cmb_simulator.payments import request_no
from ankuan_bank_cmb_simulator.statements import sequence_no
from ankuan_bank_cmb_simulator.wire import PLACEHOLDER, canonical, signed, yuan
from ankuan_simcore.bank import Bank
from ankuan_simcore.clock import SHANGHAI
from ankuan_simcore.models import AccountKind, Entry, Order, OrderState
from ankuan_simcore.notices import Notice

_HEADERS = {"content-type": "application/json; charset=utf-8"}
_RESULTS = {OrderState.SETTLED, OrderState.REFUSED, OrderState.RETURNED}


class Caller:
    """Makes signed notices. Times of signing are the machine's, whatever day the bank books on."""

    def __init__(self, bank: Bank, keys: Keys, user: str) -> None:
        self._bank = bank
        self._keys = keys
        self._user = user

    def make(self, fact: Entry | Order) -> Notice | None:
        """The notice of a fact, if there is one."""
        if isinstance(fact, Order):
            known = fact.action in {"BB1PAYOP", "BB1PAYBH"} and fact.state in _RESULTS
            return self._notice("YQN02030", f"{fact.client_ref}{fact.state}", self._result(fact)) if known else None
        if not self._bank.crosses_edge(fact):
            return None
        return self._notice("YQN01010", sequence_no(fact), self._movement(fact))

    def forge(self, notice: Notice) -> Notice:
        """The notice, signed by somebody else."""
        before, _, rest = notice.body.partition(b'"sigdat":"')
        _, _, after = rest.partition(b'"')
        text = before + b'"sigdat":"' + PLACEHOLDER.encode() + b'"' + after
        return Notice(notice.headers, signed(text, spoiled_secret(), self._user), notice.path)

    def _notice(self, kind: str, number: str, content: dict[str, object]) -> Notice:
        message = {
            "sigtim": f"{datetime.now(SHANGHAI):%Y%m%d%H%M%S}",
            "sigdat": PLACEHOLDER,
            "notdat": content,
            "notkey": number,
            "usrnbr": self._user,
            "notnbr": request_no(f"{kind}{number}"),
            "nottyp": kind,
        }
        return Notice(_HEADERS, signed(canonical(message).encode(), self._keys.bank, self._user))

    def _movement(self, entry: Entry) -> dict[str, object]:
        credit = self._bank.account(entry.credit)
        own = credit if credit.kind in {AccountKind.SUB, AccountKind.ADJUSTMENT} else self._bank.account(entry.debit)
        told = {
            "accnbr": own.main,
            "accnam": self._bank.account(own.main).name,
            "c_trsamt": yuan(entry.fen),
            "amtcdr": "C" if own is credit else "D",
            "trsdat": entry.value_date.replace("-", ""),
            "trstim": entry.booked_at[11:19].replace(":", ""),
            "rpyacc": entry.counter_account,
            "rpynam": entry.counter_name,
            "rpybnk": entry.counter_bank,
            "naryur": entry.remark,
            "refnbr": sequence_no(entry),
            "reqnbr": request_no(entry.client_ref) if entry.client_ref else "",
            "yurref": entry.client_ref,
            "blvamt": yuan(own.balance),
            "gsbacc": "",
        }
        return {"msgtyp": "NCCRTTRS" if own is credit else "NCDBTTRS", "msgdat": told}

    def _result(self, order: Order) -> dict[str, object]:
        told = states(order)
        payer = self._bank.account(order.payer)
        row = {
            "dbtAcc": payer.main,
            "reqNbr": request_no(order.client_ref),
            "yurRef": order.client_ref,
            "reqSts": told["reqSts"],
            "rtnFlg": told["rtnFlg"],
            "trsAmt": yuan(order.fen),
        }
        return {"msgtyp": "FINS", "trsInfo": row}
