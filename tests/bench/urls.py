"""The site, and beside it what it is compared with."""

from django.urls import path

from forum.urls import urlpatterns as site

from .views import plain

urlpatterns = [
    path("bench/<slug:forum>/form/", plain, {"is_kept": False}),
    path("bench/<slug:forum>/plain/", plain, {"is_kept": True}),
    *site,
]
