"""Who is registered: by the number on the card; names stay sealed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations import exports
from declarations.forms.participants import Register, role_field
from declarations.models import Participant, Seat
from declarations.workflow import participants

from .scope import ForumAdmin, OfForumFilter
from .verbs import Shown, Verb

CHANGES = "declarations.change_participant"
State = Participant.State


def card(participant: Participant, code: str) -> Shown:
    """The card, shown once: the code is stored hashed and nobody can show it again."""
    return Shown("declarations/admin/card.html", {"title": _("The card"), "participant": participant, "code": code})


def register(_row: None, *, by: Seat, **given: Any) -> Shown:
    return card(*participants.register(by.forum, by=by, **given))


def new_card(participant: Participant, *, by: Seat) -> Shown:
    return card(participant, participants.new_card(participant, by=by))


def arrive(participant: Participant, *, by: Seat) -> None:
    participants.arrive(participant, by=by)


def leave(participant: Participant, *, by: Seat) -> None:
    participants.leave(participant, by=by)


@admin.register(Participant)
class ParticipantAdmin(ForumAdmin):
    word = "participants"
    sees = changes = CHANGES
    exported = staticmethod(exports.rows_of_participants)
    list_display = ["serial", "region", "capacity", "delegation", "role", "state"]
    list_filter = ["state", ("region", OfForumFilter), ("capacity", OfForumFilter), ("delegation", OfForumFilter)]
    list_select_related = ["region", "capacity", "delegation"]
    search_fields = ["serial"]
    fields = ["serial", "state", "has_name", "region", "capacity", "sex", "age", "delegation", "role"]
    readonly_fields = ["serial", "state", "has_name"]
    adding = Verb(
        "register",
        gettext_lazy("Register somebody"),
        gettext_lazy("A number and a code are made for the card. The code is shown once: print it or copy it."),
        CHANGES,
        register,
        Register,
    )
    verbs = (
        Verb(
            "arrive",
            gettext_lazy("Note the arrival"),
            gettext_lazy("The person counts as present."),
            CHANGES,
            arrive,
            when=lambda row: State.PRESENT in Participant.MOVES[row.state],
            done=gettext_lazy("The arrival is noted."),
        ),
        Verb(
            "leave",
            gettext_lazy("Take the arrival back"),
            gettext_lazy("The person counts as registered, not as present."),
            CHANGES,
            leave,
            when=lambda row: row.state == State.PRESENT,
            done=gettext_lazy("The arrival is taken back."),
        ),
        Verb(
            "card",
            gettext_lazy("Make a new card"),
            gettext_lazy("The code on the old card stops working. The new one is shown once."),
            CHANGES,
            new_card,
            asks_once=True,
        ),
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "role":
            return role_field(db_field.verbose_name)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=gettext_lazy("name"))
    def has_name(self, row: Participant) -> str:
        return _("sealed") if row.sealed_name else _("none was given")
