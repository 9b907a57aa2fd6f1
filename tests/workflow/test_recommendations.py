import pytest
from django.core.exceptions import ValidationError

from declarations.models import HistoryEntry, Recommendation, Relation, Review, Seat, Support
from declarations.workflow import declarations, participants, recommendations
from declarations.workflow.moves import IllegalMove, Refused, StaleRevision
from declarations.workflow.texts import items_of
from tests import factories

pytestmark = pytest.mark.django_db
State = Recommendation.State


@pytest.fixture
def forum():
    return factories.a_forum()


@pytest.fixture
def by(forum):
    return factories.organiser_of(forum)


class WhenDrafting:
    def test_numbers_go_through_the_forum(self, forum):
        other = factories.a_forum("harmony")
        rows = [factories.a_recommendation(forum, group=factories.a_group(forum)) for _ in range(3)]
        assert [row.number for row in rows] == [1, 2, 3]
        assert factories.a_recommendation(other).number == 1

    def test_group_and_words_are_enough_to_hand_in(self, forum, by):
        row = factories.a_recommendation(forum)
        recommendations.hand_in(row, by=by)
        assert (row.state, row.handed_in_by) == (State.HANDED_IN, by)
        assert row.handed_in_at is not None

    def test_a_draft_is_edited_until_it_is_handed_in(self, forum, by):
        row = factories.a_recommendation(forum)
        recommendations.edit_draft(row, by=by, words="Un comité.", revision=0)
        assert (row.handed_in_words, row.revision) == ("Un comité.", 1)
        with pytest.raises(StaleRevision):
            recommendations.edit_draft(row, by=by, words="Trois comités.", revision=0)
        recommendations.hand_in(row, by=by)
        with pytest.raises(Refused):
            recommendations.edit_draft(row, by=by, words="Deux comités.", revision=1)
        assert Recommendation.objects.get().handed_in_words == "Un comité."

    @pytest.mark.parametrize("words", ["", "  \n", "a\x07b", "a\u202eb", "x" * 4001])
    def test_what_cannot_be_kept_is_said_beside_the_field(self, forum, by, words):
        with pytest.raises(ValidationError) as refused:
            recommendations.draft(factories.a_group(forum), by=by, words=words, language="fr")
        assert list(refused.value.message_dict) == ["words"]
        assert not Recommendation.objects.exists()

    def test_a_language_the_forum_does_not_write_is_refused(self, forum, by):
        with pytest.raises(ValidationError) as refused:
            recommendations.draft(factories.a_group(forum), by=by, words="I ni ce", language="bm")
        assert list(refused.value.message_dict) == ["language"]

    def test_a_pasted_list_becomes_one_draft_each(self, forum, by):
        rows = recommendations.draft_pasted(
            factories.a_group(forum), by=by, text="1. Un comité.\n2. Une route\nqui dure.", language="fr"
        )
        assert [(row.number, row.handed_in_words, row.state) for row in rows] == [
            (1, "Un comité.", State.DRAFT),
            (2, "Une route qui dure.", State.DRAFT),
        ]

    @pytest.mark.parametrize("text", ["", "  \n \n", f"1. Un.\n2. {'x' * 5000}", "1. Un.\n2. De\x00ux."])
    def test_a_pasted_list_is_kept_whole_or_not_at_all(self, forum, by, text):
        with pytest.raises(ValidationError) as refused:
            recommendations.draft_pasted(factories.a_group(forum), by=by, text=text, language="fr")
        assert list(refused.value.message_dict) == ["text"]
        assert not Recommendation.objects.exists()


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("Un puits.\nUne route.", ["Un puits.", "Une route."]),
        ("1. Un\n2) Deux\n3 - Trois\n10.\tDix", ["Un", "Deux", "Trois", "Dix"]),
        ("- Un\n– Deux\n• Trois\n* Quatre\na) Cinq", ["Un", "Deux", "Trois", "Quatre", "Cinq"]),
        ("1. Un puits\n   Avec son comité.\n2. Une route", ["Un puits Avec son comité.", "Une route"]),
        ("Un puits\navec son comité.", ["Un puits avec son comité."]),
        ("Un puits.\n\n\nUne route.\r\n\r\navec un pont.", ["Un puits.", "Une route.", "avec un pont."]),
        ("3.5 millions de francs\n1990 puits", ["3.5 millions de francs", "1990 puits"]),
        ("١. بئر\n٢. طريق", ["بئر", "طريق"]),
        ("-\n1. \n- Un\n2.\n  Deux", ["Un", "Deux"]),
        ("  - Un\n  - Deux", ["Un", "Deux"]),
    ],
)
def test_a_pasted_text_is_cut_into_items(text, items):
    assert items_of(text) == items


