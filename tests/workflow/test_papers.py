"""Two typings compared: equal up to spacing is equal, and any changed word is shown."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from declarations.workflow.papers import differences, is_same, pieces, words_of

SPACES = st.text(st.sampled_from(" \t\n\r\u00a0\u2009"), min_size=1, max_size=3)
LETTERS = st.characters(categories=("L", "M", "N", "P"), max_codepoint=0x2FFF)
WORD = st.text(LETTERS, min_size=1, max_size=8)
WORDS = st.lists(WORD, max_size=12)


@st.composite
def spaced(draw: st.DrawFn, words: list[str]) -> str:
    """The words with any spaces between them, and perhaps some around."""
    gaps = [draw(SPACES) for _ in words]
    return draw(st.sampled_from(["", " ", "\n"])) + "".join(w + gap for w, gap in zip(words, gaps, strict=True))


@given(st.data(), WORDS)
def test_texts_that_are_equal_up_to_spacing_are_equal(data: st.DataObject, words: list[str]) -> None:
    one, other = data.draw(spaced(words)), data.draw(spaced(words))
    assert is_same(one, other) and differences({"words": one}, {"words": other}) == {}


@given(WORDS)
def test_an_accent_written_in_two_ways_is_one(words: list[str]) -> None:
    text = " ".join(words)
    assert is_same(unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text))


@given(st.data(), st.lists(WORD, min_size=1, max_size=12), WORD)
def test_any_changed_word_is_shown(data: st.DataObject, words: list[str], put: str) -> None:
    place = data.draw(st.integers(0, len(words) - 1))
    changed = [*words[:place], put, *words[place + 1 :]]
    one, other = data.draw(spaced(words)), data.draw(spaced(changed))
    found = differences({"words": one}, {"words": other})
    if words_of(one) == words_of(other):
        assert not found
        return
    parts = found["words"].pieces
    assert any(part.where == "second" for part in parts) or any(part.where == "first" for part in parts)
    seen = {word for part in parts if part.where for word in part.text.split()}
    assert seen & {*words_of(put), *words_of(words[place])}


@given(WORDS, WORDS)
def test_the_pieces_give_both_texts_back_whole(one: list[str], other: list[str]) -> None:
    first, second = " ".join(one), " ".join(other)
    parts = list(pieces(first, second))
    assert [w for part in parts if part.where != "second" for w in part.text.split()] == words_of(first)
    assert [w for part in parts if part.where != "first" for w in part.text.split()] == words_of(second)
    assert is_same(first, second) == all(not part.where for part in parts)


def test_an_answer_that_only_one_typed_differs() -> None:
    assert set(differences({"quote": "no", "gone": "x"}, {"quote": "no", "new": "y"})) == {"gone", "new"}


def test_a_mark_tells_one_difference_from_another() -> None:
    [one] = differences({"words": "deux jours"}, {"words": "dix jours"}).values()
    [other] = differences({"words": "deux jours"}, {"words": "six jours"}).values()
    [spaced] = differences({"words": "deux  jours"}, {"words": "dix\njours"}).values()
    assert one.mark == spaced.mark != other.mark
