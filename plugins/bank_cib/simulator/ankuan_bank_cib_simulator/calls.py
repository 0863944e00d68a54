"""BALANCECHANGENOTICE: the agent's call when the account moves, as it comes through the relay beside it."""

import hashlib
import hmac
import secrets
import time

from ankuan_bank_cib_simulator.statements import attach_info
from ankuan_bank_cib_simulator.wire import CHARSET, Tag, leaf, yuan
from ankuan_simcore.bank import Bank
from ankuan_simcore.models import AccountKind, Entry, Order
from ankuan_simcore.notices import Notice
from ankuan_simcore.wires import Context


def notice_secret(context: Context) -> str:
    """The secret that relay and customer share."""
    path = context.key_file("bank_cib.notice", lambda: secrets.token_hex(32).encode())
    return path.read_text(encoding="ascii").strip()


class Caller:
    """Makes notices. Their times are the machine's, whatever day the bank books on."""

    def __init__(self, bank: Bank, secret: str) -> None:
        self._bank = bank
        self._secret = secret.encode()

    def make(self, fact: Entry | Order) -> Notice | None:
        """The notice of a booking that crossed the edge of a main account."""
        if isinstance(fact, Order) or not self._bank.crosses_edge(fact):
            return None
        credit = self._bank.account(fact.credit)
        is_debit = credit.kind not in {AccountKind.SUB, AccountKind.ADJUSTMENT}
        own = self._bank.account(fact.debit) if is_debit else credit
        told = {
            "ACCTID": own.main,
            "ACCT_NAME": self._bank.account(own.main).name,
            "TRADE_TIME": f"{fact.booked_at[:10]} {fact.booked_at[11:16]}",
            "TRNTYPE": "借" if is_debit else "贷",
            "MEMO": fact.remark,
            "TRNAMT": yuan(fact.fen),
            "BALAMT": yuan(self._bank.state.main_balance(own.main)[0]),
            "ATTACHINFO": attach_info(fact, is_debit=is_debit),
        }
        information = Tag("NOTICE_INFO", [leaf(name, value) for name, value in told.items()])
        text = Tag("FOX", (Tag("BALANCECHANGENOTICE", (information,)),)).written()
        body = f'<?xml version="1.0" encoding="GBK"?>\n{text}'.encode(CHARSET, errors="replace")
        moment = str(int(time.time()))
        sealed = hmac.new(self._secret, moment.encode() + b"\n" + body, hashlib.sha256).hexdigest()
        headers = {
            "content-type": "application/x-fox; charset=GBK",
            "x-ankuan-time": moment,
            "x-ankuan-signature": sealed,
        }
        return Notice(headers, body)
