"""A forum begins as a rehearsal, is checked, and goes live; the rehearsal is erased in one action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from declarations import models, tombstones
from declarations.models import Forum, ForumKey, Seat, User
from declarations.models.guards import forget_deleted, guards_lifted

from .moves import Refused, record
from .people import LEAST, give_seat


@dataclass(frozen=True)
class Check:
    """One thing that must be in place before a forum goes live."""

    name: str
    label: Any
    is_done: bool


def create(*, owner: User, **fields: Any) -> tuple[Forum, Seat]:
    """Make a forum and seat its first organiser; it begins as a rehearsal."""
    forum = Forum(**fields)
    forum.full_clean()
    with transaction.atomic():
        forum.save(force_insert=True)
        seat = give_seat(forum, by=None, user=owner, role=Seat.Role.ORGANISER)
        record(forum, by=seat, verb="create")
    return forum, seat


def checklist(forum: Forum) -> list[Check]:
    """What must be in place before going live, in the order in which it is done."""
    held = {key.purpose: key for key in ForumKey.objects.filter(forum=forum, retired_on=None).order_by("version")}
    keys = [held.get(purpose) for purpose in ForumKey.Purpose.values]
    return [
        Check("languages", _("A language is authentic"), bool(forum.authentic_languages())),
        Check("regions", _("Regions and capacities are set"), forum.regions.exists() and forum.capacities.exists()),
        Check("help", _("Help contacts are set"), forum.help_contacts.exists()),
        Check("holders", _("Two people hold each key"), all(has_enough_holders(key) for key in keys)),
        Check("recovery", _("Each recovery code was tested"), all(key and key.recovery_tested_on for key in keys)),
        Check(
            "withdrawal",
            _("One testimony of the rehearsal was withdrawn from end to end"),
            forum.withdrawal_rehearsed_on is not None,
        ),
        Check("erased", _("The rehearsal was erased"), not is_rehearsed(forum)),
    ]


def has_enough_holders(key: ForumKey | None) -> bool:
    """Whether the key is made, and so many hold it that no one person's passphrase is all there is."""
    return key is not None and key.holdings.count() >= LEAST[ForumKey.Purpose(key.purpose)]


def is_rehearsed(forum: Forum) -> bool:
    """Whether anything of a rehearsal is still there."""
    return (
        forum.testimonies.exists()
        or forum.card_batches.exists()
        or forum.recommendations.exists()
        or models.Declaration.objects.filter(forum=forum).exists()
    )


def go_live(forum: Forum, *, by: Seat) -> None:
    """Open the forum for real; refused until every check holds."""
    with transaction.atomic():
        fresh = Forum.objects.select_for_update().get(pk=forum.pk)
        if fresh.mode != Forum.Mode.REHEARSAL:
            raise Refused(_("Only a rehearsal goes live."))
        open_checks = [check for check in checklist(fresh) if not check.is_done]
        if open_checks:
            raise Refused(
                _("Before going live: %(what)s.") % {"what": "; ".join(str(check.label) for check in open_checks)}
            )
        fresh.mode, fresh.went_live_at = Forum.Mode.LIVE, timezone.now()
        fresh.save(update_fields=["mode", "went_live_at"])
        record(fresh, by=by, verb="go_live")
    forum.refresh_from_db()


def mark_as_demonstration(forum: Forum, *, by: Seat) -> None:
    """Say on every page that people and words are invented; a demonstration never goes live."""
    with transaction.atomic():
        if not Forum.objects.filter(pk=forum.pk, mode=Forum.Mode.REHEARSAL).update(mode=Forum.Mode.DEMONSTRATION):
            raise Refused(_("Only a rehearsal becomes a demonstration."))
        record(forum, by=by, verb="mark_as_demonstration")
    forum.refresh_from_db()


