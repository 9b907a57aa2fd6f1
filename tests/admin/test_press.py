"""The press: one organiser makes a proof, another publishes it, and whatever fails is said in words."""

from __future__ import annotations

from unittest import mock

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import reverse

from declarations.models import Edition, Proof, Seat
from declarations.models.guards import guards_lifted
from declarations.publishing.as_html import STYLE_HASH
from declarations.publishing.as_pdf import TypesettingFailed
from declarations.publishing.snapshot import UnfitSnapshot
from declarations.workflow import declarations, editions, people
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
    assert "never changes" in client.post(act(proof), TYPED, follow=True).content.decode()
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
        assert "not this one" not in answer.content.decode() and "no-store" in answer["Cache-Control"]
    assert not Edition.objects.exists()
    client.post(act(proof), TYPED)
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
    [(TypesettingFailed("line 12"), "The PDF could not be set"), (UnfitSnapshot("clause 3"), "contradicts itself")],
)
def test_what_fails_is_said_and_nothing_is_published(client, organiser, forum, failure, words):
    proof = make.a_proof(forum)
    publisher(client, forum)
    with mock.patch.object(editions, "publish", side_effect=failure):
        page = client.post(act(proof), TYPED, follow=True).content.decode()
    assert words in page and str(failure) in page
    proof.refresh_from_db()
    assert proof.state == State.AWAITING


def test_words_that_moved_after_the_proof(client, organiser, forum):
    proof = make.a_proof(forum)
    clause = make.last_clause(proof.declaration)
    declarations.word_clause(clause, by=organiser, language="en", text="Other words.")
    publisher(client, forum)
    assert "Make another one" in client.post(act(proof), TYPED, follow=True).content.decode()


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
    clause = make.last_clause(edition.declaration)
    declarations.word_clause(clause, by=organiser, language="en", text="No well is closed in silence.")
    page = press(client)
    assert [each.change.kind for each in page.context["changes"]] == ["translated"]
    assert "<ins>" in page.content.decode() and "Record a delivery" in page.content.decode()
    assert [value for value, _ in page.context["form"].fields["kind"].choices] == ["translation", "erratum"]


@pytest.mark.parametrize("n", [1, 3])
def test_the_press_asks_the_same_however_many_editions(client, organiser, forum, quick, django_assert_num_queries, n):
    edition = make.an_edition(forum)
    for number in range(1, n):
        clause = make.last_clause(edition.declaration)
        declarations.word_clause(clause, by=organiser, language="en", text=f"Words {number}.")
        make.an_edition(forum, make.a_proof(forum, edition.declaration, kind="translation"))
    press(client)
    with django_assert_num_queries(27):
        assert press(client).status_code == 200
