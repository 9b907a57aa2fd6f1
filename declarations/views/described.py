"""What a page is about, in the words of schema.org: a forum is an Event, its declaration a CreativeWork."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from declarations.models import Edition, Forum
from declarations.publishing.reading import Reading


def event(forum: Forum) -> dict[str, Any]:
    """Describe the event, with its days and its place."""
    language = get_language() or "fr"
    return {
        "@type": "Event",
        "name": forum.title_in(language),
        "description": forum.purpose_in(language),
        "startDate": forum.starts_on.isoformat(),
        "endDate": forum.ends_on.isoformat(),
        "location": {"@type": "Place", "name": forum.place_in(language)},
        "url": settings.SITE_URL + reverse("forum-detail", args=[forum.slug]),
    }


def work(forum: Forum, edition: Edition, reading: Reading) -> dict[str, Any]:
    """Describe the text of an edition; the day is that of its publication, where the forum meets."""
    return {
        "@type": "CreativeWork",
        "name": reading.title.text,
        "inLanguage": reading.title.language,
        "version": edition.number,
        "datePublished": edition.published_at.astimezone(forum.zone_info).date().isoformat(),
        "creditText": reading.citation,
    }
