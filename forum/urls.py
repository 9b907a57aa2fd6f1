"""The two halves of the site: the desks of the organisers, and the road."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("admin/", admin.site.urls)]

if find_spec("declarations.urls"):
    urlpatterns.append(path("", include("declarations.urls")))
