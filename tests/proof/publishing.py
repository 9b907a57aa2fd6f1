"""`python -m tests.proof.publishing`: publish 300 clauses in three languages in every form, and measure it.

Publishing runs as it does in the server: in a thread of the process that serves, while another thread gives
testimonies. Measured are the time from the button to the answer, the memory of the process and of all it starts, the
longest write transaction, and how long a testimony waited meanwhile; it ends with an error where a figure is worse than
twice its goal, or a testimony was refused.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.apart import database

from .__main__ import prepare

GOALS = {"seconds": 30.0, "megabytes": 300.0, "longest write transaction, seconds": 1.0}
WORDS = {
    "fr": "Nous demandons que les comptes du puits numéro {n} soient lus devant tous, chaque saison, par le comité "
    "que le village a choisi, et que personne ne ferme une source d’eau sans l’avoir annoncé sept jours à l’avance.",
    "en": "We ask that the accounts of well number {n} be read out before everybody, each season, by the committee "
    "that the village chose, and that nobody close a source of water without saying so seven days ahead.",
    "ar": "نطلب أن تُقرأ حسابات البئر رقم {n} أمام الجميع في كل موسم من قبل اللجنة التي اختارتها القرية، "
    "وألا يُغلق أحد مصدر ماء دون إعلان ذلك قبل سبعة أيام.",
}  # fmt: skip
PER_SECTION = 25


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clauses", type=int, default=300)
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL server of its own")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="forum-publishing-") as folder, database(given.postgres, folder):
        prepare()
        ok = measured(given.clauses)
    raise SystemExit(0 if ok else 1)


def written(number: int) -> dict[str, str]:
    return {language: words.format(n=number) for language, words in WORDS.items()}


def proved(clauses: int) -> tuple[Any, Any, Any, bytes]:
    """A forum with a proof of so many clauses; returns forum, proof, and who publishes with their own key."""
    from declarations.models import Section
    from declarations.workflow import declarations
    from tests import factories as make

    forum = make.a_forum()
    by = make.organiser_of(forum)
    title = {"fr": "Déclaration", "en": "Declaration", "ar": "إعلان"}
    declaration = declarations.start(forum, by=by, title=title)
    sources = [make.a_recommendation(forum, "adopted") for _ in range(12)]
    for number in range(clauses):
        if number % PER_SECTION == 0:
            section = declarations.add_section(
                declaration, by=by, kind=Section.Kind.OPERATIVE, heading=title, theme=forum.themes.first()
            )
        source = [sources[number % len(sources)]]
        addressees = forum.addressees.all()[:2]
        declarations.add_clause(section, by=by, texts=written(number), addressees=addressees, sources=source)
    declarations.send_for_review(declaration, by=by)
    declarations.freeze(declaration, by=by)
    make.an_adoption(declaration)
    publisher = make.a_seat(forum)
    private = make.signing_private(publisher)
    return forum, make.a_proof(forum, declaration), publisher, private


def measured(clauses: int) -> bool:
    """Publish, print the figures, and tell whether each is within twice its goal."""
    from django.db import connection

    from declarations.workflow import editions
    from declarations.workflow.manifests import verify_all

    forum, proof, publisher, private = proved(clauses)
    waits: list[float] = []
    over = threading.Event()
    phone = threading.Thread(target=give_until, args=(forum, over, waits))
    with watched_memory() as peak, watched_transactions(connection) as transactions:
        phone.start()
        began = time.monotonic()
        edition = editions.publish(proof, by=publisher, private=private)
        seconds = time.monotonic() - began
        over.set()
        phone.join()
    figures = dict(zip(GOALS, (seconds, max(peak) / 1e6, max(transactions)), strict=True))
    files = list(edition.files.values_list("size", flat=True))
    print(f"{connection.display_name}: {clauses} clauses, {len(files)} files, {sum(files) / 1e6:.1f} MB")
    for name, figure in figures.items():
        print(f"    {name}: {figure:.2f} (goal {GOALS[name]:g})")
    print(f"    {len(waits)} testimonies given meanwhile; the slowest waited {max(waits):.2f} s")
    assert list(verify_all(edition.declaration)) == []
    return bool(waits) and all(figure <= 2 * GOALS[name] for name, figure in figures.items())


def give_until(forum: Any, over: threading.Event, waits: list[float]) -> None:
    """Give one testimony after the other, ten a second, and note how long each took; an error ends the thread."""
    from django.db import connection

    from tests import factories as make

    try:
        while not over.is_set():
            began = time.monotonic()
            make.a_testimony(forum)
            waits.append(time.monotonic() - began)
            over.wait(0.1)
    except BaseException:
        waits.clear()  # one that was refused is worth more than all that were slow
        raise
    finally:
        connection.close()


@contextmanager
def watched_transactions(connection: Any) -> Iterator[list[float]]:
    """Note how long each outermost transaction of this thread lasts, its commit included."""
    lasted: list[float] = []
    turn, began = connection.set_autocommit, 0.0

    def set_autocommit(autocommit: bool, *args: Any, **kwargs: Any) -> None:
        nonlocal began
        turn(autocommit, *args, **kwargs)
        if autocommit:
            lasted.append(time.monotonic() - began)
        began = time.monotonic()

    connection.set_autocommit = set_autocommit
    try:
        yield lasted
    finally:
        del connection.set_autocommit


@contextmanager
def watched_memory() -> Iterator[list[int]]:
    """Note the memory of this process and all that it started but the database, in bytes, a hundred times a second."""
    peak, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.01):
            peak.append(sum(map(resident, family(os.getpid()))))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


def family(pid: int) -> Iterator[int]:
    """Yield the process and all that it started; a database of its own is another program's memory."""
    with suppress(OSError):
        if Path(f"/proc/{pid}/comm").read_text().strip() == "postgres":
            return
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in task.read_text().split():
                yield from family(int(child))
        except OSError:
            continue  # it ended meanwhile


def resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


if __name__ == "__main__":
    main()
