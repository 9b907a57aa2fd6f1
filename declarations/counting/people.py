"""Who was in the room, and where they stand: tables of at most two dimensions that give nobody away (M7)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count

from declarations.models import Forum, Participant, Recommendation, Support

from .bands import UNENDING, band, few, limits
from .hiding import Figure, Limits, Mark, Rule, protected_grid, protected_line
from .lines import Line, coarsened, in_order, lines_of, merged, rolled_up

COARSER = {"region": "zone", "capacity": "family"}
LEGIBLE = 0.5  # the part of a table's cells that must show a number
NOT_SHOWN = "–"  # hidden so that another cell cannot be worked out


@dataclass(frozen=True)
class Cell:
    """What is shown of one number: exact inside, a band in public (`value` is then the band's lower end).

    `text` is a code that reads alike in every language: "12", "30+", "<10", "–"; counting.label says it in words.
    """

    value: int | None
    text: str
    is_few: bool = False
    is_gap: bool = False


@dataclass(frozen=True)
class Series:
    """Numbers in one dimension and their total."""

    rows: list[Line]
    cells: dict[str, Cell]
    total: Cell

    def __iter__(self) -> Iterator[tuple[Line, Cell]]:
        return ((row, self.cells[row.code]) for row in self.rows)

    def by_member(self) -> dict[Hashable, Cell]:
        """Return the cell each key is counted in: on a map a rolled-up region shows what it is part of."""
        return {member: cell for row, cell in self for member in row.members}

    def share(self, cell: Cell) -> float | None:
        return share(cell, self.cells.values())


@dataclass(frozen=True)
class Table:
    """Numbers in two dimensions, with the totals of rows, columns and all."""

    rows: list[Line]
    columns: list[Line]
    cells: dict[tuple[str, str], Cell]
    row_totals: dict[str, Cell]
    column_totals: dict[str, Cell]
    total: Cell

    def __iter__(self) -> Iterator[tuple[Line, list[Cell], Cell]]:
        for row in self.rows:
            yield row, [self.cells[row.code, column.code] for column in self.columns], self.row_totals[row.code]

    def share(self, cell: Cell) -> float | None:
        return share(cell, self.cells.values())

    @property
    def shown(self) -> float:
        """The part of the cells that show a number."""
        return sum(cell.value is not None for cell in self.cells.values()) / max(1, len(self.cells))


def share(cell: Cell, cells: Iterable[Cell]) -> float | None:
    """Return how large a cell is beside the largest, 0 to 1; None where it is not shown."""
    largest = max((other.value or 0 for other in cells), default=0)
    if cell.value is None:
        return None
    return cell.value / largest if largest else 0.0


@dataclass(frozen=True)
class Room:
    """Who was in the room as the public may know it: bands, each line as fine as is honest."""

    total: Cell
    regions: Series
    capacities: Series
    sex: Series
    age: Series
    table: Table


def cell_of(figure: Figure, rule: Rule) -> Cell:
    """Return what is shown of a figure; with nothing hidden (a minimum of 1) zero is a gap."""
    if figure.mark is Mark.HIDDEN:
        return Cell(None, NOT_SHOWN)
    if figure.mark is Mark.FEW:
        return Cell(0, "0", is_gap=True) if rule.minimum <= 1 else Cell(None, few(rule.minimum), is_few=True)
    if rule.is_exact:
        return Cell(figure.value, str(figure.value))
    code = band(figure.value, rule.minimum)
    return Cell(limits(code)[0], code)


def series(rows: Sequence[Line], counts: Mapping[Hashable, int], rule: Rule, known: Limits | None = None) -> Series:
    """Return one dimension, protected; `known` bounds its total where other lines beside it count the same people."""
    *figures, total = protected_line(_values(rows, counts), rule, known)
    cells = {row.code: cell_of(figure, rule) for row, figure in zip(rows, figures, strict=True)}
    return Series(list(rows), cells, cell_of(total, rule))


def _values(rows: Iterable[Line], counts: Mapping[Hashable, int]) -> list[int]:
    return [sum(counts.get(member, 0) for member in row.members) for row in rows]


def table(
    rows: Sequence[Line],
    columns: Sequence[Line],
    counts: Mapping[tuple[Hashable, Hashable], int],
    rule: Rule,
    known_rows: Sequence[Limits] | None = None,
    known_columns: Sequence[Limits] | None = None,
    known: Limits | None = None,
) -> Table:
    """Return two dimensions, protected; `known_rows` and `known_columns` bound the totals where finer ones show, and
    `known` the total of all.
    """
    if not rows or not columns:
        nobody = cell_of(rule.figure(0, "in", "out"), rule)
        return Table(list(rows), list(columns), {}, {}, {}, nobody)
    values = [
        [sum(counts.get((one, other), 0) for one in row.members for other in column.members) for column in columns]
        for row in rows
    ]
    figures = protected_grid(values, rule, known_rows, known_columns, known)
    cells = {key: cell_of(figure, rule) for key, figure in figures.items()}
    last_row, last_column = len(rows), len(columns)
    return Table(
        list(rows),
        list(columns),
        {(row.code, column.code): cells[i, j] for i, row in enumerate(rows) for j, column in enumerate(columns)},
        {row.code: cells[i, last_column] for i, row in enumerate(rows)},
        {column.code: cells[last_row, j] for j, column in enumerate(columns)},
        cells[last_row, last_column],
    )


def participants_table(
    forum: Forum, rows: str = "region", columns: str = "capacity", minimum: int | None = None
) -> Table:
    """Return who registered, for those who work inside: rows "region" or "zone", columns "capacity" or "family".

    Organisers, who see exact numbers of participants, ask with a minimum of 1; then zeros stand as gaps. With a larger
    one show one level alone: regions beside zones would give regions away.
    """
    rule = Rule(forum.inside_minimum if minimum is None else minimum, is_exact=True)
    return table(lines_of(forum, rows), lines_of(forum, columns), _two(forum), rule)


def participants_by(forum: Forum, by: str, minimum: int | None = None) -> Series:
    """Return who registered, for the inside, by "region", "zone", "capacity", "family", "sex" or "age"."""
    rule = Rule(forum.inside_minimum if minimum is None else minimum, is_exact=True)
    return series(lines_of(forum, by), _one(forum, by), rule)


def public_participants(forum: Forum) -> Room:
    """Return who was in the room, in bands, each line rolled up until it can hide; pages take it through `daily`."""
    lines = {kind: lines_of(forum, kind) for kind in ("region", "zone", "capacity", "family", "sex", "age")}
    return room_of(lines, _two(forum), {by: _one(forum, by) for by in ("sex", "age")}, forum.public_minimum)


def room_of(
    lines: Mapping[str, Sequence[Line]],
    counts: Mapping[tuple[Hashable, Hashable], int],
    besides: Mapping[str, Mapping[Hashable, int]],
    minimum: int,
) -> Room:
    """Return what the public may know of a room, given its lines by kind and how many stand in each (region, capacity).

    `besides` holds how many there are by sex and by age.
    """
    rule = Rule(minimum, is_exact=False)
    all_regions, zones, all_capacities, families = (lines[kind] for kind in ("region", "zone", "capacity", "family"))
    by_region, by_capacity = _summed(counts, 0), _summed(counts, 1)
    rows = rolled_up(all_regions, zones, by_region, minimum)
    columns = rolled_up(all_capacities, families, by_capacity, minimum)
    sizes = [(rows, by_region), (columns, by_capacity), *((lines[by], besides[by]) for by in ("sex", "age"))]
    whole = _whole(sum(counts.values()), [_values(*line) for line in sizes], rule)
    regions, capacities, sex, age = (series(*line, rule, whole) for line in sizes)

    def made(of_rows: Sequence[Line], of_columns: Sequence[Line]) -> Table:
        known = _known(of_rows, regions), _known(of_columns, capacities)
        return table(of_rows, of_columns, counts, rule, *known, whole)

    fewer_rows, fewer_columns = coarsened(rows, zones, all_regions), coarsened(columns, families, all_capacities)
    tables = [made(of_rows, of_columns) for of_rows in (rows, fewer_rows) for of_columns in (columns, fewer_columns)]
    # Zones by families may still be too fine for a room of some hundred and fifty: the smallest lines join one by one.
    while max(each.shown for each in tables) < LEGIBLE:
        joined = []  # of a side with two lines nothing is joined: what does not change would be tried for ever
        if len(fewer_rows) > 2:
            joined.append(made(_joined(fewer_rows, zones, all_regions, counts, 0), fewer_columns))
        if len(fewer_columns) > 2:
            joined.append(made(fewer_rows, _joined(fewer_columns, families, all_capacities, counts, 1)))
        if not joined:
            break
        tables.append(max(joined, key=lambda each: (each.shown, len(each.rows))))
        fewer_rows, fewer_columns = tables[-1].rows, tables[-1].columns
    # The finest table of which half can be read; else the one of which most can.
    finest = next((each for each in tables if each.shown >= LEGIBLE), max(tables, key=lambda each: each.shown))
    return Room(regions.total, regions, capacities, sex, age, finest)


def _whole(total: int, lines: Iterable[Sequence[int]], rule: Rule) -> Limits:
    """Return between what the number of all people must lie for somebody who adds up each line that counts them.

    Taken before anything is hidden: what is hidden later only lets less be known.
    """
    seen = rule.figure(total, "in", "out")
    sums = [[rule.figure(value, "in", "out") for value in values] for values in lines if values]
    low = max(seen.low, *(sum(figure.low for figure in each) for each in sums))
    return low, min(seen.high, *(sum(figure.high for figure in each) for each in sums))


def _summed(counts: Mapping[tuple[Hashable, Hashable], int], side: int) -> dict[Hashable, int]:
    sums: dict[Hashable, int] = {}
    for key, number in counts.items():
        sums[key[side]] = sums.get(key[side], 0) + number
    return sums


def _joined(
    lines: Sequence[Line],
    coarse: Sequence[Line],
    fine: Sequence[Line],
    counts: Mapping[tuple[Hashable, Hashable], int],
    side: int,
) -> list[Line]:
    """Return the lines with the two smallest made one."""
    size = {line.code: sum(n for key, n in counts.items() if key[side] in line.members) for line in lines}
    one, other, *left = sorted(lines, key=lambda line: size[line.code])
    return in_order([merged([one, other], coarse, fine), *left], fine)


def _known(rows: Sequence[Line], finer: Series) -> list[Limits]:
    """Return between what each line's total must lie, by the finer lines that it is made of."""
    known = []
    for row in rows:
        parts = [
            limits(cell.text)
            for line, cell in finer
            if set(line.members) <= set(row.members) and cell.text != NOT_SHOWN
        ]
        complete = len(parts) == sum(set(line.members) <= set(row.members) for line in finer.rows)
        low, high = sum(part[0] for part in parts), sum(part[1] for part in parts)
        known.append((low, high) if complete else (low, UNENDING))
    return known


def _one(forum: Forum, by: str) -> dict[Hashable, int]:
    field = {"zone": "region", "family": "capacity"}.get(by, by)
    rows = Participant.objects.filter(forum=forum).registered().order_by().values_list(field)
    return dict(rows.annotate(number=Count("pk")))


def _two(forum: Forum) -> dict[tuple[Hashable, Hashable], int]:
    rows = Participant.objects.filter(forum=forum).registered().order_by().values_list("region", "capacity")
    return {(region, capacity): number for region, capacity, number in rows.annotate(number=Count("pk"))}


def stance_table(recommendation: Recommendation, by: str = "capacity", *, public: bool = True) -> Table:
    """Return where participants stand on a recommendation, by "capacity" or "region", small lines rolled up.

    In bands at the public minimum, or, with public=False, exact at the inside one.
    """
    forum = recommendation.forum
    rule = Rule(forum.public_minimum, is_exact=False) if public else Rule(forum.inside_minimum, is_exact=True)
    rows, counts = _stands(recommendation, by, rule.minimum)
    return table(rows, lines_of(forum, "stance"), counts, rule)


def _stands(
    recommendation: Recommendation, by: str, minimum: int
) -> tuple[list[Line], dict[tuple[Hashable, Hashable], int]]:
    """Return the lines of those who took a stand, rolled up until each can hide, and how many stand where."""
    supports = recommendation.supports.order_by().values_list(by, "stance").annotate(number=Count("pk"))
    counts: dict[tuple[Hashable, Hashable], int] = {(line, stance): number for line, stance, number in supports}
    forum = recommendation.forum
    return rolled_up(lines_of(forum, by), lines_of(forum, COARSER[by]), _summed(counts, 0), minimum), counts


@dataclass(frozen=True)
class Agreement:
    """In how many social groups most agree, of how many that were heard enough to say."""

    agreeing: int
    consulted: int


def groups_in_agreement(recommendation: Recommendation) -> Agreement:
    """Return in how many lines of the public table of stands agreement is the most frequent stand."""
    return agreement(stance_table(recommendation))


def agreement(stands: Table) -> Agreement:
    """Return in how many lines of a table most agree, as a reader of it sees.

    Taken from the figures that are shown and from nothing else: to say of any other line on which side most are would
    bound a number that the table hides. Where two stands may be equally frequent the line is on no side.
    """
    # Beside a number that is marked as small a hidden one is not: it would be marked too.
    least = next((limits(cell.text)[1] + 1 for cell in stands.cells.values() if cell.is_few), 0)
    heard = []
    for row in stands.rows:
        known = {column.code: _seen(stands.cells[row.code, column.code], least) for column in stands.columns}
        low, high = known.pop(Support.Stance.AGREE)
        others = list(known.values())
        if low > max(most for _fewest, most in others):
            heard.append(True)
        elif high < max(fewest for fewest, _most in others):
            heard.append(False)
    return Agreement(sum(heard), len(heard))


def _seen(cell: Cell, least: int) -> tuple[int, int]:
    """Return between what a number lies, for somebody who sees its cell."""
    return (least, UNENDING) if cell.text == NOT_SHOWN else limits(cell.text)
