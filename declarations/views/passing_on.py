"""A text as it is passed on: a citation, an address, a snippet for another page, and links that nobody counts."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator

from declarations.publishing.reading import blocks
from declarations.templatetags.language_tags import dir_of

LONGEST_SUMMARY = 200  # characters: more is cut off by whoever shows it


@dataclass(frozen=True)
class PassedOn:
    """One text with all that is needed to pass it on."""

    citation: str
    address: str
    snippet: str

    @property
    def by_mail(self) -> str:
        return f"mailto:?{urlencode({'subject': self.citation, 'body': self._said}, quote_via=quote)}"

    @property
    def by_message(self) -> str:
        return f"sms:?{urlencode({'body': self._said}, quote_via=quote)}"

    @property
    def by_whatsapp(self) -> str:
        """A plain address: nothing is asked of anybody until it is followed."""
        return f"https://wa.me/?{urlencode({'text': self._said}, quote_via=quote)}"

    @property
    def _said(self) -> str:
        return f"{self.citation}\n{self.address}"


def summary_of(text: str) -> str:
    """Return the beginning of a text in one line, as it is shown where its address is passed on."""
    return Truncator(" ".join(text.split())).chars(LONGEST_SUMMARY)


def passed_on(text: str, language: str, citation: str, path: str) -> PassedOn:
    """Return a text in its own language as it is passed on; `path` is where it stands on this site."""
    address = f"{settings.SITE_URL}{path}"
    return PassedOn(citation, address, snippet(text, language, citation, address))


def snippet(text: str, language: str, citation: str, address: str) -> str:
    """Return a plain blockquote, ready to be set on any page: no script, no frame, nothing that is loaded.

    It is markup for another page and a text on this one, so it is not marked as safe here.
    """
    lines = [
        format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line,) for line in block.lines)))
        if block.is_list
        else format_html("<p>{}</p>", block.lines[0])
        for block in blocks(text)
    ]
    made = format_html(
        '<blockquote cite="{}" lang="{}" dir="{}">{}<footer><a href="{}">{}</a></footer></blockquote>',
        address,
        language,
        dir_of(language),
        format_html_join("", "{}", ((line,) for line in lines)),
        address,
        citation,
    )
    return "".join(made)
