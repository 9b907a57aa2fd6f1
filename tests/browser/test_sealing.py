"""What a browser seals is what the server would have sealed, byte for byte: the shared vectors (M1, M5)."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from playwright.sync_api import Browser, Page

from declarations import sealing
from declarations.sealing import Header
from declarations.workflow.testimonies import checked_words

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "sealing.json").read_text())
PUBLISHED = json.loads((Path(__file__).parents[1] / "vectors" / "published.json").read_text())
# Lets the next random bytes be the given ones.
DRAW = "drawn => { const left = [...drawn]; sealing.random = () => sealing.fromHex(left.shift()); }"


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    """A blank page with the two scripts, and no network."""
    context = chromium.new_context(offline=True)
    page = context.new_page()
    for name in ("js/vendor/tweetnacl-1.0.3.min.js", "js/sealing.js"):
        page.add_script_tag(path=finders.find(name))
    yield page
    context.close()


def draw(page: Page, *drawn: str) -> None:
    page.evaluate(DRAW, list(drawn))


@pytest.fixture(autouse=True)
def drawn_anew(page: Page) -> Iterator[None]:
    yield
    page.evaluate("sealing.random = size => nacl.randomBytes(size)")


@pytest.mark.parametrize("vector", VECTORS["envelopes"], ids=lambda v: v["name"])
def test_envelopes(page: Page, vector: dict[str, Any]) -> None:
    draw(page, vector["nonce"])
    sealed = page.evaluate(
        """({text, times, key, header: h}) => sealing.hex(sealing.seal(
            sealing.joined(new TextEncoder().encode(text.repeat(times ?? 1))),
            sealing.fromHex(key), sealing.header(h.table, h.row, h.field, h.version)))""",
        vector,
    )
    assert len(sealed) == 2 * vector["length"]
    assert hashlib.sha256(bytes.fromhex(sealed)).hexdigest() == vector["sha256"]
    assert sealed == vector.get("envelope", sealed)


def test_a_key_is_sealed_as_libsodium_seals_it(page: Page) -> None:
    v = VECTORS["sealed_key_made"]
    draw(page, v["passing"])
    seal = "v => sealing.hex(sealing.sealTo(sealing.fromHex(v.public), sealing.fromHex(v.data)))"
    assert page.evaluate(seal, v) == v["sealed"]


def test_a_parcel(page: Page) -> None:
    v = VECTORS["parcel"]
    draw(page, *v["drawn"])
    sealed = page.evaluate(
        """v => sealing.hex(sealing.sealParcel(sealing.fromHex(v.intake), v.forum, v.answers,
            Object.fromEntries(Object.entries(v.parts).map(([name, part]) => [name, sealing.fromHex(part)]))))""",
        v,
    )
    assert sealed == v["sealed"]


def test_an_acknowledgement(page: Page) -> None:
    v = VECTORS["acknowledgement"]
    assert page.evaluate("v => sealing.acknowledgement(sealing.fromHex(v.key), v.said)", v) == v["proof"]


@pytest.mark.parametrize("vector", VECTORS["receipts"], ids=lambda v: v["receipt"])
def test_receipts(page: Page, vector: dict[str, Any]) -> None:
    """Each number is drawn fairly: what is left over above a multiple is drawn again."""
    draw(page, *vector["drawn"])
    assert page.evaluate("sealing.receipt()") == vector["receipt"]
    assert sealing.normalise_receipt(vector["receipt"]) == vector["receipt"]
    assert page.evaluate("r => sealing.inPairs(r)", vector["receipt"]) == sealing.format_receipt(vector["receipt"])


def test_serials_and_codes_are_read_as_on_the_server(page: Page) -> None:
    """Whole, with a slip at each place, in Arabic and N'Ko digits, with spaces: the same answer on both sides."""
    made = [
        (name, make()) for name, make in (("serial", sealing.new_serial), ("code", sealing.new_code)) for _ in "12345"
    ]
    typed = [(name, text) for name, text in made]
    for name, text in made:
        typed += [(name, text[:at] + "7" + text[at + 1 :]) for at in range(len(text))]
        typed += [(name, f" {text[:3]} \u200f{text[3:]}."), (name, text.lower()), (name, text[1:]), (name, text + "0")]
        for zero in "\u0660\u07c0\u06f0\uff10":
            tens = {ord(str(n)): chr(ord(zero) + n) for n in range(10)}
            typed.append((name, text.translate(tens)))
    typed += [("code", text.replace("0", "o").replace("1", "l")) for name, text in made if name == "code"]
    read = {"serial": sealing.normalise_serial, "code": sealing.normalise_code}
    for name, text in typed:
        try:
            expected = read[name](text)
        except ValueError:
            expected = ""
        assert page.evaluate("([name, text]) => sealing[name](text)", [name, text]) == expected, (name, text)


