"""The press: one organiser makes a proof, another publishes it, and whatever fails is said in words."""

from __future__ import annotations

from unittest import mock

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import reverse
from django.utils import translation

from declarations.models import Adoption, Declaration, Edition, EditionFile, Forum, Group, Proof, Quote, Seat, Voice
from declarations.models.guards import guards_lifted
from declarations.publishing.as_html import STYLE_HASH
from declarations.publishing.as_pdf import TypesettingFailed
from declarations.publishing.snapshot import from_bytes
from declarations.workflow import declarations, editions, people, recommendations
from declarations.workflow.moves import IllegalMove, Refused
from tests import factories as make

pytestmark = pytest.mark.django_db
Role, State = Seat.Role, Proof.State


@pytest.fixture
def forum():
    return make.a_forum()


def sign_in(client, seat):
    client.force_login(seat.user)
    client.cookies["django_language"] = "en"
    return seat


@pytest.fixture
def organiser(client, forum):
    return sign_in(client, make.organiser_of(forum))


@pytest.fixture
def quick(monkeypatch):
    """Every file in no time: what a PDF looks like is tested where it is made."""
    kinds = {"html": editions.FORMATS["html"], "txt": editions.FORMATS["txt"]}
    monkeypatch.setattr(editions, "FORMATS", kinds)


def press(client):
    return client.get(reverse("admin:press"))


def publisher(client, forum):
    """A second organiser, signed in, who holds the key that signs."""
    seat = make.a_seat(forum, Role.ORGANISER)
    make.signing_private(seat)
    return sign_in(client, seat)


TYPED = {"passphrase": make.PASSPHRASE}


def act(proof, verb="publish"):
    return reverse(f"admin:proof-{verb}", args=[proof.pk])


def said(client):
    return press(client).content.decode()


@pytest.mark.parametrize("role", [Role.EXPERT, Role.READER, Role.CHAIR, Role.GENERAL_RAPPORTEUR])
def test_others_learn_nothing(client, forum, role):
    proof = make.a_proof(forum)
    sign_in(client, make.a_seat(forum, role))
    for url in (reverse("admin:press"), reverse("admin:proof-read", args=[proof.pk, "fr"]), act(proof, "turn-down")):
        assert client.get(url).status_code == 403
    assert client.post(act(proof)).status_code == 403


def test_another_forum_is_not_found(client, organiser, quick):
    other = make.a_forum("other")
    proof = make.a_proof(other)
    make.an_edition(other, proof)
    assert client.get(reverse("admin:proof-read", args=[proof.pk, "fr"])).status_code == 404
    assert client.post(act(proof)).status_code == 404
    assert client.post(reverse("admin:edition-verify", args=[1])).status_code == 404
    assert client.post(reverse("admin:proof-make")).status_code == 404


def test_before_the_adoption_there_is_nothing_to_make(client, organiser, forum):
    assert "not begun" in said(client)
    make.a_declaration(forum)
    assert "these are not adopted" in said(client)
    response = client.post(reverse("admin:proof-make"), {"kind": "adopted", "languages": ["fr"]}, follow=True)
    assert "not adopted" in response.content.decode() and not Proof.objects.exists()


def test_a_proof_by_one_and_an_edition_by_another(client, organiser, forum, quick):
    make.a_declaration(forum, "adopted")
    form = press(client).context["form"]
    assert [value for value, _ in form.fields["kind"].choices] == ["adopted"]
    assert form["languages"].value() == ["fr", "en"]
    response = client.post(reverse("admin:proof-make"), {"kind": "erratum", "languages": []})
    assert response.status_code == 422 and set(response.context["form"].errors) == {"kind", "languages"}
    client.post(reverse("admin:proof-make"), {"kind": "adopted", "languages": ["fr"]})
    proof = Proof.objects.get()
    page = said(client)
    assert "You made this proof" in page and act(proof) not in page
    assert client.post(act(proof)).status_code == 403 and not Edition.objects.exists()
    publisher(client, forum)
    assert act(proof) in said(client)
    told = client.post(act(proof), TYPED).getvalue().decode()
    assert "never changes" in told and "A baked copy of the site holds" in told
    edition = Edition.objects.get()
    assert edition.files.first().sha256 in said(client)
    assert client.post(act(proof)).status_code == 409 and Edition.objects.count() == 1


