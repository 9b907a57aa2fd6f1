"""The emergency lock: every unwrapped key and every session forgotten at once (M14).

An unwrapped key lives in one place only: locked in a session's row, under a key in one browser's cookie. Deleting the
rows forgets all of them, whatever process serves. A request that was on its way when the rows went cannot bring one
back: Django refuses to save a session that is gone, and what was unlocked before `locked_at` is not taken.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from declarations.models import Forum, NameOpening, Seat
from declarations.models.guards import forget_deleted

from .moves import move, record

# As the views of the seats call it: the seats whose links were opened in a browser.
OPENED_BY_LINK = "seats_by_link"


def sessions_of(users: Iterable[int], seats: Iterable[int] = ()) -> list[str]:
    """Return the keys of the sessions in which one of the accounts is signed in, or one of the links was opened."""
    wanted, links = {str(user) for user in users}, set(seats)
    found = []
    for session in Session.objects.iterator():
        kept = session.get_decoded()
        if kept.get(SESSION_KEY) in wanted or links & set(kept.get(OPENED_BY_LINK, ())):
            found.append(session.session_key)
    return found


def end_sessions(users: Iterable[int], seats: Iterable[int] = ()) -> int:
    """End the sessions of these accounts and links; returns how many there were."""
    keys = sessions_of(users, seats)
    ended, _of = Session.objects.filter(pk__in=keys).delete()
    if ended:
        forget_deleted()
    return ended


def lock(forum: Forum, *, by: Seat, reason: str, close_forms: bool = False) -> None:
    """Sign out everybody who works in the forum, forget their unwrapped keys, and close every form if so asked."""
    with transaction.atomic():
        fields = {"locked_at": timezone.now(), **({"has_forms_locked": True} if close_forms else {})}
        Forum.objects.filter(pk=forum.pk).update(**fields)
        for opening in NameOpening.objects.filter(testimony__forum=forum, state__in=NameOpening.RUNNING):
            move(opening, NameOpening.State.EXPIRED, by=by, verb="let_name_expire", share=None)
        record(forum, by=by, verb="lock", reason=reason)
        if close_forms:
            record(forum, by=by, verb="lock_forms", reason=reason)
    seats = Seat.objects.filter(forum=forum)
    end_sessions(
        seats.exclude(user=None).values_list("user", flat=True), seats.filter(user=None).values_list("pk", flat=True)
    )
    forget_deleted()
    forum.refresh_from_db()


def lock_site(*, reason: str, close_forms: bool = False) -> int:
    """Lock every forum and end every session there is; returns how many sessions. Done from the terminal."""
    for forum in Forum.objects.all():
        lock(forum, by=terminal(forum), reason=reason, close_forms=close_forms)
    ended, _of = Session.objects.all().delete()
    forget_deleted()
    return ended


def open_forms(forum: Forum, *, by: Seat) -> None:
    """Open the forms again; their hours count as before."""
    with transaction.atomic():
        Forum.objects.filter(pk=forum.pk).update(has_forms_locked=False)
        record(forum, by=by, verb="open_forms")
    forum.refresh_from_db()


def terminal(forum: Forum) -> Seat:
    """Return the seat of whoever runs the site, at the terminal: never stored, and named so in the history."""
    return Seat(forum=forum, role=Seat.Role.ORGANISER, name="manage.py")
