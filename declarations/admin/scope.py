"""ForumAdmin: every row, every choice and every right is that of the seat's own forum."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from declarations.forms.moments import DayAndHour
from declarations.forms.texts import LabelFormField
from declarations.models import Forum, HistoryEntry, User
from declarations.models.texts import LabelField
from declarations.workflow.moves import record

from .doors import allows, page
from .exporting import FORMATS, of_list
from .verbs import Verb, perform


def path_to_forum(model: type[models.Model]) -> str:
    """Return the lookup from a row to its forum; raises FieldDoesNotExist for what belongs to none."""
    if model is Forum:
        return "pk"
    if model is User:
        return "seats__forum"
    found: str | None = getattr(model, "FORUM_PATH", None)
    if found is None:
        model._meta.get_field("forum")
    return found or "forum"


def of_seat(rows: models.QuerySet[Any], seat: Any) -> models.QuerySet[Any]:
    """Keep the rows of the seat's forum that the seat may see; without a seat, none."""
    if not seat:
        return rows.none()
    try:
        rows = rows.filter(**{path_to_forum(rows.model): seat.forum_id})
    except FieldDoesNotExist:
        return rows.none()
    if rows.model is User:
        return rows.distinct()
    return rows.for_seat(seat) if hasattr(rows, "for_seat") else rows


def is_used(row: models.Model) -> bool:
    """Whether any row points at this one; only what nothing rests on may be deleted."""
    if not hasattr(row, "_is_used"):
        reverse_relations = [
            relation
            for relation in row._meta.get_fields(include_hidden=True)
            if relation.auto_created and not relation.concrete and relation.is_relation
        ]
        row._is_used = any(  # type: ignore[attr-defined]
            relation.related_model._base_manager.filter(**{relation.field.name: row.pk}).exists()  # type: ignore[union-attr]
            for relation in reverse_relations
        )
    return bool(row._is_used)  # type: ignore[attr-defined]


class OfForumForm(forms.ModelForm):
    """A form that knows its forum, so that a code used twice is said beside the field."""

    forum: Forum | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding and any(field.name == "forum" for field in self._meta.model._meta.fields):
            self.instance.forum = self.forum

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"forum"}  # type: ignore[misc]


