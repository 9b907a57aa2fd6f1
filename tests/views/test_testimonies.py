"""Telling, coming back with a receipt, taking for somebody: what is asked, kept, answered and never lost."""

from __future__ import annotations

import re
import time
import uuid
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from declarations import sealing, tracing
from declarations.forms import guesses
from declarations.forms.tickets import Ticket, open_pass, seal_pass
from declarations.models import (
    CardBatch,
    Conflict,
    Forum,
    HelpContact,
    OpeningHours,
    ReceiptCard,
    Recommendation,
    Region,
    SealedName,
    SealedText,
    Seat,
    Support,
    Testimony,
    TestimonyKey,
    TurnedAway,
)
from declarations.publishing.snapshot import ClauseText
from declarations.workflow import cards, keeping, participants, people, testimonies
from tests import factories as make

pytestmark = pytest.mark.django_db

WORDS = "Le puits a été fermé un matin, et nous avons marché deux jours."
RECEIPT = re.compile(r"\d\d(?:\xa0\d\d){3} · \d\d(?:\xa0\d\d){3}")


@pytest.fixture
def forum() -> Forum:
    cache.clear()
    forum = make.a_forum()
    make.reading_private(forum)
    HelpContact.objects.create(forum=forum, label={"fr": "Écoute"}, phone="80 00 11 22")
    return forum


def url(name: str, forum: Forum, *args: Any) -> str:
    return reverse(name, args=[forum.slug, *args])


def answers(forum: Forum, **changes: Any) -> dict[str, Any]:
    """What a browser sends of a page that was opened a minute ago; an answer of None is left out."""
    given = {
        "ticket": Ticket.new(time.time() - 60).sealed(forum),
        "adult": "yes",
        "may_read": "yes",
        "language": "fr",
        "words": WORDS,
        "summarise": "yes",
        "quote": "no",
        "send": "1",
        **changes,
    }
    return {name: value for name, value in given.items() if value is not None}


def tell(client: Client, forum: Forum, **changes: Any) -> Any:
    return client.post(url("testimony-new", forum), answers(forum, **changes))


def text(response: Any) -> str:
    return response.content.decode()


def errors(response: Any) -> set[str]:
    return set(response.context["form"].errors)


def ticket_of(response: Any) -> str:
    return re.search(r'name="ticket" value="([^"]+)"', text(response))[1]  # type: ignore[index]


def crowd(forum: Forum, number: int = 10, **fields: Any) -> None:
    for _ in range(number):
        make.a_participant(forum, **fields)


# The page


def test_the_page_comes_before_any_question_and_keeps_nothing(client, forum, django_assert_num_queries):
    with django_assert_num_queries(8):  # one asks for the keys of this moment, one for what is said aloud
        response = client.get(url("testimony-new", forum))
    assert response.status_code == 200
    assert "80 00 11 22" in text(response)
    assert "no-store" in response["Cache-Control"]
    assert "sessionid" not in response.cookies
    assert response.cookies["csrftoken"]["max-age"] == ""
    # Nothing is chosen beforehand but the description that says least.
    chosen = re.findall(r"<input[^>]* checked[^>]*>", text(response))
    assert len(chosen) == 1 and 'name="precision" value=""' in chosen[0]


def test_a_page_with_more_places_asks_no_more_questions(client, forum, django_assert_num_queries):
    for number in range(3):
        HelpContact.objects.create(forum=forum, region=forum.regions.first(), label={"fr": "x"}, phone=f"8{number}")
    with django_assert_num_queries(8):
        client.get(url("testimony-new", forum))


def test_words_and_consent_never_share_a_screen(client, forum):
    steps = client.get(url("testimony-new", forum)).context["form"].STEPS
    asked_with_words = next(names for _step, names in steps if "words" in names)
    assert asked_with_words == ("words",)
    for consent in ("adult", "may_read", "summarise", "quote"):
        assert (consent,) in [names for _step, names in steps]


# A name (M1)


def test_no_custodians_no_field_for_a_name(client, forum):
    page = client.get(url("testimony-new", forum))
    assert "name" not in page.context["form"].fields and "name" not in [step["id"] for step in page.context["steps"]]
    assert not page.context["form"].has_custody


