"""docs/safety.md names a check for each promise and each mechanism, and every check is there."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html

from tests import factories as make

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "safety.md").read_text(encoding="utf-8")
ROWS = [
    line
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith(("| the page says", "| what must", "| mech"))
]
CHECK = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def tests_in(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


def test_each_line_has_a_check_that_is_there() -> None:
    assert len(ROWS) > 30
    for row in ROWS:
        checks = CHECK.findall(row)
        assert checks, row
        for name, test in checks:
            found = tests_in(ROOT / name)
            assert any(each.startswith("test_") for each in found), name
            assert not test or test in found, f"{name}::{test}"


def test_each_mechanism_is_named_or_said_to_be_missing() -> None:
    for number in range(1, 17):
        assert re.search(rf"\bM{number}\b", PAGE), number


def test_each_place_in_the_code_is_there() -> None:
    for row in ROWS:
        for place in re.findall(r"`([\w/.]+)`", row.split("|")[2]) if re.match(r"\| M\d", row) else ():
            assert (ROOT / place).exists() or (ROOT / "declarations" / place).exists(), place


# The page says nothing that no check holds.

SENTENCES = {
    row.split("|")[1].strip() for row in PAGE.split("### Behind these")[0].splitlines() if row.startswith("| ")
}
LIMITS = "What we cannot do"


@pytest.fixture(params=["with custodians and a last day", "with neither"])
def said(request: pytest.FixtureRequest, db: None, client: Client) -> dict[str, list[str]]:
    """What the public page says under each of its headings, the day left out."""
    forum = make.a_forum("mali")
    if request.param != "with neither":
        make.custodians(forum)
        forum.keep_until = timezone.localdate() + timedelta(days=365)
        forum.save()
    page = html.fromstring(client.get("/en/mali/promises/").content.decode())
    for link in page.xpath("//article//a"):
        link.drop_tree()
    parts: dict[str, list[str]] = {}
    heading: Any = None
    for part in page.xpath("//article/*[not(self::p[@class])]"):
        if part.tag == "h2":
            heading = part.text_content()
            parts[heading] = []
        elif heading:
            lines = part.xpath("./li") if part.tag == "ul" else [part]
            parts[heading] += [
                re.sub(r"than \w+\.? \d+, \d{4}", "than DAY", line.text_content().strip()) for line in lines
            ]
    return parts


def test_each_sentence_of_the_public_page_has_a_check(said: dict[str, list[str]]) -> None:
    promised = [sentence for heading, lines in said.items() if heading != LIMITS for sentence in lines]
    assert len(promised) > 15
    assert [sentence for sentence in promised if sentence not in SENTENCES] == []
    assert len(said[LIMITS]) >= 5, "what cannot be promised is said too"


def test_the_form_leads_to_the_promises(db: None, client: Client) -> None:
    make.reading_private(make.a_forum("mali"))
    assert "/en/mali/promises/" in client.get("/en/mali/testimonies/new/").content.decode()
