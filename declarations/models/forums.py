"""The event: its dates and place, its regions, capacities, themes, topics, languages, and when each form is open."""

from __future__ import annotations

import zoneinfo
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .texts import LabelField, Labelled, in_language, validate_plain

if TYPE_CHECKING:
    from .people import Seat

# Words of the road and of the site: a forum's address may not be one of them.
RESERVED_SLUGS = frozenset(
    "admin static media api healthz accounts account login logout forum forums participant participants group groups "
    "testimony testimonies excerpt excerpts finding findings heard recommendation recommendations review reviews "
    "declaration declarations amendment amendments edition editions verify followup follow-up delivery deliveries "
    "response responses commitment commitments report reports seat seats desk enter safety promises about help search "
    "feed feeds sitemap robots favicon fr en ar new exit".split()
)


def validate_slug(slug: str) -> None:
    """Raise ValidationError where the address is a word of the road or of the site."""
    if slug in RESERVED_SLUGS or len(slug) < 3:
        raise ValidationError(_("This word is used by the site itself. Choose another address."), code="reserved")


def validate_time_zone(name: str) -> None:
    """Raise ValidationError for a time zone the system does not know."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("This time zone is not known. Example: Africa/Bamako."), code="time_zone")


class ForumQuerySet(models.QuerySet["Forum"]):
    def public(self) -> ForumQuerySet:
        """Forums whose public pages answer."""
        return self.filter(closed_on=None)

    def for_seat(self, seat: Seat) -> ForumQuerySet:
        return self.filter(pk=seat.forum_id)


class Forum(models.Model):
    class Mode(models.TextChoices):
        REHEARSAL = "rehearsal", _("rehearsal")
        LIVE = "live", _("live")
        DEMONSTRATION = "demonstration", _("demonstration")

    slug = models.SlugField(_("address"), max_length=40, unique=True, validators=[validate_slug])
    title = LabelField(_("title"))
    purpose = LabelField(_("in one sentence"), blank=True)
    mode = models.CharField(_("mode"), max_length=15, choices=Mode.choices, default=Mode.REHEARSAL, editable=False)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    place = LabelField(_("place"))
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="Africa/Bamako", validators=[validate_time_zone]
    )
    inside_minimum = models.PositiveSmallIntegerField(
        _("smallest number shown inside"), default=5, validators=[MinValueValidator(5)]
    )
    public_minimum = models.PositiveSmallIntegerField(
        _("smallest number shown in public"), default=10, validators=[MinValueValidator(10)]
    )
    daily_quota = models.PositiveSmallIntegerField(_("testimonies a card may give in a day"), default=5)
    # A page that nobody asks about, and that opens quickly on the networks of the country (M6).
    exit_url = models.CharField(
        _("where “Leave quickly” leads"),
        max_length=200,
        default="https://www.wikipedia.org/",
        validators=[URLValidator(schemes=["https"])],
        help_text=_("A page that many people open, so that nobody asks why: the weather, football, an encyclopaedia."),
    )
    consent_version = models.CharField(_("version of the words of consent"), max_length=20, default="1")
    # The day a testimony of the rehearsal was withdrawn from end to end: asked for before going live.
    withdrawal_rehearsed_on = models.DateField(null=True, blank=True, editable=False)
    went_live_at = models.DateTimeField(_("went live"), null=True, blank=True, editable=False)
    keep_until = models.DateField(
        _("testimonies are kept until"),
        null=True,
        blank=True,
        help_text=_("The words are erased on the day after. Once the forum is live, only an earlier day can be set."),
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True, editable=False)
    # The emergency lock (M14): what was unlocked before this moment is locked; and whether nobody may send anything.
    locked_at = models.DateTimeField(_("locked"), null=True, blank=True, editable=False)
    has_forms_locked = models.BooleanField(_("forms locked"), default=False, editable=False)

    objects = ForumQuerySet.as_manager()

    class Meta:
        verbose_name = _("forum")
        verbose_name_plural = _("forums")
        constraints = [
            models.CheckConstraint(
                condition=Q(inside_minimum__gte=5) & Q(public_minimum__gte=10), name="minimums_protect"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="forum_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        from django.utils.translation import get_language

        return self.title_in(get_language() or "fr")

    def clean(self) -> None:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The last day comes before the first.")})
        self._check_keep_until()

    def _check_keep_until(self) -> None:
        """Whoever testified was told a day: once the forum is live it may come earlier, never later (M14)."""
        if self.keep_until and self.ends_on and self.keep_until < self.ends_on:
            raise ValidationError({"keep_until": _("This comes before the last day of the forum.")})
        stored = Forum.objects.filter(pk=self.pk, mode=self.Mode.LIVE).first()
        promised = stored.keep_until if stored else None
        if promised and (self.keep_until is None or self.keep_until > promised):
            raise ValidationError(
                {"keep_until": _("People testified under this day. It can come earlier, never later.")}
            )

    def title_in(self, language: str) -> str:
        return in_language(self.title, language)

    def place_in(self, language: str) -> str:
        return in_language(self.place, language)

    def purpose_in(self, language: str) -> str:
        return in_language(self.purpose, language)

    @property
    def zone_info(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    def today(self) -> date:
        """The day it is where the forum meets."""
        return timezone.now().astimezone(self.zone_info).date()

    @property
    def is_marked(self) -> bool:
        """Whether every page and print says that this is not the real thing."""
        return self.mode != self.Mode.LIVE

    def authentic_languages(self) -> list[str]:
        """Codes of the languages whose text is authentic, in the forum's order."""
        return [row.code for row in self.languages.all() if row.is_authentic]

    def written_languages(self) -> list[str]:
        return [row.code for row in self.languages.all() if row.is_written]


