"""Who holds which key of each forum, and whether the recovery codes were tried."""

from __future__ import annotations

from collections.abc import Iterator

from declarations.models import Forum, ForumKey, KeyHolding
from declarations.workflow.people import LEAST

from . import Check, Finding, error, fine, warning

Purpose = ForumKey.Purpose


def holders() -> Iterator[Finding]:
    for forum in Forum.objects.filter(closed_on=None).exclude(mode=Forum.Mode.DEMONSTRATION):
        for purpose in Purpose.values:
            yield from _of(forum, purpose)


def _of(forum: Forum, purpose: str) -> Iterator[Finding]:
    subject = f"{purpose} key of {forum.slug}"
    key = ForumKey.objects.filter(forum=forum).current(purpose).first()
    if key is None:
        if purpose == Purpose.READING and forum.mode == Forum.Mode.LIVE:
            yield error(subject, "There is none: nobody can testify.", "Make the keys in the admin, under Keys.")
        else:
            yield warning(subject, "There is none yet.", "Make the keys in the admin, under Keys.")
        return
    people = KeyHolding.objects.filter(key=key, person__user__is_active=True).values("person").distinct().count()
    if people == 0:
        yield error(subject, "Nobody holds it.", "Bring it back with its recovery code, under Keys.")
    elif people < LEAST[Purpose(purpose)]:
        yield error(subject, "One person alone holds it: lost with one passphrase.", "Add a second holder, under Keys.")
    elif key.recovery_tested_on is None:
        yield warning(subject, f"Held by {people}; its recovery code was never tried.", "Try it, under Keys.")
    else:
        yield fine(subject, f"Held by {people}; its recovery code was tried on {key.recovery_tested_on}.")


CHECKS: tuple[Check, ...] = (holders,)