class WhenCompleting:
    def test_everything_else_may_follow(self, forum, by):
        row = factories.a_recommendation(forum, State.HANDED_IN)
        recommendations.complete(
            row,
            by=by,
            revision=0,
            themes=forum.themes.all(),
            addressees=forum.addressees.filter(code="donors"),
            regions=forum.regions.filter(code="gao"),
            level="local",
            horizon="months",
            reason="Le puits.",
            minority_view="Deux voix contre.",
        )
        stored = Recommendation.objects.get()
        assert (stored.level, stored.horizon, stored.minority_view) == ("local", "months", "Deux voix contre.")
        assert (stored.themes.count(), stored.addressees.count(), stored.regions.count()) == (2, 1, 1)
        with pytest.raises(StaleRevision):
            recommendations.complete(row, by=by, revision=0)

    def test_rows_of_another_forum_are_refused(self, forum, by):
        row = factories.a_recommendation(forum)
        with pytest.raises(Refused):
            recommendations.complete(row, by=by, revision=0, themes=factories.a_forum("harmony").themes.all())

    def test_an_unknown_choice_is_said_beside_its_field(self, forum, by):
        with pytest.raises(ValidationError) as refused:
            recommendations.complete(factories.a_recommendation(forum), by=by, revision=0, level="galactic")
        assert list(refused.value.message_dict) == ["level"]

    def test_what_is_decided_is_reopened_first(self, forum, by):
        with pytest.raises(Refused):
            recommendations.complete(factories.a_recommendation(forum, State.ADOPTED), by=by, revision=0)


class WhenGrounding:
    def test_it_rests_on_an_agreed_finding_once(self, forum, by):
        row, finding = factories.a_recommendation(forum), factories.a_finding(forum)
        recommendations.ground(row, by=by, finding=finding)
        found = recommendations.ground(row, by=by, finding=finding, kind="qualifies", reason="En partie.")
        assert row.grounds.get() == found
        assert (found.kind, found.reason) == ("qualifies", "En partie.")
        recommendations.unground(found, by=by)
        assert not row.grounds.exists()

    def test_a_draft_finding_bears_nothing(self, forum, by):
        with pytest.raises(Refused):
            recommendations.ground(
                factories.a_recommendation(forum), by=by, finding=factories.a_finding(forum, "draft")
            )

    def test_a_finding_of_another_forum_bears_nothing(self, forum, by):
        with pytest.raises(Refused):
            recommendations.ground(
                factories.a_recommendation(forum), by=by, finding=factories.a_finding(factories.a_forum("harmony"))
            )

    def test_it_rests_on_one_thing_at_a_time(self, forum, by):
        row = factories.a_recommendation(forum)
        recommendations.ground(row, by=by, document="Procès-verbal du 3 mars")
        with pytest.raises(ValidationError):
            recommendations.ground(row, by=by)
        with pytest.raises(ValidationError):
            recommendations.ground(row, by=by, finding=factories.a_finding(forum), document="Rapport")


GOOD = {"verdict": "support", "clarity": 5, "feasibility": 4, "urgency": 3}


