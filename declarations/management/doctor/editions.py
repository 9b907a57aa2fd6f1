"""Whether every published edition is what was published, and signed."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import override

from declarations.models import Declaration
from declarations.workflow.manifests import verify_all

from . import Check, Finding, error, fine


def published() -> Iterator[Finding]:
    for declaration in Declaration.objects.exclude(editions=None).select_related("forum"):
        subject = f"editions of {declaration.forum.slug}"
        with override("en"):
            faults = [fault for _number, fault in verify_all(declaration)]
        if faults:
            words = f"{len(faults)} things are not what was published. The first: {faults[0]}"
            yield error(subject, words, "Run `manage.py verify_editions`; then see docs/operating.md, Editions.")
        else:
            yield fine(subject, "Every file, signature and link of the chain holds.")


CHECKS: tuple[Check, ...] = (published,)
