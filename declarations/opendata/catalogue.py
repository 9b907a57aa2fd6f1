"""The data as a catalogue knows it: DCAT 3 in JSON-LD, in each language of the interface."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from declarations.models import Edition, EditionFile, Forum, Partner
from declarations.publishing import FORMATS

from . import DATASETS
from .about import address, texts

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
MEDIA = "https://www.iana.org/assignments/media-types/"
TITLES: dict[str, Promise] = {
    "forum": _("The forum"),
    "participants": _("Who was there"),
    "groups": _("Working groups"),
    "findings": _("What we heard"),
    "recommendations": _("Recommendations"),
    "declaration": _("The declaration"),
    "editions": _("Editions"),
    "follow-up": _("What became of it"),
}
# Of the files of the newest edition, those that are data.
TABLES = ("csv", "xlsx", "json")


def catalogue(forum: Forum) -> dict[str, Any]:
    """Return the catalogue of a forum's data."""
    licence, here = {"@id": settings.DATA_LICENCE}, address("data-detail", forum)
    partners = Partner.objects.public().filter(forum=forum, kind=Partner.Kind.CONVENER).order_by("order", "pk")
    publishers = [{"@type": "foaf:Agent", "foaf:name": tagged(row.label)} for row in partners]
    sets = [dataset(forum, name, licence, publishers) for name in DATASETS]
    return {
        "@context": CONTEXT,
        "@id": here,
        "@type": "dcat:Catalog",
        "dct:title": tagged(forum.title),
        "dct:license": licence,
        "dct:publisher": publishers,
        "dcat:dataset": sets,
        "dcat:service": [
            {
                "@type": "dcat:DataService",
                "dct:title": tagged(forum.title),
                "dct:license": licence,
                "dcat:endpointURL": {"@id": f"{here}v1/"},
                "dcat:endpointDescription": {"@id": address("data-openapi", forum)},
                "dcat:servesDataset": [{"@id": each["@id"]} for each in sets],
            }
        ],
    }


def dataset(forum: Forum, name: str, licence: dict[str, str], publishers: list[Any]) -> dict[str, Any]:
    found = [distribution(address("data-set", forum, name), "application/json", licence)]
    if DATASETS[name].rows:
        found.append(distribution(address("data-table", forum, name), "text/csv", licence))
    if name == "declaration":
        found += [
            distribution(
                address("edition-file", forum, file.edition.number, file.language, file.extension),
                FORMATS[file.extension].content_type,
                licence,
                file.language,
            )
            for file in tables(forum)
        ]
    return {
        "@id": f"{address('data-detail', forum)}#{name}",
        "@type": "dcat:Dataset",
        "dct:title": forum_title(forum) if name == "forum" else in_each(TITLES[name]),
        "dct:license": licence,
        "dct:publisher": publishers,
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@type": "xsd:date", "@value": forum.starts_on.isoformat()},
            "dcat:endDate": {"@type": "xsd:date", "@value": forum.ends_on.isoformat()},
        },
        "dcat:distribution": found,
    }


def tables(forum: Forum) -> Iterable[EditionFile]:
    """Return the files of the newest edition that are data, by language."""
    newest = Edition.objects.public().filter(declaration__forum=forum).latest_first().values("pk")[:1]
    rows = EditionFile.objects.public().filter(edition__in=list(newest.values_list("pk", flat=True)))
    rows = rows.filter(extension__in=TABLES).without_content().select_related("edition")
    return rows.defer("content", "edition__snapshot").order_by("language", "extension")


def distribution(where: str, media: str, licence: dict[str, str], language: str = "") -> dict[str, Any]:
    told: dict[str, Any] = {
        "@type": "dcat:Distribution",
        "dcat:downloadURL": {"@id": where},
        "dcat:mediaType": {"@id": f"{MEDIA}{media.partition(';')[0]}"},
        "dct:license": licence,
    }
    return {**told, "dct:language": language} if language else told


def forum_title(forum: Forum) -> list[dict[str, str]]:
    return tagged(forum.title)


def tagged(label: dict[str, str]) -> list[dict[str, str]]:
    """Return a text in several languages as JSON-LD says it."""
    return [{"@language": code, "@value": text} for code, text in texts(label).items()]


def in_each(words: Promise) -> list[dict[str, str]]:
    """Return words of the interface in each of its languages."""
    said = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            said[code] = str(words)
    return tagged(said)
