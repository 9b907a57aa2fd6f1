"""Style sheets and the picture of the tab written into the page, so that a reading page is one request."""

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# Every sheet that a page may carry inside itself. The Content-Security-Policy names exactly these.
INLINE_SHEETS = ("css/site.css", "css/figures.css", "css/rows.css", "css/forms.css", "css/exit.css")

_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_IMPORT = re.compile(r'@import\s+"([\w.-]+)"\s*;')


def squeeze(source: str) -> str:
    """Return the sheet without comments and without the white space that means nothing."""
    source = _COMMENT.sub("", source)
    source = re.sub(r"\s+", " ", source)
    source = re.sub(r"\s*([{};,>])\s*", r"\1", source)
    source = re.sub(r":\s+", ":", source)
    return source.replace(";}", "}").strip()


def _read(path: str) -> str:
    found = finders.find(path)
    if found is None:
        raise FileNotFoundError(f"No style sheet {path} among the static files.")
    source = Path(found).read_text(encoding="utf-8")
    folder = path.rpartition("/")[0]
    return _IMPORT.sub(lambda match: _read(f"{folder}/{match[1]}"), source)


@lru_cache
def _sheet_once(path: str) -> str:
    return squeeze(_read(path))


def sheet(path: str) -> str:
    """Return the bytes that go between <style> and </style>, read once unless DEBUG is on."""
    if path not in INLINE_SHEETS:
        raise ValueError(f"{path} is not one of INLINE_SHEETS, so the page's policy would refuse it.")
    return squeeze(_read(path)) if settings.DEBUG else _sheet_once(path)


def inline_css_hashes() -> list[str]:
    """Return the style-src sources, such as 'sha256-…', that admit the inlined sheets."""
    digests = (hashlib.sha256(sheet(path).encode()).digest() for path in INLINE_SHEETS)
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


@register.simple_tag
def inline_css(path: str) -> SafeString:
    """Write the named sheet into the page as a <style> element."""
    return mark_safe(f"<style>{sheet(path)}</style>")  # our own file, never anybody's input


@register.simple_tag
def inline_icon() -> SafeString:
    """Write the picture of the tab into the page; the policy lets pictures, and nothing else, come as `data:`."""
    return mark_safe(f'<link rel="icon" type="image/svg+xml" href="data:image/svg+xml,{_icon()}">')  # our own file


@lru_cache
def _icon() -> str:
    source = _read("icon.svg").strip().replace('"', "'")
    return quote(source, safe=" =:/'.,-()")
