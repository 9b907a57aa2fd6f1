"""The stages up to what was heard: the forum, the people in it, their groups, what they told."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from declarations import counting
from declarations.models import (
    CardBatch,
    Conflict,
    Excerpt,
    Finding,
    Forum,
    ForumKey,
    PaperForm,
    Participant,
    Seat,
    Session,
)
from declarations.permissions import may
from declarations.workflow import forums, screens
from declarations.workflow.people import LEAST

from ..custody import waiting_for
from .parts import Role, Stage, Step, Wait, if_any, link, listed, stage


def read_forum(seat: Seat) -> Stage:
    forum = seat.forum
    missing = [check for check in forums.checklist(forum) if not check.is_done] if not forum.went_live_at else []
    waits: list[Wait | None] = []
    if forum.mode == Forum.Mode.REHEARSAL:
        text = ngettext("%(n)d thing before going live", "%(n)d things before going live", len(missing))
        waits.append(if_any(len(missing), text % {"n": len(missing)}, "", link("checklist")))
        if not missing:
            waits.append(Wait(_("Everything is ready to go live"), "must", link("checklist")))
    elif forum.mode == Forum.Mode.DEMONSTRATION:
        waits.append(Wait(_("A demonstration: people and words are invented"), "well"))
    for key in lonely_keys(forum):
        text = _("One person alone holds a key: %(key)s") % {"key": key.get_purpose_display()}
        waits.append(Wait(text, "must", link("keys")))
    if may(seat, "declarations.bring_screen") and forum.mode != Forum.Mode.DEMONSTRATION:
        n = sum(map(len, screens.missing(forum).values()))
        text = ngettext("%(n)d screen of consent is not said aloud", "%(n)d screens of consent are not said aloud", n)
        waits.append(if_any(n, text % {"n": n}, "", link("screen-list")))
    url = link("declarations_forum_change", forum.pk) if may(seat, "declarations.change_forum") else ""
    if seat.role == Role.CUSTODIAN:
        waits.append(urgent(seat))
        n = waiting_for(seat)
        text = ngettext("%(n)d name is asked for and waits for you", "%(n)d names are asked for and wait for you", n)
        waits.append(if_any(n, text % {"n": n}, "must", link("custody")))
        waits.append(Wait(_("Who holds which key"), "", link("keys")))
        return stage("forums", url, waits, Step(_("Names behind testimonies"), link("custody")))
    if forum.mode == Forum.Mode.REHEARSAL:
        return stage("forums", url, waits, Step(_("Go through the checklist"), link("checklist")))
    return stage("forums", url, waits, Step(_("Set up the forum"), url), done=True)


def lonely_keys(forum: Forum) -> list[Any]:
    """Current keys that too few people hold."""
    keys: Any = forum.keys.filter(retired_on=None).annotate(people=Count("holdings")).order_by("version")
    current = {key.purpose: key for key in keys}
    return [key for key in current.values() if key.people < LEAST[ForumKey.Purpose(key.purpose)]]


def read_participants(seat: Seat) -> Stage:
    forum, State = seat.forum, Participant.State
    figures = forum.participants.aggregate(
        registered=Count("pk", filter=~Q(state=State.INVITED)), present=Count("pk", filter=Q(state=State.PRESENT))
    )
    empty = (
        forum.regions.annotate(people=Count("participants", filter=~Q(participants__state=State.INVITED)))
        .filter(people=0)
        .count()
    )
    waits = [
        Wait(_("%(registered)d registered, %(present)d present") % figures, "well", listed("participant")),
        if_any(
            empty,
            ngettext("Nobody from %(n)d region", "Nobody from %(n)d regions", empty) % {"n": empty},
            "",
            "#who",
        ),
    ]
    step = Step(_("Register somebody"), link("declarations_participant_add"))
    return stage("participants", listed("participant"), waits, step, done=bool(figures["registered"]) and not empty)


def read_groups(seat: Seat) -> Stage:
    forum = seat.forum
    groups = forum.groups.count()
    silent = Session.objects.filter(group__forum=forum, minutes="", starts_at__lte=timezone.now()).count()
    waits = [
        Wait(ngettext("%(n)d working group", "%(n)d working groups", groups) % {"n": groups}, "well", listed("group")),
        if_any(
            silent,
            ngettext("No minutes of %(n)d session", "No minutes of %(n)d sessions", silent) % {"n": silent},
            "",
            listed("session", "?minutes=none"),
        ),
    ]
    step = Step(_("See the groups"), listed("group"))
    if not groups and may(seat, "declarations.change_group"):
        step = Step(_("Make the first group"), link("declarations_group_add"))
    return stage("groups", listed("group"), waits, step, done=bool(groups) and not silent)


def read_testimonies(seat: Seat) -> Stage:
    forum, room = seat.forum, link("reading-room")
    waiting = counting.testimonies_waiting(forum, seat)
    if seat.role == Role.READER:
        count = int(waiting.shown)
        text = ngettext("%(n)d testimony to read", "%(n)d testimonies to read", count) % {"n": count}
        if waiting.hours:
            text = _("%(what)s, about %(hours)s") % {"what": text, "hours": in_hours(waiting.hours)}
        waits = [urgent(seat), if_any(count, text, "must", room), excerpts_waiting(seat)]
        is_done = not any(waits)
        waits.append(kept_aside(forum))
        return stage("testimonies", room, waits, Step(_("Read the testimonies"), room), done=is_done)
    language = get_language() or "fr"
    shown = counting.band_words(counting.testimonies_kept(forum), "testimonies", language)
    text = _("To read: %(number)s") % {"number": counting.band_words(waiting.shown, "testimonies", language)}
    if waiting.hours:
        text = _("%(what)s, about %(hours)s") % {"what": text, "hours": in_hours(waiting.hours)}
    readers = Seat.objects.open().filter(forum=forum, role=Role.READER).count()
    waits = [
        Wait(_("Kept: %(number)s") % {"number": shown}, "well"),
        Wait(text, ""),
        Wait(_("No reader is named yet"), "must", listed("seat")) if not readers else None,
        kept_aside(forum) if may(seat, "declarations.share_reading") else None,
        *papers_waiting(seat),
    ]
    return stage("testimonies", "", waits, Step(_("See the readers"), listed("seat", "?role__exact=reader")))


def kept_aside(forum: Forum) -> Wait | None:
    """What came under an identifier already taken; nobody is counted by it, so it needs no band."""
    count = Conflict.objects.filter(forum=forum).count()
    text = ngettext(
        "%(n)d was kept aside: other words came under its number", "%(n)d were kept aside: other words came", count
    )
    return if_any(count, text % {"n": count}, "", link("conflicts"))


FEW_CARDS = 10  # so many are handed out in an afternoon


def papers_waiting(seat: Seat) -> list[Wait | None]:
    """Receipt cards to be printed in time, and paper forms that wait for their second typing."""
    forum = seat.forum
    if not may(seat, "declarations.print_card"):
        return []
    left = counting.cards_left(forum, CardBatch.Kind.CARDS)
    printed = forum.card_batches.filter(kind=CardBatch.Kind.CARDS).exists()
    text = _("Receipt cards left: at least %(n)d") % {"n": left} if printed else _("No receipt cards are printed")
    kind = ("must" if left < FEW_CARDS else "well") if printed else ""
    typed = PaperForm.objects.filter(forum=forum).typed_once().count()
    again = ngettext(
        "%(n)d paper form waits for its second typing", "%(n)d paper forms wait for their second typing", typed
    )
    return [
        Wait(text, kind, listed("cardbatch")),
        if_any(typed, again % {"n": typed}, "must", link("paper-desk")),
    ]


def urgent(seat: Seat) -> Wait | None:
    """How many cannot wait, for readers and custodians."""
    n = counting.urgent_waiting(seat)
    text = ngettext("%(n)d testimony cannot wait", "%(n)d testimonies cannot wait", n)
    return if_any(n, text % {"n": n}, "must")


def excerpts_waiting(seat: Seat) -> Wait | None:
    """Sentences that another reader proposed and this one may clear."""
    rows = Excerpt.objects.filter(testimony__forum=seat.forum).awaiting_clearance()
    n = rows.exclude(proposed_by__user=seat.user_id).count()
    text = ngettext("%(n)d sentence waits for a second person", "%(n)d sentences wait for a second person", n)
    return if_any(n, text % {"n": n}, "must", link("excerpt-clearance"))


def in_hours(hours: int) -> str:
    return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}


def read_findings(seat: Seat) -> Stage:
    State = Finding.State
    found = Finding.objects.filter(forum=seat.forum).aggregate(
        draft=Count("pk", filter=Q(state=State.DRAFT)),
        agreed=Count("pk", filter=Q(state=State.AGREED)),
        published=Count("pk", filter=Q(state=State.PUBLISHED)),
    )
    draft, agreed, published = found["draft"], found["agreed"], found["published"]
    publishes = may(seat, "declarations.publish_finding")
    left = counting.left_the_public(seat.forum) if publishes else 0
    words = ngettext(
        "%(n)d finding left the public page: fewer than %(least)d testimonies stand behind it now",
        "%(n)d findings left the public page: fewer than %(least)d testimonies stand behind them now",
        left,
    )
    waits = [
        Wait(ngettext("%(n)d published", "%(n)d published", published) % {"n": published}, "well"),
        if_any(left, words % {"n": left, "least": seat.forum.public_minimum}, "must", listed("finding")),
        if_any(
            draft,
            ngettext("%(n)d draft waits for a second person", "%(n)d drafts wait for a second person", draft)
            % {"n": draft},
            "must",
            listed("finding", "?state__exact=draft"),
        ),
        if_any(
            agreed,
            ngettext("%(n)d agreed, not published yet", "%(n)d agreed, not published yet", agreed) % {"n": agreed},
            "must" if publishes else "",
            listed("finding", "?state__exact=agreed"),
        ),
    ]
    step = Step(_("Agree and publish"), listed("finding"))
    if seat.role == Role.READER:
        step = Step(_("Compose a finding"), link("finding-compose"))
    return stage("findings", listed("finding"), waits, step, done=bool(published) and not draft and not agreed)
