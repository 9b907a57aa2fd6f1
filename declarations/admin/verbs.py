"""What can be done with a row: a button with its consequence in words, a form where something is asked, one verb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from declarations.forms.asked import Asked
from declarations.workflow.moves import IllegalMove, Refused, StaleRevision

from .doors import ask, page, typed


@dataclass(frozen=True)
class Shown:
    """What an act leaves to be shown once: a page that is kept nowhere."""

    template: str
    context: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Handed:
    """A file that an act makes: handed over once, to the one who asked, and kept nowhere."""

    content: bytes = field(repr=False)
    name: str
    content_type: str

    def response(self) -> HttpResponse:
        disposition = f'attachment; filename="{self.name}"'
        headers = {"Content-Disposition": disposition, "Cache-Control": "no-store, private"}
        return HttpResponse(self.content, content_type=self.content_type, headers=headers)


@dataclass(frozen=True)
class Verb:
    """One act of the organisers: `do(row, by=seat, **what the form holds)` calls one verb of the workflow."""

    name: str
    label: Any
    consequence: Any
    permission: str
    do: Callable[..., Shown | Handed | None]
    form: type[Asked] | None = None
    # Whether the row is in a state in which it can be done; asked before the button is shown.
    when: Callable[[Any], bool] = lambda row: True
    done: Any = _("Done.")
    # Cannot simply be done again: the page asks once.
    asks_once: bool = False
    # The row is gone afterwards, so one goes back to the list.
    ends_row: bool = False


def perform(
    request: HttpRequest,
    verb: Verb,
    row: Any,
    *,
    back: str,
    title: Any = "",
    template: str = "declarations/admin/verb.html",
    **context: Any,
) -> HttpResponse:
    """Show the form of a verb, or its question; on POST do it and go back."""
    seat = ask(request, verb.permission, row)
    form = verb.form(typed(request), row=row, seat=seat) if verb.form else None
    if request.method != "POST" and (not verb.when(row) or (form is None and not verb.asks_once)):
        return redirect(back)
    status = 200
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            if not verb.when(row):
                raise IllegalMove(row, verb.name)
            result = verb.do(row, by=seat, **(form.cleaned_data if form else {}))
        except Refused as refusal:
            if form is None:
                messages.error(request, str(refusal.args[0]))
                return redirect(back)
            form.add_error(None, str(refusal.args[0]))
        except ValidationError as error:
            if form is None:
                messages.error(request, " ".join(error.messages))
                return redirect(back)
            beside(form, error)
        except (IllegalMove, StaleRevision):
            if form is None:
                raise
            # What was typed is still in the form, so it is handed back with the news.
            form.add_error(None, _("Somebody was faster than you. Look at how it stands now, then try again."))
            status = 409
        else:
            if isinstance(result, Shown):
                return TemplateResponse(request, result.template, page(request, back=back, **result.context))
            if isinstance(result, Handed):
                return result.response()
            messages.success(request, str(verb.done))
            return redirect(back)
    shown = {"verb": verb, "form": form, "row": row, "back": back, "title": title or verb.label, **context}
    return TemplateResponse(request, template, page(request, **shown), status=status)


def beside(form: forms.Form, error: ValidationError) -> None:
    """Put what the workflow refused beside the field it is about, or on top where the form has no such field."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields and name != NON_FIELD_ERRORS else None, errors)
