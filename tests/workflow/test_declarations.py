import json
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from declarations.models import Adoption, Clause, ClauseWording, Declaration, Seat, Version
from declarations.workflow import declarations
from declarations.workflow.moves import IllegalMove, Refused, StaleRevision
from tests import factories

pytestmark = pytest.mark.django_db
State = Declaration.State


@pytest.fixture
def forum():
    return factories.a_forum()


@pytest.fixture
def by(forum):
    return factories.organiser_of(forum)


@pytest.fixture
def declaration(forum):
    return factories.a_declaration(forum)


@pytest.fixture
def frozen(forum):
    return factories.a_declaration(forum, State.FROZEN)


@pytest.fixture
def adopted(forum):
    return factories.a_declaration(forum, State.ADOPTED)


class WhenComposing:
    def test_a_forum_has_one_declaration(self, declaration, by):
        with pytest.raises(Refused):
            declarations.start(declaration.forum, by=by, title={"fr": "Encore une"})

    def test_numbers_go_through_the_numbered_sections_in_reading_order(self, declaration, by):
        first, second = declaration.sections.all()
        followup = declarations.add_section(declaration, by=by, kind="followup", heading={"fr": "Suivi"})
        clause = declarations.add_clause(followup, by=by, texts={"fr": "Un comité suit."})
        assert list(declarations.numbering(declaration).values()) == [1, 2, 3]
        declarations.move_section(followup, by=by, order=1)
        assert declarations.numbering(declaration)[clause.identifier] == 1
        assert [section.order for section in declaration.sections.all()] == [1, 2, 3]
        assert first.clauses.get().identifier not in declarations.numbering(declaration)

    def test_an_identifier_survives_everything_that_moves(self, declaration, by):
        clause = factories.last_clause(declaration)
        identifier = clause.identifier
        declarations.move_clause(clause, by=by, order=1)
        assert declarations.numbering(declaration)[identifier] == 1
        declarations.move_clause(clause, by=by, order=9, section=declaration.sections.first())
        assert identifier not in declarations.numbering(declaration)
        declarations.remove_clause(clause, by=by)
        assert not Clause.objects.standing().filter(identifier=identifier).exists()
        assert Clause.objects.get(identifier=identifier).wordings.count() == 2
        declarations.restore_clause(clause, by=by)
        assert Clause.objects.standing().filter(identifier=identifier).exists()

    def test_a_clause_rests_on_adopted_recommendations_of_its_forum(self, declaration, by):
        clause = factories.last_clause(declaration)
        with pytest.raises(Refused):
            declarations.add_source(clause, factories.a_recommendation(declaration.forum, "handed_in"), by=by)
        with pytest.raises(Refused):
            other = factories.a_recommendation(factories.a_forum("harmony"), "adopted")
            declarations.add_source(clause, other, by=by)
        source = declarations.add_source(
            clause, factories.a_recommendation(declaration.forum, "adopted"), by=by, reason="La même demande."
        )
        assert clause.sources.count() == 2
        declarations.drop_source(source, by=by)
        assert clause.sources.count() == 1

    def test_a_clause_that_cannot_be_kept_leaves_nothing(self, declaration, by):
        section, count = declaration.sections.last(), Clause.objects.count()
        for texts, field in (({}, "text"), ({"fr": "a\x00"}, "text_fr"), ({"bm": "I ni ce"}, "text_bm")):
            with pytest.raises(ValidationError) as refused:
                declarations.add_clause(section, by=by, texts=texts)
            assert list(refused.value.message_dict) == [field]
        with pytest.raises(Refused):
            unfit = [factories.a_recommendation(declaration.forum)]
            declarations.add_clause(section, by=by, texts={"fr": "Un puits."}, sources=unfit)
        assert Clause.objects.count() == count

    def test_a_section_with_clauses_is_not_removed(self, declaration, by):
        with pytest.raises(Refused):
            declarations.remove_section(declaration.sections.first(), by=by)
        empty = declarations.add_section(declaration, by=by, kind="annex", heading={})
        declarations.remove_section(empty, by=by)
        assert declaration.sections.count() == 2


