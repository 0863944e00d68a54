"""Mutation ``releaseDisbursements``."""

from datetime import datetime

from ankuan.disbursement.graphql.inputs import (
    ReleaseDisbursementsInput,
    ReleaseDisbursementsResult,
    ReleaseDisbursementsSuccess,
)
from ankuan.disbursement.graphql.perform import outcome_of, require, shown
from ankuan.disbursement.release_disbursements import ReleaseItem, name_item, release_disbursements
from ankuan.disbursement.rules import Act
from ankuan.kernel.errors import AnkuanError
from ankuan.kernel.money import Money
from ankuan.platform.db import WriteSession
from ankuan.platform.graphql.context import Information
from ankuan.platform.graphql.ids import expect_id
from ankuan.platform.graphql.mutation import Outcome, run_mutation


async def run_release(info: Information, given: ReleaseDisbursementsInput) -> ReleaseDisbursementsResult:
    """Release all items or none, by ``disbursement.release``."""

    async def perform(session: WriteSession, now: datetime) -> Outcome:
        refs = [
            expect_id(item.disbursement_id, "Disbursement", field=f"items.{index}.disbursementId")
            for index, item in enumerate(given.items)
        ]
        # In the order in which the use case takes its locks.
        for index, ref in sorted(enumerate(refs), key=lambda pair: (pair[1].court_id, pair[1].uuid)):
            try:
                await require(info, session, ref, Act.RELEASE)
            except AnkuanError as error:
                raise name_item(error, index, "") from error
        await release_disbursements(
            session,
            cipher=info.context.cipher,
            plugins=info.context.plugins,
            items=[
                ReleaseItem(ref.court_id, ref.uuid, item.digest) for ref, item in zip(refs, given.items, strict=True)
            ],
            now=now,
        )
        return {"items": [outcome_of(ref.court_id, ref.uuid) for ref in refs]}

    async def present(session: WriteSession, outcome: Outcome) -> ReleaseDisbursementsSuccess:
        released = [await shown(info, session, item) for item in outcome["items"]]
        total = Money.total(one.total for one in released)
        return ReleaseDisbursementsSuccess(
            dry_run=given.dry_run, disbursements=released, total=total, total_capitals=total.capitals()
        )

    return await run_mutation(info, given, perform=perform, present=present)
