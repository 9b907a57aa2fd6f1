"""The declaration in a few lines; the text itself is written at the drafting desk."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from declarations.models import Clause, Declaration

from .scope import ForumAdmin


@admin.register(Declaration)
class DeclarationAdmin(ForumAdmin):
    word = "declarations"
    list_display = ["__str__", "state"]
    fields = ["title", "state"]
    readonly_fields = ["state"]
    summary_template = "declarations/admin/declaration.html"

    def summary(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        from .road import link

        clauses = Clause.objects.filter(section__declaration=row).standing()
        return {
            "n_clauses": clauses.count(),
            "versions": row.versions.defer("words").select_related("made_by", "adoption"),
            "drafting_url": link("drafting-desk"),
            "press_url": link("press"),
        }
