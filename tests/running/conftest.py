"""Tombstones and backups of one test, in folders of their own."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def tombstones_dir(settings, tmp_path) -> Path:
    settings.TOMBSTONES_DIR = tmp_path / "tombstones"
    settings.BACKUPS_DIR = tmp_path / "backups"
    return settings.TOMBSTONES_DIR
