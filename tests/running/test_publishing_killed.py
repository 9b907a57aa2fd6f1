"""Publishing that is killed at any moment leaves no edition or a whole one; two publishers at once make one.

The process that publishes is killed for real (SIGKILL): at statements of its own choosing, between the last statement
and the commit, after it, and at moments drawn by lot from outside. `make proof` draws hundreds.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from declarations.publishing import FORMATS

from .site import ROOT, Site

pytestmark = pytest.mark.django_db
KILLS = int(os.environ.get("PUBLISHING_KILLS", "4"))
SEED = int(os.environ.get("SEED") or random.randrange(10**6))

BUILD = """
import json
from tests import factories as make
forum = make.a_forum()
excerpt = make.an_excerpt(forum)
finding = make.a_finding(forum, excerpts=(excerpt,))
declaration = make.a_declaration(forum, "adopted")
from declarations.workflow import recommendations
recommendation = make.last_clause(declaration).sources.get().recommendation
recommendations.ground(recommendation, by=make.organiser_of(forum), finding=finding)
seats = [make.a_seat(forum) for _ in range(2)]
for seat in seats:
    make.signing_private(seat)
proof = make.a_proof(forum, declaration)
print(json.dumps({"seats": [seat.pk for seat in seats], "proof": proof.pk}))
"""
PUBLISH = """
import json, os, signal, sys
from django.db import connection
from declarations.models import Edition, EditionFile, Excerpt, HistoryEntry, Proof, Seat
from declarations.publishing import FORMATS
from declarations.workflow import editions, manifests, moves, people
from tests import factories as make
seat, proof, at, few = json.loads(sys.argv[1])
seat, proof = Seat.objects.select_related("user", "forum").get(pk=seat), Proof.objects.get(pk=proof)

def state():
    return {
        "editions": Edition.objects.count(),
        "files": EditionFile.objects.count(),
        "proof": Proof.objects.get(pk=proof.pk).state,
        "excerpt": Excerpt.objects.get().state,
        "published": HistoryEntry.objects.filter(verb__startswith="publish").count(),
        "faults": list(manifests.verify_all(proof.declaration)),
        "history": moves.broken_link(seat.forum) is None,
    }

def die():
    os.kill(os.getpid(), signal.SIGKILL)

seen = 0
def counted(execute, sql, params, many, context):
    global seen
    seen += 1
    if seen == at:
        die()
    return execute(sql, params, many, context)

commit = connection._commit
def committed():
    if at == "before the commit":
        print(seen, flush=True)
        die()
    commit()
    if at == "after the commit":
        die()

if few:
    editions.FORMATS = {"txt": FORMATS["txt"], "csv": FORMATS["csv"]}
private = people.unlock(seat.user, make.PASSPHRASE)
print(json.dumps(state()), flush=True)
if at == "look":
    sys.exit()
sys.stdin.readline()
connection._commit = committed
with connection.execute_wrapper(counted):
    editions.publish(proof, by=seat, private=private)
print(json.dumps({**state(), "statements": seen}), flush=True)
"""
ALL_FILES = 2 * len(FORMATS) + 1  # in French, in English, and both side by side
NONE = {"editions": 0, "files": 0, "proof": "awaiting", "excerpt": "cleared", "published": 0}


@pytest.fixture(scope="module")
def original(tmp_path_factory, django_db_setup, django_db_blocker) -> Iterator[tuple[Site, dict[str, Any]]]:
    """A forum with a proof that waits, built once; every test works on a copy."""
    with django_db_blocker.unblock():
        site, built = Site.built(tmp_path_factory.mktemp("proved"), BUILD)
        yield site, built
        site.close()


@pytest.fixture
def site(original: tuple[Site, dict[str, Any]], tmp_path: Path, transactional_db) -> Iterator[Site]:
    site = Site(tmp_path, like=original[0])
    yield site
    site.close()


class Publisher:
    """One process that opens the key, says how things stand, and publishes when it is told to."""

    def __init__(self, site: Site, built: dict[str, Any], number: int = 0, at: object = 0, few: bool = True) -> None:
        code = f"import django; django.setup()\n{PUBLISH}"
        given = json.dumps([built["seats"][number], built["proof"], at, few])
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, given],
            cwd=ROOT, env=site.environment(), stdin=pipe, stdout=pipe, stderr=pipe, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1][-2000:]
        self.before = json.loads(line)

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self) -> tuple[str, str, int]:
        out, said = self.process.communicate(timeout=120)
        return out, said, self.process.returncode


def killed(publisher: Publisher) -> str:
    """Let it publish until it kills itself; returns what it said before."""
    publisher.go()
    out, said, code = publisher.end()
    assert code == -signal.SIGKILL, said[-2000:]
    return out


def is_whole(state: dict[str, Any], files: int) -> bool:
    """Whether there is one edition with all that belongs to it; with nothing of it, it must be none at all."""
    assert state["faults"] == [] and state["history"], state
    if {name: state[name] for name in NONE} == NONE:
        return False
    whole = {"editions": 1, "files": files, "proof": "published", "excerpt": "published"}
    assert {name: state[name] for name in whole} == whole, state
    assert state["published"] == 3, "the proof, the edition and the sentence each have their line"
    return True


def test_killed_at_a_statement_it_leaves_nothing(site: Site, original: tuple[Site, dict[str, Any]]) -> None:
    built, draw = original[1], random.Random(SEED)
    first = killed(Publisher(site, built, at="before the commit"))
    statements = range(1, int(first) + 1)
    points = draw.sample(statements, min(KILLS, len(statements)))
    for at in points:
        publisher = Publisher(site, built, at=at)
        assert not is_whole(publisher.before, 4), (SEED, at)
        killed(publisher)
    publisher = Publisher(site, built, at="after the commit")
    assert not is_whole(publisher.before, 4), (SEED, points)
    killed(publisher)
    assert is_whole(Publisher(site, built, at="look").before, 4)


def test_killed_from_outside_it_leaves_nothing_or_a_whole_edition(
    site: Site, original: tuple[Site, dict[str, Any]]
) -> None:
    built, draw = original[1], random.Random(SEED)
    for _number in range(KILLS):
        publisher = Publisher(site, built, few=False)
        if is_whole(publisher.before, ALL_FILES):
            publisher.process.kill()
            publisher.end()
            break
        publisher.go()
        time.sleep(draw.uniform(0, 3))
        publisher.process.kill()
        publisher.end()
    is_whole(Publisher(site, built, at="look").before, ALL_FILES)  # one or the other, else it fails


def test_two_publishers_at_the_same_moment_make_one_edition(site: Site, original: tuple[Site, dict[str, Any]]) -> None:
    both = [Publisher(site, original[1], number) for number in range(2)]
    for publisher in both:
        publisher.go()
    ended = sorted((publisher.end() for publisher in both), key=lambda end: end[2])
    assert [code for _out, _said, code in ended] == [0, 1], [said[-2000:] for _out, said, _code in ended]
    assert "IllegalMove" in ended[1][1], ended[1][1][-2000:]
    assert is_whole(Publisher(site, original[1], at="look").before, 4)
