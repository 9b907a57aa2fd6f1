"""Small questions that the form templates ask of a field."""

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, ClearableFileInput, RadioSelect
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def field_named(form: Any, name: str) -> BoundField:
    """Return the form's field of that name."""
    return form[name]


@register.filter
def shape_of(field: BoundField) -> str:
    """Return how a field is laid out: "choices", "tick", "hidden", "file" or "line"."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, CheckboxInput):
        return "tick"
    return "file" if isinstance(widget, ClearableFileInput) else "line"


@register.filter
def target_of(field: BoundField) -> str:
    """Return the id that an error summary links to: the control, or the first of a group."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.filter
def error_count(form: Any) -> int:
    """Return how many things are to be put right in a form."""
    return sum(len(errors) for errors in form.errors.values())


@register.filter
def in_order(steps: list[dict[str, Any]], form: Any) -> list[dict[str, Any]]:
    """Return the steps of a form, each knowing the id of the one before it, of the one after it, and if it opens first.

    The first with an error opens; the last, from which the form was sent, where the error is in none of them.
    """
    ids = [None, *(step["id"] for step in steps), None]
    wrong = [step["id"] for step in steps if any(form[name].errors for name in step["fields"])]
    first = wrong[0] if wrong else steps[-1 if form.errors else 0]["id"]
    return [
        {**step, "before": ids[i], "after": ids[i + 2], "is_open": step["id"] == first} for i, step in enumerate(steps)
    ]


@register.simple_tag
def pictogram(name: str) -> SafeString:
    """Draw a sign for whoever cannot read, beside the word that says the same; one small file holds them all."""
    return format_html('<svg class="pict" aria-hidden="true"><use href="{}#{}"/></svg>', static("pictograms.svg"), name)
