"""M10: whatever is sent as a recording comes out as clean sound, or not at all, in bounded time and memory."""

from __future__ import annotations

import io
import os
import random
import resource
import secrets
import struct
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import av
import pytest

from declarations import cleaning
from declarations.cleaning import worker
from tests import canary, sounds

# Peak of what the worker really held, in KiB: half of what the limit allows at most, ten times less than a bomb asks.
MOST_HELD = 200 << 10


def new_secret(name: str) -> str:
    return f"{name} {secrets.token_hex(6)}"


def seconds_of(sound: bytes) -> float:
    with av.open(io.BytesIO(sound)) as container:
        [stream] = container.streams
        assert (stream.type, stream.codec_context.name) in {("audio", "mp3"), ("audio", "mp3float")}
        assert (stream.rate, stream.layout.name) == (worker.RATE, "mono")
        assert not container.metadata and not stream.metadata
        return sum(frame.samples for frame in container.decode(stream)) / worker.RATE


def is_only_frames(sound: bytes) -> bool:
    """Whether the bytes are frames of MPEG-2 layer III from the first to the last, with nothing between or behind."""
    place = 0
    while place < len(sound):
        if sound[place : place + 2] != b"\xff\xf3":
            return False
        # 32 kbit/s at 24 kHz: 96 bytes, and one where the padding bit says so.
        place += 96 + (sound[place + 2] >> 1 & 1)
    return place == len(sound)


def spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


ONE_CLEANING = """
import resource, sys
from declarations import cleaning
cleaning.LONGEST = int(sys.argv[1])
try:
    cleaning.clean(sys.stdin.buffer.read())
except cleaning.NotSound:
    pass
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def held(data: bytes, longest: int = worker.LONGEST) -> int:
    """What the worker holds at most of these bytes, in KiB; in a process that has started nothing else before."""
    asked = [sys.executable, "-c", ONE_CLEANING, str(longest)]
    done = subprocess.run(asked, input=data, capture_output=True, cwd=Path(__file__).parent.parent, check=True)
    return int(done.stdout)


# What is sound comes out as sound, and as nothing else


@pytest.mark.parametrize("form", sounds.FORMS)
def test_every_form_comes_out_as_the_same_clean_sound(form: str) -> None:
    data, hidden = sounds.tagged(form, new_secret)
    places = {name: text for name, text in hidden.items() if canary.sweep({name: text}, {form: data})}
    assert places == hidden, "a secret that is not in the file proves nothing"
    sound = cleaning.clean(data)
    assert canary.sweep(hidden, {"cleaned": sound}) == set()
    assert is_only_frames(sound)
    assert abs(seconds_of(sound) - 1) < 0.2
    assert sound == cleaning.clean(data)


def test_a_tone_is_still_that_tone() -> None:
    """An octave up is told from the tone, so what comes out is what was said."""
    for hertz in (300, 600):
        with av.open(io.BytesIO(cleaning.clean(sounds.tone("webm", 1, hertz=hertz)))) as container:
            samples = b"".join(
                bytes(piece.planes[0])[: piece.samples * 2]
                for frame in container.decode(audio=0)
                for piece in av.AudioResampler(format="s16", layout="mono").resample(frame)
            )
        values = struct.unpack(f"<{len(samples) // 2}h", samples)[4800:-4800]
        crossings = sum(1 for one, two in zip(values, values[1:], strict=False) if one < 0 <= two)
        assert abs(crossings / (len(values) / worker.RATE) - hertz) < 15


def test_only_the_first_sound_of_a_film_is_left() -> None:
    """A film of somebody's face is no voice: what is seen in it goes."""
    sink = io.BytesIO()
    with av.open(sink, "w", format="matroska") as container:
        film = container.add_stream("mjpeg", rate=5)
        film.width = film.height = 64
        film.pix_fmt = "yuvj420p"
        voice = container.add_stream("libopus", rate=48_000, layout="mono")
        resampler = av.AudioResampler(format=voice.format, layout="mono", rate=48_000, frame_size=960)
        for number in range(5):
            picture = av.VideoFrame(64, 64, "yuvj420p")
            picture.pts = number
            container.mux(film.encode(picture))
        for frame in sounds.waves(1, 48_000, 440):
            for piece in resampler.resample(frame):
                container.mux(voice.encode(piece))
        for stream in (film, voice):
            container.mux(stream.encode(None))
    sound = cleaning.clean(sink.getvalue())
    assert is_only_frames(sound) and abs(seconds_of(sound) - 1) < 0.2


