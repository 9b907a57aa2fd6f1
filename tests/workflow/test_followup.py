from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from declarations.models import Commitment, HistoryEntry, Report, Response, Seat
from declarations.workflow import declarations, followup
from declarations.workflow.moves import IllegalMove, Refused
from tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr("declarations.workflow.editions.FORMATS", {})


@pytest.fixture
def forum():
    return factories.a_forum()


@pytest.fixture
def by(forum):
    return factories.organiser_of(forum)


@pytest.fixture
def government(forum):
    return forum.addressees.get(code="government")


@pytest.fixture
def clause(forum):
    return factories.last_clause(factories.an_edition(forum).declaration)


def answered(clause, addressee, by, **fields):
    given = {
        "position": "accepted",
        "text": "Oui.",
        "language": "fr",
        "channel": "letter",
        "answered_on": DAY,
        **fields,
    }
    return followup.answer(clause, by=by, addressee=addressee, **given)


def promised(clause, addressee, by, due_on=DAY):
    return followup.promise(clause, by=by, addressee=addressee, text={"fr": "Un registre."}, due_on=due_on)


class WhenDelivering:
    def test_an_edition_is_handed_to_an_addressee_of_the_forum(self, clause, by, government):
        edition = clause.section.declaration.editions.get()
        delivery = followup.record_delivery(
            edition, by=by, addressee=government, delivered_on=DAY, how={"fr": "En mains propres."}
        )
        assert edition.deliveries.get() == delivery
        with pytest.raises(Refused):
            followup.record_delivery(
                edition,
                by=by,
                addressee=factories.a_forum("harmony").addressees.first(),
                delivered_on=DAY,
                how={"fr": "Par courrier."},
            )
        with pytest.raises(ValidationError):
            followup.record_delivery(edition, by=by, addressee=government, delivered_on=DAY, how={})


class WhenAnswering:
    def test_an_answer_is_recorded_with_who_recorded_it(self, forum, clause, government):
        seat = factories.a_seat(forum, Seat.Role.ADDRESSEE, user=False, addressee=government)
        response = answered(clause, government, seat, channel="link")
        assert (response.recorded_by, response.is_standing) == (seat, True)
        assert HistoryEntry.objects.of(response).get().seat == seat

    def test_a_later_answer_stands_and_the_earlier_stays(self, clause, by, government):
        first = answered(clause, government, by)
        second = answered(clause, government, by, position="partly", text="En partie.")
        assert second.replaces == first
        assert Response.objects.count() == 2
        assert Response.objects.standing().get() == second
        third = answered(clause, government, by, position="refused", text="Non.")
        assert (third.replaces, Response.objects.standing().get()) == (second, third)

    def test_each_addressee_answers_for_itself(self, forum, clause, by, government):
        answered(clause, government, by)
        answered(clause, forum.addressees.get(code="donors"), by, position="noted")
        assert Response.objects.standing().count() == 2

    def test_whoever_was_not_asked_does_not_answer(self, forum, clause, by):
        with pytest.raises(Refused):
            answered(clause, forum.addressees.get(code="chiefs"), by)

    def test_what_is_not_published_has_no_answer(self, forum, by, government):
        clause = factories.last_clause(factories.a_declaration(forum, "adopted"))
        with pytest.raises(Refused):
            answered(clause, government, by)

    def test_a_clause_added_after_the_edition_has_no_answer_yet(self, clause, by, government):
        declaration = clause.section.declaration
        declarations.reopen(declaration, by=by, reason="Une suite.")
        added = declarations.add_clause(clause.section, by=by, texts={"fr": "Et."}, addressees=[government])
        with pytest.raises(Refused):
            answered(added, government, by)

    @pytest.mark.parametrize(
        ("field", "value"),
        [("position", "perhaps"), ("text", " "), ("text", "a\x1b"), ("language", "bm"), ("channel", "drum")],
    )
    def test_what_cannot_be_kept_is_said_beside_the_field(self, clause, by, government, field, value):
        answered(clause, government, by)
        with pytest.raises(ValidationError) as refused:
            answered(clause, government, by, **{field: value})
        assert list(refused.value.message_dict) == [field]
        assert Response.objects.standing().count() == 1


class WhenPromising:
    def test_it_is_done_only_when_somebody_said_so_in_words(self, clause, by, government):
        commitment = promised(clause, government, by)
        assert commitment.state == "planned"
        report = {"by": by, "language": "fr", "reported_on": DAY}
        followup.report(commitment, state="under_way", text="Commencé.", **report)
        followup.report(commitment, state="under_way", text="Toujours en cours.", **report)
        with pytest.raises(ValidationError):
            followup.report(commitment, state="done", text="", **report)
        assert Commitment.objects.get().state == "under_way"
        followup.report(commitment, state="done", text="Le registre est ouvert.", **report)
        assert list(Report.objects.values_list("state", flat=True)) == ["under_way", "under_way", "done"]
        assert Commitment.objects.get().state == "done"

    def test_an_illegal_move_leaves_no_report(self, clause, by, government):
        commitment = promised(clause, government, by)
        report = {"by": by, "language": "fr", "reported_on": DAY, "text": "Voilà."}
        followup.report(commitment, state="done", **report)
        with pytest.raises(IllegalMove):
            followup.report(commitment, state="dropped", **report)
        assert Report.objects.count() == 1

    def test_a_day_that_passed_makes_it_late(self, forum, clause, by, government):
        today = forum.today()
        past, today_still = (promised(clause, government, by, today - timedelta(days=days)) for days in (1, 0))
        assert followup.mark_late(forum, by=by) == 1
        assert followup.mark_late(forum, by=by) == 0
        assert set(Commitment.objects.values_list("pk", "state")) == {(past.pk, "late"), (today_still.pk, "planned")}
