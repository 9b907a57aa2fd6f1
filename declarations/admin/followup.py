"""To whom the text was handed, what they answered and promised, and what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy

from declarations.forms.decisions import NewCommitment, NewDelivery, NewReport, NewResponse, ReportOfCommitment
from declarations.models import Commitment, Delivery, Report, Response, Seat
from declarations.workflow import followup

from .scope import ForumAdmin, OfForumFilter
from .verbs import Verb

REPORTS = "declarations.report_commitment"


def deliver(_row: None, *, by: Seat, **given: Any) -> None:
    followup.record_delivery(by=by, **given)


def answer(_row: None, *, by: Seat, **given: Any) -> None:
    followup.answer(by=by, **given)


def promise(_row: None, *, by: Seat, **given: Any) -> None:
    followup.promise(by=by, **given)


def report_on(_row: None, *, by: Seat, **given: Any) -> None:
    followup.report(by=by, **given)


def report(row: Commitment, *, by: Seat, **given: Any) -> None:
    followup.report(row, by=by, **given)


@admin.register(Delivery)
class DeliveryAdmin(ForumAdmin):
    word = "followup"
    list_display = ["delivered_on", "addressee", "edition"]
    list_filter = [("addressee", OfForumFilter)]
    list_select_related = ["addressee", "edition"]
    fields = ["edition", "addressee", "delivered_on", "how_here", "recorded_by"]
    readonly_fields = ["how_here"]
    adding = Verb(
        "deliver",
        gettext_lazy("Record a delivery"),
        gettext_lazy("It shows in public to whom the text was handed, and when."),
        "declarations.record_delivery",
        deliver,
        NewDelivery,
        done=gettext_lazy("The delivery is recorded."),
    )

    @admin.display(description=gettext_lazy("how"))
    def how_here(self, row: Delivery) -> str:
        return row.how_in(get_language() or "fr")


@admin.register(Response)
class ResponseAdmin(ForumAdmin):
    word = "followup"
    list_display = ["clause", "addressee", "position", "answered_on", "is_standing"]
    list_filter = ["position", ("addressee", OfForumFilter), "is_standing", "channel"]
    list_select_related = ["clause", "addressee"]
    fields = [
        "clause",
        "addressee",
        "position",
        "text",
        "language",
        "channel",
        "answered_on",
        "recorded_at",
        "recorded_by",
        "replaces",
        "is_standing",
    ]
    adding = Verb(
        "answer",
        gettext_lazy("Record an answer"),
        gettext_lazy("It shows in public beside the clause. An earlier answer stays, as the earlier one."),
        "declarations.record_response",
        answer,
        NewResponse,
        done=gettext_lazy("The answer is recorded."),
    )


class LateFilter(admin.SimpleListFilter):
    title = gettext_lazy("what it waits for")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("late", gettext_lazy("its day is past")), ("open", gettext_lazy("still open"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        if self.value() == "late":
            return queryset.open().filter(due_on__lt=timezone.localdate())
        return queryset.open() if self.value() == "open" else queryset


@admin.register(Commitment)
class CommitmentAdmin(ForumAdmin):
    word = "followup"
    list_display = ["text_here", "addressee", "due_on", "state"]
    list_filter = ["state", LateFilter, ("addressee", OfForumFilter)]
    list_select_related = ["addressee"]
    fields = ["clause", "addressee", "text_here", "due_on", "state", "recorded_by"]
    readonly_fields = ["text_here"]
    summary_template = "declarations/admin/commitment.html"
    adding = Verb(
        "promise",
        gettext_lazy("Record a promise"),
        gettext_lazy("It shows in public with its day, and with what comes of it."),
        "declarations.record_commitment",
        promise,
        NewCommitment,
        done=gettext_lazy("The promise is recorded."),
    )
    verbs = (
        Verb(
            "report",
            gettext_lazy("Say what came of it"),
            gettext_lazy("The report shows in public with its day."),
            REPORTS,
            report,
            ReportOfCommitment,
            done=gettext_lazy("The report is recorded."),
        ),
    )

    @admin.display(description=gettext_lazy("what was promised"))
    def text_here(self, row: Commitment) -> str:
        return row.text_in(get_language() or "fr")

    def summary(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {"reports": row.reports.select_related("recorded_by")}


@admin.register(Report)
class ReportAdmin(ForumAdmin):
    word = "followup"
    list_display = ["reported_on", "commitment", "state"]
    list_filter = ["state"]
    list_select_related = ["commitment__addressee"]
    fields = ["commitment", "reported_on", "state", "text", "language", "recorded_by"]
    adding = Verb(
        "report",
        gettext_lazy("Say what came of a promise"),
        gettext_lazy("The report shows in public with its day."),
        REPORTS,
        report_on,
        NewReport,
        done=gettext_lazy("The report is recorded."),
    )
