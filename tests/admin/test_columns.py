"""What a list of the admin calls its columns: in the reader's language, and beside each cell on a phone."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise
from django.utils.safestring import mark_safe

from declarations.templatetags.naming_tags import with_names

COLUMNS = [(model, name) for model, screen in admin.site._registry.items() for name in screen.list_display]
LIST = (
    "<p>2 rows</p><table id='result_list'><thead><tr><th><div class='sortoptions'>1</div><div class='text'>Name</div>"
    "</th><th><div class='text'>Holder</div></th><th><div class='text'>Until</div></th></tr></thead>"
    "<tbody><tr><th><a href='/1/'>Mopti</a></th><td class='field-holder'>Awa &amp; Issa</td><td>-</td></tr></tbody>"
    "</table>"
)


def test_every_column_has_a_name_that_can_be_translated() -> None:
    assert len(COLUMNS) > 80
    for model, name in COLUMNS:
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        named = getattr(field, "verbose_name", None) or field.related_model._meta.verbose_name_plural
        assert isinstance(named, Promise), f"{model.__name__}.{name} is called “{named}”"


def test_each_cell_is_named_after_its_column() -> None:
    page = with_names(mark_safe(LIST))
    assert '<td class="field-holder" data-name="Holder">Awa &amp; Issa</td>' in page
    assert '<td data-name="Until" class="nothing">-</td>' in page
    assert "<th><a href" in page and 'data-name="Name"' not in page, "what leads to the row needs no name"
    assert page.startswith("<p>2 rows</p>") and page.endswith("</table>")


@pytest.mark.parametrize("page", ["", "<p>0 rows</p>"])
def test_a_list_without_rows_stays_as_it_is(page: str) -> None:
    assert with_names(mark_safe(page)) == page
