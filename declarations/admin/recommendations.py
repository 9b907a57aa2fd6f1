"""What the groups ask for: read beside the words as handed in, and decided."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy

from declarations import exports
from declarations.forms.asked import PerhapsReason, Reason
from declarations.forms.decisions import Complete, Merge, NewRecommendation, PublicReason, Revise, Word
from declarations.models import Recommendation, Review, Seat
from declarations.workflow import recommendations

from .scope import ForumAdmin, OfForumFilter
from .verbs import Verb

State = Recommendation.State
DECIDES = "declarations.decide_recommendation"
REVISES = "declarations.revise_recommendation"


def draft(_row: None, *, by: Seat, **given: Any) -> None:
    recommendations.draft(by=by, **given)


def hand_in(row: Recommendation, *, by: Seat) -> None:
    recommendations.hand_in(row, by=by)


def complete(row: Recommendation, *, by: Seat, **given: Any) -> None:
    recommendations.complete(row, by=by, **given)


def write_wording(row: Recommendation, *, by: Seat, **given: Any) -> None:
    recommendations.word(row, by=by, **given)


def revise(row: Recommendation, *, by: Seat, **given: Any) -> None:
    recommendations.revise(row, by=by, **given)


def send_to_review(row: Recommendation, *, by: Seat) -> None:
    recommendations.send_to_review(row, by=by)


def adopt(row: Recommendation, *, by: Seat, reason: str) -> None:
    recommendations.adopt(row, by=by, reason=reason)


def set_aside(row: Recommendation, *, by: Seat, reason: dict[str, str]) -> None:
    recommendations.set_aside(row, by=by, reason=reason)


def merge(row: Recommendation, *, by: Seat, into: Recommendation, reason: dict[str, str]) -> None:
    recommendations.merge(row, into, by=by, reason=reason)


def reopen(row: Recommendation, *, by: Seat, reason: str) -> None:
    recommendations.reopen(row, by=by, reason=reason)


def can(to: str) -> Any:
    """Whether the row may move to the state now."""
    return lambda row: to in Recommendation.MOVES[row.state]


class WaitsFilter(admin.SimpleListFilter):
    title = gettext_lazy("what it waits for")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("review", gettext_lazy("a review")), ("decision", gettext_lazy("a decision"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        if self.value() == "review":
            return queryset.awaiting_review()
        return queryset.awaiting_decision() if self.value() == "decision" else queryset


@admin.register(Recommendation)
class RecommendationAdmin(ForumAdmin):
    word = "recommendations"
    exported = staticmethod(exports.rows_of_recommendations)
    list_display = ["number", "words", "group", "state", "given_reviews"]
    list_display_links = ["number", "words"]
    list_filter = [
        "state",
        WaitsFilter,
        ("group", OfForumFilter),
        ("themes", OfForumFilter),
        ("addressees", OfForumFilter),
        "level",
    ]
    list_select_related = ["group"]
    search_fields = ["=number", "handed_in_words"]
    fields = [
        "number",
        "group",
        "state",
        "handed_in_at",
        "themes",
        "addressees",
        "regions",
        "level",
        "horizon",
        "reason",
        "minority_view",
        "decided_on",
    ]
    summary_template = "declarations/admin/recommendation.html"
    adding = Verb(
        "draft",
        gettext_lazy("Write a recommendation for a group"),
        gettext_lazy("It begins as a draft; the group hands it in."),
        "declarations.draft_recommendation",
        draft,
        NewRecommendation,
        done=gettext_lazy("The draft is kept."),
    )
    verbs = (
        Verb(
            "hand-in",
            gettext_lazy("Hand in"),
            gettext_lazy("These words stay as they are from now on; a final wording may stand beside them."),
            "declarations.hand_in_recommendation",
            hand_in,
            when=can(State.HANDED_IN),
            done=gettext_lazy("The recommendation is handed in."),
        ),
        Verb(
            "review",
            gettext_lazy("Send to review"),
            gettext_lazy("The experts find it on their desk."),
            DECIDES,
            send_to_review,
            when=lambda row: row.state in (State.HANDED_IN, State.REVISED),
            done=gettext_lazy("The experts can review it now."),
        ),
        Verb(
            "adopt",
            gettext_lazy("Adopt"),
            gettext_lazy("It becomes public and can go into the declaration."),
            DECIDES,
            adopt,
            PerhapsReason,
            when=can(State.ADOPTED),
            done=gettext_lazy("The recommendation is adopted."),
        ),
        Verb(
            "set-aside",
            gettext_lazy("Set aside"),
            gettext_lazy("It stays in sight with the reason that you give."),
            DECIDES,
            set_aside,
            PublicReason,
            when=can(State.SET_ASIDE),
            done=gettext_lazy("The recommendation is set aside, with its reason."),
        ),
        Verb(
            "merge",
            gettext_lazy("Merge into another one"),
            gettext_lazy("Neither is lost: this one says where it went, with the reason."),
            DECIDES,
            merge,
            Merge,
            when=can(State.SET_ASIDE),
            done=gettext_lazy("The recommendation is merged."),
        ),
        Verb(
            "complete",
            gettext_lazy("Say to whom, where and by when"),
            gettext_lazy("Themes, addressees, regions and reasons; the words stay."),
            REVISES,
            complete,
            Complete,
            when=lambda row: row.state not in (State.ADOPTED, State.SET_ASIDE),
            done=gettext_lazy("This is kept."),
        ),
        Verb(
            "word",
            gettext_lazy("Write it in a language"),
            gettext_lazy("The words as handed in stay beside it."),
            REVISES,
            write_wording,
            Word,
            when=lambda row: row.state != State.SET_ASIDE,
            done=gettext_lazy("The wording is kept."),
        ),
        Verb(
            "revise",
            gettext_lazy("Word it otherwise"),
            gettext_lazy("After the reviews, with a reason that the history keeps."),
            REVISES,
            revise,
            Revise,
            when=can(State.REVISED),
            done=gettext_lazy("The new wording is kept."),
        ),
        Verb(
            "reopen",
            gettext_lazy("Take the decision back"),
            gettext_lazy("It returns to review, unless a fixed text stands on it."),
            DECIDES,
            reopen,
            Reason,
            when=lambda row: row.state in (State.ADOPTED, State.SET_ASIDE),
            done=gettext_lazy("The decision is taken back."),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).prefetch_related("wordings")
        return rows.annotate(n_reviews=Count("reviews", distinct=True))

    @admin.display(description=gettext_lazy("words"))
    def words(self, row: Recommendation) -> str:
        words = row.text_in(get_language() or "fr", "fr", "en") or row.handed_in_words
        return shorten(words, 120, placeholder=" …")

    @admin.display(description=gettext_lazy("reviews"), ordering="n_reviews")
    def given_reviews(self, row: Any) -> int:
        return int(row.n_reviews)

    def summary(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        seat = request.seat  # type: ignore[attr-defined]
        return {
            "wordings": row.wordings.all(),
            "reviews": Review.objects.for_seat(seat).filter(recommendation=row).select_related("seat"),
            "grounds": row.grounds.select_related("finding", "session__group"),
            "relations": row.relations.select_related("other"),
            "related_from": row.related_from.select_related("recommendation"),
            "decision_reason": row.decision_reason,
        }