# What a rehearsal leaves, from the end of the road back to its beginning: (model, path to the forum).
LEFT_BY_A_REHEARSAL = (
    models.Report,
    models.Commitment,
    models.Response,
    models.Delivery,
    models.EditionFile,
    models.Edition,
    models.Proof,
    models.Amendment,
    models.Signature,
    models.Adoption,
    models.Version,
    models.Source,
    models.ClauseWording,
    models.Clause,
    models.Section,
    models.Declaration,
    models.Support,
    models.Review,
    models.Relation,
    models.Ground,
    models.RecommendationWording,
    models.Recommendation,
    models.Voice,
    models.Evidence,
    models.FindingWording,
    models.Finding,
    models.Quote,
    models.Excerpt,
    models.Draft,
    models.Urgent,
    models.NameOpening,
    models.SealedName,
    models.SealedText,
    models.RecordingChunk,
    models.Recording,
    models.TestimonyKey,
    models.ConflictChunk,
    models.Conflict,
    models.Testimony,
    models.TurnedAway,
    models.PaperForm,
    models.ReceiptCard,
    models.CardBatch,
)


def erase_rehearsal(forum: Forum, *, by: Seat) -> None:
    """Erase all that was said and decided in a rehearsal; the setup, the seats, the keys and the history stay."""
    with transaction.atomic():
        fresh = Forum.objects.select_for_update().get(pk=forum.pk)
        if fresh.mode != Forum.Mode.REHEARSAL:
            raise Refused(_("Only a rehearsal is erased."))
        said = list(fresh.testimonies.values_list("pk", flat=True))
        with guards_lifted():
            for model in LEFT_BY_A_REHEARSAL:
                _erase(model, fresh)
        record(fresh, by=by, verb="erase_rehearsal")
        tombstones.bury(*(tombstones.Stone.of(tombstones.Kind.WITHDRAWN, pk) for pk in said))
    forget_deleted()


def _erase(model: Any, forum: Forum) -> None:
    """Delete the model's rows of the forum below the ORM, whose PROTECT would refuse."""
    rows = model._base_manager.filter(**{getattr(model, "FORUM_PATH", "forum"): forum})
    for field in model._meta.local_many_to_many:
        through = field.remote_field.through
        through._base_manager.filter(Q(**{f"{field.m2m_field_name()}__in": rows}))._raw_delete(rows.db)
    keys = list(rows.values_list("pk", flat=True))
    for start in range(0, len(keys), 500):
        model._base_manager.filter(pk__in=keys[start : start + 500])._raw_delete(rows.db)


# The lists of a forum's setup, in the order in which they point at each other, and how each names its parent.
LISTS: tuple[tuple[str, type[Any], dict[str, str]], ...] = (
    ("languages", models.ForumLanguage, {}),
    ("zones", models.Zone, {}),
    ("regions", models.Region, {"zone": "zones"}),
    ("families", models.Family, {}),
    ("capacities", models.Capacity, {"family": "families"}),
    ("themes", models.Theme, {}),
    ("topics", models.Topic, {}),
    ("factors", models.Factor, {}),
    ("addressees", models.Addressee, {}),
    ("delegations", models.Delegation, {}),
    ("partners", models.Partner, {}),
)


def set_up(forum: Forum, setup: Mapping[str, list[dict[str, Any]]], *, by: Seat) -> None:
    """Write the lists of a forum's setup from plain data, all or none; a row names its parent by code."""
    rows: dict[str, dict[str, Any]] = {}
    with transaction.atomic():
        for name, model, parents in LISTS:
            rows[name] = {}
            for order, facts in enumerate(setup.get(name, [])):
                named = {field: rows[parent][facts[field]] for field, parent in parents.items()}
                row = model(forum=forum, order=order, **{**facts, **named})
                row.full_clean()
                row.save(force_insert=True)
                rows[name][row.code] = row
        for order, facts in enumerate(setup.get("help_contacts", [])):
            region = rows["regions"][facts["region"]] if facts.get("region") else None
            contact = models.HelpContact(forum=forum, order=order, **{**facts, "region": region})
            contact.full_clean()
            contact.save(force_insert=True)
        record(forum, by=by, verb="set_up")
