"""What somebody who testifies types. Nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from declarations.models import (
    Capacity,
    Forum,
    ForumKey,
    Participant,
    Region,
    Seat,
    SpokenScreen,
    Testimony,
    TurnedAway,
    Zone,
)
from declarations.models.texts import tidy
from declarations.workflow import describing, names, recordings, testimonies
from declarations.workflow.describing import Description
from declarations.workflow.testimonies import Consent, Facts

from .cards import CODE, YesOrNo, of_card
from .choices import NOT_IN_LIST, PRECISIONS, OneOf, Precision, capacities_of, in_words, mark_of, regions_of
from .tickets import Ticket

# What a page says was heard: a language, how that is known, and recordings as screen/number.
HEARD = re.compile(r"[\w-]{2,12} (offered|played)( [a-z-]{1,20}/\d{1,4}){0,20}")


class TestimonyForm(forms.Form):
    """Everything that is asked of somebody who testifies: one form, one POST, a screen for each question."""

    data: Any
    taken_as = Testimony.TakenAs.OWN_PHONE
    STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("before", ()),
        ("age", ("adult",)),
        ("reading", ("may_read",)),
        ("language-and-card", ("language", "code")),
        ("telling", ("words",)),
        ("speaking", ("audio",)),
        ("summary", ("summarise",)),
        ("sentence", ("quote",)),
        ("voice", ("voice",)),
        ("described", ("region", "capacity", "precision")),
        ("name", ("name",)),
        ("send", ()),
    )

    ticket = forms.CharField(widget=forms.HiddenInput, required=False)
    # The description that was shown to the speaker: no other than this, or the coarsest, is kept.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    # The language in which the screens are listened to, and which recordings of them were offered or played.
    listen = forms.CharField(widget=forms.HiddenInput, required=False)
    heard = forms.CharField(widget=forms.HiddenInput, required=False)
    # Nobody sees this field; what fills it in is a program.
    website = forms.CharField(
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
        label=_("Leave this empty"),
    )
    adult = YesOrNo(
        label=_("Are you 18 or older?"),
        help_text=_("If you are younger, we write nothing down. We tell you who can listen to you."),
    )
    may_read = YesOrNo(
        label=_("May somebody of the team read what you tell?"),
        help_text=_("Only the forum’s readers can open it. If you say no, nothing is kept."),
    )
    language = forms.ChoiceField(
        label=_("In which language do you tell it?"),
        error_messages={"invalid_choice": _("This language is not in the list. Please choose again.")},
    )
    code = forms.CharField(
        required=False,
        label=_("The code on your card"),
        help_text=_(
            "Leave it empty if you have no card. The card only tells your region and in what capacity you are here. "
            "Your testimony cannot be found by it."
        ),
        widget=forms.TextInput(attrs=CODE),
    )
    words = forms.CharField(
        strip=False,
        label=_("What would you like to tell us?"),
        help_text=_(
            "In your own words, in your own language. Give no names of people and no names of villages: that protects "
            "you, and them."
        ),
        error_messages={"required": _("There are no words yet.")},
        # No longest length here: a browser would cut without a word. No copy for "back" on a shared phone.
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto", "autocomplete": "off"}),
    )
    summarise = YesOrNo(
        label=_("May we add it to a summary, together with others?"),
        help_text=_(
            "We write down what many people told us, never who. If you say no, readers read it and it goes no further."
        ),
    )
    quote = YesOrNo(
        label=_("May we quote one sentence, without your name?"),
        help_text=_(
            "Two people first check that nothing in it points to you. On this site you can take it back. What is "
            "printed cannot be called back."
        ),
    )
    # Asked only where two custodians can look after it; a phone that sends later seals it by itself, see names.seal.
    name = forms.CharField(
        required=False,
        strip=False,
        label=_("May we know how to reach you?"),
        help_text=_(
            "You need not. If you like, write a name, a telephone number or a place. It is locked apart from your "
            "words. Only two custodians together can open it, with a reason, and it is written down that they did."
        ),
        widget=forms.Textarea(
            attrs={"rows": 3, "dir": "auto", "autocomplete": "off", "spellcheck": "false", "maxlength": 300}
        ),
    )
    audio = forms.FileField(
        required=False,
        allow_empty_file=True,  # its own word for that, from the workflow
        label=_("Would you rather say it?"),
        help_text=_(
            "Record your voice, instead of writing or beside it. Say no names of people and no names of villages."
        ),
        widget=forms.FileInput(attrs={"accept": "audio/*", "capture": True}),
    )
    voice = YesOrNo(
        required=False,
        label=_("May we keep your voice?"),
        help_text=_(
            "Only if you recorded it. If you say no, we write down what you said and then delete the recording. If you "
            "say yes, it stays locked: only readers hear it, and it is never published."
        ),
    )
    precision = Precision(
        required=False,
        label=_("How closely?"),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": NOT_IN_LIST},
    )

    def __init__(
        self,
        forum: Forum,
        data: Any = None,
        files: Any = None,
        *,
        by: Seat | None = None,
        keys: Mapping[str, ForumKey] | None = None,
    ) -> None:
        # A copy: the ticket and what was seen are brought up to date when the page comes back.
        super().__init__(data.copy() if data is not None else None, files)
        self.forum, self.by = forum, by
        # Whether a recording was sent that was too large to be read.
        self.is_too_large = False
        if self.files.get("audio"):
            self.fields["words"].required = False
        self.participant: Participant | None = None
        self.has_custody = names.custody(forum, keys) is not None
        if not self.has_custody:
            # No custodians, no name (M1).
            del self.fields["name"]
            self.STEPS = tuple(step for step in self.STEPS if step[0] != "name")
        page = get_language() or "fr"
        self._ask_for_language(page)
        self._ask_for_place_and_capacity(page)
        self.order_fields([name for _step, fields in self.STEPS for name in fields])
        asked: Any = self.fields["precision"]
        asked.choices = self._precisions
        self.initial["precision"] = ""
        self.initial["ticket"] = "" if self.is_bound else Ticket.new(seat=by.pk if by else None).sealed(forum)

    def _ask_for_language(self, page: str) -> None:
        rows: list[Any] = list(self.forum.languages.all())
        fields: dict[str, Any] = self.fields
        fields["language"].choices = [(row.code, row.label_in(page)) for row in rows if row.is_spoken]
        self.initial["language"] = page
        if "written" in fields:
            fields["written"].choices = [(row.code, row.label_in(page)) for row in rows]
            self.initial["written"] = page

    def _ask_for_place_and_capacity(self, page: str) -> None:
        def by_zone(rows: list[Region]) -> list[Any]:
            zones: dict[str, list[tuple[str, str]]] = {}
            for row in rows:
                zones.setdefault(row.zone.label_in(page), []).append((row.code, row.label_in(page)))
            return list(zones.items())

        def plainly(rows: list[Capacity]) -> list[Any]:
            return [(row.code, row.label_in(page)) for row in rows]

        regions, capacities = partial(regions_of, self.forum), partial(capacities_of, self.forum)
        self.fields["region"] = OneOf(regions, by_zone, label=_("The region you are from"))
        self.fields["capacity"] = OneOf(capacities, plainly, label=_("In what capacity are you here?"))

    # What was typed

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].strip()
        self.participant = of_card(self.forum, code) if code else None
        return code

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"]
        if not self.fields["words"].required and not tidy(words):
            return ""
        try:
            return testimonies.checked_words(words)
        except ValidationError as error:
            raise ValidationError(error.messages) from None

    def clean_name(self) -> str:
        return names.checked_name(self.cleaned_data["name"])

    def clean_listen(self) -> str:
        """Return a language that is spoken here, or nothing."""
        asked: Any = self.fields.get("language")
        listen: str = self.cleaned_data["listen"]
        return listen if asked and listen in dict(asked.choices) else ""

    def clean_heard(self) -> str:
        heard: str = self.cleaned_data["heard"]
        return heard if HEARD.fullmatch(heard) else ""

    def clean_audio(self) -> bytes | None:
        """Return the recording, None where there is none."""
        sent = self.cleaned_data["audio"]
        try:
            if self.is_too_large:
                raise recordings.too_large()
            return recordings.checked(sent.read() if sent else None)
        except ValidationError as error:
            raise ValidationError(error.messages) from None

    def clean_voice(self) -> bool:
        answer: bool | None = self.cleaned_data["voice"]
        if answer is None and self.files.get("audio"):
            raise ValidationError(_("Please answer yes or no."))
        return bool(answer)

    def clean(self) -> dict[str, Any]:
        if self.participant:
            # What stands on the card goes before what was chosen.
            self.cleaned_data["region"] = self.participant.region
            self.cleaned_data["capacity"] = self.participant.capacity
        return self.cleaned_data

    # How the speaker will be described (M7)

    @cached_property
    def offered(self) -> list[Description]:
        """The descriptions of somebody from where, and in what capacity, was answered; counted once it is needed."""
        region, capacity = self.cleaned_data.get("region"), self.cleaned_data.get("capacity")
        return describing.descriptions(self.forum, region, capacity) if region or capacity else [Description()]

    def _precisions(self) -> list[tuple[str, Any]]:
        """Word the three ways to be described, each with what would be written where that is known."""
        return [(value, self._with_words(value, name)) for value, name in PRECISIONS.items()]

    def _with_words(self, value: str, name: Any) -> Any:
        if not value or not hasattr(self, "cleaned_data") or len(self.offered) == 1:
            return name
        return format_html("{}<small>{}</small>", name, _("We will write: %s.") % in_words(self.described_as(value)))

    def described_as(self, precision: str) -> Description:
        if precision == "fine":
            return self.offered[0]
        if precision == "large":
            large = (one for one in self.offered if one.standing is None and isinstance(one.place, Zone))
            return next(large, Description())
        return Description()

    @property
    def description(self) -> Description:
        return self.described_as(self.cleaned_data.get("precision", ""))

    @property
    def described(self) -> str:
        return in_words(self.description)

    @property
    def described_words(self) -> str:
        """How the speaker will be described, once they have been shown it; empty before, and for the coarsest."""
        was_shown = self.is_bound and self.data.get("seen") and self.data["seen"] == mark_of(self.description)
        return self.described if was_shown else ""

    @property
    def is_to_be_seen(self) -> bool:
        """Whether a description would be kept that its speaker has not read yet."""
        return self.description != Description() and self.data.get("seen") != mark_of(self.description)

    def show_description(self) -> None:
        self.data["seen"] = mark_of(self.description)

    # What is kept

    @property
    def refusal(self) -> str:
        """Why nothing may be kept, whatever else was typed; empty where it may."""
        if self.data.get("adult") == "no":
            return TurnedAway.Why.UNDER_AGE
        return TurnedAway.Why.NO_READING if self.data.get("may_read") == "no" else ""

    def to_give(self) -> dict[str, Any]:
        """Return what `workflow.testimonies.give` asks for, beside the identifier and the receipt."""
        return {
            "words": self.cleaned_data["words"],
            "audio": self.cleaned_data.get("audio"),
            "language": self.cleaned_data["language"],
            "written": self.cleaned_data.get("written", ""),
            "taken_as": self.how_taken(),
            "consent": self.consent(),
            "description": self.description,
            "facts": self.facts(),
            "name": self.cleaned_data.get("name", ""),
            "participant": self.participant,
        }

    def how_taken(self) -> str:
        return Testimony.TakenAs.AUDIO if not self.cleaned_data["words"] else self.taken_as

    def consent(self) -> Consent:
        return Consent(
            summarise=self.cleaned_data["summarise"],
            quote=self.cleaned_data["quote"],
            voice=self.cleaned_data.get("voice", False),
            # Whoever listens agrees to what is said, not to what is written.
            language=self.cleaned_data.get("listen") or get_language() or "fr",
            read_aloud=bool(self.cleaned_data.get("listen")),
        )

    def facts(self) -> Facts:
        region, capacity = self.cleaned_data.get("region"), self.cleaned_data.get("capacity")
        return Facts(
            region=region.code if region else "",
            capacity=capacity.code if capacity else "",
            sex=self.participant.sex if self.participant else "",
            age=self.participant.age if self.participant else "",
            heard=self.cleaned_data.get("heard", ""),
        )

    def listen_to(self, language: str, recordings: Mapping[str, SpokenScreen]) -> None:
        """Offer the screens in a spoken language; without a script what was offered is what is known."""
        names = " ".join(f"{row.screen}/{row.number}" for row in recordings.values())
        given = {"listen": language, "heard": f"{language} offered {names}"}
        if self.is_bound:
            self.data.update({**given, "heard": self.data.get("heard") or given["heard"]})
        else:
            self.initial.update(given)
            if language in dict(self.fields["language"].choices):  # type: ignore[attr-defined]
                self.initial["language"] = language

    # When the page comes back

    @property
    def has_lost_name(self) -> bool:
        """Whether a name came that nobody can look after any more, and so was not kept."""
        return not self.has_custody and bool(self.data.get("name", "").strip())

    @cached_property
    def ticket_carried(self) -> Ticket | None:
        """The ticket of the page, or None where it is not one of ours."""
        return Ticket.opened(self.forum, self.data.get("ticket", ""))

    def renew_ticket(self) -> None:
        self.data["ticket"] = Ticket.renewed(self.by.pk if self.by else None).sealed(self.forum)
        self.__dict__.pop("ticket_carried", None)

    def ask_for_voice_again(self) -> None:
        """Say that a browser does not hand over a file twice; where it was too large that is already said."""
        if self.files.get("audio") and not self.has_error("audio"):
            self.add_error(
                "audio", _("The recording did not stay on this page. Please record it or choose it once more.")
            )

    def forgive_empty(self) -> None:
        """Forget the errors of questions that were not answered yet: the page comes back before it was sent."""
        for name in [name for name in self.errors if not self.data.get(name)]:
            del self.errors[name]

    def first_unanswered(self) -> str:
        """Return the first screen with a question that is still open, else the last."""
        for step, fields in self.STEPS:
            if any(self.fields[name].required and not self.data.get(name) for name in fields):
                return step
        return "send"
