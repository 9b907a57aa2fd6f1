"""What somebody said, sealed: the words are ciphertext from the first commit, and so is everything said about them.

The key of each testimony lives in a table of its own; destroying that row takes the words back (M1, M4).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .forums import Capacity, Family, Forum, Region, Zone, in_language
from .groups import Group
from .people import ForumKey

if TYPE_CHECKING:
    from .people import Seat


class TestimonyQuerySet(models.QuerySet["Testimony"]):
    def public(self) -> TestimonyQuerySet:
        """No testimony is public; findings and cleared sentences are."""
        return self.none()

    def for_seat(self, seat: Seat) -> TestimonyQuerySet:
        """Testimonies of the forum that a reader may still open; none for anybody else (M9)."""
        return self.filter(forum=seat.forum, erased_on=None) if seat.role == seat.Role.READER else self.none()

    def kept(self) -> TestimonyQuerySet:
        """Testimonies that count: neither withdrawn nor refused."""
        return self.exclude(state__in=[Testimony.State.WITHDRAWN, Testimony.State.REFUSED])

    def to_read(self) -> TestimonyQuerySet:
        return self.filter(state=Testimony.State.RECEIVED, erased_on=None)

    def summable(self) -> TestimonyQuerySet:
        """Testimonies whose owner agreed that they be added to a summary with others."""
        return self.kept().filter(may_summarise=True)

    def with_voice(self) -> TestimonyQuerySet:
        """Each with `has_voice`: whether a recording of it is kept."""
        return self.annotate(has_voice=models.Exists(Recording.objects.filter(testimony=models.OuterRef("pk"))))

    def in_no_order(self) -> TestimonyQuerySet:
        """By the random identifier, which says nothing about arrival (M3)."""
        return self.order_by("id")


class Testimony(models.Model):
    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        READ = "read", _("read")
        SUMMARISED = "summarised", _("summarised")
        WITHDRAWN = "withdrawn", _("withdrawn")
        REFUSED = "refused", _("refused")

    MOVES = {
        State.RECEIVED: {State.READ, State.SUMMARISED, State.WITHDRAWN, State.REFUSED},
        State.READ: {State.SUMMARISED, State.WITHDRAWN, State.REFUSED},
        State.SUMMARISED: {State.WITHDRAWN, State.REFUSED},
        State.WITHDRAWN: set(),
        State.REFUSED: {State.WITHDRAWN},
    }

    class TakenAs(models.TextChoices):
        OWN_PHONE = "own_phone", _("on their own phone")
        FACILITATOR = "facilitator", _("by a facilitator")
        PAPER = "paper", _("on paper")
        AUDIO = "audio", _("as a recording")

    # Made by the client, so that a testimony sent twice is kept once (M2).
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    forum = models.ForeignKey(Forum, models.PROTECT, related_name="testimonies", verbose_name=_("forum"))
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="testimonies", verbose_name=_("group")
    )
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.RECEIVED, editable=False)
    language = models.CharField(_("language spoken"), max_length=12)
    taken_as = models.CharField(_("how it was taken"), max_length=12, choices=TakenAs.choices)

    # How the speaker agreed to be described, already generalised (M7): the finest place and the finest standing that
    # enough participants share. At most one of each pair is set; none means the whole country, a participant.
    described_region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+")
    described_zone = models.ForeignKey(Zone, models.PROTECT, null=True, blank=True, related_name="+")
    described_capacity = models.ForeignKey(Capacity, models.PROTECT, null=True, blank=True, related_name="+")
    described_family = models.ForeignKey(Family, models.PROTECT, null=True, blank=True, related_name="+")

    # Consent, each naming the verb it gates (M15), and how it was given.
    may_summarise = models.BooleanField(_("added to a summary with others"), default=False)
    may_quote = models.BooleanField(_("one sentence quoted without a name"), default=False)
    may_keep_voice = models.BooleanField(_("the voice kept"), default=False)
    consent_language = models.CharField(_("language of the consent"), max_length=12)
    consent_read_aloud = models.BooleanField(_("consent read aloud"), default=False)
    consent_version = models.CharField(_("version of the words of consent"), max_length=20)

    given_on = models.DateField(_("day"))
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    # The day on which the words were erased because their time had come; what they led to stays (M14).
    erased_on = models.DateField(_("erased on"), null=True, blank=True, editable=False)
    receipt_hash = models.CharField(max_length=64, unique=True, editable=False)
    # Keyed hash of what was sent: the same identifier with the same content is the same testimony.
    # Emptied by a withdrawal.
    content_hash = models.CharField(max_length=64, editable=False)

    objects = TestimonyQuerySet.as_manager()

    class Meta:
        verbose_name = _("testimony")
        verbose_name_plural = _("testimonies")
        ordering = ["id"]
        indexes = [models.Index(fields=["forum", "state"], name="testimonies_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=Q(described_region=None) | Q(described_zone=None), name="one_place_in_a_description"
            ),
            models.CheckConstraint(
                condition=Q(described_capacity=None) | Q(described_family=None), name="one_standing_in_a_description"
            ),
        ]

    def __str__(self) -> str:
        # Eight characters of a random identifier: enough to find it on a desk, nothing about who or when.
        return str(self.id)[:8]

    @property
    def described_standing(self) -> Capacity | Family | None:
        return self.described_capacity or self.described_family

    @property
    def described_place(self) -> Region | Zone | None:
        return self.described_region or self.described_zone

    def speaker_in(self, language: str) -> str:
        """How the speaker is described: "a young person, the North"."""
        return describe(self.described_standing, self.described_place, language)


ANYBODY = {
    "fr": "une personne présente au Forum",
    "en": "a participant of the forum",
    "ar": "شخص من المشاركين في المنتدى",
}


def describe(standing: Capacity | Family | None, place: Region | Zone | None, language: str) -> str:
    """Return a description of a speaker in words; the coarsest is "a participant of the forum"."""
    who = in_language(standing.speaker or standing.label, language) if standing else in_language(ANYBODY, language)
    if place is None:
        return who
    where = in_language(getattr(place, "speaker", None) or place.label, language)
    return f"{who}{'،' if language == 'ar' else ','} {where}"


class TestimonyKey(models.Model):
    """The random key of one testimony, sealed to the forum's reading key; without this row its words are noise."""

    FORUM_PATH = "testimony__forum"

    testimony = models.OneToOneField(Testimony, models.PROTECT, primary_key=True, related_name="key")
    forum_key = models.ForeignKey(ForumKey, models.PROTECT, related_name="+")
    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("testimony key")
        verbose_name_plural = _("testimony keys")

    def __str__(self) -> str:
        return str(self.testimony_id)[:8]