class WhenReviewing:
    def test_the_first_review_takes_it_into_review(self, forum):
        row, expert = factories.a_recommendation(forum, State.HANDED_IN), factories.a_seat(forum, Seat.Role.EXPERT)
        recommendations.review(row, by=expert, comment="Clair.", **GOOD)
        assert row.state == State.IN_REVIEW
        recommendations.review(row, by=expert, **(GOOD | {"verdict": "against"}))
        assert Review.objects.get().verdict == "against"

    def test_it_ends_with_the_decision(self, forum):
        expert = factories.a_seat(forum, Seat.Role.EXPERT, user=False)
        for state in (State.DRAFT, State.ADOPTED, State.SET_ASIDE):
            with pytest.raises(Refused):
                recommendations.review(factories.a_recommendation(forum, state), by=expert, **GOOD)

    @pytest.mark.parametrize(("field", "value"), [("verdict", "maybe"), ("clarity", 0), ("urgency", 6)])
    def test_a_score_is_from_one_to_five(self, forum, field, value):
        row = factories.a_recommendation(forum, State.HANDED_IN)
        with pytest.raises(ValidationError) as refused:
            recommendations.review(row, by=factories.organiser_of(forum), **(GOOD | {field: value}))
        assert list(refused.value.message_dict) == [field]

    def test_others_are_blind_until_they_have_reviewed(self, forum):
        row = factories.a_recommendation(forum, State.HANDED_IN)
        one, two = factories.a_seat(forum, Seat.Role.EXPERT), factories.a_seat(forum, Seat.Role.EXPERT)
        recommendations.review(row, by=one, **GOOD)
        assert not Review.objects.for_seat(two).exists()
        recommendations.review(row, by=two, **GOOD)
        assert Review.objects.for_seat(two).count() == 2


class WhenDeciding:
    def test_the_words_as_handed_in_become_the_wording_where_there_is_none(self, forum, by):
        row = factories.a_recommendation(forum, State.ADOPTED)
        assert row.text_in("fr") == row.handed_in_words
        assert row.decided_on == forum.today()

    def test_the_final_wording_stands_beside_the_words_as_handed_in(self, forum, by):
        row = factories.a_recommendation(forum, State.HANDED_IN)
        recommendations.revise(row, by=by, language="fr", text="Confier chaque puits à un comité.", reason="Clarté.")
        recommendations.revise(row, by=by, language="fr", text="Confier le puits à un comité.", reason="Clarté.")
        recommendations.adopt(row, by=by)
        assert row.text_in("fr") == "Confier le puits à un comité."
        assert Recommendation.objects.get().handed_in_words == "Il faut un comité au puits."

    def test_a_wording_in_an_authentic_language_is_needed(self, forum, by):
        row = recommendations.draft(factories.a_group(forum), by=by, words="A committee.", language="en")
        recommendations.hand_in(row, by=by)
        with pytest.raises(Refused, match="fr"):
            recommendations.adopt(row, by=by)
        assert not row.wordings.exists()
        recommendations.word(row, by=by, language="fr", text="Un comité.")
        recommendations.adopt(row, by=by)
        assert row.state == State.ADOPTED

    def test_of_what_is_adopted_only_translations_are_written(self, forum, by):
        row = factories.a_recommendation(forum, State.ADOPTED)
        recommendations.word(row, by=by, language="en", text="A committee.")
        with pytest.raises(Refused):
            recommendations.word(row, by=by, language="fr", text="Autre chose.")

    def test_another_person_approves_a_wording_and_other_words_need_it_again(self, forum, by):
        row = factories.a_recommendation(forum, State.ADOPTED)
        recommendations.word(row, by=by, language="en", text="A committee.")
        wording, approver = row.wordings.get(language="en"), factories.a_seat(forum, Seat.Role.APPROVER)
        with pytest.raises(Refused):
            recommendations.approve_wording(wording, by=by)
        with pytest.raises(Refused):
            recommendations.approve_wording(wording, by=factories.a_seat(forum, Seat.Role.APPROVER, user=by.user))
        recommendations.approve_wording(wording, by=approver)
        recommendations.word(row, by=by, language="en", text="One committee.")
        assert row.wordings.get(language="en").approved_by is None
        with pytest.raises(StaleRevision):
            recommendations.approve_wording(wording, by=approver)

    def test_setting_aside_needs_a_reason(self, forum, by):
        row = factories.a_recommendation(forum, State.HANDED_IN)
        with pytest.raises(ValidationError) as refused:
            recommendations.set_aside(row, by=by, reason={"fr": "  "})
        assert list(refused.value.message_dict) == ["reason"]
        recommendations.set_aside(row, by=by, reason={"fr": "Ailleurs.", "en": "Elsewhere."})
        assert Recommendation.objects.get().decision_reason == {"fr": "Ailleurs.", "en": "Elsewhere."}
        assert HistoryEntry.objects.of(row).last().reason == "Ailleurs."

    def test_a_draft_is_not_decided(self, forum, by):
        row = factories.a_recommendation(forum)
        with pytest.raises(IllegalMove):
            recommendations.adopt(row, by=by)
        assert not row.wordings.exists()

    def test_a_merge_destroys_neither(self, forum, by):
        one, other = (factories.a_recommendation(forum, State.HANDED_IN) for _ in range(2))
        recommendations.merge(one, other, by=by, reason={"fr": "La même demande."})
        assert one.state == State.SET_ASIDE
        assert Relation.objects.get().other == other
        assert Recommendation.objects.count() == 2
        with pytest.raises(Refused):
            recommendations.merge(other, one, by=by, reason={"fr": "Retour."})
        with pytest.raises(Refused):
            recommendations.merge(other, other, by=by, reason={"fr": "Soi-même."})
        recommendations.reopen(one, by=by, reason="Trop vite.")
        assert (one.state, one.decision_reason, one.decided_on) == (State.IN_REVIEW, {}, None)
        assert not Relation.objects.exists()

    def test_what_a_fixed_text_rests_on_is_not_reopened(self, forum, by):
        declaration = factories.a_declaration(forum, "frozen")
        row = Recommendation.objects.get()
        with pytest.raises(Refused):
            recommendations.reopen(row, by=by, reason="Trop vite.")
        declarations.reopen(declaration, by=by, reason="Une faute.")
        recommendations.reopen(row, by=by, reason="Trop vite.")


