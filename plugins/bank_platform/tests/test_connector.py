"""What is particular to this platform, over a real socket against its simulator."""

from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import httpx
import pytest
from ankuan_bank_platform_simulator import keys

from ankuan.kernel.money import Money
from ankuan.plugin_api.accounts import AccountClaim, AccountVerdict
from ankuan.plugin_api.bank import (
    AnswerState,
    BankLine,
    BatchOrder,
    FundAccountRef,
    PaymentOrder,
    PluginServices,
    TransferOrder,
)
from ankuan.plugin_api.errors import BankRefused, InvalidSettings, MalformedAnswer
from ankuan.plugin_api.signing import SignatureAlgorithm
from ankuan.plugin_api.testing import SimulatorProcess
from ankuan_bank_platform.connector import PlatformConnector
from ankuan_bank_platform.plugin import PlatformPlugin
from ankuan_signer_softkey.signer import SoftKeySigner

_REFS = count(1)
Opened = dict[str, Any]


def ref() -> str:
    return f"20261121{next(_REFS):012d}"


def order(fen: int, **changed: Any) -> PaymentOrder:
    made = PaymentOrder(
        client_ref=ref(),
        amount=Money(fen),
        pay_from_sub_account=None,
        payee_account="6217000000001234",
        payee_name="申请执行人甲",
        payee_bank_name="中国建设银行",
        payee_bank_code="105100000017",
        same_bank=False,
        purpose="案款",
    )
    return replace(made, **changed)


async def all_lines(connector: PlatformConnector, cursor: str | None = None) -> tuple[list[BankLine], str]:
    found: list[BankLine] = []
    for _ in range(1000):
        page = await connector.fetch_lines(cursor)
        found += page.lines
        cursor = page.cursor
        if not page.more:
            return found, cursor
    raise AssertionError("no end")


def credit(simulator: SimulatorProcess, to: str, fen: int, **more: Any) -> dict[str, Any]:
    return simulator.admin(
        "POST", "/credits", {"to": to, "fen": fen, "payer_name": "乙", "payer_account": "62", **more}
    )


@pytest.mark.parametrize("algorithm", SignatureAlgorithm)
async def test_each_algorithm_works_both_ways(
    simulator: SimulatorProcess, account: FundAccountRef, services: PluginServices, algorithm: SignatureAlgorithm
) -> None:
    public = simulator.keys / f"platform_own_{algorithm.partition('-')[0]}.pub.pem"
    chosen = {
        "app_id": keys.app_id(algorithm),
        "algorithm": algorithm.value,
        "signing_key": keys.key_name(algorithm),
        "platform_public_key": public.read_text(encoding="ascii"),
    }
    theirs = PlatformPlugin().connect(replace(account, settings={**account.settings, **chosen}), services)
    async with aclosing(theirs):
        assert (await theirs.balance()).booked == Money(0)


async def test_a_key_that_is_not_there_sends_nothing(
    simulator: SimulatorProcess, account: FundAccountRef, services: PluginServices
) -> None:
    other = replace(account, settings={**account.settings, "signing_key": "no_such_key"})
    async with aclosing(PlatformPlugin().connect(other, services)) as connector:
        answer = await connector.pay(order(1))
    assert (answer.state, answer.exchanges[0].request) == (AnswerState.UNKNOWN, b"")
    assert "no_such_key" in answer.message


def test_without_its_signer_it_does_not_connect(account: FundAccountRef) -> None:
    with pytest.raises(InvalidSettings) as wrong:
        PlatformPlugin().connect(account, PluginServices(timeout_seconds=1))
    assert wrong.value.field_name == "signer"


async def test_a_foreign_key_is_refused_by_the_platform_and_moves_nothing(
    simulator: SimulatorProcess, account: FundAccountRef, services: PluginServices
) -> None:
    credit(simulator, account.account_no, 100)
    other = replace(account, settings={**account.settings, "signing_key": "platform_app_rsa"})
    payment = order(100)
    async with aclosing(PlatformPlugin().connect(other, services)) as connector:
        answer = await connector.pay(payment)
        with pytest.raises(BankRefused) as refused:
            await connector.balance()
    assert (answer.state, answer.code, bool(answer.alarm)) == (AnswerState.UNKNOWN, "BAD_SIGNATURE", True)
    assert refused.value.code == "BAD_SIGNATURE"
    assert simulator.admin("GET", f"/accounts/{account.account_no}")["balance_fen"] == 100


