"""Bands as words in a sentence."""

from django import template
from django.utils.translation import get_language

from declarations.counting import band_words, limits

register = template.Library()


@register.filter
def band_of(band: int | str, noun: str) -> str:
    """Return a band with what it counts: "more than 30 testimonies"."""
    return band_words(band, noun, get_language() or "fr")


@register.filter
def least_of(band: int | str) -> int:
    """Return the smallest number that a band can stand for: 5 of "at least 5"."""
    return limits(band)[0]
