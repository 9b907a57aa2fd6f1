"""The catalogues speak French and Arabic everywhere, and say no less."""

import re

import polib
import pytest

from forum import catalogues

# <bdi> is for Arabic alone: it keeps a figure that stands in a sentence from being read backwards.
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}|</?(?!bdi\b)\w[^>]*>")
PLAIN_SPACE = re.compile(r" [:;?!»](?!\w)|« ")

SOURCES = sorted(catalogues.LOCALE.glob("*/LC_MESSAGES/*.po"))
BY_LANGUAGE = {po.parts[-3]: polib.pofile(str(po)) for po in SOURCES}


def words(entry):
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def said(language):
    return [(entry, text) for entry in BY_LANGUAGE[language] for text in words(entry) if text]


def missing(language):
    return [entry.msgid for entry in BY_LANGUAGE[language] if not all(words(entry))]


def test_there_is_french_and_arabic():
    assert sorted(BY_LANGUAGE) == ["ar", "fr"]


@pytest.mark.parametrize("po", SOURCES, ids=lambda po: po.parts[-3])
def test_the_compiled_catalogue_says_what_its_source_says(po):
    assert catalogues.compiled(po)


@pytest.mark.parametrize("language", BY_LANGUAGE)
def test_nothing_is_guessed_or_left_over(language):
    catalogue = BY_LANGUAGE[language]
    assert not catalogue.fuzzy_entries()
    assert not catalogue.obsolete_entries()
    assert "POT-Creation-Date" not in catalogue.metadata


@pytest.mark.parametrize("language", BY_LANGUAGE)
def test_nothing_is_missing(language):
    assert missing(language) == []


@pytest.mark.parametrize("language", BY_LANGUAGE)
def test_every_placeholder_stands_on_both_sides(language):
    wrong = []
    for entry in BY_LANGUAGE[language]:
        if entry.msgid_plural:
            *fewer, most = words(entry)
            asked = sorted(PLACEHOLDER.findall(entry.msgid_plural))
            right = not most or sorted(PLACEHOLDER.findall(most)) == asked
            right = right and all(set(PLACEHOLDER.findall(text)) <= set(asked) for text in fewer)
        else:
            right = not entry.msgstr or sorted(PLACEHOLDER.findall(entry.msgstr)) == sorted(
                PLACEHOLDER.findall(entry.msgid)
            )
        if not right:
            wrong.append(entry.msgid)
    assert not wrong


@pytest.mark.parametrize("language", BY_LANGUAGE)
def test_lines_begin_and_end_alike(language):
    def ends(text):
        return text[:1] == "\n", text[-1:] == "\n"

    assert not [entry.msgid for entry, text in said(language) if ends(entry.msgid) != ends(text)]


@pytest.mark.parametrize("language", BY_LANGUAGE)
def test_nothing_is_exclaimed(language):
    assert not [text for _, text in said(language) if "!" in text]


def test_french_marks_keep_to_their_words():
    assert not [text for _, text in said("fr") if PLAIN_SPACE.search(text)]


def test_french_apostrophes_are_round():
    assert not [text for _, text in said("fr") if re.search(r"\w'\w", text)]


def test_arabic_marks_are_arabic():
    assert not [text for _, text in said("ar") if re.search(r"[ء-ي][?,;]", text)]
