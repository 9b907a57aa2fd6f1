"""Working groups, their people and their sessions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy

from declarations.forms.decisions import Member, MemberOfGroup, Minutes, NewGroup, NewSession, SessionOfGroup
from declarations.forms.kits import PrintKit, kit_of
from declarations.forms.sheets import words_of
from declarations.models import CardBatch, Group, Membership, Seat, Session
from declarations.publishing import kit, sheets
from declarations.workflow import cards, groups

from .cards import PDF, next_number, on_paper, typeset
from .doors import allows
from .scope import ForumAdmin, OfForumFilter
from .verbs import Handed, Verb

CHANGES = "declarations.change_group"


def create(_row: None, *, by: Seat, **given: Any) -> None:
    groups.create(by.forum, by=by, **given)


def add_member(group: Group, *, by: Seat, participant: Any) -> None:
    groups.add_member(group, participant, by=by)


def plan_session(group: Group, *, by: Seat, starts_at: Any) -> None:
    groups.plan_session(group, by=by, starts_at=starts_at)


def print_kit(group: Group, *, by: Seat, language: str, people: int, recommendations: int, papers: int) -> Handed:
    """Set the sheets, and only then store the cards of the paper forms among them, where there are any."""
    forum, kind = by.forum, CardBatch.Kind.FORMS
    asked = kit_of(group, language, people=people, recommendations=recommendations)
    if not papers:
        return Handed(typeset(lambda: kit.render(asked)), sheets.FILE_NAME, PDF)
    blanks = cards.drawn(forum, papers, kind=kind)
    rows, words = [on_paper(blank) for blank in blanks], words_of(forum, language)
    made = typeset(lambda: kit.render(asked, batch=next_number(forum), forms=rows, form_words=words))
    cards.print_batch(forum, by=by, blanks=blanks, kind=kind, language=language)
    return Handed(made, sheets.FILE_NAME, PDF)


@admin.register(Group)
class GroupAdmin(ForumAdmin):
    word = "groups"
    changes = CHANGES
    list_display = ["number", "title_here", "topic", "members", "meetings"]
    list_display_links = ["number", "title_here"]
    list_select_related = ["topic"]
    fields = ["number", "topic", "title"]
    readonly_fields = ["number"]
    summary_template = "declarations/admin/group.html"
    adding = Verb(
        "create",
        gettext_lazy("Make a working group"),
        gettext_lazy("It takes the next number of the forum."),
        CHANGES,
        create,
        NewGroup,
        done=gettext_lazy("The group is made."),
    )
    verbs = (
        Verb(
            "member",
            gettext_lazy("Add a participant"),
            gettext_lazy("The person belongs to the group from now on."),
            CHANGES,
            add_member,
            Member,
            done=gettext_lazy("The participant is in the group."),
        ),
        Verb(
            "session",
            gettext_lazy("Plan a session"),
            gettext_lazy("The rapporteur can write its minutes."),
            CHANGES,
            plan_session,
            SessionOfGroup,
            done=gettext_lazy("The session is planned."),
        ),
        Verb(
            "kit",
            gettext_lazy("Print the sheets of the group"),
            gettext_lazy(
                "One file: who is here, a numbered sheet for each recommendation, and a table to count hands. With "
                "paper forms it holds their codes and cards: print it, then delete it and empty the bin."
            ),
            CHANGES,
            print_kit,
            PrintKit,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return (
            super()
            .get_queryset(request)
            .annotate(n_members=Count("memberships", distinct=True), n_sessions=Count("sessions", distinct=True))
        )

    @admin.display(description=gettext_lazy("title"))
    def title_here(self, group: Group) -> str:
        return group.title_in(get_language() or "fr")

    @admin.display(description=gettext_lazy("participants"))
    def members(self, group: Any) -> int:
        return int(group.n_members)

    @admin.display(description=gettext_lazy("sessions"))
    def meetings(self, group: Any) -> int:
        return int(group.n_sessions)

    def get_list_display(self, request: HttpRequest) -> Any:
        """How many and who is for the organisers alone; others see the groups."""
        shown = super().get_list_display(request)
        return shown if allows(request, CHANGES) else [name for name in shown if name != "members"]

    def summary(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        members = row.memberships.select_related("participant__region", "participant__capacity")
        return {
            "sees_members": allows(request, CHANGES),
            "members": members.order_by("participant__serial") if allows(request, CHANGES) else [],
            "group_sessions": row.sessions.defer("minutes"),
        }


def add_to_group(_row: None, *, by: Seat, group: Group, participant: Any) -> None:
    groups.add_member(group, participant, by=by)


def remove_member(membership: Membership, *, by: Seat) -> None:
    groups.remove_member(membership, by=by)


@admin.register(Membership)
class MembershipAdmin(ForumAdmin):
    word = "groups"
    sees = CHANGES
    list_display = ["participant", "group"]
    list_filter = [("group", OfForumFilter)]
    list_select_related = ["participant", "group"]
    search_fields = ["participant__serial"]
    ordering = ["group__number", "participant__serial"]
    adding = Verb(
        "add",
        gettext_lazy("Put a participant in a group"),
        gettext_lazy("The person belongs to the group from now on."),
        CHANGES,
        add_to_group,
        MemberOfGroup,
        done=gettext_lazy("The participant is in the group."),
    )
    verbs = (
        Verb(
            "remove",
            gettext_lazy("Take out of the group"),
            gettext_lazy("The person stays in the forum and may join another group."),
            CHANGES,
            remove_member,
            done=gettext_lazy("The participant is no longer in the group."),
            asks_once=True,
            ends_row=True,
        ),
    )


class MinutesFilter(admin.SimpleListFilter):
    title = gettext_lazy("minutes")
    parameter_name = "minutes"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("none", gettext_lazy("not written yet")), ("some", gettext_lazy("written"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        if self.value() == "none":
            return queryset.filter(minutes="")
        return queryset.exclude(minutes="") if self.value() == "some" else queryset


def plan(_row: None, *, by: Seat, group: Group, starts_at: Any) -> None:
    groups.plan_session(group, by=by, starts_at=starts_at)


def save_minutes(session: Session, *, by: Seat, **given: Any) -> None:
    groups.save_minutes(session, by=by, **given)


@admin.register(Session)
class SessionAdmin(ForumAdmin):
    word = "groups"
    list_display = ["starts_at", "group", "has_minutes"]
    list_filter = [("group", OfForumFilter), MinutesFilter]
    list_select_related = ["group"]
    fields = ["group", "starts_at", "minutes", "minutes_language", "minutes_by"]
    adding = Verb(
        "plan",
        gettext_lazy("Plan a session"),
        gettext_lazy("The rapporteur can write its minutes."),
        CHANGES,
        plan,
        NewSession,
        done=gettext_lazy("The session is planned."),
    )
    verbs = (
        Verb(
            "minutes",
            gettext_lazy("Write the minutes"),
            gettext_lazy("They are shown to those who work on the text, not in public."),
            "declarations.write_minutes",
            save_minutes,
            Minutes,
            done=gettext_lazy("The minutes are saved."),
        ),
    )

    @admin.display(description=gettext_lazy("minutes"), boolean=True)
    def has_minutes(self, session: Session) -> bool:
        return bool(session.minutes)
