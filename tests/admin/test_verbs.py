"""Each button calls one verb, with its consequence in words; a refusal keeps what was typed."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from declarations.models import Amendment, Commitment, Finding, Participant, Recommendation, Seat, User
from declarations.workflow import amendments, declarations, participants, people, reading
from declarations.workflow.moves import record
from tests import factories as make

from . import world

pytestmark = pytest.mark.django_db
Role, State = Seat.Role, Recommendation.State


@pytest.fixture
def forum():
    return make.a_forum()


@pytest.fixture
def organiser(client, forum):
    seat = make.organiser_of(forum)
    client.force_login(seat.user)
    client.cookies["django_language"] = "en"
    return seat


def do(client, row, verb, data=None):
    name = f"admin:declarations_{row._meta.model_name}_do"
    response = client.post(reverse(name, args=[row.pk, verb]), data or {})
    row.refresh_from_db()
    return response


def offered(client, row):
    page = client.get(reverse(f"admin:declarations_{row._meta.model_name}_change", args=[row.pk]))
    return [each["verb"].name for each in page.context["verbs"]]


# Participants


def test_registering_shows_the_code_once(client, organiser, forum):
    data = {"region": forum.regions.first().pk, "capacity": forum.capacities.first().pk}
    response = client.post(reverse("admin:declarations_participant_add"), data)
    code = response.context["code"]
    assert code in response.content.decode() and "no-store" in response["Cache-Control"]
    participant = participants.of_code(forum, code)
    page = client.get(reverse("admin:declarations_participant_change", args=[participant.pk])).content.decode()
    assert participant.serial in page and code not in page


def test_a_name_is_refused_before_there_is_a_key(client, organiser, forum):
    data = {"region": forum.regions.first().pk, "capacity": forum.capacities.first().pk, "name": "Awa"}
    response = client.post(reverse("admin:declarations_participant_add"), data)
    assert response.context["form"].non_field_errors() and 'value="Awa"' in response.content.decode()
    assert not Participant.objects.exists()


def test_a_name_is_never_in_clear(client, organiser, forum):
    key = people.make_person_key(organiser.user, "a long passphrase")
    people.make_forum_keys(forum, by=organiser, holders={"people": [key]})
    data = {"region": forum.regions.first().pk, "capacity": forum.capacities.first().pk, "name": "Awa Secret"}
    client.post(reverse("admin:declarations_participant_add"), data)
    participant = Participant.objects.get()
    assert b"Awa" not in bytes(participant.sealed_name)
    page = client.get(reverse("admin:declarations_participant_change", args=[participant.pk])).content.decode()
    assert "Awa" not in page and "sealed" in page


def test_arriving_and_a_new_card(client, organiser, forum):
    row = make.a_participant(forum)
    assert offered(client, row) == ["arrive", "card"]
    do(client, row, "arrive")
    assert row.state == "present" and offered(client, row) == ["leave", "card"]
    assert do(client, row, "arrive").status_code == 409
    before = row.code_hash
    assert client.get(reverse("admin:declarations_participant_do", args=[row.pk, "card"])).status_code == 200
    response = do(client, row, "card")
    assert row.code_hash != before and response.context["code"]


def test_opening_a_page_by_get_changes_nothing(client, organiser, forum):
    row = make.a_participant(forum)
    response = client.get(reverse("admin:declarations_participant_do", args=[row.pk, "arrive"]))
    row.refresh_from_db()
    assert response.status_code == 302 and row.state == "registered"


# Groups


def test_a_group_from_its_members_to_its_minutes(client, organiser, forum):
    topic = forum.topics.first()
    data = {"topic": topic.pk, "title__in_fr": "L'eau"}
    assert client.post(reverse("admin:declarations_group_add"), data).status_code == 302
    group = forum.groups.get()
    participant = make.a_participant(forum)
    assert do(client, group, "member", {"serial": "000"}).context["form"].errors["serial"]
    do(client, group, "member", {"serial": participant.serial})
    do(client, group, "session", {"starts_at": "2026-11-16T09:00"})
    session = group.sessions.get()
    data = {"text": "On a parlé des puits.", "language": "fr", "revision": 0}
    do(client, session, "minutes", data)
    assert session.minutes == "On a parlé des puits."
    response = do(client, session, "minutes", {**data, "text": "Écrit trop tard."})
    assert response.status_code == 409 and "Écrit trop tard." in response.content.decode()
    membership = group.memberships.get()
    response = client.post(reverse("admin:declarations_membership_do", args=[membership.pk, "remove"]))
    assert response["Location"] == reverse("admin:declarations_membership_changelist")
    assert not group.memberships.exists()


# Recommendations


def test_the_words_as_handed_in_stand_beside_the_final_ones(client, organiser, forum):
    row = make.a_recommendation(forum, State.HANDED_IN, words="Comme le groupe l'a dit.")
    do(client, row, "word", {"language": "fr", "text": "Comme on le dira."})
    page = client.get(reverse("admin:declarations_recommendation_change", args=[row.pk])).content.decode()
    assert "Comme le groupe l&#x27;a dit." in page and "Comme on le dira." in page


def test_deciding(client, organiser, forum):
    row = make.a_recommendation(forum, State.HANDED_IN)
    do(client, row, "review")
    assert row.state == State.IN_REVIEW
    assert do(client, row, "set-aside", {}).context["form"].errors["reason"]
    do(client, row, "set-aside", {"reason__in_fr": "Cela se décide ailleurs."})
    assert row.state == State.SET_ASIDE and row.decision_reason == {"fr": "Cela se décide ailleurs."}
    response = do(client, row, "set-aside", {"reason__in_fr": "Encore une fois."})
    assert response.status_code == 409 and "Encore une fois." in response.content.decode()
    do(client, row, "reopen", {"reason": "Nouvelle lecture."})
    do(client, row, "adopt", {})
    assert row.state == State.ADOPTED


def test_merging_loses_neither(client, organiser, forum):
    one, other = make.a_recommendation(forum, State.HANDED_IN), make.a_recommendation(forum, State.HANDED_IN)
    do(client, one, "merge", {"into": other.pk, "reason__in_fr": "La même chose."})
    assert one.state == State.SET_ASIDE and one.relations.get().other == other


def test_completing_keeps_what_others_wrote_meanwhile(client, organiser, forum):
    row = make.a_recommendation(forum, State.HANDED_IN)
    theme = forum.themes.first()
    data = {"revision": row.revision, "themes": [theme.pk], "level": "national", "reason": "Parce que."}
    do(client, row, "complete", data)
    assert list(row.themes.all()) == [theme] and row.level == "national"
    assert do(client, row, "complete", {**data, "level": "local"}).status_code == 409
    assert row.level == "national"


def test_filters_of_what_waits(client, organiser, forum):
    make.a_recommendation(forum)
    make.a_recommendation(forum, State.HANDED_IN)
    make.a_recommendation(forum, State.ADOPTED)
    for query, numbers in (("waits=review", [2]), ("waits=decision", [2]), ("state__exact=adopted", [3])):
        response = client.get(reverse("admin:declarations_recommendation_changelist") + f"?{query}")
        assert [row.number for row in response.context["cl"].queryset] == numbers, query


def test_a_chair_does_not_decide_recommendations(client, forum):
    row = make.a_recommendation(forum, State.HANDED_IN)
    client.force_login(make.a_seat(forum, Role.CHAIR).user)
    assert offered(client, row) == []
    assert do(client, row, "adopt").status_code == 403


# Findings


def test_a_finding_is_agreed_published_and_taken_back(client, organiser, forum):
    finding = make.a_finding(forum, Finding.State.DRAFT, behind=forum.public_minimum)
    do(client, finding, "agree")
    do(client, finding, "publish")
    assert finding.state == Finding.State.PUBLISHED
    assert do(client, finding, "take-back", {}).context["form"].errors
    do(client, finding, "take-back", {"reason": "Une erreur."})
    assert finding.state == Finding.State.AGREED


def test_nobody_agrees_to_their_own_finding(client, forum):
    finding = make.a_finding(forum, Finding.State.DRAFT)
    client.force_login(finding.composed_by.user)
    assert offered(client, finding) == []
    assert do(client, finding, "agree").status_code == 403


# Amendments and follow-up


def test_amendments_are_decided(client, organiser, forum):
    declaration = make.a_declaration(forum)
    clause = make.last_clause(declaration)
    one, two = (
        amendments.propose(clause, by=organiser, language="fr", text=f"Autres mots {n}.", reason="Clair.")
        for n in (1, 2)
    )
    do(client, one, "accept", {})
    assert one.state == Amendment.State.ACCEPTED
    assert do(client, two, "reject", {}).context["form"].errors
    do(client, two, "reject", {"reason": "Déjà dit."})
    assert two.state == Amendment.State.REJECTED
    do(client, two, "reconsider", {"reason": "Relu."})
    declarations.send_for_review(declaration, by=organiser)
    declarations.freeze(declaration, by=organiser)
    assert do(client, two, "accept", {}).context["form"].non_field_errors()
    do(client, two, "merge", {"text": "Nos mots.", "reason": "En plénière.", "in_plenary": "on"})
    assert two.state == Amendment.State.MERGED


def test_followup_is_recorded(client, organiser, forum):
    world.publish(forum)
    clause = make.last_clause(forum.declaration)
    addressee = list(clause.addressees.all())[-1]
    about = {"clause": clause.pk, "addressee": addressee.pk}
    data = {
        **about,
        "position": "partly",
        "language": "fr",
        "text": "Oui, en partie.",
        "channel": "letter",
        "answered_on": "2026-11-22",
    }
    assert client.post(reverse("admin:declarations_response_add"), data).status_code == 302
    assert clause.responses.get(addressee=addressee).position == "partly"
    data = {**about, "text__in_fr": "Un puits.", "due_on": "2027-01-01"}
    assert client.post(reverse("admin:declarations_commitment_add"), data).status_code == 302
    commitment = Commitment.objects.get(addressee=addressee, text={"fr": "Un puits."})
    data = {"state": "done", "language": "fr", "text": "Il est creusé.", "reported_on": "2026-12-01"}
    do(client, commitment, "report", data)
    assert commitment.state == Commitment.State.DONE
    data = {
        "edition": forum.declaration.editions.get().pk,
        "addressee": addressee.pk,
        "delivered_on": "2026-11-20",
        "how__in_fr": "En main propre.",
    }
    assert client.post(reverse("admin:declarations_delivery_add"), data).status_code == 302


def test_an_edition_is_only_looked_at(client, organiser, forum):
    world.publish(forum)
    edition = forum.declaration.editions.get()
    address = reverse("admin:declarations_edition_change", args=[edition.pk])
    page = client.get(address).content.decode()
    assert edition.files.first().sha256 in page and 'name="_save"' not in page
    assert client.post(address, {"number": 9}).status_code == 403
    delete = reverse("admin:declarations_edition_delete", args=[edition.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403


# People


def test_a_link_is_shown_once_and_taken_back(client, organiser, forum):
    group = make.a_group(forum)
    data = {"role": "rapporteur", "name": "Rapporteur, eau", "days": 7}
    address = reverse("admin:declarations_seat_list_do", args=["link"])
    assert client.post(address, data).context["form"].errors["group"]
    response = client.post(address, {**data, "group": group.pk})
    link = re.search(r"http://testserver\S+/enter/([^/]+)/", response.content.decode())
    seat = people.seat_of_token(link[1])
    assert seat.role == Role.RAPPORTEUR and seat.group == group
    assert link[1] not in client.get(reverse("admin:declarations_seat_change", args=[seat.pk])).content.decode()
    do(client, seat, "revoke")
    assert people.seat_of_token(link[1]) is None


@pytest.mark.parametrize("role", [*Seat.ACCOUNT_ONLY, *Seat.PASSING])
def test_some_seats_are_never_given_by_link(client, organiser, forum, role):
    data = {"role": role, "name": "Somebody", "days": 7}
    response = client.post(reverse("admin:declarations_seat_list_do", args=["link"]), data)
    assert "role" in response.context["form"].errors


def test_a_seat_is_given_to_an_account(client, organiser, forum):
    user = make.a_user()
    data = {"username": "nobody-here", "role": "expert"}
    address = reverse("admin:declarations_seat_add")
    assert client.post(address, data).context["form"].errors["username"]
    assert client.post(address, {**data, "username": user.username}).status_code == 302
    assert user.seats.get().role == Role.EXPERT
    assert "role" in client.post(address, {**data, "username": user.username}).context["form"].errors


def test_an_account_is_opened_with_its_seat(client, organiser, forum):
    data = {
        "username": "moussa",
        "full_name": "Moussa K.",
        "password": "short",
        "again": "short",
        "role": "translator",
        "language": "",
    }
    address = reverse("admin:declarations_user_add")
    errors = client.post(address, data).context["form"].errors
    assert {"password", "language"} <= set(errors)
    data |= {"password": "quatre mots bien longs", "again": "quatre mots bien longs", "language": "en"}
    assert client.post(address, data).status_code == 302
    user = User.objects.get(username="moussa")
    assert user.check_password("quatre mots bien longs") and user.seats.get().language == "en"
    do(client, user, "password", {"password": "cinq autres mots longs", "again": "cinq autres mots longs"})
    assert user.check_password("cinq autres mots longs")
    do(client, user, "close")
    assert not user.is_active


def test_the_history_is_read_and_filtered(client, organiser, forum):
    row = make.a_recommendation(forum, State.ADOPTED)
    page = client.get(reverse("admin:declarations_recommendation_history", args=[row.pk])).content.decode()
    assert "adopted" in page and "handed in" in page
    response = client.get(reverse("admin:declarations_historyentry_changelist") + "?verb=adopt")
    assert [entry.verb for entry in response.context["cl"].queryset] == ["adopt"]
    entry = response.context["cl"].queryset[0]
    assert client.post(reverse("admin:declarations_historyentry_change", args=[entry.pk]), {}).status_code == 403


def test_the_history_counts_no_testimonies(client, organiser, forum):
    """M7: an organiser sees no line about a single testimony, nor that one is missing between two others."""
    make.a_recommendation(forum, State.ADOPTED)
    reader, testimony = make.a_seat(forum, Role.READER), make.a_testimony(forum)
    reading.raise_urgent(testimony, by=reader)
    record(testimony, by=reader, verb="summarise")
    make.a_recommendation(forum, State.ADOPTED)
    written = list(forum.history.order_by("-number"))
    assert {"raise_urgent", "summarise"} <= {line.verb for line in written}
    page = client.get(reverse("admin:declarations_historyentry_changelist"))
    shown = list(page.context["cl"].queryset)
    assert shown == [line for line in written if line.verb not in ("raise_urgent", "summarise")]
    cells = re.findall(r'<t[dh] class="field-(\w+)', page.content.decode())
    assert set(cells) == {"when", "seat_name", "did", "what", "reason"}
    # Whether a line is there, whose number somebody guesses, is not to be found out either.
    hidden = next(line for line in written if line.verb == "summarise")
    answers = [
        client.get(reverse("admin:declarations_historyentry_change", args=[pk])) for pk in (shown[0].pk, hidden.pk)
    ]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
