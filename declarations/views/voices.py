"""The sentences that may be quoted, as they stand today: a page and a print, made anew and never one of the files.

Nothing is written down of them. What was typeset last stays in the memory of the process while not one word moved; with
the first look after that it is gone (M4).
"""

from __future__ import annotations

import threading

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from declarations import tracing
from declarations.models import Edition, Forum
from declarations.publishing import as_html, as_voices
from declarations.publishing.as_voices import Heard, Said, Voices
from declarations.publishing.labels import LABELS
from declarations.publishing.snapshot import from_bytes

from .editions import editions_of
from .reading import public_page

TYPES = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}
PATIENCE = 10  # seconds; one print takes less than one
TRIES = 3


@require_safe
@public_page
def voices_today(request: HttpRequest, language: str, extension: str) -> HttpResponse:
    """The sentences beside the findings, in one file; whoever asks tomorrow gets those of tomorrow."""
    forum = request.forum  # type: ignore[attr-defined]
    edition = editions_of(forum).first()
    if edition is None or language not in LABELS or extension not in TYPES:
        raise Http404(_("There is no such file of this edition."))
    voices, content = (page if extension == "html" else printed)(forum, edition, language)
    if content is None:
        return HttpResponse(status=503, headers={"Retry-After": str(PATIENCE)})
    response = HttpResponse(content, content_type=TYPES[extension])
    response["Content-Language"] = language
    response["X-Robots-Tag"] = "noindex, noarchive"
    if extension == "html":
        # The file carries its own sheet, which the site's policy does not know.
        response["Content-Security-Policy"] = f"{as_html.POLICY}; frame-ancestors 'none'"
    else:
        response["Content-Disposition"] = f'attachment; filename="voices.{voices.on}.{language}.pdf"'
    return response


def page(forum: Forum, edition: Edition, language: str) -> tuple[Voices, bytes]:
    voices = voices_of(forum, edition)
    PRESS.forget(forum.pk, voices)
    return voices, as_voices.html(voices, language)


def printed(forum: Forum, edition: Edition, language: str) -> tuple[Voices, bytes | None]:
    """Return the print; made again where a sentence was taken back while it was made, else None."""
    now = voices_of(forum, edition)
    for _once in range(TRIES):
        voices, content = now, PRESS.printed(forum.pk, language, now)
        now = voices_of(forum, edition)
        if content is None or now.digest == voices.digest:
            return voices, content
    PRESS.forget(forum.pk, now)
    return now, None


def voices_of(forum: Forum, edition: Edition) -> Voices:
    """Return the sentences that may be shown at this moment, each once, with the first finding it stands beside."""
    snapshot, seen = from_bytes(bytes(edition.snapshot)), set()
    found = []
    for heard in tracing.heard(forum):
        new = [excerpt for excerpt in heard.quotes if excerpt.pk not in seen]
        seen |= {excerpt.pk for excerpt in new}
        if new:
            text = {wording.language: wording.text for wording in heard.finding.wordings.all()}
            sentences = tuple(Said(each.quote.words, each.language, each.quote.speaker) for each in new)
            found.append(Heard(heard.finding.number, text, sentences))
    return Voices(
        forum=forum.title,
        mode=forum.mode,
        title=snapshot.title,
        edition=edition.number,
        control_code=edition.control_code,
        authentic=snapshot.authentic,
        on=forum.today().isoformat(),
        heard=tuple(found),
    )


class Press:
    """Sets one print at a time, and keeps the last of each forum and language while it is still true."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.made: dict[tuple[int, str], tuple[str, bytes]] = {}

    def printed(self, forum: int, language: str, voices: Voices) -> bytes | None:
        """Return the print; None where so many ask at once that somebody has waited long enough."""
        self.forget(forum, voices)
        if kept := self.made.get((forum, language)):
            return kept[1]
        if not self.lock.acquire(timeout=PATIENCE):
            return None
        try:
            kept = self.made.get((forum, language))
            if kept is None or kept[0] != voices.digest:
                kept = (voices.digest, as_voices.pdf(voices, language))
                self.made[forum, language] = kept
            return kept[1]
        finally:
            self.lock.release()

    def forget(self, forum: int, voices: Voices) -> None:
        """Drop every print of the forum that says something else than is true now."""
        for key, (digest, _content) in list(self.made.items()):
            if key[0] == forum and digest != voices.digest:
                self.made.pop(key, None)


PRESS = Press()