class WhenWording:
    def test_two_people_writing_at_once_are_told(self, declaration, by):
        clause = factories.last_clause(declaration)
        declarations.word_clause(clause, by=by, language="fr", text="Un.", revision=0)
        with pytest.raises(StaleRevision):
            declarations.word_clause(clause, by=by, language="fr", text="Deux.", revision=0)
        assert ClauseWording.objects.get(clause=clause, language="fr").text == "Un."

    def test_another_person_approves(self, declaration, by):
        wording = factories.last_clause(declaration).wordings.get(language="en")
        with pytest.raises(Refused):
            declarations.approve_wording(wording, by=factories.a_seat(declaration.forum, Seat.Role.APPROVER, by.user))
        approver = factories.a_seat(declaration.forum, Seat.Role.APPROVER, user=False)
        declarations.approve_wording(wording, by=approver)
        assert ClauseWording.objects.get(pk=wording.pk).approved_by == approver

    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_other_words_need_another_approval(self, declaration, by, language):
        """A translation was approved for the authentic words of its day: it falls with them."""
        clause = factories.last_clause(declaration)
        wording = clause.wordings.get(language="en")
        declarations.approve_wording(wording, by=factories.a_seat(declaration.forum, Seat.Role.APPROVER, user=False))
        declarations.word_clause(clause, by=by, language=language, text="Other words.")
        wording.refresh_from_db()
        assert wording.approved_by is None

    @pytest.mark.parametrize("state", [State.FROZEN, State.ADOPTED])
    def test_fixed_words_stay_and_translations_go_on(self, forum, by, state):
        declaration = factories.a_declaration(forum, state)
        clause, digest = factories.last_clause(declaration), declarations.words_digest(declaration)
        declarations.word_clause(clause, by=by, language="ar", text="لا تُغلق بئر.")
        declarations.retitle(declaration, by=by, title={**declaration.title, "ar": "إعلان"})
        section = declaration.sections.last()
        declarations.head_section(section, by=by, heading={**section.heading, "en": "Water"})
        acts = (
            lambda: declarations.word_clause(clause, by=by, language="fr", text="Autre."),
            lambda: declarations.retitle(declaration, by=by, title={"fr": "Autre"}),
            lambda: declarations.head_section(section, by=by, heading={"fr": "Autre"}),
            lambda: declarations.add_section(declaration, by=by, kind="annex", heading={}),
            lambda: declarations.add_clause(section, by=by, texts={"fr": "Autre."}),
            lambda: declarations.move_clause(clause, by=by, order=1),
            lambda: declarations.move_section(section, by=by, order=1),
            lambda: declarations.remove_clause(clause, by=by),
            lambda: declarations.set_addressees(clause, by=by, addressees=[]),
        )
        for act in acts:
            with pytest.raises(Refused):
                act()
        assert declarations.words_digest(declaration) == digest

    def test_what_lacks_which_language_is_listed_in_reading_order(self, declaration, by):
        section = declaration.sections.last()
        declarations.add_clause(section, by=by, texts={"en": "Only English."})
        gaps = declarations.missing_wordings(declaration, ["fr", "en"])
        assert [gap.languages for gap in gaps] == [("en",), ("fr",)]
        assert gaps[0].row == section
        assert gaps[1].row.wordings.get().text == "Only English."
        everything = declarations.missing_wordings(declaration)
        assert everything[0].row is None and everything[0].languages == ("ar",)


class WhenFreezing:
    def test_a_version_keeps_the_authentic_words(self, frozen):
        version = Version.objects.get()
        kept = json.loads(bytes(version.words))
        assert kept["title"] == {"fr": "Déclaration"}
        assert kept["authentic"] == ["fr"]
        assert [[text["fr"] for _id, _number, text in part["clauses"]] for part in kept["sections"]] == [
            ["Nous, réunis,"],
            ["Les comptes sont lus.", factories.TEXTS["fr"]],
        ]
        assert [number for part in kept["sections"] for _id, number, _text in part["clauses"]] == [None, 1, 2]
        assert version.digest == declarations.words_digest(frozen)

    def test_missing_words_are_named_and_nothing_is_frozen(self, declaration, by):
        declarations.add_clause(declaration.sections.last(), by=by, texts={"en": "Only English."})
        declarations.send_for_review(declaration, by=by)
        with pytest.raises(Refused, match="3"):
            declarations.freeze(declaration, by=by)
        assert Declaration.objects.get().state == State.UNDER_REVIEW
        assert not Version.objects.exists()

    def test_a_text_without_clauses_is_not_frozen(self, forum, by):
        declaration = declarations.start(forum, by=by, title={"fr": "Vide"})
        declarations.send_for_review(declaration, by=by)
        with pytest.raises(Refused):
            declarations.freeze(declaration, by=by)

    def test_each_step_follows_the_one_before(self, declaration, by):
        with pytest.raises(IllegalMove):
            declarations.freeze(declaration, by=by)
        declarations.send_for_review(declaration, by=by)
        with pytest.raises(IllegalMove):
            declarations.send_for_review(declaration, by=by)
        declarations.return_to_drafting(declaration, by=by)
        with pytest.raises(IllegalMove):
            declarations.reopen(declaration, by=by, reason="Une faute.")

    def test_amended_in_plenary_is_another_version(self, frozen, by):
        clause = factories.last_clause(frozen)
        version = declarations.amend_in_plenary(
            frozen, by=by, changes=[(clause, "fr", "Aucun puits n'est fermé.")], why="La plénière l'a demandé."
        )
        assert (version.number, frozen.state) == (2, State.FROZEN)
        assert version.digest == declarations.words_digest(frozen) != Version.objects.get(number=1).digest

    def test_a_plenary_that_fails_leaves_the_text_frozen_as_it_was(self, frozen, by):
        first, last = Clause.objects.standing().first(), factories.last_clause(frozen)
        with pytest.raises(ValidationError):
            declarations.amend_in_plenary(
                frozen, by=by, changes=[(first, "fr", "Autre."), (last, "fr", "\x00")], why="Vite."
            )
        stored = Declaration.objects.get()
        assert stored.state == State.FROZEN
        assert Version.objects.get().digest == declarations.words_digest(stored)

    def test_only_a_frozen_text_is_amended_in_plenary(self, adopted, by):
        with pytest.raises(IllegalMove):
            declarations.amend_in_plenary(
                adopted, by=by, changes=[(factories.last_clause(adopted), "fr", "Autre.")], why="Trop tard."
            )


