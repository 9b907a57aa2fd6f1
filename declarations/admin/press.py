"""The press: proofs that wait for a second organiser, and the editions with their files.

Publishing renders every file before its one short transaction; no view here opens one around it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.translation import get_language, gettext_lazy, ngettext, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from declarations.admin.doors import allows, ask, desk, typed
from declarations.admin.drafting.desk import desk_links
from declarations.admin.drafting.differences import marked
from declarations.admin.drafting.whole import cure_of, declaration_of
from declarations.admin.verbs import Verb, perform
from declarations.forms.asked import Reason
from declarations.forms.press import NewProof, Publishing
from declarations.models import Adoption, Clause, Declaration, Edition, EditionFile, Kind, Proof, Seat, Section
from declarations.models.texts import in_language
from declarations.publishing import FORMATS
from declarations.publishing.as_html import POLICY
from declarations.publishing.as_pdf import TypesettingFailed
from declarations.publishing.snapshot import Change, UnfitSnapshot, control_code, from_bytes
from declarations.views.unlocking import private_typed
from declarations.workflow import declarations as text
from declarations.workflow import editions
from declarations.workflow.manifests import signing_holding
from declarations.workflow.moves import IllegalMove, Refused
from declarations.workflow.refusals import Refusal, faults, shut_sentences, unchanged
from declarations.workflow.snapshots import chosen_languages, text_as_it_stands

HERE = "<!-- here -->"  # where the lines stand in the page of publishing
MAKES, CONFIRMS = "declarations.make_proof", "declarations.confirm_proof"


def urls(site: AdminSite) -> list[URLPattern]:
    """Return the addresses of the press, each behind the sign-in of the admin site."""
    inside = site.admin_view
    return [
        path("press/", inside(press), name="press"),
        path("press/proof/", inside(proof_make), name="proof-make"),
        path("press/proof/<int:pk>/<slug:language>/", inside(proof_read), name="proof-read"),
        path("press/proof/<int:pk>/act/publish/", inside(proof_publish), name="proof-publish"),
        path("press/proof/<int:pk>/act/turn-down/", inside(proof_turn_down), name="proof-turn-down"),
        path("press/edition/<int:number>/verify/", inside(edition_verify), name="edition-verify"),
    ]


@dataclass
class Became:
    """What became of one clause, both sides as one text, and where it stands: empty where it was taken out."""

    change: Change
    where: str
    label: str
    texts: list[tuple[str, Any]]


LABELS = {
    "added": gettext_lazy("added"),
    "reworded": gettext_lazy("worded otherwise"),
    "translated": gettext_lazy("translated"),
    "moved": gettext_lazy("moved"),
    "removed": gettext_lazy("taken out"),
}


# Read


@desk(MAKES)
def press(request: HttpRequest) -> HttpResponse:
    return show(request)


def show(
    request: HttpRequest, form: NewProof | None = None, publishing: Publishing | None = None, status: int = 200
) -> HttpResponse:
    """Show the waiting proof, what another edition would hold, and the editions so far."""
    seat: Any = request.seat  # type: ignore[attr-defined]
    row = declaration_of(request)
    context: dict[str, Any] = {
        "forum": row.forum if row else seat.forum,
        "seat": seat,
        "desk_links": desk_links(request, "press"),
        "declaration": row,
    }
    if publishing is not None:
        # It comes back because something is wrong, far below the first screen of a telephone.
        publishing.fields["passphrase"].widget.attrs["autofocus"] = True
    if row is not None:
        context |= read(request, row)
        if context["may_publish"]:
            context |= {"publishing": publishing or Publishing(seat=seat), "cannot_sign": why_not_signed(row, seat)}
        if context["proof"] is None and context["is_ready"] and not context["unchanged"]:
            context["form"] = form or form_of(request, row, context["published"])
    return render(request, "declarations/press/press.html", context, status=status)


def read(request: HttpRequest, row: Declaration) -> dict[str, Any]:
    names = names_of(row.forum)
    published = list(editions_of(row))
    proof = row.proofs.filter(state=Proof.State.AWAITING).select_related("made_by", "declaration__forum").first()
    adoption = text.adoption_of(row)
    is_ready = adoption is not None and row.state == Declaration.State.ADOPTED
    places = list(text.places(row))
    gaps = text.missing_at(places, row.forum.written_languages())
    stands = text_as_it_stands(row)
    same = None
    if is_ready and Kind.ERRATUM in kinds_of(row, published):
        same = unchanged(stands, editions.snapshot_of(published[0]))
    since_last = editions.changes_since(published[0], stands) if published else ()
    first = next((edition for edition in published[::-1] if adoption and edition.adoption_id == adoption.pk), None)
    since_adoption = editions.changes_since_adoption(adoption, first, stands) if adoption else ()
    where = {one.identifier: place for place, one, _in in places if isinstance(one, Clause)}
    return {
        "proof": proof,
        "proof_code": control_code(proof.digest) if proof else "",
        "proof_languages": [(code, names.get(code, code)) for code in from_bytes(bytes(proof.snapshot)).languages]
        if proof
        else [],
        "may_publish": bool(proof) and allows(request, CONFIRMS, proof),
        "adoption": adoption,
        "is_ready": is_ready,
        "has_moved": adoption is not None and adoption.version.digest != text.words_digest(row),
        "since_adoption": became(since_adoption, names, where),
        "changes": became(since_last, names, where),
        "is_the_same": since_adoption == since_last,
        "gaps": [
            (name, [(gap.place, cure_of(gap.row)) for gap in gaps if code in gap.languages])
            for code, name in names.items()
            if any(code in gap.languages for gap in gaps)
        ],
        "faults": cured(faults(row, stands)),
        "shut": cured(shut_sentences(row)),
        "unchanged": cured([same])[0] if same else None,
        "published": published,
        "names": names,
        "formats": {extension: in_language(kind.label, get_language() or "fr") for extension, kind in FORMATS.items()},
        "public_url": public_url(row, published[0].number) if published else "",
    }


def cured(refusals: list[Refusal]) -> list[tuple[str, str, str]]:
    """Return the place and the reason of each, with the page on which it is put right."""
    return [(place, reason, cured_at(row)) for place, reason, row in refusals]


def cured_at(row: Any) -> str:
    """Return the page on which a refused place is put right: of a row, of a list, or of the title (None)."""
    if isinstance(row, type):
        name = "drafting-desk" if row in (Adoption, Clause) else f"declarations_{row._meta.model_name}_changelist"  # type: ignore[attr-defined]
        return reverse(f"admin:{name}")
    if row is None or isinstance(row, Clause | Section):
        return cure_of(row)
    return reverse(f"admin:declarations_{row._meta.model_name}_change", args=[row.pk])


def why_not_signed(row: Declaration, seat: Seat) -> str:
    """Return why the seat cannot sign an edition; empty where it holds the key."""
    try:
        signing_holding(row.forum, by=seat)
    except Refused as refusal:
        return str(refusal.args[0])
    return ""


def names_of(forum: Any) -> dict[str, str]:
    """The written languages by code, in the language of the page."""
    return {row.code: in_language(row.label, get_language() or "fr") for row in forum.languages.all() if row.is_written}


def editions_of(row: Declaration) -> Any:
    # The last snapshot alone is read, for what changed since.
    rows = Edition.objects.filter(declaration=row).latest_first().without_snapshot()
    files = EditionFile.objects.without_content()
    return rows.select_related("made_by", "confirmed_by").prefetch_related(Prefetch("files", files))


def became(changes: Sequence[Change], names: dict[str, str], where: dict[str, str]) -> list[Became]:
    found = []
    for change in changes:
        before, after = change.before or {}, change.after or {}
        texts = [
            (code, marked(before.get(code, ""), after.get(code, "")))
            for code in names
            if before.get(code) != after.get(code)
        ]
        label = str(LABELS.get(change.kind, change.kind))
        found.append(Became(change, where.get(change.identifier, ""), label, texts))
    return found


def public_url(row: Declaration, number: int) -> str:
    """Return the public page of an edition; empty while there is none."""
    try:
        return reverse("edition-detail", args=[row.forum.slug, number])
    except NoReverseMatch:
        return ""


def form_of(request: HttpRequest, row: Declaration, published: list[Edition]) -> NewProof:
    """The form of a proof with the kinds that the workflow will take."""
    begun = chosen_languages(row, None)
    return NewProof(
        typed(request),
        row=row,
        seat=request.seat,  # type: ignore[attr-defined]
        kinds=kinds_of(row, published),
        begun=begun,
    )


def kinds_of(row: Declaration, published: list[Edition]) -> list[str]:
    if not published:
        return [Kind.ADOPTED]
    adoption = text.adoption_of(row)
    if adoption is not None and published[0].adoption_id != adoption.pk:
        return [Kind.READOPTED]
    return [Kind.TRANSLATION, Kind.ERRATUM]


@desk(MAKES)
def proof_read(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """The proof as its page will look, from its own snapshot; its one style is allowed by its hash, and no script."""
    snapshot = from_bytes(bytes(proof_of(request, pk).snapshot))
    if language not in snapshot.languages:
        raise Http404
    response = HttpResponse(FORMATS["html"].render(snapshot, language), content_type=FORMATS["html"].content_type)
    response["Content-Security-Policy"] = f"{POLICY}; frame-ancestors 'none'"
    response["X-Robots-Tag"] = "noindex"
    return response


def proof_of(request: HttpRequest, pk: int) -> Proof:
    rows = Proof.objects.filter(declaration__forum=request.seat.forum)  # type: ignore[attr-defined]
    return get_object_or_404(rows.select_related("declaration__forum", "made_by"), pk=pk)


# Do


@require_POST
@desk(MAKES)
def proof_make(request: HttpRequest) -> HttpResponse:
    row = declaration_of(request)
    if row is None:
        raise Http404
    seat = ask(request, MAKES, row)
    try:
        form = form_of(request, row, list(editions_of(row)))
        if not form.is_valid():
            return show(request, form, status=422)
        editions.make_proof(row, by=seat, **form.cleaned_data)
    except (Refused, UnfitSnapshot) as refusal:
        messages.error(request, str(refusal.args[0]))
    else:
        messages.success(request, _("The proof is made. Another organiser reads it and publishes it."))
    return redirect("admin:press")


@never_cache
@sensitive_post_parameters("passphrase")
@require_POST
@desk(MAKES)
def proof_publish(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Publish what the proof shows, signed with the passphrase of whoever does; whoever made it may not.

    The answer is a page that says each file as soon as it is made; what is refused before the first, the press says.
    """
    proof = proof_of(request, pk)
    seat = ask(request, CONFIRMS, proof)
    form = Publishing(typed(request), row=proof, seat=seat)
    # For what is published or turned down already no key is opened: the verb says so.
    private = private_typed(request, form) if proof.state == Proof.State.AWAITING else b""
    if private is None:
        return show(request, publishing=form, status=422)
    steps = editions.in_steps(proof, by=seat, private=private)
    try:
        next(steps)
    except Refused as refusal:
        messages.error(request, str(refusal.args[0]))
        return redirect("admin:press")
    # No thread is needed to tell of the work: the page is taken piece by piece, and the work goes on meanwhile.
    response = StreamingHttpResponse(pieces(request, proof, steps, get_language() or "fr"))
    response["X-Accel-Buffering"] = "no"  # neither nginx nor forum.waiting holds the pieces back
    return response