async def test_a_replayed_request_moves_nothing(
    simulator: SimulatorProcess, connector: PlatformConnector, account: FundAccountRef
) -> None:
    credit(simulator, account.account_no, 100)
    payment = order(40)
    answer = await connector.pay(payment)
    head, _, body = answer.exchanges[0].request.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    url = account.settings["endpoint"].rstrip("/") + "/v1/pain.001"
    async with httpx.AsyncClient(trust_env=False) as http:
        again = await http.post(url, content=body, headers=headers)
    assert (again.status_code, again.json()["code"]) == (401, "NONCE_USED")
    assert simulator.admin("GET", f"/accounts/{account.account_no}")["balance_fen"] == 60


async def test_evidence_holds_the_signatures(connector: PlatformConnector, account: FundAccountRef) -> None:
    (made,) = (await connector.balance()).exchanges
    assert made.request.startswith(f"GET /v1/camt.052?acct={account.account_no}&limit=0 HTTP/1.1\r\n".encode())
    assert made.response is not None
    for part in (made.request, made.response):
        assert b"x-signature: " in part
        assert b"x-nonce: " in part


async def test_d25_a_batch_of_five_hundred(
    simulator: SimulatorProcess, connector: PlatformConnector, account: FundAccountRef
) -> None:
    credit(simulator, account.account_no, 10**6)
    orders = tuple(order(number) for number in range(1, 501))
    made = await connector.pay_batch(BatchOrder(ref(), orders))
    assert {answer.state for answer in made.answers} == {AnswerState.ACCEPTED}
    assert len(made.exchanges) == 1
    told, _ = await all_lines(connector)
    paid = {line.client_ref: line.amount for line in told if line.client_ref}
    assert paid == {each.client_ref: each.amount for each in orders}


async def test_d25_rows_that_are_lost_refused_or_not_mentioned(
    simulator: SimulatorProcess, connector: PlatformConnector, account: FundAccountRef
) -> None:
    credit(simulator, account.account_no, 1_000)
    params = {"lost": [1], "refused": [2], "unmentioned": [3]}
    simulator.admin("POST", "/script", {"action": "*", "fault": "partial_batch", "params": params})
    batch_ref = ref()
    orders = tuple(order(number, batch_ref=batch_ref) for number in range(1, 5))
    answers = (await connector.pay_batch(BatchOrder(batch_ref, orders))).answers
    wanted = [AnswerState.UNKNOWN, AnswerState.REFUSED, AnswerState.UNKNOWN, AnswerState.ACCEPTED]
    assert [each.state for each in answers] == wanted
    later = [(await connector.query(each)).state for each in orders]
    assert later == [AnswerState.NOT_FOUND, AnswerState.REFUSED, AnswerState.SETTLED, AnswerState.SETTLED]


async def test_an_order_asked_for_under_another_message_is_unknown(
    simulator: SimulatorProcess, connector: PlatformConnector, account: FundAccountRef
) -> None:
    credit(simulator, account.account_no, 100)
    payment = order(7)
    await connector.pay(payment)
    answer = await connector.query(replace(payment, batch_ref="B999"))
    assert (answer.state, bool(answer.alarm)) == (AnswerState.UNKNOWN, True)
    assert (await connector.query(payment)).state is AnswerState.SETTLED


async def test_a_refusal_names_iso_reason_and_text(connector: PlatformConnector) -> None:
    answer = await connector.pay(order(100))
    assert (answer.state, answer.code, answer.message) == (AnswerState.REFUSED, "RJCT/AM04", "可用余额不足")


async def test_large_payments_keep_hours_and_small_ones_do_not(
    simulator: SimulatorProcess, connector: PlatformConnector, account: FundAccountRef
) -> None:
    credit(simulator, account.account_no, 10**9)
    simulator.admin("PUT", "/rules", {"large_hours": ["00:00", "00:01"]})
    try:
        large, small = await connector.pay(order(5_000_001)), await connector.pay(order(5_000_000))
        inside = await connector.pay(order(5_000_001, payee_bank_code="313451000015"))
    finally:
        simulator.admin("PUT", "/rules", {"large_hours": []})
    assert (large.state, large.code) == (AnswerState.REFUSED, "RJCT/TM01")
    assert (small.state, inside.state) == (AnswerState.ACCEPTED, AnswerState.ACCEPTED)


