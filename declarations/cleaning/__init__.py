"""Sound made anew: whatever comes in is decoded and encoded again, and nothing else of it survives (M10).

A file is judged by its bytes, never by its name or by what its sender called it. One stream of sound is decoded and
written as plain MP3 frames, mono, without a container: no tag, no picture, no place, no device, no second stream has
anywhere to stand. Images and films are taken nowhere on this site; of a film only the sound would be left.

The decoders are C, and what they read is anybody's: they run in a process of their own (worker.py) that is told
nothing, opens no file and no socket, holds little memory and ends soon. Only pipes lead in and out, so that nothing
said ever lies in a temporary file. Why MP3, and why FFmpeg: docs/adr/0006-clean-sound.md.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from . import worker
from .worker import LARGEST_IN, LONGEST, TOO_LONG

CONTENT_TYPE = "audio/mpeg"
EXTENSION = "mp3"
SECONDS = 300  # of waiting; the process may compute for worker.CPU_SECONDS of them
AT_ONCE = threading.BoundedSemaphore(2)  # processes, so that readers who open many leave the site its cores


class NotSound(Exception):
    """Nothing clean can be made of it: it is no sound, is broken, or asks for more time or memory than it may."""


class TooLong(NotSound):
    """It sounds longer than LONGEST seconds."""


def clean(data: bytes) -> bytes:
    """Return the sound in `data` as MP3 frames and nothing else; raises NotSound and TooLong.

    The same bytes give the same sound. Ten minutes of speech take some six seconds.
    """
    if len(data) > LARGEST_IN or worker.form_of(data) is None:
        raise NotSound
    with AT_ONCE:
        sound, code = _made_apart(data)
    if code == TOO_LONG:
        raise TooLong
    if code != 0 or not 0 < len(sound) <= worker.LARGEST_OUT:
        raise NotSound
    return sound


def _made_apart(data: bytes) -> tuple[bytes, int]:
    """Return what the worker wrote, at most a byte more than it may, and the code with which it ended."""
    with subprocess.Popen(
        [sys.executable, "-I", str(Path(worker.__file__)), str(LONGEST)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a decoder's complaints quote what it reads
        cwd="/",
        env={},
    ) as process:
        assert process.stdin and process.stdout
        clock = threading.Timer(SECONDS, process.kill)
        feeder = threading.Thread(target=_feed, args=(process, data), daemon=True)
        clock.start()
        feeder.start()
        try:
            sound = process.stdout.read(worker.LARGEST_OUT + 1)
            if len(sound) > worker.LARGEST_OUT:
                process.kill()
            code = process.wait()
        finally:
            clock.cancel()
            process.kill()
            feeder.join()
    return sound, code


def _feed(process: subprocess.Popen[bytes], data: bytes) -> None:
    assert process.stdin
    try:
        process.stdin.write(data)
        process.stdin.close()
    except OSError:
        pass  # it ended before it had read everything: its code says why


__all__ = ["CONTENT_TYPE", "EXTENSION", "LARGEST_IN", "LONGEST", "NotSound", "TooLong", "clean"]
