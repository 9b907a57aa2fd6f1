"""What a group asks for: drafted, handed in, reviewed, and decided in sight; the first words stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from declarations import sealing
from declarations.models import (
    Addressee,
    Declaration,
    Finding,
    Forum,
    Ground,
    Group,
    Participant,
    Recommendation,
    RecommendationWording,
    Region,
    Relation,
    Review,
    Seat,
    Session,
    Support,
    Theme,
)
from declarations.models.texts import in_language

from . import texts
from .moves import Refused, checked_revision, locked, move, record
from .texts import check_of_forum, checked, checked_choice, checked_language, checked_texts, items_of, write_wording

State = Recommendation.State
DECIDED = (State.ADOPTED, State.SET_ASIDE)
LONGEST_REASON = 400


# Drafting


def draft(group: Group, *, by: Seat, words: str, language: str) -> Recommendation:
    """Write a draft; its number, the next of the forum, is its own from the beginning."""
    words = checked(words, field="words")
    language = checked_language(group.forum, language)
    with transaction.atomic():
        return _draft(group, by, words, language)


def draft_pasted(group: Group, *, by: Seat, text: str, language: str) -> list[Recommendation]:
    """Write one draft for each item of a pasted list, all of them or none."""
    items = [checked(item, field="text") for item in items_of(text)]
    if not items:
        raise ValidationError({"text": _("There are no words here yet.")}, code="required")
    language = checked_language(group.forum, language)
    with transaction.atomic():
        return [_draft(group, by, words, language) for words in items]


def _draft(group: Group, by: Seat, words: str, language: str) -> Recommendation:
    Forum.objects.select_for_update().get(pk=group.forum_id)
    last = Recommendation.objects.filter(forum=group.forum_id).aggregate(last=Max("number"))["last"] or 0
    row = Recommendation.objects.create(
        forum=group.forum, group=group, number=last + 1, handed_in_words=words, handed_in_language=language
    )
    record(row, by=by, verb="draft")
    return row


def edit_draft(recommendation: Recommendation, *, by: Seat, words: str, revision: int) -> Recommendation:
    """Change the words of a draft; once handed in, they stay as they are."""
    words = checked(words, field="words")
    with transaction.atomic():
        fresh = checked_revision(recommendation, revision)
        if fresh.state != State.DRAFT:
            raise Refused(_("This was handed in, and the words as handed in stay. Write a final wording instead."))
        fresh.handed_in_words = words
        fresh.revision += 1
        fresh.save(update_fields=["handed_in_words", "revision"])
        record(fresh, by=by, verb="edit_draft")
    recommendation.refresh_from_db()
    return fresh


def hand_in(recommendation: Recommendation, *, by: Seat) -> None:
    """Hand in: group and words are enough; everything else may follow."""
    move(recommendation, State.HANDED_IN, by=by, verb="hand_in", handed_in_at=timezone.now(), handed_in_by=by)


def complete(
    recommendation: Recommendation,
    *,
    by: Seat,
    revision: int,
    themes: Iterable[Theme] = (),
    addressees: Iterable[Addressee] = (),
    regions: Iterable[Region] = (),
    level: str = "",
    horizon: str = "",
    reason: str = "",
    minority_view: str = "",
) -> Recommendation:
    """Say to whom it is addressed, where, by when and why, until it is decided."""
    themes, addressees, regions = list(themes), list(addressees), list(regions)
    check_of_forum(recommendation.forum, *themes, *addressees, *regions)
    checked_choice(level, Recommendation.Level, field="level", is_required=False)
    checked_choice(horizon, Recommendation.Horizon, field="horizon", is_required=False)
    reason = checked(reason, field="reason", is_required=False)
    minority_view = checked(minority_view, field="minority_view", is_required=False)
    with transaction.atomic():
        fresh = checked_revision(recommendation, revision)
        _check_undecided(fresh)
        fresh.level, fresh.horizon, fresh.reason, fresh.minority_view = level, horizon, reason, minority_view
        fresh.revision += 1
        fresh.save(update_fields=["level", "horizon", "reason", "minority_view", "revision"])
        fresh.themes.set(themes)
        fresh.addressees.set(addressees)
        fresh.regions.set(regions)
        record(fresh, by=by, verb="complete")
    recommendation.refresh_from_db()
    return fresh


def _check_undecided(recommendation: Recommendation) -> None:
    if recommendation.state in DECIDED:
        raise Refused(_("This recommendation is decided. Reopen it first."))


# Wordings


def word(recommendation: Recommendation, *, by: Seat, language: str, text: str) -> None:
    """Write the final wording in one language; of what is adopted only translations may still be written."""
    text = checked(text, field="text")
    language = checked_language(recommendation.forum, language)
    with transaction.atomic():
        fresh = locked(recommendation)
        if language in fresh.forum.authentic_languages():
            _check_undecided(fresh)
        if write_wording(fresh, by=by, language=language, text=text):
            record(fresh, by=by, verb="word")


def approve_wording(wording: RecommendationWording, *, by: Seat) -> None:
    """Approve the words as they were read: another person than wrote them."""
    texts.approve(wording, by=by)


def revise(recommendation: Recommendation, *, by: Seat, language: str, text: str, reason: str) -> None:
    """Write another wording after the reviews, and say why."""
    text = checked(text, field="text")
    reason = checked(reason, field="reason")
    language = checked_language(recommendation.forum, language)
    with transaction.atomic():
        fresh = locked(recommendation)
        write_wording(fresh, by=by, language=language, text=text)
        if fresh.state == State.REVISED:
            record(fresh, by=by, verb="revise", reason=reason)
        else:
            move(fresh, State.REVISED, by=by, verb="revise", reason=reason)
    recommendation.refresh_from_db(fields=["state"])


# What it rests on


def ground(
    recommendation: Recommendation,
    *,
    by: Seat,
    finding: Finding | None = None,
    session: Session | None = None,
    document: str = "",
    kind: str = Ground.Kind.RESTS_ON,
    reason: str = "",
) -> Ground:
    """Say what the recommendation rests on, or what qualifies it: a finding, a session or a document, one of them."""
    document = checked(document, field="document", longest=300, is_required=False)
    reason = checked(reason, field="reason", longest=LONGEST_REASON, is_required=False)
    checked_choice(kind, Ground.Kind, field="kind")
    if sum(1 for thing in (finding, session, document) if thing) != 1:
        raise ValidationError({"finding": _("Name one thing: a finding, a session or a document.")})
    if finding is not None:
        check_of_forum(recommendation.forum, finding)
        if finding.state == Finding.State.DRAFT:
            raise Refused(_("This finding is not agreed yet."))
    if session is not None:
        check_of_forum(recommendation.forum, session.group)
    with transaction.atomic():
        row, _is_new = Ground.objects.update_or_create(
            recommendation=recommendation,
            finding=finding,
            session=session,
            document=document,
            defaults={"kind": kind, "reason": reason},
        )
        record(recommendation, by=by, verb="ground")
    return row


def unground(ground: Ground, *, by: Seat) -> None:
    """Take back that the recommendation rests on this."""
    with transaction.atomic():
        ground.delete()
        record(ground.recommendation, by=by, verb="unground")


# Reviewing


def send_to_review(recommendation: Recommendation, *, by: Seat) -> None:
    move(recommendation, State.IN_REVIEW, by=by, verb="send_to_review")


def review(
    recommendation: Recommendation,
    *,
    by: Seat,
    verdict: str,
    clarity: int,
    feasibility: int,
    urgency: int,
    comment: str = "",
) -> Review:
    """Give a review, or change one's own, until the recommendation is decided."""
    scores = {"clarity": clarity, "feasibility": feasibility, "urgency": urgency}
    checked_choice(verdict, Review.Verdict, field="verdict")
    comment = checked(comment, field="comment", is_required=False)
    if wrong := {name: [_("From 1 to 5.")] for name, score in scores.items() if score not in range(1, 6)}:
        raise ValidationError(wrong)
    with transaction.atomic():
        fresh = locked(recommendation)
        if fresh.state not in (State.HANDED_IN, State.IN_REVIEW, State.REVISED):
            raise Refused(_("This recommendation is not open to reviews."))
        row, _is_new = Review.objects.update_or_create(
            recommendation=fresh,
            seat=by,
            defaults={"verdict": verdict, "comment": comment, "given_at": timezone.now(), **scores},
        )
        if fresh.state == State.HANDED_IN:
            move(fresh, State.IN_REVIEW, by=by, verb="review")
        else:
            record(fresh, by=by, verb="review")
    recommendation.refresh_from_db(fields=["state"])
    return row