async def test_the_pool_is_listed_page_by_page(
    simulator: SimulatorProcess, connector: PlatformConnector, account: FundAccountRef
) -> None:
    main = account.account_no
    simulator.admin("POST", "/accounts/bulk", {"main": main, "count": 1_234, "name": "案款子账户"})
    opened = await connector.open_sub_accounts(tuple(f"案{number}" for number in range(250)))
    assert (len(opened.opened), len(opened.exchanges), opened.failure) == (250, 3, None)
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = await connector.list_sub_accounts(cursor)
        found += [each.number for each in page.accounts]
        cursor = page.cursor
        if not page.more:
            break
    assert len(found) == len(set(found)) == 1_484
    assert set(found) >= {each.number for each in opened.opened}
    assert found == sorted(found)


async def test_a_day_that_is_over_is_compared_with_its_statement(
    simulator: SimulatorProcess, connector: PlatformConnector, account: FundAccountRef
) -> None:
    main = account.account_no
    credit(simulator, main, 100)
    credit(simulator, main, 200)
    _, cursor = await all_lines(connector)
    simulator.admin("POST", "/clock/advance", {"days": 1})
    credit(simulator, main, 300)
    told, after = await all_lines(connector, cursor)
    assert [each.amount.fen for each in told] == [300]
    asked = [made.operation for made in (await connector.fetch_lines(after)).exchanges]
    assert asked == ["camt.052"], "the statement was read with the lines"
    simulator.admin("POST", "/clock/advance", {"days": 1})
    simulator.admin("POST", "/script", {"action": "camt.053", "fault": "missing_rows"})
    with pytest.raises(MalformedAnswer):
        await connector.fetch_lines(after)
    simulator.admin("POST", "/script", {"action": "camt.053", "fault": "balance_mismatch"})
    with pytest.raises(MalformedAnswer):
        await connector.fetch_lines(after)
    again, last = await all_lines(connector, after)
    assert (again, last != after) == ([], True)


async def test_f1_what_the_feed_left_out_is_told_by_the_statement(
    simulator: SimulatorProcess, connector: PlatformConnector, account: FundAccountRef
) -> None:
    credit(simulator, account.account_no, 100)
    first = await connector.fetch_lines(None)
    simulator.admin("POST", "/clock/advance", {"days": 1})
    # A cursor that has been told less: as after a feed that forgot a booking and its balance alike.
    forgot = first.cursor.replace(":[1,", ":[0,")
    assert forgot != first.cursor
    told, _ = await all_lines(connector, forgot)
    assert [each.bank_key for each in told] == [each.bank_key for each in first.lines]


async def test_a_broken_statement_does_not_hold_up_new_money(
    simulator: SimulatorProcess, connector: PlatformConnector, account: FundAccountRef
) -> None:
    credit(simulator, account.account_no, 100)
    _, cursor = await all_lines(connector)
    simulator.admin("POST", "/clock/advance", {"days": 1})
    credit(simulator, account.account_no, 200)
    simulator.admin("PUT", "/switches", {"camt.053": [{"fault": "garbage"}]})
    page = await connector.fetch_lines(cursor)
    assert [each.amount.fen for each in page.lines] == [200]
    with pytest.raises(MalformedAnswer):
        await connector.fetch_lines(page.cursor)


@pytest.mark.parametrize("fault", ["missing_rows", "balance_mismatch", "wrong_signature", "xml_bomb", "other_answer"])
async def test_f10_a_page_that_is_not_whole_is_refused_and_nothing_is_lost(
    simulator: SimulatorProcess, connector: PlatformConnector, account: FundAccountRef, fault: str
) -> None:
    await connector.balance()
    for fen in (100, 200, 300):
        credit(simulator, account.account_no, fen)
    simulator.admin("POST", "/script", {"action": "camt.052", "fault": fault})
    with pytest.raises(MalformedAnswer) as wrong:
        await connector.fetch_lines(None)
    assert wrong.value.exchanges
    told, _ = await all_lines(connector)
    assert [each.amount.fen for each in told] == [100, 200, 300]


