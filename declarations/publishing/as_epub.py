"""A book for telephones and readers (EPUB 3): the page of the edition, in one archive, with what a reader must know."""

from __future__ import annotations

import uuid
from xml.sax.saxutils import escape, quoteattr

from lxml import etree
from lxml import html as lxml_html

from .as_html import STYLE, Page
from .markup import Html, group, tag
from .packing import packed
from .reader import read
from .reading import Reading
from .snapshot import Snapshot

TYPE = b"application/epub+zip"
CONTAINER = b"""<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
OPS = "http://www.idpf.org/2007/ops"
# What the book offers to whoever does not see it, in the words of schema.org. It names no standard that it conforms to:
# that is for somebody to say who has looked at the book, and under their own name (EPUB Accessibility 1.1, 4.3).
ACCESS = (
    ("accessMode", "textual"),
    ("accessModeSufficient", "textual"),
    ("accessibilityFeature", "structuralNavigation"),
    ("accessibilityFeature", "tableOfContents"),
    ("accessibilityFeature", "readingOrder"),
    ("accessibilityHazard", "none"),
)


def render(snapshot: Snapshot, language: str) -> bytes:
    """Return the edition in one language as EPUB."""
    book = Book(read(snapshot, language))
    entries = [
        ("mimetype", TYPE),
        ("META-INF/container.xml", CONTAINER),
        ("book.opf", book.package()),
        ("contents.xhtml", book.navigation()),
        ("declaration.xhtml", book.document()),
        ("declaration.css", STYLE.encode()),
    ]
    return packed(entries, stored=("mimetype",))


class Book:
    """Binds one reading."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.page = Unfolded(reading)

    def document(self) -> bytes:
        """Return the page as XHTML."""
        page, reading = self.page, self.reading
        body = group(page.header(), tag("main", page.text(), page.colophon()), page.footer())
        return self.xhtml(f"{reading.title.text} · {reading.edition}", body)

    def navigation(self) -> bytes:
        label = self.reading.label
        items = [
            tag("li", tag("a", words.text, href=f"declaration.xhtml#{anchor}", **self.page.own(words)))
            for words, anchor, _span in self.page.contents_entries()
        ]
        body = tag("nav", tag("h1", label("contents")), tag("ol", *items), id="contents")
        return self.xhtml(label("contents"), body, nav=True)

    def xhtml(self, title: str, body: str, *, nav: bool = False) -> bytes:
        """Return HTML of ours as XHTML, which is stricter: every element closed, every attribute with a value."""
        reading = self.reading
        head = group(tag("title", title), tag("link", rel="stylesheet", type="text/css", href="declaration.css"))
        root = lxml_html.document_fromstring(
            f"<html lang={quoteattr(reading.label_language)} dir={quoteattr(reading.label_direction)}>"
            f"<head>{head}</head><body>{body}</body></html>"
        )
        lxml_html.html_to_xhtml(root)
        for each in root.iter():
            if "lang" in each.attrib:
                each.set("{http://www.w3.org/XML/1998/namespace}lang", each.get("lang"))
        if nav:
            each = next(root.iter("{http://www.w3.org/1999/xhtml}nav"))
            each.set(f"{{{OPS}}}type", "toc")
        etree.cleanup_namespaces(root, top_nsmap={None: "http://www.w3.org/1999/xhtml", "epub": OPS})
        return b"<?xml version='1.0' encoding='UTF-8'?>\n<!DOCTYPE html>\n" + etree.tostring(root, encoding="UTF-8")

    def package(self) -> bytes:
        reading = self.reading
        # The same edition in the same language is the same book; a digest gives it its identifier.
        name = uuid.uuid5(uuid.NAMESPACE_URL, f"{reading.digests['edition']}/{reading.language}")
        known = [
            f'<dc:identifier id="name">urn:uuid:{name}</dc:identifier>',
            f"<dc:title>{escape(reading.title.text)}</dc:title>",
            f"<dc:language>{escape(reading.language)}</dc:language>",
            f"<dc:publisher>{escape(reading.forum.text)}</dc:publisher>",
            f"<dc:date>{reading.published_on}</dc:date>",
            f"<dc:description>{escape(f'{reading.edition} · {reading.adopted}')}</dc:description>",
            f'<meta property="dcterms:modified">{reading.published_on}T00:00:00Z</meta>',
            *(f'<meta property="schema:{name}">{value}</meta>' for name, value in ACCESS),
            f'<meta property="schema:accessibilitySummary">{escape(reading.label("book_access"))}</meta>',
        ]
        direction = ' page-progression-direction="rtl"' if reading.label_direction == "rtl" else ""
        lines = (
            "<?xml version='1.0' encoding='UTF-8'?>",
            '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="name" '
            f"xml:lang={quoteattr(reading.label_language)}>",
            '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">',
            *known,
            "</metadata>",
            "<manifest>",
            '<item id="contents" href="contents.xhtml" media-type="application/xhtml+xml" properties="nav"/>',
            '<item id="declaration" href="declaration.xhtml" media-type="application/xhtml+xml"/>',
            '<item id="style" href="declaration.css" media-type="text/css"/>',
            "</manifest>",
            f'<spine{direction}><itemref idref="contents"/><itemref idref="declaration"/></spine>',
            "</package>",
            "",
        )
        return "\n".join(lines).encode()


class Unfolded(Page):
    """The page with nothing folded away: many readers cannot unfold it."""

    def fold(self, summary: Html, *children: str | None, class_: str | None = None) -> Html:
        return tag("div", tag("p", tag("b", summary)), *children, class_=class_)