def test_another_seat_of_the_same_person_does_not_publish(client, organiser, forum):
    proof = make.a_proof(forum)
    other = make.a_seat(forum, Role.CHAIR, user=organiser.user)
    client.post(reverse("admin:seat-choose", args=[other.pk]))
    assert client.post(act(proof)).status_code == 403


def test_the_proof_is_read_as_it_will_look_and_never_kept(client, organiser, forum):
    proof = make.a_proof(forum)
    page = client.get(reverse("admin:proof-read", args=[proof.pk, "fr"]))
    assert "Aucun puits" in page.content.decode() and STYLE_HASH in page["Content-Security-Policy"]
    assert "script-src" not in page["Content-Security-Policy"] and "no-store" in page["Cache-Control"]
    assert client.get(reverse("admin:proof-read", args=[proof.pk, "ar"])).status_code == 404


def test_a_proof_is_turned_down_with_a_reason(client, organiser, forum):
    proof = make.a_proof(forum)
    assert client.post(act(proof, "turn-down"), {"reason": ""}).context["form"].errors["reason"]
    client.post(act(proof, "turn-down"), {"reason": "Une virgule."})
    proof.refresh_from_db()
    assert proof.state == State.TURNED_DOWN and "Make a proof" in said(client)
    again = client.post(act(proof, "turn-down"), {"reason": "Encore."})
    assert again.status_code == 409 and "Encore." in again.content.decode()


def test_only_the_right_passphrase_publishes(client, organiser, forum, quick):
    proof = make.a_proof(forum)
    publisher(client, forum)
    for typed, said_of_it in (({}, "an edition is signed"), ({"passphrase": "not this one"}, "does not open your key")):
        answer = client.post(act(proof), typed)
        assert answer.status_code == 422 and said_of_it in answer.content.decode()
        assert "autofocus" in answer.content.decode() and "autofocus" not in said(client), "it is shown what is wrong"
        assert "not this one" not in answer.content.decode() and "no-store" in answer["Cache-Control"]
    assert not Edition.objects.exists()
    assert client.post(act(proof), TYPED).getvalue()
    kept = "".join(str(session.get_decoded()) for session in Session.objects.all())
    assert Edition.objects.get().signed_with and make.PASSPHRASE not in kept


def test_somebody_without_the_key_that_signs_is_told_before_they_try(client, organiser, forum, quick):
    proof = make.a_proof(forum)
    other = sign_in(client, make.a_seat(forum, Role.ORGANISER))
    page = said(client)
    assert "is not made yet" in page and act(proof) not in page and reverse("admin:keys") in page
    make.signing_private(organiser)
    assert "You do not hold the key that signs editions." in said(client)
    people.make_person_key(other.user, make.PASSPHRASE)
    assert "You do not hold" in client.post(act(proof), TYPED, follow=True).content.decode()
    assert not Edition.objects.exists()


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (TypesettingFailed("line 12"), "The PDF could not be set: line 12"),
        (Refused("Another edition came between."), "Another edition came between."),
        (IllegalMove(Proof(), "published"), "Somebody was faster than you."),
        (RuntimeError("words of the text"), "Something went wrong here."),
    ],
    ids=str,
)
def test_what_fails_is_said_on_the_page_and_nothing_is_published(
    client, organiser, forum, quick, monkeypatch, failure, words
):
    proof = make.a_proof(forum)
    publisher(client, forum)
    broken = editions.FORMATS["txt"]._replace(render=mock.Mock(side_effect=failure))
    monkeypatch.setattr(editions, "FORMATS", {"html": editions.FORMATS["html"], "txt": broken})
    answer = client.post(act(proof), TYPED)
    page = answer.getvalue().decode()
    assert answer.status_code == 200 and "Nothing was published." in page and words in page
    assert "declaration.fr.html" in page and "declaration.fr.txt" not in page and "words of the text" not in page
    assert page.rstrip().endswith("</html>") and reverse("admin:press") in page
    proof.refresh_from_db()
    assert proof.state == State.AWAITING and not Edition.objects.exists()


