"""Texts in several languages: labels in one field, wordings in rows, and what a text may contain."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

# Line ends and tab are text; every other control character, half a character, and the marks that turn the direction of
# what follows, are not. Zero-width joiners stay: Arabic, N'Ko and Tifinagh need them.
INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")

LONGEST_TEXT = 20_000  # characters: a testimony of an hour
LONGEST_CLAUSE = 4_000
LONGEST_LABEL = 200


def tidy(text: str) -> str:
    """Return `text` in NFC with unix line ends and no white space around it."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def is_invisible(character: str) -> bool:
    """Tell whether a character is a control or turns the direction of what follows."""
    return INVISIBLE.match(character) is not None


def validate_plain(text: str) -> None:
    """Raise ValidationError where `text` holds a control character or a direction override."""
    if INVISIBLE.search(text):
        raise ValidationError(
            _("The text holds an invisible character that cannot be kept. Please type it again."),
            code="control",
        )


def plain(text: str) -> str:
    """Return `text` tidied, cut at the longest, without the characters that `validate_plain` refuses."""
    return tidy("".join(character for character in tidy(text) if not is_invisible(character))[:LONGEST_TEXT])


def in_language(label: Mapping[str, str], language: str, *fallbacks: str) -> str:
    """Return the label in `language`, else in the first fallback that has it, else in any."""
    for code in (language, *fallbacks, "fr", "en"):
        if label.get(code):
            return label[code]
    return next((text for text in label.values() if text), "")


def validate_label(value: object) -> None:
    """Raise ValidationError unless `value` maps language codes to plain, non-empty texts of a label's length."""
    if not isinstance(value, dict) or not any(value.values()):
        raise ValidationError(_("Write it in at least one language."), code="empty")
    for language, text in value.items():
        if not isinstance(language, str) or not isinstance(text, str):
            raise ValidationError(_("Each language holds one text."), code="shape")
        validate_plain(text)
        MaxLengthValidator(LONGEST_LABEL * 3)(text)


class LabelField(models.JSONField):
    """One short text in several languages: {"fr": "Jeunes", "en": "Youth"}."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.validators = [*self.validators, validate_label]


class Labelled(models.Model):
    """Something with a short code and a label in the forum's languages."""

    code = models.SlugField(_("code"), max_length=60)
    label = LabelField(_("label"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        from django.utils.translation import get_language

        return self.label_in(get_language() or "fr")

    def label_in(self, language: str) -> str:
        return in_language(self.label, language)


class Wording(models.Model):
    """One text of its owner in one language, written by a seat and approved by another."""

    language = models.CharField(_("language"), max_length=12)
    text = models.TextField(_("text"), validators=[MaxLengthValidator(LONGEST_CLAUSE), validate_plain])
    written_by = models.ForeignKey(
        "declarations.Seat", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )
    approved_by = models.ForeignKey(
        "declarations.Seat", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approved by")
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.language}: {self.text[:60]}"


class Worded(models.Model):
    """Something whose texts are rows, one a language, reviewed one by one."""

    class Meta:
        abstract = True

    def wording_in(self, language: str, *fallbacks: str) -> Wording | None:
        """Return the wording in `language`, else in the first fallback that has one, else any; None without any.

        Reads `self.wordings.all()`, so a list prefetches them and asks nothing more.
        """
        rows = {row.language: row for row in self.wordings.all()}  # type: ignore[attr-defined]
        for code in (language, *fallbacks):
            if code in rows:
                return rows[code]
        return next(iter(rows.values()), None)

    def text_in(self, language: str, *fallbacks: str) -> str:
        row = self.wording_in(language, *fallbacks)
        return row.text if row else ""
