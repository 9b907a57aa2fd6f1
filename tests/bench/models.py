"""One table in which the same words stand in clear, as a plain form of Django's would keep them."""

from __future__ import annotations

from django.db import models


class PlainTestimony(models.Model):
    forum = models.ForeignKey("declarations.Forum", models.PROTECT, related_name="+")
    language = models.CharField(max_length=12, choices=[("fr", "fr"), ("en", "en"), ("ar", "ar"), ("bm", "bm")])
    region = models.ForeignKey("declarations.Region", models.PROTECT, null=True, blank=True, related_name="+")
    capacity = models.ForeignKey("declarations.Capacity", models.PROTECT, null=True, blank=True, related_name="+")
    summarise = models.BooleanField()
    quote = models.BooleanField()
    words = models.TextField(max_length=20_000)
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "bench"

    def __str__(self) -> str:
        return str(self.pk)