@pytest.mark.parametrize("desk", ["testimony-new", "testimony-take"])
def test_a_name_is_asked_on_a_screen_of_its_own_and_nobody_has_to(client, forum, desk):
    make.custodians(forum)
    if desk == "testimony-take":
        client.force_login(make.a_seat(forum, Seat.Role.FACILITATOR).user)
    page = client.get(url(desk, forum))
    assert ("name", ("name",)) in page.context["form"].STEPS
    assert "Vous n’êtes pas obligé de donner votre nom" in text(page)
    more = {"read_aloud": "yes", "interpreted": "no"} if desk == "testimony-take" else {}
    assert client.post(url(desk, forum), answers(forum, **more)).status_code == 200
    assert not SealedName.objects.exists()
    response = client.post(url(desk, forum), answers(forum, name="Awa, 76 12 34 56", **more))
    assert "deux gardiens" in text(response) and "Awa" not in text(response)
    row = SealedName.objects.get()
    assert b"Awa" not in bytes(row.envelope) and row.testimony_id


def test_a_name_that_cannot_be_kept_is_said_beside_its_field(client, forum):
    make.custodians(forum)
    response = client.post(url("testimony-new", forum), answers(forum, name="x" * 301))
    assert errors(response) == {"name"} and "x" * 301 in text(response) and not Testimony.objects.exists()


def test_a_name_nobody_can_look_after_any_more_is_not_kept_and_that_is_said(client, forum):
    response = client.post(url("testimony-new", forum), answers(forum, name="Awa"))
    assert "Le nom que vous avez écrit n’a pas été gardé" in text(response) and "Awa" not in text(response)
    assert Testimony.objects.exists() and not SealedName.objects.exists()


# Keeping


def test_a_testimony_is_kept_sealed_and_answered_with_its_receipt(client, forum):
    response = tell(client, forum)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    testimony = Testimony.objects.get()
    receipt = RECEIPT.search(text(response))[0]
    assert testimonies.of_receipt(forum, receipt) == testimony
    assert testimony.may_summarise and not testimony.may_quote and not testimony.may_keep_voice
    assert testimonies.opened(testimony, make.reading_private(forum)).words == WORDS
    assert WORDS.encode() not in b"".join(bytes(row.envelope) for row in SealedText.objects.all())
    assert "sessionid" not in client.cookies


def test_sending_twice_keeps_one_and_gives_the_same_receipt(client, forum):
    sent = answers(forum)
    first, second = (client.post(url("testimony-new", forum), sent) for _ in range(2))
    assert Testimony.objects.count() == 1
    assert RECEIPT.search(text(first))[0] == RECEIPT.search(text(second))[0]


def test_a_page_sent_again_after_a_day_still_gets_its_receipt(client, forum):
    sent = answers(forum, ticket=Ticket.new(time.time() - 90_000).sealed(forum))
    with patch("declarations.forms.tickets.OLDEST", 100_000):
        first = client.post(url("testimony-new", forum), sent)
    second = client.post(url("testimony-new", forum), sent)
    assert RECEIPT.search(text(first))[0] == RECEIPT.search(text(second))[0]
    assert Testimony.objects.count() == 1


def test_other_words_from_the_same_page_are_kept_aside_and_said(client, forum):
    ticket = Ticket.new(time.time() - 60)
    tell(client, forum, ticket=ticket.sealed(forum))
    response = tell(client, forum, ticket=ticket.sealed(forum), words="Autre chose.")
    assert response.status_code == 409
    assert Testimony.objects.count() == Conflict.objects.count() == 1
    assert "Autre chose." in text(response)
    assert sealing.format_receipt(ticket.receipt) in text(response)
    # What comes back carries a ticket of its own.
    assert tell(client, forum, ticket=ticket_of(response), words="Autre chose.").status_code == 200
    assert Testimony.objects.count() == 2


def test_so_many_others_are_kept_aside_and_no_more_and_that_is_said(client, forum):
    """M12: one page cannot fill the disk with conflicts; what was kept aside before is still known again."""
    ticket = Ticket.new(time.time() - 60).sealed(forum)
    tell(client, forum, ticket=ticket)
    with patch.object(keeping, "MOST_ASIDE", 2):
        pages = [text(tell(client, forum, ticket=ticket, words=words)) for words in ("Un.", "Deux.", "Trois.", "Deux.")]
        assert Conflict.objects.count() == 2
    assert ["n’a pas été gardé" in page for page in pages] == [False, False, True, False]
    assert ["Les deux sont gardés" in page for page in pages] == [True, True, False, True]
    # Nothing typed is lost: it stands by itself once it is sent from the page that came back.
    last = tell(client, forum, ticket=re.search(r'name="ticket" value="([^"]+)"', pages[2])[1], words="Trois.")
    assert "Trois." in pages[2] and last.status_code == 200 and Testimony.objects.count() == 2


