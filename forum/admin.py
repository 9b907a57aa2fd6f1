"""The organisers' side: who comes in, and the road as its first page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from declarations.permissions import may
from declarations.views.reading import native_name
from declarations.views.seats import ACTS_FROM, desk_of, seats_at_hand
from declarations.workflow.moves import IllegalMove, StaleRevision
from forum.sign_in import remember_device

# Pages of their own inside the admin, each a module with `urls(site) -> list of paths`.
DESKS = (
    *("keys", "rotations", "departures", "locking", "custody", "checklist", "screens", "papers", "conflicts", "room"),
    *("drafting", "press"),
)
# The languages of the interface, each by its own name.
LANGUAGES = [(code, native_name(code)) for code, _name in settings.LANGUAGES]

View = Callable[..., HttpResponse]


class RoadAdminSite(AdminSite):
    """The admin of one forum at a time: that of the seat somebody acts from."""

    site_title = gettext_lazy("Organisation")
    index_title = gettext_lazy("The road")
    login_form = AuthenticationForm
    enable_nav_sidebar = False
    empty_value_display = "–"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take the lists of the product alone: groups of accounts and the like give rights that no seat gave."""
        models = model_or_iterable if isinstance(model_or_iterable, list | tuple) else [model_or_iterable]
        if own := [model for model in models if model._meta.app_label == "declarations"]:
            super().register(own, admin_class, **options)

    # Coming in

    def has_permission(self, request: HttpRequest) -> bool:
        """Whoever has an account comes in; each page then asks the seat."""
        return request.user.is_active

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # type: ignore[override]
        """Show a page in the forum's time; a move that comes too late is a 409."""
        inner = super().admin_view(view, cacheable)

        @wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            seat = request.seat if request.user.is_active else None  # type: ignore[attr-defined]
            with timezone.override(seat.forum.zone_info if seat else timezone.get_default_timezone()):
                try:
                    response = inner(request, *args, **kwargs)
                except (IllegalMove, StaleRevision):
                    response = render(request, "409.html", {"back_url": request.META.get("HTTP_REFERER")}, status=409)
                # Rendered here, not later: the hours on the page are those of the forum.
                return response.render() if hasattr(response, "render") else response

        return shown

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().login(request, {"languages": LANGUAGES, **(extra_context or {})})
        if request.method == "POST" and request.user.is_authenticated:
            remember_device(request, response)
        return response

    def get_urls(self) -> list[Any]:
        own = [
            path("language/", set_language, name="language"),
            path("seats/", self.admin_view(self.seats), name="seats"),
            path("seats/<int:pk>/choose/", self.admin_view(require_POST(self.seat_choose)), name="seat-choose"),
        ]
        desks = [import_module(name) for name in (f"declarations.admin.{word}" for word in DESKS) if find_spec(name)]
        # No row of ours has a page of its own elsewhere, and Django's way to one fails on our random keys.
        lists = [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]
        return [*own, *(url for desk in desks for url in desk.urls(self)), *lists]

    def seats(self, request: HttpRequest) -> HttpResponse:
        """The seats one can act from."""
        context = {"title": _("Your seats"), "seats": seats_at_hand(request)}
        return render(request, "declarations/admin/seats.html", {**self.each_context(request), **context})

    def seat_choose(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Act from another of one's own seats."""
        for seat in seats_at_hand(request):
            if seat.pk == pk:
                request.session[ACTS_FROM] = pk
                return redirect(desk_of(seat))
        raise PermissionDenied

    # What every page knows

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context = super().each_context(request)
        seat = request.seat if request.user.is_active else None  # type: ignore[attr-defined]
        context["languages"] = LANGUAGES
        if seat:
            forum = seat.forum
            title = forum.title_in(translation.get_language() or "fr")
            site_url = f"/{translation.get_language()}/{forum.slug}/"
            context |= {"seat": seat, "forum": forum, "site_header": title, "site_url": site_url}
        else:
            context |= {"seat": None, "forum": None, "site_header": _("Forum"), "site_url": "/"}
        return context

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The lists in the order of the road, one heading a word."""
        from declarations.admin.road import NAMES

        entries = [entry for app in self._build_app_dict(request, app_label).values() for entry in app["models"]]
        headings = []
        for word, name in NAMES.items():
            if lists := [entry for entry in entries if getattr(self._registry[entry["model"]], "word", "") == word]:
                url = reverse("admin:index", current_app=self.name) + f"#{word}"
                headings.append({"name": name, "app_label": word, "app_url": url, "models": lists})
        return headings

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        return redirect("admin:index")

    # The road

    def index(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Today, the ten stages with what waits in each, and who is in the room."""
        from declarations.admin import road

        seat = request.seat  # type: ignore[attr-defined]
        if seat and not may(seat, "declarations.see_road"):
            return redirect(desk_of(seat))
        shown = road.read(seat) if seat else {"alone": True}
        return super().index(request, {**shown, **(extra_context or {})})
