"""How long a pile of testimonies takes to read, from the classes their sealed sizes lie in: never exact (M1, M7)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Max, QuerySet
from django.db.models.functions import Length

from declarations.models import RecordingChunk, SealedText, Testimony

# Minutes to read and to sum up a text of each size class of an envelope, as readers at rehearsals needed; bytes.
MINUTES_TO_READ = ((512, 5), (2 << 10, 8), (8 << 10, 14), (32 << 10, 30), (128 << 10, 60))
# Minutes to hear and to write down a voice, by how many sealed parts it takes: a part holds about half a minute.
MINUTES_TO_HEAR = ((4, 10), (12, 25), (40, 60))
AROUND = 64  # bytes at most that sealing adds to a size class
NOT_KNOWN = 8  # where nothing tells how long it is
LONGEST_TO_READ, LONGEST_TO_HEAR = 90, 120


def minutes(size: int, classes: Iterable[tuple[int, int]], longest: int) -> int:
    return next((minutes for largest, minutes in classes if size <= largest), longest)


def hours_to_read(rows: QuerySet[Testimony]) -> int:
    """Return the hours that these testimonies take, rounded; one at least where there is one. Three queries."""
    waiting = rows.order_by().values("pk")
    texts = SealedText.objects.filter(testimony__in=waiting, kind=SealedText.Kind.WORDS).order_by()
    sizes = list(texts.annotate(size=Length("envelope")).values_list("size").annotate(n=Count("pk")))
    parts = RecordingChunk.objects.filter(recording__testimony__in=waiting).order_by()
    last_parts = parts.values("recording__testimony").annotate(parts=Max("number")).values_list("parts", flat=True)
    voices = list(last_parts)
    total = sum(minutes(size - AROUND, MINUTES_TO_READ, LONGEST_TO_READ) * n for size, n in sizes)
    total += sum(minutes(last + 1, MINUTES_TO_HEAR, LONGEST_TO_HEAR) for last in voices)
    total += NOT_KNOWN * max(0, rows.count() - sum(n for _size, n in sizes) - len(voices))
    return max(1, round(total / 60)) if total else 0
