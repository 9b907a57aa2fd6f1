"""A day and an hour side by side, each with a name of its own for whoever hears the page."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.widgets import AdminSplitDateTime
from django.utils.translation import gettext_lazy as _


class DayAndHour(AdminSplitDateTime):
    """Django's two fields for one moment; its own template writes their names beside them and ties neither."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs)
        for widget, name in zip(self.widgets, (_("Date"), _("Time")), strict=True):
            widget.attrs["aria-label"] = name