# Deciding


def adopt(recommendation: Recommendation, *, by: Seat, reason: str = "") -> None:
    """Adopt; where nobody worded it since, the words as handed in are the wording.

    Refused where no wording is in an authentic language.
    """
    reason = checked(reason, field="reason", is_required=False)
    forum = recommendation.forum
    with transaction.atomic():
        fresh = locked(recommendation)
        authentic = forum.authentic_languages() or [fresh.handed_in_language]
        worded = set(fresh.wordings.values_list("language", flat=True))
        if not worded & set(authentic):
            if fresh.handed_in_language not in authentic:
                raise Refused(_("Word it first in an authentic language: %(which)s.") % {"which": ", ".join(authentic)})
            write_wording(
                fresh, by=fresh.handed_in_by or by, language=fresh.handed_in_language, text=fresh.handed_in_words
            )
        decided = {"decided_on": forum.today(), "decision_reason": {}}
        move(fresh, State.ADOPTED, by=by, verb="adopt", reason=reason, **decided)
    recommendation.refresh_from_db()


def set_aside(recommendation: Recommendation, *, by: Seat, reason: Mapping[str, str]) -> None:
    """Set aside; what was not kept stays in sight, with the reason."""
    reason = checked_texts(reason, field="reason")
    _set_aside(recommendation, by, reason, "set_aside")