def test_a_late_copy_of_what_was_taken_back_is_refused(client, forum):
    sent = answers(forum)
    client.post(url("testimony-new", forum), sent)
    make_withdrawn(Testimony.objects.get())
    response = client.post(url("testimony-new", forum), sent)
    assert response.status_code == 410
    assert WORDS in text(response)
    assert not SealedText.objects.exists()


def make_withdrawn(testimony: Testimony) -> None:
    from declarations.workflow import withdrawals

    withdrawals.withdraw(testimony, by=participants.passing_seat(testimony.forum))


# Nobody is recorded who may not be


@pytest.mark.parametrize(("answer", "why"), [("adult", "under_age"), ("may_read", "no_reading")])
def test_who_may_not_be_recorded_is_counted_once_and_referred(client, forum, answer, why):
    sent = answers(forum, **{answer: "no", "send": None})
    for _ in range(2):
        response = client.post(url("testimony-new", forum), sent)
    assert "80 00 11 22" in text(response) and WORDS not in text(response)
    assert TurnedAway.objects.get().why == why and TurnedAway.objects.get().count == 1
    assert not Testimony.objects.exists()


# Bad input: a clear word beside the field, nothing typed is lost


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"adult": None}, "adult"),
        ({"may_read": "perhaps"}, "may_read"),
        ({"words": "   "}, "words"),
        ({"words": "x" * 20_001}, "words"),
        ({"words": "un\x07deux"}, "words"),
        ({"words": "un\u202edeux"}, "words"),
        ({"language": "tlh"}, "language"),
        ({"code": "AAAAA-AAAAB"}, "code"),
        ({"code": "nothing"}, "code"),
        ({"region": "atlantis"}, "region"),
        ({"region": "gao\x00"}, "region"),
        ({"capacity": "x" * 5000}, "capacity"),
        ({"precision": "exactly"}, "precision"),
        ({"quote": None}, "quote"),
    ],
)
def test_bad_input_is_said_beside_the_field(client, forum, changes, field):
    response = tell(client, forum, **changes)
    assert response.status_code == 422
    assert errors(response) == {field}
    assert f'id="id_{field}_error"' in text(response)
    assert not Testimony.objects.exists()
    if "words" not in changes:
        assert WORDS in text(response)
    # The first screen with something to put right is the one that shows.
    step = next(step for step, names in response.context["form"].STEPS if field in names)
    assert f'class="step open" id="{step}"' in text(response)


def test_a_region_of_another_forum_is_none(client, forum):
    elsewhere = make.a_forum("elsewhere")
    Region.objects.create(forum=elsewhere, zone=elsewhere.zones.first(), code="only-there", label={"fr": "Là"})
    assert errors(tell(client, forum, region="only-there")) == {"region"} and not Testimony.objects.exists()


@pytest.mark.parametrize(("precision", "more"), [("", 0), ("fine", 1)])  # one counts who else is described so
@pytest.mark.parametrize("rows", [1, 3])
def test_questions_of_one_testimony(client, forum, precision, more, rows, django_assert_num_queries):
    crowd(forum, 10 * rows)
    for number in range(rows):
        HelpContact.objects.create(forum=forum, region=forum.regions.first(), label={"fr": "x"}, phone=f"8{number}")
        OpeningHours.objects.create(
            forum=forum, form="testimonies", opens_at=timezone.now(), closes_at=timezone.now() + timedelta(days=1)
        )
    chosen = {"region": "gao", "capacity": "herder", "precision": precision}
    seen = tell(client, forum, **chosen, look="1").context["form"].data["seen"]
    guesses.must_wait(uuid.uuid4())  # a window has begun
    counts = connection.vendor == "postgresql"  # on SQLite what came without a card is counted in memory
    with django_assert_num_queries(13 + more + counts):
        response = tell(client, forum, **chosen, seen=seen)
    assert RECEIPT.search(text(response))


