"""The last line of a run: which server, how many tests, and a failure where there were none."""

import os
import sqlite3
from pathlib import Path

import pytest

OUTCOMES = "passed", "failed", "error", "skipped", "xfailed", "xpassed"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say on which database the tests ran, here and in the file that TESTS_REPORT names."""
    if "PYTEST_XDIST_WORKER" in os.environ or config.option.collectonly:
        return  # the process that directs the others speaks for all of them
    counts = {outcome: len(terminalreporter.stats.get(outcome, ())) for outcome in OUTCOMES}
    said = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count) or "no test ran"
    line = f"{os.environ.get('TESTS_SERVER', f'SQLite {sqlite3.sqlite_version}')}: {said}"
    terminalreporter.write_line(line)
    if report := os.environ.get("TESTS_REPORT"):
        with Path(report).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
