"""Keeping a table from giving its small cells away.

Somebody who adds and subtracts finds a hidden cell from what stands around it. So every small cell is tried as they
would try it: could it still be any number below the minimum, with every figure shown still true? Where it could not,
the cheapest further cells are hidden until it could (M7).

A table with its totals is a network in which everything that goes in comes out: a cell is an arc from its row to its
column, a row's total an arc back. What a cell could be is then a question of flows, which is answered exactly and
quickly: it can be one more if there is a way round through figures that may move. Heuristic networks for tables in two
dimensions are an old method of statistical offices (Cox, 1980; Kelly, Golden and Assad, 1992).
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Container, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .bands import UNENDING, band, fewer_than, limits

Key = tuple[int, int]
Limits = tuple[int, int]  # the least and the most that a number may be
Step = tuple[Key, bool]


class Mark(StrEnum):
    SHOWN = "shown"
    FEW = "few"
    HIDDEN = "hidden"


@dataclass(frozen=True)
class Rule:
    """What a reader sees of a number: the exact one or its band; below the minimum, zero included, only "fewer"."""

    minimum: int
    is_exact: bool

    def figure(self, value: int, tail: Hashable, head: Hashable) -> Figure:
        """Return the figure of a number with what its reader learns of it."""
        if fewer_than(value, self.minimum):
            return Figure(value, tail, head, Mark.FEW, 0, self.minimum - 1)
        low, high = (value, value) if self.is_exact else limits(band(value, self.minimum))
        return Figure(value, tail, head, Mark.SHOWN, low, high)


@dataclass
class Figure:
    """A number of the table, as an arc; `low` and `high` are all that its reader knows of it by itself."""

    value: int
    tail: Hashable
    head: Hashable
    mark: Mark
    low: int
    high: int

    def hide(self, low: int) -> None:
        self.mark, self.low, self.high = Mark.HIDDEN, low, UNENDING


def protected_line(values: Sequence[int], rule: Rule, known: Limits | None = None) -> list[Figure]:
    """Return the figures of a row of numbers, the total last; the total is never hidden to protect another.

    `known` is what is known of the total from other rows that count the same people.
    """
    figures = {(0, place): rule.figure(value, "in", "out") for place, value in enumerate(values)}
    total = (0, len(values))
    figures[total] = _placed(rule.figure(sum(values), "out", "in"), "out", "in", known)
    _protect(figures, {total}, rule)
    return list(figures.values())


def protected_grid(
    values: Sequence[Sequence[int]],
    rule: Rule,
    row_limits: Sequence[Limits] | None = None,
    column_limits: Sequence[Limits] | None = None,
    known: Limits | None = None,
) -> dict[Key, Figure]:
    """Return the figures of a table by (row, column); totals stand in the last row and the last column.

    Totals read as they do in a table of their own, so that both together say no more than one. `row_limits` and
    `column_limits` are what is known of the totals from a finer table, `known` what is known of the total of all.
    """
    rows, columns = len(values), len(values[0])
    figures = {
        (i, j): rule.figure(values[i][j], ("row", i), ("column", j)) for i in range(rows) for j in range(columns)
    }
    across = protected_line([sum(row) for row in values], rule, known)
    down = protected_line([sum(column) for column in zip(*values, strict=True)], rule, known)
    for i, figure in enumerate(across[:-1]):
        figures[i, columns] = _placed(figure, ("column", columns), ("row", i), row_limits[i] if row_limits else None)
    for j, figure in enumerate(down[:-1]):
        figures[rows, j] = _placed(figure, ("column", j), ("row", rows), column_limits[j] if column_limits else None)
    figures[rows, columns] = _placed(across[-1], ("row", rows), ("column", columns), known)
    totals = {key for key in figures if rows == key[0] or columns == key[1]}
    _protect(figures, totals, rule)
    return figures


def _placed(figure: Figure, tail: Hashable, head: Hashable, known: Limits | None) -> Figure:
    low, high = known or (figure.low, figure.high)
    return Figure(figure.value, tail, head, figure.mark, max(low, figure.low), min(high, figure.high))


def _protect(figures: dict[Key, Figure], fixed: Container[Key], rule: Rule) -> None:
    """Hide what must be hidden; where nothing helps, hide every cell alike, so that none is known to be small."""
    small = [key for key, figure in figures.items() if figure.mark is Mark.FEW]
    if not all(_free(figures, key, up, fixed, rule) for key in small for up in (True, False)):
        for key, figure in figures.items():
            if key not in fixed:
                figure.hide(0)


def _free(figures: dict[Key, Figure], key: Key, up: bool, fixed: Container[Key], rule: Rule) -> bool:
    """Hide around a cell until it could be as large (or as small) as its mark says; False where nothing helps."""
    figure, flow = figures[key], {each: other.value for each, other in figures.items()}
    need = figure.high - figure.value if up else figure.value - figure.low
    start, goal = (figure.head, figure.tail) if up else (figure.tail, figure.head)
    ways = _ways(figures, key)
    while need > 0:
        steps = _way_round(figures, ways, flow, start, goal, fixed, rule)
        if steps is None:
            return False
        for step, forward in steps:
            if _room(figures[step], flow[step], forward) <= 0:
                figures[step].hide(rule.minimum)
        push = min(need, *(_room(figures[step], flow[step], forward) for step, forward in steps))
        for step, forward in steps:
            flow[step] += push if forward else -push
        need -= push
    return True


def _ways(figures: Mapping[Key, Figure], without: Key) -> dict[Hashable, list[tuple[Hashable, Key, bool]]]:
    """Return, from each node, the arcs that leave it, both along and against; one arc left out."""
    ways: dict[Hashable, list[tuple[Hashable, Key, bool]]] = defaultdict(list)
    for key, figure in figures.items():
        if key != without:
            ways[figure.tail].append((figure.head, key, True))
            ways[figure.head].append((figure.tail, key, False))
    return ways


def _room(figure: Figure, flow: int, forward: bool) -> int:
    return figure.high - flow if forward else flow - figure.low


def _cost(figure: Figure, flow: int, forward: bool, may_hide: bool, rule: Rule) -> int | None:
    """What it costs to move a figure: nothing where it can move, people out of sight where it must be hidden first."""
    if _room(figure, flow, forward) > 0:
        return 0
    hideable = may_hide and figure.mark is Mark.SHOWN
    return figure.value + 1 if hideable and (forward or flow > rule.minimum) else None


def _way_round(
    figures: Mapping[Key, Figure],
    ways: Mapping[Hashable, list[tuple[Hashable, Key, bool]]],
    flow: Mapping[Key, int],
    start: Hashable,
    goal: Hashable,
    fixed: Container[Key],
    rule: Rule,
) -> list[Step] | None:
    """Return the cheapest way from one node to another through figures that can move or be hidden (Dijkstra)."""
    best: dict[Hashable, tuple[int, Hashable, Step | None]] = {start: (0, None, None)}
    queue: list[tuple[int, int, Hashable]] = [(0, 0, start)]
    pushed, done = 0, set()
    while queue:
        spent, _order, node = heapq.heappop(queue)
        if node == goal:
            return list(_steps(best, goal))
        if node in done:
            continue
        done.add(node)
        for other, key, forward in ways[node]:
            cost = _cost(figures[key], flow[key], forward, key not in fixed, rule)
            if cost is not None and (other not in best or spent + cost < best[other][0]):
                best[other] = (spent + cost, node, (key, forward))
                pushed += 1
                heapq.heappush(queue, (spent + cost, pushed, other))
    return None


def _steps(best: Mapping[Hashable, tuple[int, Hashable, Step | None]], node: Hashable) -> Iterator[Step]:
    while True:
        _spent, before, step = best[node]
        if step is None:
            return
        yield step
        node = before
