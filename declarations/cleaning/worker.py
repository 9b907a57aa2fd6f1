"""The process that decodes: sound in through one pipe, MP3 frames out through another (M10).

It is started as a script, knows nothing of the site, and gives up its rights before it looks at the first byte.
"""

from __future__ import annotations

import io
import os
import resource
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

LARGEST_IN = 12 << 20  # bytes
LONGEST = 2 * 60 * 60  # seconds of sound
RATE, BITS = 24_000, 32_000  # samples and bits a second: speech, in the format that plays wherever anything plays
LARGEST_OUT = LONGEST * BITS // 8 + (64 << 10)  # bytes
MEMORY = 512 << 20  # bytes of address space; the libraries alone map some 200 MB of it
CPU_SECONDS = 240  # a ninetieth of LONGEST is what it takes on a slow machine
MOST_BROKEN = 1000  # packets that do not decode, after which the rest is not tried

NOBODY = 65534  # whoever serves the site as root decodes as nobody
RATES = range(4_000, 192_001)  # samples a second that a voice is recorded with: less is a bomb, a byte for an hour

NOT_SOUND, TOO_LONG = 3, 4  # codes of ending

# Only these are looked for in what arrives: no playlist, no stream that names other files, no picture.
DECODERS = (
    "opus,libopus,vorbis,aac,aac_fixed,mp3,mp3float,flac,alac,amrnb,amrwb,libopencore_amrnb,libopencore_amrwb,"
    "pcm_s16le,pcm_s24le,pcm_s32le,pcm_u8,pcm_f32le,pcm_alaw,pcm_mulaw"
)


def form_of(data: bytes) -> str | None:
    """Return which demuxer reads these bytes, judged by how they begin; None for what is no sound we take."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    if data[4:8] == b"ftyp":
        return "mov"  # MP4, M4A and 3GP are one family
    begins = {b"OggS": "ogg", b"fLaC": "flac", b"\x1aE\xdf\xa3": "matroska", b"#!AMR": "amr"}
    if data.startswith(b"ID3"):
        # A tag in front: the sound begins behind it. Its size is written in four times seven bits.
        size = sum(byte << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=False))
        behind = data[10 + size :]
        return "mp3" if behind.startswith(b"ID3") else form_of(behind)
    for start, form in begins.items():
        if data.startswith(start):
            return form
    if len(data) > 1 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0:
        return "aac" if data[1] & 0xF6 == 0xF0 else "mp3"
    return None


def give_up_rights() -> None:
    """Let the process open and write no file, start no process, and hold a bounded amount of memory and time."""
    limits = {
        resource.RLIMIT_CORE: 0,  # a core dump would hold the voice
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_NOFILE: 0,
    }
    for what, most in limits.items():
        resource.setrlimit(what, (most, most))
    if os.geteuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def frames(av: Any, data: bytes) -> Iterator[Any]:
    """Yield the decoded frames of the first stream of sound; a packet that does not decode is left out."""
    options = {"codec_whitelist": DECODERS, "protocol_whitelist": ""}
    with av.open(io.BytesIO(data), format=form_of(data), options=options) as container:
        stream = container.streams.audio[0]
        stream.codec_context.thread_count = 1
        if stream.rate not in RATES:
            return
        broken = 0
        for packet in container.demux(stream):
            try:
                yield from packet.decode()
            except av.InvalidDataError:
                broken += 1
                if broken > MOST_BROKEN:
                    return


def encoded(av: Any, data: bytes, longest: int) -> Iterator[bytes]:
    """Yield the MP3 frames of the sound; raises OverflowError where it is longer than that many seconds."""
    encoder = av.CodecContext.create("libmp3lame", "w")
    encoder.options = {"compression_level": "7"}  # of LAME's ten: a third faster, and speech sounds the same
    encoder.sample_rate, encoder.layout, encoder.format, encoder.bit_rate = RATE, "mono", "s16p", BITS
    resampler = av.AudioResampler(format="s16p", layout="mono", rate=RATE, frame_size=1152)
    samples = 0
    for frame in with_end(frames(av, data)):
        for piece in resampler.resample(frame):
            samples += piece.samples
            if samples > longest * RATE:
                raise OverflowError
            piece.pts = None
            yield from map(bytes, encoder.encode(piece))
    if samples < RATE // 10:
        raise ValueError("There is no sound in it.")
    yield from map(bytes, encoder.encode(None))


def with_end(found: Iterator[Any]) -> Iterator[Any]:
    """Yield what was found, as much as can be had of it, and then None, which empties the resampler."""
    with suppress(OSError):  # the file breaks off: what came before it did is kept
        yield from found
    yield None


def loaded() -> Any:
    """Return the library with every part that it would load on the way, when no file can be opened any more."""
    import av
    import av.subtitles.stream
    import av.video.stream

    av.logging.set_level(None)
    silence = bytes(RATE)  # half a second, 16 bits each
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + RATE, b"WAVE", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16, b"data", RATE
    )
    for _piece in encoded(av, head + silence, longest=1):
        pass
    return av


def main(longest: int) -> int:
    av = loaded()
    give_up_rights()
    data = sys.stdin.buffer.read(LARGEST_IN + 1)
    if len(data) > LARGEST_IN or form_of(data) is None:
        return NOT_SOUND
    sound = io.BytesIO()
    try:
        for piece in encoded(av, data, longest):
            sound.write(piece)
    except OverflowError:
        return TOO_LONG
    except (av.FFmpegError, ValueError, IndexError, MemoryError):
        return NOT_SOUND
    sys.stdout.buffer.write(sound.getbuffer())
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
