"""Signing in and out over HTTP: the cookie, who may ask, lock-out, and that a session ends on the server."""

from typing import Any

import httpx
import pytest

from tests.fixtures.served import serving, settings_for
from tests.fixtures.servers import Servers
from tests.fixtures.stage import PASSWORD
from tests.fixtures.stages import Play

ME = "chengban.0102"
VIEWER = {"query": "{ viewer { login } }"}


async def enter(play: Play, login: Any = ME, password: Any = PASSWORD, **headers: str) -> httpx.Response:
    return await play.served.post("/auth/sign-in", {"login": login, "password": password}, **headers)


def cookie_of(response: httpx.Response) -> tuple[str, dict[str, str]]:
    """The cookie as name=value, and its attributes."""
    first, *rest = response.headers["set-cookie"].split("; ")
    return first, {name.lower(): value for name, _, value in (part.partition("=") for part in rest)}


async def who(play: Play, cookie: str, **headers: str) -> Any:
    response = await play.served.post("/graphql", VIEWER, Cookie=cookie, **headers)
    return (response.json().get("data") or {}).get("viewer")


async def test_the_cookie_is_for_this_server_and_no_script(play: Play) -> None:
    response = await enter(play)
    assert response.status_code == 200
    pair, attributes = cookie_of(response)
    assert (attributes["httponly"], attributes["samesite"], attributes["path"]) == ("", "strict", "/")
    assert "domain" not in attributes
    assert "max-age" not in attributes, "the browser forgets it when it closes"
    assert pair.partition("=")[2] not in response.text
    assert await who(play, pair) == {"login": ME}
    again, _ = cookie_of(await enter(play, Cookie=pair))
    assert again != pair, "a new session has a new key"
    assert response.headers["cache-control"] == "no-store"


async def test_behind_tls_the_cookie_is_bound_to_host_and_tls(play: Play, servers: Servers) -> None:
    settings = settings_for(servers.postgres.dsn(database=play.database_name), "", play.folder, cookie_secure=True)
    async with serving(settings) as secure:
        response = await secure.post("/auth/sign-in", {"login": ME, "password": PASSWORD})
        pair, attributes = cookie_of(response)
        assert pair.startswith("__Host-ankuan=")
        assert "secure" in attributes
        assert "strict-transport-security" in response.headers
        assert (await secure.post("/graphql", VIEWER, Cookie=pair)).json()["data"]["viewer"] == {"login": ME}
        plain = pair.removeprefix("__Host-")
        assert (await secure.post("/graphql", VIEWER, Cookie=plain)).json()["data"]["viewer"] is None


async def test_signing_out_ends_the_session_on_the_server(play: Play) -> None:
    pair, _ = cookie_of(await enter(play))
    left = await play.served.post("/auth/sign-out", {}, Cookie=pair)
    assert left.status_code == 200
    assert cookie_of(left)[1]["max-age"] == "0"
    assert await who(play, pair) is None, "the key is worth nothing any more"
    assert (await play.served.post("/auth/sign-out", {}, Cookie=pair)).status_code == 200
    assert await play.eye.one("select count(*) from user_session where ended_why = 'signed_out'") == 1


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
    {"Origin": "OUR", "Sec_Fetch_Site": "cross-site"},
]


@pytest.mark.parametrize("headers", FOREIGN)
async def test_other_sites_are_refused(play: Play, headers: dict[str, str]) -> None:
    sent = {name: play.served.address if value == "OUR" else value for name, value in headers.items()}
    pair, _ = cookie_of(await enter(play))
    for path in ("/auth/sign-in", "/auth/sign-out", "/graphql"):
        response = await play.served.post(path, VIEWER, Cookie=pair, **sent)
        assert (response.status_code, response.json()["code"]) == (403, "foreign_origin"), path
        assert "set-cookie" not in response.headers
    upload = await play.served.http.post(
        play.served.address + "/files",
        content=b"x",
        headers={"Cookie": pair, "Content-Type": "application/octet-stream"}
        | {name.replace("_", "-"): value for name, value in sent.items()},
    )
    assert upload.status_code == 403
    assert await who(play, pair) == {"login": ME}
    assert await who(play, pair, Origin=play.served.address) == {"login": ME}
    assert await who(play, pair, Sec_Fetch_Site="same-origin") == {"login": ME}


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_forms_cannot_sign_in(play: Play, content_type: str) -> None:
    response = await enter(play, Content_Type=content_type)
    assert (response.status_code, response.json()["code"]) == (415, "json_required")


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"7", b"{}", b'{"login": 1, "password": "x"}', b'{"login": "a"}', b"\xff\xfe", b"[" * 5_000,
     b'{"login": "a", "password": "' + b"x" * 300 + b'"}', b'{"login": "a", "password": "' + b"x" * 2_000_000 + b'"}',
     b'{"login": ["a"], "password": {"b": 1}}', b'{"login": ' + b"9" * 5_000 + b', "password": "x"}'],
)  # fmt: skip
async def test_odd_sign_ins_are_bad_requests(play: Play, body: bytes) -> None:
    response = await play.served.post("/auth/sign-in", body)
    assert (response.status_code, response.json()["code"]) == (400, "bad_request")


async def test_five_failures_lock_a_login(play: Play) -> None:
    codes = [(await enter(play, password="wrong")).json()["code"] for _ in range(6)]
    assert codes == ["bad_credentials"] * 5 + ["locked_out"]
    right = await enter(play)
    assert (right.status_code, right.json()["code"]) == (401, "locked_out")
    assert "set-cookie" not in right.headers
    assert (await enter(play, login="chuna.0102")).status_code == 200, "others are not locked"


async def test_wrong_and_unknown_logins_sound_the_same(play: Play) -> None:
    wrong, unknown = await enter(play, password="wrong"), await enter(play, login="nobody.0102", password="wrong")
    assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json())
    for odd in ("\x00", "\ud800", "a' or 1=1 --", "🙂" * 60):
        assert (await enter(play, login=odd)).json()["code"] == "bad_credentials"


@pytest.mark.parametrize("token", ["x", "ankuan_" + "A" * 43, "é", "ankuan_x\ty", "Bearer Bearer"])
async def test_odd_tokens_are_nobody(play: Play, token: str) -> None:
    response = await play.served.http.post(
        play.served.address + "/graphql",
        json=VIEWER,
        headers=[(b"Authorization", f"Bearer {token}".encode())],
    )
    assert response.json()["data"] == {"viewer": None}
    response = await play.served.post("/graphql", VIEWER, Cookie="ankuan=" + "x" * 1_000)
    assert response.json()["data"] == {"viewer": None}
