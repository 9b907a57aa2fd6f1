"""The screens of telling, said aloud: a recording for each spoken language, heard by whoever cannot read (M15).

Nothing here is secret: it is the site's own words, made clean like any other sound, and played to anybody.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from .forums import Forum

if TYPE_CHECKING:
    from .people import Seat


class SpokenScreenQuerySet(models.QuerySet["SpokenScreen"]):
    def public(self) -> SpokenScreenQuerySet:
        """What may be played: heard by a second person, of the words that are asked now, and not taken down."""
        return self.exclude(reviewed_by=None).filter(taken_down_on=None, words_version=F("forum__consent_version"))

    def for_seat(self, seat: Seat) -> SpokenScreenQuerySet:
        return self.filter(forum=seat.forum)

    def awaiting_review(self) -> SpokenScreenQuerySet:
        return self.filter(reviewed_by=None, taken_down_on=None)


class SpokenScreen(models.Model):
    """One screen said in one language; a better recording is another row, so what was played stays known."""

    class Screen(models.TextChoices):
        # The value is the screen of the form (forms/testimonies.py).
        BEFORE = "before", _("before anything")
        AGE = "age", _("18 or older")
        READING = "reading", _("may it be read")
        LANGUAGE = "language-and-card", _("language and card")
        TELLING = "telling", _("telling in writing")
        SPEAKING = "speaking", _("telling aloud")
        SUMMARY = "summary", _("added to a summary")
        SENTENCE = "sentence", _("one sentence quoted")
        VOICE = "voice", _("the voice kept")
        DESCRIBED = "described", _("how you are described")
        SEND = "send", _("sending")
        GIVEN = "given", _("the two numbers")
        # A digit is said for the receipt, which is read out one digit after another.
        DIGIT_0 = "digit-0", format_lazy(_("the digit {digit}"), digit=0)
        DIGIT_1 = "digit-1", format_lazy(_("the digit {digit}"), digit=1)
        DIGIT_2 = "digit-2", format_lazy(_("the digit {digit}"), digit=2)
        DIGIT_3 = "digit-3", format_lazy(_("the digit {digit}"), digit=3)
        DIGIT_4 = "digit-4", format_lazy(_("the digit {digit}"), digit=4)
        DIGIT_5 = "digit-5", format_lazy(_("the digit {digit}"), digit=5)
        DIGIT_6 = "digit-6", format_lazy(_("the digit {digit}"), digit=6)
        DIGIT_7 = "digit-7", format_lazy(_("the digit {digit}"), digit=7)
        DIGIT_8 = "digit-8", format_lazy(_("the digit {digit}"), digit=8)
        DIGIT_9 = "digit-9", format_lazy(_("the digit {digit}"), digit=9)

    # Random, and the address of its sound: another recording is another address, so it may be cached.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    forum = models.ForeignKey(Forum, models.PROTECT, related_name="spoken_screens", verbose_name=_("forum"))
    screen = models.CharField(_("screen"), max_length=20, choices=Screen.choices)
    language = models.CharField(_("language"), max_length=12)
    number = models.PositiveSmallIntegerField(_("version"))
    words_version = models.CharField(_("version of the words of consent"), max_length=20)
    uploaded_by = models.ForeignKey("declarations.Seat", models.PROTECT, related_name="+", verbose_name=_("brought by"))
    uploaded_on = models.DateField(_("day"))
    reviewed_by = models.ForeignKey(
        "declarations.Seat", models.PROTECT, null=True, related_name="+", verbose_name=_("heard by")
    )
    taken_down_on = models.DateField(_("taken down on"), null=True)

    objects = SpokenScreenQuerySet.as_manager()

    class Meta:
        verbose_name = _("screen said aloud")
        verbose_name_plural = _("screens said aloud")
        ordering = ["language", "screen", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["forum", "screen", "language", "number"], name="one_spoken_screen_a_number"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("uploaded_by")),
                name="a_spoken_screen_is_reviewed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.language} {self.screen}/{self.number}"


class SpokenScreenChunk(models.Model):
    """A part of the sound of a screen."""

    FORUM_PATH = "screen__forum"

    screen = models.ForeignKey(SpokenScreen, models.PROTECT, related_name="chunks")
    number = models.PositiveSmallIntegerField()
    data = models.BinaryField()

    class Meta:
        verbose_name = _("part of a screen said aloud")
        verbose_name_plural = _("parts of screens said aloud")
        constraints = [models.UniqueConstraint(fields=["screen", "number"], name="one_part_of_a_screen_a_number")]

    def __str__(self) -> str:
        return f"{self.screen_id} {self.number}"
