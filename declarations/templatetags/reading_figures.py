"""Bands as words in a sentence."""

from django import template
from django.utils.translation import get_language

from declarations.counting import band_words

register = template.Library()


@register.filter
def band_of(band: int | str, noun: str) -> str:
    """Return a band with what it counts: "more than 30 testimonies"."""
    return band_words(band, noun, get_language() or "fr")
