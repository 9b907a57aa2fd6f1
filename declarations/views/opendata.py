"""What anybody may take away as data: the answers, their description, and a page that shows both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import lru_cache, wraps
from typing import Any, NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from declarations import exports
from declarations.opendata import DATASETS, as_json
from declarations.opendata.catalogue import TITLES, catalogue, tables
from declarations.opendata.openapi import document
from declarations.publishing import as_json as edition_json
from declarations.publishing.snapshot import SCHEMA

from .reading import public_page, read

JSON = "application/json"
CSV = "text/csv; charset=utf-8"
# A licence people know by a short name; any other is told by its address.
LICENCES = {
    "https://creativecommons.org/licenses/by/4.0/": "Creative Commons BY 4.0",
    "https://creativecommons.org/licenses/by-sa/4.0/": "Creative Commons BY-SA 4.0",
    "https://creativecommons.org/publicdomain/zero/1.0/": "Creative Commons CC0 1.0",
    "https://opendatacommons.org/licenses/by/1-0/": "ODC-BY 1.0",
}


class Told(NamedTuple):
    """One dataset on the page: its name in the address, what it is, and its fields with what they mean."""

    name: str
    title: str
    about: str
    fields: list[tuple[str, str]]
    is_table: bool


def from_anywhere(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let pages of any site read this answer; no other address of ours says so, and none takes a cookie along."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag"
        return response

    return answered


@require_safe
@public_page
def data_detail(request: HttpRequest) -> HttpResponse:
    """What there is, under what terms, and what each field means."""
    forum = request.forum  # type: ignore[attr-defined]
    return read(
        request,
        "opendata/detail.html",
        "data",
        sets=told(),
        tables=tables(forum),
        licence=settings.DATA_LICENCE,
        licence_name=LICENCES.get(settings.DATA_LICENCE, settings.DATA_LICENCE),
    )


def told() -> list[Told]:
    return [
        Told(name, str(TITLES[name]), each.shape.__doc__, list(shown(each.shape)), each.rows is not None)
        for name, each in DATASETS.items()
    ]


def shown(shape: Any) -> list[tuple[str, str]]:
    """Return the fields of an answer, and of the rows in it, with what they mean."""
    schemas = _document("", settings.DATA_LICENCE)["components"]["schemas"]
    rows = []
    for field in fields(shape):
        if field.name == "about":
            continue
        rows.append((field.name, field.metadata["description"]))
        inner = schemas[shape.__name__]["properties"][field.name].get("items", {}).get("$ref", "").rpartition("/")[2]
        if inner:
            rows += [(f"· {name}", each["description"]) for name, each in schemas[inner]["properties"].items()]
    return rows


@from_anywhere
@require_safe
@public_page
def data_set(request: HttpRequest, dataset: str) -> HttpResponse:
    """One dataset as JSON."""
    if dataset not in DATASETS:
        raise Http404(_("There is no such dataset."))
    return HttpResponse(as_json(DATASETS[dataset].gather(request.forum)), content_type=JSON)  # type: ignore[attr-defined]


@from_anywhere
@require_safe
@public_page
def data_table(request: HttpRequest, dataset: str) -> HttpResponse:
    """One dataset as a table, with what spreadsheets need to read its accents and to run nothing."""
    found = DATASETS.get(dataset)
    if found is None or found.rows is None:
        raise Http404(_("There is no such dataset."))
    rows = found.rows(found.gather(request.forum))  # type: ignore[attr-defined]
    return HttpResponse(exports.as_csv(rows), content_type=CSV)


@from_anywhere
@require_safe
@public_page
def data_openapi(request: HttpRequest) -> HttpResponse:
    """The datasets described for programs."""
    forum = request.forum  # type: ignore[attr-defined]
    server = f"{settings.SITE_URL}{reverse('data-detail', args=[forum.slug])}v1"
    return HttpResponse(as_json(_document(server, settings.DATA_LICENCE)), content_type=JSON)


@lru_cache(maxsize=16)
def _document(server: str, licence: str) -> dict[str, Any]:
    return document(server, licence)


@from_anywhere
@require_safe
@public_page
def data_catalogue(request: HttpRequest) -> HttpResponse:
    """The datasets described for catalogues."""
    return HttpResponse(as_json(catalogue(request.forum)), content_type="application/ld+json")  # type: ignore[attr-defined]


@from_anywhere
@require_safe
@public_page
def data_schema(request: HttpRequest) -> HttpResponse:
    """The JSON file of an edition, described."""
    name = f"urn:declaration-edition:{edition_json.VERSION}.{SCHEMA}"
    return HttpResponse(as_json({"$id": name, **edition_json.file_schema()}), content_type="application/schema+json")
