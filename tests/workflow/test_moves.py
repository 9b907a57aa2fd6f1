"""Every table of moves, from every state: what is not in the table is refused and writes nothing."""

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from declarations.models import HistoryEntry, Seat
from declarations.workflow import amendments, followup, moves, names
from tests import factories

pytestmark = pytest.mark.django_db


def an_amendment(forum):
    clause = factories.last_clause(factories.a_declaration(forum))
    return amendments.propose(
        clause, by=factories.organiser_of(forum), language="fr", text="Aucun puits.", reason="Plus court."
    )


def a_commitment(forum):
    clause = factories.last_clause(factories.an_edition(forum).declaration)
    return followup.promise(
        clause,
        by=factories.organiser_of(forum),
        addressee=clause.addressees.all()[0],
        text={"fr": "Un registre."},
        due_on=forum.ends_on,
    )


def an_opening(forum):
    (seat, private), _other = factories.custodians(forum)
    return names.ask(factories.a_named_testimony(forum), by=seat, reason="Elle le demande.", private=private)


ROWS = {
    "Participant": factories.a_participant,
    "Testimony": factories.a_testimony,
    "PaperForm": factories.a_paper_form,
    "Excerpt": factories.an_excerpt,
    "NameOpening": an_opening,
    "Finding": factories.a_finding,
    "Recommendation": factories.a_recommendation,
    "Declaration": factories.a_declaration,
    "Amendment": an_amendment,
    "Proof": factories.a_proof,
    "Commitment": a_commitment,
}
TABLES = {
    model.__name__: model for model in apps.get_app_config("declarations").get_models() if hasattr(model, "MOVES")
}


def test_every_table_is_tried_here():
    assert set(ROWS) == set(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_names_every_state_and_no_other(name):
    model = TABLES[name]
    assert set(model.MOVES) == set(model.State)
    assert all(to <= set(model.State) for to in model.MOVES.values())


@pytest.mark.parametrize("name", TABLES)
def test_whatever_has_states_has_a_table(name):
    for model in apps.get_app_config("declarations").get_models():
        try:
            model._meta.get_field("state")
        except FieldDoesNotExist:
            continue
        # A report copies the state that it reported; it has no road of its own.
        assert hasattr(model, "MOVES") or model.__name__ == "Report"


@pytest.mark.parametrize("name", TABLES)
def test_what_is_not_in_the_table_is_refused_and_writes_nothing(name):
    forum = factories.a_forum()
    row, by, model = ROWS[name](forum), factories.organiser_of(forum), TABLES[name]
    for before in model.State.values:
        for to in set(model.State.values) - set(model.MOVES[before]):
            model._base_manager.filter(pk=row.pk).update(state=before)
            lines = HistoryEntry.objects.count()
            with pytest.raises(moves.IllegalMove):
                moves.move(row, to, by=by, verb="try")
            assert model._base_manager.get(pk=row.pk).state == before
            assert HistoryEntry.objects.count() == lines


@pytest.mark.parametrize("name", TABLES)
def test_what_is_in_the_table_moves_and_leaves_a_line(name):
    forum = factories.a_forum()
    row, by, model = ROWS[name](forum), factories.organiser_of(forum), TABLES[name]
    for before, after in ((one, to) for one in model.State.values for to in model.MOVES[one]):
        model._base_manager.filter(pk=row.pk).update(state=before)
        assert moves.move(row, after, by=by, verb="try", reason="why").state == row.state == after
        line = HistoryEntry.objects.of(row).last()
        assert (line.from_state, line.to_state, line.seat, line.reason) == (before, after, by, "why")


def test_a_stale_copy_does_not_move_what_somebody_else_moved():
    forum = factories.a_forum()
    mine, by = factories.a_recommendation(forum), factories.organiser_of(forum)
    theirs = type(mine).objects.get(pk=mine.pk)
    moves.move(theirs, "handed_in", by=by, verb="hand_in")
    with pytest.raises(moves.IllegalMove):
        moves.move(mine, "handed_in", by=by, verb="hand_in")


def test_a_passing_seat_moves_and_leaves_no_line():
    forum = factories.a_forum()
    row = factories.a_recommendation(forum)
    lines = HistoryEntry.objects.count()
    moves.move(row, "handed_in", by=factories.a_seat(forum, Seat.Role.PUBLIC), verb="hand_in")
    assert row.state == "handed_in"
    assert HistoryEntry.objects.count() == lines
