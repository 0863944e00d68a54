"""Messages to and from banks: facts for who runs integrations, masked texts for fewer, each look written down."""

from datetime import datetime, timedelta
from uuid import UUID

import strawberry
import structlog

from ankuan.banking.integration_queries import MessageFacts, get_message
from ankuan.banking.keep_messages import read_message
from ankuan.banking.mask_message import readable_message
from ankuan.banking.queries import get_fund_account
from ankuan.platform.graphql.connection import Node
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.ids import Ref, global_id
from ankuan.platform.redaction import clean_text

log = structlog.get_logger(__name__)


@strawberry.type(
    description="The texts of a message: decoded, people and accounts masked, at most 4,000 characters each."
)
class BankMessageTexts:
    """Texts."""

    request: str = strawberry.field(description="What was sent.")
    response: str | None = strawberry.field(description="What came back; null when nothing did.")


@strawberry.type(name="BankMessage", description="One exchange with a bank, kept as evidence.")
class BankMessageType(Node):
    """One message."""

    operation: str = strawberry.field(
        description="What was asked of the bank, by the bank's or the plugin's name for it."
    )
    started_at: datetime = strawberry.field(description="When it was sent.")
    milliseconds: int = strawberry.field(description="How long the answer took.")
    answered: bool = strawberry.field(description="Whether anything came back.")
    note: str = strawberry.field(description="What the platform noted of it.")
    instruction_number: str | None = strawberry.field(description="Our reference of the order it is about.")
    facts: strawberry.Private[MessageFacts]
    bank_id: strawberry.Private[str]

    @strawberry.field(description="The texts, by integration.messages; each look is written down with the viewer.")
    async def texts(self, info: Information) -> BankMessageTexts:
        """Opened on the server, never stored in the clear."""
        context, facts = info.context, self.facts
        context.gate.require(context.actor, "integration.messages", court_id=facts.court_id)
        async with context.read() as session:
            request, response = await read_message(
                session, court_id=facts.court_id, message_id=facts.id, cipher=context.cipher
            )
            account = await get_fund_account(session, court_id=facts.court_id, fund_account_id=facts.fund_account_id)
        log.info(
            "bank_message.looked_at",
            staff=str(context.actor.id),
            court=facts.court_id,
            message=str(facts.id),
            fund_account=str(facts.fund_account_id),
        )
        bank = context.plugins.banks.get(self.bank_id)
        encoding = bank.capabilities.encoding if bank is not None else "utf-8"
        known = (*facts.payee, account.account_no)
        return BankMessageTexts(
            request=readable_message(request, encoding=encoding, known=known),
            response=None if response is None else readable_message(response, encoding=encoding, known=known),
        )


async def bank_message_node(info: Information, ref: Ref) -> BankMessageType | None:
    """A message, by ``integration.read``."""
    async with info.context.read() as session:
        found = await get_message(session, court_id=ref.court_id, message_id=ref.uuid)
        if found is None:
            return None
        info.context.gate.require(info.context.actor, "integration.read", court_id=found.court_id)
        account = await get_fund_account(session, court_id=found.court_id, fund_account_id=found.fund_account_id)
    return bank_message_type(found, account.bank_id)


def bank_message_type(row: MessageFacts, bank_id: str) -> BankMessageType:
    """Present a message without its texts."""
    return BankMessageType(
        id=message_id(row.court_id, row.id),
        operation=row.operation,
        started_at=row.started_at,
        milliseconds=row.took // timedelta(milliseconds=1),
        answered=row.answered,
        note=clean_text(row.note),
        instruction_number=row.client_ref,
        facts=row,
        bank_id=bank_id,
    )


def message_id(court_id: int, key: UUID) -> strawberry.ID:
    """Global id of a message."""
    return global_id("BankMessage", court_id, key)
