"""Today: deadlines with how long is left, and what came in, on the forum's own day."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from declarations import counting
from declarations.models import Amendment, Deadline, Group, Response, Seat

from .parts import Role, listed


def today(seat: Seat) -> list[dict[str, str]]:
    """Deadlines with how long is left, then what came in today, on the forum's own day."""
    forum = seat.forum
    lines = [deadline_line(row) for row in Deadline.objects.filter(forum=forum, at__date__gte=forum.today())[:4]]
    if n := counting.urgent_waiting(seat):
        text = ngettext("%(n)d testimony cannot wait", "%(n)d testimonies cannot wait", n) % {"n": n}
        lines.insert(0, {"text": text})
    if seat.role in (Role.READER, Role.CUSTODIAN):
        return lines
    start = timezone.now().astimezone(forum.zone_info).replace(hour=0, minute=0, second=0, microsecond=0)
    groups: Any = Group.objects.filter(forum=forum).annotate(
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


def deadline_line(row: Any) -> dict[str, str]:
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
