"""One short text in several languages: a small box for each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from declarations.models.texts import LONGEST_LABEL, tidy, validate_plain

# Asked for everywhere; a label that has other languages shows those too.
LANGUAGES = ("fr", "en", "ar")
# Between the name of the field and the language; no field's own name holds it at its end.
JOIN = "__in_"


class LabelWidget(forms.Widget):
    """One box a language, each marked with its language and direction; several lines where `rows` is more than one."""

    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None, rows: int = 1) -> None:
        super().__init__(attrs)
        self.rows = rows

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        texts = value if isinstance(value, dict) else {}
        final = self.build_attrs(self.attrs, attrs or {})
        boxes = [box(name, code, texts.get(code, ""), final.get("id", "")) for code in codes_of(texts)]
        shared = {key: final[key] for key in ("aria-invalid", "aria-describedby", "disabled") if final.get(key)}
        return render_to_string("declarations/admin/label.html", {"boxes": boxes, "rows": self.rows, "shared": shared})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        prefix = name + JOIN
        return {key.removeprefix(prefix): data[key] for key in data if key.startswith(prefix)}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not self.value_from_datadict(data, files, name)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}{JOIN}{LANGUAGES[0]}" if id_ else id_


def codes_of(texts: dict[str, str]) -> list[str]:
    return [*LANGUAGES, *(code for code in texts if code not in LANGUAGES)]


def box(name: str, code: str, text: str, id_: str) -> dict[str, Any]:
    """Return what the template needs of one language."""
    try:
        info = get_language_info(code)
    except KeyError:
        info = {"name_local": code, "bidi": False}
    return {
        "name": f"{name}{JOIN}{code}",
        "id": f"{id_}{JOIN}{code}",
        "code": code,
        "native": info["name_local"],
        "dir": "rtl" if info["bidi"] else "ltr",
        "text": text,
    }


class LabelFormField(forms.Field):
    """Gives {"fr": "Jeunes", "en": "Youth"}; languages left empty are left out, and what was typed is kept on error."""

    widget = LabelWidget

    def __init__(self, *, encoder: Any = None, decoder: Any = None, rows: int = 1, **kwargs: Any) -> None:
        # The model's JSON field offers an encoder, a decoder and a hidden first value; a label needs none of them.
        kwargs.setdefault("widget", LabelWidget(rows=rows))
        kwargs["show_hidden_initial"] = False
        super().__init__(**kwargs)

    def clean(self, value: Any) -> dict[str, str]:
        kept = {code: tidy(text) for code, text in (value or {}).items() if tidy(text)}
        if self.required and not kept:
            raise ValidationError(_("Write it in at least one language."), code="required")
        wrong = []
        for code, text in kept.items():
            try:
                validate_plain(text)
                MaxLengthValidator(LONGEST_LABEL * 3)(text)
            except ValidationError as error:
                wrong += [f"{box('', code, '', '')['native']}: {message}" for message in error.messages]
        if wrong:
            raise ValidationError(wrong)
        return kept

    def has_changed(self, initial: Any, data: Any) -> bool:
        before, after = initial or {}, data or {}
        return any((before.get(code) or "") != tidy(after.get(code) or "") for code in {*before, *after})
