"""What anybody would write first: a ModelForm, valid or not, and a page that thanks."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .models import PlainTestimony


class PlainForm(forms.ModelForm):
    class Meta:
        model = PlainTestimony
        fields = ["language", "region", "capacity", "summarise", "quote", "words"]


def plain(request: HttpRequest, is_kept: bool) -> HttpResponse:
    """Check the form; keep it or not; thank."""
    form = PlainForm(request.POST or None, instance=PlainTestimony(forum=request.forum))
    if not form.is_valid():
        return render(request, "bench/plain.html", {"form": form}, status=422)
    if is_kept:
        form.save()
    return render(request, "bench/plain.html", {"form": form, "is_kept": is_kept})
