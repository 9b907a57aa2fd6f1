"""A browser without scripts: it fills in the forms that a page shows and sends them, hidden fields and all."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from django.test import Client

SILENT = {"submit", "button", "image", "reset", "file"}


@dataclass
class Form:
    action: str = ""
    method: str = "get"
    values: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    # Where its buttons send it, beside its own address.
    others: list[str] = field(default_factory=list)

    def add(self, name: str, value: str) -> None:
        self.values.setdefault(name, []).append(value)


class Reader(HTMLParser):
    """Reads the forms off a page, with what a browser would send of each as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.form: Form | None = None
        self.select: tuple[str, list[tuple[str, bool]]] | None = None
        self.area: str | None = None
        self.text = ""

    def handle_starttag(self, tag: str, pairs: Any) -> None:
        attrs = dict(pairs)
        name = attrs.get("name") or ""
        if tag == "form":
            self.form = Form(attrs.get("action") or "", (attrs.get("method") or "get").lower())
            self.forms.append(self.form)
        if self.form is None:
            return
        if name:
            self.form.names.add(name)
        if attrs.get("formaction"):
            self.form.others.append(attrs["formaction"])
        if tag == "input" and name and attrs.get("type", "text") not in SILENT:
            is_box = attrs.get("type") in ("checkbox", "radio")
            if not is_box or "checked" in attrs:
                self.form.add(name, attrs.get("value", "on" if is_box else "") or "")
        elif tag == "select":
            self.select = (name, [])
        elif tag == "option" and self.select:
            self.select[1].append((attrs.get("value") or "", "selected" in attrs))
        elif tag == "textarea":
            self.area, self.text = name, ""

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "textarea" and self.area is not None:
            if self.form is not None:
                self.form.add(self.area, self.text.removeprefix("\n"))
            self.area = None
        elif tag == "select" and self.select:
            name, options = self.select
            chosen = [value for value, is_selected in options if is_selected] or [value for value, _is in options[:1]]
            if self.form is not None:
                for value in chosen:
                    self.form.add(name, value)
            self.select = None


class Browser:
    """One person at one browser; tokens against forged forms are checked as in real life."""

    def __init__(self, language: str = "en") -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.client.cookies["django_language"] = language

    def get(self, path: str, status: int = 200) -> str:
        response = self.client.get(path, follow=True)
        assert response.status_code == status, (path, response.status_code)
        return body(response)

    def send(self, path: str, status: int = 200, to: str = "", **typed: Any) -> str:
        """Open a page, fill in the form that has these fields (or is sent `to` there), send it, follow where it leads.

        A field of None is left out; a list sends each of its values.
        """
        response = self.client.get(path, follow=True)
        assert response.status_code == 200, (path, response.status_code, body(response)[:500])
        here = response.redirect_chain[-1][0] if response.redirect_chain else path
        return self.send_from(body(response), here, status, to, **typed)

    def send_from(self, page: str, here: str, status: int = 200, to: str = "", **typed: Any) -> str:
        """Fill in and send a form of a page that is already open."""
        form, address = form_of(page, here, to, {name for name, value in typed.items() if value is not None})
        values: dict[str, Any] = {**form.values, **typed}
        given = {name: value for name, value in values.items() if value is not None}
        response = self.client.post(address, given, follow=True)
        shown = body(response)
        assert response.status_code == status, (here, response.status_code, errors_in(response) or shown[:3000])
        assert status != 200 or not errors_in(response), (here, errors_in(response))
        return shown


def form_of(page: str, here: str, to: str, names: set[str]) -> tuple[Form, str]:
    """Return the form that one of its buttons sends to an address, or that has fields of these names, and where to."""
    reader = Reader()
    reader.feed(page)
    posted = [form for form in reader.forms if form.method == "post"]
    ways = [
        (form, urljoin(here, action) if action else here) for form in posted for action in (form.action, *form.others)
    ]
    if to:
        fitting = [(form, address) for form, address in ways if re.split("[?#]", address)[0].endswith(to)]
    else:
        fitting = [(form, address) for form, address in ways if names and names <= form.names]
    assert fitting, (here, to, names, [(address, sorted(form.names)) for form, address in ways])
    return fitting[0]


def errors_in(response: Any) -> Any:
    """What a form on the page complains of, if the page knows its form."""
    context = response.context
    if context is None:
        return None
    for name in ("form", "adminform", "draft", "complete", "paste", "answer", "summary", "excerpt"):
        form = context.get(name) if hasattr(context, "get") else None
        form = getattr(form, "form", form)
        if getattr(form, "is_bound", False) and form.errors:
            return form.errors
    return None


def body(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode(errors="replace"))