def _set_aside(recommendation: Recommendation, by: Seat, reason: dict[str, str], verb: str) -> None:
    forum = recommendation.forum
    first = in_language(reason, *(forum.authentic_languages() or [""]))
    decided = {"decided_on": forum.today(), "decision_reason": reason}
    move(recommendation, State.SET_ASIDE, by=by, verb=verb, reason=first, **decided)


def merge(recommendation: Recommendation, into: Recommendation, *, by: Seat, reason: Mapping[str, str]) -> Relation:
    """Merge into another one; neither is destroyed, and the first one says where it went."""
    check_of_forum(recommendation.forum, into)
    reason = checked_texts(reason, field="reason", longest=LONGEST_REASON)
    if recommendation.pk == into.pk:
        raise Refused(_("A recommendation is not merged into itself."))
    with transaction.atomic():
        other = locked(into)
        if other.state in (State.SET_ASIDE, State.DRAFT):
            raise Refused(_("Merge into one that is still on the road."))
        _set_aside(recommendation, by, reason, "merge")
        row, _is_new = Relation.objects.get_or_create(
            recommendation=recommendation,
            other=other,
            kind=Relation.Kind.MERGED_INTO,
            defaults={"reason": in_language(reason, *(recommendation.forum.authentic_languages() or [""]))},
        )
    return row


def reopen(recommendation: Recommendation, *, by: Seat, reason: str) -> None:
    """Take a decision back; refused while a fixed text of the declaration stands on it."""
    reason = checked(reason, field="reason")
    fixed = (Declaration.State.FROZEN, Declaration.State.ADOPTED)
    if recommendation.sources.filter(clause__section__declaration__state__in=fixed).exists():
        raise Refused(_("The declaration rests on this recommendation, and its words are fixed."))
    if recommendation.state not in DECIDED:
        raise Refused(_("This recommendation is not decided yet."))
    with transaction.atomic():
        move(recommendation, State.IN_REVIEW, by=by, verb="reopen", reason=reason, decided_on=None, decision_reason={})
        recommendation.relations.filter(kind=Relation.Kind.MERGED_INTO).delete()


# Where participants stand


def take_stand(recommendation: Recommendation, *, by: Seat, participant: Participant, stance: str) -> Support:
    """Say where a participant stands, once, replacing what they said before; who it was is a keyed hash (M3)."""
    check_of_forum(recommendation.forum, participant)
    checked_choice(stance, Support.Stance, field="stance")
    if recommendation.state == State.DRAFT:
        raise Refused(_("This recommendation is not handed in yet."))
    # The recommendation is part of what is hashed, so that two stances of one person do not show as one person's.
    holder = sealing.keyed_hash(settings.PEPPER, "support", str(recommendation.pk), str(participant.pk)).hex()
    with transaction.atomic():
        row, _is_new = Support.objects.update_or_create(
            recommendation=recommendation,
            holder=holder,
            defaults={"stance": stance, "region": participant.region, "capacity": participant.capacity},
        )
    return row
