"""Sound made in the tests: a tone in every form that telephones record, with a secret in each of its tags.

`tagged` gives a file in which every place that can carry a text or a picture carries a secret of its own, and the
secrets: what is kept of the file is searched for them (M10).
"""

from __future__ import annotations

import io
import math
import struct
from array import array
from collections.abc import Callable, Iterator
from typing import Any

import av

RATE = 48_000
# Form → (container, codec, tags that its writer knows). What no writer knows is put in by hand below.
FORMS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "mp3": ("mp3", "libmp3lame", ("title", "artist", "comment", "lyrics", "encoded_by", "TXXX")),
    "m4a": ("ipod", "aac", ("title", "artist", "comment", "location", "description", "lyrics")),
    "3gp": ("3gp", "aac", ("title", "artist", "location", "comment")),
    "ogg": ("ogg", "libopus", ("title", "artist", "comment", "geo_location")),
    "vorbis": ("ogg", "vorbis", ("title", "artist", "comment", "geo_location")),
    "webm": ("webm", "libopus", ("title", "artist", "comment", "location")),
    "flac": ("flac", "flac", ("title", "artist", "comment", "geo_location")),
    "wav": ("wav", "pcm_s16le", ("title", "artist", "comment", "originator", "description")),
    "amr": ("amr", "libopencore_amrnb", ()),
    "aac": ("adts", "aac", ()),
}
TYPES = {"mp3": "audio/mpeg", "m4a": "audio/mp4", "3gp": "audio/3gpp", "webm": "audio/webm", "wav": "audio/wav"}


def tone(form: str = "mp3", seconds: float = 1.0, tags: dict[str, str] | None = None, hertz: float = 440) -> bytes:
    """A tone that swells and falls like a voice, in the form asked for."""
    container_name, codec, _tags = FORMS[form]
    sink = io.BytesIO()
    rate = 8_000 if form == "amr" else RATE
    # MP4 must be able to go back and write its index; every other form would do without.
    options = {"write_bext": "1"} if form == "wav" else {"write_id3v1": "1"} if form == "mp3" else {}
    with av.open(sink, "w", format=container_name, options=options) as container:
        container.metadata.update(tags or {})
        stream: Any = container.add_stream(codec, rate=rate)
        stream.layout = "stereo" if form == "vorbis" else "mono"
        if form == "vorbis":
            stream.codec_context.options = {"strict": "experimental"}
        if form == "amr":
            stream.bit_rate = 12_200
        resampler = av.AudioResampler(format=stream.format, layout=stream.layout, rate=rate, frame_size=1024)
        if codec != "pcm_s16le":
            stream.codec_context.open(strict=False)
            resampler = av.AudioResampler(
                format=stream.format,
                layout=stream.layout,
                rate=rate,
                frame_size=stream.codec_context.frame_size or 1024,
            )
        for frame in [*waves(seconds, rate, hertz), None]:
            for piece in resampler.resample(frame):
                container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return sink.getvalue()


def waves(seconds: float, rate: int, hertz: float) -> Iterator[Any]:
    step = 1000
    for start in range(0, int(seconds * rate), step):
        samples = array("h")
        for n in range(start, min(start + step, int(seconds * rate))):
            loud = 0.3 + 0.25 * math.sin(2 * math.pi * 3 * n / rate)
            samples.append(int(32_000 * loud * math.sin(2 * math.pi * hertz * n / rate)))
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(samples))
        frame.sample_rate, frame.pts = rate, start
        frame.planes[0].update(samples.tobytes())
        yield frame


def tagged(form: str, secret: Callable[[str], str]) -> tuple[bytes, dict[str, str]]:
    """A second of sound in which every tag carries a secret of its own, and the secrets by name.

    `secret` makes one of a name; it is asked once for each tag.
    """
    secrets = {tag: secret(f"{form} {tag}") for tag in FORMS[form][2]}
    data = tone(form, 1.0, secrets)
    if form == "m4a":
        # What FFmpeg writes in other words than it was given: a place as telephones write it.
        secrets.pop("location")
        data = with_atom(data, secrets.setdefault("©xyz", secret("m4a ©xyz")))
    elif form == "3gp":
        secrets.pop("location")
        data = with_atom(data, secrets.setdefault("loci", secret("3gp loci")), b"loci")
    picture = secret(f"{form} picture")
    if form in ("mp3", "amr", "aac"):
        data = id3(picture, secret) + data if form != "amr" else data
    if form == "wav":
        data = with_chunk(data, b"id3 ", id3(picture, secret))
    if picture.encode() in data:
        secrets["picture"] = picture
    # Whatever the form, something can be put behind its end.
    secrets["behind the end"] = secret(f"{form} behind the end")
    return data + secrets["behind the end"].encode(), secrets


