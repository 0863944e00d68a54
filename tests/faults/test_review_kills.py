"""Kill -9 of database, queue and worker in turn, and an emptied queue, while payouts fly: each settles exactly once."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest
import redis

from tests.fixtures.installation import ApiClient, SimulatedBank
from tests.fixtures.stage import CREATE, REGISTER, act_document, line
from tests.fixtures.supervised import Supervised

pytestmark = pytest.mark.slow
CASES, LINES = 10, 3
RELEASE = """mutation($input: ReleaseDisbursementsInput!) { releaseDisbursements(input: $input) { __typename
  ... on UserError { code message } } }"""
POSITION = "query($id: ID!) { node(id: $id) { ... on Case { subAccountNo } } }"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kills") / "data"


@pytest.fixture
def bank(running: Supervised) -> Iterator[SimulatedBank]:
    found = SimulatedBank(running.status()["simulators"]["bank_citic"]["adminUrl"])
    yield found
    found.close()


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Supervised]:
    found = Supervised(folder)
    found.start()
    yield found
    found.stop()


def sql(running: Supervised, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """As the owner, whom row-level security does not hold back here: the superuser of the embedded server."""
    for _ in range(100):
        try:
            pid = running.status()["processes"]["postgres"]["pid"]
            sockets = " ".join(psutil.Process(pid).cmdline()).split("unix_socket_directories=")[1].split()[0]
            with psycopg.connect(host=sockets, user="postgres", dbname="ankuan") as connection:
                cursor = connection.execute(statement.encode(), values)
                return list(cursor.fetchall()) if cursor.description else []
        except (psycopg.OperationalError, psutil.Error, KeyError, IndexError, TypeError):
            time.sleep(0.3)
    raise AssertionError("the database stays away")


def insist(client: ApiClient, document: str, **given: Any) -> dict[str, Any]:
    """As a client does whose connection broke: the same key again, until there is an answer."""
    for _ in range(150):
        try:
            answer = client.raw(document, input=given)
        except (httpx.HTTPError, ValueError):
            time.sleep(0.4)
            continue
        if "errors" in answer:
            time.sleep(0.4)
            continue
        [value] = answer["data"].values()
        return dict(value)
    raise AssertionError(f"no answer for {given}")


def prepare(running: Supervised, status: dict[str, Any], bank: SimulatedBank) -> list[tuple[str, str]]:
    """Cases with money, and audited disbursements of several lines each."""
    people = {one["login"]: ApiClient(status["address"], one["token"]) for one in status["demonstration"]["signIns"]}
    handler = people["chengban.0102"]
    cases = []
    for number in range(CASES):
        made = insist(
            handler, REGISTER, idempotencyKey=f"case{number}", number=f"（2026）鲁0102执{8000 + number}号",
            parties=[{"name": "申请执行人甲", "role": "APPLICANT"}],
        )  # fmt: skip
        cases.append(made["case"]["id"])
    deadline = time.monotonic() + 60
    while True:
        found = sql(running, "select sub_account_no from case_account a join court_case c on c.id = a.case_id"
                             " where c.number like '%%执80%%' order by c.number")  # fmt: skip
        if len(found) == CASES:
            break
        assert time.monotonic() < deadline, "cases without sub-account"
        time.sleep(0.5)
    for (account,) in found:
        bank.credit(str(account), 1_000_000, payer_name="被执行人乙")
    deadline = time.monotonic() + 60
    while (
        sql(running, "select count(*) from receipt where amount_fen = 1000000 and status = 'allocated'")[0][0] < CASES
    ):
        assert time.monotonic() < deadline, "money did not arrive"
        time.sleep(0.5)
    audited = []
    for number, case in enumerate(cases):
        lines = [line(f"{100 + number}.{n:02d}", payeeAccount=f"62170{n}000000{number:04d}31") for n in range(LINES)]
        made = insist(
            handler, CREATE, idempotencyKey=f"pay{number}", caseId=case, kind="PAY_PARTY", purpose="发放执行款",
            lines=lines,
        )["disbursement"]  # fmt: skip
        for who, act in (("chengban", "submit"), ("tingzhang", "approve"), ("caiwu", "audit")):
            done = insist(
                people[f"{who}.0102"], act_document(act), idempotencyKey=f"{act}{number}", disbursementId=made["id"],
                digest=made["digest"], comment="意见",
            )  # fmt: skip
            assert done["__typename"].endswith("Success"), done
        audited.append((made["id"], made["digest"]))
    return audited


def kill(running: Supervised, part: str) -> None:
    pid = running.status()["processes"].get(part, {}).get("pid")
    if pid:
        os.kill(pid, signal.SIGKILL)


def flush(running: Supervised) -> None:
    environment = psutil.Process(running.status()["processes"]["worker"]["pid"]).environ()
    with redis.Redis.from_url(environment["ANKUAN_REDIS_URL"]) as client:
        client.flushall()


def torment(running: Supervised, stop: threading.Event) -> list[str]:
    """Each part in turn, every few seconds."""
    done: list[str] = []
    plan: list[tuple[str, Callable[[], None]]] = [
        ("worker", lambda: kill(running, "worker")),
        ("flush", lambda: flush(running)),
        ("postgres", lambda: kill(running, "postgres")),
        ("worker", lambda: kill(running, "worker")),
        ("valkey", lambda: kill(running, "valkey")),
        ("api", lambda: kill(running, "api")),
    ]
    for name, act in plan * 2:
        if stop.wait(3.0):
            break
        try:
            act()
            done.append(name)
        except (psutil.Error, redis.RedisError, ProcessLookupError, KeyError):
            continue
    return done


def test_every_released_line_is_settled_once_whatever_dies(running: Supervised, bank: SimulatedBank) -> None:
    status = running.status()
    audited = prepare(running, status, bank)
    sql(running, "update fund_account set finality_seconds = 20")
    bank.script("DLCTNSUB", "slow", times=40, params={"seconds": 2, "when": "after"})
    cashier = ApiClient(
        status["address"], next(s["token"] for s in status["demonstration"]["signIns"] if s["login"] == "chuna.0102")
    )
    stop = threading.Event()
    began = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        killing = pool.submit(torment, running, stop)

        def release(item: tuple[int, tuple[str, str]]) -> dict[str, Any]:
            number, (disbursement, digest) = item
            time.sleep(number * 1.5)
            items = [{"disbursementId": disbursement, "digest": digest}]
            return insist(cashier, RELEASE, idempotencyKey=f"release{number}", items=items)

        answers = list(pool.map(release, enumerate(audited)))
        killed = killing.result()
    bank.behave()
    calm = time.monotonic()
    assert {a["__typename"] for a in answers} == {"ReleaseDisbursementsSuccess"}, answers
    while True:
        states = dict(sql(running, "select state, count(*) from instruction where purpose = 'payment' group by 1"))
        if states == {"settled": CASES * LINES}:
            break
        assert time.monotonic() - calm < 150, states
        time.sleep(1)
    print(f"killed {Counter(killed)}; {calm - began:.0f} s of torment, settled {time.monotonic() - calm:.0f} s later")
    references = [row[0] for row in sql(running, "select client_ref from instruction where purpose = 'payment'")]
    assert [len(bank.executions(reference)) for reference in references] == [1] * (CASES * LINES)
    assert sql(running, "select distinct status from disbursement where number is not null and status <> 'draft'") == [
        ("settled",)
    ]
    [[held]] = sql(running, "select coalesce(sum(balance_fen), 0) from ledger_balance where is_held")
    assert held == 0
    [[paid]] = sql(running, "select sum(amount_fen) from ledger_entry where kind = 'hold_posted'")
    [[ordered]] = sql(running, "select sum(amount_fen) from instruction where purpose = 'payment'")
    assert paid == ordered
