"""The short form of `make bench-publish`: publishing that falls below half of a goal is noticed before it lands."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.db import connection

from tests.served.server import url_of

from .publishing import Figures, goal_of, measured_apart, proved, resident, watched_memory

CLAUSES = 60


@pytest.mark.skipif(connection.vendor != "sqlite", reason="measured on SQLite here, on both by make bench-publish")
@pytest.mark.django_db(transaction=True)
def test_publishing_is_not_worse_than_half_of_its_goals_allows() -> None:
    site = {**os.environ, "TESTS_DATABASE_URL": url_of(connection.settings_dict)}
    done = measured_apart(CLAUSES, *proved(CLAUSES), env=site, capture_output=True)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{CLAUSES} clauses, 29 files" in done.stdout


@pytest.mark.parametrize(
    ("figures", "is_within"),
    [
        ((59, 599, 1.9), True),
        ((61, 599, 1.9), False),
        ((59, 601, 1.9), False),
        ((59, 599, 2.1), False),
    ],
)
def test_what_takes_twice_its_goal_fails(figures: tuple[float, float, float], is_within: bool) -> None:
    assert Figures(*figures).is_within_twice(goal_of(300, resting=100)) is is_within


def test_fewer_clauses_may_take_less() -> None:
    assert goal_of(60, resting=100) == Figures(6, 180, 1)


def test_the_memory_of_what_is_started_is_counted() -> None:
    with watched_memory() as peak:
        before = resident(os.getpid())
        subprocess.run(
            [sys.executable, "-I", "-c", "import time; kept = b'1' * 80_000_000; time.sleep(0.2)"], check=True
        )
    assert 80e6 < max(peak) - before < 120e6
