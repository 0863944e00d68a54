"""A running installation and a real browser in front of it."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright, expect

from tests.fixtures.chromium import SKIP, chromium_program
from tests.fixtures.installation import Installation, installation

SignIn = Callable[[str], Awaitable[Page]]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def running() -> Iterator[Installation]:
    """One installation for all browser tests; each test uses cases of its own."""
    if os.environ.get(SKIP) == "1":
        pytest.skip(f"{SKIP}=1")
    with installation() as started:
        yield started


@pytest.fixture(scope="session")
async def browser(running: Installation) -> AsyncIterator[Browser]:
    program = chromium_program()
    assert program, "Chromium is missing: make setup-dev installs it, or says what to do"
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        await started.close()


@pytest.fixture
async def sign_in(running: Installation, browser: Browser, tmp_path: Path) -> AsyncIterator[SignIn]:
    """Sign in as somebody; each person has a browser of his own. Errors on the page fail the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            faults.append(message.text)

    async def enter(login: str) -> Page:
        context = await browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", note)
        await page.goto(running.address)
        await page.get_by_label("用户名").fill(login)
        await page.get_by_label("密码").fill(running.sign_ins[login]["password"])
        await page.get_by_role("button", name="登录").click()
        await expect(page.get_by_role("button", name="退出登录")).to_be_visible()
        return page

    yield enter
    for context in contexts:
        await context.close()
    assert faults == []
