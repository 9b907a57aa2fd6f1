"""What organisers are asked when they decide: about recommendations, amendments, minutes, deliveries and answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from declarations.models import (
    Addressee,
    Clause,
    Commitment,
    Edition,
    Group,
    Participant,
    Recommendation,
    Region,
    Response,
    Theme,
    Topic,
)
from declarations.models.texts import LONGEST_CLAUSE, LONGEST_TEXT, validate_plain

from .asked import Asked, Choice, Choices, Day, Moment, Reason, languages_of
from .reasons import TO_REACH, SentenceField, SentencesField
from .texts import LabelFormField


def long_text(label: Any, longest: int = LONGEST_CLAUSE, rows: int = 6, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        validators=[validate_plain],
        widget=forms.Textarea(attrs={"rows": rows}),
        **kwargs,
    )


class InALanguage(Asked):
    """A text in one of the forum's written languages."""

    language = forms.ChoiceField(label=_("Language"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages_of(self.forum, is_written=True)  # type: ignore[attr-defined]


class OfARevision(Asked):
    """Carries the revision that was on the page, so that two people writing at once are told."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["revision"].initial = self.row.revision


# Groups


class NewGroup(Asked):
    OF_FORUM = {"topic": Topic}

    topic = Choice(label=_("Topic"))
    title = LabelFormField(label=_("Title"))


class Member(Asked):
    """A participant, named by the number on the card."""

    serial = forms.CharField(label=_("Number on the card"), max_length=12)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if "serial" in given:
            serial = "".join(given.pop("serial").split())
            given["participant"] = Participant.objects.filter(forum=self.forum, serial=serial).first()
            if given["participant"] is None:
                self.add_error("serial", _("Nobody has this number. It stands on the outside of the card."))
        return given


class MemberOfGroup(Member):
    OF_FORUM = {"group": Group}

    group = Choice(label=_("Working group"))

    field_order = ["group", "serial"]


class SessionOfGroup(Asked):
    starts_at = Moment(label=_("Begins"), help_text=_("In the forum's own time."))


class NewSession(SessionOfGroup):
    OF_FORUM = {"group": Group}

    group = Choice(label=_("Working group"))

    field_order = ["group", "starts_at"]


class Minutes(OfARevision):
    text = SentenceField(label=_("Minutes"), max_length=LONGEST_TEXT, rows=16, required=False)
    language = forms.ChoiceField(label=_("Language"))

    field_order = ["language", "text", "revision"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages_of(self.forum)  # type: ignore[attr-defined]
        self.fields["text"].initial = self.row.minutes
        self.fields["language"].initial = self.row.minutes_language


# Recommendations


class NewRecommendation(InALanguage):
    OF_FORUM = {"group": Group}

    group = Choice(label=_("Working group"))
    words = long_text(_("In the group's words"))

    field_order = ["group", "language", "words"]


class Complete(OfARevision):
    OF_FORUM = {"themes": Theme, "addressees": Addressee, "regions": Region}

    themes = Choices(label=_("Themes"), required=False)
    addressees = Choices(label=_("To whom it is addressed"), required=False)
    regions = Choices(label=_("Regions"), required=False)
    level = forms.ChoiceField(label=_("Level"), required=False, choices=[("", "–"), *Recommendation.Level.choices])
    horizon = forms.ChoiceField(
        label=_("By when"), required=False, choices=[("", "–"), *Recommendation.Horizon.choices]
    )
    reason = SentenceField(label=_("Why"), max_length=LONGEST_CLAUSE, rows=4, required=False)
    minority_view = SentenceField(label=_("Minority view"), max_length=LONGEST_CLAUSE, rows=4, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("themes", "addressees", "regions"):
            self.fields[name].initial = getattr(self.row, name).all()
        for name in ("level", "horizon", "reason", "minority_view"):
            self.fields[name].initial = getattr(self.row, name)


class Word(InALanguage):
    text = long_text(_("Text"))


class Revise(Word):
    reason = SentenceField(label=_("Why it is worded otherwise"), max_length=400, rows=2)


class PublicReason(Asked):
    reason = SentencesField(label=_("Reason"), help_text=_("Shown in public beside the words."))


class NumberedChoice(Choice):
    """A recommendation by its number and its first words."""

    def label_from_instance(self, row: Any) -> str:
        return f"{row.number}. {row.handed_in_words[:70]}"


class Merge(PublicReason):
    into = NumberedChoice(label=_("Into which recommendation"))

    field_order = ["into", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Recommendation.objects.filter(forum=self.forum).exclude(pk=self.row.pk)
        self.fields["into"].queryset = others.exclude(state=Recommendation.State.DRAFT)  # type: ignore[attr-defined]


# Amendments


class Plenary(Asked):
    in_plenary = forms.BooleanField(
        label=_("Decided in plenary"),
        required=False,
        help_text=_("A frozen text is changed in plenary alone; that makes a new version."),
    )


class AcceptAmendment(Plenary):
    reason = SentenceField(label=_("Reason, if there is one to give"), max_length=LONGEST_CLAUSE, required=False)

    field_order = ["reason", "in_plenary"]


class MergeAmendment(Plenary):
    text = long_text(_("The words in which it is taken up"))
    reason = SentenceField(label=_("Reason"), max_length=LONGEST_CLAUSE)

    field_order = ["text", "reason", "in_plenary"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].initial = self.row.text


class RejectAmendment(Reason):
    reason = SentenceField(label=_("Reason"), max_length=LONGEST_CLAUSE)


# Follow-up


class ClauseChoice(Choice):
    """A clause by its first words, because nobody knows its identifier by heart."""

    def label_from_instance(self, clause: Any) -> str:
        words = clause.text_in(get_language() or "fr", "fr", "en")
        return f"{clause.identifier} · {words[:70]}"


class ToAnAddressee(Asked):
    OF_FORUM = {"addressee": Addressee}

    addressee = Choice(label=_("Addressee"))


class NewDelivery(ToAnAddressee):
    OF_FORUM = {"addressee": Addressee, "edition": Edition}

    edition = Choice(label=_("Edition"))
    delivered_on = Day(label=_("Day"), initial=timezone.localdate)
    how = SentencesField(label=_("How it was handed over"), rows=2)

    field_order = ["edition", "addressee", "delivered_on", "how"]


class AboutAClause(ToAnAddressee):
    clause = ClauseChoice(label=_("Clause"))

    field_order = ["clause", "addressee"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clauses = Clause.objects.filter(section__declaration__forum=self.forum).standing().numbered()
        self.fields["clause"].queryset = clauses.prefetch_related("wordings")  # type: ignore[attr-defined]


class NewResponse(AboutAClause, InALanguage):
    position = forms.ChoiceField(label=_("Answer"), choices=Response.Position.choices)
    text = SentenceField(label=_("In their words"), max_length=LONGEST_CLAUSE, rows=6, rules=TO_REACH)
    channel = forms.ChoiceField(
        label=_("How it came"), choices=Response.Channel.choices, initial=Response.Channel.LETTER
    )
    answered_on = Day(label=_("Answered on"), initial=timezone.localdate)

    field_order = ["clause", "addressee", "position", "language", "text", "channel", "answered_on"]


class NewCommitment(AboutAClause):
    text = SentencesField(label=_("What was promised"), rules=TO_REACH)
    due_on = Day(label=_("By when"))


class ReportOfCommitment(InALanguage):
    state = forms.ChoiceField(label=_("How it stands"), choices=Commitment.State.choices)
    text = SentenceField(label=_("What came of it"), max_length=LONGEST_CLAUSE, rows=6, rules=TO_REACH)
    reported_on = Day(label=_("Day"), initial=timezone.localdate)

    field_order = ["state", "language", "text", "reported_on"]


class NewReport(ReportOfCommitment):
    OF_FORUM = {"commitment": Commitment}

    commitment = Choice(label=_("Commitment"))

    field_order = ["commitment", "state", "language", "text", "reported_on"]
