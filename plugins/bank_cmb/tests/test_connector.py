"""The flow against chosen answers, over a real socket."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import cmb_bankside as bankside
import pytest
from cmb_bankside import MAIN, REFERENCE, SUB, UNIT, Answer, Gateway, body, plain, telling
from cmb_bench import payment, services

from ankuan.kernel.money import Money
from ankuan.plugin_api.bank import (
    AdjustmentOrder,
    AnswerState,
    BatchOrder,
    FundAccountRef,
    LineKind,
    TransferOrder,
)
from ankuan.plugin_api.errors import BankRefused, CannotExpress, InvalidSettings, MalformedAnswer, PluginError
from ankuan.plugin_api.services import PluginServices
from ankuan_bank_cmb.connector import CmbConnector
from ankuan_bank_cmb.plugin import CmbPlugin

Chosen = tuple[Gateway, CmbConnector]
STATEMENT, Z = "trsQryByBreakPoint", "TRANSQUERYBYBREAKPOINT_"
MOVE = TransferOrder("20261121000000000021", Money(1_200), None, SUB, "甲案", "认领入账")


def books(*rows: dict[str, str]) -> Answer:
    return telling({f"{Z}Z1": [{"ctnFlag": "N", "queryAcctNbr": MAIN}], f"{Z}Z2": list(rows)})


def debit(**changes: str) -> dict[str, str]:
    row: dict[str, str] = body("trsQryByBreakPoint__day")[f"{Z}Z2"][2]
    return {**row, **changes}


# ---------------------------------------------------------------- submissions


async def test_a_payment_is_written_as_the_document_says(chosen: Chosen) -> None:
    server, connector = chosen
    server.will(any=telling("BB1PAYOP__accepted"))
    answer = await connector.pay(payment())
    assert (answer.state, answer.bank_ref) == (AnswerState.ACCEPTED, "1028370046")
    ((function, asked),) = server.asked
    assert function == "BB1PAYOP"
    assert asked["bb1paybmx1"] == [{"busCod": "N02030", "busMod": "00001"}]
    (row,) = asked["bb1payopx1"]
    assert row == {
        "yurRef": REFERENCE,
        "dbtAcc": MAIN,
        "dmaNbr": UNIT,
        "crtAcc": "6217000000000001234",
        "crtNam": "申请执行人甲",
        "crtBnk": "中国建设银行",
        "crtAdr": "",
        "brdNbr": "105100000017",
        "bnkFlg": "N",
        "trsAmt": "30.00",
        "ccyNbr": "10",
        "nusAge": "案款",
        "rcvChk": "1",
        "busNar": "",
        "stlChn": "R",
    }


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"amount": Money(5_000_000)}, "stlChn", "R"),
        ({"amount": Money(5_000_001)}, "stlChn", "Q"),
        ({"same_bank": True}, "bnkFlg", "Y"),
        ({"pay_from_sub_account": None}, "dmaNbr", ""),
        ({"purpose": "案" * 60}, "nusAge", "案" * 31),
        ({"payee_bank_code": None}, "brdNbr", ""),
    ],
)
async def test_fields_follow_the_order(chosen: Chosen, changes: dict[str, Any], field: str, value: str) -> None:
    server, connector = chosen
    server.will(any=telling("BB1PAYOP__accepted"))
    await connector.pay(payment(**changes))
    assert server.asked[0][1]["bb1payopx1"][0][field] == value


@pytest.mark.parametrize(
    "changes",
    [
        {"payee_name": "仲𠮷妮"},
        {"payee_name": ""},
        {"payee_name": "甲\n乙"},
        {"payee_account": "6217 <x>"},
        {"amount": Money.ZERO},
        {"amount": Money(10**15)},
        {"client_ref": "1" * 31},
        {"client_ref": "A-1"},
        {"payee_bank_code": "12345"},
        {"pay_from_sub_account": "5319090000000021234"},
        {"payee_bank_name": "", "payee_bank_code": None},
    ],
)
async def test_what_cannot_be_expressed_is_never_sent(chosen: Chosen, changes: dict[str, Any]) -> None:
    server, connector = chosen
    server.will(any=telling("BB1PAYOP__accepted"))
    order = payment(**changes)
    with pytest.raises(CannotExpress):
        await connector.pay(order)
    with pytest.raises(CannotExpress):
        await connector.pay_batch(BatchOrder("20261121000000000001", (payment(client_ref="1"), order)))
    assert server.asked == []


async def test_a_row_of_a_batch_that_nobody_mentions_is_unknown(chosen: Chosen) -> None:
    server, connector = chosen
    orders = tuple(payment(client_ref=f"2026112100000000010{n}") for n in range(3))
    told = [
        {"yurRef": orders[2].client_ref, "reqSts": "BNK", "rtnFlg": "", "errCod": "SUC0000"},
        {"yurRef": orders[0].client_ref, "reqSts": "FIN", "rtnFlg": "F", "errCod": "CSACA81", "errTxt": "余额不足"},
        {"reqSts": "FIN", "rtnFlg": "S"},
    ]
    server.will(any=telling({"bb1paybhz1": told}))
    answer = await connector.pay_batch(BatchOrder("20261121000000000001", orders))
    states = [one.state for one in answer.answers]
    assert states == [AnswerState.REFUSED, AnswerState.UNKNOWN, AnswerState.ACCEPTED]
    assert server.asked[0][1]["bb1paybhx1"] == [{"bthNbr": "20261121000000000001", "dtlNbr": "3", "ctnFlg": "N"}]
    assert answer.exchanges
    server.will(any=plain(b"CDCServer:ErrMsg"))
    answer = await connector.pay_batch(BatchOrder("20261121000000000001", orders))
    assert {one.state for one in answer.answers} == {AnswerState.UNKNOWN}


@pytest.mark.parametrize("count", [0, 201])
async def test_a_batch_has_one_to_two_hundred_rows(chosen: Chosen, count: int) -> None:
    orders = tuple(payment(client_ref=f"{n:020d}") for n in range(count))
    with pytest.raises(CannotExpress):
        await chosen[1].pay_batch(BatchOrder("1", orders))
    with pytest.raises(CannotExpress):
        await chosen[1].pay_batch(BatchOrder("1", (payment(), payment())))


async def test_an_adjustment_never_exceeds_its_line(chosen: Chosen) -> None:
    server, connector = chosen
    server.will(any=telling({"ntdmitrxz1": [{"reqnbr": "7", "reqsts": "FIN", "rtnflg": "S"}]}))
    order = AdjustmentOrder("20261121000000000021", Money(30_000), SUB, "甲案", "C00000000000002|30000", "认领入账")
    answer = await connector.adjust(order)
    assert (answer.state, answer.bank_ref) == (AnswerState.ACCEPTED, "7")
    (row,) = server.asked[0][1]["ntdmatrxx1"]
    assert (row["dmadbt"], row["dmacrt"], row["trxamt"]) == ("0000000000", UNIT, "300.00")
    assert row["trxtxt"] == "认领入账[20261121000000000021]"
    refused = await connector.adjust(replace(order, amount=Money(30_001)))
    assert (refused.state, len(server.asked)) == (AnswerState.REFUSED, 1)
    for broken in ("", "C1", "|300", "C1|x", f"C1|{'9' * 18}"):
        with pytest.raises(CannotExpress):
            await connector.adjust(replace(order, adjustment_ref=broken))


# ---------------------------------------------------------------- queries


@pytest.mark.parametrize(
    ("status", "rows", "state", "alarm"),
    [
        ("paid", [debit()], AnswerState.SETTLED, False),
        ("returned", [debit()], AnswerState.SETTLED, False),
        ("paid", [debit(), debit()], AnswerState.SETTLED, False),
        ("paid", [debit(), debit(transSequenceIdn="C9")], AnswerState.SETTLED, True),
        ("paid", [debit(transAmount="3000.00")], AnswerState.UNKNOWN, True),
        ("paid", [debit(ctpAcctNbr="6217000000000009999")], AnswerState.UNKNOWN, True),
        ("paid", [debit(virtualNbr="1111111111")], AnswerState.UNKNOWN, True),
        ("paid", [debit(virtualNbr="")], AnswerState.UNKNOWN, True),
        ("paid", [debit(loanCode="C")], AnswerState.UNKNOWN, True),
        ("paid", [debit(yurRef="")], AnswerState.UNKNOWN, True),
        ("paid", [], AnswerState.UNKNOWN, True),
        ("paid", [debit(transAmount="x")], AnswerState.UNKNOWN, False),
        ("failed", [], AnswerState.REFUSED, False),
        ("failed", [debit()], AnswerState.UNKNOWN, True),
        ("failed", [debit(yurRef="20261121000000000099")], AnswerState.REFUSED, False),
    ],
)
async def test_a_final_word_needs_the_books(
    chosen: Chosen, status: str, rows: list[dict[str, str]], state: AnswerState, *, alarm: bool
) -> None:
    server, connector = chosen
    server.will(BB1PAYQR=telling(f"BB1PAYQR__{status}"), trsQryByBreakPoint=books(*rows))
    answer = await connector.query(payment())
    assert (answer.state, bool(answer.alarm)) == (state, alarm)
    assert [exchange.operation for exchange in answer.exchanges] == ["BB1PAYQR", STATEMENT]
    if state is AnswerState.SETTLED:
        assert answer.bank_ref == "C00000000000003"
        assert answer.booked_on is not None


async def test_books_that_cannot_be_had_leave_it_open(chosen: Chosen) -> None:
    server, connector = chosen
    for broken in (plain(b""), plain(b"CDCServer"), telling({}), telling("BB1PAYOP__accepted", resultcode="NCB0001")):
        server.will(BB1PAYQR=telling("BB1PAYQR__paid"), trsQryByBreakPoint=broken)
        answer = await connector.query(payment())
        assert (answer.state, answer.alarm) == (AnswerState.UNKNOWN, None)


async def test_the_books_are_not_asked_for_what_is_still_on_its_way(chosen: Chosen) -> None:
    server, connector = chosen
    for case, state in (
        ("processing", AnswerState.ACCEPTED),
        ("awaiting_approval", AnswerState.AWAITING_BANK),
        ("no_rows", AnswerState.NOT_FOUND),
    ):
        server.will(any=telling(f"BB1PAYQR__{case}"))
        assert (await connector.query(payment())).state is state
        assert len(server.asked) == 1


async def test_a_query_that_was_not_handled_proves_nothing(chosen: Chosen) -> None:
    server, connector = chosen
    server.will(any=telling("BB1PAYQR__no_rows", resultcode="NCB0001"))
    assert (await connector.query(payment())).state is AnswerState.UNKNOWN


async def test_a_row_of_a_batch_is_looked_for_in_its_batch_and_by_itself(chosen: Chosen) -> None:
    server, connector = chosen
    order = payment(batch_ref="20261121000000000001")
    row = body("BB1PAYQR__paid")["bb1payqrz1"][0]
    other = {**row, "yurRef": "20261121000000000018", "rtnFlg": "F"}
    pages = [telling({"bb1qrybdz1": [other], "bb1qrybdy1": [{"ctnKey": "2"}]}), telling({"bb1qrybdz1": [row]})]
    server.will(BB1QRYBD=pages, trsQryByBreakPoint=books(debit()))
    assert (await connector.query(order)).state is AnswerState.SETTLED
    assert [rows["bb1qrybdy1"][0]["ctnKey"] for name, rows in server.asked if name == "BB1QRYBD"] == ["", "2"]
    server.will(BB1QRYBD=telling({"bb1qrybdz1": [other]}), BB1PAYQR=telling("BB1PAYQR__no_rows"))
    assert (await connector.query(order)).state is AnswerState.NOT_FOUND
    server.will(BB1QRYBD=plain(b""), BB1PAYQR=telling("BB1PAYQR__no_rows"))
    assert (await connector.query(order)).state is AnswerState.UNKNOWN


@pytest.mark.parametrize(
    ("changes", "state", "alarm"),
    [
        ({}, AnswerState.SETTLED, False),
        ({"rpyacc": MAIN}, AnswerState.SETTLED, False),
        ({"trxamt": "12.01"}, AnswerState.UNKNOWN, True),
        ({"rpyacc": f"{MAIN}1111111111"}, AnswerState.UNKNOWN, True),
        ({"trxtxt": "认领入账"}, AnswerState.NOT_FOUND, False),
        ({"trxdir": "D"}, AnswerState.NOT_FOUND, False),
        ({"dmanbr": "1111111111"}, AnswerState.NOT_FOUND, False),
        ({"trxdat": "x"}, AnswerState.UNKNOWN, True),
    ],
)
async def test_a_move_is_what_the_units_entries_say(
    chosen: Chosen, changes: dict[str, str], state: AnswerState, *, alarm: bool
) -> None:
    server, connector = chosen
    entry = {**body("NTDMTLST__move")["ntdmtlstz"][0], **changes}
    server.will(NTDMTLST=telling({"ntdmtlstz": [entry, entry]}), NTDMTHLS=telling("NTDMTHLS__empty"))
    answer = await connector.query(MOVE)
    assert (answer.state, bool(answer.alarm)) == (state, alarm)
    server.will(NTDMTLST=telling("NTDMTLST__empty"), NTDMTHLS=plain(b"CDCServer"))
    assert (await connector.query(MOVE)).state is AnswerState.UNKNOWN


async def test_a_move_to_itself_or_to_a_stranger_is_never_sent(chosen: Chosen) -> None:
    for order in (replace(MOVE, to_sub_account=None), replace(MOVE, to_sub_account="123")):
        for call in (chosen[1].transfer(order), chosen[1].query(order)):
            with pytest.raises(CannotExpress):
                await call
    assert chosen[0].asked == []


# ---------------------------------------------------------------- reads


def ready(server: Gateway, statement: Answer | list[Answer], **more: Answer) -> None:
    rest = {"NTDMTHLS": telling("NTDMTHLS__empty"), "NTDMTLST": telling("NTDMTLST__empty")}
    server.will(**{STATEMENT: statement, "BB1PAYQB": telling("BB1PAYQB__empty"), **rest, **more})


async def test_the_break_point_is_handed_back_as_it_came(chosen: Chosen) -> None:
    server, connector = chosen
    ready(server, [telling("trsQryByBreakPoint__goes_on"), telling("trsQryByBreakPoint__day")])
    first = await connector.fetch_lines(None)
    assert (len(first.lines), first.more) == (2, True)
    second = await connector.fetch_lines(first.cursor)
    assert (len(second.lines), second.more) == (6, False)
    asked = [tables for name, tables in server.asked if name == STATEMENT]
    assert f"{Z}Y1" not in asked[0]
    assert asked[1][f"{Z}Y1"] == body("trsQryByBreakPoint__goes_on")[f"{Z}Y1"]
    assert asked[1][f"{Z}X1"][0]["queryAcctNbr"] == MAIN
    assert asked[0][f"{Z}X1"][0]["beginDate"] == asked[1][f"{Z}X1"][0]["beginDate"]
    ready(server, telling("trsQryByBreakPoint__day"))
    assert (await connector.fetch_lines(second.cursor)).lines == ()


async def test_returns_and_moves_are_told_for_what_they_are(chosen: Chosen) -> None:
    server, connector = chosen
    move = telling("NTDMTLST__move")
    ready(server, telling("trsQryByBreakPoint__day"), BB1PAYQB=telling("BB1PAYQB__returned"), NTDMTLST=move)
    page = await connector.fetch_lines(None)
    returned = [line for line in page.lines if line.kind is LineKind.RETURNED]
    assert [(line.amount, line.client_ref, line.adjustment_ref) for line in returned] == [
        (Money(3_000), REFERENCE, None)
    ]
    assert len([line for line in page.lines if line.kind is LineKind.ADJUSTMENT]) == 2
    assert [exchange.operation for exchange in page.exchanges] == [STATEMENT, "BB1PAYQB", "NTDMTHLS", "NTDMTLST"]


@pytest.mark.parametrize(
    "answers",
    [
        {STATEMENT: telling("trsQryByBreakPoint__no_break_point")},
        {STATEMENT: telling("trsQryByBreakPoint__no_flag")},
        {STATEMENT: telling("trsQryByBreakPoint__bad_amount")},
        {STATEMENT: telling("trsQryByBreakPoint__no_sequence")},
        {STATEMENT: telling("trsQryByBreakPoint__new_flag")},
        {STATEMENT: telling({f"{Z}Z2": "none"})},
        {"NTDMTLST": telling("NTDMTLST__other_account")},
        {"NTDMTHLS": telling({"ntdmthlsz": [], "ntdmthlsy": "x"})},
        {"BB1PAYQB": telling({"bb1payqbz1": [{"yurRef": "1"}]})},
    ],
)
async def test_a_statement_that_cannot_be_understood_is_refused_whole(
    chosen: Chosen, answers: dict[str, Answer]
) -> None:
    server, connector = chosen
    ready(server, telling("trsQryByBreakPoint__day"))
    server.answers |= {function: [answer] for function, answer in answers.items()}
    with pytest.raises(MalformedAnswer) as raised:
        await connector.fetch_lines(None)
    assert raised.value.exchanges


async def test_a_break_point_that_does_not_move_ends_in_an_error(chosen: Chosen) -> None:
    server, connector = chosen
    ready(server, telling("trsQryByBreakPoint__goes_on"))
    first = await connector.fetch_lines(None)
    with pytest.raises(MalformedAnswer):
        await connector.fetch_lines(first.cursor)


async def test_balances(chosen: Chosen) -> None:
    server, connector = chosen
    server.will(NTQADINF=telling("NTQADINF__main"), NTDMABAL=telling("NTDMABAL__unit"))
    main, unit = await connector.balance(), await connector.balance(SUB)
    assert (main.booked, main.available) == (Money(99_999_999_999), Money(99_999_900_000))
    assert (unit.booked, unit.available) == (Money(1), Money(1))
    with pytest.raises(MalformedAnswer):
        await connector.balance(f"{MAIN}1111111111")
    server.will(NTQADINF=telling("NTQADINF__other_account"))
    with pytest.raises(MalformedAnswer):
        await connector.balance()
    server.will(any=telling({}, resultcode="NCB0001", resultmsg="无权限"))
    with pytest.raises(BankRefused) as refused:
        await connector.balance()
    assert refused.value.code == "NCB0001"


async def test_a_unit_opened_under_another_number_is_no_success(chosen: Chosen) -> None:
    server, connector = chosen
    server.will(any=telling({"ntdmaaddz": [{"accnbr": MAIN, "dmanbr": UNIT, "dmanam": "甲案"}]}))
    with pytest.raises(MalformedAnswer):
        await connector.open_sub_accounts(("甲案",))
    for name in ("", "仲𠮷妮", "长" * 32):
        with pytest.raises(CannotExpress):
            await connector.open_sub_accounts((name,))


# ---------------------------------------------------------------- receipts


def receipts(server: Gateway, *addresses: str) -> None:
    told = [telling({"dctaskidz1": [{"taskid": "T1", "fileurl": address}]}) for address in addresses]
    server.will(ASYCALHD=telling({"asycalhdz1": [{"rtndat": "T1"}]}), DCTASKID=told)


async def test_a_receipt_is_fetched_from_the_configured_place_only(chosen: Chosen) -> None:
    server, connector = chosen
    ready(server, telling("trsQryByBreakPoint__day"))
    line = (await connector.fetch_lines(None)).lines[0]
    receipts(server, "", f"http://127.0.0.1:{server.port}/r/1.pdf?sign=a%2Fb")
    found = await connector.receipt(line)
    assert found is not None
    assert (found.content, found.number) == (b"%PDF-1.4 %%EOF", "T1")
    asked = dict(server.asked)["ASYCALHD"]["asycalhdx"][0]
    assert (asked["trsnbr"], asked["begdat"], asked["primod"]) == ("C00000000000001", "20261121", "PDF")
    here = f"127.0.0.1:{server.port}"
    for elsewhere in (
        f"http://localhost:{server.port}/r/1.pdf",
        "http://127.0.0.1:1/r/1.pdf",
        f"https://{here}/r/1.pdf",
        f"http://{here}@files.example/r.pdf",
        f"http://files.example\\@{here}/r.pdf",
        "file:///etc/passwd",
        "//files.example/r.pdf",
        "http://[/r.pdf",
    ):
        receipts(server, elsewhere)
        with pytest.raises(MalformedAnswer):
            await connector.receipt(line)


async def test_a_receipt_that_is_not_made_yet_is_none(chosen: Chosen) -> None:
    server, connector = chosen
    ready(server, telling("trsQryByBreakPoint__day"), NTDMTLST=telling("NTDMTLST__move"))
    lines = (await connector.fetch_lines(None)).lines
    receipts(server, "")
    assert await connector.receipt(lines[0]) is None
    server.asked.clear()
    assert await connector.receipt(next(line for line in lines if line.bank_key.startswith("U:"))) is None
    assert server.asked == []
    server.will(ASYCALHD=telling({"asycalhdz1": []}))
    with pytest.raises(MalformedAnswer):
        await connector.receipt(lines[0])


# ---------------------------------------------------------------- the wire


async def test_an_http_status_is_no_evidence_whatever_the_body_says(chosen: Chosen) -> None:
    server, connector = chosen
    server.status = 500
    for name in ("BB1PAYOP__refused", "BB1PAYOP__accepted"):
        server.will(any=telling(name))
        answer = await connector.pay(payment())
        assert (answer.state, answer.exchanges[0].note) == (AnswerState.UNKNOWN, "http status 500")


async def test_no_more_than_its_share_of_requests_is_under_way(court_keys: Path) -> None:

    under_way, most = 0, 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(0.05)
        under_way -= 1
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        endpoint = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        settings = {**bankside.SETTINGS, "endpoint": endpoint, "concurrent_requests": "3"}
        connector = CmbPlugin().connect(FundAccountRef(MAIN, "甲", None, settings), services(court_keys, seconds=10))
        answers = await asyncio.gather(*(connector.pay(payment(client_ref=f"{n}")) for n in range(12)))
        await connector.aclose()
    assert {answer.state for answer in answers} == {AnswerState.UNKNOWN}
    assert most == 3


async def test_a_signer_that_is_not_installed_is_named(court_keys: Path) -> None:
    account = FundAccountRef(MAIN, "甲", None, bankside.SETTINGS)
    with pytest.raises(InvalidSettings) as wrong:
        CmbPlugin().connect(account, PluginServices(timeout_seconds=1))
    assert wrong.value.field_name == "signer"


async def test_a_foreign_cursor_is_refused(chosen: Chosen) -> None:
    with pytest.raises(PluginError):
        await chosen[1].fetch_lines('{"v":1,"host":["","",""]}')
    assert chosen[0].asked == []