def photograph(note: str) -> bytes:
    """The beginning of a JPEG whose EXIF holds a note and a place on earth."""
    text = note.encode() + b"\0"
    entries = struct.pack("<HHII", 0x010E, 2, len(text), 38) + struct.pack("<HHII", 0x8825, 4, 1, 38 + len(text))
    gps = struct.pack("<H", 1) + struct.pack("<HHI4s", 1, 2, 2, b"N\0\0\0") + bytes(4)
    tiff = b"II*\0" + struct.pack("<IH", 8, 2) + entries + bytes(4) + text + gps
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff + b"\xff\xd9"


def id3(note: str, secret: Callable[[str], str]) -> bytes:
    """An ID3 tag with a picture that has EXIF and GPS, as a telephone's music program writes it."""
    picture = b"\0image/jpeg\0\3\0" + photograph(note)
    frame = b"APIC" + struct.pack(">IH", len(picture), 0) + picture
    size = bytes(len(frame) >> shift & 127 for shift in (21, 14, 7, 0))
    return b"ID3\3\0\0" + size + frame


def with_atom(data: bytes, note: str, name: bytes = b"\xa9xyz") -> bytes:
    """The MP4 with a further atom in its moov, as iTunes and telephones write it; moov stands at the end."""
    text = note.encode()
    body = struct.pack(">HH", len(text), 0x15C7) + text
    if name == b"loci":
        # Place names of 3GPP: version, language, name, role, longitude, latitude, height, body, notes.
        body = bytes(4) + b"\x15\xc7" + text + b"\0\0" + struct.pack(">iii", -4 << 16, 12 << 16, 0) + b"earth\0\0"
    inner = struct.pack(">I4s", 8 + len(body), name) + body
    atom = struct.pack(">I4s", 8 + len(inner), b"udta") + inner
    start = data.rindex(b"moov") - 4
    [size] = struct.unpack(">I", data[start : start + 4])
    assert start + size == len(data)
    return data[:start] + struct.pack(">I", size + len(atom)) + data[start + 4 :] + atom


def with_chunk(data: bytes, name: bytes, body: bytes) -> bytes:
    """The WAV with a further chunk at its end."""
    body += b"\0" * (len(body) % 2)
    data += struct.pack("<4sI", name, len(body)) + body
    return data[:4] + struct.pack("<I", len(data) - 8) + data[8:]


def sleeping(hours: float) -> bytes:
    """Hours of silence in Opus that no longer says anything: a bomb of some 90 KB for an hour."""
    page = Ogg()
    head = b"OpusHead" + struct.pack("<BBHIHB", 1, 1, 0, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 0) + struct.pack("<I", 0)
    pages = [page.write([head], 0, 2), page.write([tags], 0, 0)]
    # Each packet: 120 ms in six silent frames of 20 ms.
    silent = b"\xfb\x06"
    for _ in range(int(hours * 3600 / (255 * 0.12)) + 1):
        pages.append(page.write([silent] * 255, 255 * 5760, 0))
    return b"".join(pages)


class Ogg:
    """Pages of one Ogg stream, with their checksums."""

    TABLE = [0] * 256
    for n in range(256):
        r = n << 24
        for _ in range(8):
            r = (r << 1 ^ 0x04C11DB7 if r & 0x80000000 else r << 1) & 0xFFFFFFFF
        TABLE[n] = r

    def __init__(self) -> None:
        self.number = self.at = 0

    def write(self, packets: list[bytes], samples: int, flags: int) -> bytes:
        self.at += samples
        lacing = bytes(len(packet) for packet in packets)
        head = b"OggS" + struct.pack("<BBqIII", 0, flags, self.at, 7, self.number, 0) + bytes([len(lacing)]) + lacing
        self.number += 1
        page = head + b"".join(packets)
        check = 0
        for byte in page:
            check = (check << 8 & 0xFFFFFFFF) ^ self.TABLE[(check >> 24) ^ byte]
        return page[:22] + struct.pack("<I", check) + page[26:]
