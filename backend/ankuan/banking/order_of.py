"""An instruction in the terms of a bank's plugin. PURE."""

from datetime import date

from ankuan.banking.tables import Instruction
from ankuan.kernel.clock import business_date
from ankuan.plugin_api.bank import AdjustmentOrder, BankPlugin, PaymentOrder

Order = PaymentOrder | AdjustmentOrder


def order_of(row: Instruction, plugin: BankPlugin, *, is_submission: bool) -> Order:
    """The order. ``submitted_on`` is the day of the first try that may have reached the bank, unless this is it."""
    if row.purpose == "adjustment":
        return AdjustmentOrder(
            client_ref=row.client_ref,
            amount=row.amount,
            to_sub_account=row.to_sub_account or "",
            to_sub_account_name=row.payee_name,
            adjustment_ref=row.adjustment_ref or "",
            reason=row.reason_text,
            submitted_on=submitted_on(row, is_submission=is_submission),
        )
    return PaymentOrder(
        client_ref=row.client_ref,
        amount=row.amount,
        pay_from_sub_account=row.pay_from_sub_account,
        payee_account=row.payee_account,
        payee_name=row.payee_name,
        payee_bank_name=row.payee_bank_name,
        payee_bank_code=row.payee_bank_code,
        same_bank=is_same_bank(row, plugin),
        purpose=row.reason_text,
        submitted_on=submitted_on(row, is_submission=is_submission),
    )


def is_same_bank(row: Instruction, plugin: BankPlugin) -> bool:
    """Whether the payee's account is at the bank that pays."""
    if row.payee_bank_code:
        return row.payee_bank_code.startswith(plugin.bank_code_prefix)
    return plugin.display_name in row.payee_bank_name


def submitted_on(row: Instruction, *, is_submission: bool) -> date | None:
    """The day in China of the first try; ``None`` while this is the first. ``sent`` counts the present try."""
    if row.first_sent_at is None or (is_submission and row.sent <= 1):
        return None
    return business_date(row.first_sent_at)
