"""Receipt cards and paper forms are printed, and given up when they are lost (M4).

A sheet is handed over once, in the answer to the form that asked for it: it is in no table, no folder and no cache.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from declarations import counting, sealing
from declarations.forms.papers import GiveUp, PrintCards
from declarations.forms.sheets import PrintForms, words_of
from declarations.models import CardBatch, Forum, Seat
from declarations.publishing import sheets
from declarations.publishing.as_pdf import TypesettingFailed
from declarations.workflow import cards
from declarations.workflow.moves import Refused

from .scope import ForumAdmin
from .verbs import Handed, Verb

PRINTS, VOIDS = "declarations.print_card", "declarations.void_card"
PDF = "application/pdf"


def print_cards(_row: None, *, by: Seat, size: int) -> Handed:
    """Draw, set, and only then store: where no sheet can be made, no card is left behind."""
    forum = by.forum
    blanks = cards.drawn(forum, size)
    sheet = typeset(
        lambda: sheets.cards(next_number(forum), [on_paper(blank) for blank in blanks], mark=mark_of(forum))
    )
    cards.print_batch(forum, by=by, blanks=blanks)
    return Handed(sheet, sheets.FILE_NAME, PDF)


def print_forms(_row: None, *, by: Seat, size: int, language: str) -> Handed:
    forum, kind = by.forum, CardBatch.Kind.FORMS
    blanks = cards.drawn(forum, size, kind=kind)
    rows, words = [on_paper(blank) for blank in blanks], words_of(forum, language)
    sheet = typeset(lambda: sheets.forms(next_number(forum), rows, words, mark=mark_of(forum)))
    cards.print_batch(forum, by=by, blanks=blanks, kind=kind, language=language)
    return Handed(sheet, sheets.FILE_NAME, PDF)


def typeset(make: Any) -> bytes:
    try:
        return bytes(make())
    except TypesettingFailed:
        # Its message could hold what stands on the sheet.
        raise Refused(_("The sheet could not be made. Nothing was printed and nothing is kept; try again.")) from None


def on_paper(blank: cards.Blank) -> sheets.Card:
    first, second = sealing.format_receipt(blank.receipt).split(" · ")
    return sheets.Card(sealing.format_serial(blank.serial), (first, second), blank.code)


def next_number(forum: Forum) -> int:
    """The number that the batch will most likely have; it stands in the margin, to sort sheets by."""
    last = CardBatch.objects.filter(forum=forum).order_by("-number").first()
    return last.number + 1 if last else 1


def mark_of(forum: Forum) -> str:
    return str(forum.get_mode_display()) if forum.is_marked else ""


def void(batch: CardBatch, *, by: Seat, reason: str, serials: list[str]) -> None:
    cards.void(batch, by=by, reason=reason, serials=serials)


@admin.register(CardBatch)
class CardBatchAdmin(ForumAdmin):
    word = "testimonies"
    sees = PRINTS
    list_display = ["number", "kind", "size", "printed_on", "printed_by", "left", "voided_on"]
    list_filter = ["kind"]
    list_select_related = ["printed_by", "forum"]
    fields = ["number", "kind", "size", "printed_on", "printed_by", "left", "voided_on"]
    readonly_fields = ["left"]
    list_verbs = (
        Verb(
            "cards",
            gettext_lazy("Print receipt cards"),
            gettext_lazy(
                "The file comes once, in the answer to this page, and is not kept. Print it on one side, then delete "
                "it and empty the bin. Cut along the full lines and fold each card once along the dashed line: the two "
                "numbers lie inside, the short one stays in sight. One person does this, alone. If the file does not "
                "arrive, give the batch up and print another."
            ),
            PRINTS,
            print_cards,
            PrintCards,
        ),
        Verb(
            "forms",
            gettext_lazy("Print paper forms"),
            gettext_lazy(
                "The file comes once, in the answer to this page, and is not kept. Each form has four pages, its "
                "number on each, and a code that locks what is typed. The cards are on the last sheets: cut and fold "
                "them, and put each with the form of the same number. Then delete the file and empty the bin."
            ),
            PRINTS,
            print_forms,
            PrintForms,
        ),
    )
    verbs = (
        Verb(
            "void",
            gettext_lazy("Give cards up"),
            gettext_lazy(
                "What was lost or seen by others works no more. A card that was used stays good: what was told with it "
                "can still be taken back with its numbers."
            ),
            VOIDS,
            void,
            GiveUp,
            when=lambda batch: batch.voided_on is None,
            done=gettext_lazy("The cards are given up."),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return counting.with_given_up(super().get_queryset(request))

    @admin.display(description=gettext_lazy("surely left"))
    def left(self, batch: CardBatch) -> str:
        """Less than there are, on purpose: an exact number would count the testimonies (M7)."""
        return str(counting.at_least_left(batch))