@pytest.mark.parametrize("change", [{"has_forms_locked": True}, {"consent_version": "2"}, {"closed_on": "2026-01-01"}])
def test_what_changed_a_moment_ago_holds_for_the_next_testimony(client, forum, change):
    """M14, M15: nothing that closes a forum, or says which words were agreed to, is remembered between two requests."""
    assert tell(client, forum).status_code == 200
    Forum.objects.filter(pk=forum.pk).update(**change)
    status = tell(client, forum).status_code
    if "consent_version" in change:
        assert status == 200 and set(Testimony.objects.values_list("consent_version", flat=True)) == {"1", "2"}
    else:
        assert status in (403, 404) and Testimony.objects.count() == 1


def test_too_long_a_text_comes_back_whole(client, forum):
    response = tell(client, forum, words="é" * 20_001)
    assert "é" * 20_001 in text(response)


def test_a_closed_form_says_when_it_opens_and_hands_the_words_back(client, forum):
    opens = timezone.now() + timedelta(days=1)
    OpeningHours.objects.create(forum=forum, form="testimonies", opens_at=opens, closes_at=opens + timedelta(days=1))
    shown, sent = client.get(url("testimony-new", forum)), tell(client, forum)
    assert (shown.status_code, sent.status_code) == (200, 403)
    assert "80 00 11 22" in text(shown) and WORDS in text(sent)
    assert shown.context["opens_at"] == opens
    assert not Testimony.objects.exists()


def test_what_was_kept_before_the_form_closed_gets_its_receipt_again_and_nothing_else_does(client, forum):
    """M2: the way back broke, and in the meantime the form closed; only what is there already is answered."""
    lost = Ticket.new(time.time() - 60).sealed(forum)
    first = tell(client, forum, ticket=lost)
    Forum.objects.filter(pk=forum.pk).update(has_forms_locked=True)
    again, other = tell(client, forum, ticket=lost), tell(client, forum)
    assert (first.status_code, again.status_code, other.status_code) == (200, 200, 403)
    assert RECEIPT.search(text(again)).group() == RECEIPT.search(text(first)).group()
    assert tell(client, forum, ticket=lost, words="Autre chose").status_code == 409
    assert Testimony.objects.count() == 1


def test_without_a_reading_key_nothing_is_asked(client):
    response = client.get(url("testimony-new", make.a_forum("keyless")))
    assert response.status_code == 503 and "<textarea" not in text(response)


@pytest.mark.parametrize("made_at", [0, None], ids=["left over", "forged"])
def test_a_stale_page_gets_a_new_ticket_and_keeps_the_words(client, forum, made_at):
    old = Ticket.new(made_at).sealed(forum) if made_at is not None else "forged"
    response = tell(client, forum, ticket=old)
    assert response.status_code == 422 and WORDS in text(response)
    assert tell(client, forum, ticket=ticket_of(response)).status_code == 200
    assert Testimony.objects.count() == 1


def test_a_ticket_of_another_forum_is_not_taken(client, forum):
    other = make.a_forum("elsewhere")
    response = tell(client, forum, ticket=Ticket.new(time.time() - 60).sealed(other))
    assert response.status_code == 422 and not Testimony.objects.exists()


@pytest.mark.parametrize("trap", [{"website": "http://spam"}, {"ticket": None}], ids=["honeypot", "too fast"])
def test_a_program_gets_the_form_again_quietly(client, forum, trap):
    if "ticket" in trap:
        trap = {"ticket": Ticket.new().sealed(forum)}
    response = tell(client, forum, **trap)
    assert response.status_code == 422 and WORDS in text(response)
    assert not Testimony.objects.exists()


def test_without_its_cookie_the_page_comes_back_with_its_words(forum):
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(url("testimony-new", forum), answers(forum))
    assert response.status_code == 403 and WORDS in text(response)
    assert not Testimony.objects.exists()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text(response))[1]
    assert strict.post(url("testimony-new", forum), answers(forum, csrfmiddlewaretoken=token)).status_code == 200


def test_a_phone_without_cookies_can_tell_from_our_own_page_only(forum):
    strict = Client(enforce_csrf_checks=True)
    foreign = strict.post(url("testimony-new", forum), answers(forum), headers={"origin": "http://elsewhere.example"})
    own = strict.post(url("testimony-new", forum), answers(forum), headers={"origin": "http://testserver"})
    assert (foreign.status_code, own.status_code) == (403, 200)


