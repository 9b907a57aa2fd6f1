"""Who did what, when and why: to be read, never changed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from declarations.models import HistoryEntry
from declarations.workflow.moves import SPOKEN

from .scope import ForumAdmin

# What each recorded verb is called on the page.
# A language may say "has adopted" here where a state says "adopted".
VERBS = {
    "add": pgettext_lazy("history", "added"),
    "add_clause": pgettext_lazy("history", "added a clause"),
    "add_holder": pgettext_lazy("history", "gave the key to one more person"),
    "add_member": pgettext_lazy("history", "added a participant"),
    "add_section": pgettext_lazy("history", "added a section"),
    "add_source": pgettext_lazy("history", "named a source"),
    "adopt": pgettext_lazy("history", "adopted"),
    "agree": pgettext_lazy("history", "agreed"),
    "agree_to_name": pgettext_lazy("history", "agreed that a name be opened"),
    "amend_in_plenary": pgettext_lazy("history", "amended in plenary"),
    "answer": pgettext_lazy("history", "recorded an answer"),
    "approve_wording": pgettext_lazy("history", "approved the wording"),
    "arrive": pgettext_lazy("history", "noted the arrival"),
    "ask_for_name": pgettext_lazy("history", "asked for a name"),
    "clear_excerpt": pgettext_lazy("history", "cleared a sentence"),
    "close_paper": pgettext_lazy("history", "closed the form"),
    "close_account": pgettext_lazy("history", "closed the account"),
    "complete": pgettext_lazy("history", "completed"),
    "compose": pgettext_lazy("history", "composed"),
    "create": pgettext_lazy("history", "created"),
    "delete": pgettext_lazy("history", "deleted"),
    "draft": pgettext_lazy("history", "drafted"),
    "drop_source": pgettext_lazy("history", "took a source away"),
    "edit": pgettext_lazy("history", "changed"),
    "edit_draft": pgettext_lazy("history", "changed the draft"),
    "end_sessions": pgettext_lazy("history", "ended the sessions"),
    "enter_paper": pgettext_lazy("history", "entered the form"),
    "erase_rehearsal": pgettext_lazy("history", "erased the rehearsal"),
    "fall_below_the_minimum": pgettext_lazy("history", "fell below the minimum"),
    "freeze": pgettext_lazy("history", "froze the text"),
    "give_link": pgettext_lazy("history", "gave a link"),
    "give_seat": pgettext_lazy("history", "gave a seat"),
    "go_live": pgettext_lazy("history", "went live"),
    "ground": pgettext_lazy("history", "said what it rests on"),
    "hand_in": pgettext_lazy("history", "handed in"),
    "head_section": pgettext_lazy("history", "changed a heading"),
    "leave": pgettext_lazy("history", "took the arrival back"),
    "let_name_expire": pgettext_lazy("history", "let the request for a name run out"),
    "lock": pgettext_lazy("history", "locked everything at once"),
    "lock_forms": pgettext_lazy("history", "closed every form"),
    "make_key": pgettext_lazy("history", "made the key"),
    "make_proof": pgettext_lazy("history", "made a proof"),
    "make_version": pgettext_lazy("history", "made a version"),
    "mark_as_demonstration": pgettext_lazy("history", "marked as a demonstration"),
    "mark_late": pgettext_lazy("history", "marked as late"),
    "merge": pgettext_lazy("history", "merged"),
    "move_clause": pgettext_lazy("history", "moved a clause"),
    "move_section": pgettext_lazy("history", "moved a section"),
    "new_card": pgettext_lazy("history", "made a new card"),
    "open_forms": pgettext_lazy("history", "opened the forms again"),
    "plan_session": pgettext_lazy("history", "planned a session"),
    "print_cards": pgettext_lazy("history", "printed a batch"),
    "promise": pgettext_lazy("history", "recorded a promise"),
    "propose": pgettext_lazy("history", "proposed"),
    "propose_excerpt": pgettext_lazy("history", "proposed a sentence"),
    "publish": pgettext_lazy("history", "published"),
    "publish_excerpt": pgettext_lazy("history", "published a sentence"),
    "read": pgettext_lazy("history", "read"),
    "reconsider": pgettext_lazy("history", "took it up again"),
    "record_delivery": pgettext_lazy("history", "recorded a delivery"),
    "recover_key": pgettext_lazy("history", "gave the key again with its code"),
    "refuse": pgettext_lazy("history", "refused"),
    "refuse_name": pgettext_lazy("history", "refused to open a name"),
    "register": pgettext_lazy("history", "registered"),
    "reject": pgettext_lazy("history", "did not keep it"),
    "remove_clause": pgettext_lazy("history", "took a clause out"),
    "remove_holder": pgettext_lazy("history", "took the key from a person"),
    "remove_member": pgettext_lazy("history", "took a participant out"),
    "remove_section": pgettext_lazy("history", "took a section out"),
    "reopen": pgettext_lazy("history", "took the decision back"),
    "report": pgettext_lazy("history", "recorded a report"),
    "reseal": pgettext_lazy("history", "sealed again to the new key"),
    "rest_on": pgettext_lazy("history", "added a testimony"),
    "retire_key": pgettext_lazy("history", "retired the key"),
    "retitle": pgettext_lazy("history", "changed the title"),
    "return_to_drafting": pgettext_lazy("history", "returned to drafting"),
    "review": pgettext_lazy("history", "reviewed"),
    "revise": pgettext_lazy("history", "worded it otherwise"),
    "revoke_seat": pgettext_lazy("history", "took the seat back"),
    "reword": pgettext_lazy("history", "changed the words"),
    "rotate_key": pgettext_lazy("history", "made a new version of the key"),
    "save_minutes": pgettext_lazy("history", "saved the minutes"),
    "send_for_review": pgettext_lazy("history", "sent the text for review"),
    "send_to_review": pgettext_lazy("history", "sent to review"),
    "set_addressees": pgettext_lazy("history", "set the addressees"),
    "set_aside": pgettext_lazy("history", "set aside"),
    "set_password": pgettext_lazy("history", "set a new password"),
    "set_up": pgettext_lazy("history", "set up"),
    "show_name": pgettext_lazy("history", "opened a name"),
    "start": pgettext_lazy("history", "began the text"),
    "summarise": pgettext_lazy("history", "summarised"),
    "take_back": pgettext_lazy("history", "took it back"),
    "take_request_back": pgettext_lazy("history", "took the request for a name back"),
    "test_recovery": pgettext_lazy("history", "tested the recovery code"),
    "turn_down": pgettext_lazy("history", "turned the proof down"),
    "type_anew": pgettext_lazy("history", "let it be typed anew"),
    "type_once": pgettext_lazy("history", "typed the form once"),
    "unground": pgettext_lazy("history", "took a ground away"),
    "void_cards": pgettext_lazy("history", "gave up cards"),
    "withdraw": pgettext_lazy("history", "withdrew"),
    "withdraw_excerpt": pgettext_lazy("history", "withdrew a sentence"),
    "word": pgettext_lazy("history", "wrote a wording"),
    "word_clause": pgettext_lazy("history", "worded a clause"),
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
        return queryset.filter(verb=self.value()) if self.value() else queryset


@admin.register(HistoryEntry)
class HistoryAdmin(ForumAdmin):
    """The lines that an organiser may see, without their numbers and without a page of their own: what is missing in a
    row of numbers would count the lines about testimonies (M7).
    """

    word = "history"
    sees = "declarations.see_history"
    list_display = ["when", "seat_name", "did", "what", "reason"]
    list_display_links = None
    list_filter = [VerbFilter]
    ordering = ["-number"]
    list_select_related = ["forum"]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> None:
        return None

    @admin.display(description=_("at"), ordering="at")
    def when(self, entry: HistoryEntry) -> date | datetime:
        """The moment, or the day alone of what was done with words that somebody spoke (M3)."""
        model = ContentType.objects.get_for_id(entry.content_type_id).model_class()
        return entry.at.astimezone(entry.forum.zone_info).date() if model in SPOKEN else entry.at

    @admin.display(description=_("what was done"), ordering="verb")
    def did(self, entry: HistoryEntry) -> str:
        return verb_name(entry.verb)

    @admin.display(description=_("to what"))
    def what(self, entry: HistoryEntry) -> str:
        """The kind and the key of the row, never its words."""
        model = ContentType.objects.get_for_id(entry.content_type_id).model_class()
        return f"{model._meta.verbose_name if model else ''} {entry.object_id}"
