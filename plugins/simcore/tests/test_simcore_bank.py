import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from ankuan_simcore.bank import Bank
from ankuan_simcore.behaviour import drawn, switched_on
from ankuan_simcore.faults import Fault, FaultBook, Plan, Script
from ankuan_simcore.journal import Journal, JournalCorrupt
from ankuan_simcore.models import EntryKind, Order, OrderState, Refusal, RefusedError

MAIN = "8112501012300012345"


def order(ref: str, payer: str, fen: int, payee: str = "6217000000000001234") -> Order:
    return Order(
        client_ref=ref,
        action="PAY",
        payer=payer,
        payee=payee,
        payee_name="",
        payee_bank="",
        fen=fen,
        remark="",
        state=OrderState.SETTLED,
        submitted_at="",
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bank.jsonl"


def summary(bank: Bank) -> object:
    """Everything that must be the same after a restart."""
    accounts = {n: (a.balance, a.held) for n, a in bank.state.accounts.items() if a.balance or a.held}
    orders = {ref: (o.state, o.entries, o.batch_ref, o.row) for ref, o in bank.state.orders.items()}
    batches = {ref: batch.refs for ref, batch in bank.state.batches.items()}
    rules = bank.state.closed_day, bank.state.manual_confirm, bank.state.large_hours, bank.state.notify_url
    told = [bank.statement(number, bank.today) for number in (MAIN, *accounts) if number.isdigit()]
    subs = [(account.number, account.name, account.closed) for account in bank.subs(MAIN, limit=1000)]
    return (
        accounts,
        orders,
        batches,
        rules,
        told,
        subs,
        bank.state.payees,
        dict(bank.state.adjustable),
        bank.state.main_balance(MAIN),
        bank.state.last_entry_no,
    )


def reopened(bank: Bank) -> Bank:
    bank.close()
    return Bank(bank.journal.path)


def test_money_of_an_unknown_sub_account_lands_on_the_adjustment_account(path: Path) -> None:
    bank = Bank(path)
    bank.open_main(MAIN, "法院")
    sub = bank.open_sub(MAIN, "甲案")
    for to in (MAIN, MAIN + "777777", "123"):
        assert bank.credit(to, 100).credit == MAIN + "000000"
    assert bank.credit(sub.number, 5).credit == sub.number
    assert bank.state.main_balance(MAIN) == (305, 305)
    bank.close()


def batch_plans(data: st.DataObject) -> list[Plan]:
    rows = st.lists(st.integers(1, 4), max_size=2)
    params = {name: data.draw(rows) for name in ("refused", "unmentioned", "lost")}
    fate = data.draw(st.sampled_from([None, Fault.PROCESSING, Fault.APPROVAL]))
    return [Plan(Fault.PARTIAL_BATCH, params), *([Plan(fate)] if fate else [])]


def act_on(bank: Bank, act: str, ref: str) -> None:
    acts: dict[str, Callable[[str], object]] = {"settle": bank.settle, "refuse": bank.refuse, "return": bank.give_back}
    acts[act](ref)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_happens_books_balance_and_a_restart_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("b") / "bank.jsonl"
    with closing(Restartable(path)) as bench:
        live(bench, data)


OTHER_ACTS: dict[str, Callable[[Bank, str, int], object]] = {
    "fee": lambda bank, sub, fen: bank.charge(sub, fen) if bank.account(sub).available >= fen else None,
    "close": lambda bank, sub, _fen: bank.close_sub(sub),
    "range": lambda bank, _sub, fen: bank.open_range(MAIN, fen, "批量"),
    "tail": lambda bank, _sub, fen: bank.open_sub(MAIN, "自选", f"{fen}"),
    "payee": lambda bank, _sub, fen: bank.register_payee("6217000000000001234", f"甲{fen}"),
    "rules": lambda bank, _sub, fen: bank.set_rules(manual_confirm=fen % 2 == 0, large_hours=("09:00", "17:00")),
    "day": lambda bank, _sub, _fen: bank.close_day(),
}


def live(bench: "Restartable", data: st.DataObject) -> None:
    bench.bank.open_main(MAIN, "法院")
    subs = [bench.bank.open_sub(MAIN, f"{n}").number for n in range(3)]
    faults = st.sampled_from([None, Fault.PROCESSING, Fault.APPROVAL, Fault.REFUSE, Fault.HIDE])
    acts = st.sampled_from(
        ["credit", "pay", "move", "query", "settle", "refuse", "return", "restart", "batch", *sorted(OTHER_ACTS)]
    )
    for number in range(data.draw(st.integers(1, 25))):
        act, sub, ref = data.draw(acts), data.draw(st.sampled_from(subs)), f"R{data.draw(st.integers(0, 5))}"
        fen, bank = data.draw(st.integers(1, 300)), bench.bank
        try:
            if act == "credit":
                bank.credit(data.draw(st.sampled_from([sub, MAIN])), fen)
            elif act in {"pay", "move"}:
                fault = data.draw(faults)
                wanted = order(f"R{number % 6}", sub, fen, "6217000000000001234" if act == "pay" else subs[0])
                bank.submit(wanted, [Plan(fault)] if fault else [])
            elif act == "batch":
                rows = [order(f"B{number}-{n}", sub, fen) for n in range(data.draw(st.integers(1, 4)))]
                bank.submit_batch(f"B{data.draw(st.integers(0, 3))}", rows, batch_plans(data))
            elif act in OTHER_ACTS:
                OTHER_ACTS[act](bank, sub, fen)
            elif act == "query":
                bank.lookup_batch(f"B{number % 4}")
                bank.lookup(ref)
            elif act == "restart":
                bench.restart()
            else:
                act_on(bank, act, ref)
        except RefusedError:
            event(f"{act} refused")
        state = bench.bank.state
        assert sum(account.balance for account in state.accounts.values()) == 0
        assert all(account.balance >= account.held >= 0 for account in state.accounts.values() if account.main)
        assert all(len(known.entries) <= 1 for known in state.orders.values())
    bench.restart()


class Restartable:
    """A bank that can be closed and rebuilt from its journal, and must be the same afterwards."""

    def __init__(self, path: Path) -> None:
        self.bank = Bank(path)

    def restart(self) -> None:
        before = summary(self.bank)
        self.bank = reopened(self.bank)
        assert summary(self.bank) == before

    def close(self) -> None:
        self.bank.close()


def test_a_reference_is_used_up_even_by_a_refusal(path: Path) -> None:
    bank = Bank(path)
    bank.open_main(MAIN, "法院")
    sub = bank.open_sub(MAIN, "甲案").number
    assert bank.submit(order("R1", sub, 100), []).code == Refusal.INSUFFICIENT
    bank.credit(sub, 1000)
    with pytest.raises(RefusedError) as refused:
        bank.submit(order("R1", sub, 100), [])
    assert refused.value.reason is Refusal.DUPLICATE
    assert bank.submit(order("R2", sub, 100, "62170000"), []).code == Refusal.PAYEE_REFUSED
    bank.close()


def test_a_torn_last_line_is_cut_off_and_a_torn_middle_is_an_error(path: Path) -> None:
    bank = Bank(path)
    bank.open_main(MAIN, "法院")
    bank.credit(MAIN, 100)
    whole = path.read_bytes()
    bank.close()
    path.write_bytes(whole + b'{"seq":4,"kind":"booked","entr')
    bank = Bank(path)
    assert bank.state.main_balance(MAIN) == (100, 100)
    bank.credit(MAIN, 1)
    assert [json.loads(line)["seq"] for line in path.read_bytes().splitlines()] == [1, 2, 3, 4]
    bank.close()
    path.write_bytes(b"{broken\n" + whole)
    with pytest.raises(JournalCorrupt):
        Bank(path)


def test_two_banks_never_write_one_journal(path: Path) -> None:
    bank = Bank(path)
    with pytest.raises(OSError, match="unavailable"):
        Journal(path)
    bank.close()


def test_reversal_and_return_are_booked_against_their_origin(path: Path) -> None:
    bank = Bank(path)
    bank.open_main(MAIN, "法院")
    sub = bank.open_sub(MAIN, "甲案").number
    credit = bank.credit(sub, 500)
    bank.submit(order("R1", sub, 400), [])
    back = bank.give_back("R1", fee_fen=7)
    assert (back.kind, back.fen, bank.account(sub).balance) == (EntryKind.RETURNED, 400, 493)
    assert bank.reverse(credit.no).parent == credit.no
    assert bank.account(sub).balance == -7
    with pytest.raises(RefusedError):
        bank.give_back("R1")
    bank.close()


def test_the_clock_moves_forward_only_and_survives(path: Path) -> None:
    bank = Bank(path)
    bank.advance(timedelta(days=40))
    with pytest.raises(ValueError, match="back"):
        bank.advance(timedelta(days=-1))
    later = bank.state.clock.now()
    bank = reopened(bank)
    assert abs(bank.state.clock.now() - later) < timedelta(minutes=1)
    bank.close()


def test_scripts_hit_the_nth_call_and_are_spent() -> None:
    book = FaultBook()
    book.scripts.append(Script("PAY", Plan(Fault.DROP_AFTER), nth=2, times=2))
    book.scripts.append(Script("*", Plan(Fault.SLOW), client_ref="X"))
    hits = [[plan.fault for plan in book.plans("PAY", ref)] for ref in ("A", "B", "X", "C")]
    assert hits == [[], [Fault.DROP_AFTER], [Fault.DROP_AFTER, Fault.SLOW], []]
    assert book.scripts == []


def test_drawn_faults_depend_on_seed_reference_and_attempt_alone() -> None:
    table = {"drop_after": 300, "slow": 200}
    first = [drawn(7, f"R{n}", attempt, table) for n in range(500) for attempt in (1, 2)]
    assert first == [drawn(7, f"R{n}", attempt, table) for n in range(500) for attempt in (1, 2)]
    assert first != [drawn(8, f"R{n}", attempt, table) for n in range(500) for attempt in (1, 2)]
    assert 220 < first.count("drop_after") < 380
    assert 120 < first.count("slow") < 280
    assert switched_on(1, ["a", "b", "c", "d"]) != switched_on(2, ["a", "b", "c", "d"])


def test_nearly_a_million_sub_accounts_are_light_to_hold_and_to_reload(path: Path) -> None:
    bank = Bank(path)
    bank.open_main(MAIN, "法院")
    first, last = bank.open_range(MAIN, 900_000, "案款子账户")
    bank.credit(last, 1)
    bank = reopened(bank)
    assert (bank.account(first).balance, bank.account(last).balance) == (0, 1)
    assert len(bank.state.accounts) < 10
    assert bank.open_sub(MAIN, "其后").number == f"{int(last) + 1}"
    with pytest.raises(RefusedError):
        bank.open_range(MAIN, 99_999, "太多")
    bank.close()


def test_it_shares_no_code_with_the_product() -> None:
    script = (
        "import sys, ankuan_simcore.serve; print([m for m in sys.modules if m == 'ankuan' or m.startswith('ankuan.')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