class WhenTakingAStand:
    def test_each_participant_stands_once_and_leaves_no_name(self, forum):
        row, participant = factories.a_recommendation(forum, State.HANDED_IN), factories.a_participant(forum)
        seat, lines = factories.a_seat(forum, Seat.Role.PARTICIPANT), HistoryEntry.objects.count()
        recommendations.take_stand(row, by=seat, participant=participant, stance="agree")
        recommendations.take_stand(row, by=seat, participant=participant, stance="unsure")
        support = Support.objects.get()
        assert (support.stance, support.region, support.capacity) == (
            "unsure",
            participant.region,
            participant.capacity,
        )
        assert participant.code_hash not in support.holder
        assert HistoryEntry.objects.count() == lines

    def test_a_new_card_gives_no_second_voice(self, forum, by):
        row, participant = factories.a_recommendation(forum, State.HANDED_IN), factories.a_participant(forum)
        seat = factories.a_seat(forum, Seat.Role.PARTICIPANT)
        recommendations.take_stand(row, by=seat, participant=participant, stance="agree")
        participants.new_card(participant, by=by)
        participant.refresh_from_db()
        recommendations.take_stand(row, by=seat, participant=participant, stance="disagree")
        assert Support.objects.get().stance == "disagree"

    def test_two_stances_of_one_person_do_not_show_as_one_persons(self, forum):
        participant, seat = factories.a_participant(forum), factories.a_seat(forum, Seat.Role.PARTICIPANT)
        for _ in range(2):
            row = factories.a_recommendation(forum, State.HANDED_IN)
            recommendations.take_stand(row, by=seat, participant=participant, stance="agree")
        assert len(set(Support.objects.values_list("holder", flat=True))) == 2

    def test_drafts_and_other_forums_are_refused(self, forum):
        seat = factories.a_seat(forum, Seat.Role.PARTICIPANT)
        with pytest.raises(Refused):
            recommendations.take_stand(
                factories.a_recommendation(forum), by=seat, participant=factories.a_participant(forum), stance="agree"
            )
        with pytest.raises(Refused):
            recommendations.take_stand(
                factories.a_recommendation(forum, State.HANDED_IN),
                by=seat,
                participant=factories.a_participant(factories.a_forum("harmony")),
                stance="agree",
            )
