"""Search over what is public: the same on every database, whatever is typed."""

import pytest
from django.utils.safestring import SafeString
from hypothesis import given, settings
from hypothesis import strategies as st

from declarations.models import (
    ClauseWording,
    Excerpt,
    Finding,
    FindingWording,
    Recommendation,
    RecommendationWording,
    Testimony,
)
from declarations.search import KINDS, fold, folded, marked, search, words_of
from declarations.search.marking import part_holding

from . import factories
from .test_counting import a_finding, a_recommendation, some_testimonies
from .test_tracing import a_quote

pytestmark = pytest.mark.django_db

HOSTILE = ['"', "'", "%", "_", "\\", "*", "(", "a AND", "' OR 1=1 --", '"unclosed', "\x00", "\ud800", "(?", "[", "🙂"]


def worded(forum, text="Le puits fermé de Ségou", language="fr", state=Finding.State.PUBLISHED):
    finding = a_finding(forum, [], state=state)
    FindingWording.objects.create(finding=finding, language=language, text=text)
    return finding


class WhenTextsAreFolded:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Ménaka", "MENAKA"),
            ("Bɛɛ ka kan, ɲɔgɔn, ŋa", "bee ka kan, nogon, na"),
            ("ɓernde ɗaɓɓere ƴiiƴam", "bernde dabbere yiiyam"),
            ("cœur", "coeur"),
            ("l’eau", "l'eau"),
            ("السَّلَامُ", "السلام"),
            ("أمن إعلان آمن", "امن اعلان امن"),
            ("مدرسة", "مدرسه"),
            ("e\u0301cole", "école"),
            ("كـــلمة", "كلمة"),
            ("pu\u00adits", "puits"),
        ],
    )
    def test_what_sounds_alike_is_alike(self, one, other):
        assert fold(one) == fold(other)

    def test_a_query_is_words_and_nothing_else(self):
        assert words_of("L’eau du_puits; DROP 'puits'") == ["eau", "du", "puits", "drop"]
        assert words_of("!?%") == []
        assert len(words_of(" ".join(f"mot{n}" for n in range(50)))) == 8


class WhenOneTextIsLookedThrough:
    def test_every_word_must_be_held(self):
        text = "On ferme les puits après les récoltes."
        assert part_holding(text, words_of("recoltes PUITS")) == marked(folded(text), words_of("recoltes PUITS"))
        assert part_holding(text, words_of("puits chameau")) is None

    def test_no_words_are_held_by_no_text(self):
        assert part_holding("On ferme les puits", []) is None


class WhenSomebodySearches:
    def test_every_kind_is_found_by_folded_words(self):
        forum = factories.a_forum()
        finding = worded(forum)
        told = some_testimonies(forum, 1, may_quote=True)
        quote = a_quote(finding, told[0], "Le puits était fermé à Ségou.")
        recommendation = a_recommendation(forum)
        RecommendationWording.objects.create(
            recommendation=recommendation, language="fr", text="À Ségou, ne fermer aucun puits."
        )
        factories.an_edition(forum)
        found = search("SEGOU puits", "fr", forum)
        assert [hit.row for hit in found["finding"]] == [finding]
        assert [hit.row for hit in found["recommendation"]] == [recommendation]
        assert [hit.row for hit in found["quote"]] == [quote]
        assert [hit.row.number for hit in search("aucun puits", "fr", forum)["clause"]] == [2]

    def test_every_word_must_be_there(self):
        forum = factories.a_forum()
        worded(forum)
        assert search("puits", "fr", forum)["finding"] and not search("puits école", "fr", forum)["finding"]

    def test_what_is_not_public_is_not_found(self):
        forum, other = factories.a_forum(), factories.a_forum("other")
        worded(forum, "Le fleuve", state=Finding.State.AGREED)
        worded(other, "Le fleuve")
        published = worded(forum, "Rien")
        told = some_testimonies(forum, 3, may_quote=True)
        a_quote(published, told[0], "Le fleuve", state=Excerpt.State.CLEARED)
        a_quote(published, told[1], "Le fleuve")
        Testimony.objects.filter(pk=told[1].pk).update(state=Testimony.State.WITHDRAWN)
        draft = a_recommendation(forum, state=Recommendation.State.IN_REVIEW)
        RecommendationWording.objects.create(recommendation=draft, language="fr", text="Le fleuve")
        declaration = factories.a_declaration(forum)
        ClauseWording.objects.filter(clause__section__declaration=declaration).update(text="Le fleuve")
        assert search("fleuve", "fr", forum) == {kind: [] for kind in KINDS}

    def test_a_clause_is_found_in_its_published_words_not_in_a_new_draft(self):
        forum = factories.a_forum()
        factories.an_edition(forum)
        ClauseWording.objects.filter(clause__section__declaration__forum=forum).update(text="Un secret nouveau")
        assert not search("secret", "fr", forum)["clause"]
        assert search("décision annoncée", "fr", forum)["clause"]

    def test_the_readers_language_comes_first(self):
        forum = factories.a_forum()
        finding = worded(forum, "Le comité", "fr")
        FindingWording.objects.create(finding=finding, language="en", text="The comité")
        assert search("comite", "en", forum)["finding"][0].language == "en"
        assert search("the comite", "fr", forum)["finding"][0].language == "en"

    @pytest.mark.parametrize("text", HOSTILE)
    def test_hostile_queries_do_no_harm(self, text):
        forum = factories.a_forum()
        worded(forum)
        search(text, "fr", forum)

    @pytest.mark.parametrize("number", [1, 3])
    def test_it_asks_a_fixed_number_of_questions(self, number, django_assert_num_queries):
        forum = factories.a_forum()
        for _ in range(number):
            worded(forum)
            a_recommendation(forum)
        with django_assert_num_queries(7):
            search("puits", "fr", forum)
        with django_assert_num_queries(0):
            search("?", "fr", forum)


class WhenASnippetIsShown:
    def test_words_are_marked_and_all_else_is_escaped(self):
        snippet = marked(folded("<b>Le puits</b> & l'école"), ["puits", "ecole"])
        assert snippet == "&lt;b&gt;Le <mark>puits</mark>&lt;/b&gt; &amp; l&#x27;<mark>école</mark>"
        assert isinstance(snippet, SafeString)

    def test_a_long_text_is_cut_at_words_around_the_first_hit(self):
        snippet = marked(folded("mot " * 100 + "puits " + "mot " * 100), ["puits"])
        assert snippet.startswith("… mot") and snippet.endswith("mot …") and "<mark>puits</mark>" in snippet
        assert len(snippet) < 230

    @settings(max_examples=100, deadline=None, derandomize=True)
    @given(text=st.text(max_size=80), query=st.text(min_size=1, max_size=5))
    def test_whatever_stands_in_a_text_nothing_but_marks_is_markup(self, text, query):
        words = [word for word in words_of(query) if word in fold(text)]
        bare = marked(folded(text), words).replace("<mark>", "").replace("</mark>", "")
        assert "<" not in bare and ">" not in bare
