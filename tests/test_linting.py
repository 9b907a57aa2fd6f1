"""M8: what could tell who spoke is pointed at, in Latin and in Arabic letters, and in the digits of any script."""

from __future__ import annotations

import sys
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from declarations.forms.excerpts import CURES, FOUND
from declarations.linting import RULES, Gazetteer, flags, folded, lexicon, ordinary, told

HERE = Gazetteer(
    wide=frozenset({"gao", "menaka", "kidal", "north", "nord", "le nord", "غاو"}),
    facts={"gao": ("region", 1), "je suis berger": ("capacity", 2)},
)


def found(text: str) -> list[tuple[str, str]]:
    return [(flag.rule, flag.words) for flag in flags(text, HERE)]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        # names
        ("On a pris le mil de Fatou.", [("place", "Fatou")]),
        ("Alors Amadou Diallo est parti.", [("name", "Amadou"), ("name", "Diallo")]),
        ("Amadou est parti.", [("name", "Amadou")]),
        ("Zagalassou est parti.", [("name", "Zagalassou")]),
        ("Mon oncle moussa est parti.", [("name", "moussa")]),
        ("My brother Kwasi said it.", [("name", "Kwasi")]),
        ("C'est le fils de Ag Ehya.", [("name", "Ehya")]),
        ("M. Traoré l'a dit.", [("name", "Traoré")]),
        ("أخي محمد رحل", [("name", "محمد")]),
        ("ذهب السيد تندينا", [("name", "تندينا")]),
        ("قال ولد بوسيف", [("name", "بوسيف")]),
        # offices
        ("Le préfet m’a donné un papier.", [("title", "préfet")]),
        ("On m’appelle chef.", [("title", "chef")]),
        ("Alors l’Imam a parlé.", [("title", "Imam")]),
        ("قال رئيس القرية", [("title", "رئيس")]),
        # places smaller than a region
        ("Nous vivions à Sokolo.", [("place", "Sokolo")]),
        ("le village de Dana", [("place", "village de Dana")]),
        ("dans le cercle d’Ansongo", [("place", "cercle d’Ansongo")]),
        ("we came from ansongo", [("place", "ansongo")]),
        ("في قرية تندرما", [("place", "قرية تندرما")]),
        ("On ferme les puits sans le dire.", []),
        ("on vient de diré", [("place", "diré")]),
        ("DIRE est loin", [("place", "DIRE")]),
        ("Nous vivions à Gao, au Nord.", []),
        ("في غاو", []),
        # telephones, as written and as spoken
        ("Mon numéro : 76 12 40 03", [("telephone", "76 12 40 03")]),
        ("+223-76.12.40.03", [("telephone", "223-76.12.40.03")]),
        ("C’est le soixante-seize, douze, zéro trois.", [("telephone", "soixante-seize, douze, zéro trois")]),
        ("call seven six one two four", [("telephone", "seven six one two four")]),
        ("رقمي ٧٦١٢٤٠٠٣", [("telephone", "٧٦١٢٤٠٠٣")]),
        ("ستة سبعة واحد اثنان", [("telephone", "ستة سبعة واحد اثنان")]),
        # ages
        ("J’ai 34 ans.", [("age", "34 ans")]),
        ("J’ai trente-quatre ans.", [("age", "trente-quatre ans")]),
        ("a boy of nine years", [("age", "nine years")]),
        ("عمري ٢٠ سنة", [("age", "٢٠ سنة")]),
        # dates
        ("En avril, les mares sont sèches.", [("date", "avril")]),
        ("C’était en 2012.", [("date", "2012")]),
        ("le 3 mars", [("date", "3"), ("date", "mars")]),
        ("On marche vers l’ouest.", []),
        ("You may go.", []),
        ("في أغسطس", [("date", "أغسطس")]),
        # other numbers
        ("Nous étions 14.", [("number", "14")]),
        ("la 2e maison", [("number", "2")]),
        # nothing
        ("Personne n’a dit pourquoi. Nous avons marché.", []),
        ("[.] nous avons marché deux jours", []),
        ("L’État est loin, et Dieu aussi.", []),
        ("Nous avons quitté le Mali pour le Burkina Faso, au Niger aussi.", []),
        ("I think that I'm tired.", []),
        ("أغلقوا البئر", []),
    ],
)  # fmt: skip
def test_what_is_pointed_at(text: str, what: list[tuple[str, str]]) -> None:
    assert found(text) == what


DIGITS = [chr(c) for c in range(sys.maxunicode + 1) if unicodedata.category(chr(c)) in ("Nd", "Nl", "No")]
LETTERS = st.text(st.sampled_from("abé ’'-.,;:\n()اب ɛɔ«»"), max_size=12)


BETWEEN = st.sampled_from(["", " ", ".", "-", "\u00a0", "/", ", "])


