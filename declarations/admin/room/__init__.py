"""Reading the testimonies: pages of the admin behind a passphrase, where nothing opened is ever stored in clear.

`queue` is what waits, `testimonies` one testimony at a time, `recordings` its voice and `writing` what is done on its
page, `excerpts` the sentences a second person clears, `findings` what readers write from many, `shares` who reads what
first. A page read by GET changes nothing; each act is one verb by POST.
"""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from declarations.views import unlocking

from . import excerpts, findings, queue, recordings, shares, testimonies, writing


def urls(site: AdminSite) -> list[URLPattern]:
    """Return the addresses of the room, each behind the sign-in of the admin site."""
    inside = site.admin_view
    return [
        path("room/", inside(queue.room), name="reading-room"),
        path("room/unlock/", inside(unlocking.unlock), name="reading-unlock"),
        path("room/lock/", inside(unlocking.lock), name="reading-lock"),
        path("room/next/", inside(queue.onward), name="reading-next"),
        path("room/shares/", inside(shares.shares), name="reading-shares"),
        path("room/<uuid:pk>/", inside(testimonies.testimony), name="reading-testimony"),
        path("room/<uuid:pk>/recording/", inside(recordings.recording), name="reading-recording"),
        path("room/<uuid:pk>/read/", inside(testimonies.mark_read), name="reading-mark"),
        path("room/<uuid:pk>/summary/", inside(testimonies.summarise), name="reading-summarise"),
        path("room/<uuid:pk>/sentence/", inside(writing.propose_excerpt), name="excerpt-propose"),
        path("room/<uuid:pk>/judgement/", inside(writing.judge), name="reading-judge"),
        path("room/<uuid:pk>/text/", inside(writing.write_text), name="reading-text"),
        path("room/<uuid:pk>/kept/", inside(writing.keep_draft), name="reading-keep"),
        path("room/<uuid:pk>/urgent/", inside(writing.raise_urgent), name="reading-urgent"),
        path("room/<uuid:pk>/refuse/", inside(testimonies.refuse), name="reading-refuse"),
        path("room/sentences/", inside(excerpts.clearance), name="excerpt-clearance"),
        path("room/sentences/<uuid:pk>/clear/", inside(excerpts.clear), name="excerpt-clear"),
        path("room/sentences/<uuid:pk>/withdraw/", inside(excerpts.withdraw), name="excerpt-withdraw"),
        path("room/findings/", inside(findings.desk), name="finding-desk"),
        path("room/findings/new/", inside(findings.compose), name="finding-compose"),
        path("room/findings/<int:number>/", inside(findings.edit), name="finding-edit"),
        path("room/findings/<int:number>/agree/", inside(findings.agree), name="finding-agree"),
    ]