class OfForumFilter(admin.RelatedFieldListFilter):
    """Offer only the forum's own values."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        rows = of_seat(field.related_model._default_manager.all(), request.seat or None)  # type: ignore[attr-defined]
        return [(row.pk, str(row)) for row in rows]


class ForumAdmin(admin.ModelAdmin):
    """What all lists of the admin share; a class names its word of the road and a permission for each act.

    An act without a permission is nobody's. `verbs` are offered on a row's page, `list_verbs` above the list, and
    `adding` takes the place of Django's form for a new row.
    """

    word = "forums"
    sees = "declarations.see_road"
    adds = ""
    changes = ""
    deletes = ""
    verbs: tuple[Verb, ...] = ()
    list_verbs: tuple[Verb, ...] = ()
    adding: Verb | None = None
    # What gives the rows of the list that can be taken away as a table; None for lists that never leave.
    exported: ClassVar[Any] = None  # exporting.Rows, as a static method
    # A template shown above the fields, and what it is told: see `summary`.
    summary_template = ""

    form = OfForumForm
    formfield_overrides = {LabelField: {"form_class": LabelFormField}, models.DateTimeField: {"widget": DayAndHour}}
    actions = None
    view_on_site = False
    show_full_result_count = False
    list_per_page = 50

    # Who may

    def has_module_permission(self, request: HttpRequest) -> bool:
        return allows(request, self.sees)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return allows(request, self.sees, obj)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return allows(request, self.adding.permission if self.adding else self.adds)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return allows(request, self.changes, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and allows(request, self.deletes, obj) and not is_used(obj)

    # Which rows

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return of_seat(super().get_queryset(request), request.seat or None)  # type: ignore[attr-defined]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        found = super().formfield_for_dbfield(db_field, request, **kwargs)
        if found and isinstance(found.widget, RelatedFieldWidgetWrapper):
            found.widget = found.widget.widget  # no pop-up windows: each list has a page
        return found

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = of_seat(
            kwargs.get("queryset", db_field.remote_field.model._default_manager.all()),
            request.seat or None,  # type: ignore[attr-defined]
        )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = of_seat(
            kwargs.get("queryset", db_field.remote_field.model._default_manager.all()),
            request.seat or None,  # type: ignore[attr-defined]
        )
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*(super().get_exclude(request, obj) or ()), "forum"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        made = super().get_form(request, obj, change, **kwargs)
        seat = request.seat or None  # type: ignore[attr-defined]
        return type(made.__name__, (made,), {"forum": seat.forum if seat else None})

    # What is written down: the history, never Django's own log, which keeps the words of a row

    def log_addition(self, *args: Any) -> None:  # type: ignore[override]
        return None

    log_change = log_deletions = log_addition  # type: ignore[assignment]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        record(obj, by=request.seat, verb="edit" if change else "add")  # type: ignore[attr-defined]

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        record(obj, by=request.seat, verb="delete")  # type: ignore[attr-defined]
        super().delete_model(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Only unused rows are deleted, so nothing else goes with them and nothing else is named."""
        return [str(row) for row in objs], {self.opts.verbose_name_plural: len(objs)}, set(), []

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        from .history import verb_name  # which is a list of this kind itself

        row = self.get_object(request, unquote(object_id))
        if row is None:
            return redirect("admin:index")
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        entries = [
            {"by": entry.seat_name, "at": entry.at, "verb": verb_name(entry.verb), "reason": entry.reason}
            for entry in HistoryEntry.objects.for_seat(request.seat).of(row)  # type: ignore[attr-defined]
        ]
        context = {"title": _("What happened here"), "entries": entries, "object": row, "opts": self.opts}
        context["module_name"] = str(capfirst(self.opts.verbose_name_plural))
        return TemplateResponse(request, "admin/object_history.html", page(request, **context))

    # Verbs

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        export = [
            path(
                "export/<slug:kind>/", view(of_list(self.sees, str(self.opts.model_name), rows)), name=f"{name}_export"
            )
            for rows in (type(self).exported,)
            if rows
        ]
        return [
            *export,
            path("do/<slug:verb>/", view(self.list_verb_view), name=f"{name}_list_do"),
            path("<path:object_id>/do/<slug:verb>/", view(self.verb_view), name=f"{name}_do"),
            *super().get_urls(),
        ]

    def address(self, page_name: str, *args: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page_name}", args=args)

    def verb_view(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        wanted = named(self.verbs, verb)
        back = self.address("changelist") if wanted.ends_row else self.address("change", row.pk)
        return perform(request, wanted, row, back=back, opts=self.opts)

    def list_verb_view(self, request: HttpRequest, verb: str) -> HttpResponse:
        return perform(request, named(self.list_verbs, verb), None, back=self.address("changelist"), opts=self.opts)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if self.adding:
            return perform(request, self.adding, None, back=self.address("changelist"), opts=self.opts)
        return super().add_view(request, form_url, extra_context)

    def offered(self, request: HttpRequest, verbs: tuple[Verb, ...], row: Any) -> list[dict[str, Any]]:
        """The verbs the seat may use on the row as it stands, each with its address."""
        target = ("do", row.pk) if row else ("list_do",)
        return [
            {"verb": verb, "url": self.address(*target, verb.name), "is_link": bool(verb.form or verb.asks_once)}
            for verb in verbs
            if verb.when(row) and allows(request, verb.permission, row)
        ]

    def summary(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What `summary_template` is told about the row."""
        return {}

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        row = kwargs.get("obj")
        if row is not None and kwargs.get("change"):
            name = str(row)
            context["title"] = capfirst(f"{self.opts.verbose_name} {name}") if name.isdigit() else name
            context["subtitle"] = None
            context["verbs"] = self.offered(request, self.verbs, row)
            if self.summary_template:
                context |= {"summary_template": self.summary_template, **self.summary(request, row)}
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        shown = {
            "title": capfirst(self.opts.verbose_name_plural),
            "list_verbs": self.offered(request, self.list_verbs, None),
            "exports": [(kind.upper(), f"export/{kind}/") for kind in FORMATS if self.exported],
            **(extra_context or {}),
        }
        return super().changelist_view(request, shown)


def named(verbs: tuple[Verb, ...], name: str) -> Verb:
    """Return the verb of that name; raises Http404."""
    for verb in verbs:
        if verb.name == name:
            return verb
    raise Http404
