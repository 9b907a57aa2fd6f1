"""A group has its people and its sessions, and its rapporteur writes what was said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from declarations.models import Forum, Group, Membership, Participant, Seat, Session, Topic
from declarations.models.texts import LONGEST_TEXT

from .moves import checked_revision, record
from .texts import check_of_forum, checked, checked_label, checked_language


def create(forum: Forum, *, by: Seat, topic: Topic, title: Mapping[str, str]) -> Group:
    """Make a group; its number is the next of the forum."""
    check_of_forum(forum, topic)
    title = checked_label(title, field="title")
    with transaction.atomic():
        Forum.objects.select_for_update().get(pk=forum.pk)
        last = forum.groups.aggregate(last=Max("number"))["last"] or 0
        group = Group.objects.create(forum=forum, number=last + 1, topic=topic, title=title)
        record(group, by=by, verb="create")
    return group


def add_member(group: Group, participant: Participant, *, by: Seat) -> Membership:
    """Put a participant in the group; twice is once."""
    check_of_forum(group.forum, participant)
    with transaction.atomic():
        membership, is_new = Membership.objects.get_or_create(group=group, participant=participant)
        if is_new:
            record(group, by=by, verb="add_member")
    return membership


def remove_member(membership: Membership, *, by: Seat) -> None:
    """Take a participant out of the group."""
    with transaction.atomic():
        membership.delete()
        record(membership.group, by=by, verb="remove_member")


def plan_session(group: Group, *, by: Seat, starts_at: datetime) -> Session:
    with transaction.atomic():
        session = Session.objects.create(group=group, starts_at=starts_at)
        record(session, by=by, verb="plan_session")
    return session


def save_minutes(session: Session, *, by: Seat, text: str, language: str, revision: int) -> Session:
    """Save the minutes; raises StaleRevision where somebody saved them since the page was opened."""
    text = checked(text, field="minutes", longest=LONGEST_TEXT, is_required=False)
    language = checked_language(session.group.forum, language, field="minutes_language")
    with transaction.atomic():
        fresh = checked_revision(session, revision)
        fresh.minutes, fresh.minutes_language, fresh.minutes_by = text, language, by
        fresh.revision += 1
        fresh.save(update_fields=["minutes", "minutes_language", "minutes_by", "revision"])
        record(fresh, by=by, verb="save_minutes")
    session.refresh_from_db()
    return fresh
