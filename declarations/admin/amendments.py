"""Other wordings for a clause, each decided with its reason."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from declarations.forms.asked import Reason
from declarations.forms.decisions import AcceptAmendment, MergeAmendment, RejectAmendment
from declarations.models import Amendment, ForumLanguage, Seat
from declarations.models.declarations import ClauseQuerySet
from declarations.models.texts import in_language
from declarations.workflow import amendments

from .scope import ForumAdmin, OfForumFilter
from .verbs import Verb

State = Amendment.State
DECIDES = "declarations.decide_amendment"


def accept(row: Amendment, *, by: Seat, **given: Any) -> None:
    amendments.accept(row, by=by, **given)


def merge(row: Amendment, *, by: Seat, **given: Any) -> None:
    amendments.merge(row, by=by, **given)


def reject(row: Amendment, *, by: Seat, reason: str) -> None:
    amendments.reject(row, by=by, reason=reason)


def reconsider(row: Amendment, *, by: Seat, reason: str) -> None:
    amendments.reconsider(row, by=by, reason=reason)


def is_proposed(row: Any) -> bool:
    return bool(row.state == State.PROPOSED)


@admin.register(Amendment)
class AmendmentAdmin(ForumAdmin):
    word = "amendments"
    list_display = ["place", "language_name", "new_words", "group", "state", "proposed_on"]
    list_display_links = ["place", "new_words"]
    list_filter = ["state", ("group", OfForumFilter), "language"]
    list_select_related = ["clause__section", "group"]
    fields = ["place", "language_name", "state", "group", "proposed_by", "proposed_on", "reason", "decision_reason"]
    summary_template = "declarations/admin/amendment.html"
    verbs = (
        Verb(
            "accept",
            gettext_lazy("Accept"),
            gettext_lazy("The proposed words take the place of the clause's own."),
            DECIDES,
            accept,
            AcceptAmendment,
            when=is_proposed,
            done=gettext_lazy("The amendment is in the text."),
        ),
        Verb(
            "merge",
            gettext_lazy("Take up in other words"),
            gettext_lazy("You write the words; the proposal stays in sight beside them."),
            DECIDES,
            merge,
            MergeAmendment,
            when=is_proposed,
            done=gettext_lazy("The amendment is taken up."),
        ),
        Verb(
            "reject",
            gettext_lazy("Do not keep it"),
            gettext_lazy("It stays in sight with the reason that you give."),
            DECIDES,
            reject,
            RejectAmendment,
            when=is_proposed,
            done=gettext_lazy("The amendment is not kept, with its reason."),
        ),
        Verb(
            "reconsider",
            gettext_lazy("Take it up again"),
            gettext_lazy("It waits for a decision once more."),
            DECIDES,
            reconsider,
            Reason,
            when=lambda row: row.state == State.REJECTED,
            done=gettext_lazy("The amendment waits for a decision."),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related("clause__section__declaration__forum")
        spoken = ForumLanguage.objects.filter(
            forum=OuterRef("clause__section__declaration__forum"), code=OuterRef("language")
        )
        return rows.annotate(number=ClauseQuerySet.number_of("clause"), name=Subquery(spoken.values("label")[:1]))

    @admin.display(description=gettext_lazy("clause"), ordering="number")
    def place(self, row: Any) -> str:
        section = row.clause.section
        if row.clause.removed_on or section.kind not in section.NUMBERED:
            return str(section)
        return _("Clause %(number)s") % {"number": row.number}

    @admin.display(description=gettext_lazy("language"), ordering="language")
    def language_name(self, row: Any) -> str:
        return in_language(row.name or {}, get_language() or "fr") or row.language

    @admin.display(description=gettext_lazy("proposed words"))
    def new_words(self, row: Amendment) -> str:
        return shorten(row.text, 120, placeholder=" …")

    def summary(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        standing = row.clause.wordings.filter(language=row.language).first()
        return {"amendment": row, "standing_text": standing.text if standing else ""}
