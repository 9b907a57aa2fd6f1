"""The words that are printed on a paper form: those of the form on the screen, in one language."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from declarations.models import CardBatch, Forum, ForumLanguage, HelpContact, PaperForm, ReceiptCard

from .asked import Asked
from .typing import TypingForm

MOST = 100  # forms of one batch: four hundred pages
PRINTED = ("adult", "may_read", "read_aloud", "interpreted", "language", "words", "summarise", "quote")


class PrintForms(Asked):
    language = forms.ChoiceField(label=gettext_lazy("In which language"))
    size = forms.IntegerField(
        label=gettext_lazy("How many forms"),
        help_text=gettext_lazy("Four pages each, and a card for each."),
        min_value=1,
        max_value=MOST,
        initial=20,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked: Any = self.fields["language"]
        asked.choices = languages_on_paper(self.forum)


def languages_on_paper(forum: Forum) -> list[tuple[str, str]]:
    """The languages of the forum in which the questions are worded; French where there is none."""
    worded = dict(settings.LANGUAGES)
    rows: Any = ForumLanguage.objects.filter(forum=forum, code__in=worded, is_written=True).order_by("order")
    return [(row.code, str(row)) for row in rows] or [("fr", str(worded["fr"]))]


def words_of(forum: Forum, language: str) -> dict[str, Any]:
    """Return all that is printed on a form beside its number and code, as `publishing.sheets.forms` asks for it."""
    with override(language):
        form = TypingForm(PaperForm(forum=forum, card=ReceiptCard(batch=CardBatch()), language=language))
        rows: list[Any] = list(HelpContact.objects.public().filter(forum=forum).select_related("region"))
        return {
            "language": language,
            "words": {
                **{name: {"label": str(form[name].label), "help": str(form[name].help_text)} for name in PRINTED},
                **fixed(),
                **{name: str(form[name].label) for name in ("region", "capacity", "precision")},
            },
            "contacts": [
                {"phone": row.phone, "who": ", ".join(filter(None, [where(row, language), row.label_in(language)]))}
                for row in sorted(rows, key=lambda row: (row.region is not None, row.order, row.pk))
            ],
            "languages": labels(form, "language"),
            "regions": labels(form, "region"),
            "capacities": labels(form, "capacity"),
            "precisions": labels(form, "precision"),
        }


def where(contact: Any, language: str) -> str:
    return str(contact.region.label_in(language)) if contact.region else ""


def fixed() -> dict[str, Any]:
    """What is said on paper around the questions."""
    return {
        "yes": _("Yes"),
        "no": _("No"),
        "code": _("Code of this sheet"),
        "before": _("Nobody will read this today."),
        "danger": _("In danger now? Here is whom to call."),
        "no-contact": _("The forum has not given a telephone number yet. In danger, go to somebody you trust."),
        "honest": _(
            "Your name is not asked; do not write it. Whoever holds this sheet can read it. Two people type it and "
            "lock your words; then the sheet is locked away or burnt. You can take your words back with the card."
        ),
        "aloud": _(
            "Read every page aloud, slowly, as it stands. Write only what the person answers, in their words, not "
            "yours. Leave nothing out, and add nothing."
        ),
        "asked_by": {"label": _("Who asks the questions"), "help": _("The name of whoever holds this sheet.")},
        "stop": _("If one of these two answers is no: stop here, and write nothing more."),
        "described": {
            "label": _("How may we describe you?"),
            "help": _("Your name is never asked. We do not keep a description that fits only a few people."),
        },
        "card": _(
            "The card with the same number is for the person who spoke. Fold it before you give it. The two numbers "
            "inside are the only way back to these words; write them nowhere."
        ),
    }


def labels(form: TypingForm, name: str) -> list[str]:
    """The words of every choice of a question, groups undone."""
    found: list[str] = []
    for _value, label in form.fields[name].choices:  # type: ignore[attr-defined]
        found += [str(one) for _key, one in label] if isinstance(label, list | tuple) else [str(label)]
    return found
