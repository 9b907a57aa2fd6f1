"""Numbers turned into positions: charts are SVG attributes, because a strict policy forbids style=."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template

register = template.Library()

# One square of the tile map, in the units of its own drawing.
TILE = 48
SPACE = 3

# What stands for a state: how grave it is, and its shape. A state not named here is drawn at rest.
STATE_MARKS = {
    "ok": "agreed published adopted accepted merged done agree present summarised cleared approved open live support",
    "wait": "received registered proposed handed_in in_review under_review under_way revised read partly "
    "frozen drafting awaiting support_with_changes unsure rehearsal",
    "bad": "refused rejected turned_down late dropped against disagree missing",
    "rest": "draft invited planned noted set_aside withdrawn closed demonstration superseded",
}
SHAPES = {"ok": "disc", "wait": "half", "bad": "triangle", "rest": "ring"}
_KIND_OF = {state: kind for kind, states in STATE_MARKS.items() for state in states.split()}


def _get(item: Any, name: str, default: Any = None) -> Any:
    return item.get(name, default) if isinstance(item, Mapping) else getattr(item, name, default)


@register.filter
def state_kind(state: str) -> str:
    """Return "ok", "wait", "bad" or "rest" for the value of a state."""
    return _KIND_OF.get(str(state), "rest")


@register.filter
def state_shape(state: str) -> str:
    """Return the shape that goes with a state, so that colour never speaks alone."""
    return SHAPES[state_kind(state)]


@register.filter
def heat_level(share: float | None) -> int:
    """Return 0 to 4 for a share between 0 and 1 of the largest cell."""
    return 0 if not share or share <= 0 else min(4, int(share * 4 - 1e-9) + 1)


@register.filter
def bar_parts(parts: Iterable[Any]) -> list[dict[str, Any]]:
    """Lay {state, label, count} side by side on a line of 100 units; parts of zero keep no width."""
    parts = list(parts)
    total = sum(_get(part, "count", 0) for part in parts) or 1
    placed, x = [], 0.0
    for part in parts:
        width = 100 * _get(part, "count", 0) / total
        placed.append(
            {
                "state": _get(part, "state"),
                "label": _get(part, "label"),
                "count": _get(part, "count", 0),
                "text": _get(part, "text") or _get(part, "count", 0),
                "x": f"{x:.2f}",
                "width": f"{max(0.0, width - (0.4 if width else 0)):.2f}",
            }
        )
        x += width
    return placed


@register.filter
def tile_map(regions: Iterable[Any]) -> dict[str, Any]:
    """Place {name, row, col, share, text, few, gap} on a grid, one square a region."""
    tiles, rows, columns = [], 0, 0
    step = TILE + SPACE
    for region in regions:
        row, column = int(_get(region, "row")), int(_get(region, "col"))
        rows, columns = max(rows, row + 1), max(columns, column + 1)
        name = str(_get(region, "name"))
        x, y = column * step, row * step
        tiles.append(
            {
                "name": name,
                "short": str(_get(region, "short") or (name if len(name) <= 5 else name[:4])),
                "long": len(name) > 9,  # squeezed to the width of its square
                "text": _get(region, "text", ""),
                "said": _get(region, "said") or _get(region, "text", ""),
                "level": heat_level(_get(region, "share")),
                "few": _get(region, "few", False),
                "gap": _get(region, "gap", False),
                "x": x,
                "y": y,
                "middle": x + TILE // 2,
                "upper": y + 20,
                "lower": y + 37,
            }
        )
    return {"tiles": tiles, "width": columns * step - SPACE, "height": rows * step - SPACE, "side": TILE}
