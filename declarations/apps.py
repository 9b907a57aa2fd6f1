from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class DeclarationsConfig(AppConfig):
    name = "declarations"
    verbose_name = _("The road")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import permissions  # noqa: F401  the table registers itself with rules
        from .models.guards import install_guards
        from .models.news import install_news
        from .models.row_order import sample_nothing_sealed

        post_migrate.connect(sample_nothing_sealed, sender=self)
        post_migrate.connect(install_guards, sender=self)
        post_migrate.connect(install_news, sender=self)
        admit_inlined_sheets()


def admit_inlined_sheets() -> None:
    """Let the policy admit by their hashes the sheets that pages carry inside themselves (M11).

    Not in the settings: a sheet is found among the static files, which need the settings first.
    """
    from django.conf import settings

    from .templatetags.inline_css import inline_css_hashes

    sources = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["style-src"]
    sources += [one for one in inline_css_hashes() if one not in sources]
