"""Who did what, when and why: to be read, never changed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from declarations.models import HistoryEntry

from .scope import ForumAdmin

# What each recorded verb is called on the page.
VERBS = {
    "add": _("added"),
    "add_clause": _("added a clause"),
    "add_holder": _("gave the key to one more person"),
    "add_member": _("added a participant"),
    "add_section": _("added a section"),
    "add_source": _("named a source"),
    "adopt": _("adopted"),
    "agree": _("agreed"),
    "amend_in_plenary": _("amended in plenary"),
    "answer": _("recorded an answer"),
    "approve_wording": _("approved the wording"),
    "arrive": _("noted the arrival"),
    "clear_excerpt": _("cleared a sentence"),
    "close_account": _("closed the account"),
    "complete": _("completed"),
    "compose": _("composed"),
    "create": _("created"),
    "delete": _("deleted"),
    "draft": _("drafted"),
    "drop_source": _("took a source away"),
    "edit": _("changed"),
    "edit_draft": _("changed the draft"),
    "erase_rehearsal": _("erased the rehearsal"),
    "fall_below_the_minimum": _("fell below the minimum"),
    "freeze": _("froze the text"),
    "give_link": _("gave a link"),
    "give_seat": _("gave a seat"),
    "go_live": _("went live"),
    "ground": _("said what it rests on"),
    "hand_in": _("handed in"),
    "head_section": _("changed a heading"),
    "leave": _("took the arrival back"),
    "make_key": _("made the key"),
    "make_proof": _("made a proof"),
    "make_version": _("made a version"),
    "mark_as_demonstration": _("marked as a demonstration"),
    "mark_late": _("marked as late"),
    "merge": _("merged"),
    "move_clause": _("moved a clause"),
    "move_section": _("moved a section"),
    "new_card": _("made a new card"),
    "plan_session": _("planned a session"),
    "promise": _("recorded a promise"),
    "propose": _("proposed"),
    "propose_excerpt": _("proposed a sentence"),
    "publish": _("published"),
    "publish_excerpt": _("published a sentence"),
    "read": _("read"),
    "reconsider": _("took it up again"),
    "record_delivery": _("recorded a delivery"),
    "refuse": _("refused"),
    "register": _("registered"),
    "reject": _("did not keep it"),
    "remove_clause": _("took a clause out"),
    "remove_holder": _("took the key from a person"),
    "remove_member": _("took a participant out"),
    "remove_section": _("took a section out"),
    "reopen": _("took the decision back"),
    "report": _("recorded a report"),
    "rest_on": _("added a testimony"),
    "retitle": _("changed the title"),
    "return_to_drafting": _("returned to drafting"),
    "review": _("reviewed"),
    "revise": _("worded it otherwise"),
    "revoke_seat": _("took the seat back"),
    "reword": _("changed the words"),
    "save_minutes": _("saved the minutes"),
    "send_for_review": _("sent the text for review"),
    "send_to_review": _("sent to review"),
    "set_addressees": _("set the addressees"),
    "set_aside": _("set aside"),
    "set_password": _("set a new password"),
    "set_up": _("set up"),
    "start": _("began the text"),
    "summarise": _("summarised"),
    "take_back": _("took it back"),
    "test_recovery": _("tested the recovery code"),
    "turn_down": _("turned the proof down"),
    "unground": _("took a ground away"),
    "withdraw": _("withdrew"),
    "withdraw_excerpt": _("withdrew a sentence"),
    "word": _("wrote a wording"),
    "word_clause": _("worded a clause"),
}


def verb_name(verb: str) -> str:
    """Return what a recorded verb is called: "set aside"."""
    return str(VERBS.get(verb, verb.replace("_", " ")))


class VerbFilter(admin.SimpleListFilter):
    title = _("verb")
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        verbs = model_admin.get_queryset(request).order_by().values_list("verb", flat=True).distinct()
        return sorted(((verb, verb_name(verb)) for verb in verbs), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        return queryset.filter(verb=self.value()) if self.value() else queryset  # type: ignore[no-any-return]


@admin.register(HistoryEntry)
class HistoryAdmin(ForumAdmin):
    word = "history"
    sees = "declarations.see_history"
    list_display = ["number", "at", "seat_name", "did", "what", "reason"]
    list_filter = [VerbFilter]
    ordering = ["-number"]
    fields = ["number", "at", "seat_name", "did", "what", "from_state", "to_state", "reason", "digest"]
    readonly_fields = ["did", "what"]

    @admin.display(description=_("what was done"), ordering="verb")
    def did(self, entry: HistoryEntry) -> str:
        return verb_name(entry.verb)

    @admin.display(description=_("to what"))
    def what(self, entry: HistoryEntry) -> str:
        """The kind and the key of the row, never its words."""
        model = ContentType.objects.get_for_id(entry.content_type_id).model_class()
        return f"{model._meta.verbose_name if model else ''} {entry.object_id}"
