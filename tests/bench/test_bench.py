"""The short form of `make bench-submit`, and that it fails below half of the goal and only there."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.apart import said_by

from .__main__ import is_below_half, table
from .load import Measured


@pytest.mark.skipif(connection.vendor != "sqlite", reason="measured on SQLite here, on both by make bench-submit")
def test_a_testimony_is_not_slower_than_half_of_the_goal_allows():
    said = said_by("tests.bench", "--short")
    print(said)
    assert "a whole testimony" in said


def rounds(rate: float = 0.5, p99: float = 4.0, errors: int = 0) -> list[dict[str, Measured]]:
    """Three rounds, the first of them far off: something else had the machine."""
    plain, slow = Measured(100, [0.1] * 100, 0, 0.1), Measured(1, [9.0] * 100, 0, 0.1)
    told = Measured(100 * rate, [0.1] * 98 + [0.1 * p99] * 2, errors, 0.1)
    return [
        {"form": plain, "plain": plain, "testimony": slow},
        {"form": plain, "plain": plain, "testimony": told},
        {"form": plain, "plain": plain, "testimony": told},
    ]


def test_the_table_compares_the_medians():
    assert "rate 0.50 (goal: 0.5 or more), 99th percentile 4.0 (goal: below 4)" in table(rounds())
    assert not is_below_half(rounds())


@pytest.mark.parametrize(
    ("changes", "is_below"),
    [
        ({"rate": 0.26}, False),
        ({"rate": 0.24}, True),
        ({"p99": 7.9}, False),
        ({"p99": 8.1}, True),
        ({"errors": 1}, True),
    ],
)
def test_below_half_of_the_goal_fails(changes, is_below):
    assert is_below_half(rounds(**changes)) is is_below
