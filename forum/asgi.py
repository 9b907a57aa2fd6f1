"""The door for an ASGI server; the views are synchronous, so WSGI is several times faster."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forum.settings")

application = get_asgi_application()
