"""docs/safety.md names a check for each promise and each mechanism, and every check is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "safety.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| promise", "| mech"))]
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
