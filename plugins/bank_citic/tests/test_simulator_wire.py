"""What the simulated front-end itself says, byte by byte: faults that only this wire can commit."""

import re
from base64 import b64decode
from collections.abc import Iterator
from io import BytesIO
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
