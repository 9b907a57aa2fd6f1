"""The snapshot: its bytes, its three layers, and what it refuses."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from declarations.publishing.checks import is_unshowable
from declarations.publishing.snapshot import (
    LAYERS,
    ClauseFigures,
    FindingText,
    ForumFigures,
    Snapshot,
    UnfitSnapshot,
    canonical_bytes,
    control_code,
    from_bytes,
    settled,
    to_bytes,
    voice_commitment,
    words_digest,
)

from .factory import first_edition, second_edition, with_clause

texts = st.text(min_size=1).filter(lambda text: text.strip() and not any(map(is_unshowable, text)))
bands = st.none() | st.integers(0, 10_000) | st.integers(0, 500).map("{}+".format) | st.just("<10")


def digests(snapshot: Snapshot) -> dict[str, str]:
    return {"text": snapshot.text_digest, "figures": snapshot.figures_digest, "voices": snapshot.voices_digest}


def moved(one: Snapshot, other: Snapshot) -> set[str]:
    """Which layers differ."""
    return {layer for layer in LAYERS if digests(one)[layer] != digests(other)[layer]}


@pytest.mark.parametrize("snapshot", [first_edition(), second_edition()], ids=["first", "second"])
def test_a_snapshot_comes_back_from_its_bytes(snapshot):
    assert from_bytes(to_bytes(snapshot)) == snapshot
    assert to_bytes(from_bytes(to_bytes(snapshot))) == to_bytes(snapshot)


@settings(max_examples=60, deadline=None)
@given(words=texts, title=texts, band=bands, regions=st.none() | st.integers(0, 20))
def test_any_text_and_figure_come_back_and_the_bytes_are_canonical(words, title, band, regions):
    figures = ClauseFigures(band, regions, 20, None)
    snapshot = with_clause(first_edition(title={"fr": title}), "c-7f3a", text={"fr": words}, figures=figures)
    data = to_bytes(snapshot)
    assert settled(from_bytes(data)) == from_bytes(data)
    assert to_bytes(from_bytes(data)) == data
    text = data.decode("utf-8")
    assert unicodedata.normalize("NFC", text) == text
    assert json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False, separators=(",", ":")) == text


def test_composed_and_decomposed_letters_give_the_same_digest():
    composed = with_clause(first_edition(), "c-7f3a", text={"fr": "Ségou, où l’on écoute"})
    decomposed = with_clause(
        first_edition(), "c-7f3a", text={"fr": unicodedata.normalize("NFD", "Ségou, où l’on écoute")}
    )
    assert composed.digest() == decomposed.digest()
    assert settled(decomposed) == composed


def test_changing_a_layer_moves_that_layer_and_the_whole_and_nothing_else():
    before = first_edition()
    word = with_clause(before, "c-7f3a", text={"fr": "Demandons autre chose."})
    band = with_clause(before, "c-7f3a", figures=ClauseFigures("40+", 9, 20, 6))
    room = first_edition(figures=ForumFigures(participants="160+"))
    voice = first_edition(voices=(voice_commitment("le puits", b"another salt of sixteen"),))
    assert moved(before, word) == {"text"}
    assert moved(before, band) == moved(before, room) == {"figures"}
    assert moved(before, voice) == {"voices"}
    # A finding that falls below the minimum between proof and publication is no change of the text.
    fallen = first_edition(findings=before.findings[:1])
    assert moved(before, fallen) == {"figures"}
    assert len({each.digest() for each in (before, word, band, room, voice, fallen)}) == 6


def test_everything_that_is_said_stands_in_a_layer():
    snapshot = second_edition()
    layers = [json.loads(canonical_bytes(snapshot, layer))[layer] for layer in LAYERS]
    whole = json.loads(to_bytes(snapshot))
    assert set(whole) - set(layers[0]) == {"figures", "findings", "voices", "schema"}
    assert layers[1]["forum"] == whole["figures"]
    assert layers[1]["findings"] == whole["findings"]
    assert layers[2] == whole["voices"]


def test_a_digest_is_the_sha256_of_the_layer():
    snapshot = first_edition()
    assert snapshot.text_digest == hashlib.sha256(canonical_bytes(snapshot, "text")).hexdigest()


def test_voices_say_nothing_by_their_order():
    voices = first_edition().voices
    assert first_edition(voices=voices[::-1]).voices_digest == first_edition().voices_digest


def test_adding_a_translation_leaves_the_digest_of_the_authentic_words():
    first, second = first_edition(), second_edition()
    assert first.text_digest != second.text_digest
    assert words_digest(first.title, first.sections, "fr") == words_digest(second.title, second.sections, "fr")
    reworded = with_clause(second, "c-7f3a", text={"fr": "Demandons autre chose."})
    assert words_digest(second.title, second.sections, "fr") != words_digest(second.title, reworded.sections, "fr")


BARE = {"sections": (), "figures": ForumFigures(), "findings": (), "voices": (), "changes": ()}


@pytest.mark.parametrize(
    ("schema", "digest"),
    [
        (1, "3b6ffd3926f560e27651b27fcc043710a689dd7c2d1e9246a040b3098ee0ce2b"),
        (2, "c5ff337b8a69c75ab1b8412f22c3fb45fa515f03891387812286b9238229fa0d"),
    ],
)
def test_the_digest_never_moves_with_a_release(schema, digest):
    """Editions that were published must verify for ever: if this fails, a new schema is due."""
    assert replace(first_edition(), **BARE, schema=schema).digest() == digest


def test_an_edition_of_the_first_schema_keeps_its_bytes():
    first = first_edition(findings=(), schema=1)
    raw = json.loads(to_bytes(first))
    assert raw["schema"] == 1 and "findings" not in raw
    assert from_bytes(to_bytes(first)) == first and to_bytes(from_bytes(to_bytes(first))) == to_bytes(first)
    assert "findings" not in json.loads(canonical_bytes(first, "figures"))["figures"]
    with pytest.raises(UnfitSnapshot, match="first schema"):
        to_bytes(first_edition(schema=1))


@pytest.mark.parametrize(
    "finding",
    [FindingText(2, {"fr": " "}), FindingText(2, {"fr": "x"}, ClauseFigures("about ten")), FindingText(5, {"fr": "x"})],
)
def test_a_finding_has_words_a_number_of_its_own_and_bands(finding):
    with pytest.raises(UnfitSnapshot):
        to_bytes(first_edition(findings=(finding, FindingText(5, {"fr": "y"}))))


@pytest.mark.parametrize(
    ("digest", "code"),
    [
        ("0" * 64, "0000-0000-0000-0000"),
        ("f" * 64, "ZZZZ-ZZZZ-ZZZZ-ZZZZ"),
        ("0123456789abcdef0123" + "0" * 44, "04HM-ASW9-NF6Y-Y093"),
    ],
)
def test_the_control_code_is_the_head_of_the_digest_in_letters_nobody_confuses(digest, code):
    assert control_code(digest) == code


def test_a_commitment_hides_its_words_without_the_salt():
    one, other = voice_commitment("le puits", b"a" * 16), voice_commitment("le puits", b"b" * 16)
    assert one != other and len(one) == 64
    assert one == voice_commitment("le puits", b"a" * 16)
    with pytest.raises(ValueError, match="16 bytes"):
        voice_commitment("le puits", b"short")


@pytest.mark.parametrize(
    "text",
    ["zéro\x00", "bip\x07", "\ud800", "\u202eenvers", "\u2066isolé", "retour\r\n", "\ufffe", "suite\x85"],
)
def test_signs_that_cannot_be_shown_are_refused_with_their_place(text):
    snapshot = with_clause(first_edition(), "c-7f3a", text={"fr": text})
    with pytest.raises(UnfitSnapshot, match=r"c-7f3a.*U\+"):
        to_bytes(snapshot)
    with pytest.raises(UnfitSnapshot):
        snapshot.digest()


def test_joiners_of_arabic_and_nko_are_kept():
    to_bytes(with_clause(first_edition(), "c-7f3a", text={"fr": "a\u200cb\u200dc\u200e\t\n"}))


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "draft"},
        {"authentic": ()},
        {"authentic": ("ar",)},
        {"languages": ("fr", "../../etc")},
        {"published_on": "14 novembre"},
        {"published_on": "2026-13-01"},
        {"voices": ("Quand le puits est fermé",)},
        {"figures": ForumFigures(participants="about thirty")},
    ],
    ids=str,
)
def test_a_snapshot_that_contradicts_itself_is_refused(changes):
    with pytest.raises(UnfitSnapshot):
        to_bytes(first_edition(**changes))


def test_identifiers_are_unique_and_safe_in_an_address():
    for identifier in ("c-19be", "a b", "", '"><script>'):
        with pytest.raises(UnfitSnapshot, match="identifier"):
            to_bytes(with_clause(first_edition(), "c-7f3a", identifier=identifier))


def test_a_clause_has_words_in_an_authentic_language():
    with pytest.raises(UnfitSnapshot, match="c-7f3a"):
        to_bytes(with_clause(first_edition(), "c-7f3a", text={"en": "Only English."}))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b"null",
        b'{"schema": 3}',
        b'{"schema": 2}',
        b'{"schema": 1, "number": 1}',
        b"[" * 100_000,
    ],
)
def test_bytes_that_are_no_snapshot_are_refused(data):
    with pytest.raises(UnfitSnapshot):
        from_bytes(data)


@pytest.mark.parametrize(("field", "value"), [("number", "1"), ("number", True), ("languages", "fr"), ("title", [1])])
def test_a_field_of_another_shape_is_refused(field, value):
    raw = json.loads(to_bytes(first_edition()))
    raw[field] = value
    with pytest.raises(UnfitSnapshot):
        from_bytes(json.dumps(raw).encode())


def test_signs_that_cannot_be_shown_are_those_that_unicode_says():
    def as_said(code):
        sign = chr(code)
        control = unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t"
        turns = 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069
        return control or turns or 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE

    assert [code for code in range(0x110000) if is_unshowable(chr(code)) != as_said(code)] == []
