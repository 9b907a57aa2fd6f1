"""Is it ours? Of a file or a code, which edition it is and how it stands; and how to prove it without us."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from declarations import sealing
from declarations.forms.checking import CodeForm, FileForm
from declarations.models import Edition, EditionFile
from declarations.publishing import BESIDE, FORMATS, file_name
from declarations.publishing.manifest import NAME, SIGNATURE
from declarations.workflow.manifests import digest_of, is_listed, signing_keys, standing

from .editions import editions_of, languages_of
from .reading import public_page, read


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
    found: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data["code"]
        # What a browser counted of a file is a digest, of which one says what one says of the file.
        found = {"sent": True, **_known(request, asked)} if len(asked) == 64 else _coded(request, asked)
    return _verify_page(request, code_form=form, **found)


@never_cache
def file_checked(request: HttpRequest) -> HttpResponse:
    """A file is compared to the last byte, and forgotten."""
    form = FileForm(request.POST, request.FILES)
    found: dict[str, Any] = {}
    if form.is_valid():
        found = {"sent": True, **_known(request, hashlib.sha256(form.cleaned_data["file"].read()).hexdigest())}
    return _verify_page(request, file_form=form, **found)


def _coded(request: HttpRequest, code: str) -> dict[str, Any]:
    """What is known of a control code."""
    edition = editions_of(request.forum).without_snapshot().filter(control_code=code).first()  # type: ignore[attr-defined]
    return {"asked": code, "edition": edition}


def _known(request: HttpRequest, digest: str) -> dict[str, Any]:
    """What is known of the SHA-256 of a file: the file of an edition that it is, or the manifest of one."""
    rows = EditionFile.objects.public().filter(edition__declaration__forum=request.forum, sha256=digest)  # type: ignore[attr-defined]
    file = rows.without_content().select_related("edition").defer("content", "edition__snapshot").first()
    if file is not None and is_listed(file):
        languages = languages_of(file)
        kind = BESIDE if len(languages) > 1 else FORMATS[file.extension]
        name = kind.label.get(get_language() or "fr")
        return {"asked": digest, "edition": file.edition, "file": file, "format": name, "languages": languages}
    editions = editions_of(request.forum).defer("snapshot")  # type: ignore[attr-defined]
    manifest = next((row for row in editions if row.manifest and digest_of(row) == digest), None)
    return {"asked": digest, "edition": manifest, "is_manifest": manifest is not None}


def _verify_page(request: HttpRequest, *, edition: Edition | None = None, **context: Any) -> HttpResponse:
    context = {
        "file_form": FileForm(),
        "code_form": CodeForm(),
        "newest": editions_of(request.forum).without_snapshot().first(),  # type: ignore[attr-defined]
        "keys": _shown_keys(request),
        "edition": edition,
        "standing": standing(edition) if edition else None,
        **context,
    }
    return read(request, "editions/verify.html", "verify", **context)


def _shown_keys(request: HttpRequest) -> list[dict[str, Any]]:
    keys = signing_keys(request.forum)  # type: ignore[attr-defined]
    return [{"version": key.version, "made": key.created_on, "public": bytes(key.public).hex()} for key in keys]


@require_safe
@public_page
def verify_yourself(request: HttpRequest) -> HttpResponse:
    """How to prove an edition with what every computer has, and nothing of ours."""
    rows = editions_of(request.forum).select_related("declaration", "signed_with")  # type: ignore[attr-defined]
    edition = rows.without_snapshot().exclude(signed_with=None).first()
    context: dict[str, Any] = {"edition": edition, "keys": _shown_keys(request)}
    if edition is not None and edition.signed_with is not None:
        files = EditionFile.objects.public().filter(edition=edition).without_content()
        file = min(files, key=lambda row: (row.extension != "pdf", row.language != get_language()), default=None)
        before = editions_of(request.forum).without_snapshot().filter(number=edition.number - 1).first()  # type: ignore[attr-defined]
        context |= {
            "file": file and file_name(file.language, file.extension),
            "manifest": NAME,
            "signature": SIGNATURE,
            "version": edition.signed_with.version,
            "key": bytes(edition.signed_with.public).hex(),
            "before": before,
        }
    return read(request, "editions/verify_yourself.html", "verify", **context)


@require_safe
@public_page
def signing_key(request: HttpRequest, version: int) -> HttpResponse:
    """The public half of a version of the signing key, as openssl reads it."""
    for key in signing_keys(request.forum):  # type: ignore[attr-defined]
        if key.version == version:
            return HttpResponse(sealing.as_pem(key.public), content_type="application/x-pem-file")
    raise Http404(_("There is no such key."))
