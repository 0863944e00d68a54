"""Nine banks that answer at once and one that never does, each behind a port of its own: one line asks, one answers.

Prints the ports, the silent one last, and serves until its standard input is closed.
"""

import asyncio
import sys

BANKS = 9


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while line := await reader.readline():
            writer.write(line)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def _be_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while await reader.readline():
            pass
    except ConnectionError:
        pass
    finally:
        writer.close()


async def main() -> None:
    """Serve."""
    servers = [await asyncio.start_server(_answer, "127.0.0.1", 0) for _ in range(BANKS)]
    servers.append(await asyncio.start_server(_be_silent, "127.0.0.1", 0))
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for server in servers:
        server.close()


if __name__ == "__main__":
    asyncio.run(main())
