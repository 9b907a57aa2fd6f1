"""The site, and beside it what it is compared with."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from declarations.models import Forum
from forum.urls import urlpatterns as site


def trivial(request: HttpRequest) -> HttpResponse:
    """Two letters: whatever else Django does for every request."""
    return HttpResponse("ok")


def one_query(request: HttpRequest) -> HttpResponse:
    """One question to the database, and a page of the site made of it."""
    return render(request, "declarations/forums/home.html", {"forums": Forum.objects.public(), "alternates": []})


urlpatterns = [path("bench/trivial/", trivial), path("bench/one-query/", one_query), *site]
