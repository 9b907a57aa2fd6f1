"""Lists of the admin on a phone, where the head of the table is out of sight: each cell says what it is."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString, mark_safe
from lxml import html

register = template.Library()
NOTHING = {"", "-", "–"}


@register.filter
def with_names(page: SafeString) -> SafeString:
    """Name each cell of a list after its column, unless it leads to the row, and mark those that say nothing."""
    if "<tbody" not in page:
        return page
    root = html.fragment_fromstring(page, create_parent="div")
    heads = root.xpath(".//table[@id='result_list']/thead//th")
    # Beside its words a head holds in which order it sorts.
    names = [head.xpath("string(.//*[@class='text'])").strip() for head in heads]
    for row in root.xpath(".//table[@id='result_list']/tbody/tr"):
        for name, cell in zip(names, row, strict=False):
            if name and not cell.xpath(".//a | .//input"):
                cell.set("data-name", name)
                if cell.text_content().strip() in NOTHING and not cell.xpath(".//img"):
                    cell.classes.add("nothing")
    inside = html.tostring(root, encoding="unicode")
    return mark_safe(inside[inside.index(">") + 1 : inside.rindex("</div>")])  # noqa: S308  it came from templates