async def test_a_page_that_does_not_begin_where_the_last_one_ended_is_refused(
    simulator: SimulatorProcess, connector: PlatformConnector, account: FundAccountRef
) -> None:
    for fen in range(1, 251):
        credit(simulator, account.account_no, fen)
    first = await connector.fetch_lines(None)
    assert (len(first.lines), first.more) == (200, True)
    simulator.admin("POST", "/script", {"action": "camt.052", "fault": "pages_shift", "params": {"by": -1}})
    with pytest.raises(MalformedAnswer):
        await connector.fetch_lines(first.cursor)
    rest, _ = await all_lines(connector, first.cursor)
    assert sorted(each.amount.fen for each in (*first.lines, *rest)) == list(range(1, 251))


async def test_receipts_are_whole_or_not_there(
    simulator: SimulatorProcess, connector: PlatformConnector, account: FundAccountRef
) -> None:
    credit(simulator, account.account_no, 100)
    (line,), _ = await all_lines(connector)
    found = await connector.receipt(line)
    assert found is not None
    assert found.content.startswith(b"%PDF-")
    assert await connector.receipt(replace(line, bank_key="BP999999999999C")) is None
    assert await connector.receipt(replace(line, bank_key="../camt.052?acct=1")) is None


@pytest.mark.parametrize(
    ("number", "name", "verdict"),
    [
        ("6217000000001234", "申请执行人甲", AccountVerdict.MATCH),
        ("6217000000001111", "申请执行人甲", AccountVerdict.NAME_DIFFERS),
        ("6217000000002222", "申请执行人甲", AccountVerdict.NO_SUCH_ACCOUNT),
        ("6217 0000", "申请执行人甲", AccountVerdict.UNKNOWN),
        ("6217000000001234", "", AccountVerdict.UNKNOWN),
    ],
)
async def test_account_checks(connector: PlatformConnector, number: str, name: str, verdict: AccountVerdict) -> None:
    assert (await connector.check_account(AccountClaim(name, number))).verdict is verdict


@pytest.mark.parametrize(
    "fault", ["drop_after", "garbage", "truncated", "wrong_signature", "client_code", "http_error"]
)
async def test_an_account_check_that_is_not_heard_says_nothing(
    simulator: SimulatorProcess, connector: PlatformConnector, fault: str
) -> None:
    simulator.admin("POST", "/script", {"action": "accounts.check", "fault": fault})
    answer = await connector.check_account(AccountClaim("甲", "6217000000001234"))
    assert answer.verdict is AccountVerdict.UNKNOWN
    assert answer.exchanges


async def test_transfers_and_their_refusal(
    simulator: SimulatorProcess, connector: PlatformConnector, account: FundAccountRef
) -> None:
    (sub,) = (await connector.open_sub_accounts(("甲案",))).opened
    credit(simulator, account.account_no, 100)
    out = TransferOrder(ref(), Money(60), None, sub.number, "甲案", "划转")
    assert (await connector.transfer(out)).state is AnswerState.ACCEPTED
    assert (await connector.query(out)).state is AnswerState.SETTLED
    wrong_name = TransferOrder(ref(), Money(1), None, sub.number, "乙案", "划转")
    assert (await connector.transfer(wrong_name)).code == "RJCT/BE01"
    assert (await connector.balance(sub.number)).available == Money(60)
    assert (await connector.balance()).booked == Money(100)


async def test_a_time_limit_holds_for_the_whole_call(simulator: SimulatorProcess, account: FundAccountRef) -> None:
    signers = {"signer_softkey": SoftKeySigner(lambda: simulator.keys)}
    hurried = PlatformPlugin().connect(account, PluginServices(timeout_seconds=0.5, signers=signers))
    simulator.admin("POST", "/script", {"action": "*", "fault": "dribble", "params": {"seconds": 0.01}})
    began = datetime.now(UTC)
    async with aclosing(hurried):
        answer = await hurried.query(order(1))
    assert answer.state is AnswerState.UNKNOWN
    assert (datetime.now(UTC) - began).total_seconds() < 2
