"""An attacker who knows how figures are made, adds and subtracts, and solves for what was not shown (M7)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from functools import cached_property
from math import ceil, floor

import highspy

from declarations.counting.bands import UNENDING, limits
from declarations.counting.people import NOT_SHOWN, Cell, Room, Series, Table

NEARLY = 1e-6
MOST = 100_000  # in one place, where nothing else holds the number
ENOUGH = 1_000  # more than are heard from one region in any room that is tried

Place = Hashable
Fact = tuple[tuple[Place, ...], int, int]  # the places whose people are counted together, at least, at most
Crowds = tuple[list[tuple[Place, ...]], int, int, int]  # parts, how many make a crowd, crowds at least, at most


class Attacker:
    """Numbers that nobody may know, and everything that is known of sums of them."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.index = {place: number for number, place in enumerate(places)}
        self.worlds: list[list[int]] = []  # found while solving: all that is known is true in each
        self.facts: list[Fact] = []
        self.crowds: list[Crowds] = []
        self.same: list[tuple[tuple[Place, ...], tuple[Place, ...]]] = []

    def knows(self, places: Iterable[Place], low: int, high: int) -> None:
        self.facts.append((tuple(places), low, high))

    def knows_crowds(self, parts: Iterable[tuple[Place, ...]], crowd: int, low: int, high: int) -> None:
        """Take in of how many of these parts there are so many people, without knowing which."""
        self.crowds.append((list(parts), crowd, low, high))

    def knows_the_same(self, one: Iterable[Place], other: Iterable[Place]) -> None:
        """Take in that both count the same people."""
        self.same.append((tuple(one), tuple(other)))

    def sees(self, cells: Sequence[tuple[tuple[Place, ...], Cell]], minimum: int) -> None:
        """Take in the cells of one line, or one table, of figures."""
        all_hidden = all(cell.text == NOT_SHOWN for _places, cell in cells)
        for places, cell in cells:
            if cell.text != NOT_SHOWN:
                self.knows(places, *limits(cell.text))
            else:
                # Beside cells that are marked as few, what is hidden is not few; where all are hidden, it may be.
                self.knows(places, 0 if all_hidden else minimum, UNENDING)

    def bounds(self, places: Iterable[Place]) -> tuple[int, int]:
        """Return between what the sum of these numbers must lie; nothing is learnt after the first question."""
        wanted = {self.index[place] for place in places}
        low, high = (self._end(wanted, sense) for sense in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize))
        return ceil(low - NEARLY), floor(high + NEARLY)

    def may_reach(self, places: Iterable[Place], low: int, high: int) -> bool:
        """Whether the sum of these numbers may be as small as `low`, and as large as `high`, for all that is known."""
        wanted = {self.index[place] for place in places}
        sums = [sum(world[number] for number in wanted) for world in self.worlds]
        if min(sums, default=ENOUGH) > low and self._end(wanted, highspy.ObjSense.kMinimize) > low + NEARLY:
            return False
        return max(sums, default=0) >= high or self._end(wanted, highspy.ObjSense.kMaximize) >= high - NEARLY

    def _end(self, wanted: set[int], sense: highspy.ObjSense) -> float:
        """Solve for one end, in whole people; from one question to the next only what is asked changes.

        In fractions first, which is quick: where the end that is found has whole people in all places it is the end.
        """
        solver, size = self.solver, len(self.index)
        solver.changeColsCost(size, list(range(size)), [float(number in wanted) for number in range(size)])
        solver.changeObjectiveSense(sense)
        end = self._solved()
        if any(abs(value - round(value)) >= NEARLY for value in solver.getSolution().col_value):
            self._count_in(highspy.HighsVarType.kInteger)
            end = self._solved()
            self._count_in(highspy.HighsVarType.kContinuous)
        self.worlds.append([round(value) for value in solver.getSolution().col_value])
        return end

    def _count_in(self, kind: highspy.HighsVarType) -> None:
        size = self.solver.getNumCol()
        self.solver.changeColsIntegrality(size, list(range(size)), [kind] * size)

    def _solved(self) -> float:
        self.solver.run()
        status = self.solver.getModelStatus()
        assert status == highspy.HighsModelStatus.kOptimal, status
        return float(self.solver.getInfo().objective_function_value)

    @cached_property
    def solver(self) -> highspy.Highs:
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        for _ in self.index:
            solver.addVar(0, MOST)
        for places, low, high in self.facts:
            columns = [self.index[place] for place in places]
            solver.addRow(low, high, len(columns), columns, [1.0] * len(columns))
        for one, other in self.same:
            columns = [self.index[place] for place in (*one, *other)]
            solver.addRow(0, 0, len(columns), columns, [1.0] * len(one) + [-1.0] * len(other))
        for parts, crowd, low, high in self.crowds:
            first = solver.getNumCol()
            for number, places in enumerate(parts):
                solver.addVar(0, 1)  # whether it is a crowd
                columns = [*(self.index[place] for place in places), first + number]
                ones = [1.0] * len(places)
                solver.addRow(0, highspy.kHighsInf, len(columns), columns, [*ones, -float(crowd)])
                solver.addRow(-highspy.kHighsInf, crowd - 1, len(columns), columns, [*ones, -float(ENOUGH)])
            solver.addRow(low, high, len(parts), list(range(first, first + len(parts))), [1.0] * len(parts))
        return solver


def of_series(series: Series, whole: Iterable[Place], axis: int) -> list[tuple[tuple[Place, ...], Cell]]:
    """Return the cells of one dimension with the places that each counts."""
    everywhere = tuple(whole)
    return [(tuple(each for each in everywhere if each[axis] in row.members), cell) for row, cell in series]  # type: ignore[index]


def of_table(table: Table, whole: Iterable[tuple[Hashable, Hashable]]) -> list[list[tuple[tuple[Place, ...], Cell]]]:
    """Return the cells, the totals of lines and those of columns, and the total, each with the places it counts."""
    everywhere = tuple(whole)

    def within(rows: Iterable[Hashable], columns: Iterable[Hashable]) -> tuple[Place, ...]:
        rows, columns = set(rows), set(columns)
        return tuple(each for each in everywhere if each[0] in rows and each[1] in columns)

    every_row = [member for row in table.rows for member in row.members]
    every_column = [member for column in table.columns for member in column.members]
    cells = [
        (within(row.members, column.members), table.cells[row.code, column.code])
        for row in table.rows
        for column in table.columns
    ]
    return [
        cells,
        [(within(row.members, every_column), table.row_totals[row.code]) for row in table.rows],
        [(within(every_row, column.members), table.column_totals[column.code]) for column in table.columns],
        [(within(every_row, every_column), table.total)],
    ]


def of_room(room: Room, whole: Iterable[tuple[Hashable, Hashable]]) -> list[list[tuple[tuple[Place, ...], Cell]]]:
    """Return all that the participants' page shows of regions and capacities."""
    everywhere = tuple(whole)
    return [
        [(everywhere, room.total)],
        of_series(room.regions, everywhere, 0),
        of_series(room.capacities, everywhere, 1),
        *of_table(room.table, everywhere),
    ]