def pieces(request: HttpRequest, proof: Proof, steps: Iterator[editions.Step], language: str) -> Iterator[str]:
    """Yield the page of publishing: its beginning at once, a line a file, what became of it, and its end."""
    with override(language):
        seat: Any = request.seat  # type: ignore[attr-defined]
        context = {"forum": seat.forum, "seat": seat, "desk_links": desk_links(request, "press"), "here": HERE}
        begin, end = render_to_string("declarations/press/publishing.html", context, request).split(HERE)
        yield begin
        edition, refusal = None, ""
        try:
            for step in steps:
                edition = step.edition
                if step.name:
                    yield render_to_string("declarations/press/_made.html", {"step": step})
        except Exception as failure:
            refusal = why_not_published(failure)
        url = public_url(proof.declaration, edition.number) if edition else ""
        yield render_to_string(
            "declarations/press/_published.html", {"edition": edition, "refusal": refusal, "public_url": url}
        )
        yield end


def why_not_published(failure: Exception) -> str:
    """Return why nothing was published; the page has begun, so no other can be shown in its place."""
    if isinstance(failure, Refused):
        return str(failure.args[0])
    if isinstance(failure, IllegalMove):
        return _("Somebody was faster than you. Look at how it stands now, then try again.")
    if isinstance(failure, TypesettingFailed):
        return _("The PDF could not be set: %(place)s") % {"place": failure}
    logging.getLogger("django.request").error("500 in proof-publish", exc_info=failure)
    return _("Something went wrong here. Try again; if it happens again, tell whoever runs this site.")


