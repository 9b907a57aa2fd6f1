import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from declarations.models import Session
from declarations.workflow import groups
from declarations.workflow.moves import Refused, StaleRevision
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    group = factories.a_group(factories.a_forum())
    return groups.plan_session(group, by=factories.a_rapporteur(group), starts_at=timezone.now())


def save(session, text="On a parlé du puits.", language="fr", revision=0):
    by = factories.organiser_of(session.group.forum)
    return groups.save_minutes(session, by=by, text=text, language=language, revision=revision)


def test_minutes_are_saved_with_who_wrote_them(session):
    save(session, "On a parlé.\r\nDu puits. ")
    stored = Session.objects.get()
    assert (stored.minutes, stored.minutes_language, stored.revision) == ("On a parlé.\nDu puits.", "fr", 1)
    assert stored.minutes_by == factories.organiser_of(session.group.forum)


def test_two_people_writing_at_once_are_told(session):
    save(session)
    with pytest.raises(StaleRevision):
        save(session, "Autre chose", revision=0)
    assert Session.objects.get().minutes == "On a parlé du puits."


@pytest.mark.parametrize(
    ("text", "language", "field"),
    [("a\x00b", "fr", "minutes"), ("x" * 20_001, "fr", "minutes"), ("x", "bm", "minutes_language")],
)
def test_what_cannot_be_kept_is_said_beside_the_field(session, text, language, field):
    with pytest.raises(ValidationError) as refused:
        save(session, text, language)
    assert list(refused.value.message_dict) == [field]
    assert Session.objects.get().minutes == ""


def test_groups_are_numbered_in_their_forum_and_take_its_people_once():
    forum, other = factories.a_forum(), factories.a_forum("harmony")
    assert [factories.a_group(forum).number, factories.a_group(forum).number, factories.a_group(other).number] == [
        1,
        2,
        1,
    ]
    group, by = forum.groups.first(), factories.organiser_of(forum)
    participant = factories.a_participant(forum)
    membership = groups.add_member(group, participant, by=by)
    assert groups.add_member(group, participant, by=by) == membership
    groups.remove_member(membership, by=by)
    assert not group.memberships.exists()
    with pytest.raises(Refused):
        groups.add_member(group, factories.a_participant(other), by=by)