# Cards and descriptions


def test_a_card_lends_region_capacity_and_quota_and_leaves_no_link(client, forum):
    crowd(forum, 9)
    participant, code = participants.register(
        forum,
        by=make.organiser_of(forum),
        region=forum.regions.get(code="gao"),
        capacity=forum.capacities.get(code="herder"),
    )
    shown = tell(client, forum, code=code.lower(), region="kayes", precision="fine")
    assert shown.status_code == 422 and not Testimony.objects.exists()
    assert shown.context["form"].described_words
    seen = shown.context["form"].data["seen"]
    assert tell(client, forum, code=code, region="kayes", precision="fine", seen=seen).status_code == 200
    testimony = Testimony.objects.get()
    assert testimony.described_region.code == "gao" and testimony.described_capacity.code == "herder"
    opened = testimonies.opened(testimony, make.reading_private(forum))
    assert (opened.facts.region, opened.facts.capacity) == ("gao", "herder")
    names = {field.name for field in Testimony._meta.get_fields()}
    assert not names & {"participant", "card", "serial"}


def test_a_spent_card_is_said_beside_the_code(client, forum):
    Forum.objects.filter(pk=forum.pk).update(daily_quota=1)
    _participant, code = participants.register(
        forum, by=make.organiser_of(forum), region=forum.regions.first(), capacity=forum.capacities.first()
    )
    assert tell(client, forum, code=code).status_code == 200
    response = tell(client, forum, code=code)
    assert response.status_code == 429 and errors(response) == {"code"} and WORDS in text(response)
    assert Testimony.objects.count() == 1


@pytest.mark.parametrize(
    ("precision", "place", "standing"), [("", None, None), ("large", "north", None), ("fine", "north", "communities")]
)
def test_a_description_is_as_fine_as_enough_others_share(client, forum, precision, place, standing):
    # Two regions of one zone, two capacities of one family, none of them ten alone.
    for region, capacity in [("gao", "herder"), ("gao", "farmer"), ("kidal", "herder"), ("kidal", "farmer")]:
        crowd(forum, 3, region=region, capacity=capacity)
    chosen = {"region": "kidal", "capacity": "farmer", "precision": precision}
    response = tell(client, forum, **chosen)
    if precision:
        assert response.status_code == 422
        response = tell(client, forum, **chosen, seen=response.context["form"].data["seen"])
    assert response.status_code == 200
    testimony = Testimony.objects.get()
    assert getattr(testimony.described_place, "code", None) == place
    assert getattr(testimony.described_standing, "code", None) == standing


def test_looking_shows_the_words_and_keeps_what_was_typed(client, forum):
    crowd(forum)
    response = tell(client, forum, region="gao", precision="fine", look="1", send=None, quote=None)
    assert response.status_code == 200 and not errors(response)
    assert 'class="step open" id="described"' in text(response)
    assert WORDS in text(response) and not Testimony.objects.exists()


def test_what_was_seen_is_what_is_kept(client, forum):
    crowd(forum)
    crowd(forum, region="kayes")
    seen = tell(client, forum, region="gao", precision="fine").context["form"].data["seen"]
    response = tell(client, forum, region="kayes", precision="fine", seen=seen)
    assert response.status_code == 422 and not Testimony.objects.exists()


# Coming back


@pytest.fixture
def receipt(client: Client, forum: Forum) -> str:
    return RECEIPT.search(text(tell(client, forum, quote="yes")))[0]


def look(client: Client, forum: Forum, receipt: str) -> Any:
    return client.post(url("testimony-receipt", forum), {"receipt": receipt})


def test_a_receipt_shows_how_it_stands_and_never_the_words(client, forum, receipt, django_assert_num_queries):
    counts = connection.vendor == "postgresql"  # there the count of wrong guesses is a row
    with django_assert_num_queries(8 + counts):
        response = look(client, forum, receipt)
    assert response.status_code == 200
    page = text(response)
    assert WORDS not in page and receipt not in page and receipt.replace("\xa0", "") not in page
    assert "no-store" in response["Cache-Control"] and "sessionid" not in client.cookies


