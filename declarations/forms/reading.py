"""What a reader types beside a testimony: the passphrase, a summary, why it is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from declarations.models import Forum, Group, SealedText, Testimony
from declarations.workflow.reading import Judgement


class PassphraseForm(forms.Form):
    # Said of an account that has no key at all: no passphrase would help it.
    no_key = False

    passphrase = forms.CharField(
        label=_("Your passphrase"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "autofocus": True}),
        error_messages={"required": _("Type your passphrase.")},
    )


class SummaryForm(forms.Form):
    """The verb says what words may be kept; `seen` tells whether somebody else wrote a summary meanwhile."""

    words = forms.CharField(
        label=_("Your summary"),
        help_text=_("What was said, without what would tell who said it: no name, no village, no date, no age."),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": _("There are no words yet.")},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


RISKS = [("none", _("No risk that I see")), ("some", _("Some risk")), ("high", _("High risk"))]


class JudgementForm(forms.Form):
    """What drives a testimony, and how dangerous it is to whom; nothing of it has to be said."""

    # Tells that the page which was sent had these questions on it: boxes that nobody ticks send nothing.
    there = forms.CharField(widget=forms.HiddenInput, required=False, initial="1")
    factors = forms.MultipleChoiceField(label=_("What drives it"), required=False, widget=forms.CheckboxSelectMultiple)
    risk_speaker = forms.ChoiceField(
        label=_("Risk for the person who spoke"), required=False, choices=RISKS, widget=forms.RadioSelect
    )
    risk_others = forms.ChoiceField(label=_("Risk for others"), required=False, choices=RISKS, widget=forms.RadioSelect)

    def __init__(self, forum: Forum, data: Any = None, *, judged: Judgement, **kwargs: Any) -> None:
        stored = {
            "factors": list(judged.factors),
            "risk_speaker": judged.risk_speaker,
            "risk_others": judged.risk_others,
        }
        super().__init__(data, initial=stored, **kwargs)
        language = get_language() or "fr"
        factors: Any = self.fields["factors"]
        factors.choices = [(row.code, row.label_in(language)) for row in forum.factors.all()]
        self.judged = judged

    @property
    def judgement(self) -> Judgement:
        data = self.cleaned_data
        return Judgement(tuple(data["factors"]), data["risk_speaker"], data["risk_others"])

    def has_changed(self) -> bool:
        """Whether the page had these questions, and answers other than those that are kept."""
        if not self.cleaned_data["there"]:
            return False
        kept = Judgement(tuple(sorted(self.judged.factors)), self.judged.risk_speaker, self.judged.risk_others)
        said = self.judgement
        return Judgement(tuple(sorted(said.factors)), said.risk_speaker, said.risk_others) != kept


class TextForm(forms.Form):
    """A transcript in the language spoken, or a translation into another language of the forum."""

    # "transcript" or "translation/fr": which of the two, and into what.
    as_ = forms.ChoiceField(label=_("What you write"), error_messages={"required": _("Choose what you write.")})
    words = forms.CharField(
        label=_("The text, word for word"),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": _("There are no words yet.")},
    )

    def __init__(self, testimony: Testimony, names: Mapping[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["as"] = self.fields.pop("as_")
        self.order_fields(["as", "words"])
        spoken = names.get(testimony.language, testimony.language)
        choices: list[tuple[str, Any]] = [("transcript", _("A transcript, in %(language)s") % {"language": spoken})]
        choices += [
            (f"translation/{code}", _("A translation into %(language)s") % {"language": name})
            for code, name in names.items()
            if code != testimony.language
        ]
        field: Any = self.fields["as"]
        field.choices = choices

    @property
    def kind(self) -> dict[str, Any]:
        kind, _slash, language = self.cleaned_data["as"].partition("/")
        return {"kind": SealedText.Kind(kind), "language": language}


# Chosen, never typed: a reason stays in the history, and no content of a testimony may (M9).
REASONS_TO_REFUSE = {
    "empty": _("It is a try or holds nothing"),
    "attack": _("It attacks somebody"),
    "twice": _("The same words came before"),
    "forged": _("Nobody seems to have said it"),
}


class RefuseForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why is it refused?"),
        choices=list(REASONS_TO_REFUSE.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say why it is refused.")},
    )

    @property
    def words(self) -> str:
        """The reason in words, as the history keeps it."""
        return str(REASONS_TO_REFUSE[self.cleaned_data["reason"]])


class QueueForm(forms.Form):
    """Which testimonies to go through: by what is left to do, and by language or group where enough wait."""

    language = forms.CharField(required=False, max_length=12)
    group = forms.IntegerField(required=False, min_value=1)
    # One's share by language, one's share by group, or everything.
    share = forms.ChoiceField(required=False, choices=[("language", ""), ("group", ""), ("none", "")])

    def chosen(self) -> tuple[str, Any]:
        """Return ("language", "bm"), ("group", 3), ("share", "group") or ("", None).

        Two at once would single people out (M7).
        """
        if not self.is_valid():
            return "", None
        asked = [(name, value) for name, value in self.cleaned_data.items() if value]
        return asked[0] if len(asked) == 1 else ("", None)


class ShareForm(forms.Form):
    """Which languages and groups one reader takes first; both may be given, and are looked at one at a time (M7)."""

    languages = forms.MultipleChoiceField(label=_("Languages"), required=False, widget=forms.CheckboxSelectMultiple)
    groups = forms.TypedMultipleChoiceField(
        label=_("Working groups"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, names: Mapping[str, str], groups: Iterable[Group], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of = {group.pk: group for group in groups}
        language, fields = get_language() or "fr", dict[str, Any](self.fields)
        fields["languages"].choices = list(names.items())
        fields["groups"].choices = [(pk, f"{row.number}. {row.title_in(language)}") for pk, row in self.of.items()]

    def clean_groups(self) -> list[Group]:
        return [self.of[pk] for pk in self.cleaned_data["groups"]]
