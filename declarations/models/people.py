"""Accounts, seats and keys: who may come in, from where they act, and what they can open.

A seat is a role in a forum, held by an account or by a link. History and permissions know only seats. A person with a
card, and the public, get passing seats that are never stored.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """An account of the staff; what it may do is said by its seats alone."""

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")


class SeatQuerySet(models.QuerySet["Seat"]):
    def open(self, now: datetime | None = None) -> SeatQuerySet:
        """Seats neither revoked nor expired."""
        now = now or timezone.now()
        return self.filter(revoked_at=None).filter(Q(expires_at=None) | Q(expires_at__gt=now))

    def for_seat(self, seat: Seat) -> SeatQuerySet:
        return self.filter(forum=seat.forum)


class Seat(models.Model):
    class Role(models.TextChoices):
        ORGANISER = "organiser", _("organiser")
        READER = "reader", _("reader")
        CUSTODIAN = "custodian", _("custodian")
        FACILITATOR = "facilitator", _("facilitator")
        RAPPORTEUR = "rapporteur", _("rapporteur")
        GENERAL_RAPPORTEUR = "general_rapporteur", _("general rapporteur")
        CHAIR = "chair", _("chair")
        EXPERT = "expert", _("expert")
        TRANSLATOR = "translator", _("translator")
        APPROVER = "approver", _("translation approver")
        PARTICIPANT = "participant", _("participant")
        ADDRESSEE = "addressee", _("addressee")
        PUBLIC = "public", _("public")

    # Seats that come and go with a request and are never stored.
    PASSING = (Role.PARTICIPANT, Role.PUBLIC)
    # Seats that need an account; the others may also be held by a link.
    ACCOUNT_ONLY = (Role.ORGANISER, Role.READER, Role.CUSTODIAN, Role.CHAIR)

    forum = models.ForeignKey("declarations.Forum", models.PROTECT, related_name="seats", verbose_name=_("forum"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    name = models.CharField(_("name shown in the history"), max_length=120)
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="seats", verbose_name=_("account")
    )
    group = models.ForeignKey(
        "declarations.Group", models.PROTECT, null=True, blank=True, related_name="seats", verbose_name=_("group")
    )
    language = models.CharField(_("language"), max_length=12, blank=True)
    addressee = models.ForeignKey(
        "declarations.Addressee",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="seats",
        verbose_name=_("addressee"),
    )
    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    # Testimonies that were sealed on a phone and came after the seat was closed.
    came_late = models.PositiveSmallIntegerField(_("came after it was closed"), default=0, editable=False)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ["forum", "role", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["forum", "role", "user"], condition=Q(user__isnull=False), name="one_seat_a_role"
            ),
            models.UniqueConstraint(fields=["token_hash"], condition=~Q(token_hash=""), name="one_seat_a_token"),
            models.CheckConstraint(
                condition=~Q(role__in=["participant", "public"]), name="passing_seats_are_never_stored"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_role_display()})"

    @property
    def is_open(self) -> bool:
        """Whether the seat may act now."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > timezone.now())

    @property
    def is_passing(self) -> bool:
        return self.role in self.PASSING


class PersonKey(models.Model):
    """A person's key pair; the private half is wrapped with Argon2id of a passphrase nobody else knows (M1)."""

    user = models.OneToOneField(User, models.PROTECT, related_name="key", verbose_name=_("account"))
    public = models.BinaryField()
    wrapped = models.BinaryField()
    created_on = models.DateField(_("created on"))
    unlocked_on = models.DateField(_("last unlocked on"), null=True, blank=True)

    class Meta:
        verbose_name = _("person's key")
        verbose_name_plural = _("persons' keys")

    def __str__(self) -> str:
        return str(self.user)


class ForumKeyQuerySet(models.QuerySet["ForumKey"]):
    def current(self, purpose: str) -> ForumKeyQuerySet:
        return self.filter(purpose=purpose, retired_on=None).order_by("-version")

    def now(self) -> dict[str, ForumKey]:
        """Return the current key of each purpose, for one forum, in one query."""
        return {key.purpose: key for key in sorted(self.filter(retired_on=None), key=lambda key: key.version)}

    def for_seat(self, seat: Seat) -> ForumKeyQuerySet:
        return self.filter(forum=seat.forum)


class ForumKey(models.Model):
    """One of the key pairs of a forum; its private half exists only sealed to persons (M1).

    Custody has two pairs, and a person holds at most one of them: a name behind a testimony opens with both
    (docs/adr/0008-custody-in-two-halves.md).
    """

    class Purpose(models.TextChoices):
        PEOPLE = "people", _("people: names and contacts")
        READING = "reading", _("reading: the words")
        FIRST_HALF = "first_half", _("custody, first half: names behind testimonies")
        OTHER_HALF = "other_half", _("custody, other half: names behind testimonies")
        # The one that seals nothing: an Ed25519 pair (docs/adr/0015-signed-editions.md).
        SIGNING = "signing", _("signing: the editions")

    HALVES = {Purpose.FIRST_HALF: Purpose.OTHER_HALF, Purpose.OTHER_HALF: Purpose.FIRST_HALF}

    forum = models.ForeignKey("declarations.Forum", models.PROTECT, related_name="keys", verbose_name=_("forum"))
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose.choices)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    public = models.BinaryField()
    created_on = models.DateField(_("created on"))
    retired_on = models.DateField(_("retired on"), null=True, blank=True)
    recovery = models.BinaryField(null=True, editable=False)
    recovery_tested_on = models.DateField(_("recovery code tested on"), null=True, blank=True)

    objects = ForumKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("forum key")
        verbose_name_plural = _("forum keys")
        constraints = [models.UniqueConstraint(fields=["forum", "purpose", "version"], name="one_key_a_version")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.version}"


class KeyHolding(models.Model):
    """A forum key's private half sealed to one person."""

    FORUM_PATH = "key__forum"

    key = models.ForeignKey(ForumKey, models.PROTECT, related_name="holdings")
    person = models.ForeignKey(PersonKey, models.PROTECT, related_name="holdings")
    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("key holding")
        verbose_name_plural = _("key holdings")
        constraints = [models.UniqueConstraint(fields=["key", "person"], name="a_key_is_held_once_by_a_person")]

    def __str__(self) -> str:
        return f"{self.key} · {self.person}"


class FormerHolding(models.Model):
    """That somebody held a key once: they may have kept it, so they never get the other half, and it is rotated."""

    FORUM_PATH = "key__forum"

    key = models.ForeignKey(ForumKey, models.PROTECT, related_name="former_holdings")
    person = models.ForeignKey(PersonKey, models.PROTECT, related_name="former_holdings")
    taken_on = models.DateField(_("taken back on"))

    class Meta:
        verbose_name = _("former key holding")
        verbose_name_plural = _("former key holdings")
        constraints = [models.UniqueConstraint(fields=["key", "person"], name="a_key_is_taken_back_once")]

    def __str__(self) -> str:
        return f"{self.key} · {self.person}"