def test_a_receipt_shows_where_many_testimonies_led(client, forum, receipt):
    words = {"fr": "Les comptes du puits sont lus.", "en": "Accounts are read out."}
    recommendation = make.a_recommendation(forum, Recommendation.State.ADOPTED)
    clause = ClauseText("c1", words, number=7)
    led_to = tracing.Forward(findings=[], recommendations=[recommendation], clauses=[clause], is_quoted=True)
    with override("fr"), patch("declarations.tracing.forward_from", return_value=led_to):
        page = text(look(client, forum, receipt))
    assert f"/recommendations/{recommendation.number}/" in page and "/declaration/#c1" in page
    assert words["fr"] in page and "§7" in page


@pytest.mark.parametrize("typed", ["", "1234", "not a number", "5123456789012345"])
def test_a_receipt_mistyped_is_said_and_kept(client, forum, receipt, typed):
    response = look(client, forum, typed)
    assert response.status_code == 422 and errors(response) == {"receipt"} and typed in text(response)


def test_above_the_limit_receipts_are_looked_at_by_lot_and_the_right_one_again(client, forum, receipt):
    with patch.dict(guesses.MOST, receipt=3), patch.object(guesses, "draw", return_value=0.99) as draw:
        statuses = [look(client, forum, "51234567" + f"5000000{n}").status_code for n in range(4)]
        assert statuses == [422, 422, 422, 429]
        shown = look(client, forum, receipt)
        assert shown.status_code == 429 and receipt.replace("\xa0", "") in text(shown).replace("\xa0", "")
        draw.return_value = 0.01
        assert look(client, forum, receipt).status_code == 200


def test_a_receipt_of_another_forum_finds_nothing(client, forum, receipt):
    assert look(client, make.a_forum("elsewhere"), receipt).status_code == 422


def test_consents_are_changed(client, forum, receipt):
    carried = look(client, forum, receipt).context["pass"]
    sent = {"pass": carried, "summarise": "no", "quote": "no"}
    assert client.post(url("testimony-consent", forum), sent).status_code == 200
    testimony = Testimony.objects.get()
    assert not testimony.may_summarise and not testimony.may_quote


def test_a_consent_left_open_is_asked_again(client, forum, receipt):
    carried = look(client, forum, receipt).context["pass"]
    response = client.post(url("testimony-consent", forum), {"pass": carried, "summarise": "no"})
    assert response.status_code == 422 and errors(response) == {"quote"}
    assert Testimony.objects.get().may_summarise


def test_taking_back_asks_once_and_destroys_the_key(client, forum, receipt):
    carried = look(client, forum, receipt).context["pass"]
    once = client.post(url("testimony-withdraw", forum), {"pass": carried})
    assert Testimony.objects.get().state == "received"
    sent = {"pass": once.context["pass"], "sure": "yes"}
    for _ in range(2):
        assert client.post(url("testimony-withdraw", forum), sent).status_code == 200
    assert Testimony.objects.get().state == "withdrawn"
    assert not TestimonyKey.objects.exists() and not SealedText.objects.exists()
    shown = look(client, forum, receipt)
    assert shown.context["is_withdrawn"] and "pass" not in re.findall(r'name="(\w+)"', text(shown))
    assert client.post(url("testimony-consent", forum), {"pass": carried, "summarise": "yes", "quote": "yes"})
    assert not Testimony.objects.get().may_quote


def test_what_was_kept_aside_goes_with_the_first(client, forum):
    ticket = Ticket.new(time.time() - 60)
    tell(client, forum, ticket=ticket.sealed(forum))
    tell(client, forum, ticket=ticket.sealed(forum), words="Autre chose.")
    make_withdrawn(Testimony.objects.get())
    assert not Conflict.objects.exists()


@pytest.mark.parametrize("name", ["testimony-consent", "testimony-withdraw"])
def test_a_pass_runs_out_and_cannot_be_made_up(client, forum, receipt, name):
    with patch("declarations.forms.tickets.time.time", return_value=time.time() - 1000):
        old = seal_pass(forum, sealing.normalise_receipt(receipt))
    for carried in (old, "made up", ""):
        sent = {"pass": carried, "sure": "yes", "summarise": "no", "quote": "no"}
        assert client.post(url(name, forum), sent).status_code == 403
    assert client.get(url(name, forum)).status_code == 405
    assert Testimony.objects.get().state == "received" and Testimony.objects.get().may_summarise


def test_a_pass_is_of_one_forum(forum):
    assert open_pass(make.a_forum("elsewhere"), seal_pass(forum, "5" * 16)) is None


