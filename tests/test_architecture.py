"""The rules of the house, read off the code itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models

import declarations
from declarations.models import HistoryEntry, forums

HOME = Path(declarations.__file__).parent
ROOT = HOME.parent
# Rooms cut into modules by the ten words, and what else may stand in them.
BESIDE_THE_WORDS = {
    "models": {
        *("people", "screens", "history", "papers", "texts", "guards", "news", "row_order", "upkeep", "reading"),
        "names",
    },
    "workflow": {
        *("people", "moves", "cards", "keeping", "recordings", "papers", "texts", "excerpts", "clauses", "snapshots"),
        *("manifests", "quotas", "refusals"),
        *("withdrawals", "retention", "replaying", "outbox", "reading", "telling"),
        *("keys", "names", "locks", "screens", "describing"),
    },
}


def trees(folder: Path = HOME) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(folder.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node


def writers_of_state(tree: ast.AST) -> Iterator[int]:
    """Lines that write a `state`: an assignment, an update, a setattr, a row made with one."""
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            flat = [part for target in targets for part in ast.walk(target) if target is not None]
            if any(isinstance(part, ast.Attribute) and part.attr == "state" for part in flat):
                yield node.lineno
    for name, call in calls(tree):
        made = name in {"update", "create", "update_or_create", "get_or_create", "bulk_update"} or name in with_state()
        # A report says what was so on its day; it has no moves of its own.
        is_report = ast.unparse(call.func).startswith("Report.")
        if made and not is_report and any(keyword.arg == "state" for keyword in call.keywords):
            yield call.lineno
        if name == "setattr" and isinstance(call.args[1], ast.Constant) and call.args[1].value == "state":
            yield call.lineno


def with_state() -> set[str]:
    return {model.__name__ for model in apps.get_app_config("declarations").get_models() if hasattr(model, "MOVES")}


def test_one_writer_of_state() -> None:
    found = {path.relative_to(HOME).as_posix(): list(writers_of_state(tree)) for path, tree in trees()}
    # `move` writes the stored row and the caller's copy of it.
    assert len(found.pop("workflow/moves.py")) == 2
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "code",
    [
        "row.state = 'read'",
        "Testimony.objects.filter(pk=1).update(state='read')",
        "setattr(row, 'state', 'read')",
        "Finding.objects.create(state='agreed')",
        "Finding(state='agreed')",
        "a, row.state = 1, 'read'",
    ],
)
def test_a_second_writer_of_state_is_seen(code: str) -> None:
    assert list(writers_of_state(ast.parse(code)))


def test_every_state_has_its_moves_beside_it() -> None:
    for model in apps.get_app_config("declarations").get_models():
        if any(field.name == "state" for field in model._meta.fields) and model.__name__ != "Report":
            assert set(model.MOVES) == set(model.State), model
            assert all(set(to) <= set(model.State) for to in model.MOVES.values()), model


@pytest.mark.parametrize("room", sorted(BESIDE_THE_WORDS))
def test_rooms_are_cut_by_the_ten_words(room: str) -> None:
    modules = {path.stem for path in (HOME / room).glob("*.py")} - {"__init__"}
    assert modules <= set(declarations.ROAD) | BESIDE_THE_WORDS[room]


def test_no_room_for_leftovers() -> None:
    names = {part for path, _tree in trees() for part in path.relative_to(HOME).with_suffix("").parts}
    assert not names & {"utils", "common", "core", "helpers", "services", "repositories", "signals", "managers"}


def test_nothing_points_anywhere_but_history() -> None:
    for model in apps.get_app_config("declarations").get_models():
        generic = [field for field in model._meta.private_fields if isinstance(field, GenericForeignKey)]
        assert not generic or model is HistoryEntry


def test_foreign_keys_protect() -> None:
    for model in apps.get_app_config("declarations").get_models():
        for field in model._meta.local_fields:
            if isinstance(field, models.ForeignKey) and field.related_model._meta.app_label == "declarations":
                assert field.remote_field.on_delete is models.PROTECT, f"{model.__name__}.{field.name}"


def test_every_row_knows_its_forum() -> None:
    without = {"User", "PersonKey", "LateCopy", "Upkeep"}
    for model in apps.get_app_config("declarations").get_models():
        if model.__name__ in without or model is forums.Forum:
            continue
        step: type[models.Model] = model
        for name in getattr(model, "FORUM_PATH", "forum").split("__"):
            step = step._meta.get_field(name).related_model
        assert step is forums.Forum, model


def test_accounts_and_seats_are_there_from_the_first_migration() -> None:
    first = min((HOME / "migrations").glob("0*.py"))
    text = first.read_text(encoding="utf-8")
    assert 'name="User"' in text or "name='User'" in text
    assert 'name="Seat"' in text or "name='Seat'" in text


# Public views read what is public


def public_functions(tree: ast.Module) -> list[ast.FunctionDef]:
    """Functions behind `public_page`, and the functions of the same module that they call."""
    by_name = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    wanted = [
        node
        for node in by_name.values()
        if any("public_page" in ast.unparse(decorator) for decorator in node.decorator_list)
    ]
    for node in wanted:
        for name, _call in calls(node):
            if name in by_name and by_name[name] not in wanted:
                wanted.append(by_name[name])
    return wanted


def readings(function: ast.AST) -> Iterator[tuple[int, str]]:
    """Each `Model.objects.method` of a function: its line and the method."""
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.value.attr == "objects":
            yield node.lineno, node.attr


def not_public(tree: ast.Module) -> list[str]:
    return [
        f"{function.name}:{line} objects.{method}"
        for function in public_functions(tree)
        for line, method in readings(function)
        if method != "public"
    ]


def test_public_views_start_from_what_is_public() -> None:
    checked = 0
    for path, tree in trees(HOME / "views"):
        checked += len(public_functions(tree))
        assert not_public(tree) == [], path
    assert checked >= 10


def test_a_public_view_that_reads_everything_is_seen() -> None:
    code = "@public_page\ndef page(request):\n    return rows()\ndef rows():\n    return Finding.objects.all()"
    assert not_public(ast.parse(code)) == ["rows:5 objects.all"]


def test_nothing_names_where_it_was_made() -> None:
    """No package registry and no path of a machine in what is handed over."""
    import re
    import subprocess

    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    suspicious = re.compile(
        "|".join(["pypi" + r"\.org", "files" + r"\.pythonhosted", "registry" + r"\.npmjs", "/wo" + "rk/"])
    )
    for name in listed:
        path = ROOT / name
        if path.suffix in {".ttf", ".otf", ".mo", ".png", ".json"} or not path.is_file():
            continue
        assert not suspicious.search(path.read_text(encoding="utf-8", errors="ignore")), name
