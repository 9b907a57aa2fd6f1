"""The stages from the recommendations on: what is decided, written, published and answered."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from declarations.models import (
    Amendment,
    Clause,
    Commitment,
    Declaration,
    ForumLanguage,
    Proof,
    Recommendation,
    Response,
    Seat,
)
from declarations.permissions import may

from .parts import Stage, Step, Wait, if_any, link, listed, stage


def read_recommendations(seat: Seat) -> Stage:
    State = Recommendation.State
    rows = Recommendation.objects.filter(forum=seat.forum)
    found = rows.aggregate(
        draft=Count("pk", filter=Q(state=State.DRAFT)),
        adopted=Count("pk", filter=Q(state=State.ADOPTED)),
        aside=Count("pk", filter=Q(state=State.SET_ASIDE)),
    )
    unread, undecided = rows.awaiting_review().count(), rows.awaiting_decision().count()
    shown = listed("recommendation")
    waits = [
        Wait(_("%(adopted)d adopted, %(aside)d set aside") % found, "well", shown),
        if_any(
            unread,
            ngettext("%(n)d recommendation without a review", "%(n)d recommendations without a review", unread)
            % {"n": unread},
            "must",
            shown + "?waits=review",
        ),
        if_any(
            undecided,
            ngettext("%(n)d waits for a decision", "%(n)d wait for a decision", undecided) % {"n": undecided},
            "must",
            shown + "?waits=decision",
        ),
        if_any(
            found["draft"],
            ngettext("%(n)d draft with the groups", "%(n)d drafts with the groups", found["draft"])
            % {"n": found["draft"]},
            "",
            shown + "?state__exact=draft",
        ),
    ]
    # Where nothing waits, the list of what does would be an empty page.
    decides = bool(undecided) and may(seat, "declarations.decide_recommendation")
    step = Step(_("Decide") if decides else _("Read them"), shown + ("?waits=decision" if decides else ""))
    return stage("recommendations", shown, waits, step, done=bool(found["adopted"]) and not undecided)


def read_declaration(seat: Seat) -> Stage:
    forum, desk = seat.forum, link("drafting-desk")
    declaration = Declaration.objects.filter(forum=forum).first()
    if declaration is None:
        adopted = forum.recommendations.filter(state=Recommendation.State.ADOPTED).exists()
        begun = Wait(_("The text is not begun yet"), "must" if adopted else "", desk)
        return stage("declarations", desk, [begun], Step(_("Begin the text"), desk))
    clauses = Clause.objects.filter(section__declaration=declaration).standing()
    total = clauses.count()
    worded = dict(clauses.order_by().values_list("wordings__language").annotate(n=Count("pk", distinct=True)))
    nameless = clauses.numbered().filter(addressees=None).count()
    text = ngettext("%(n)d clause, %(state)s", "%(n)d clauses, %(state)s", total)
    waits: list[Wait | None] = [Wait(text % {"n": total, "state": declaration.get_state_display()}, "well", desk)]
    written: Any = ForumLanguage.objects.filter(forum=forum, is_written=True)
    for language in written:
        missing = total - worded.get(language.code, 0)
        text = ngettext("%(language)s: no text for %(n)d clause", "%(language)s: no text for %(n)d clauses", missing)
        waits.append(if_any(missing, text % {"language": language, "n": missing}, weight(language), desk))
    text = ngettext("%(n)d clause is addressed to nobody", "%(n)d clauses are addressed to nobody", nameless)
    waits.append(if_any(nameless, text % {"n": nameless}, "", desk))
    done = declaration.state == Declaration.State.ADOPTED
    return stage("declarations", desk, waits, Step(_("Open the text"), desk), done=done)


def weight(language: ForumLanguage) -> str:
    """A text that counts as authentic must be there; a translation may come later."""
    return "must" if language.is_authentic else ""


def read_amendments(seat: Seat) -> Stage:
    rows = Amendment.objects.filter(clause__section__declaration__forum=seat.forum)
    found = rows.aggregate(
        n=Count("pk", filter=Q(state=Amendment.State.PROPOSED)),
        decided=Count("pk", filter=~Q(state__in=[Amendment.State.PROPOSED, Amendment.State.WITHDRAWN])),
    )
    shown = listed("amendment", "?state__exact=proposed")
    text = ngettext("%(n)d amendment to decide", "%(n)d amendments to decide", found["n"])
    waits = [
        if_any(found["n"], text % found, "must", shown),
        if_any(
            found["decided"],
            ngettext("%(decided)d decided", "%(decided)d decided", found["decided"]) % found,
            "well",
            listed("amendment"),
        ),
    ]
    return stage("amendments", listed("amendment"), waits, Step(_("See the amendments"), shown), done=not found["n"])


def read_editions(seat: Seat) -> Stage:
    forum, press = seat.forum, link("press")
    declaration = Declaration.objects.filter(forum=forum).first()
    proof = Proof.objects.filter(declaration__forum=forum, state=Proof.State.AWAITING).first()
    published = declaration.editions.count() if declaration else 0
    waits = [Wait(ngettext("%(n)d published", "%(n)d published", published) % {"n": published}, "well", press)]
    if proof:
        waits.append(Wait(_("The next one waits for a second organiser"), "must", press))
    elif declaration and declaration.state == Declaration.State.ADOPTED and not published:
        waits.append(Wait(_("The adopted text is not published yet"), "must", press))
    step = Step(_("Go to press"), press) if may(seat, "declarations.make_proof") else None
    return stage("editions", listed("edition"), list(waits), step, done=bool(published) and not proof)


def read_followup(seat: Seat) -> Stage:
    forum = seat.forum
    addressed = Clause.addressees.through.objects.filter(
        clause__section__declaration__forum=forum, clause__removed_on=None
    ).count()
    answered = Response.objects.filter(clause__section__declaration__forum=forum).standing().count()
    late = (
        Commitment.objects.filter(clause__section__declaration__forum=forum)
        .open()
        .filter(due_on__lt=forum.today())
        .count()
    )
    waits = [
        if_any(
            addressed,
            _("%(answered)d of %(addressed)d answers came") % {"answered": answered, "addressed": addressed},
            "well",
            listed("response"),
        ),
        if_any(
            late,
            ngettext("%(n)d promise is past its day", "%(n)d promises are past their day", late) % {"n": late},
            "must",
            listed("commitment", "?waits=late"),
        ),
    ]
    step = Step(_("Record an answer"), link("declarations_response_add"))
    done = bool(addressed) and answered >= addressed and not late
    return stage("followup", listed("response"), waits, step, done=done)
