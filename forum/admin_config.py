"""Which admin site the organisers see."""

from django.contrib.admin.apps import AdminConfig


class ForumAdminConfig(AdminConfig):
    """Put the admin whose index is the road in the place of Django's own."""

    default_site = "forum.admin.RoadAdminSite"
