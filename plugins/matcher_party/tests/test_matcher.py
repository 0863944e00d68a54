"""The matcher over a directory in memory that answers as the contract says."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import pytest

from ankuan.kernel.money import Money
from ankuan.plugin_api.matching import CaseDirectory, CaseFacts, MatcherPlugin, UnmatchedReceipt
from ankuan_matcher_party import ankuan_register_matcher
from ankuan_matcher_party.matcher import PartyMatcher

PAYER = "示例商贸有限公司"
ACCOUNT = "6217000000001208"


def case(number: int, *parties: str, claim: int | None = None) -> CaseFacts:
    claimed = None if claim is None else Money(claim)
    return CaseFacts(UUID(int=number), f"（2026）鲁0102执{number}号", date(2026, 1, 1), claimed, parties)


def receipt(fen: int = 100_00, *, name: str = PAYER, account: str = ACCOUNT) -> UnmatchedReceipt:
    return UnmatchedReceipt(UUID(int=1), Money(fen), date(2026, 11, 20), name, account, "示例银行", "")


@dataclass
class Directory:
    """Cases in memory, newest last; ``paid``: which account has paid to which cases."""

    cases: Sequence[CaseFacts]
    paid: dict[str, set[int]] = field(default_factory=dict)
    asked: int = 0

    def _answer(self, found: Sequence[CaseFacts], limit: int) -> Sequence[CaseFacts]:
        self.asked += 1
        assert 1 <= limit <= 50
        return list(reversed(found))[:limit]

    async def by_party_name(self, name: str, *, limit: int = 20) -> Sequence[CaseFacts]:
        return self._answer([one for one in self.cases if name in one.party_names], limit)

    async def by_payer_account(self, account: str, *, limit: int = 20) -> Sequence[CaseFacts]:
        numbers = self.paid.get(account, set())
        return self._answer([one for one in self.cases if one.case_id.int in numbers], limit)

    async def by_claim_amount(self, amount: Money, *, limit: int = 20) -> Sequence[CaseFacts]:
        return self._answer([one for one in self.cases if one.claim_amount == amount], limit)


async def suggested(directory: Directory, given: UnmatchedReceipt) -> dict[int, tuple[int, str]]:
    assert isinstance(directory, CaseDirectory)
    found = await PartyMatcher().suggest(given, directory)
    assert [made.score for made in found] == sorted((made.score for made in found), reverse=True)
    assert all(1 <= made.score <= 99 and made.reason for made in found)
    return {made.case_id.int: (made.score, made.reason) for made in found}


def test_it_is_what_the_contract_asks_for() -> None:
    assert isinstance(ankuan_register_matcher(), MatcherPlugin)


async def test_the_only_case_of_the_payer() -> None:
    found = await suggested(Directory([case(1, PAYER), case(2, "申请执行人甲")]), receipt())
    assert found == {1: (60, "付款人与当事人同名")}


@pytest.mark.parametrize(("count", "score"), [(2, 30), (3, 20), (5, 12)])
async def test_a_name_is_worth_less_the_more_cases_share_it(count: int, score: int) -> None:
    found = await suggested(Directory([case(n, PAYER) for n in range(count)]), receipt())
    assert set(found.values()) == {(score, f"付款人与当事人同名（在办案件共 {count} 件）")}
    assert len(found) == count


async def test_a_common_name_says_nothing_but_with_an_equal_claim_it_does() -> None:
    many = [case(n, PAYER) for n in range(1, 40)]
    assert await suggested(Directory(many), receipt()) == {}
    found = await suggested(Directory([case(99, PAYER, claim=100_00), *many]), receipt())
    assert found == {99: (25, "付款人与当事人同名（在办案件逾 5 件），金额等于案件标的")}


async def test_an_equal_claim_alone_says_nothing() -> None:
    assert await suggested(Directory([case(1, "申请执行人甲", claim=100_00)]), receipt()) == {}


async def test_signs_that_agree_add_up_but_never_to_certainty() -> None:
    directory = Directory([case(1, PAYER, claim=100_00), case(2, PAYER)], {ACCOUNT: {1}})
    found = await suggested(directory, receipt())
    assert found[1] == (95, "付款人与当事人同名（在办案件共 2 件），该付款账户曾向本案付款，金额等于案件标的")
    assert found[2] == (30, "付款人与当事人同名（在办案件共 2 件）")
    assert (await suggested(directory, receipt(99_99)))[1][0] == 70


async def test_money_from_the_same_account_under_another_name() -> None:
    directory = Directory([case(1, "申请执行人甲"), case(2, "申请执行人甲")], {ACCOUNT: {1, 2}})
    found = await suggested(directory, receipt(name="代付公司"))
    assert found == dict.fromkeys((1, 2), (25, "该付款账户曾向本案付款（在办案件共 2 件）"))


async def test_an_account_that_pays_for_everybody_says_nothing() -> None:
    everyone = [case(n, "申请执行人甲") for n in range(1, 20)]
    directory = Directory(everyone, {ACCOUNT: set(range(1, 20))})
    assert await suggested(directory, receipt(name="代付公司")) == {}


async def test_nothing_is_asked_for_what_is_not_known() -> None:
    directory = Directory([case(1, ""), case(2, PAYER)])
    assert await suggested(directory, receipt(name=" ", account="")) == {}
    assert directory.asked == 0
    await suggested(directory, receipt())
    assert directory.asked == 3


async def test_at_most_ten_are_suggested() -> None:
    directory = Directory([case(n, PAYER, claim=100_00) for n in range(1, 40)], {ACCOUNT: {1, 2, 3}})
    found = await suggested(directory, receipt())
    assert len(found) == 10
    assert set(found) >= {1, 2, 3}
