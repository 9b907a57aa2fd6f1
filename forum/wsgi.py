"""The door for a WSGI server, which is what the forum is served with."""

import os

from django.core.wsgi import get_wsgi_application

from forum.waiting import Waiting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forum.settings")

application = Waiting(get_wsgi_application())