@given(LETTERS, st.lists(st.tuples(st.sampled_from(DIGITS), BETWEEN), min_size=1, max_size=12), LETTERS)
@example("", [("٧", " "), ("6", "-"), ("੧", "")], "")
def test_every_digit_of_every_script_is_pointed_at(before: str, number: list[tuple[str, str]], after: str) -> None:
    text = before + "".join(digit + between for digit, between in number) + after
    covered = {position for flag in flags(text, HERE) for position in range(flag.start, flag.end)}
    assert {n for n, character in enumerate(text) if character in DIGITS} <= covered


@given(st.lists(st.sampled_from(DIGITS), min_size=6, max_size=12), st.lists(BETWEEN, min_size=12, max_size=12))
def test_six_digits_however_grouped_are_a_telephone(digits: list[str], between: list[str]) -> None:
    text = "".join(digit + space for digit, space in zip(digits, between, strict=False)).rstrip(" .-\u00a0/,")
    assert [flag.rule for flag in flags(f"appelez {text}", HERE)] == ["telephone"]


@given(st.text(max_size=80))
def test_flags_lie_in_the_text_in_order_and_apart(text: str) -> None:
    end = 0
    for flag in flags(text, HERE):
        assert end <= flag.start < flag.end <= len(text)
        assert text[flag.start : flag.end] == flag.words and flag.rule in RULES
        end = flag.end


@given(st.sampled_from(sorted(lexicon.NAMES)), st.sampled_from(["Alors {} est parti", "{} est parti", "avec {}"]))
def test_a_common_name_in_capitals_is_pointed_at_wherever_it_stands(name: str, sentence: str) -> None:
    assert name.title() in [flag.words for flag in flags(sentence.format(name.title()), HERE)]


