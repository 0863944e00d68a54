"""Report files over HTTP: who may, which period, what the answer says of itself."""

import csv
import io
from urllib.parse import unquote

import httpx
import pytest

from ankuan.kernel.money import Money
from ankuan.platform.graphql.ids import global_id
from tests.fixtures.stages import Play

ME = "caiwu.0102"
PERIOD = {"first": "2026-11-01", "last": "2026-11-30"}


async def get(play: Play, login: str | None, ending: str = "csv", **given: str) -> httpx.Response:
    address = f"{play.served.address}/reports/report_daily.{ending}"
    return await play.served.http.get(address, params=given, headers=play.served.bearer(login))


async def test_the_file_of_the_own_court(play: Play) -> None:
    answer = await get(play, ME, **PERIOD)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    said = answer.headers["content-disposition"]
    assert said.startswith("attachment; filename=\"report.csv\"; filename*=UTF-8''")
    name = unquote(said.partition("UTF-8''")[2])
    assert name.startswith("案款收支日报_")
    assert name.endswith("_20261101-20261130.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    balance = await play.eye.one(
        "select cast(sum(case when e.debit_account = a.id then e.amount_fen else -e.amount_fen end) as bigint)"
        " from ledger_account a join ledger_entry e on e.court_id = a.court_id"
        " and a.id in (e.debit_account, e.credit_account)"
        " where a.kind = 'bank' and a.court_id = (select id from court where code = '鲁0102')"
    )
    assert [row[9] for row in rows if row[3] == "期末余额"][-1] == Money(balance).yuan
    sheet = await get(play, ME, "xlsx", **PERIOD)
    assert sheet.content.startswith(b"PK")
    assert sheet.headers["content-type"].endswith("spreadsheetml.sheet")
    assert sheet.headers["cache-control"] == "no-store"


async def test_who_may_draw(play: Play) -> None:
    number = int(await play.eye.one("select id from court where code = '鲁01'"))
    theirs = str(global_id("Court", number, number))
    assert (await get(play, None, **PERIOD)).status_code == 401
    for court in (theirs, "x", global_id("Case", number, number)):
        refused = await get(play, ME, court=court, **PERIOD)
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    for path in ("no_such.csv", "report_daily.pdf", "report_daily.", "..%2f..%2fetc.csv"):
        answer = await play.served.http.get(
            f"{play.served.address}/reports/{path}", params=PERIOD, headers=play.served.bearer(ME)
        )
        assert "text/csv" not in answer.headers["content-type"], path


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("", "2026-11-30", "first"),
        ("2026-11-01", "", "last"),
        ("2026-11-31", "2026-11-30", "first"),
        ("20261101", "2026-11-30", "first"),
        ("2026-W47-1", "2026-11-30", "first"),
        ("2026-11-30", "2026-11-29", "last"),
        ("2025-11-30", "2026-12-01", "last"),
        ("0001-01-01", "9999-12-31", "last"),
    ],
)
async def test_a_period_is_at_most_a_year(play: Play, first: str, last: str, field: str) -> None:
    refused = await get(play, ME, first=first, last=last)
    assert refused.status_code == 400
    assert (refused.json()["code"], refused.json()["field"]) == ("invalid_report_period", field)
    assert refused.json()["message"]


async def test_a_leap_year_is_a_year(play: Play) -> None:
    assert (await get(play, ME, first="2028-01-01", last="2028-12-31")).status_code == 200
