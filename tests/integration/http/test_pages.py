"""Files, documents, health, and the headers of every answer."""

import re
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from psycopg import sql

from ankuan.http import spa
from ankuan.platform.files import MAX_FILE_BYTES
from ankuan.platform.graphql.ids import decode_id, global_id
from tests.fixtures.served import serving, settings_for
from tests.fixtures.servers import Servers
from tests.fixtures.stages import Play

ME = "chengban.0102"


async def get(play: Play, path: str, login: str | None = None, **headers: str) -> httpx.Response:
    return await play.served.http.get(play.served.address + path, headers={**play.served.bearer(login), **headers})


async def test_every_answer_carries_the_headers(play: Play) -> None:
    nonces = set()
    for path in (
        "/",
        "/cases/x/ledger",
        "/healthz",
        "/metrics",
        "/verify/x",
        "/payment-receipts/x.pdf",
        "/no/such/page",
    ):
        headers = (await get(play, path)).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        scripts = re.search(r"script-src ([^;]*)", policy)
        assert scripts
        assert "unsafe" not in scripts[1]
        nonces.add(re.findall(r"'nonce-([^']+)'", policy)[0])
        assert "server" not in headers
    assert len(nonces) == 7, "a nonce is used once"


async def test_deep_links_answer_with_the_shell_and_its_nonce(
    play: Play, servers: Servers, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "app-1234.js").write_text("1")
    (tmp_path / "index.html").write_text('<html><meta name="nonce" content="__CSP_NONCE__"></html>')
    (tmp_path / "favicon.svg").write_text("<svg/>")
    (tmp_path.parent / "secret.txt").write_text("secret")
    monkeypatch.setattr(spa, "folder", lambda: tmp_path)
    spa._index.cache_clear()
    async with serving(settings_for(servers.postgres.dsn(database=play.database_name), "", play.folder)) as served:
        for path in ("/", "/cases", "/disbursements/abc/approve?x=1", "/" + "x" * 2_000):
            shell = await served.http.get(served.address + path)
            assert shell.status_code == 200, path
            nonce = re.findall(r"'nonce-([^']+)'", shell.headers["content-security-policy"])[0]
            assert f'content="{nonce}"' in shell.text
            assert shell.headers["cache-control"] == "no-store"
        asset = await served.http.get(served.address + "/assets/app-1234.js")
        assert "immutable" in asset.headers["cache-control"]
        assert (await served.http.get(served.address + "/favicon.svg")).text == "<svg/>"
        for path in ("/..%2fsecret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/%00", "/assets/%00"):
            answer = await served.http.get(served.address + path)
            assert "secret" not in answer.text
            assert answer.status_code in {200, 400, 404}, path
        assert (await served.http.post(served.address + "/cases")).status_code == 405
    spa._index.cache_clear()


async def test_ready_only_with_a_database(play: Play, servers: Servers) -> None:
    assert (await get(play, "/readyz")).json()["ready"] is True
    name = sql.Identifier(play.database_name)
    servers.administer(sql.SQL("alter database {} with allow_connections false").format(name))
    await play.eye.do(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()",
        play.database_name,
    )
    try:
        down = await get(play, "/readyz")
        assert (down.status_code, down.json()["ready"]) == (503, False)
        assert (await get(play, "/healthz")).status_code == 200
        answer = await play.served.post("/graphql", {"query": "{ viewer { name } }"}, ME)
        assert answer.status_code in {500, 503}
        assert "asyncpg" not in answer.text
    finally:
        servers.administer(sql.SQL("alter database {} with allow_connections true").format(name))
    assert (await get(play, "/readyz")).status_code == 200
    assert (await play.served.ask(ME, "{ viewer { name } }"))["name"] == "承办人甲"


async def send(play: Play, content: Any, login: str | None = ME, **headers: str) -> httpx.Response:
    given = {"Content-Type": "application/octet-stream", "X-File-Name": "a.csv"} | headers
    return await play.served.http.post(
        play.served.address + "/files", content=content, headers={**play.served.bearer(login), **given}
    )


async def test_uploads_are_bounded(play: Play) -> None:
    large = await send(play, b"x" * (MAX_FILE_BYTES + 1))
    assert (large.status_code, large.json()["code"]) == (413, "file_too_large")

    async def endless() -> Any:
        for _ in range(40):
            yield b"x" * 1_000_000

    assert (await send(play, endless())).status_code == 413
    assert (await send(play, b"x", login=None)).json()["code"] == "unauthenticated"
    assert (await send(play, b"x", **{"Content-Type": "multipart/form-data"})).json()["code"] == "octet_stream_required"
    assert await play.eye.one("select count(*) from stored_file") == 4
    for name in (quote("案件.csv"), "%00", "../../etc/passwd", "%ff%fe", "x" * 1_000, "%ED%A0%80"):
        answer = await send(play, b"x", **{"X-File-Name": name})
        assert answer.status_code == 200, (name, answer.text)
    exact = await send(play, b"x" * MAX_FILE_BYTES)
    assert exact.json()["size"] == MAX_FILE_BYTES


async def test_a_payment_receipt_is_for_its_court(play: Play) -> None:
    text = "query($id: ID!) { disbursement(id: $id) { lines { id } } }"
    ours, _ = play.stage.ours.disbursements["AUDITED"]
    theirs, _ = play.stage.foreign.disbursements["AUDITED"]
    line = (await play.served.ask(ME, text, id=ours))["lines"][0]["id"]
    foreign = (await play.served.ask("chengban.01", text, id=theirs))["lines"][0]["id"]
    assert (await get(play, f"/payment-receipts/{line}.pdf")).json()["code"] == "unauthenticated"
    before = await get(play, f"/payment-receipts/{line}.pdf", ME)
    assert before.status_code in {404, 409}, "nothing has been paid"
    ref = decode_id(foreign)
    answers = [
        await get(play, f"/payment-receipts/{one}.pdf", ME)
        for one in (
            foreign,
            global_id(ref.type_name, ref.court_id, decode_id(line).key),
            global_id(ref.type_name, play.stage.ours.number, ref.key),
            global_id("Case", play.stage.ours.number, ref.key),
            "x",
            "%00",
            "%2e%2e",
        )
    ]
    assert [answer.status_code for answer in answers] == [404] * 7
    assert answers[0].json() == answers[1].json(), "what exists elsewhere sounds like what does not"


async def test_the_verification_page_is_public_and_bare(play: Play) -> None:
    for code in ("x", "%00", "<script>alert(1)", "é", "A" * 65, "' or 1=1 --", "%ED%A0%80"):
        page = await get(play, f"/verify/{code if code.startswith('%') else quote(code, safe='')}")
        assert page.status_code == 404, code
        assert "<script" not in page.text
