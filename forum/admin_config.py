"""Which admin site the organisers see, and the one table that is the project's own."""

from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate

from forum.counts import make_table


class ForumAdminConfig(AdminConfig):
    """Put the admin whose index is the road in the place of Django's own."""

    default_site = "forum.admin.RoadAdminSite"

    def ready(self) -> None:
        """Make the table of the shared counts after each migration."""
        super().ready()
        post_migrate.connect(make_table, sender=self)
