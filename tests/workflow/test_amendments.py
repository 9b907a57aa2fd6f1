import pytest
from django.core.exceptions import ValidationError

from declarations.models import Amendment, Seat, Version
from declarations.workflow import amendments, declarations
from declarations.workflow.moves import IllegalMove, Refused
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def forum():
    return factories.a_forum()


@pytest.fixture
def by(forum):
    return factories.organiser_of(forum)


def proposed(forum, state="under_review", by=None):
    clause = factories.last_clause(factories.a_declaration(forum, state))
    return amendments.propose(
        clause, by=by or factories.organiser_of(forum), language="fr", text="Aucun puits.", reason="Plus court."
    )


def text_of(amendment):
    return amendment.clause.wordings.get(language="fr").text


def test_an_accepted_amendment_writes_its_words(forum, by):
    amendment = proposed(forum)
    amendments.accept(amendment, by=by)
    assert (amendment.state, text_of(amendment)) == ("accepted", "Aucun puits.")
    assert amendment.clause.wordings.get(language="fr").approved_by is None


def test_a_merged_amendment_writes_other_words_and_says_why(forum, by):
    amendment = proposed(forum)
    amendments.merge(amendment, by=by, text="Aucun puits fermé.", reason="Avec celui du groupe 2.")
    assert (amendment.state, text_of(amendment)) == ("merged", "Aucun puits fermé.")
    assert Amendment.objects.get().decision_reason == "Avec celui du groupe 2."
    assert Amendment.objects.get().text == "Aucun puits."


def test_what_is_not_kept_stays_with_its_reason_and_may_be_taken_up_again(forum, by):
    amendment = proposed(forum)
    with pytest.raises(ValidationError):
        amendments.reject(amendment, by=by, reason=" ")
    amendments.reject(amendment, by=by, reason="Trop court.")
    assert text_of(amendment) == factories.TEXTS["fr"]
    with pytest.raises(IllegalMove):
        amendments.accept(amendment, by=by)
    amendments.reconsider(amendment, by=by, reason="Le groupe insiste.")
    amendments.accept(amendment, by=by)
    assert text_of(amendment) == "Aucun puits."


def test_a_withdrawn_amendment_is_not_decided(forum, by):
    amendment = proposed(forum)
    amendments.withdraw(amendment, by=by)
    for act in (amendments.accept, amendments.withdraw):
        with pytest.raises(IllegalMove):
            act(amendment, by=by)
    assert text_of(amendment) == factories.TEXTS["fr"]


def test_a_frozen_text_takes_it_up_only_in_plenary(forum, by):
    amendment = proposed(forum, "frozen")
    with pytest.raises(Refused):
        amendments.accept(amendment, by=by)
    assert Amendment.objects.get().state == "proposed"
    amendments.accept(amendment, by=factories.a_seat(forum, Seat.Role.CHAIR), in_plenary=True)
    declaration = amendment.clause.section.declaration
    declaration.refresh_from_db()
    assert (declaration.state, Version.objects.count()) == ("frozen", 2)
    assert declarations.last_version(declaration).digest == declarations.words_digest(declaration)
    assert declarations.last_version(declaration).why == "Plus court."


def test_adopted_words_are_no_longer_proposed_otherwise(forum):
    with pytest.raises(Refused):
        proposed(forum, "adopted")


def test_adopted_words_are_not_amended_by_what_was_proposed_before(forum, by):
    amendment = proposed(forum, "frozen")
    factories.an_adoption(amendment.clause.section.declaration)
    for in_plenary in (False, True):
        with pytest.raises(Refused):
            amendments.accept(Amendment.objects.get(), by=by, in_plenary=in_plenary)
    assert text_of(amendment) == factories.TEXTS["fr"]


def test_somebody_with_a_card_leaves_the_day_and_no_name(forum):
    amendment = proposed(forum, by=factories.a_seat(forum, Seat.Role.PARTICIPANT))
    assert amendment.proposed_by is None
    assert amendment.proposed_on == forum.today()


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("text", {"text": "\x00"}),
        ("reason", {"reason": ""}),
        ("language", {"language": "bm"}),
    ],
)
def test_what_cannot_be_kept_is_said_beside_the_field(forum, by, field, fields):
    clause = factories.last_clause(factories.a_declaration(forum))
    given = {"language": "fr", "text": "Aucun puits.", "reason": "Plus court.", **fields}
    with pytest.raises(ValidationError) as refused:
        amendments.propose(clause, by=by, **given)
    assert list(refused.value.message_dict) == [field]
    assert not Amendment.objects.exists()


def test_a_clause_taken_out_and_a_group_of_another_forum_are_refused(forum, by):
    clause = factories.last_clause(factories.a_declaration(forum))
    given = {"by": by, "language": "fr", "text": "Aucun puits.", "reason": "Plus court."}
    with pytest.raises(Refused):
        amendments.propose(clause, group=factories.a_group(factories.a_forum("harmony")), **given)
    declarations.remove_clause(clause, by=by)
    with pytest.raises(Refused):
        amendments.propose(clause, **given)
