"""Published, numbered, unchangeable. A proof waits for a second organiser; an edition and its files never change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .declarations import Adoption, Declaration
from .people import ForumKey

if TYPE_CHECKING:
    from .people import Seat


class Immutable(Exception):
    """An edition or one of its files was about to be changed."""


class Kind(models.TextChoices):
    ADOPTED = "adopted", _("adopted text")
    TRANSLATION = "translation", _("translation added")
    ERRATUM = "erratum", _("erratum")
    READOPTED = "readopted", _("re-adopted")


class Proof(models.Model):
    """A snapshot that one organiser made and another must confirm before it is published."""

    FORUM_PATH = "declaration__forum"

    class State(models.TextChoices):
        AWAITING = "awaiting", _("awaiting a second organiser")
        PUBLISHED = "published", _("published")
        TURNED_DOWN = "turned_down", _("turned down")

    MOVES = {
        State.AWAITING: {State.PUBLISHED, State.TURNED_DOWN},
        State.PUBLISHED: set(),
        State.TURNED_DOWN: set(),
    }

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="proofs")
    adoption = models.ForeignKey(Adoption, models.PROTECT, related_name="proofs")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.AWAITING, editable=False)
    snapshot = models.BinaryField()
    digest = models.CharField(max_length=64)
    made_by = models.ForeignKey("declarations.Seat", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("proof")
        verbose_name_plural = _("proofs")
        constraints = [
            models.UniqueConstraint(fields=["declaration"], condition=Q(state="awaiting"), name="one_proof_waits")
        ]

    def __str__(self) -> str:
        return self.digest[:12]


class UnchangeableQuerySet(models.QuerySet[Any]):
    """Rows that are inserted and then neither updated nor deleted; triggers say the same below the ORM."""

    def update(self, **kwargs: Any) -> int:
        raise Immutable(self.model.__name__)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise Immutable(self.model.__name__)

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        raise Immutable(self.model.__name__)


class Unchangeable(models.Model):
    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Immutable(type(self).__name__)
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise Immutable(type(self).__name__)


class EditionQuerySet(UnchangeableQuerySet):
    def public(self) -> EditionQuerySet:
        return self.filter(declaration__forum__closed_on=None)

    def for_seat(self, seat: Seat) -> EditionQuerySet:
        return self.filter(declaration__forum=seat.forum)

    def latest_first(self) -> EditionQuerySet:
        return self.order_by("-number")

    def without_snapshot(self) -> EditionQuerySet:
        """Lists never load the bytes of the snapshot, nor those of the manifest."""
        return self.defer("snapshot", "manifest")


class Edition(Unchangeable):
    FORUM_PATH = "declaration__forum"

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="editions")
    adoption = models.ForeignKey(Adoption, models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    published_at = models.DateTimeField(_("published"))
    # Canonical JSON of publishing.snapshot.Snapshot, and the digests of its three layers and of the whole.
    snapshot = models.BinaryField()
    digest = models.CharField(max_length=64, unique=True)
    text_digest = models.CharField(max_length=64)
    figures_digest = models.CharField(max_length=64)
    voices_digest = models.CharField(max_length=64)
    previous_digest = models.CharField(max_length=64, blank=True)
    control_code = models.CharField(_("control code"), max_length=40)
    # Canonical JSON of publishing.manifest.Manifest, and the signature over exactly these bytes. Empty, and without a
    # key, only for an edition of before there were signatures.
    manifest = models.BinaryField(default=b"")
    signature = models.BinaryField(default=b"")
    signed_with = models.ForeignKey(ForumKey, models.PROTECT, null=True, related_name="editions")
    made_by = models.ForeignKey("declarations.Seat", models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey("declarations.Seat", models.PROTECT, related_name="+")

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["declaration", "number"], name="edition_number_once"),
            models.CheckConstraint(
                condition=~Q(made_by=models.F("confirmed_by")), name="an_edition_is_confirmed_by_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class EditionFileQuerySet(UnchangeableQuerySet):
    def public(self) -> EditionFileQuerySet:
        return self.filter(edition__declaration__forum__closed_on=None)

    def without_content(self) -> EditionFileQuerySet:
        return self.defer("content")


class EditionFile(Unchangeable):
    FORUM_PATH = "edition__declaration__forum"

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="files")
    # Of a file in two languages, both with a hyphen between.
    language = models.CharField(_("language"), max_length=25)
    extension = models.CharField(_("form"), max_length=10)
    content = models.BinaryField()
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)

    objects = EditionFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of an edition")
        verbose_name_plural = _("files of editions")
        ordering = ["language", "extension"]
        constraints = [models.UniqueConstraint(fields=["edition", "language", "extension"], name="edition_file_once")]

    def __str__(self) -> str:
        return f"{self.edition}.{self.language}.{self.extension}"
