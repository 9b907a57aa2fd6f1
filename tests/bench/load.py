"""Sixty-four phones that send at once, and forty that hardly get a byte through: bare sockets, ready-made bodies."""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import dataclass

from tests.served.server import HOST

CLIENTS = 64
SLOW = 40
TIMEOUT = 60  # seconds
DRIBBLE = 0.5  # seconds between two bytes of a slow phone


@dataclass
class Measured:
    """What one run of many requests took; seconds."""

    rate: float
    times: list[float]
    errors: int
    busy: float  # share of one core that the phones themselves used

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    @property
    def p99(self) -> float:
        return sorted(self.times)[int(len(self.times) * 0.99)]


async def run(port: int, requests: list[bytes], wanted: bytes) -> Measured:
    """Send every request, 64 at a time, each on a line of its own, while slow phones are connected."""
    waiting = iter(requests)
    times: list[float] = []
    errors = 0

    async def client() -> None:
        nonlocal errors
        for request in waiting:
            began = time.perf_counter()
            answer = await sent(port, request)
            times.append(time.perf_counter() - began)
            if not answer.startswith(b"HTTP/1.1 200") or wanted not in answer:
                errors += 1

    slow = [asyncio.create_task(dribble(port, requests[0])) for _ in range(SLOW)]
    await asyncio.sleep(0.5)
    began, used = time.perf_counter(), time.process_time()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    lasted, used = time.perf_counter() - began, time.process_time() - used
    still_there = sum(not one.done() for one in slow)
    for one in slow:
        one.cancel()
    await asyncio.gather(*slow, return_exceptions=True)
    assert still_there == SLOW, "the slow phones were not connected to the end"
    return Measured(len(requests) / lasted, times, errors, used / lasted)


async def sent(port: int, request: bytes) -> bytes:
    try:
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(request)
        answer = await asyncio.wait_for(reader.read(-1), TIMEOUT)
        writer.close()
        return answer
    except (OSError, TimeoutError):
        return b""


async def dribble(port: int, request: bytes) -> None:
    """Send a page byte by byte, and never get to its end."""
    head, _, body = request.partition(b"\r\n\r\n")
    _reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(head + b"\r\n\r\n")
        for place in range(len(body) - 1):
            writer.write(body[place : place + 1])
            await writer.drain()
            await asyncio.sleep(DRIBBLE)
    finally:
        writer.close()