# The facilitator's desk


def facilitator(client: Client, forum: Forum) -> Seat:
    seat, token = people.give_link(forum, by=make.organiser_of(forum), role=Seat.Role.FACILITATOR, name="Oumou")
    shown = client.get(reverse("seat-enter", args=[token]))
    assert "Oumou" in text(shown) and "sessionid" not in client.cookies
    assert client.post(reverse("seat-enter", args=[token])).status_code == 302
    return seat


def test_the_desk_is_for_facilitators_alone(client, forum):
    assert client.get(url("testimony-take", forum)).status_code == 403
    facilitator(client, forum)
    assert client.get(url("testimony-take", forum)).status_code == 200
    assert client.get(url("testimony-take", make.a_forum("elsewhere"))).status_code == 403


def test_what_is_taken_for_somebody_says_how(client, forum):
    facilitator(client, forum)
    sent = answers(forum, read_aloud="yes", interpreted="yes", language="bm")
    response = client.post(url("testimony-take", forum), sent)
    assert response.status_code == 200 and RECEIPT.search(text(response))
    testimony = Testimony.objects.get()
    assert (testimony.taken_as, testimony.language, testimony.consent_read_aloud) == ("facilitator", "bm", True)
    facts = testimonies.opened(testimony, make.reading_private(forum)).facts
    assert (facts.asked_by, facts.interpreter) == ("Oumou", "yes")
    # Write only: nothing that was taken is shown again.
    assert WORDS not in text(client.get(url("testimony-take", forum)))


def test_a_closed_link_says_so(client):
    response = client.get(reverse("seat-enter", args=["x" * 40]))
    assert response.status_code == 404 and "<form" not in text(response)


# The promise, and where participants stand


def test_the_promise_is_a_public_page(client, forum, django_assert_num_queries):
    with django_assert_num_queries(3):
        response = client.get(url("promise-detail", forum))
    assert response.status_code == 200 and response["ETag"] and not response.cookies
    assert "public" in response["Cache-Control"]


def test_a_card_says_where_it_stands_once(client, forum):
    recommendation = make.a_recommendation(forum, Recommendation.State.ADOPTED)
    _participant, code = participants.register(
        forum, by=make.organiser_of(forum), region=forum.regions.first(), capacity=forum.capacities.first()
    )
    address = url("recommendation-stand", forum, recommendation.number)
    assert client.get(address).status_code == 200
    for stance in ("agree", "unsure"):
        assert client.post(address, {"code": code, "stance": stance}).status_code == 200
    assert Support.objects.get().stance == "unsure"
    wrong = client.post(address, {"code": "AAAAA-AAAAB", "stance": "agree"})
    assert wrong.status_code == 422 and errors(wrong) == {"code"}


# Receipt cards on the facilitator's desk (M4)


def take(client: Client, forum: Forum, serial: str, **changes: Any) -> Any:
    sent = answers(forum, read_aloud="yes", interpreted="no", serial=serial, **changes)
    return client.post(url("testimony-take", forum), sent)


def test_the_serial_is_asked_on_a_screen_of_its_own_and_of_facilitators_alone(client, forum):
    assert "serial" not in client.get(url("testimony-new", forum)).context["form"].fields
    facilitator(client, forum)
    form = client.get(url("testimony-take", forum)).context["form"]
    assert ("receipt-card", ("serial",)) in form.STEPS and not form.fields["serial"].required


def test_a_serial_gives_the_testimony_the_receipt_inside_the_card(client, forum):
    facilitator(client, forum)
    blank = make.a_card(forum)
    response = take(client, forum, f" {sealing.format_serial(blank.serial)} ")
    assert response.status_code == 200
    page = text(response)
    assert sealing.format_serial(blank.serial) in page
    # The server does not know the digits, and shows none it made in their place.
    assert not RECEIPT.search(page)
    assert text(look(client, forum, blank.receipt)) and look(client, forum, blank.receipt).status_code == 200


def test_without_a_serial_the_server_makes_the_receipt(client, forum):
    facilitator(client, forum)
    response = take(client, forum, "")
    assert look(client, forum, RECEIPT.search(text(response))[0]).status_code == 200


