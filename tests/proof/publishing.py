"""`python -m tests.proof.publishing`: publish 300 clauses in three languages in every form, and measure it.

Publishing runs as it does in the server: in a process that holds the site and nothing of what was written before, while
another of its threads gives testimonies. Measured are the time from the button to the answer, the memory of the process
and of all it starts, the longest write transaction, and how long a testimony waited meanwhile; it ends with an error
where a figure is worse than twice its goal, or a testimony was refused. With fewer clauses the goals are smaller.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from tests.apart import ROOT, database

from .__main__ import prepare

FULL = 300  # clauses; the goals are those of so many
TYPESETTER = 50  # megabytes that Typst and its fonts weigh before it has set a word
WORDS = {
    "fr": "Nous demandons que les comptes du puits numéro {n} soient lus devant tous, chaque saison, par le comité "
    "que le village a choisi, et que personne ne ferme une source d’eau sans l’avoir annoncé sept jours à l’avance.",
    "en": "We ask that the accounts of well number {n} be read out before everybody, each season, by the committee "
    "that the village chose, and that nobody close a source of water without saying so seven days ahead.",
    "ar": "نطلب أن تُقرأ حسابات البئر رقم {n} أمام الجميع في كل موسم من قبل اللجنة التي اختارتها القرية، "
    "وألا يُغلق أحد مصدر ماء دون إعلان ذلك قبل سبعة أيام.",
}  # fmt: skip
PER_SECTION = 25
TOLD = "Le puits a été fermé un matin. Personne n’a dit pourquoi, et nous avons marché deux jours."


class Figures(NamedTuple):
    """What publishing took, or may take."""

    seconds: float
    megabytes: float
    longest_write_transaction: float  # seconds

    def is_within_twice(self, goal: Figures) -> bool:
        return all(figure <= 2 * most for figure, most in zip(self, goal, strict=True))


def goal_of(clauses: int, resting: float) -> Figures:
    """Return the goal for so many clauses, in a process that weighs so many megabytes before it publishes any."""
    share = clauses / FULL
    least = resting + TYPESETTER
    return Figures(30 * share, least + (300 - least) * share, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clauses", type=int, default=FULL)
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL server of its own")
    parser.add_argument("--proved", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.proved:
        raise SystemExit(0 if measured(given.clauses, *json.load(sys.stdin)) else 1)
    with tempfile.TemporaryDirectory(prefix="forum-publishing-") as folder, database(given.postgres, folder):
        prepare()
        done = measured_apart(given.clauses, *proved(given.clauses))
        raise SystemExit(done.returncode)


def measured_apart(clauses: int, proof: Any, publisher: Any, private: bytes, **how: Any) -> Any:
    """Measure in a process that did not write the proof; returns how it ended."""
    again = [sys.executable, "-m", "tests.proof.publishing", "--clauses", str(clauses), "--proved"]
    given = json.dumps([proof.pk, publisher.pk, private.hex()])
    return subprocess.run(again, cwd=ROOT, input=given, text=True, check=False, **how)


def written(number: int) -> dict[str, str]:
    return {language: words.format(n=number) for language, words in WORDS.items()}


def proved(clauses: int) -> tuple[Any, Any, bytes]:
    """A proof of so many clauses, and who publishes it with their own key."""
    from declarations.models import Section
    from declarations.workflow import declarations
    from tests import factories as make

    forum = make.a_forum()
    make.reading_private(forum)
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
    return make.a_proof(forum, declaration), publisher, private


def measured(clauses: int, proof_pk: int, publisher_pk: int, private: str) -> bool:
    """Publish, print the figures, and tell whether each is within twice its goal."""
    load_the_site()
    from django.db import connection

    from declarations.models import Proof, Seat
    from declarations.workflow import editions
    from declarations.workflow.manifests import verify_all

    proof = Proof.objects.select_related("declaration__forum").get(pk=proof_pk)
    publisher = Seat.objects.select_related("user", "forum").get(pk=publisher_pk)
    goal = goal_of(clauses, resident(os.getpid()) / 1e6)
    waits: list[float] = []
    over = threading.Event()
    phone = threading.Thread(target=give_until, args=(publisher.forum, over, waits))
    with watched_memory() as peak, watched_transactions(connection) as transactions:
        phone.start()
        began = time.monotonic()
        edition = editions.publish(proof, by=publisher, private=bytes.fromhex(private))
        seconds = time.monotonic() - began
        over.set()
        phone.join()
    found = Figures(seconds, max(peak) / 1e6, max(transactions))
    files = list(edition.files.values_list("size", flat=True))
    print(f"{connection.display_name}: {clauses} clauses, {len(files)} files, {sum(files) / 1e6:.1f} MB")
    for name, figure, most in zip(Figures._fields, found, goal, strict=True):
        print(f"    {name.replace('_', ' ')}: {figure:.2f} (goal {most:.3g})")
    print(f"    {len(waits)} testimonies given meanwhile; the slowest waited {max(waits):.2f} s")
    assert list(verify_all(edition.declaration)) == []
    return bool(waits) and found.is_within_twice(goal)


def load_the_site() -> None:
    """Read settings, models and every address, as a server has when it is asked for the first page."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.urls import get_resolver

    django.setup()
    assert get_resolver().url_patterns


def give_until(forum: Any, over: threading.Event, waits: list[float]) -> None:
    """Give one testimony after the other, ten a second, and note how long each took; an error ends the thread."""
    from django.db import connection

    from declarations import sealing
    from declarations.workflow import testimonies

    consent = testimonies.Consent(summarise=True, quote=True, voice=False, language="fr")
    try:
        while not over.is_set():
            began = time.monotonic()
            testimonies.give(
                forum, id=uuid.uuid4(), words=TOLD, language="fr", taken_as="own_phone", consent=consent,
                receipt=sealing.new_receipt(),
            )  # fmt: skip
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


def family(pid: int, parent: str = "") -> Iterator[int]:
    """Yield the process and all that it started; a database of its own is another program's memory.

    One that has not become its own program yet stands in the memory of whoever starts it, which counts once.
    """
    with suppress(OSError):
        if Path(f"/proc/{pid}/comm").read_text().strip() == "postgres":
            return
    program = command_of(pid)
    if program == parent:
        return
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in task.read_text().split():
                yield from family(int(child), program)
        except OSError:
            continue  # it ended meanwhile


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


if __name__ == "__main__":
    main()
