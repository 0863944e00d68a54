"""What can be said to a bank that hears nothing: the sheet, and that it waits."""

from collections.abc import Mapping

from ankuan.plugin_api.bank import (
    AnswerState,
    BankAnswer,
    BankBalance,
    FundAccountRef,
    LinePage,
    PaperOrder,
    PaymentOrder,
    SingleOrder,
)
from ankuan.plugin_api.errors import CannotExpress, NotOffered
from ankuan_bank_paper.sheet import check, sheet_of


class PaperConnector:
    """One fund account at one counter. Implements ``BankConnector`` and ``PrintsOrders``."""

    def __init__(self, account: FundAccountRef, settings: Mapping[str, str]) -> None:
        self._account = account
        self._settings = settings

    async def fetch_lines(self, cursor: str | None) -> LinePage:
        """Statements come by file."""
        del cursor
        raise NotOffered("纸质办理银行的流水请导入对账单")

    async def balance(self, sub_account_no: str | None = None) -> BankBalance:
        """The statement tells the balance."""
        del sub_account_no
        raise NotOffered("纸质办理银行不能查询余额")

    async def pay(self, order: PaymentOrder) -> BankAnswer:
        """Nothing is sent: from now on the order waits for somebody to carry it to the bank."""
        check(order)
        return BankAnswer(AnswerState.AWAITING_BANK, message="请打印付款凭证送银行办理，结果以对账单为准")

    async def query(self, order: SingleOrder) -> BankAnswer:
        """Nobody can be asked; only a statement tells."""
        if not isinstance(order, PaymentOrder):
            raise CannotExpress("不支持的指令种类")
        return BankAnswer(AnswerState.UNKNOWN, message="纸质办理，结果以对账单为准")

    def paper_order(self, order: PaymentOrder) -> PaperOrder:
        """The sheet for one order."""
        return sheet_of(order, self._account, self._settings)

    async def aclose(self) -> None:
        """There is nothing to give back."""
