"""The first page of the organisers: today, the ten stages with what waits in each, and one next step.

Everything here reads; every number of testimonies comes from counting, which knows what each seat may be told (M7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from declarations import counting
from declarations.models import (
    Amendment,
    Clause,
    Commitment,
    Deadline,
    Declaration,
    Excerpt,
    Finding,
    Forum,
    ForumLanguage,
    Group,
    Participant,
    Proof,
    Recommendation,
    Response,
    Seat,
    Session,
)
from declarations.permissions import may
from declarations.workflow import forums

Role = Seat.Role

# The stages in the order of the road, as they are called on the page.
NAMES = {
    "forums": gettext_lazy("Forum"),
    "participants": gettext_lazy("Participants"),
    "groups": gettext_lazy("Groups"),
    "testimonies": gettext_lazy("Testimonies"),
    "findings": gettext_lazy("What was heard"),
    "recommendations": gettext_lazy("Recommendations"),
    "declarations": gettext_lazy("Declaration"),
    "amendments": gettext_lazy("Amendments"),
    "editions": gettext_lazy("Editions"),
    "followup": gettext_lazy("Follow-up"),
    "history": gettext_lazy("History"),
}
STAGES = tuple(word for word in NAMES if word != "history")
# Which stages each seat has to do with; an organiser with all.
STAGES_OF = {
    Role.READER: ("testimonies", "findings"),
    Role.CUSTODIAN: ("forums",),
    Role.CHAIR: ("groups", "recommendations", "declarations", "amendments", "editions"),
    Role.GENERAL_RAPPORTEUR: ("groups", "findings", "recommendations", "declarations", "amendments", "editions"),
}


@dataclass(frozen=True)
class Wait:
    """One line of what waits: "must" stands out, "well" is only said."""

    text: str
    kind: str = ""
    url: str = ""


@dataclass(frozen=True)
class Step:
    label: str
    url: str


@dataclass
class Stage:
    word: str
    name: str
    url: str
    waits: list[Wait]
    next: Step | None = None
    state: str = ""


def read(seat: Seat) -> dict[str, Any]:
    """Return what the template of the index shows to this seat."""
    shown: dict[str, Any] = {"stages": stages(seat), "today": today(seat)}
    if seat.role == Role.ORGANISER:
        shown |= pictures(seat.forum)
    return shown


def stages(seat: Seat) -> list[Stage]:
    """The stages the seat has to do with; the first where something must be done is the one of now."""
    words = STAGES_OF.get(Role(seat.role), STAGES)
    found = [READERS[word](seat) for word in words]
    pressing = next((stage for stage in found if any(wait.kind == "must" for wait in stage.waits)), None)
    for stage in found:
        if stage is pressing:
            stage.state = "now"
        elif stage.state == "done" and any(wait.kind == "must" for wait in stage.waits):
            stage.state = ""
    return found


def link(name: str, *args: Any, query: str = "") -> str:
    """Return the address of a page of the admin, or nothing where it is not there."""
    try:
        return reverse(f"admin:{name}", args=args) + query
    except NoReverseMatch:
        return ""


def listed(model: str, query: str = "") -> str:
    return link(f"declarations_{model}_changelist", query=query)


def stage(word: str, url: str, waits: list[Wait | None], step: Step | None = None, done: bool = False) -> Stage:
    kept = [wait for wait in waits if wait]
    return Stage(word, str(NAMES[word]), url, kept, step if step and step.url else None, "done" if done else "")


def if_any(n: int, text: str, kind: str = "must", url: str = "") -> Wait | None:
    return Wait(text, kind, url) if n else None


# The stages


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
    url = link("declarations_forum_change", forum.pk) if may(seat, "declarations.change_forum") else ""
    if seat.role == Role.CUSTODIAN:
        return stage("forums", url, waits, Step(_("See the keys"), link("keys")))
    if forum.mode == Forum.Mode.REHEARSAL:
        return stage("forums", url, waits, Step(_("Go through the checklist"), link("checklist")))
    return stage("forums", url, waits, Step(_("Set up the forum"), url), done=True)


def lonely_keys(forum: Forum) -> list[Any]:
    """Current keys that fewer than two people hold."""
    keys = forum.keys.filter(retired_on=None).annotate(people=Count("holdings__person", distinct=True))
    return [key for key in keys if key.people < 2]


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
        waits = [if_any(count, text, "must", room), excerpts_waiting(seat)]
        return stage("testimonies", room, waits, Step(_("Read the testimonies"), room), done=not any(waits))
    language = get_language() or "fr"
    shown = counting.band_words(counting.testimonies_band(forum), "testimonies", language)
    text = _("To read: %(number)s") % {"number": counting.band_words(waiting.shown, "testimonies", language)}
    if waiting.hours:
        text = _("%(what)s, about %(hours)s") % {"what": text, "hours": in_hours(waiting.hours)}
    readers = Seat.objects.open().filter(forum=forum, role=Role.READER).count()
    waits = [
        Wait(_("Kept: %(number)s") % {"number": shown}, "well"),
        Wait(text, ""),
        Wait(_("No reader is named yet"), "must", listed("seat")) if not readers else None,
    ]
    return stage("testimonies", "", waits, Step(_("See the readers"), listed("seat", "?role__exact=reader")))


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
    waits = [
        Wait(ngettext("%(n)d published", "%(n)d published", published) % {"n": published}, "well"),
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


def read_recommendations(seat: Seat) -> Stage:
    State = Recommendation.State
    rows = Recommendation.objects.filter(forum=seat.forum)
    found = rows.aggregate(
        draft=Count("pk", filter=Q(state=State.DRAFT)),
        adopted=Count("pk", filter=Q(state=State.ADOPTED)),
        aside=Count("pk", filter=Q(state=State.SET_ASIDE)),
    )
    unread, undecided = rows.awaiting_review().count(), rows.awaiting_decision().count()
    shown = listed("recommendation")
    waits = [
        Wait(_("%(adopted)d adopted, %(aside)d set aside") % found, "well", shown),
        if_any(
            unread,
            ngettext("%(n)d recommendation without a review", "%(n)d recommendations without a review", unread)
            % {"n": unread},
            "must",
            shown + "?waits=review",
        ),
        if_any(
            undecided,
            ngettext("%(n)d waits for a decision", "%(n)d wait for a decision", undecided) % {"n": undecided},
            "must",
            shown + "?waits=decision",
        ),
        if_any(
            found["draft"],
            ngettext("%(n)d draft with the groups", "%(n)d drafts with the groups", found["draft"])
            % {"n": found["draft"]},
            "",
            shown + "?state__exact=draft",
        ),
    ]
    decides = may(seat, "declarations.decide_recommendation")
    step = Step(_("Decide") if decides else _("Read them"), shown + ("?waits=decision" if decides else ""))
    return stage("recommendations", shown, waits, step, done=bool(found["adopted"]) and not undecided)


def read_declaration(seat: Seat) -> Stage:
    forum, desk = seat.forum, link("drafting-desk")
    declaration = Declaration.objects.filter(forum=forum).first()
    if declaration is None:
        adopted = forum.recommendations.filter(state=Recommendation.State.ADOPTED).exists()
        waits = [Wait(_("The text is not begun yet"), "must" if adopted else "", desk)]
        return stage("declarations", desk, waits, Step(_("Begin the text"), desk))
    clauses = Clause.objects.filter(section__declaration=declaration).standing()
    total = clauses.count()
    worded = dict(clauses.order_by().values_list("wordings__language").annotate(n=Count("pk", distinct=True)))
    nameless = clauses.numbered().filter(addressees=None).count()
    text = ngettext("%(n)d clause, %(state)s", "%(n)d clauses, %(state)s", total)
    waits: list[Wait | None] = [Wait(text % {"n": total, "state": declaration.get_state_display()}, "well", desk)]
    for language in forum.languages.filter(is_written=True):
        missing = total - worded.get(language.code, 0)
        text = ngettext("%(language)s: no text for %(n)d clause", "%(language)s: no text for %(n)d clauses", missing)
        waits.append(if_any(missing, text % {"language": language, "n": missing}, weight(language), desk))
    text = ngettext("%(n)d clause is addressed to nobody", "%(n)d clauses are addressed to nobody", nameless)
    waits.append(if_any(nameless, text % {"n": nameless}, "", desk))
    done = declaration.state == Declaration.State.ADOPTED
    return stage("declarations", desk, waits, Step(_("Open the text"), desk), done=done)


def weight(language: ForumLanguage) -> str:
    """A text that counts as authentic must be there; a translation may come later."""
    return "must" if language.is_authentic else ""


def read_amendments(seat: Seat) -> Stage:
    rows = Amendment.objects.filter(clause__section__declaration__forum=seat.forum)
    found = rows.aggregate(
        n=Count("pk", filter=Q(state=Amendment.State.PROPOSED)),
        decided=Count("pk", filter=~Q(state__in=[Amendment.State.PROPOSED, Amendment.State.WITHDRAWN])),
    )
    shown = listed("amendment", "?state__exact=proposed")
    text = ngettext("%(n)d amendment to decide", "%(n)d amendments to decide", found["n"])
    waits = [
        if_any(found["n"], text % found, "must", shown),
        if_any(
            found["decided"],
            ngettext("%(decided)d decided", "%(decided)d decided", found["decided"]) % found,
            "well",
            listed("amendment"),
        ),
    ]
    return stage("amendments", listed("amendment"), waits, Step(_("See the amendments"), shown), done=not found["n"])


def read_editions(seat: Seat) -> Stage:
    forum, press = seat.forum, link("press")
    declaration = Declaration.objects.filter(forum=forum).annotate(n=Count("editions")).first()
    proof = Proof.objects.filter(declaration__forum=forum, state=Proof.State.AWAITING).first()
    published = declaration.n if declaration else 0
    waits = [Wait(ngettext("%(n)d published", "%(n)d published", published) % {"n": published}, "well", press)]
    if proof:
        waits.append(Wait(_("The next one waits for a second organiser"), "must", press))
    elif declaration and declaration.state == Declaration.State.ADOPTED and not published:
        waits.append(Wait(_("The adopted text is not published yet"), "must", press))
    step = Step(_("Go to press"), press) if may(seat, "declarations.make_proof") else None
    return stage("editions", listed("edition"), list(waits), step, done=bool(published) and not proof)


def read_followup(seat: Seat) -> Stage:
    forum = seat.forum
    addressed = Clause.addressees.through.objects.filter(
        clause__section__declaration__forum=forum, clause__removed_on=None
    ).count()
    answered = Response.objects.filter(clause__section__declaration__forum=forum).standing().count()
    late = (
        Commitment.objects.filter(clause__section__declaration__forum=forum)
        .open()
        .filter(due_on__lt=forum.today())
        .count()
    )
    waits = [
        if_any(
            addressed,
            _("%(answered)d of %(addressed)d answers came") % {"answered": answered, "addressed": addressed},
            "well",
            listed("response"),
        ),
        if_any(
            late,
            ngettext("%(n)d promise is past its day", "%(n)d promises are past their day", late) % {"n": late},
            "must",
            listed("commitment", "?waits=late"),
        ),
    ]
    step = Step(_("Record an answer"), link("declarations_response_add"))
    done = bool(addressed) and answered >= addressed and not late
    return stage("followup", listed("response"), waits, step, done=done)


READERS = dict(
    zip(
        STAGES,
        (
            read_forum,
            read_participants,
            read_groups,
            read_testimonies,
            read_findings,
            read_recommendations,
            read_declaration,
            read_amendments,
            read_editions,
            read_followup,
        ),
        strict=True,
    )
)


# Today


def today(seat: Seat) -> list[dict[str, str]]:
    """Deadlines with how long is left, then what came in today, on the forum's own day."""
    forum = seat.forum
    lines = [deadline_line(row) for row in Deadline.objects.filter(forum=forum, at__date__gte=forum.today())[:4]]
    if seat.role in (Role.READER, Role.CUSTODIAN):
        return lines
    start = timezone.now().astimezone(forum.zone_info).replace(hour=0, minute=0, second=0, microsecond=0)
    groups = Group.objects.filter(forum=forum).annotate(
        n=Count("recommendations", filter=Q(recommendations__handed_in_at__gte=start)),
        last=Max("recommendations__handed_in_at"),
    )
    lines += [handed_in_line(group) for group in groups if group.n]
    n = Response.objects.filter(clause__section__declaration__forum=forum, recorded_at__gte=start).count()
    if n:
        text = ngettext("%(n)d answer of an addressee", "%(n)d answers of addressees", n) % {"n": n}
        lines.append({"text": text, "url": listed("response")})
    n = Amendment.objects.filter(clause__section__declaration__forum=forum, proposed_on=forum.today()).count()
    if n:
        text = ngettext("%(n)d new amendment", "%(n)d new amendments", n) % {"n": n}
        lines.append({"text": text, "url": listed("amendment")})
    return lines or [{"text": _("Nothing is due and nothing came in today.")}]


