"""Editions as people read, take away and check them: each stands for ever, with what became of it since."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from declarations.forms.checking import CodeForm, FileForm
from declarations.models import Edition, EditionFile, Forum
from declarations.models.editions import EditionQuerySet
from declarations.publishing import BESIDE, FORMATS, as_html, beside, file_name
from declarations.publishing.reader import Reader
from declarations.publishing.reading import Reading
from declarations.publishing.snapshot import from_bytes
from declarations.workflow.editions import withdrawn_voices

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
    edition = get_object_or_404(editions_of(forum), number=number)
    context = {
        "edition": edition,
        "reading": reading_of(edition),
        "files": files_of(edition, language),
        "newest": editions_of(forum).values_list("number", flat=True)[0],
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


# csrf_exempt: anybody may check a file, nothing is stored or changed by it, and a token would need a cookie.
@csrf_exempt
def verify(request: HttpRequest) -> HttpResponse:
    """Say of a file or a code which edition it is, or that it is none of ours."""
    return file_checked(request) if request.method == "POST" else code_checked(request)


@require_safe
@public_page
def code_checked(request: HttpRequest) -> HttpResponse:
    """A control code, or the SHA-256 of a file, stands in the address and can be passed on."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    found: dict[str, object] = {}
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data["code"]
        found = {"asked": asked, "edition": _edition_known_as(request, asked), "file": _file_known_as(request, asked)}
    return _verify_page(request, code_form=form, **found)


@never_cache
def file_checked(request: HttpRequest) -> HttpResponse:
    """A file is compared to the last byte, and forgotten."""
    form = FileForm(request.POST, request.FILES)
    found: dict[str, object] = {}
    if form.is_valid():
        digest = hashlib.sha256(form.cleaned_data["file"].read()).hexdigest()
        found = {"asked": digest, "file": _file_known_as(request, digest), "sent": True}
    return _verify_page(request, file_form=form, **found)


def _edition_known_as(request: HttpRequest, code: str) -> Edition | None:
    return editions_of(request.forum).without_snapshot().filter(control_code=code).first()  # type: ignore[attr-defined]


def _file_known_as(request: HttpRequest, digest: str) -> EditionFile | None:
    files = EditionFile.objects.public().filter(edition__declaration__forum=request.forum, sha256=digest)  # type: ignore[attr-defined]
    return files.without_content().select_related("edition").defer("content", "edition__snapshot").first()


def _verify_page(request: HttpRequest, **context: object) -> HttpResponse:
    forum = request.forum  # type: ignore[attr-defined]
    shared = {
        "forum": forum,
        "page": "verify",
        "alternates": alternates(request),
        "file_form": FileForm(),
        "code_form": CodeForm(),
        "newest": editions_of(forum).without_snapshot().first(),
    }
    found = context.get("file")
    if isinstance(found, EditionFile):
        languages = languages_of(found)
        kind = BESIDE if len(languages) > 1 else FORMATS[found.extension]
        shared |= {"format": kind.label.get(get_language() or "fr"), "languages": languages}
    return render(request, "declarations/editions/verify.html", {**shared, **context})
