"""One language of the text: one writes, another person approves, and nobody writes over somebody."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from declarations.models import Declaration, Seat
from declarations.workflow import declarations
from tests import factories as make

from .at_desk import by_link, text, url

pytestmark = pytest.mark.django_db
Role = Seat.Role
ARABIC = "تُقرأ الحسابات علنا."


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


@pytest.fixture
def forum():
    return make.a_forum()


@pytest.fixture
def clause(forum):
    return make.last_clause(make.a_declaration(forum))


def write(client, forum, clause, **changes):
    return client.post(
        url("wording-edit", forum, clause.identifier), {"text": ARABIC, "revision": clause.revision, **changes}
    )


def test_a_clause_is_written_and_approved_by_two_people(forum, clause):
    writer, at_writing = by_link(forum, Role.TRANSLATOR, language="ar")
    approver, at_approving = by_link(forum, Role.APPROVER, language="ar")
    assert at_writing.get(url("wording-desk", forum)).context["n_waiting"] == 3
    page = text(at_writing.get(url("wording-edit", forum, clause.identifier)))
    assert 'lang="ar" dir="rtl"' in page
    assert make.TEXTS["fr"] in page
    assert write(at_writing, forum, clause).status_code == 302
    wording = clause.wordings.get(language="ar")
    assert (wording.text, wording.written_by) == (ARABIC, writer)
    page = at_approving.get(url("wording-edit", forum, clause.identifier))
    data = {"seen": page.context["seen"]}
    assert at_writing.post(url("wording-approve", forum, clause.identifier), data).status_code == 403
    assert at_approving.post(url("wording-approve", forum, clause.identifier), data).status_code == 302
    wording.refresh_from_db()
    assert wording.approved_by == approver
    assert at_approving.get(url("wording-desk", forum)).context["n_waiting"] == 0


def test_words_changed_since_are_not_approved_unread(forum, clause):
    _writer, at_writing = by_link(forum, Role.TRANSLATOR, language="ar")
    _approver, at_approving = by_link(forum, Role.APPROVER, language="ar")
    write(at_writing, forum, clause)
    data = {"seen": at_approving.get(url("wording-edit", forum, clause.identifier)).context["seen"]}
    declarations.word_clause(clause, by=make.organiser_of(forum), language="fr", text="Autre texte.")
    assert at_approving.post(url("wording-approve", forum, clause.identifier), data).status_code == 409
    assert clause.wordings.get(language="ar").approved_by is None


def test_a_stale_page_comes_back_with_both_texts(forum, clause):
    _seat, client = by_link(forum, Role.TRANSLATOR, language="ar")
    declarations.word_clause(clause, by=make.organiser_of(forum), language="ar", text="كلمات أخرى")
    response = write(client, forum, clause, revision=0)
    assert response.status_code == 409
    assert ARABIC in text(response)
    assert "كلمات أخرى" in text(response)
    assert write(client, forum, clause, revision=response.context["form"]["revision"].value()).status_code == 302


@pytest.mark.parametrize("words", ["", "x" * 4001, "un\u202edeux"])
def test_what_is_wrong_is_said_beside_and_the_words_stay(forum, clause, words):
    _seat, client = by_link(forum, Role.TRANSLATOR, language="ar")
    response = write(client, forum, clause, text=words)
    assert response.status_code == 422
    assert response.context["form"].errors["text"]
    assert response.context["form"]["text"].value() == words


def test_a_fixed_text_takes_translations_alone(forum):
    clause = make.last_clause(make.a_declaration(forum, Declaration.State.FROZEN))
    _seat, client = by_link(forum, Role.TRANSLATOR, language="fr")
    response = write(client, forum, clause, text="Autre.")
    assert response.status_code == 422
    assert "Autre." in text(response)
    _seat, client = by_link(forum, Role.TRANSLATOR, language="ar")
    assert write(client, forum, clause).status_code == 302


def test_an_approver_does_not_write_and_nobody_of_another_forum_reads(forum, clause):
    _seat, client = by_link(forum, Role.APPROVER, language="ar")
    assert write(client, forum, clause).status_code == 403
    other = make.a_forum("other")
    theirs = make.last_clause(make.a_declaration(other))
    assert client.get(url("wording-desk", other)).status_code == 403
    assert client.get(url("wording-edit", forum, theirs.identifier)).status_code == 404
    _seat, expert = by_link(forum, Role.EXPERT)
    assert expert.get(url("wording-desk", forum)).status_code == 403


@pytest.mark.parametrize("n", [1, 3])
def test_the_desk_asks_a_constant_number_of_questions(forum, clause, n, django_assert_num_queries):
    _seat, client = by_link(forum, Role.TRANSLATOR, language="ar")
    for _ in range(n):
        declarations.add_clause(clause.section, by=make.organiser_of(forum), texts=make.TEXTS)
    with django_assert_num_queries(8):
        client.get(url("wording-desk", forum))
    with django_assert_num_queries(8):
        client.get(url("wording-edit", forum, clause.identifier))
