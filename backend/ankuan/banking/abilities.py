"""What a bank has declared, noted at its fund accounts: transactions obey it without asking any plugin.

Noted when an account is entered, and again when another version of the plugin declares something else.
"""

from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import select, update

from ankuan.banking.client_refs import ReferenceTooShort, RefShape, shape_of
from ankuan.banking.tables import FundAccount
from ankuan.platform.db import ReadSession
from ankuan.platform.jobs import JobCall, JobContext
from ankuan.plugin_api.capabilities import BankCapabilities


@dataclass(frozen=True, slots=True)
class Abilities:
    """Columns of ``fund_account``, by their names."""

    ref_length: int
    ref_alphabet: str
    has_sub_accounts: bool
    adjusts: bool
    is_paper: bool
    files_decide: bool
    """Statement files are all that tells what became of orders, so that their debits are taken too."""


def abilities_of(bank: BankCapabilities) -> Abilities:
    """What to note. Raises ``ReferenceTooShort``."""
    shape = shape_of(bank)
    # A list of sub-accounts may also be handed over on paper: any use of them says that there are some.
    uses = bank.opens_sub_accounts or bank.pay_from_sub_account or bank.adjustments or bank.transfers
    return Abilities(
        ref_length=shape.length,
        ref_alphabet=shape.alphabet,
        has_sub_accounts=uses,
        adjusts=bank.adjustments,
        is_paper=bank.paper,
        files_decide=bank.paper or not bank.statements_pull,
    )


def note_abilities(account: FundAccount, bank: BankCapabilities) -> None:
    """Note at an account what its bank declares. Raises ``ReferenceTooShort``."""
    for name, value in asdict(abilities_of(bank)).items():
        setattr(account, name, value)


def ref_shape(account: FundAccount) -> RefShape:
    """The shape of references that the account's bank takes."""
    return RefShape(account.ref_length, account.ref_alphabet)


async def has_sub_accounts(session: ReadSession, *, court_id: int, fund_account_id: UUID) -> bool:
    """Whether cases have sub-accounts at this fund account."""
    found = await session.scalar(
        select(FundAccount.has_sub_accounts).where(FundAccount.court_id == court_id, FundAccount.id == fund_account_id)
    )
    return bool(found)


async def adjusts(session: ReadSession, *, court_id: int, fund_account_id: UUID) -> bool:
    """Whether money can be moved to sub-accounts by order at this fund account."""
    found = await session.scalar(
        select(FundAccount.adjusts).where(FundAccount.court_id == court_id, FundAccount.id == fund_account_id)
    )
    return bool(found)


async def find_changed_abilities(context: JobContext) -> list[JobCall]:
    """Fund accounts whose plugin declares something else than what is noted; mostly none."""
    async with context.database.read(context.actor) as session:
        accounts = (await session.scalars(select(FundAccount).where(FundAccount.active))).all()
    changed = []
    for account in accounts:
        bank = context.plugins.banks.get(account.bank_id)
        if bank is not None and _differs(account, bank.capabilities):
            changed.append(JobCall("note_abilities", {"court": account.court_id, "fund_account": str(account.id)}))
    return changed


def _differs(account: FundAccount, bank: BankCapabilities) -> bool:
    try:
        return abilities_of(bank) != _noted(account)
    except ReferenceTooShort:  # such a plugin is refused at the entry; what was noted before it stays in force
        return False


async def renew_abilities(context: JobContext, *, court_id: int, fund_account_id: UUID) -> None:
    """Note again what the plugin declares now."""
    async with context.database.write(context.actor) as session:
        account = await session.get_one(FundAccount, (court_id, fund_account_id))
        declared = abilities_of(context.plugins.bank(account.bank_id).capabilities)
        await session.execute(
            update(FundAccount)
            .where(FundAccount.court_id == court_id, FundAccount.id == fund_account_id)
            .values(asdict(declared))
        )


def _noted(account: FundAccount) -> Abilities:
    return Abilities(
        ref_length=account.ref_length,
        ref_alphabet=account.ref_alphabet,
        has_sub_accounts=account.has_sub_accounts,
        adjusts=account.adjusts,
        is_paper=account.is_paper,
        files_decide=account.files_decide,
    )