class SealedText(models.Model):
    """One sealed text of a testimony and who wrote it: the words, the exact facts, a summary, a transcript."""

    FORUM_PATH = "testimony__forum"

    class Kind(models.TextChoices):
        WORDS = "words", _("words")
        FACTS = "facts", _("exact facts")
        SUMMARY = "summary", _("summary")
        TRANSCRIPT = "transcript", _("transcript")
        TRANSLATION = "translation", _("translation")
        JUDGEMENT = "judgement", _("a reader's judgement")

    # Random, like every identifier on a participant's path: a counter would tell who came first (M3).
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    testimony = models.ForeignKey(Testimony, models.PROTECT, related_name="sealed_texts")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    # Of the text: words that a facilitator wrote down in French are French, whatever was spoken.
    language = models.CharField(max_length=12, blank=True)
    envelope = models.BinaryField()
    written_by = models.ForeignKey("declarations.Seat", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("sealed text")
        verbose_name_plural = _("sealed texts")
        constraints = [models.UniqueConstraint(fields=["testimony", "kind", "language"], name="one_sealed_text_a_kind")]

    def __str__(self) -> str:
        return f"{self.testimony} {self.kind}"


class Recording(models.Model):
    """A voice, sealed with the testimony's key in rows of parts; neither its name nor its type nor its exact length
    stands in clear (M1).
    """

    FORUM_PATH = "testimony__forum"

    class Kind(models.TextChoices):
        ORIGINAL = "original", _("as it was sent")
        CLEANED = "cleaned", _("cleaned")

    # Random, and named in the header of every part.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    testimony = models.ForeignKey(Testimony, models.PROTECT, related_name="recordings")
    kind = models.CharField(max_length=12, choices=Kind.choices)

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        constraints = [models.UniqueConstraint(fields=["testimony", "kind"], name="one_recording_a_kind")]

    def __str__(self) -> str:
        return f"{self.testimony} {self.kind}"


class RecordingChunk(models.Model):
    """One sealed part of a recording."""

    FORUM_PATH = "recording__testimony__forum"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    recording = models.ForeignKey(Recording, models.PROTECT, related_name="chunks")
    number = models.PositiveSmallIntegerField()
    envelope = models.BinaryField()

    class Meta:
        verbose_name = _("part of a recording")
        verbose_name_plural = _("parts of recordings")
        constraints = [models.UniqueConstraint(fields=["recording", "number"], name="one_part_a_number")]

    def __str__(self) -> str:
        return f"{self.recording_id} {self.number}"


class Conflict(models.Model):
    """Another testimony that came under an identifier already taken: kept aside, sealed, never merged (M2)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    forum = models.ForeignKey(Forum, models.PROTECT, related_name="conflicts")
    taken_id = models.UUIDField()
    content_hash = models.CharField(max_length=64)
    # Of the words, as the header of their envelope names it.
    language = models.CharField(max_length=12)
    # The words under the header of the testimony whose identifier they took.
    envelope = models.BinaryField()
    sealed_key = models.BinaryField()
    forum_key = models.ForeignKey(ForumKey, models.PROTECT, related_name="+")
    given_on = models.DateField(_("day"))

    class Meta:
        verbose_name = _("conflict")
        verbose_name_plural = _("conflicts")
        constraints = [models.UniqueConstraint(fields=["taken_id", "content_hash"], name="a_conflict_is_kept_once")]

    def __str__(self) -> str:
        return str(self.taken_id)[:8]


class ConflictChunk(models.Model):
    """One sealed part of the recording that came with a testimony kept aside."""

    FORUM_PATH = "conflict__forum"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    conflict = models.ForeignKey(Conflict, models.PROTECT, related_name="chunks")
    # The recording that the header of the part names; it has no row.
    recording = models.UUIDField()
    number = models.PositiveSmallIntegerField()
    envelope = models.BinaryField()

    class Meta:
        verbose_name = _("part of a recording kept aside")
        verbose_name_plural = _("parts of recordings kept aside")
        constraints = [models.UniqueConstraint(fields=["conflict", "number"], name="one_part_kept_aside_a_number")]

    def __str__(self) -> str:
        return f"{self.conflict} {self.number}"


class TurnedAway(models.Model):
    """How many were not recorded in a day because they are under 18 or refused to be read; counted, nothing else."""

    class Why(models.TextChoices):
        UNDER_AGE = "under_age", _("under 18")
        NO_READING = "no_reading", _("did not agree to be read")

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="+")
    day = models.DateField()
    why = models.CharField(max_length=12, choices=Why.choices)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("turned away")
        verbose_name_plural = _("turned away")
        constraints = [models.UniqueConstraint(fields=["forum", "day", "why"], name="turned_away_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.why}"


# Whether public pages are written without anybody's sentence: what is copied for good cannot be taken back (M4).
_leaving_out: ContextVar[bool] = ContextVar("leaving_out", default=False)


@contextmanager
def without_quotes(leaving_out: bool = True) -> Iterator[None]:
    """Let no sentence be public inside this block, wherever a page looks for one."""
    token = _leaving_out.set(leaving_out)
    try:
        yield
    finally:
        _leaving_out.reset(token)


def leaves_out_quotes() -> bool:
    """Whether this is such a block."""
    return _leaving_out.get()


class ExcerptQuerySet(models.QuerySet["Excerpt"]):
    def public(self) -> ExcerptQuerySet:
        """Published sentences whose owner still agrees that they be quoted."""
        if leaves_out_quotes():
            return self.none()
        return (
            self.filter(state=Excerpt.State.PUBLISHED, testimony__may_quote=True, testimony__forum__closed_on=None)
            .exclude(quote=None)
            .exclude(testimony__state__in=[Testimony.State.WITHDRAWN, Testimony.State.REFUSED])
        )

    def for_seat(self, seat: Seat) -> ExcerptQuerySet:
        return self.filter(testimony__in=Testimony.objects.for_seat(seat))

    def awaiting_clearance(self) -> ExcerptQuerySet:
        return self.filter(state=Excerpt.State.PROPOSED)


class Excerpt(models.Model):
    """One redacted sentence; sealed until a second person clears it."""

    FORUM_PATH = "testimony__forum"

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        CLEARED = "cleared", _("cleared")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    MOVES = {
        State.PROPOSED: {State.CLEARED, State.WITHDRAWN},
        State.CLEARED: {State.PUBLISHED, State.PROPOSED, State.WITHDRAWN},
        State.PUBLISHED: {State.WITHDRAWN},
        State.WITHDRAWN: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    testimony = models.ForeignKey(Testimony, models.PROTECT, related_name="excerpts")
    state = models.CharField(max_length=12, choices=State.choices, default=State.PROPOSED, editable=False)
    language = models.CharField(max_length=12)
    # The redacted sentence under the testimony's key; the public copy stands in Quote and can be taken back.
    envelope = models.BinaryField(null=True)
    # From which text it was taken, and by whom that text was put into this language.
    source = models.CharField(max_length=12, choices=SealedText.Kind.choices, default=SealedText.Kind.WORDS)
    translated_by = models.ForeignKey(
        "declarations.Seat", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("translated by")
    )
    # What readers answered where the sentence could tell who spoke, under the same key (M8).
    answers = models.BinaryField(null=True)
    proposed_by = models.ForeignKey("declarations.Seat", models.PROTECT, related_name="+")
    cleared_by = models.ForeignKey("declarations.Seat", models.PROTECT, null=True, blank=True, related_name="+")

    objects = ExcerptQuerySet.as_manager()

    class Meta:
        verbose_name = _("excerpt")
        verbose_name_plural = _("excerpts")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cleared_by=None) | ~Q(cleared_by=models.F("proposed_by")),
                name="an_excerpt_is_cleared_by_another",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)[:8]


class Quote(models.Model):
    """The public words of an excerpt, revocable: withdrawing deletes words and salt, and editions still verify."""

    FORUM_PATH = "excerpt__testimony__forum"

    excerpt = models.OneToOneField(Excerpt, models.PROTECT, related_name="quote")
    words = models.TextField()
    salt = models.BinaryField()
    # How the speaker is described, copied when the sentence was cleared, one text a language.
    speaker = models.JSONField(default=dict)
    # What was pointed at and left in for a reason, as two people said: the gate asks for it again (M8).
    kept = models.JSONField(default=list)

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")

    def __str__(self) -> str:
        return str(self.excerpt_id)[:8]

    def speaker_in(self, language: str) -> str:
        return in_language(self.speaker, language)
