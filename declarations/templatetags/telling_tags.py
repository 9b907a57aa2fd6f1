"""What a page tells programs about itself: its one address, and what it is about (schema.org), as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# What could end the element, or open another; the same letters as django.utils.html.json_script.
ESCAPED = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


@register.filter
def in_full(path: str) -> str:
    """Return an address of this site with the name of the site before it."""
    return f"{settings.SITE_URL}{path}"


@register.simple_tag(takes_context=True)
def canonical(context: dict[str, Any]) -> str:
    """Return the one address of a page: of a list its number is a part, what was looked for is not."""
    request = context["request"]
    page = context.get("page_obj")
    number = f"?page={page.number}" if page and page.number > 1 else ""
    return f"{settings.SITE_URL}{request.path}{number}"


@register.simple_tag
def linked_data(about: Mapping[str, Any]) -> SafeString:
    """Write schema.org data; a browser runs nothing of it, so the policy has nothing to refuse (M11)."""
    said = {"@context": "https://schema.org", **{name: value for name, value in about.items() if value}}
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":")).translate(ESCAPED)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # < > & were escaped
