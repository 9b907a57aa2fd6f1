"""The forum itself, who was there, and its groups, as data."""

from __future__ import annotations

from typing import Any

from declarations import tracing
from declarations.counting import Series, daily, forum_figures, public_participants
from declarations.models import (
    Addressee,
    Factor,
    Forum,
    ForumLanguage,
    Partner,
    Recommendation,
    Region,
    Theme,
    Topic,
    Zone,
)

from .about import about, address, named, texts
from .shapes import (
    Counted,
    Crossed,
    ForumData,
    GroupRow,
    GroupsData,
    Line,
    Numbers,
    ParticipantsData,
    Place,
    Tongue,
)


def forum_data(forum: Forum) -> ForumData:
    """Return the forum, its labels, and itself in figures that stand still for a day."""
    partners = Partner.objects.public().filter(forum=forum)
    return ForumData(
        about=about(forum, "forum-detail"),
        title=texts(forum.title),
        purpose=texts(forum.purpose),
        place=texts(forum.place),
        starts_on=forum.starts_on.isoformat(),
        ends_on=forum.ends_on.isoformat(),
        time_zone=forum.time_zone,
        conveners=named(partners.filter(kind=Partner.Kind.CONVENER)),
        partners=named(partners.filter(kind=Partner.Kind.PARTNER)),
        languages=languages(forum),
        zones=named(Zone.objects.public().filter(forum=forum)),
        regions=regions(forum),
        themes=named(Theme.objects.public().filter(forum=forum)),
        topics=named(Topic.objects.public().filter(forum=forum)),
        factors=named(Factor.objects.public().filter(forum=forum)),
        addressees=named(Addressee.objects.public().filter(forum=forum)),
        figures=figures(forum),
    )


def languages(forum: Forum) -> tuple[Tongue, ...]:
    rows = ForumLanguage.objects.public().filter(forum=forum).order_by("order", "pk")
    return tuple(Tongue(row.code, texts(row.label), row.is_spoken, row.is_written, row.is_authentic) for row in rows)


def regions(forum: Forum) -> tuple[Place, ...]:
    rows = Region.objects.public().filter(forum=forum).select_related("zone").order_by("order", "pk")
    return tuple(Place(row.code, texts(row.label), row.zone.code) for row in rows)


def figures(forum: Forum) -> Numbers:
    """Return what the forum's own page counts aloud, and no more (M7)."""
    counted = daily(forum_figures, forum)
    return Numbers(
        participants=None if counted.participants is None else str(counted.participants),
        testimonies=None if counted.testimonies_band is None else str(counted.testimonies_band),
        groups=counted.groups,
        findings=counted.findings,
        recommendations=counted.recommendations,
    )


def participants_data(forum: Forum) -> ParticipantsData:
    """Return the room as its page draws it: the same bands, the same lines, still for a day (M7)."""
    room = daily(public_participants, forum)
    table = room.table
    return ParticipantsData(
        about=about(forum, "participant-list"),
        minimum=forum.public_minimum,
        total=room.total.text,
        regions=counted(room.regions),
        capacities=counted(room.capacities),
        sex=counted(room.sex),
        age=counted(room.age),
        rows=tuple(Line(row.code, texts(row.label)) for row in table.rows) if table.shown else (),
        columns=tuple(Line(column.code, texts(column.label)) for column in table.columns) if table.shown else (),
        table=tuple(
            Crossed(row.code, column.code, cell.text)
            for row, cells, _total in (table if table.shown else ())
            for column, cell in zip(table.columns, cells, strict=True)
        ),
    )


def counted(series: Series) -> tuple[Counted, ...]:
    return tuple(Counted(line.code, texts(line.label), cell.text) for line, cell in series)


def groups_data(forum: Forum) -> GroupsData:
    """Return the groups with the days they met and what they recommended; minutes stay inside."""
    rows: Any = tracing.groups_of(forum, Recommendation.objects.public())
    page = address("group-list", forum)
    return GroupsData(
        about(forum, "group-list"),
        tuple(
            GroupRow(
                number=group.number,
                title=texts(group.title),
                topic=group.topic.code,
                met_on=tuple(
                    dict.fromkeys(each.starts_at.astimezone(forum.zone_info).date().isoformat() for each in group.met)
                ),
                recommendations=tuple(row.number for row in group.decided),
                page=f"{page}#group-{group.number}",
            )
            for group in rows
        ),
    )
