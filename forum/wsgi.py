"""The door for a WSGI server, which is what the forum is served with."""

import os

from django.core.wsgi import get_wsgi_application

from forum.waiting import Waiting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forum.settings")
site = get_wsgi_application()

from forum.front import Front  # noqa: E402  it knows the site's pages, so the site comes first

application = Front(Waiting(site))
