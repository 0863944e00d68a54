"""What the simulated front-end itself says, byte by byte: faults that only this wire can commit."""

import re
from base64 import b64decode
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

from ankuan.plugin_api.testing import SimulatorProcess


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    process = SimulatorProcess("bank_citic", tmp_path_factory.mktemp("citic")).start()
    yield process
    process.stop()


@pytest.fixture
def main(bank: SimulatorProcess) -> str:
    bank.admin("DELETE", "/faults")
    number = str(bank.open_account("示例人民法院")["number"])
    for fen in (100, 200, 300):
        bank.admin("POST", "/credits", {"to": number, "fen": fen, "payer_name": "被执行人乙"})
    return number


def column(bank: SimulatorProcess, main: str, cell: str, fault: str = "", **params: object) -> list[str]:
    """A column of today's lines, with a fault."""
    if fault:
        bank.admin("POST", "/script", {"action": "DLTRNALL", "fault": fault, "params": params})
    cells = {"action": "DLTRNALL", "userName": "court0102", "accountNo": main}
    cells |= {"startRecord": "1", "pageNumber": "20"}
    day = bank.admin("GET", "/health")["now"][:10].replace("-", "")
    cells |= {"startDate": day, "endDate": day}
    body = "".join(f"<{key}>{value}</{key}>" for key, value in cells.items())
    answer = httpx.post(bank.endpoint, content=f"<stream>{body}</stream>".encode("gbk"))
    return re.findall(rf"<{cell}>(.*?)</{cell}>", answer.content.decode("gbk"))


def test_the_ready_line_reaches_a_new_account(bank: SimulatorProcess, main: str) -> None:
    assert bank.settings == {"endpoint": bank.endpoint, "user_name": "court0102"}
    assert re.fullmatch(r"811250101230[0-9]{7}", main)
    opened = bank.admin("POST", "/accounts", {"number": main, "name": "示例人民法院"})
    assert opened["adjustment"] == f"81{main[-10:]}0000000"
    assert opened["settings"] == bank.settings


def test_amounts_balances_and_rows_are_spoilt_as_ordered(bank: SimulatorProcess, main: str) -> None:
    assert column(bank, main, "tranAmount") == ["1.00", "2.00", "3.00"]
    assert column(bank, main, "balance", "balance_mismatch") == ["1.00", "3.00", "6.01"]
    assert column(bank, main, "tranAmount", "wrong_unit") == ["100.00", "200.00", "300.00"]
    assert column(bank, main, "tranAmount", "missing_rows", row=2) == ["1.00", "3.00"]
    assert column(bank, main, "tranAmount", "shuffled_rows") == ["2.00", "1.00", "3.00"]
    assert column(bank, main, "tranAmount", "duplicate_rows") == ["1.00", "1.00", "2.00", "2.00", "3.00", "3.00"]


def test_a_name_the_charset_does_not_hold_is_replaced(bank: SimulatorProcess, main: str) -> None:
    assert column(bank, main, "oppAccountName", "rare_name", name="王𠮷") == ["王?"] * 3


def exchange(bank: SimulatorProcess, action: str, rows: str = "", **cells: str) -> str:
    """An answer's text."""
    body = "".join(f"<{key}>{value}</{key}>" for key, value in {"userName": "court0102", **cells}.items())
    message = f"<stream><action>{action}</action>{body}{rows}</stream>"
    return httpx.post(bank.endpoint, content=message.encode("gbk")).content.decode("gbk")


def test_receipts_are_listed_and_handed_out(bank: SimulatorProcess, main: str) -> None:
    asked = {"accNo": main, "startDate": "20200101", "endDate": "20991231", "pageSize": "2"}
    assert "<totalCount>0</totalCount>" in exchange(bank, "DLEDDRSQ", **asked, qryType="2")
    told = exchange(bank, "DLEDDRSQ", **asked, qryType="1")
    numbers = re.findall(r"<bresqNo>(\d{28})</bresqNo>", told)
    assert len(numbers) == 2
    assert "<totalCount>3</totalCount>" in told
    rows = "".join(f"<row><brSeqNo>{number}</brSeqNo><billType>200000</billType></row>" for number in numbers)
    listed = f'<list name="userDataList">{rows}</list>'
    answers = {exchange(bank, "DLEDCDTD", listed, accNo=main, isCurrDay="1") for _ in range(2)}
    (content,) = (re.findall(r"<fileConTent>(.*?)</fileConTent>", answer)[0] for answer in answers)
    with ZipFile(BytesIO(b64decode(content))) as archive:
        assert archive.namelist() == [f"{number}.pdf" for number in numbers]
        assert all(archive.read(name).startswith(b"%PDF-1.4") for name in archive.namelist())
    wrong = listed.replace(numbers[0], "9" * 28)
    assert "<status>BKE0001</status>" in exchange(bank, "DLEDCDTD", wrong, accNo=main, isCurrDay="1")


def cells(**values: str) -> str:
    """A row of a list."""
    return "<row>" + "".join(f"<{key}>{value}</{key}>" for key, value in values.items()) + "</row>"


def batch(bank: SimulatorProcess, main: str, ref: str, *kinds: str, total: str = "", **change: str) -> str:
    """DLPAYBAT of one yuan a row out of the main account; ``kinds``: payType of each."""
    row = {"payAccountNo": main, "recAccountNo": "6217000000001234", "recAccountName": "甲", "tranAmount": "1.00"}
    row |= {"recOpenBankCode": "105100000017", "abstract": ""} | change
    rows = "".join(cells(**({"ID": f"{n:04d}", "payType": kind} | row)) for n, kind in enumerate(kinds, start=1))
    totals = {"totalNumber": str(len(kinds)), "totalAmount": total or f"{len(kinds)}.00"}
    return exchange(bank, "DLPAYBAT", f'<list name="userDataList">{rows}</list>', clientID=ref, **totals)