@pytest.mark.parametrize("wrong", ["slip", "unknown", "used", "void", "another forum's"])
def test_a_serial_that_is_no_good_is_said_beside_the_field(client, forum, wrong):
    facilitator(client, forum)
    blank = make.a_card(forum if wrong != "another forum's" else make.a_forum("elsewhere"))
    serial = blank.serial
    if wrong == "slip":
        serial = serial[:-1] + str((int(serial[-1]) + 1) % 10)
    if wrong == "unknown":
        ReceiptCard.objects.all().delete()
    if wrong == "used":
        assert take(client, forum, serial).status_code == 200
    if wrong == "void":
        cards.void(CardBatch.objects.get(), by=make.organiser_of(forum), reason="Perdue.")
    before = Testimony.objects.count()
    response = take(client, forum, serial, words="D'autres mots.")
    assert response.status_code == 422 and errors(response) == {"serial"}
    assert serial in text(response) and "D&#x27;autres mots." in text(response)
    assert 'class="step open" id="receipt-card"' in text(response)
    assert Testimony.objects.count() == before


def test_sending_twice_with_a_card_keeps_one_and_shows_the_same_card(client, forum):
    facilitator(client, forum)
    blank = make.a_card(forum)
    ticket = Ticket.new(time.time() - 60).sealed(forum)
    for _ in range(2):
        response = take(client, forum, blank.serial, ticket=ticket)
        assert response.status_code == 200 and sealing.format_serial(blank.serial) in text(response)
    assert Testimony.objects.count() == 1


def test_a_page_sent_again_with_another_card_tells_which_one_holds_the_receipt(client, forum):
    facilitator(client, forum)
    first, second = make.a_card(forum), make.a_card(forum)
    ticket = Ticket.new(time.time() - 60).sealed(forum)
    take(client, forum, first.serial, ticket=ticket)
    for serial in (second.serial, ""):
        response = take(client, forum, serial, ticket=ticket)
        assert response.status_code == 200
        assert sealing.format_serial(second.serial) not in text(response) and not RECEIPT.search(text(response))
    assert ReceiptCard.objects.get(serial=second.serial).receipt_hash


def test_a_page_sent_without_a_card_keeps_its_numbers_when_one_is_added(client, forum):
    facilitator(client, forum)
    blank = make.a_card(forum)
    ticket = Ticket.new(time.time() - 60)
    take(client, forum, "", ticket=ticket.sealed(forum))
    response = take(client, forum, blank.serial, ticket=ticket.sealed(forum))
    assert sealing.format_receipt(ticket.receipt) in text(response)
    assert ReceiptCard.objects.get().receipt_hash


def test_other_words_from_the_page_of_a_card_are_kept_aside_and_no_wrong_numbers_shown(client, forum):
    facilitator(client, forum)
    blank = make.a_card(forum)
    ticket = Ticket.new(time.time() - 60).sealed(forum)
    take(client, forum, blank.serial, ticket=ticket)
    response = take(client, forum, blank.serial, ticket=ticket, words="Autre chose.")
    assert response.status_code == 409 and "Autre chose." in text(response)
    assert not RECEIPT.search(text(response))


def test_a_card_used_a_moment_ago_is_said_beside_the_field(client, forum):
    facilitator(client, forum)
    blank = make.a_card(forum)
    with patch("declarations.workflow.keeping.cards.take", side_effect=cards.CardSpent):
        response = take(client, forum, blank.serial)
    assert response.status_code == 422 and errors(response) == {"serial"} and WORDS in text(response)
    assert not Testimony.objects.exists()


def test_wrong_serials_are_limited_in_total(client, forum):
    facilitator(client, forum)
    blank = make.a_card(forum)
    with patch.dict(guesses.MOST, serial=2), patch.object(guesses, "draw", return_value=0.99):
        for _ in range(2):
            take(client, forum, "000000" if blank.serial != "000000" else "111113")
        assert errors(take(client, forum, blank.serial)) == {"serial"}
        # Nobody is kept from telling.
        assert take(client, forum, "").status_code == 200


def test_whoever_has_an_account_finds_the_paper_forms_from_the_desk(client, forum):
    facilitator(client, forum)
    address = reverse("admin:paper-desk")
    assert address not in text(client.get(url("testimony-take", forum)))
    with_account = Client()
    with_account.force_login(make.a_seat(forum, Seat.Role.FACILITATOR).user)
    assert address in text(with_account.get(url("testimony-take", forum)))
    assert address not in text(client.get(url("testimony-new", forum)))
