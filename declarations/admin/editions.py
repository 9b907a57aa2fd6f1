"""Editions and their files, to be looked at: nothing here ever changes."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from declarations.models import Edition

from .scope import ForumAdmin


@admin.register(Edition)
class EditionAdmin(ForumAdmin):
    word = "editions"
    list_display = ["number", "kind", "published_at", "control_code"]
    list_filter = ["kind"]
    fields = ["number", "kind", "published_at", "control_code", "digest", "made_by", "confirmed_by"]
    summary_template = "declarations/admin/edition.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("snapshot")

    def summary(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        from .road import link

        return {"files": row.files.defer("content"), "press_url": link("press")}