class OfForum(models.QuerySet[Any]):
    """Rows of a forum; every queryset of the app is scoped to one."""

    def for_seat(self, seat: Seat) -> OfForum:
        return self.filter(forum=seat.forum)

    def public(self) -> OfForum:
        """Labels and setup are public by nature; what is said about people is not."""
        return self.filter(forum__closed_on=None)


def forum_of(row: models.Model) -> Forum:
    """Return the forum a row belongs to, along its FORUM_PATH (by default its own `forum`)."""
    if isinstance(row, Forum):
        return row
    found: object = row
    for step in getattr(row, "FORUM_PATH", "forum").split("__"):
        found = getattr(found, step)
    assert isinstance(found, Forum)
    return found


class Partner(Labelled):
    class Kind(models.TextChoices):
        CONVENER = "convener", _("convener")
        PARTNER = "partner", _("partner")

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="partners", verbose_name=_("forum"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)

    objects = OfForum.as_manager()

    class Meta:
        verbose_name = _("convener or partner")
        verbose_name_plural = _("conveners and partners")
        ordering = ["kind", "order"]
        constraints = [models.UniqueConstraint(fields=["forum", "code"], name="partner_code_once")]


class ForumLanguage(Labelled):
    """A language of the forum, spoken, written or both; of the written ones one or several are authentic."""

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="languages", verbose_name=_("forum"))
    code = models.CharField(_("code"), max_length=12)
    is_spoken = models.BooleanField(_("spoken"), default=True)
    is_written = models.BooleanField(_("written"), default=False)
    is_authentic = models.BooleanField(_("authentic"), default=False)

    objects = OfForum.as_manager()

    class Meta:
        verbose_name = _("language")
        verbose_name_plural = _("languages")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["forum", "code"], name="language_once"),
            models.CheckConstraint(
                condition=Q(is_authentic=False) | Q(is_written=True), name="an_authentic_language_is_written"
            ),
        ]


class Zone(Labelled):
    forum = models.ForeignKey(Forum, models.PROTECT, related_name="zones", verbose_name=_("forum"))
    # "the North", as it stands in the description of a speaker.
    speaker = LabelField(_("in a description"), blank=True)
    # Where delegations come from: described like any place, never counted among the country's regions.
    is_abroad = models.BooleanField(_("abroad"), default=False)

    objects = OfForum.as_manager()

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["forum", "code"], name="zone_code_once")]


class Region(Labelled):
    forum = models.ForeignKey(Forum, models.PROTECT, related_name="regions", verbose_name=_("forum"))
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="regions", verbose_name=_("zone"))
    tile_row = models.PositiveSmallIntegerField(_("row on the map of squares"), null=True, blank=True)
    tile_column = models.PositiveSmallIntegerField(_("column on the map of squares"), null=True, blank=True)
    # In percent of the country; compares who is in the room with who lives there.
    population_share = models.DecimalField(
        _("share of the population"), max_digits=5, decimal_places=2, null=True, blank=True
    )

    objects = OfForum.as_manager()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["forum", "code"], name="region_code_once")]


