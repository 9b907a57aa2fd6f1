"""The whole public site of one forum, or of all: every page that a reader can reach by links, in every language."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static
from django.utils import translation

from declarations.models import Forum, news
from declarations.models.testimonies import without_quotes

from .asking import Page, Site
from .links import file_of, links_of, relative
from .tree import Tree, replacing

PICTURE = "passed-on.png"  # which pages name in full, for whoever shows where a link leads
MOST = 50_000  # pages: more is a mistake
TURNS = 3  # a site that changes meanwhile is read again
# Headers a web server must send with every page; what depends on the page is the server's own.
SENT = (
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "X-Frame-Options",
)
HEADERS, EDITION_HEADERS = "headers.nginx", "headers-edition.nginx"


class Restless(Exception):
    """Public pages changed each time they were read."""


def bake(final: Path, forums: Iterable[Forum], *, is_whole_site: bool, with_quotes: bool) -> Tree:
    """Write the public pages of these forums into a folder; raises NotOurs or Restless and leaves it as it was."""
    starts = [f"/{code}/{forum.slug}/" for code, _name in settings.LANGUAGES for forum in forums]
    homes = (
        [*(f"/{code}/" for code, _name in settings.LANGUAGES), "/sitemap.xml", "/robots.txt"] if is_whole_site else []
    )
    for _turn in range(TURNS):
        before = news.mark()
        # Each page is asked in its own language; the caller's is as it was afterwards.
        with without_quotes(not with_quotes), translation.override(translation.get_language()):
            site = Site()
            pages = reached(site, [static(PICTURE), *homes, *starts])
        if news.mark() == before:
            with replacing(final) as tree:
                write(tree, site, pages, first=[*homes, *starts][0])
            return tree
    raise Restless("Public pages change while they are read. Try again in a moment.")


def reached(site: Site, starts: list[str]) -> dict[str, Page | None]:
    """Return every page that links lead to, by its address; None for what is not public or needs the living site."""
    found: dict[str, Page | None] = {}
    waiting = list(starts)
    allowed = (*starts, settings.STATIC_URL)
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        # The languages' own first pages lead to every forum: only those that were asked for are followed.
        page = site.page(address) if address.startswith(allowed) else None
        found[address] = page
        if len(found) > MOST:
            raise Restless(f"More than {MOST} pages are reached from {starts[0]}.")
        if page and page.content_type.startswith("text/html") and not is_file(address):
            waiting.extend(links_of(page.body.decode(), address) - found.keys())
    return found


def is_file(address: str) -> bool:
    """Whether an address is that of a file (of an edition, a picture), which stays as it is to the last byte."""
    return not address.partition("?")[0].endswith("/")


def write(tree: Tree, site: Site, pages: dict[str, Page | None], *, first: str) -> None:
    """Write every page with its links, the page to begin with, and the pages that say there is nothing."""
    files = {address: file_of(address, page.content_type) for address, page in pages.items() if page}
    for address, page in pages.items():
        if page:
            tree.add(files[address], baked(page, address, files[address], files))
    beginning = pages[first]
    assert beginning is not None, f"{first} is not public"
    tree.add("index.html", baked(beginning, first, "index.html", files))
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            tree.add(f"{code}/404.html", site.not_found(code).body)
    tree.add("404.html", site.not_found(settings.LANGUAGE_CODE).body)
    tree.add(HEADERS, nginx_headers(beginning))
    for address, page in pages.items():
        if page and address.endswith(".html"):
            tree.add(EDITION_HEADERS, nginx_headers(page))
            break


def baked(page: Page, address: str, here: str, files: dict[str, str]) -> bytes:
    """Return the bytes of a page as it stands in the tree: feeds and files as they are."""
    if is_file(address) or not page.content_type.startswith("text/html"):
        return page.body
    return relative(page.body.decode(), address, here, files.get, settings.SITE_URL).encode()


def nginx_headers(page: Page) -> bytes:
    """Return what nginx must add to every answer, as the site itself sends it (M11)."""
    lines = [f'add_header {name} "{_ordered(page.headers[name])}" always;\n' for name in SENT if name in page.headers]
    return "".join(lines).encode()


def _ordered(value: str) -> str:
    """A policy names its directives in any order; here always in the same, so that nothing seems to have changed."""
    return "; ".join(sorted(value.split("; ")))