# What is no sound is refused


def an_archive(words: str) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("note.txt", words)
    return sink.getvalue()


PAGE = b"<!doctype html><script>alert(1)</script>"
NO_SOUND = {
    "nothing": b"",
    "a photograph": sounds.photograph("a place"),
    "a photograph with sound behind it": sounds.photograph("a place") + sounds.tone("mp3", 1),
    "a page": PAGE,
    "a page with sound behind it": PAGE + sounds.tone("mp3", 1),
    "a page that begins like sound": b"\xff\xfb" + PAGE * 50,
    "a tag and a page": b"ID3\3\0\0\0\0\0\0" + PAGE * 50,
    "a playlist of our own files": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
    "a list of files": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "an archive": an_archive("x"),
    "a scalable picture": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "noise": random.Random(3).randbytes(50_000),
    "noise that begins like MP4": b"\0\0\0\x18ftypM4A " + random.Random(4).randbytes(50_000),
    "noise that begins like Matroska": b"\x1aE\xdf\xa3" + random.Random(5).randbytes(50_000),
    "noise that begins like Ogg": b"OggS" + random.Random(6).randbytes(50_000),
    "a silence of no length": sounds.tone("wav", 0.01),
    "larger than we take": sounds.tone("mp3", 1) + bytes(worker.LARGEST_IN),
}


@pytest.mark.parametrize("what", NO_SOUND)
def test_what_is_no_sound_is_refused(what: str) -> None:
    with pytest.raises(cleaning.NotSound):
        cleaning.clean(NO_SOUND[what])


def test_a_playlist_inside_sound_reads_no_file_of_ours(tmp_path: Path) -> None:
    """An MP4 may name another file as the place of its samples; the worker opens none."""
    data = sounds.tone("m4a", 1)
    other = tmp_path / "other.m4a"
    other.write_bytes(data)
    named = data.replace(b"url \x00\x00\x00\x01", b"url \x00\x00\x00\x00")
    assert named != data
    try:
        sound = cleaning.clean(named)
    except cleaning.NotSound:
        return
    assert is_only_frames(sound)


@pytest.mark.parametrize("behind", [PAGE, an_archive("secret-behind"), b"%PDF-1.4 secret-behind"])
def test_a_polyglot_keeps_its_sound_alone(behind: bytes) -> None:
    sound = cleaning.clean(sounds.tone("mp3", 1) + behind)
    assert is_only_frames(sound)
    assert not any(part in sound for part in (b"script", b"secret-behind", b"PK\x03\x04", b"%PDF"))


