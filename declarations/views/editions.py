"""Editions as people read, take away and check them: each stands for ever, with what became of it since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from declarations.models import Edition, EditionFile, Forum
from declarations.models.editions import EditionQuerySet
from declarations.publishing import BESIDE, FORMATS, as_html, beside, file_name
from declarations.publishing.manifest import NAME, SIGNATURE
from declarations.publishing.reader import Reader
from declarations.publishing.reading import ReadChange, Reading
from declarations.publishing.snapshot import SectionText, Snapshot, from_bytes
from declarations.workflow.editions import withdrawn_voices
from declarations.workflow.manifests import digest_of
from declarations.workflow.snapshots import as_adopted, changes_between

from .packing import is_textual
from .reading import alternates, public_page

PAGE_LENGTH = 25
A_YEAR = 365 * 24 * 60 * 60
# A page in a browser opens where it is; the others are kept.
ATTACHED = tuple(extension for extension in FORMATS if extension != "html")


def editions_of(forum: Forum) -> EditionQuerySet:
    """Return the editions of a forum, the newest first, with their declaration."""
    return Edition.objects.public().filter(declaration__forum=forum).select_related("declaration").latest_first()


def reading_of(edition: Edition, language: str | None = None) -> Reading:
    """Return an edition as it is read in a language, by default the page's."""
    return _read(bytes(edition.snapshot), language or get_language() or "fr")


@lru_cache(maxsize=16)
def _read(snapshot: bytes, language: str) -> Reading:
    """Bytes that never change are put into words once."""
    return Reader(from_bytes(snapshot), language).reading()


@lru_cache(maxsize=16)
def changes_to(later: bytes, earlier: bytes, language: str) -> tuple[ReadChange, ...]:
    """Return what a later snapshot says otherwise than an earlier one, as it is read in a language."""
    return _told(from_bytes(later), from_bytes(earlier).sections, language)


@lru_cache(maxsize=16)
def changes_since_adoption(snapshot: bytes, words: bytes, first: bytes, language: str) -> tuple[ReadChange, ...]:
    """Return what a snapshot says otherwise than the adopted words and the translations first published with them."""
    return _told(from_bytes(snapshot), as_adopted(words, from_bytes(first)), language)


def _told(now: Snapshot, before: Sequence[SectionText], language: str) -> tuple[ReadChange, ...]:
    changes = tuple(changes_between(before, now.sections, now.authentic))
    return Reader(replace(now, changes=changes), language).reading().changes


def files_of(edition: Edition, language: str) -> list[tuple[str, list[tuple[EditionFile, str]]]]:
    """Return the files of an edition by language, the page's first, each with what people call it.

    One in two languages stands with those of the translation.
    """
    rows: dict[str, list[tuple[EditionFile, str]]] = {language: []}
    order = list(FORMATS)
    files = list(EditionFile.objects.public().filter(edition=edition).without_content())
    codes = sorted({file.language for file in files})
    for file in sorted(files, key=lambda file: (bool(beside(file.language, codes)), order.index(file.extension))):
        other = beside(file.language, codes)
        labels = BESIDE.label if other else FORMATS[file.extension].label
        rows.setdefault(other or file.language, []).append((file, labels.get(language) or labels["fr"]))
    return [(code, found) for code, found in rows.items() if found]


def languages_of(file: EditionFile) -> list[str]:
    """Return the language of a file, or both."""
    if "-" not in file.language:
        return [file.language]
    files = EditionFile.objects.public().filter(edition=file.edition_id)
    codes = files.order_by().values_list("language", flat=True).distinct()
    other = beside(file.language, list(codes))
    return [file.language.removesuffix(f"-{other}"), other] if other else [file.language]


@require_safe
@public_page
def edition_list(request: HttpRequest) -> HttpResponse:
    """Every edition of the declaration; the newest is the one to quote."""
    forum = request.forum  # type: ignore[attr-defined]
    pages = Paginator(editions_of(forum).without_snapshot(), PAGE_LENGTH)
    context = {"page_obj": pages.get_page(request.GET.get("page")), "forum": forum, "page": "editions"}
    return render(request, "declarations/editions/list.html", {**context, "alternates": alternates(request)})