def test_identifiers(page: Page) -> None:
    draw(page, VECTORS["uuid"]["drawn"])
    assert page.evaluate("sealing.uuid()") == VECTORS["uuid"]["uuid"]


@pytest.mark.parametrize("vector", VECTORS["words"], ids=lambda v: ascii(v["typed"]))
def test_words_are_tidied_and_refused_as_on_the_server(page: Page, vector: dict[str, str]) -> None:
    tidied = page.evaluate("typed => sealing.tidy(typed)", vector["typed"])
    assert tidied == vector["tidy"]
    assert page.evaluate("words => sealing.faultIn(words, 20000)", tidied) == vector["fault"]
    if vector["fault"]:
        with pytest.raises(ValidationError):
            checked_words(vector["typed"])
    else:
        assert checked_words(vector["typed"]) == vector["tidy"]


def test_every_character_is_judged_as_on_the_server(page: Page) -> None:
    """All of the first plane, between two letters, and words of just the longest length and one more."""
    fine = page.evaluate(
        """() => Array.from({length: 0xffff}, (_, code) => String.fromCharCode(code))
            .map(one => sealing.faultIn(`a${one}b`, 20000) === "" ? 1 : 0).join("")"""
    )
    for code in range(0xFFFF):
        words = f"a{chr(code)}b"
        if code == 0x0D:
            continue  # becomes a line feed before it is judged
        try:
            checked_words(words)
        except ValidationError:
            assert fine[code] == "0", hex(code)
        else:
            assert fine[code] == "1", hex(code)
    assert page.evaluate("sealing.faultIn('🐫'.repeat(20000), 20000)") == ""
    assert page.evaluate("sealing.faultIn('🐫'.repeat(20001), 20000)") == "long"


def test_blake2b(page: Page) -> None:
    hashed = "v => sealing.hex(sealing.blake2b(sealing.fromHex(v.data), v.size, sealing.fromHex(v.key)))"
    for name in ("blake2b", "blake2b_keyed"):
        v = PUBLISHED[name]
        assert page.evaluate(hashed, {"data": v["data"], "key": v.get("key", ""), "size": 64}) == v["output"], name
    for length in (0, 1, 64, 127, 128, 129, 255, 256, 257, 1000):
        data, key = secrets.token_bytes(length), secrets.token_bytes(32)
        for size in (24, 32, 64):
            for with_key in (b"", key):
                found = page.evaluate(hashed, {"data": data.hex(), "key": with_key.hex(), "size": size})
                assert found == hashlib.blake2b(data, digest_size=size, key=with_key).hexdigest(), (length, size)


def test_what_the_browser_seals_opens_on_the_server(page: Page) -> None:
    pair, key = sealing.new_pair(), sealing.new_key()
    made = page.evaluate(
        """([pub, key]) => ({
            key: sealing.hex(sealing.sealTo(sealing.fromHex(pub), sealing.fromHex(key))),
            words: sealing.hex(sealing.seal(
                "بئر و ماء", sealing.fromHex(key), sealing.header("testimony", "1", "words/ar"))),
            parcel: sealing.hex(sealing.sealParcel(sealing.fromHex(pub), "paix", "{}", {key: sealing.fromHex(key)})),
        })""",
        [pair.public.hex(), key.hex()],
    )
    assert sealing.open_from(pair.private, bytes.fromhex(made["key"])) == key
    assert sealing.open_text(bytes.fromhex(made["words"]), key, Header("testimony", "1", "words/ar")) == "بئر و ماء"
    assert sealing.open_parcel(pair.private, "paix", bytes.fromhex(made["parcel"])).parts == {"key": key}
