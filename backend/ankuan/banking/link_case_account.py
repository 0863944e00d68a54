"""Note by which virtual account the bank knows a case."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from ankuan.banking.tables import CaseAccount
from ankuan.platform.db import WriteSession


async def link_case_account(
    session: WriteSession, *, court_id: int, case_id: UUID, fund_account_id: UUID, sub_account_no: str, now: datetime
) -> None:
    """Link, or replace an earlier link."""
    link = {"fund_account_id": fund_account_id, "sub_account_no": sub_account_no, "linked_at": now}
    await session.execute(
        insert(CaseAccount)
        .values(court_id=court_id, case_id=case_id, **link)
        .on_conflict_do_update(index_elements=[CaseAccount.court_id, CaseAccount.case_id], set_=link)
    )
