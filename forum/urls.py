"""The two halves of the site: the desks of the organisers, and the road in each language."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from declarations.views.forums import healthz
from declarations.views.sitemap import robots, sitemap

# "/" itself is no page: the language a browser asks for, else French, is put before it.
urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("robots.txt", robots, name="robots"),
    path("admin/", admin.site.urls),
    *i18n_patterns(path("", include("declarations.urls"))),
]

# A storage that fails is said as such, with what was typed; everything else is a plain error.
handler500 = "declarations.views.standing.broke"
