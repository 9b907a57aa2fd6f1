"""The declaration: sections, clauses with wordings in each language, the versions it went through, its adoption."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from .forums import Addressee, Delegation, Forum, Theme
from .recommendations import Recommendation
from .texts import LabelField, Worded, Wording, in_language, validate_plain

if TYPE_CHECKING:
    from .people import Seat


class DeclarationQuerySet(models.QuerySet["Declaration"]):
    def public(self) -> DeclarationQuerySet:
        """Declarations of which at least one edition is published."""
        return self.filter(editions__isnull=False, forum__closed_on=None).distinct()

    def for_seat(self, seat: Seat) -> DeclarationQuerySet:
        return self.filter(forum=seat.forum)


class Declaration(models.Model):
    class State(models.TextChoices):
        DRAFTING = "drafting", _("drafting")
        UNDER_REVIEW = "under_review", _("under review")
        FROZEN = "frozen", _("frozen")
        ADOPTED = "adopted", _("adopted")

    MOVES = {
        State.DRAFTING: {State.UNDER_REVIEW},
        State.UNDER_REVIEW: {State.DRAFTING, State.FROZEN},
        State.FROZEN: {State.UNDER_REVIEW, State.ADOPTED},
        # Adopted again after another reading: the text goes back to review first.
        State.ADOPTED: {State.UNDER_REVIEW},
    }

    forum = models.OneToOneField(Forum, models.PROTECT, related_name="declaration", verbose_name=_("forum"))
    title = LabelField(_("title"))
    state = models.CharField(_("state"), max_length=15, choices=State.choices, default=State.DRAFTING, editable=False)

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = _("declaration")
        verbose_name_plural = _("declarations")

    def __str__(self) -> str:
        from django.utils.translation import get_language

        return self.title_in(get_language() or "fr")

    def title_in(self, language: str) -> str:
        return in_language(self.title, language)

    @property
    def is_fixed(self) -> bool:
        """Whether the authentic words may not be changed now."""
        return self.state in (self.State.FROZEN, self.State.ADOPTED)


class SectionQuerySet(models.QuerySet["Section"]):
    def for_seat(self, seat: Seat) -> SectionQuerySet:
        return self.filter(declaration__forum=seat.forum)


class Section(models.Model):
    FORUM_PATH = "declaration__forum"

    class Kind(models.TextChoices):
        RECITALS = "recitals", _("recitals")
        OPERATIVE = "operative", _("operative clauses")
        COMMITMENTS = "commitments", _("commitments")
        FOLLOWUP = "followup", _("follow-up")
        THANKS = "thanks", _("thanks")
        DONE_AT = "done_at", _("done at")
        ANNEX = "annex", _("annex")

    # Clauses of these sections are numbered through; those of the others are not.
    NUMBERED = (Kind.OPERATIVE, Kind.COMMITMENTS, Kind.FOLLOWUP)

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="sections")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    order = models.PositiveSmallIntegerField(_("order"))
    theme = models.ForeignKey(Theme, models.PROTECT, null=True, blank=True, verbose_name=_("theme"))
    heading = LabelField(_("heading"), blank=True)

    objects = SectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["declaration", "order"], name="section_order_once")]

    def __str__(self) -> str:
        return in_language(self.heading, "fr") or str(self.get_kind_display())

    def heading_in(self, language: str) -> str:
        return in_language(self.heading, language)


def new_identifier() -> str:
    """Return a clause's identifier: c- and six random characters, the same through every version and language."""
    return "c-" + "".join(secrets.choice("23456789abcdefghjkmnpqrstuvwxyz") for _ in range(6))


class ClauseQuerySet(models.QuerySet["Clause"]):
    def for_seat(self, seat: Seat) -> ClauseQuerySet:
        """Clauses of the forum; for an addressee those addressed to them."""
        rows = self.filter(section__declaration__forum=seat.forum, removed_on=None)
        return rows.filter(addressees=seat.addressee_id) if seat.role == seat.Role.ADDRESSEE else rows

    def standing(self) -> ClauseQuerySet:
        """Clauses of the text as it stands, in reading order."""
        return self.filter(removed_on=None).order_by("section__order", "order")

    def public(self) -> ClauseQuerySet:
        """Clauses of a declaration of which an edition is published."""
        return self.filter(
            section__declaration__editions__isnull=False, section__declaration__forum__closed_on=None
        ).distinct()

    def numbered(self) -> ClauseQuerySet:
        return self.filter(section__kind__in=Section.NUMBERED)

    @staticmethod
    def number_of(clause: str) -> Subquery:
        """Return what counts, in a query, the numbered clauses up to the one at this path of its rows: its number."""
        section, order = f"{clause}__section__order", f"{clause}__order"
        until = Clause.objects.filter(section__declaration=OuterRef(f"{clause}__section__declaration"))
        until = (
            until.filter(removed_on=None)
            .numbered()
            .filter(
                Q(section__order__lt=OuterRef(section))
                | Q(section__order=OuterRef(section), order__lte=OuterRef(order))
            )
        )
        return Subquery(until.order_by().values("section__declaration").annotate(number=Count("pk")).values("number"))


