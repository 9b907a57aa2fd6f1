"""Which admin site the organisers see."""

from importlib.util import find_spec

from django.contrib.admin.apps import AdminConfig


class ForumAdminConfig(AdminConfig):
    """Put the admin whose index is the road in the place of Django's own."""

    # Django's own site serves until forum/admin.py brings RoadAdminSite.
    if find_spec("forum.admin"):
        default_site = "forum.admin.RoadAdminSite"
