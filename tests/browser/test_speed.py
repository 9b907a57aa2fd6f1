"""The short form of `make bench-read`: reading that falls below half of a goal is noticed before it lands."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import pytest

from tests.bench_read.__main__ import GOALS, KINDS
from tests.served.server import HOST, Server

pytestmark = pytest.mark.xdist_group("demonstration")

LINES, SECONDS, ROUNDS = 8, 1.0, 3
# What needs no nginx and no other database.
SHORT = [goal for goal in GOALS if goal[0] in ("live", "search", "filtered")]


async def rate(port: int, path: str) -> float:
    """Ask for one page again and again over a few lines that are kept open; returns whole answers a second."""
    asked = f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nAccept-Encoding: br\r\n\r\n".encode()
    until, answers = time.perf_counter() + SECONDS, 0

    async def line() -> None:
        nonlocal answers
        reader, writer = await asyncio.open_connection(HOST, port)
        while time.perf_counter() < until:
            writer.write(asked)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            assert head.startswith(b"http/1.1 200"), head
            await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]))
            answers += 1
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(line() for _ in range(LINES)))
    return answers / (time.perf_counter() - began)


def test_reading_is_not_slower_than_half_of_its_goals_allows(demonstration: Server) -> None:
    kinds = {kind for one, other, _goal in SHORT for kind in (one, other)}
    assert len(SHORT) == 3
    database = demonstration.environment["DATABASE_URL"]
    with Server(database, settings="tests.bench_read.settings") as server, ThreadPoolExecutor(1) as pool:
        found: dict[str, list[float]] = {kind: [] for kind in kinds}
        for turn in range(ROUNDS + 1):
            for kind in sorted(kinds, reverse=bool(turn % 2)):
                # In a thread of its own: that of the tests belongs to the browser's loop.
                once = pool.submit(asyncio.run, rate(server.port, KINDS[kind][2])).result()
                found[kind] += [once] if turn else []  # the first turn warms up
    rates = {kind: median(each) for kind, each in found.items()}
    for one, other, goal in SHORT:
        print(f"{KINDS[one][0]} ÷ {KINDS[other][0]}: {rates[one] / rates[other]:.2f} (goal: {goal:.2f})")
    assert [(one, other) for one, other, goal in SHORT if rates[one] / rates[other] < goal / 2] == []
