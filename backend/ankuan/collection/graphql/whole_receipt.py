"""A receipt with its allocations and their cases, loaded in one session.

For subscribers, who share it, and for mutations, whose answer must show what only their own transaction sees yet.
"""

from uuid import UUID

from ankuan.collection.graphql.types import ReceiptType, allocation_type, receipt_type
from ankuan.collection.queries import allocations_by_receipt, get_receipt
from ankuan.platform.db import ReadSession
from ankuan.registry.queries import cases_by_id


async def whole_receipt(session: ReadSession, *, court_id: int, receipt_id: UUID) -> ReceiptType:
    """The receipt. Raises ``ReceiptNotFound``.

    Its rows leave the session, so that the rollback of a dry run does not empty them.
    """
    await session.flush()
    receipt = await get_receipt(session, court_id=court_id, receipt_id=receipt_id)
    rows = (await allocations_by_receipt(session, [(court_id, receipt_id)])).get((court_id, receipt_id), [])
    cases = await cases_by_id(session, {(row.court_id, row.case_id) for row in rows})
    for row in (receipt, *rows):
        session.expunge(row)
    return receipt_type(
        receipt, [allocation_type(row, receipt, cases.get((row.court_id, row.case_id))) for row in rows]
    )
