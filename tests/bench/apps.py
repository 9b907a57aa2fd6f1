"""The table and the views that only the measuring needs."""

from django.apps import AppConfig


class BenchConfig(AppConfig):
    name = "tests.bench"
    label = "bench"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let all pass that are sent here, in minutes as many as a forum gets in years; they are counted as ever."""
        from declarations.forms import guesses

        guesses.MOST["testimony"] = 1_000_000
