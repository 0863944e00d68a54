"""Receipts: ASYCALHD takes an order for one, DCTASKID tells where it lies, and the wire port hands it out."""

import hashlib
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from ankuan_bank_cmb_simulator.codes import REFUSALS, WireRefusal
from ankuan_bank_cmb_simulator.statements import sequence_no
from ankuan_bank_cmb_simulator.wire import Ask, Reply
from ankuan_simcore.bank import Bank
from ankuan_simcore.faults import Plan
from ankuan_simcore.models import AccountKind, Refusal
from ankuan_simcore.receipts import receipt_pdf, receipts_of


class ReceiptDesk:
    """Tasks are in memory: a restarted bank has to be asked again. A task is done when it is asked for twice."""

    def __init__(self, address: Callable[[str], str]) -> None:
        self._address = address
        self._tasks: dict[str, int] = {}
        self._asked: dict[str, int] = {}

    def order(self, bank: Bank, ask: Ask, _plans: list[Plan]) -> Reply:
        """ASYCALHD for one booking, known by its transSequenceIdn."""
        row = ask.only("asycalhdx")
        row.one_of("primod", "PDF")
        main = bank.account(row.needed("eacnbr"), AccountKind.MAIN).number
        entries = receipts_of(bank, main, "0000-00-00", "9999-99-99")
        first, last = f"{row.day('begdat'):%Y-%m-%d}", f"{row.day('enddat'):%Y-%m-%d}"
        wanted = row.needed("trsnbr")
        found = [e for e in entries if sequence_no(e) == wanted and first <= e.value_date <= last]
        if not found:
            raise WireRefusal(*REFUSALS[Refusal.NO_SUCH_SOURCE])
        task = hashlib.sha256(f"{main}:{wanted}".encode()).hexdigest()[:20]
        self._tasks[task] = found[0].no
        return Reply(body={"asycalhdz1": [{"rtndat": task}]})

    def place(self, _bank: Bank, ask: Ask, _plans: list[Plan]) -> Reply:
        """DCTASKID: the address of the file, empty while it is being made."""
        task = ask.only("dctaskidx").needed("taskid")
        if task not in self._tasks:
            raise WireRefusal(*REFUSALS[Refusal.NO_SUCH_SOURCE])
        self._asked[task] = self._asked.get(task, 0) + 1
        address = self._address(task) if self._asked[task] > 1 else ""
        return Reply(body={"dctaskidz1": [{"taskid": task, "fileurl": address}]})

    def hand_out(self, bank: Bank, request: Request) -> Response:
        """The file itself."""
        number = self._tasks.get(request.path_params["task"])
        if number is None:
            return Response(status_code=404)
        content = receipt_pdf(bank, bank.state.entries[number], "招商银行电子回单")
        return Response(content, media_type="application/pdf")
