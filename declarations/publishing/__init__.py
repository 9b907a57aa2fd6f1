"""From a frozen text to files: a snapshot and a language go in, bytes come out.

Pure: no database, no clock, no chance, no setting. Whoever has the snapshot and the same release makes the same bytes,
today or in ten years.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from . import as_akn, as_csv, as_docx, as_epub, as_html, as_json, as_pdf, as_text, as_xlsx
from .reading import RENDERER
from .snapshot import Snapshot

__all__ = ["BESIDE", "FORMATS", "RENDERER", "Form", "Format", "Snapshot", "beside", "file_name", "files", "forms"]


class Format(NamedTuple):
    """One kind of file: how it is made, how it is served, and what people call it, by language."""

    render: Callable[[Snapshot, str], bytes]
    content_type: str
    label: Mapping[str, str]


# By extension, in the order in which they are offered.
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "html": Format(
            as_html.render,
            "text/html; charset=utf-8",
            {"fr": "Une page, hors ligne", "en": "One page, offline", "ar": "صفحة واحدة دون اتصال"},
        ),
        "pdf": Format(
            as_pdf.render,
            "application/pdf",
            {"fr": "PDF accessible", "en": "Accessible PDF", "ar": "ملف PDF ميسّر"},
        ),
        "docx": Format(
            as_docx.render,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            {"fr": "Pour traitement de texte", "en": "For word processors", "ar": "لبرامج تحرير النصوص"},
        ),
        "epub": Format(
            as_epub.render,
            "application/epub+zip",
            {"fr": "Livre numérique", "en": "E-book", "ar": "كتاب رقمي"},
        ),
        "akn": Format(
            as_akn.render,
            "application/akn+xml",
            {"fr": "Pour les parlements", "en": "For parliaments", "ar": "للبرلمانات"},
        ),
        "xlsx": Format(
            as_xlsx.render,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            {"fr": "Tableau", "en": "Spreadsheet", "ar": "جدول"},
        ),
        "csv": Format(
            as_csv.render,
            "text/csv; charset=utf-8",
            {"fr": "Tableau, texte seul", "en": "Table, plain text", "ar": "جدول، نص فقط"},
        ),
        "json": Format(
            as_json.render,
            "application/json",
            {"fr": "Données et contrôle", "en": "Data and checks", "ar": "البيانات والتحقق"},
        ),
        "txt": Format(
            as_text.render,
            "text/plain; charset=utf-8",
            {"fr": "Texte seul", "en": "Plain text", "ar": "نص فقط"},
        ),
    }
)


# The authentic text with one other language at its side; "fr-en" stands in the name where a language does.
BESIDE = Format(
    as_pdf.render_beside,
    "application/pdf",
    {"fr": "PDF, deux langues côte à côte", "en": "PDF, two languages side by side", "ar": "ملف PDF بلغتين متقابلتين"},
)


class Form(NamedTuple):
    """One file of an edition, not rendered yet."""

    language: str  # or two, with a hyphen between
    extension: str
    render: Callable[[], bytes]


def forms(snapshot: Snapshot, formats: Mapping[str, Format] = FORMATS) -> Iterator[Form]:
    """Yield every file that an edition has: each format in each language, and each translation beside the authentic."""
    for language in snapshot.languages:
        for extension, kind in formats.items():
            yield Form(language, extension, partial(kind.render, snapshot, language))
    if "pdf" in formats:
        authentic = snapshot.authentic[0]
        for language in snapshot.languages:
            if language != authentic:
                yield Form(f"{authentic}-{language}", "pdf", partial(BESIDE.render, snapshot, language))


def beside(name: str, languages: Collection[str]) -> str:
    """Return the language beside the authentic one, of a file in two of these languages; empty of a file in one."""
    pairs = ((first, other) for first in languages for other in languages if first != other)
    return next((other for first, other in pairs if name == f"{first}-{other}"), "")


def file_name(language: str, extension: str) -> str:
    return f"declaration.{language}.{extension}"


def files(snapshot: Snapshot) -> dict[str, bytes]:
    """Return every file of the edition by its name."""
    return {file_name(form.language, form.extension): form.render() for form in forms(snapshot)}