def deadline_line(row: Deadline) -> dict[str, str]:
    """A deadline of today by its hour, a later one by its day; the page stands in the forum's time."""
    now, at = timezone.now(), timezone.localtime(row.at)
    is_today = at.date() == timezone.localtime(now).date()
    what = row.label_in(get_language() or "fr")
    if row.at < now:
        text = _("%(what)s: %(time)s ago") % {"what": what, "time": timesince(row.at, now, depth=1)}
    else:
        text = _("%(what)s: %(time)s left") % {"what": what, "time": timeuntil(row.at, now, depth=2)}
    return {"time": date_format(at, "TIME_FORMAT" if is_today else "SHORT_DATE_FORMAT"), "text": text}


def handed_in_line(group: Any) -> dict[str, str]:
    text = ngettext("%(group)s handed in %(n)d recommendation", "%(group)s handed in %(n)d recommendations", group.n)
    return {
        "time": date_format(timezone.localtime(group.last), "TIME_FORMAT"),
        "text": text % {"group": group, "n": group.n},
        "url": listed("recommendation", f"?group__id__exact={group.pk}"),
    }


# Who is here, who is missing


WIDEST = 8  # columns of the table that can still be read side by side


def pictures(forum: Forum) -> dict[str, Any]:
    """Region by capacity as a heat table, and one square a region; gaps are drawn: they are what to look for."""
    language = get_language() or "fr"
    regions = list(forum.regions.select_related("zone"))
    table = counting.participants_table(
        forum, "region", "capacity" if forum.capacities.count() <= WIDEST else "family", 1
    )
    home = at_home(table, {region.code for region in regions if not region.zone.is_abroad})
    by_region = counting.participants_by(forum, "region", 1)
    cells = by_region.by_member()
    heat = {
        "caption": _("Registered participants by region and by capacity"),
        "columns": [column.label_in(language) for column in home["columns"]],
        "rows": [
            {
                "label": row.label_in(language),
                "cells": [
                    {"text": cell.text, "share": table.share(cell), "few": cell.is_few, "gap": cell.is_gap}
                    for cell in (table.cells[row.code, column.code] for column in home["columns"])
                ],
            }
            for row in home["rows"]
        ],
    }
    tiles = [
        {
            "name": region.label_in(language),
            "row": region.tile_row,
            "col": region.tile_column,
            "share": by_region.share(cells[region.pk]),
            "text": cells[region.pk].text,
            "gap": cells[region.pk].is_gap,
        }
        for region in regions
        if region.tile_row is not None and region.tile_column is not None and region.pk in cells
    ]
    shown: dict[str, Any] = {"heat": heat} if table.cells else {}
    if tiles:
        shown["tiles"] = {"caption": _("Registered participants, one square a region"), "regions": tiles}
    return shown


def at_home(table: counting.Table, regions: set[str]) -> dict[str, list[Any]]:
    """Leave out the regions abroad, and the columns in which everybody is from there: nobody is missing in those."""
    rows = [row for row in table.rows if row.code in regions]

    def counted(column: Any, among: list[Any]) -> int:
        return sum(table.cells[row.code, column.code].value or 0 for row in among)

    columns = [column for column in table.columns if counted(column, rows) or not counted(column, table.rows)]
    return {"rows": rows, "columns": columns}