class Clause(Worded):
    FORUM_PATH = "section__declaration__forum"

    section = models.ForeignKey(Section, models.PROTECT, related_name="clauses", verbose_name=_("section"))
    identifier = models.CharField(max_length=12, default=new_identifier, editable=False)
    order = models.PositiveSmallIntegerField(_("order"))
    addressees = models.ManyToManyField(Addressee, related_name="clauses", blank=True, verbose_name=_("addressees"))
    horizon = models.CharField(_("horizon"), max_length=10, choices=Recommendation.Horizon.choices, blank=True)
    # A clause taken out of the text keeps its row, so that what points at it still finds it.
    removed_on = models.DateField(_("removed on"), null=True, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)

    objects = ClauseQuerySet.as_manager()

    class Meta:
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")
        ordering = ["section__order", "order"]
        constraints = [models.UniqueConstraint(fields=["identifier"], name="identifier_once")]

    def __str__(self) -> str:
        return self.identifier


class ClauseWording(Wording):
    FORUM_PATH = "clause__section__declaration__forum"

    clause = models.ForeignKey(Clause, models.PROTECT, related_name="wordings")

    class Meta:
        verbose_name = _("wording of a clause")
        verbose_name_plural = _("wordings of clauses")
        constraints = [models.UniqueConstraint(fields=["clause", "language"], name="clause_wording_once")]


class Source(models.Model):
    """A clause comes from a recommendation."""

    FORUM_PATH = "clause__section__declaration__forum"

    class Kind(models.TextChoices):
        RESTS_ON = "rests_on", _("rests on")
        SUPPORTS = "supports", _("supported by")
        QUALIFIES = "qualifies", _("qualified by")

    clause = models.ForeignKey(Clause, models.PROTECT, related_name="sources")
    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="sources")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.RESTS_ON)
    reason = models.CharField(max_length=400, blank=True, validators=[validate_plain])

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [models.UniqueConstraint(fields=["clause", "recommendation"], name="source_once")]

    def __str__(self) -> str:
        return f"{self.clause} ← {self.recommendation}"


class Version(models.Model):
    """The words of the declaration as they stood at one moment; made, never changed."""

    FORUM_PATH = "declaration__forum"

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("number"))
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey("declarations.Seat", models.PROTECT, related_name="+")
    why = models.CharField(_("why"), max_length=300)
    # Canonical JSON of the authentic wordings (publishing.snapshot), and its SHA-256.
    words = models.BinaryField()
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["declaration", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"{self.number}"


class Adoption(models.Model):
    """The adoption of exact words: of one version, whose digest cannot change."""

    FORUM_PATH = "version__declaration__forum"

    class Method(models.TextChoices):
        CONSENSUS = "consensus", _("by consensus")
        ACCLAMATION = "acclamation", _("by acclamation")
        VOTE = "vote", _("by vote")

    version = models.OneToOneField(Version, models.PROTECT, related_name="adoption")
    method = models.CharField(_("how"), max_length=12, choices=Method.choices)
    votes_for = models.PositiveIntegerField(_("votes for"), null=True, blank=True)
    votes_against = models.PositiveIntegerField(_("votes against"), null=True, blank=True)
    abstentions = models.PositiveIntegerField(_("abstentions"), null=True, blank=True)
    # Decided and published are different moments.
    adopted_on = models.DateField(_("adopted on"))
    place = LabelField(_("where"))
    presided_by = models.CharField(_("presided by"), max_length=200, validators=[validate_plain])
    reservations = models.TextField(_("reservations"), blank=True, validators=[validate_plain])
    delegations = models.ManyToManyField(Delegation, blank=True, verbose_name=_("delegations present"))
    recorded_by = models.ForeignKey("declarations.Seat", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("adoption")
        verbose_name_plural = _("adoptions")
        constraints = [
            models.CheckConstraint(
                condition=~Q(method="vote") | Q(votes_for__isnull=False), name="a_vote_has_its_figures"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version.digest[:12]}"


class Signature(models.Model):
    """Somebody who signed in public, with their consent."""

    FORUM_PATH = "adoption__version__declaration__forum"

    adoption = models.ForeignKey(Adoption, models.PROTECT, related_name="signatures")
    name = models.CharField(_("name"), max_length=200, validators=[validate_plain])
    capacity = LabelField(_("in what capacity"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["order"]

    def __str__(self) -> str:
        return self.name