@pytest.mark.parametrize("piece", ["1 a ", "deux chats ", "Awa ", "٣ ب ", "« ", "a", "ߞߋ ߁ ", "ⴰⴱ. "])
def test_minutes_of_many_pages_are_read_at_once(piece: str) -> None:
    """Twenty thousand characters are as much as may be typed; the time grows with them, and not with their square."""
    begun = time.process_time()
    flags(piece * (20_000 // len(piece)), HERE)
    assert time.process_time() - begun < 4


def test_the_same_words_are_known_again_wherever_they_stand() -> None:
    one, other = flags("avec Fatou", HERE)[0], flags("On est parti avec FATOU", HERE)[0]
    assert one.key == other.key == "name:fatou"


def test_what_a_sentence_tells_of_its_speaker() -> None:
    text = "Je suis berger à Gao, et mes belles-filles aussi"
    assert [(flag.words, fact) for flag, fact in told(text, HERE)] == [
        ("Je suis berger", ("capacity", 2)),
        ("Gao", ("region", 1)),
        ("belles-filles", ("age", "elder")),
    ]


def test_the_lists_are_folded() -> None:
    lists = [value for value in vars(lexicon).values() if isinstance(value, frozenset)]
    assert len(lists) > 10 and all(folded(word) == word for words in lists for word in words)


# Writings without capitals


@pytest.mark.parametrize(
    ("text", "what"),
    [
        # N'Ko: names with and without the vowels that may be left out, towns, telephones, ages
        ("ߡߊ߬ߡߊߘߎ߫ ߣߊ߬ߘߊ", [("name", "ߡߊ߬ߡߊߘߎ߫"), ("script", "ߣߊ߬ߘߊ")]),
        ("ߡߡߊߘߎ߫ ߣߊ߬ߘߊ", [("name", "ߡߡߊߘߎ߫"), ("script", "ߣߊ߬ߘߊ")]),
        ("ߝߊ߬ߕߎߡߕߊ ߕߙߊߥߟߋ", [("name", "ߝߊ߬ߕߎߡߕߊ"), ("name", "ߕߙߊߥߟߋ")]),
        ("ߞߎߟߌߓߊߟߌ", [("name", "ߞߎߟߌߓߊߟߌ")]),
        ("ߖߍ߬ߣߍ", [("place", "ߖߍ߬ߣߍ")]),
        ("߇߆ ߁߂ ߄߀ ߀߃", [("telephone", "߇߆ ߁߂ ߄߀ ߀߃")]),
        ("ߛߊ߲߬ ߃߄", [("script", "ߛߊ߲߬"), ("age", "߃߄")]),
        # Tifinagh: a name with its vowels, one with consonants alone, a son of somebody, a town, an age
        ("ⴰⵎⴰⴷⵓ ⵉⴷⴷⴰ", [("name", "ⴰⵎⴰⴷⵓ"), ("script", "ⵉⴷⴷⴰ")]),
        ("ⵎⵀⵎⴷ ⵉⴳⵍⴰ", [("name", "ⵎⵀⵎⴷ"), ("script", "ⵉⴳⵍⴰ")]),
        ("ⴰⴳ ⵉⵀⵢⴰ", [("script", "ⴰⴳ"), ("name", "ⵉⵀⵢⴰ")]),
        ("ⵜⵙⵍⵜ", [("place", "ⵜⵙⵍⵜ")]),
        ("20 ⵉⵡⵜⵢⴰⵏ", [("age", "20 ⵉⵡⵜⵢⴰⵏ")]),
        # beside others, and sentence by sentence
        ("Fatou ni ߡߎߛߊ.", [("name", "Fatou"), ("name", "ߡߎߛߊ")]),
        ("ߊ߬ ߕߊ߯ߘߊ߫. ߒ ߕߍ߫", [("script", "ߊ߬ ߕߊ߯ߘߊ߫"), ("script", "ߒ ߕߍ߫")]),
        # what nobody taught it
        ("我们走了", [("script", "我们走了")]),
        # Arabic with its vowels is Arabic still, and so are its other letters
        ("مُحَمَّد رَحَلَ", [("name", "مُحَمَّد")]),
        ("في قَرْيَةِ تِنْدِرْمَا", [("place", "قَرْيَةِ تِنْدِرْمَا")]),
        ("ڢيلو ࢮ", []),
        ("Mɔgɔw ma ŋana ye", []),
    ],
)  # fmt: skip
def test_writings_without_capitals(text: str, what: list[tuple[str, str]]) -> None:
    assert found(text) == what


OTHERS = "".join(chr(c) for c in (*range(0x07CA, 0x07EB), *range(0x2D30, 0x2D68), *range(0x1200, 0x1240), 0x4E00))


@given(st.text(st.sampled_from(OTHERS + " ,.1ߴ߫aé\n"), max_size=60))
@example("ߒ 1 ߒ. ⴰ")
def test_no_letter_without_rules_is_passed_over(text: str) -> None:
    """Whatever stands in them is pointed at: as a name or a place, or as what was not searched."""
    covered = {position for flag in flags(text, HERE) for position in range(flag.start, flag.end)}
    assert {n for n, c in enumerate(text) if c in OTHERS and unicodedata.category(c) == "Lo"} <= covered


def test_what_was_not_searched_is_said_and_answered_like_everything_else() -> None:
    assert set(FOUND) == set(CURES) == set(RULES)


# At the beginning of a sentence


@pytest.mark.parametrize(
    "text",
    [
        *("Doublon du formulaire déjà saisi", "Perdue.", "Perdues par la pluie", "Illisible : l’encre a coulé"),
        *("Voté article par article. Relu deux fois.", "Clair.", "Bien-être des enfants", "« Fusion demandée »"),
        *("Duplicate of another form", "Torn by the rain. Typed again.", "Wording is clearer"),
        *("Mɔgɔw ma sɔn", "N ye min fɔ", "K’a sababu kɛ", "Denmisɛnw bɛ baara ɲini", "Baara tɛ yen"),
        *("Yimɓe ngarii", "Ɓe njahii", "Ndiyam alaa", "Sukaaɓe fof"),
        *("تكرار الاستمارة", "الورقة ممزقة"),
    ],
)
def test_an_ordinary_word_that_begins_a_sentence_is_no_name(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "who"),
    [
        *(("Amadou a demandé", "Amadou"), ("Perdue. Zagalassou le sait.", "Zagalassou"), ("Marie a dit oui", "Marie")),
        *(
            ("Pierre demande", "Pierre"),
            ("Sow est venu", "Sow"),
            ("Konaté l’a dit", "Konaté"),
            ("Kwame said so", "Kwame"),
        ),
        *(("Awa taara", "Awa"), ("Sira ma sɔn", "Sira"), ("Sow taara", "Sow"), ("Ngolo ye a fɔ", "Ngolo")),
        *(("Samba yahii", "Samba"), ("Demmbayel ari", "Demmbayel"), ("Vieux-Sinaba est parti", "Vieux-Sinaba")),
        *(("محمد طلب ذلك", "محمد"), ("Ce doublon : Perdue, dit-elle", "Perdue")),
    ],
)
def test_a_name_that_begins_a_sentence_is_still_pointed_at(text: str, who: str) -> None:
    """Also a word that is a name elsewhere; and an ordinary word in capitals inside a sentence, which is none there."""
    assert ("name", who) in found(text)


@given(st.sampled_from(sorted(ordinary.ORDINARY)), st.sampled_from(["{}", "{} de trop.", "Oui. {} ici", "« {} »"]))
def test_no_ordinary_word_is_taken_for_a_name_where_a_sentence_begins(word: str, sentence: str) -> None:
    text = sentence.format(word.capitalize())
    assert [flag.words for flag in flags(text, HERE) if flag.rule == "name"] == []


@pytest.mark.parametrize("sentence", ["{}", "{} est parti.", "Oui. {} ici"])
def test_an_ordinary_word_by_which_people_are_called_is_pointed_at(sentence: str) -> None:
    missed = {word for word in ordinary.ALSO_NAMES if not flags(sentence.format(word.capitalize()), HERE)}
    assert missed == set()


def test_no_name_and_no_place_is_held_for_an_ordinary_word() -> None:
    assert len(ordinary.ORDINARY) > 4000
    taken = ordinary.ALSO_NAMES | lexicon.NAMES | lexicon.SMALL_PLACES | lexicon.PATRONYMICS
    assert ordinary.ORDINARY & taken == set()
    # A word is looked for without the s of a plural, too: no name may be found that way.
    assert {
        word for word in taken if word.removesuffix("s") in ordinary.ORDINARY and word not in lexicon.NAMES
    } == set()
