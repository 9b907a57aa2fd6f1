"""What was heard: agreed by a second person, then published."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy

from declarations import counting
from declarations.forms.asked import Why
from declarations.models import Finding, Seat
from declarations.workflow import findings

from .scope import ForumAdmin, OfForumFilter
from .verbs import Verb

State = Finding.State


def agree(finding: Finding, *, by: Seat) -> None:
    findings.agree(finding, by=by)


def publish(finding: Finding, *, by: Seat) -> None:
    findings.publish(finding, by=by)


def take_back(finding: Finding, *, by: Seat, reason: str) -> None:
    findings.take_back(finding, by=by, reason=reason)


@admin.register(Finding)
class FindingAdmin(ForumAdmin):
    word = "findings"
    list_display = ["number", "words", "state", "composed_by"]
    list_display_links = ["number", "words"]
    list_filter = ["state", ("themes", OfForumFilter), ("group", OfForumFilter)]
    list_select_related = ["composed_by"]
    fields = ["number", "state", "group", "themes", "factors", "composed_by", "agreed_by"]
    summary_template = "declarations/admin/finding.html"
    verbs = (
        Verb(
            "agree",
            gettext_lazy("Agree to these words"),
            gettext_lazy("You say that this is what was heard. You did not compose it yourself."),
            "declarations.agree_finding",
            agree,
            when=lambda row: row.state == State.DRAFT,
            done=gettext_lazy("The finding is agreed."),
        ),
        Verb(
            "publish",
            gettext_lazy("Publish"),
            gettext_lazy("It appears under What we heard, with the cleared sentences beside it."),
            "declarations.publish_finding",
            publish,
            when=lambda row: row.state == State.AGREED,
            done=gettext_lazy("The finding is published."),
        ),
        Verb(
            "take-back",
            gettext_lazy("Take back"),
            gettext_lazy("It leaves the public page at once. Editions already printed cannot be recalled."),
            "declarations.publish_finding",
            take_back,
            Why,
            when=lambda row: row.state == State.PUBLISHED,
            done=gettext_lazy("The finding is no longer public."),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("wordings")

    @admin.display(description=gettext_lazy("words"))
    def words(self, finding: Finding) -> str:
        return shorten(finding.text_in(get_language() or "fr", "fr", "en"), 120, placeholder=" …")

    def summary(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        language = get_language() or "fr"
        behind = counting.heard_inside(row)
        return {
            "wordings": row.wordings.all(),
            "behind": counting.band_words(behind, "testimonies", language) if behind else "",
        }
