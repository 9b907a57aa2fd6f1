"""What makes a page's links relative, and nothing else of it is touched.

A link to a page that is baked names its file from where the page stands, so that it holds on a stick, below any folder
of a host and at the root of one. Where the page has a query (`?page=2`), its file stands in a folder named by it. A
link to what only the living site can do (testify, search, verify, narrow a list) names it in full. An address that is
already in full, and one within the page, stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from posixpath import dirname, relpath
from urllib.parse import urljoin, urlsplit

# Texts are escaped: a double quote stands in a page only where our own templates wrote an attribute.
LINK = re.compile(r'(\s)(href|src|action)="([^"]*)"')


def file_of(address: str, content_type: str) -> str:
    """Return where a page is kept in the tree: "fr/mali/heard/index.html"."""
    parts = urlsplit(address)
    path = parts.path.lstrip("/")
    if path and not path.endswith("/"):
        return path
    if parts.query:
        path += re.sub(r"[^\w.=-]+", "_", parts.query) + "/"
    return path + ("index.xml" if "xml" in content_type and "html" not in content_type else "index.html")


def links_of(page: str, address: str) -> set[str]:
    """Return the addresses on the same site that a page links to, without their fragments."""
    return {
        whole for _space, name, value in LINK.findall(page) if name != "action" and (whole := _local(value, address))
    }


def relative(page: str, address: str, here: str, file_at: Callable[[str], str | None], site: str) -> str:
    """Return the page with its links as seen from the file `here`; `file_at` knows the files of what is baked."""

    def rewritten(found: re.Match[str]) -> str:
        space, name, value = found.groups()
        whole = _local(value, address)
        if whole is None:
            return found[0]
        file = None if name == "action" else file_at(whole)
        fragment = urlsplit(unescape(value)).fragment
        target = relpath(file, dirname(here) or ".") if file else site + whole
        return f'{space}{name}="{escape(target + (f"#{fragment}" if fragment else ""))}"'

    return LINK.sub(rewritten, page)


def _local(value: str, address: str) -> str | None:
    """Return a link as an address below the root of the site; None where it leads elsewhere or stays on the page."""
    value = unescape(value)
    parts = urlsplit(value)
    if parts.scheme or parts.netloc or value.startswith("#"):
        return None
    whole = urlsplit(urljoin(address, value) if value != "?" else urlsplit(address).path)
    return whole.path + (f"?{whole.query}" if whole.query else "")
