"""The drafting desk: what it shows, what it does, and what it hands back where it may not."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from declarations.admin.amendments import AmendmentAdmin
from declarations.admin.drafting.differences import marked
from declarations.models import Adoption, Amendment, Clause, Declaration, Recommendation, Seat, Section, Version
from declarations.workflow import amendments, declarations
from tests import factories as make
from tests.publishing.pdf_words import pdf_words

pytestmark = pytest.mark.django_db
Role, State = Seat.Role, Declaration.State


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


def text(verb):
    return reverse("admin:drafting-text", args=[verb])


def of(clause, verb=""):
    name = "admin:drafting-clause" if verb else "admin:drafting-words"
    return reverse(name, args=[clause.identifier, verb] if verb else [clause.identifier])


def desk(client):
    return client.get(reverse("admin:drafting-desk"))


# Who


@pytest.mark.parametrize("role", [Role.EXPERT, Role.READER, Role.CUSTODIAN])
def test_others_learn_nothing(client, forum, role):
    clause = make.last_clause(make.a_declaration(forum))
    sign_in(client, make.a_seat(forum, role))
    for url in (reverse("admin:drafting-desk"), text("freeze"), of(clause), of(clause, "address")):
        assert client.get(url).status_code == 403
    assert client.post(of(clause, "up")).status_code == 403


def test_the_chair_advances_the_text_and_writes_nothing(client, forum):
    declaration = make.a_declaration(forum)
    clause = make.last_clause(declaration)
    sign_in(client, make.a_seat(forum, Role.CHAIR))
    page = desk(client).content.decode()
    assert "Send it for review" in page and of(clause) not in page
    assert client.post(of(clause), {"text_fr": "x", "revision": 0}).status_code == 403
    assert client.post(of(clause, "remove")).status_code == 403
    assert client.post(text("send_for_review")).status_code == 302


def test_another_forum_is_not_found(client, organiser):
    other = make.a_forum("other")
    declaration = make.a_declaration(other)
    clause = make.last_clause(declaration)
    row = amendments.propose(clause, by=make.organiser_of(other), language="fr", text="Autre.", reason="Oui.")
    recommendation = make.a_recommendation(other, "adopted")
    for url in (
        of(clause),
        of(clause, "up"),
        reverse("admin:drafting-section", args=[clause.section_id, "up"]),
        reverse("admin:drafting-source-drop", args=[clause.sources.get().pk]),
        reverse("admin:drafting-amendment", args=[row.pk, "accept"]),
        reverse("admin:drafting-from", args=[recommendation.number]),
        text("freeze"),
    ):
        assert client.post(url).status_code == 404


# Composing


def test_from_nothing_to_a_clause_made_of_a_recommendation(client, organiser, forum):
    recommendation = make.a_recommendation(forum, "adopted")
    recommendation.addressees.set(forum.addressees.filter(code="donors"))
    assert "not begun" in desk(client).content.decode()
    client.post(text("start"), {"title__in_fr": "Déclaration", "title__in_en": "Declaration"})
    client.post(text("add_section"), {"kind": "operative", "heading__in_fr": "L'eau"})
    section = Section.objects.get()
    url = reverse("admin:drafting-from", args=[recommendation.number])
    assert url in desk(client).content.decode()
    form = client.get(url).context["form"]
    assert form["text_fr"].value() == recommendation.handed_in_words and form["section"].value() == section.pk
    data = {"section": section.pk, "text_fr": form["text_fr"].value(), "addressees": form["addressees"].value()}
    assert client.post(url, data).status_code == 302
    clause = Clause.objects.get()
    assert clause.sources.get().recommendation == recommendation
    assert [row.code for row in clause.addressees.all()] == ["donors"]
    assert url not in desk(client).content.decode()


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(client, organiser, forum):
    section = make.last_clause(make.a_declaration(forum)).section
    url = reverse("admin:drafting-section", args=[section.pk, "add"])
    response = client.post(url, {"section": section.pk, "text_fr": "Avec \x07 dedans", "text_en": "Kept words"})
    assert response.context["form"].errors["text_fr"] and "Kept words" in response.content.decode()
    response = client.post(url, {"section": section.pk, "text_fr": "x" * 4001})
    assert response.context["form"].errors["text_fr"] and "x" * 4001 in response.content.decode()
    response = client.post(url, {"section": section.pk})
    assert response.context["form"].non_field_errors()


def test_words_are_kept_and_a_stale_page_keeps_both(client, organiser, forum):
    declaration = make.a_declaration(forum)
    clause = make.last_clause(declaration)
    seen = client.get(of(clause)).context["form"]
    data = {f"text_{code}": seen[f"text_{code}"].value() for code in forum.written_languages()}
    data["revision"] = seen["revision"].value()
    declarations.word_clause(clause, by=organiser, language="fr", text="Les mots d'une autre.")
    response = client.post(of(clause), {**data, "text_fr": "Mes mots à moi."})
    page = response.content.decode()
    assert response.status_code == 409 and "Mes mots à moi." in page and "<del>" in page
    assert clause.wordings.get(language="fr").text == "Les mots d'une autre."
    data["revision"] = response.context["form"]["revision"].value()
    assert client.post(of(clause), {**data, "text_fr": "Nos mots."}).status_code == 302
    assert clause.wordings.get(language="fr").text == "Nos mots."


def test_bad_words_keep_every_language_as_typed(client, organiser, forum):
    clause = make.last_clause(make.a_declaration(forum))
    data = {"text_fr": "Neuf.", "text_en": "New \u202e words", "text_ar": "", "revision": clause.revision}
    response = client.post(of(clause), data)
    assert response.status_code == 422 and response.context["form"].errors["text_en"]
    assert "Neuf." in response.content.decode() and clause.wordings.get(language="fr").text != "Neuf."


def test_moving_taking_out_and_putting_back(client, organiser, forum):
    declaration = make.a_declaration(forum)
    clause = make.last_clause(declaration)
    client.post(of(clause, "up"))
    assert declarations.numbering(declaration)[clause.identifier] == 1
    client.post(of(clause, "down"))
    assert declarations.numbering(declaration)[clause.identifier] == 2
    client.post(of(clause, "remove"))
    page = desk(client)
    assert clause.identifier not in declarations.numbering(declaration) and len(page.context["removed"]) == 1
    assert client.post(of(clause, "up")).status_code == 409
    client.post(of(clause, "restore"))
    assert declarations.numbering(declaration)[clause.identifier] == 2
    recitals = declaration.sections.get(kind="recitals")
    client.post(of(clause, "place"), {"section": recitals.pk})
    clause.refresh_from_db()
    assert clause.section == recitals
    client.post(reverse("admin:drafting-section", args=[recitals.pk, "down"]))
    assert list(declaration.sections.values_list("kind", flat=True)) == ["operative", "recitals"]


def test_addressees_and_sources(client, organiser, forum):
    clause = make.last_clause(make.a_declaration(forum))
    chiefs = forum.addressees.get(code="chiefs")
    client.post(of(clause, "address"), {"addressees": [chiefs.pk]})
    assert list(clause.addressees.all()) == [chiefs]
    other = make.a_recommendation(forum, "set_aside")
    response = client.post(of(clause, "rest"), {"recommendation": other.pk, "kind": "rests_on"})
    assert response.status_code == 200 and response.context["form"].non_field_errors()
    client.post(of(clause, "rest"), {"recommendation": other.pk, "kind": "qualifies"})
    assert clause.sources.count() == 2
    client.post(reverse("admin:drafting-source-drop", args=[clause.sources.get(recommendation=other).pk]))
    assert clause.sources.count() == 1


# Amendments


def test_amendments_stand_beside_their_clause_marked_and_escaped(client, organiser, forum):
    clause = make.last_clause(make.a_declaration(forum))
    row = amendments.propose(clause, by=organiser, language="fr", text="<b>Aucun</b> puits.", reason="Court.")
    page = desk(client).content.decode()
    assert "<ins>" in page and "<b>Aucun" not in page and "&lt;b&gt;" in page
    url = reverse("admin:drafting-amendment", args=[row.pk, "merge"])
    assert "Court." in client.get(url).content.decode()
    assert client.post(url, {"text": "Aucun puits fermé.", "reason": "Les deux."}).status_code == 302
    assert clause.wordings.get(language="fr").text == "Aucun puits fermé."
    response = client.post(reverse("admin:drafting-amendment", args=[row.pk, "reject"]), {"reason": "Trop tard."})
    assert response.status_code == 409 and "Trop tard." in response.content.decode()
    assert Amendment.objects.get().state == "merged"


def test_the_words_that_differ():
    assert marked("Aucun puits fermé.", "Aucun puits ouvert.") == (
        "<p>Aucun puits <del>fermé</del><ins>ouvert</ins>.</p>"
    )
    assert marked("Un.\nDeux.", "Un.\nTrois.\nDeux.") == "<p>Un.</p><p><ins>Trois.</ins></p><p>Deux.</p>"
    assert marked("En silence\u00a0: non.", "En silence : non.") == "<p>En silence : non.</p>"
    assert marked("", "<i>") == "<p><ins>&lt;i&gt;</ins></p>"


# The road of the text

ADOPTION = {
    "method": "vote",
    "votes_for": 40,
    "votes_against": 2,
    "abstentions": 1,
    "adopted_on": "2026-11-18",
    "place__in_fr": "Bamako",
    "presided_by": "Awa Traoré",
    "signatures": "Awa Traoré — présidente\nModibo Keïta-Sy - rapporteur\nSeul",
    "reservations": "Les éleveurs demandent une date.",
}


def test_from_review_to_adoption(client, organiser, forum):
    declaration = make.a_declaration(forum)
    for verb, state in (("send_for_review", State.UNDER_REVIEW), ("freeze", State.FROZEN)):
        assert client.post(text(verb), {}).status_code == 302
        declaration.refresh_from_db()
        assert declaration.state == state
    clause = make.last_clause(declaration)
    client.post(of(clause, "plenary"), {"text_fr": "Aucun puits n'est fermé.", "why": "Voté article par article."})
    assert Version.objects.count() == 2 and clause.wordings.get(language="fr").text == "Aucun puits n'est fermé."
    page = client.get(text("adopt"))
    digest = page.context["form"]["digest"].value()
    assert page.context["code"] in page.content.decode() and digest == declarations.words_digest(declaration)
    wrong = client.post(text("adopt"), {**ADOPTION, "digest": "0" * 64})
    assert wrong.context["form"].non_field_errors() and "Les éleveurs" in wrong.content.decode()
    assert client.post(text("adopt"), {**ADOPTION, "digest": digest}).status_code == 302
    adoption = Adoption.objects.get()
    assert [row.name for row in adoption.signatures.all()] == ["Awa Traoré", "Modibo Keïta-Sy", "Seul"]
    assert adoption.signatures.first().capacity == {"fr": "présidente"} and adoption.votes_for == 40
    assert client.post(text("adopt"), {**ADOPTION, "digest": digest}).status_code == 409
    assert client.post(text("reopen"), {"reason": "Une erreur."}).status_code == 302


def test_a_method_without_its_figures_is_said_beside_the_field(client, organiser, forum):
    declaration = make.a_declaration(forum, State.FROZEN)
    data = {**ADOPTION, "digest": declarations.words_digest(declaration), "votes_for": "", "votes_against": ""}
    response = client.post(text("adopt"), {**data, "abstentions": ""})
    assert response.context["form"].errors["votes_for"] and not Adoption.objects.exists()


def test_freezing_says_what_is_missing_with_links(client, organiser, forum):
    declaration = make.a_declaration(forum)
    section = declaration.sections.get(kind="operative")
    clause = declarations.add_clause(section, by=organiser, texts={"en": "Only in English."})
    client.post(text("send_for_review"))
    page = client.get(text("freeze")).content.decode()
    assert of(clause) in page
    response = client.post(text("freeze"), {"why": "Demain la plénière."})
    assert response.context["form"].non_field_errors() and "Demain la plénière." in response.content.decode()


@pytest.mark.parametrize("verb", ["up", "remove"])
def test_a_move_that_comes_too_late_is_a_conflict(client, organiser, forum, verb):
    clause = make.last_clause(make.a_declaration(forum, State.FROZEN))
    assert client.post(of(clause, verb)).status_code == 409
    assert client.post(text("send_for_review")).status_code == 409


# Questions to the database


@pytest.mark.parametrize("n", [1, 3])
def test_the_desk_asks_the_same_however_long_the_text(client, organiser, forum, django_assert_num_queries, n):
    declaration = make.a_declaration(forum)
    section = declaration.sections.get(kind="operative")
    for _ in range(n):
        source = make.a_recommendation(forum, Recommendation.State.ADOPTED)
        make.a_recommendation(forum, Recommendation.State.ADOPTED)
        clause = declarations.add_clause(section, by=organiser, texts=make.TEXTS, sources=[source])
        clause.addressees.set(forum.addressees.all())
        amendments.propose(clause, by=organiser, language="fr", text="D'autres mots.", reason="Clair.")
    desk(client)
    with django_assert_num_queries(20):
        assert desk(client).status_code == 200


# On paper


def draft(client, **asked):
    return client.get(reverse("admin:drafting-print"), asked)


def test_a_version_is_printed_as_it_stood_though_the_words_moved_since(client, forum, organiser):
    declaration = make.a_declaration(forum, "frozen")
    version = declarations.last_version(declaration)
    declarations.reopen(declaration, by=organiser, reason="Une faute.")
    clause = make.last_clause(declaration)
    declarations.word_clause(clause, by=organiser, language="fr", text="Tout autre chose.")
    now = pdf_words(draft(client, language="fr").content)
    assert "Tout autre chose." in now and "texte en cours" in now
    then = pdf_words(draft(client, language="fr", version=version.pk).content)
    assert make.TEXTS["fr"][:20] in then and "Tout autre chose." not in then
    made = version.made_at.astimezone(forum.zone_info)
    assert all(f"version {version.number}" in page and f"{made:%H:%M}" in page for page in then.split("\f"))
    english = pdf_words(draft(client, language="en", version=version.pk).content)
    assert "PROJET · DRAFT" in english and make.TEXTS["fr"][:20] in english
    elsewhere = make.a_declaration(make.a_forum("elsewhere"), "frozen")
    answer = draft(client, language="fr", version=declarations.last_version(elsewhere).pk)
    assert answer["Content-Type"].startswith("text/html")


def test_the_text_is_printed_as_a_draft_with_its_moment(client, forum, organiser):
    declaration = make.a_declaration(forum)
    answer = draft(client, language="fr", beside="en")
    assert answer["Content-Type"] == "application/pdf" and "no-store" in answer["Cache-Control"]
    words = pdf_words(answer.content)
    day = timezone.now().astimezone(forum.zone_info)
    for page in words.split("\f"):
        assert "PROJET" in page and "texte en cours" in page and str(day.year) in page
    assert make.TEXTS["fr"][:20] in words and make.TEXTS["en"][:20] in words
    declarations.send_for_review(declaration, by=organiser)
    declarations.freeze(declaration, by=organiser)
    assert "version 1" in pdf_words(draft(client, language="fr", is_large="on").content)


def test_a_language_that_the_forum_does_not_write_is_not_printed(client, forum, organiser):
    make.a_declaration(forum)
    assert draft(client, language="xx")["Content-Type"].startswith("text/html")


def test_who_may_not_see_the_text_does_not_print_it(client, forum):
    make.a_declaration(forum)
    sign_in(client, make.a_seat(forum, Role.EXPERT))
    assert draft(client, language="fr").status_code == 403


# Where a proposal stands


def test_the_list_of_amendments_names_the_clause_and_the_language(client, forum, organiser):
    forum.languages.filter(code="fr").update(label={"en": "French"})
    declaration = make.a_declaration(forum)
    numbered = declaration.sections.get(kind="operative")
    preamble = Section.objects.create(declaration=declaration, kind="preamble", order=0)
    source = [make.a_recommendation(forum, Recommendation.State.ADOPTED)]
    clauses = [
        declarations.add_clause(section, by=organiser, texts=make.TEXTS, sources=source * (section == numbered))
        for section in (numbered, preamble, numbered)
    ]
    for clause in clauses:
        amendments.propose(clause, by=organiser, language="fr", text="D'autres mots.", reason="Clair.")
    numbers = declarations.numbering(declaration)
    rows = client.get(reverse("admin:declarations_amendment_changelist")).context["cl"].queryset
    told = {row.clause: AmendmentAdmin.place(None, row) for row in rows}
    assert told == {
        clause: f"Clause {numbers[clause.identifier]}" if clause.section == numbered else str(preamble)
        for clause in clauses
    }
    page = client.get(reverse("admin:declarations_amendment_changelist")).content.decode()
    assert not any(clause.identifier in page for clause in clauses) and ">French<" in page
