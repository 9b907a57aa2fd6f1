"""After the journey nothing is found, and after a withdrawal not even the sentence that was public."""

from __future__ import annotations

import io

import pytest

from declarations.models import Quote
from tests import canary

from .journey import Journey


@pytest.mark.django_db(transaction=True)
def test_after_the_journey_nothing_is_found(logs: io.StringIO) -> None:
    journey = Journey()
    journey.organise()
    journey.tell()
    journey.take()
    journey.send_from_phone()
    journey.read()
    journey.open_name()
    journey.speak()
    journey.publish()
    journey.take_away()
    journey.come_back()
    assert len(journey.secrets) > 25
    assert journey.found(logs) == set()
    assert canary.admin_log() == []
    # The server did fail, and said so without a word of what was typed.
    assert "testimony-new" in logs.getvalue()

    sentence = {"the quoted sentence": Quote.objects.get().words}
    assert canary.sweep(sentence, canary.rows()), "a cleared sentence is kept in clear until it is taken back"
    journey.take_back()
    assert journey.found(logs) == set()
    assert canary.sweep(sentence, canary.rows()) == set()
    if canary.connection.vendor == "sqlite":
        # Erased means erased: not in a free page, and not in what is written ahead (M4).
        assert canary.sweep(sentence, canary.files()) == set()