class WhenAdopting:
    def test_the_adoption_points_at_the_exact_words(self, frozen):
        adoption = factories.an_adoption(frozen)
        assert adoption.version.digest == declarations.words_digest(frozen)
        assert frozen.state == State.ADOPTED
        assert adoption.signatures.get().name == "Awa Traoré"
        assert declarations.adoption_of(frozen) == adoption

    def test_other_words_than_those_that_stand_are_not_adopted(self, frozen, by):
        old = declarations.words_digest(frozen)
        declarations.amend_in_plenary(
            frozen, by=by, changes=[(factories.last_clause(frozen), "fr", "Autre.")], why="La plénière."
        )
        for digest in (old, "0" * 64, ""):
            with pytest.raises(Refused):
                factories.an_adoption(frozen, digest=digest)
        assert not Adoption.objects.exists()

    def test_words_changed_behind_the_verbs_are_not_adopted(self, frozen):
        digest = declarations.words_digest(frozen)
        ClauseWording.objects.filter(language="fr").update(text="Glissé dessous.")
        for given in (digest, declarations.words_digest(frozen)):
            with pytest.raises(Refused):
                factories.an_adoption(frozen, digest=given)

    def test_a_translation_does_not_move_the_digest(self, frozen, by):
        digest = declarations.words_digest(frozen)
        declarations.word_clause(factories.last_clause(frozen), by=by, language="en", text="Reworded.")
        assert factories.an_adoption(frozen, digest=digest).version.digest == digest

    def test_what_is_not_frozen_is_not_adopted(self, declaration):
        with pytest.raises(Refused):
            factories.an_adoption(declaration)

    def test_it_is_adopted_once(self, adopted):
        with pytest.raises(IllegalMove):
            factories.an_adoption(adopted)

    def test_a_vote_has_its_figures_and_nothing_else_has(self, frozen):
        for fields in ({"method": "vote"}, {"votes": (3, 2, 1)}, {"method": "vote", "votes": (3, -1, 0)}):
            with pytest.raises(ValidationError) as refused:
                factories.an_adoption(frozen, **fields)
            assert list(refused.value.message_dict) == ["votes_for"]
        adoption = factories.an_adoption(frozen, method="vote", votes=(101, 7, 4))
        assert (adoption.votes_for, adoption.votes_against, adoption.abstentions) == (101, 7, 4)

    def test_reopened_and_adopted_again_is_another_adoption(self, adopted, by):
        first = declarations.adoption_of(adopted)
        declarations.reopen(adopted, by=by, reason="Une faute d'accord.")
        declarations.word_clause(factories.last_clause(adopted), by=by, language="fr", text="Aucun puits fermé.")
        declarations.freeze(adopted, by=by)
        assert declarations.adoption_of(adopted) is None
        second = factories.an_adoption(adopted, adopted_on=date(2026, 12, 1))
        assert Adoption.objects.get(pk=first.pk).version.digest != second.version.digest

    @pytest.mark.parametrize("model", [Version, Adoption])
    def test_the_database_refuses_to_change_what_was_adopted(self, adopted, model):
        rows = model._base_manager.all()
        for act in (lambda: rows.update(id=0), lambda: rows._raw_delete("default")):
            with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
                act()