@pytest.mark.parametrize("form", sounds.FORMS)
def test_a_file_that_breaks_off_is_clean_or_refused(form: str) -> None:
    """Half of it, and half of it with bits turned over: never an error, never anything but sound."""
    data, hidden = sounds.tagged(form, new_secret)
    half = data[: len(data) // 2]
    wild = bytearray(data)
    chance = random.Random(form)
    for _ in range(40):
        wild[chance.randrange(len(wild))] ^= 1 << chance.randrange(8)
    for broken in (half, bytes(wild)):
        try:
            sound = cleaning.clean(broken)
        except cleaning.NotSound:
            continue
        assert is_only_frames(sound) and canary.sweep(hidden, {"cleaned": sound}) == set()


def test_a_recording_that_broke_off_is_still_heard() -> None:
    """A telephone that died: what it had recorded is what there is."""
    for form in ("ogg", "webm", "amr", "mp3", "aac"):
        data = sounds.tone(form, 2)
        assert 0.5 < seconds_of(cleaning.clean(data[: len(data) * 6 // 10])) < 1.5


# In bounded time and memory


def slow_wave() -> bytes:
    """A wave of one sample a second: each byte of it would be 48,000 of sound."""
    data = bytes(1 << 20)
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1, 1, 1, 1, 8)
    return head + b"data" + struct.pack("<I", len(data)) + data


def test_a_bomb_of_silence_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three hours in 280 KB of Opus; where ten minutes may sound, the work of ten minutes is done and no more."""
    monkeypatch.setattr(cleaning, "LONGEST", 600)
    bomb, before = sounds.sleeping(3), spent()
    assert len(bomb) < 300_000
    with pytest.raises(cleaning.TooLong):
        cleaning.clean(bomb)
    assert spent() - before < worker.CPU_SECONDS * 600 / worker.LONGEST
    assert held(bomb, 600) < MOST_HELD


def test_a_short_sleep_is_no_bomb() -> None:
    """The control: the same bytes, half a minute of them, are sound."""
    assert seconds_of(cleaning.clean(sounds.sleeping(0.001))) > 25


def test_a_wave_slower_than_any_voice_is_refused() -> None:
    with pytest.raises(cleaning.NotSound):
        cleaning.clean(slow_wave())
    assert held(slow_wave()) < MOST_HELD


def test_a_part_of_the_longest_takes_the_same_part_of_the_time() -> None:
    """Ten minutes: the longest that is taken is ready within the time that it may take."""
    data, before = sounds.sleeping(1 / 6), spent()
    assert abs(seconds_of(cleaning.clean(data)) - 600) < 60
    assert spent() - before < worker.CPU_SECONDS * 600 / worker.LONGEST
    assert held(data) < MOST_HELD


@pytest.mark.parametrize(
    "attempt",
    [
        "open('/etc/hostname')",
        "open('/tmp/voice', 'w')",
        "__import__('socket').socket()",
        "os.fork() or os._exit(0)",
        "bytearray(worker.MEMORY)",
    ],
)
def test_a_decoder_that_is_taken_over_can_do_nothing(attempt: str) -> None:
    """What runs after `give_up_rights` opens no file, no socket and no process, and holds no more than it may."""
    code = f"""
        import os, sys
        sys.path.insert(0, {str(Path(worker.__file__).parent)!r})
        import worker, socket
        worker.loaded()
        worker.give_up_rights()
        try:
            {attempt}
        except (OSError, MemoryError):
            os._exit(7)
    """
    code = textwrap.dedent(code)
    assert subprocess.run([sys.executable, "-I", "-c", code], timeout=60, check=False).returncode == 7


@pytest.mark.parametrize(
    "program", ["while True: sys.stdout.buffer.write(bytes(1 << 20))", "import time; time.sleep(60)", "os.abort()"]
)
def test_a_process_that_goes_wild_is_ended(program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Endless output, no output at all, a crash: each is no sound, soon, and leaves nothing running."""
    wild = tmp_path / "wild.py"
    wild.write_text(f"import os, resource, sys\nresource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n{program}\n")
    monkeypatch.setattr(worker, "__file__", str(wild))
    monkeypatch.setattr(cleaning, "SECONDS", 2)
    with pytest.raises(cleaning.NotSound):
        cleaning.clean(sounds.tone("wav", 1))
    children = subprocess.run(["ps", "--ppid", str(os.getpid())], capture_output=True, text=True)
    assert "wild.py" not in children.stdout


def test_nothing_is_written_beside_the_pipes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    cleaning.clean(sounds.tone("m4a", 1))
    assert list(tmp_path.iterdir()) == []
