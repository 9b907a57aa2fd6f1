"""The forum and the lists of its setup."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from declarations.forms.forums import OpenForum
from declarations.models import (
    Addressee,
    Capacity,
    Deadline,
    Delegation,
    Factor,
    Family,
    Forum,
    ForumLanguage,
    HelpContact,
    OpeningHours,
    Partner,
    Region,
    Theme,
    Topic,
    Zone,
)
from declarations.workflow import forums

from .doors import page, typed
from .scope import ForumAdmin, OfForumFilter

# The lists of the setup in the order in which they are filled.
SETUP = (
    (Partner, "partners"),
    (ForumLanguage, "languages"),
    (Zone, "zones"),
    (Region, "regions"),
    (Family, "families"),
    (Capacity, "capacities"),
    (Delegation, "delegations"),
    (Theme, "themes"),
    (Topic, "topics"),
    (Factor, "factors"),
    (Addressee, "addressees"),
    (HelpContact, "help_contacts"),
    (Deadline, "deadlines"),
    (OpeningHours, "opening_hours"),
)


@admin.register(Forum)
class TheForumAdmin(ForumAdmin):
    changes = "declarations.change_forum"
    list_display = ["__str__", "mode", "starts_on", "ends_on"]
    readonly_fields = ["mode", "withdrawal_rehearsed_on", "went_live_at"]
    fieldsets = [
        (None, {"fields": ["title", "purpose", "slug", "mode", "starts_on", "ends_on", "place", "time_zone"]}),
        (
            gettext_lazy("Protection"),
            {
                "fields": [
                    "inside_minimum",
                    "public_minimum",
                    "daily_quota",
                    "consent_version",
                    "exit_url",
                    "keep_until",
                    "withdrawal_rehearsed_on",
                    "went_live_at",
                ],
                "description": gettext_lazy(
                    "Smaller numbers are never shown. They can be raised; they never go below 5 and 10."
                ),
            },
        ),
    ]
    summary_template = "declarations/admin/setup.html"

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["forum"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = list(super().get_readonly_fields(request, obj))
        # The address is printed on cards and cited once the forum is live.
        return [*fixed, "slug"] if obj and obj.mode == Forum.Mode.LIVE else fixed

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Whoever runs the site opens forums, from no seat of any of them."""
        return bool(request.user.is_superuser)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) or self.has_add_permission(request)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            return redirect("admin:index")
        form = OpenForum(typed(request), initial={"owner": request.user.get_username()})
        if request.method == "POST" and form.is_valid():
            forum, _organiser = forums.create(**form.cleaned_data)
            messages.success(
                request,
                _("%(forum)s is open as a rehearsal. Its first organiser is %(name)s.")
                % {"forum": forum, "name": form.cleaned_data["owner"]},
            )
            return redirect("admin:index")
        context = page(request, form=form, title=_("Open a forum"), opts=self.opts, back=reverse("admin:index"))
        return TemplateResponse(request, "declarations/admin/verb.html", context)

    def summary(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """The lists of the setup with how much stands in each."""
        lists = [
            {
                "name": capfirst(model._meta.verbose_name_plural),
                "n": getattr(row, name).count(),
                "url": f"../../../{model._meta.model_name}/",
            }
            for model, name in SETUP
        ]
        return {"setup_lists": lists}


class SetupAdmin(ForumAdmin):
    """A list of the setup: the organisers' own; a row is deleted only while nothing points at it."""

    adds = changes = deletes = "declarations.change_forum"
    list_display: Any = ["label_here", "code", "order"]
    ordering: ClassVar[Any] = ("order", "pk")

    @admin.display(description=gettext_lazy("name"))
    def label_here(self, row: Any) -> str:
        return str(row.label_in(get_language() or "fr")) or "–"


@admin.register(Partner)
class PartnerAdmin(SetupAdmin):
    list_display = ["label_here", "kind", "order"]
    list_filter = ["kind"]
    fields = ["kind", "label", "code", "order"]


@admin.register(ForumLanguage)
class ForumLanguageAdmin(SetupAdmin):
    list_display = ["label_here", "code", "is_spoken", "is_written", "is_authentic", "order"]
    fields = ["label", "code", "is_spoken", "is_written", "is_authentic", "order"]


@admin.register(Zone)
class ZoneAdmin(SetupAdmin):
    pass


@admin.register(Region)
class RegionAdmin(SetupAdmin):
    list_display = ["label_here", "zone", "population_share", "order"]
    list_filter = [("zone", OfForumFilter)]
    list_select_related = ["zone"]


@admin.register(Family)
class FamilyAdmin(SetupAdmin):
    pass


@admin.register(Capacity)
class CapacityAdmin(SetupAdmin):
    list_display = ["label_here", "family", "order"]
    list_filter = [("family", OfForumFilter)]
    list_select_related = ["family"]


@admin.register(Delegation)
class DelegationAdmin(SetupAdmin):
    pass


@admin.register(Theme)
class ThemeAdmin(SetupAdmin):
    pass


@admin.register(Topic)
class TopicAdmin(SetupAdmin):
    pass


@admin.register(Factor)
class FactorAdmin(SetupAdmin):
    pass


@admin.register(Addressee)
class AddresseeAdmin(SetupAdmin):
    pass


@admin.register(HelpContact)
class HelpContactAdmin(SetupAdmin):
    list_display = ["label_here", "phone", "region", "languages", "order"]
    list_filter = [("region", OfForumFilter)]
    list_select_related = ["region"]


@admin.register(Deadline)
class DeadlineAdmin(SetupAdmin):
    list_display = ["label_here", "at"]
    ordering = ("at",)


@admin.register(OpeningHours)
class OpeningHoursAdmin(SetupAdmin):
    list_display = ["form", "opens_at", "closes_at"]
    list_filter = ["form"]
    ordering = ("form", "opens_at")
