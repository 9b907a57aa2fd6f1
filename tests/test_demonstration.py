"""The demonstration is whole: built by the real verbs, with as much of everything as a forum has."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from lxml import etree

from declarations.management.demonstration.seed import HERE, load
from declarations.models import (
    Amendment,
    Clause,
    ClauseWording,
    Commitment,
    Edition,
    EditionFile,
    Excerpt,
    Finding,
    Forum,
    HistoryEntry,
    Participant,
    Recommendation,
    Region,
    Response,
    Section,
    Testimony,
)
from declarations.workflow import editions
from declarations.workflow.moves import broken_link

from .publishing.test_documents import SCHEMA


@pytest.fixture
def var(settings, tmp_path: Path) -> Path:
    settings.DEMO_TABLE = tmp_path / "demo.txt"
    return tmp_path


def test_the_whole_road(db, var: Path, client: Client) -> None:
    out = StringIO()
    call_command("seed_demo", stdout=out)
    forum = Forum.objects.get(slug="mali")
    assert forum.mode == Forum.Mode.DEMONSTRATION
    assert Region.objects.filter(zone__is_abroad=False).count() == 20
    assert Participant.objects.count() >= 160
    assert Testimony.objects.count() == 240
    assert Testimony.objects.filter(state="withdrawn").count() == 6
    assert set(Testimony.objects.values_list("taken_as", flat=True)) == {"own_phone", "facilitator", "paper"}
    assert Finding.objects.public().count() == 25
    assert Excerpt.objects.count() == 40
    # What was written down in French is French, whatever was spoken.
    assert Testimony.objects.exclude(language__in=["fr", "en"]).exists()
    assert set(Excerpt.objects.values_list("language", flat=True)) == {"fr", "en"}
    assert Recommendation.objects.count() == 45
    assert Recommendation.objects.filter(state="set_aside").count() == 9
    numbered = Clause.objects.filter(section__kind__in=Section.NUMBERED)
    assert numbered.count() >= 40
    for language in ("fr", "en"):
        assert ClauseWording.objects.filter(clause__in=numbered, language=language).count() == numbered.count()
    assert ClauseWording.objects.filter(language="ar").exists()
    assert {row.state for row in Amendment.objects.all()} == set(Amendment.State.values)
    assert [row.kind for row in Edition.objects.order_by("number")] == ["adopted", "translation"]
    assert all(editions.verify(edition) == [] for edition in Edition.objects.all())
    statements = EditionFile.objects.filter(extension="akn")
    assert [each.language for each in statements.order_by("edition__number", "pk")] == ["fr", "en", "fr", "en", "ar"]
    for statement in statements:
        SCHEMA.assertValid(etree.fromstring(bytes(statement.content)))
    assert {row.channel for row in Response.objects.all()} == {"letter", "link"}
    assert {row.state for row in Commitment.objects.all()} == set(Commitment.State.values)
    assert broken_link(forum) is None
    assert HistoryEntry.objects.filter(forum=forum).count() > 1000
    table = (var / "demo.txt").read_text(encoding="utf-8")
    assert table in out.getvalue()
    for seat in ("organiser", "reader", "custodian", "facilitator", "expert", "addressee", "participant", "receipt"):
        assert f"\n{seat} " in table, seat
    assert client.get("/fr/mali/declaration/").status_code == 200
    # A second time changes nothing and says where the table is.
    call_command("seed_demo", "--if-missing", stdout=out)
    assert Testimony.objects.count() == 240
    with pytest.raises(CommandError):
        call_command("seed_demo", stdout=out)


def test_it_stops_where_it_is_asked_to(db, var: Path) -> None:
    call_command("seed_demo", "--until", "groups", stdout=StringIO())
    assert Participant.objects.count() >= 160
    assert not Testimony.objects.exists()


def test_what_is_stopped_halfway_leaves_nothing(db, var: Path, monkeypatch) -> None:
    def cut_off(demo):
        raise KeyboardInterrupt

    monkeypatch.setitem(
        __import__("declarations.management.commands.seed_demo", fromlist=["STAGES"]).STAGES, "groups", cut_off
    )
    with pytest.raises(KeyboardInterrupt):
        call_command("seed_demo", stdout=StringIO())
    assert not Forum.objects.exists()


def test_every_sentence_quoted_stands_in_its_testimony() -> None:
    told = {row["key"]: row["words"] for row in load("testimonies")}
    assert len(told) >= 40
    for row in load("excerpts"):
        assert row["words"] in told[row["testimony"]]


@pytest.mark.parametrize("path", sorted(HERE.glob("*.json")), ids=lambda path: path.stem)
def test_french_keeps_its_spaces(path: Path) -> None:
    """A mark that takes a no-break space before it never stands after a plain one."""

    def french(node: object) -> list[str]:
        if isinstance(node, dict):
            inner = [text for key, value in node.items() if key not in ("en", "ar") for text in french(value)]
            return [] if node.get("language") == "en" else inner
        if isinstance(node, list):
            return [text for value in node for text in french(value)]
        return [node] if isinstance(node, str) else []

    texts = french(json.loads(path.read_text(encoding="utf-8")))
    assert [text for text in texts if any(f" {mark}" in text for mark in ":;!?»") or "« " in text] == []
