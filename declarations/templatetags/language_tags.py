"""Which language a text is in, which way it runs, and where the pages of a forum are."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import get_script_prefix
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

# By primary subtag, or by script where a language is written in more than one.
RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "ku", "nqo", "ps", "sd", "ug", "ur", "yi"}
RIGHT_TO_LEFT_SCRIPTS = {"arab", "nkoo", "hebr", "adlm", "thaa", "syrc"}


@register.filter
def dir_of(code: str | None) -> str:
    """Return "rtl" or "ltr" for a language code such as "ar", "fr-ML" or "bm-Nkoo"."""
    primary, *rest = (code or "").replace("_", "-").lower().split("-")
    if any(len(part) == 4 for part in rest):
        return "rtl" if any(part in RIGHT_TO_LEFT_SCRIPTS for part in rest) else "ltr"
    return "rtl" if primary in RIGHT_TO_LEFT else "ltr"


def best_language(texts: Mapping[str, str] | None, wanted: str | None, authentic: list[str] | None = None) -> str | None:
    """Return the language to show: the wanted one, an authentic one, French, or whatever there is."""
    texts = texts or {}
    primary = (wanted or "").split("-")[0]
    chain = [wanted, primary, *(authentic or []), "fr", *texts]
    return next((code for code in chain if code and texts.get(code)), None)


@register.filter
def in_language(texts: Mapping[str, str] | None, wanted: str | None = None) -> str:
    """Return the label in the wanted language, or in French, or in any; empty if there is none."""
    found = best_language(texts, wanted or get_language())
    return texts[found] if texts and found else ""


@register.simple_tag
def label(texts: Mapping[str, str] | None, wanted: str | None = None, authentic: list[str] | None = None) -> SafeString:
    """Write a label, marked with lang and dir when it is not in the language of the page."""
    page = wanted or get_language() or ""
    found = best_language(texts, page, authentic)
    if not texts or not found:
        return SafeString("")
    if found.split("-")[0] == page.split("-")[0]:
        return format_html("{}", texts[found])
    return format_html('<span lang="{}" dir="{}">{}</span>', found, dir_of(found), texts[found])


@register.simple_tag(takes_context=True)
def forum_path(context: dict[str, Any], tail: str = "", language: str | None = None) -> str:
    """Return the address of a forum's page, such as "/fr/mali/heard/", in the language of the page."""
    code = language or get_language() or "fr"
    return f"{get_script_prefix()}{code}/{context['forum'].slug}/{tail}"


@register.filter
def title_in(forum: Any, language: str | None = None) -> str:
    """Return the forum's title in the wanted language, by default the one of the page."""
    return forum.title_in(language or get_language())