# Publishing, told as it goes on


def begun(client, forum):
    """The pieces of the page of publishing, and the proof."""
    proof = make.a_proof(forum)
    publisher(client, forum)
    response = client.post(act(proof), TYPED)
    assert response.streaming and response["X-Accel-Buffering"] == "no" and "no-store" in response["Cache-Control"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    return response, map(bytes.decode, response.streaming_content)


def test_each_file_is_told_before_the_edition_exists(client, organiser, forum, quick):
    response, pieces = begun(client, forum)
    start = next(pieces)
    assert 'role="log"' in start and "<script" not in start and "style=" not in start
    names = ["declaration.fr.html", "declaration.fr.txt", "declaration.en.html", "declaration.en.txt"]
    for n, name in enumerate(names, 1):
        line = next(pieces)
        assert name in line and f"{n} of 4" in line and not Edition.objects.exists()
    result = next(pieces)
    edition = Edition.objects.get()
    assert {f"declaration.{file.language}.{file.extension}" for file in edition.files.all()} == set(names)
    assert "Edition 1 is published" in result and reverse("edition-detail", args=[forum.slug, 1]) in result
    assert "".join(pieces).rstrip().endswith("</html>")


def left(response):
    """Close the answer as a server does for a reader who has gone, but for the connection of the test."""
    with mock.patch.object(connection, "close_if_unusable_or_obsolete"):
        response.close()


@pytest.mark.parametrize("taken", range(1, 8))
def test_a_page_that_is_left_leaves_no_edition_or_a_whole_one(client, organiser, forum, quick, taken):
    response, pieces = begun(client, forum)
    for _ in range(taken):
        next(pieces)
    left(response)
    whole = taken >= 6  # the beginning, four files, and the result
    assert Edition.objects.count() == Proof.objects.filter(state=State.PUBLISHED).count() == whole
    assert EditionFile.objects.count() == 4 * whole
    assert list(pieces) == []


def test_the_page_of_publishing_is_in_the_language_of_the_reader(client, organiser, forum, quick):
    proof = make.a_proof(forum)
    publisher(client, forum)
    client.cookies["django_language"] = "fr"
    response = client.post(act(proof), TYPED)
    with translation.override("en"):
        page = response.getvalue().decode()
    assert "L’édition 1 est publiée." in page and "1 sur 4" in page


def test_words_that_moved_after_the_proof(client, organiser, forum):
    proof = make.a_proof(forum)
    clause = make.last_clause(proof.declaration)
    declarations.word_clause(clause, by=organiser, language="en", text="Other words.")
    publisher(client, forum)
    page = client.post(act(proof), TYPED).getvalue().decode()
    assert "Make another one" in page and "Nothing was published." in page and not Edition.objects.exists()


def test_an_edition_is_checked_again(client, organiser, forum, quick):
    edition = make.an_edition(forum)
    url = reverse("admin:edition-verify", args=[1])
    assert "is whole" in client.post(url, follow=True).content.decode()
    with guards_lifted(), connection.cursor() as cursor:
        cursor.execute("UPDATE declarations_editionfile SET size = size + 1 WHERE edition_id = %s", [edition.pk])
    assert "do not agree" in client.post(url, follow=True).content.decode()


def test_what_changed_and_which_kinds_can_follow(client, organiser, forum, quick):
    edition = make.an_edition(forum)
    page = press(client)
    assert "Since the last edition: nothing" in page.content.decode()
    assert "form" not in page.context and f'{reverse("admin:drafting-desk")}">Go to the text' in page.content.decode()
    assert "<b>Edition 1</b> · Nothing changed since then" in page.content.decode()
    response = client.post(reverse("admin:proof-make"), {"kind": "erratum", "languages": ["fr", "en"]}, follow=True)
    assert "edition 1: Nothing changed since then" in response.content.decode()
    assert not Proof.objects.filter(state=Proof.State.AWAITING).exists()
    clause = make.last_clause(edition.declaration)
    declarations.word_clause(clause, by=organiser, language="en", text="No well is closed in silence.")
    page = press(client)
    assert [each.change.kind for each in page.context["changes"]] == ["translated"]
    assert page.context["since_adoption"] == page.context["changes"]
    assert page.content.decode().count("Since the adoption, and since the last edition") == 1
    assert page.content.decode().count('<article class="line">') == 1
    assert "<b>Clause 2</b> · translated" in page.content.decode()
    assert "<ins>" in page.content.decode() and "Record a delivery" in page.content.decode()
    assert [value for value, _ in page.context["form"].fields["kind"].choices] == ["translation", "erratum"]


def test_what_moved_since_the_adoption_is_listed_before_there_is_an_edition(client, organiser, forum):
    declaration = make.a_declaration(forum, "adopted")
    assert press(client).context["since_adoption"] == []
    declarations.reopen(declaration, by=organiser, reason="Une faute.")
    declarations.word_clause(make.last_clause(declaration), by=organiser, language="fr", text="Aucun puits ne ferme.")
    page = press(client)
    assert [each.change.kind for each in page.context["since_adoption"]] == ["reworded"]
    shown = page.content.decode()
    assert "the authentic words moved" in shown and "<h3>Since the adoption</h3>" in shown and "<del>" in shown


# What is refused


def a_voiced_declaration(forum):
    """An adopted text that rests on a finding beside which one sentence was cleared."""
    declaration = make.a_declaration(forum, "adopted")
    recommendation = make.last_clause(declaration).sources.get().recommendation
    finding = make.a_finding(forum, "agreed", (make.an_excerpt(forum),))
    recommendations.ground(recommendation, by=make.organiser_of(forum), finding=finding)
    return declaration, finding


def refused(client, name):
    """What the press says is refused, and that each link leads somewhere."""
    found = press(client).context[name]
    for _place, _reason, url in found:
        assert client.get(url).status_code == 200, url
    return found


def test_a_sentence_that_the_gate_shuts_is_told_by_its_finding_never_in_words(client, organiser, forum):
    _declaration, finding = a_voiced_declaration(forum)
    assert refused(client, "shut") == [] and "Nothing." in said(client)
    Quote.objects.update(words="Fatou n'a pas dit pourquoi")
    [(place, reason, url)] = refused(client, "shut")
    assert place == f"finding {finding.number}" and "could tell who spoke" in reason
    assert url == reverse("admin:declarations_finding_change", args=[finding.pk])
    page = said(client)
    assert "stays out of the edition" in page and reason in page and "Fatou" not in page and "pas dit" not in page
    # It is no reason against the edition, which comes without it.
    assert refused(client, "faults") == []
    proof = make.a_proof(forum, finding.forum.declaration)
    assert from_bytes(bytes(proof.snapshot)).voices == () and "stays out of the edition" in said(client)


def test_two_sentences_beside_one_finding_are_one_line(client, organiser, forum):
    """How many sentences there are would say something of how many people spoke (M7)."""
    _declaration, finding = a_voiced_declaration(forum)
    Voice.objects.create(finding=finding, excerpt=make.an_excerpt(forum))
    Quote.objects.update(words="Fatou n'a pas dit pourquoi")
    assert len(refused(client, "shut")) == 1


@pytest.mark.parametrize(
    ("spoil", "place", "reason"),
    [
        ("clause", "clause 2", "signs that cannot be shown: U+202E"),
        ("heading", "operative clauses", "signs that cannot be shown: U+202E"),
        ("title", "title", "signs that cannot be shown: U+202E"),
        ("recommendation", "recommendation 1", "signs that cannot be shown: U+202E"),
        ("finding", "finding 1", "signs that cannot be shown: U+202E"),
        ("addressee", "addressees", "signs that cannot be shown: U+202E"),
        ("convener", "partners", "signs that cannot be shown: U+202E"),
        ("forum", "forum", "signs that cannot be shown: U+202E"),
        ("group", "recommendation 1, working group", "signs that cannot be shown: U+202E"),
        ("adoption", "adoption", "signs that cannot be shown: U+202E"),
        ("languages", "languages", "authentic language"),
        ("wordless", "clause 2", "no words in an authentic language"),
    ],
)
def test_everything_no_edition_can_be_made_of_is_told_with_its_place(client, organiser, forum, spoil, place, reason):
    """As if it had come past the forms: they refuse such signs where they are typed."""
    declaration = make.a_declaration(forum, "adopted")
    assert refused(client, "faults") == []
    spoiled(declaration, spoil)
    found = refused(client, "faults")
    assert [place in each and reason in why for each, why, _url in found] == [True], found
    assert "until this is put right" in said(client)


def spoiled(declaration, what):
    forum, clause, turned = declaration.forum, make.last_clause(declaration), {"fr": "a\u202eb"}
    recommendation = clause.sources.get().recommendation
    if what == "clause":
        clause.wordings.filter(language="fr").update(text="a\u202eb")
    elif what == "heading":
        declaration.sections.filter(kind="operative").update(heading=turned)
    elif what == "title":
        Declaration.objects.update(title=turned)
    elif what == "recommendation":
        recommendation.wordings.filter(language="fr").update(text="a\u202eb")
    elif what == "finding":
        make.a_finding(forum, "published").wordings.filter(language="fr").update(text="a\u202eb")
    elif what == "addressee":
        clause.addressees.update(label=turned)
    elif what == "convener":
        forum.partners.create(label=turned, kind="convener")
    elif what == "forum":
        Forum.objects.update(place=turned)
    elif what == "group":
        Group.objects.filter(pk=recommendation.group_id).update(title={"fr": "Land \u202e"})
    elif what == "adoption":
        with guards_lifted():
            Adoption.objects.update(place=turned)
    elif what == "languages":
        forum.languages.update(is_authentic=False)
    else:
        clause.wordings.filter(language="fr").update(text=" ")


def test_a_sign_that_no_font_has_is_told_before_the_proof_and_no_proof_is_made_with_it(client, organiser, forum):
    declaration = make.a_declaration(forum, "adopted")
    clause = make.last_clause(declaration)
    declarations.word_clause(clause, by=organiser, language="en", text="No well 漢 is closed 漢 \U0001f600.")
    [(place, reason, _url)] = refused(client, "faults")
    assert place == "clause 2" and "漢 (U+6F22), \U0001f600 (U+1F600)" in reason
    answer = client.post(reverse("admin:proof-make"), {"kind": "adopted", "languages": ["fr", "en"]}, follow=True)
    assert "clause 2" in answer.content.decode() and not Proof.objects.exists()
    # An edition without that language is not refused: the words stand in none of its files.
    client.post(reverse("admin:proof-make"), {"kind": "adopted", "languages": ["fr"]})
    assert Proof.objects.exists()


@pytest.mark.parametrize("n", [1, 3])
def test_what_is_refused_costs_the_same_however_much_there_is(client, organiser, forum, django_assert_num_queries, n):
    _declaration, finding = a_voiced_declaration(forum)
    for _ in range(1, n):
        Voice.objects.create(finding=finding, excerpt=make.an_excerpt(forum))
    Quote.objects.update(words="Fatou n'a pas dit pourquoi")
    press(client)
    with django_assert_num_queries(45):
        assert press(client).context["shut"]


@pytest.mark.parametrize("n", [2, 4])  # with one, the last edition is the first that was adopted: one question fewer
def test_the_press_asks_the_same_however_many_editions(client, organiser, forum, quick, django_assert_num_queries, n):
    edition = make.an_edition(forum)
    for number in range(1, n):
        clause = make.last_clause(edition.declaration)
        declarations.word_clause(clause, by=organiser, language="en", text=f"Words {number}.")
        make.an_edition(forum, make.a_proof(forum, edition.declaration, kind="translation"))
    press(client)
    with django_assert_num_queries(42):
        assert press(client).context["unchanged"]
    declarations.word_clause(make.last_clause(edition.declaration), by=organiser, language="en", text="Other words.")
    press(client)
    with django_assert_num_queries(46):
        assert press(client).context["form"]
