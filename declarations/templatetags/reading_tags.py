"""Texts of an edition on the page: paragraphs and lists, each saying its language where it is not the page's."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info

from declarations.counting.bands import spoken
from declarations.models import Forum
from declarations.publishing import labels
from declarations.publishing.reading import Words

register = template.Library()


@register.simple_tag
def prose(words: Words, css: str = "", opening: bool = False) -> SafeString:
    """Write a text as paragraphs and lists; with `opening` its first word is set apart, as recitals begin."""
    attributes = _attributes(words, css)
    parts = []
    for index, block in enumerate(words.blocks):
        if block.is_list:
            items = format_html_join("", "<li>{}</li>", ((line,) for line in block.lines))
            parts.append(format_html("<ul{}>{}</ul>", attributes, items))
        else:
            line = _opened(block.lines[0]) if opening and index == 0 else block.lines[0]
            parts.append(format_html("<p{}>{}</p>", attributes, line))
    return format_html_join("", "{}", ((part,) for part in parts))


@register.simple_tag
def phrase(words: Words) -> SafeString:
    """Write a text inside a line."""
    attributes = _attributes(words)
    return format_html("<span{}>{}</span>", attributes, words.text) if attributes else format_html("{}", words.text)


@register.simple_tag
def phrases(many: Iterable[Words]) -> SafeString:
    """Write texts in a row, with the comma of the page's language."""
    comma = labels.LABELS[spoken(get_language() or "fr")]["list_comma"]
    return SafeString(comma.join(phrase(words) for words in many))


def _attributes(words: Words, css: str = "") -> SafeString:
    found = format_html(' class="{}"', css) if css else SafeString("")
    if words.language.split("-")[0] != (get_language() or "fr").split("-")[0]:
        found += format_html(' lang="{}" dir="{}"', words.language, words.direction)
    return found


def _opened(line: str) -> SafeString:
    """ "Considering that…" begins with its verb; an address ("We, …") stays as it is."""
    first, space, rest = line.partition(" ")
    return format_html("<em>{}</em>{}{}", first, space, rest) if rest and first.isalpha() else format_html("{}", line)


@register.filter
def native_name(code: str) -> str:
    """Return what a language calls itself; its code where nobody told us."""
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return code


@register.filter
def kilobytes(size: int) -> int:
    """Return a size in thousands of bytes, as telephones count them; never nothing."""
    return max(1, round(size / 1000))


@register.filter
def period(forum: Forum) -> str:
    """Return the days of a forum as its declaration writes them: "16 to 18 November 2026"."""
    language = spoken(get_language() or "fr")
    return labels.period(forum.starts_on.isoformat(), forum.ends_on.isoformat(), language)
