"""Guests who do not behave: they block, print, leak, leave, lie about what they can."""

import asyncio
import os
import socket
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlsplit

from ankuan.plugin_api.bank import (
    BankAnswer,
    BankLine,
    BankNotice,
    BankReceipt,
    FundAccountRef,
    IncomingNotice,
    LinePage,
    NoticeKind,
    PaymentOrder,
    PluginServices,
)
from ankuan.plugin_api.errors import ForgedNotice
from ankuan_bank_citic.plugin import CAPABILITIES
from ankuan_bank_platform.connector import PlatformConnector
from ankuan_bank_platform.plugin import PlatformPlugin
from tests.integration.plugins.bad.wrapped import BadPlugin, Wrapped


class BlocksTheLoop(Wrapped):
    async def fetch_lines(self, cursor: str | None) -> LinePage:
        time.sleep(0.5)  # noqa: ASYNC251 - the defect
        return await super().fetch_lines(cursor)


class Prints(Wrapped):
    async def fetch_lines(self, cursor: str | None) -> LinePage:
        sys.stdout.write(f"reading after {cursor}\n")
        return await super().fetch_lines(cursor)


class LeaksTasks(Wrapped):
    async def fetch_lines(self, cursor: str | None) -> LinePage:
        self.task = asyncio.create_task(asyncio.sleep(3600), name="keeps asking")
        return await super().fetch_lines(cursor)


_SOCKETS: list[socket.socket] = []


class NeverCloses(Wrapped):
    async def fetch_lines(self, cursor: str | None) -> LinePage:
        _SOCKETS.append(socket.socket())
        return await super().fetch_lines(cursor)


class WrongTypes(Wrapped):
    async def pay(self, order: PaymentOrder) -> BankAnswer:
        return cast("BankAnswer", (await super().pay(order)).state.value)


class StateAsText(Wrapped):
    async def pay(self, order: PaymentOrder) -> BankAnswer:
        return replace(await super().pay(order), state=cast("Any", "ok"))


class ExitsPolitely(Wrapped):
    async def fetch_lines(self, cursor: str | None) -> LinePage:
        raise SystemExit(3)


class ExitsAtOnce(Wrapped):
    async def pay(self, order: PaymentOrder) -> BankAnswer:
        os._exit(0)


class LoopsForEver(Wrapped):
    async def pay(self, order: PaymentOrder) -> BankAnswer:
        while True:
            pass


class KeepsAThread(Wrapped):
    async def fetch_lines(self, cursor: str | None) -> LinePage:
        threading.Thread(target=time.sleep, args=(3600,), daemon=False).start()
        return await super().fetch_lines(cursor)


class SomeReceipt(Wrapped):
    async def receipt(self, line: BankLine) -> BankReceipt | None:
        return BankReceipt(b"%PDF-1.4 of " + line.bank_key.encode())


class TakesAnyNotice(Wrapped):
    async def read_notice(self, notice: IncomingNotice) -> BankNotice:
        return BankNotice(str(hash(notice.body)), NoticeKind.MOVEMENT)


class ChecksNoSettings(BadPlugin):
    def validate_settings(self, settings: Mapping[str, str]) -> None:
        return


class ConnectsAtOnce(BadPlugin):
    def connect(self, account: FundAccountRef, services: PluginServices) -> Wrapped:
        address = urlsplit(account.settings["endpoint"])
        socket.create_connection((address.hostname or "", address.port or 80), timeout=2).close()
        return super().connect(account, services)


DECLARES_TOO_MUCH = replace(CAPABILITIES, receipts=True)
DECLARES_NOTICES = replace(CAPABILITIES, statements_push=True)
DECLARES_OTHER_REFERENCES = replace(CAPABILITIES, client_ref_max_length=32)
DECLARES_A_WIDER_CHARACTER_SET = replace(CAPABILITIES, encoding="utf-8")


def crashes_when_asked() -> BadPlugin:
    raise RuntimeError("no licence")


class TakesOldNotices(PlatformPlugin):
    """Looks at the signature, and not at the clock."""

    def connect(self, account: FundAccountRef, services: PluginServices) -> PlatformConnector:
        connector = super().connect(account, services)
        careful = connector.read_notice

        async def careless(notice: IncomingNotice) -> BankNotice:
            try:
                return await careful(notice)
            except ForgedNotice:
                return await careful(replace(notice, received_at=datetime.now(UTC)))

        connector.read_notice = careless  # type: ignore[method-assign]  # the defect
        return connector


class TakesForgedNotices(PlatformPlugin):
    """Reads what it cannot verify."""

    def connect(self, account: FundAccountRef, services: PluginServices) -> PlatformConnector:
        connector = super().connect(account, services)
        careful = connector.read_notice

        async def careless(notice: IncomingNotice) -> BankNotice:
            try:
                return await careful(notice)
            except ForgedNotice:
                return BankNotice(str(hash(notice.body)), NoticeKind.MOVEMENT)

        connector.read_notice = careless  # type: ignore[method-assign]  # the defect
        return connector