class Family(Labelled):
    """Capacities that stand together when one alone is too small to hide in."""

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="families", verbose_name=_("forum"))
    speaker = LabelField(_("in a description"), blank=True)

    objects = OfForum.as_manager()

    class Meta:
        verbose_name = _("family of capacities")
        verbose_name_plural = _("families of capacities")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["forum", "code"], name="family_code_once")]


class Capacity(Labelled):
    """In what capacity somebody is here; exclusive."""

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="capacities", verbose_name=_("forum"))
    family = models.ForeignKey(Family, models.PROTECT, related_name="capacities", verbose_name=_("family"))
    speaker = LabelField(_("in a description"), blank=True)

    objects = OfForum.as_manager()

    class Meta:
        verbose_name = _("capacity")
        verbose_name_plural = _("capacities")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["forum", "code"], name="capacity_code_once")]


class Theme(Labelled):
    forum = models.ForeignKey(Forum, models.PROTECT, related_name="themes", verbose_name=_("forum"))

    objects = OfForum.as_manager()

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["forum", "code"], name="theme_code_once")]


class Topic(Labelled):
    forum = models.ForeignKey(Forum, models.PROTECT, related_name="topics", verbose_name=_("forum"))

    objects = OfForum.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["forum", "code"], name="topic_code_once")]


class Factor(Labelled):
    """A driving factor that readers name in findings."""

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="factors", verbose_name=_("forum"))

    objects = OfForum.as_manager()

    class Meta:
        verbose_name = _("driving factor")
        verbose_name_plural = _("driving factors")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["forum", "code"], name="factor_code_once")]


class Addressee(Labelled):
    """Somebody to whom clauses are addressed and from whom answers are awaited."""

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="addressees", verbose_name=_("forum"))

    objects = OfForum.as_manager()

    class Meta:
        verbose_name = _("addressee")
        verbose_name_plural = _("addressees")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["forum", "code"], name="addressee_code_once")]


class Delegation(Labelled):
    forum = models.ForeignKey(Forum, models.PROTECT, related_name="delegations", verbose_name=_("forum"))

    objects = OfForum.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["forum", "code"], name="delegation_code_once")]


class HelpContact(models.Model):
    """Whom to call in danger, shown before anything is asked; for a region or, without one, for all."""

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="help_contacts", verbose_name=_("forum"))
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, verbose_name=_("region"))
    label = LabelField(_("who answers"))
    phone = models.CharField(_("telephone"), max_length=40, validators=[validate_plain])
    languages = models.CharField(_("languages spoken"), max_length=200, blank=True, validators=[validate_plain])
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = OfForum.as_manager()

    class Meta:
        verbose_name = _("help contact")
        verbose_name_plural = _("help contacts")
        ordering = ["order"]

    def __str__(self) -> str:
        return self.phone

    def label_in(self, language: str) -> str:
        return in_language(self.label, language)


class Deadline(models.Model):
    """A moment the organisers live by, shown on their day."""

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="deadlines", verbose_name=_("forum"))
    label = LabelField(_("what is due"))
    at = models.DateTimeField(_("when"))

    objects = OfForum.as_manager()

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        ordering = ["at"]

    def __str__(self) -> str:
        return in_language(self.label, "fr")

    def label_in(self, language: str) -> str:
        return in_language(self.label, language)


class OpeningHours(models.Model):
    """When a form of the forum may be sent; a form without hours is open."""

    class Form(models.TextChoices):
        TESTIMONIES = "testimonies", _("testimonies")
        RECOMMENDATIONS = "recommendations", _("recommendations")
        AMENDMENTS = "amendments", _("amendments")

    forum = models.ForeignKey(Forum, models.PROTECT, related_name="opening_hours", verbose_name=_("forum"))
    form = models.CharField(_("form"), max_length=20, choices=Form.choices)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))

    objects = OfForum.as_manager()

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["form", "opens_at"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=models.F("opens_at")), name="a_form_closes_after_it_opens")
        ]

    def __str__(self) -> str:
        return f"{self.get_form_display()} {self.opens_at:%Y-%m-%d}"


def is_form_open(forum: Forum, form: str, now: datetime | None = None) -> bool:
    """Whether the named form of the forum may be sent now."""
    if forum.has_forms_locked:
        return False
    rows = OpeningHours.objects.filter(forum=forum, form=form).order_by()
    hours = rows.values_list("opens_at", "closes_at")
    now = now or timezone.now()
    return not hours or any(opens_at <= now < closes_at for opens_at, closes_at in hours)
