"""The declaration is handed over; addressees answer by letter and by their own link, promise, and report."""

from __future__ import annotations

from typing import Any

from declarations.models import Response, Seat
from declarations.workflow import followup

from .forums import give_link
from .seed import Demonstration, load


def build(demo: Demonstration) -> None:
    facts, organiser = load("followup"), demo.seats["awa"]
    edition = demo.of("editions", "1")
    for row in facts["deliveries"]:
        followup.record_delivery(
            edition,
            by=organiser,
            addressee=demo.of("addressees", row["addressee"]),
            delivered_on=demo.after(row["on"]),
            how=row["how"],
        )
    links: dict[str, Seat] = {}
    for number, row in enumerate(facts["responses"]):
        _answer(demo, links, row, days=20 + 4 * number)
    for row in facts["commitments"]:
        _promise(demo, row)


def _answer(demo: Demonstration, links: dict[str, Seat], row: dict[str, Any], days: int) -> None:
    addressee = demo.of("addressees", row["addressee"])
    by = demo.seats["awa"]
    if row["by"] == Response.Channel.LINK:
        if row["addressee"] not in links:
            links[row["addressee"]] = give_link(
                demo, Seat.Role.ADDRESSEE, addressee.label_in("fr"), addressee=addressee
            )
        by = links[row["addressee"]]
    followup.answer(
        demo.of("clauses", row["clause"]),
        by=by,
        addressee=addressee,
        position=row["position"],
        text=row["text"]["fr"],
        language="fr",
        channel=row["by"],
        answered_on=demo.after(f"+{days}d"),
    )


def _promise(demo: Demonstration, row: dict[str, Any]) -> None:
    organiser = demo.seats["awa"]
    commitment = followup.promise(
        demo.of("clauses", row["clause"]),
        by=organiser,
        addressee=demo.of("addressees", row["addressee"]),
        text=row["text"],
        due_on=demo.after(row["due"]),
    )
    # The last report says where the promise stands now; those before it that it was under way.
    for number, report in enumerate(row["reports"], start=1):
        is_last = number == len(row["reports"])
        followup.report(
            commitment,
            by=organiser,
            state=row["state"] if is_last else "under_way",
            text=report["text"]["fr"],
            language="fr",
            reported_on=demo.after(report["on"]),
        )
        commitment.refresh_from_db()