def turn_down(row: Proof, *, by: Seat, reason: str) -> None:
    editions.turn_down(row, by=by, reason=reason)


TURN_DOWN = Verb(
    "turn_down",
    gettext_lazy("Turn the proof down"),
    gettext_lazy("Nothing is published. The reason stays in the history, and another proof can be made."),
    MAKES,
    turn_down,
    Reason,
    when=lambda row: row.state == Proof.State.AWAITING,
    done=gettext_lazy("The proof is turned down."),
)


@desk(MAKES)
def proof_turn_down(request: HttpRequest, pk: int) -> HttpResponse:
    template = "declarations/drafting/act.html"
    return perform(request, TURN_DOWN, proof_of(request, pk), back=reverse("admin:press"), template=template)


@require_POST
@desk(MAKES)
def edition_verify(request: HttpRequest, number: int) -> HttpResponse:
    """Count everything of a stored edition again, and say what does not agree."""
    rows = Edition.objects.for_seat(request.seat).select_related("declaration__forum", "adoption__version")  # type: ignore[attr-defined]
    edition = get_object_or_404(rows, number=number)
    if problems := editions.verify(edition):
        n = len(problems)
        said = ngettext(
            "Edition %(number)d: %(n)d thing does not agree.", "Edition %(number)d: %(n)d things do not agree.", n
        )
        messages.error(request, " ".join([said % {"number": number, "n": n}, *problems]))
    else:
        said = _("Edition %(number)d is whole: every file, digest and word is what was published.")
        messages.success(request, said % {"number": number})
    return redirect(f"{reverse('admin:press')}#edition-{number}")
