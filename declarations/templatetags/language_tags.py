"""Which language a text is in, which way it runs, and where the pages of a forum are."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.urls import get_script_prefix
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info

register = template.Library()

RIGHT_TO_LEFT_SCRIPTS = {"adlm", "arab", "hebr", "nkoo", "syrc", "thaa"}


@register.filter
def dir_of(code: str | None) -> str:
    """Return "rtl" or "ltr" for a language code such as "ar", "fr-ML" or "bm-Nkoo"."""
    script = next((part for part in (code or "").split("-")[1:] if len(part) == 4), "")
    if script:
        return "rtl" if script.lower() in RIGHT_TO_LEFT_SCRIPTS else "ltr"
    try:
        return "rtl" if get_language_info(code or "fr")["bidi"] else "ltr"
    except KeyError:
        return "ltr"


def best_language(texts: Mapping[str, str] | None, wanted: str, authentic: Sequence[str] = ()) -> str | None:
    """Return the language to show: the wanted one, an authentic one, French, English, or whatever there is."""
    texts = texts or {}
    chain = (wanted, wanted.split("-")[0], *authentic, "fr", "en", *texts)
    return next((code for code in chain if texts.get(code)), None)


@register.filter
def in_language(texts: Mapping[str, str] | None, wanted: str | None = None) -> str:
    """Return the label in the wanted language, by default the page's; empty if there is none at all."""
    found = best_language(texts, wanted or get_language() or "fr")
    return texts[found] if texts and found else ""


@register.simple_tag
def label(texts: Mapping[str, str] | None, wanted: str | None = None, authentic: Sequence[str] = ()) -> SafeString:
    """Write a label, marked with lang and dir when it is not in the language of the page."""
    page = wanted or get_language() or "fr"
    found = best_language(texts, page, authentic)
    if not texts or not found:
        return SafeString("")
    if found.split("-")[0] == page.split("-")[0]:
        return format_html("{}", texts[found])
    return format_html('<span lang="{}" dir="{}">{}</span>', found, dir_of(found), texts[found])


@register.simple_tag
def wording(text: str, language: str, tag: str = "p") -> SafeString:
    """Write a text in an element that says which language it is in and which way it runs."""
    if tag not in {"p", "div", "span", "h1", "h2", "h3", "q", "blockquote"}:
        raise ValueError(f"No wording stands in <{tag}>.")
    return format_html('<{0} lang="{1}" dir="{2}">{3}</{0}>', SafeString(tag), language, dir_of(language), text)


@register.simple_tag(takes_context=True)
def forum_path(context: dict[str, Any], tail: str = "", language: str | None = None) -> str:
    """Return the address of a forum's page, such as "/fr/mali/heard/", in the language of the page."""
    code = language or get_language() or "fr"
    return f"{get_script_prefix()}{code}/{context['forum'].slug}/{tail}"


@register.filter
def title_in(forum: Any, language: str | None = None) -> str:
    """Return the forum's title in the wanted language, by default the one of the page."""
    return forum.title_in(language or get_language())
