"""Rows as lines: the same on SQLite and on PostgreSQL, so that a forum can move from one to the other.

A file is gzip of lines of JSON: for each table `{"model": …, "fields": […]}`, then an array a row, bytes in base64.
Rows stand in the order of their keys, which says nothing about arrival where keys are random (M3).
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.apps import apps
from django.db import models

AT_ONCE = 100  # rows in memory; a part of a recording has 160 KB here
SLICE = 1 << 20


def dump(path: Path, tables: Iterable[type[models.Model]], using: str) -> int:
    """Write every row of the tables into a new file of one's own, flushed to the disk; returns how many."""
    done = 0
    with _new_file(path) as raw, gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0, compresslevel=3) as file:
        for model in tables:
            fields = model._meta.concrete_fields
            _line(file, {"model": model._meta.label, "fields": [field.attname for field in fields]})
            rows = model._base_manager.using(using).order_by("pk").values_list(*(field.attname for field in fields))
            for row in rows.iterator(chunk_size=AT_ONCE):
                _line(file, [_plain(value, field) for value, field in zip(row, fields, strict=True)])
                done += 1
    return done


@contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _line(file: Any, value: Any) -> None:
    file.write(json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_as_text).encode() + b"\n")


def _plain(value: Any, field: Any) -> Any:
    return base64.b64encode(value).decode() if value is not None and isinstance(field, models.BinaryField) else value


def _as_text(value: object) -> str:
    # Not Django's encoder: it drops microseconds, and the history is chained over them.
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(type(value).__name__)


def load(path: Path, using: str) -> int:
    """Insert every row of a file, inside the caller's transaction; returns how many."""
    done = 0
    with gzip.open(path, "rt", encoding="utf-8") as file:
        model: type[models.Model] | None = None
        fields: list[Any] = []
        waiting: list[models.Model] = []
        for line in file:
            value = json.loads(line)
            if isinstance(value, dict):
                _insert(waiting, using)
                model = apps.get_model(value["model"])
                fields = [model._meta.get_field(name) for name in value["fields"]]
                continue
            assert model is not None
            given = {field.attname: _value(one, field) for one, field in zip(value, fields, strict=True)}
            waiting.append(model(**given))
            done += 1
            if len(waiting) == AT_ONCE:
                _insert(waiting, using)
        _insert(waiting, using)
    return done


def _insert(rows: list[models.Model], using: str) -> None:
    if rows:
        type(rows[0])._base_manager.using(using).bulk_create(rows)
        rows.clear()


def _value(value: Any, field: Any) -> Any:
    if value is None or isinstance(field, models.JSONField):
        return value
    if isinstance(field, models.BinaryField):
        return base64.b64decode(value, validate=True)
    return field.target_field.to_python(value) if isinstance(field, models.ForeignKey) else field.to_python(value)


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def destroy(path: Path) -> None:
    """Overwrite a file and remove it. On a disk that remaps its blocks this is no proof: encrypt the disk."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        for _start in range(0, path.stat().st_size, SLICE):
            file.write(b"\0" * SLICE)
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