def test_a_batch_is_checked_as_the_document_says(bank: SimulatorProcess, main: str) -> None:
    assert "<status>AAAAAAA</status>" in batch(bank, main, "B1", "03", "02")
    assert "<status>BKE0067</status>" in batch(bank, main, "B1", "03", "02")
    for wrong in (
        batch(bank, main, "B2", "01"),
        batch(bank, main, "B2", "03", total="2.00"),
        batch(bank, main, "B2"),
        batch(bank, main, "B2", "03", "03", ID="0001"),
        batch(bank, main, "B2", "03", ID="00001"),
        batch(bank, main, "B2", "03", recOpenBankCode=""),
        batch(bank, main, "B" * 21, "03"),
    ):
        assert "<status>BKE0001</status>" in wrong
    assert "<status>CP07815</status>" in exchange(bank, "DLBATDET", clientID="B2")


def test_rows_of_a_batch_are_told_by_what_they_pay(bank: SimulatorProcess, main: str) -> None:
    bank.admin("POST", "/script", {"action": "DLPAYBAT", "fault": "partial_batch", "params": {"refused": [2]}})
    answer = batch(bank, main, "B3", "03", "03", "03")
    assert re.findall(r"<status>(.*?)</status>", answer) == ["BBBBBBB", "AAAAAAA", "BKE0099", "AAAAAAA"]
    assert re.findall(r"<errTotalNum>(.*?)</errTotalNum><errTotalAmt>(.*?)<", answer) == [("1", "1.00")]
    details = exchange(bank, "DLBATDET", clientID="B3")
    assert re.findall(r"<status>(.*?)</status>", details)[1:] == ["AAAAAAA", "BKE0099", "AAAAAAA"]
    assert re.findall(r"<payAccountNo>(.*?)</payAccountNo>", details) == [main] * 3
    assert "<ID>" not in details
    assert "<status>CP07815</status>" in exchange(bank, "DLCIDSTT", clientID="B3/0001")
    today = bank.admin("GET", "/health")["now"][:10].replace("-", "")
    listed = exchange(bank, "DLBATCOL", startDate=today, endDate=today)
    assert re.search(r"<clientID>B3</clientID>.*?<totalNumber>3</totalNumber>.*?<stt>BBBBBBB</stt>", listed)
    assert "<clientID>" not in exchange(bank, "DLBATCOL", startDate="20200101", endDate="20200102")


@pytest.fixture
def own_clock(tmp_path: Path) -> Iterator[SimulatorProcess]:
    """A bank whose clock may be put forward: no clock goes back behind a booking."""
    process = SimulatorProcess("bank_citic", tmp_path).start()
    yield process
    process.stop()


def test_d19_large_value_keeps_its_hours_by_the_banks_clock(own_clock: SimulatorProcess) -> None:
    bank, main = own_clock, str(own_clock.open_account("示例人民法院")["number"])
    bank.admin("POST", "/credits", {"to": main, "fen": 1_000})
    bank.admin("PUT", "/rules", {"large_hours": ["09:00", "17:00"]})
    fields = {"payAccountNo": main, "recAccountNo": "6217000000001234", "recAccountName": "甲"}
    fields |= {"recOpenBankCode": "105100000017", "tranAmount": "0.01"}
    hours = (("22T10:00:00", False), ("24T08:59:59", False), ("24T09:00:00", True), ("24T17:00:00", False))
    for number, (at, is_open) in enumerate(hours):
        bank.admin("POST", "/clock/freeze", {"at": f"2031-11-{at}+08:00"})
        for kind, expected in (("02", is_open), ("03", True)):
            told = exchange(bank, "DLOUTTRN", clientID=f"H{number}{kind}", payType=kind, **fields)
            assert ("<status>AAAAAAA" in told, "<status>BKE0041" in told) == (expected, not expected)
        rows = batch(bank, main, f"HB{number}", "02", "03", tranAmount="0.01", total="0.02")
        assert rows.count("BKE0041") == (0 if is_open else 1)


def test_pages_of_the_pool_shift_and_lose_rows_as_ordered(bank: SimulatorProcess, main: str) -> None:
    first = bank.admin("POST", "/accounts/bulk", {"main": main, "count": 5, "name": "案款子账户"})["first"]

    def tails(fault: str = "", **params: object) -> list[int]:
        if fault:
            bank.admin("POST", "/script", {"action": "DLSBALQR", "fault": fault, "params": params})
        told = exchange(bank, "DLSBALQR", accountNo=main, startRecord="3", pageNumber="3")
        return [int(number) - int(first) for number in re.findall(r"<SUBACCNO>(\d+)</SUBACCNO>", told)]

    assert tails() == [2, 3, 4]
    assert tails("pages_shift", by=1) == [1, 2, 3]
    assert tails("missing_rows", row=1) == [3, 4]
    assert tails("duplicate_rows") == [2, 2, 3, 3, 4, 4]
    whole = exchange(bank, "DLSBALQR", accountNo=main, startRecord="6", pageNumber="3")
    assert ("<totalRecords>5</totalRecords>" in whole, "<SUBACCNO>" in whole) == (True, False)
    one = exchange(bank, "DLSBALQR", accountNo=main, subAccNo=first)
    assert f"<SUBACCNO>{first}</SUBACCNO>" in one
    bank.admin("DELETE", f"/accounts/{first}")
    assert "<stt>2</stt>" in exchange(bank, "DLSASQRY", subAccNo=first)
