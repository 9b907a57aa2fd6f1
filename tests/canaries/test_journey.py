"""After the journey nothing is found, and after a withdrawal not even the sentence that was public."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import call_command

from declarations.models import Quote
from tests import canary

from .journey import Journey


@pytest.mark.django_db(transaction=True)
def test_after_the_journey_nothing_is_found(logs: io.StringIO, tmp_path: Path) -> None:
    journey = Journey()
    journey.organise()
    journey.tell()
    journey.take()
    journey.send_from_phone()
    journey.read()
    journey.open_name()
    journey.speak()
    journey.publish()
    journey.edit()
    journey.take_away()
    journey.come_back()
    assert journey.look(), "the sentence is public"
    sentence = {"the quoted sentence": Quote.objects.get().words}
    copies = journey.keep(tmp_path / "before")
    # What may be kept for years has not one word of it: it stands beside the keys, which go after seven days.
    assert {place for _name, place, _how in canary.sweep(sentence, copies)} == {"backup keys.jsonl.gz"}
    assert len(journey.secrets) > 40
    assert journey.found(logs) == set()
    assert canary.admin_log() == []
    # The server did fail, and said so without a word of what was typed.
    assert "testimony-new" in logs.getvalue()

    places = {place.partition(" ")[0] for _name, place, _how in canary.sweep(sentence, canary.kept())}
    assert places >= {"table", "file", "pages"}, "a cleared sentence is kept in clear until it is taken back"
    journey.take_back()
    assert journey.look() == set()
    gone = canary.kept()
    if canary.connection.vendor == "postgresql":
        # Its server keeps the bytes of what was deleted until the next `retain`, and what it wrote ahead for longer
        # (docs/operating.md); SQLite has neither in its file nor in its log (M4).
        assert canary.sweep(sentence, {name: data for name, data in gone.items() if "file base" in name})
        call_command("retain", stdout=io.StringIO())
        gone = {name: data for name, data in canary.kept().items() if "pg_wal" not in name}
    assert canary.sweep(sentence, {**gone, **journey.keep(tmp_path / "after")}) == set()
    assert journey.found(logs) == set()