@require_safe
@public_page
def edition_detail(request: HttpRequest, number: int) -> HttpResponse:
    """One edition: its files, what changed with it, and what was taken back since."""
    forum, language = request.forum, get_language() or "fr"  # type: ignore[attr-defined]
    rows = editions_of(forum)
    edition = get_object_or_404(rows.select_related("declaration", "signed_with", "adoption__version"), number=number)
    newest = rows[0]
    is_superseded = newest.number != edition.number
    since = changes_to(bytes(newest.snapshot), bytes(edition.snapshot), language) if is_superseded else ()
    reading = reading_of(edition)
    first = rows.filter(adoption=edition.adoption_id).order_by("number")[0]
    adopted = bytes(edition.adoption.version.words)
    context = {
        "edition": edition,
        "reading": reading,
        "since_adoption": changes_since_adoption(bytes(edition.snapshot), adopted, bytes(first.snapshot), language),
        "summary": " · ".join((reading.kind, reading.published, reading.adopted, reading.authentic)),
        "files": files_of(edition, language),
        "newest": newest.number,
        "since": since,
        "key": bytes(edition.signed_with.public).hex() if edition.signed_with else "",
        "withdrawn": withdrawn_voices(edition),
        "forum": forum,
        "page": "editions",
        "alternates": alternates(request),
    }
    return render(request, "declarations/editions/detail.html", context)


@require_safe
def edition_file(request: HttpRequest, number: int, language: str, extension: str) -> HttpResponse:
    """The stored bytes of one file; they never change, so a browser need not ask twice."""
    files = EditionFile.objects.public().filter(edition__declaration__forum=request.forum)  # type: ignore[attr-defined]
    # The bytes are asked for only where they are sent.
    file = files.without_content().filter(edition__number=number, language=language, extension=extension).first()
    if file is None or extension not in FORMATS:
        raise Http404(_("There is no such file of this edition."))
    etag = quote_etag(file.sha256)
    if get_conditional_response(request, etag=etag) is not None:
        return _for_ever(HttpResponse(status=304), etag)
    response = HttpResponse(bytes(file.content), content_type=FORMATS[extension].content_type)
    response["Content-Language"] = ", ".join(languages_of(file))
    response.is_for_everybody = is_textual(FORMATS[extension].content_type)  # type: ignore[attr-defined]
    if extension == "html":
        # The file carries its own sheet, which the site's policy does not know.
        response["Content-Security-Policy"] = f"{as_html.POLICY}; frame-ancestors 'none'"
    if extension in ATTACHED:
        response["Content-Disposition"] = f'attachment; filename="{file_name(language, extension)}"'
    return _for_ever(response, etag)


def _for_ever(response: HttpResponse, etag: str) -> HttpResponse:
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response


@require_safe
def edition_manifest(request: HttpRequest, number: int) -> HttpResponse:
    """The manifest as it was signed, to the byte."""
    edition = _signed(request, number)
    return _kept(request, bytes(edition.manifest), digest_of(edition) or "", "application/json", NAME)


@require_safe
def edition_signature(request: HttpRequest, number: int) -> HttpResponse:
    """The signature of the manifest: 64 bytes, as openssl takes them."""
    edition = _signed(request, number)
    signature = bytes(edition.signature)
    return _kept(request, signature, signature.hex(), "application/octet-stream", SIGNATURE)


def _signed(request: HttpRequest, number: int) -> Edition:
    rows = editions_of(request.forum).defer("snapshot").exclude(signed_with=None)  # type: ignore[attr-defined]
    edition = rows.filter(number=number).first()
    if edition is None:
        raise Http404(_("There is no such file of this edition."))
    return edition


def _kept(request: HttpRequest, content: bytes, digest: str, content_type: str, name: str) -> HttpResponse:
    etag = quote_etag(digest)
    if get_conditional_response(request, etag=etag) is not None:
        return _for_ever(HttpResponse(status=304), etag)
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return _for_ever(response, etag)
