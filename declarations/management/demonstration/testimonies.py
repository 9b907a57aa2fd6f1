"""Testimonies are given in the ways they are given, read, summarised, some quoted, some taken back; then findings.

Forty-eight were written for this demonstration. The others are composed, openly, from an opening, one or two middles
that belong to a finding, and a closing.
"""

from __future__ import annotations

import uuid
from typing import Any

from declarations import sealing
from declarations.models import CardBatch, Seat, Testimony
from declarations.workflow import cards, describing, excerpts, findings, papers, participants, testimonies, withdrawals
from declarations.workflow.telling import Linter

from .forums import give_link
from .seed import Account, Demonstration, load

VOICES = 240  # testimonies at scale 1
CARDS, FORMS, LEFT = 120, 8, 3  # printed, and how many of each are left at the least
WITHDRAWN = 6
UNREAD = 14
TAKEN_AS = ("own_phone", "own_phone", "own_phone", "facilitator", "facilitator", "paper")


def build(demo: Demonstration) -> None:
    written = load("testimonies")
    give_link(demo, Seat.Role.FACILITATOR, "Équipe d’accueil")
    told = [*written, *_composed(demo, VOICES * demo.scale - len(written))]
    demo.made["testimonies"] = {}
    demo.made["behind"] = {}
    _print(demo)
    receipts = {}
    for facts in demo.in_batches(told, "testimonies"):
        demo.made["testimonies"][facts["key"]], receipts[facts["key"]] = _told(demo, facts)
    _for_the_table(demo)
    demo.table.append(Account("receipt", "t01", sealing.format_receipt(receipts["t01"])))
    _read(demo, told)
    # The composed ones go: the written ones carry the sentences that are quoted.
    for facts in told[-WITHDRAWN * demo.scale :]:
        testimony = testimonies.of_receipt(demo.forum, receipts[facts["key"]])
        assert testimony is not None
        withdrawals.withdraw(testimony, by=participants.passing_seat(demo.forum))


def _composed(demo: Demonstration, count: int) -> list[dict[str, Any]]:
    parts, draw = load("parts"), demo.random
    keys = list(parts["middles"])
    groups = {row["key"]: row["group"] for row in load("findings")}
    speakers = list(demo.made["participants"].values())
    told = []
    for number in range(count):
        language = draw.choice(["fr", "fr", "fr", "en"])
        chosen = [keys[number % len(keys)], *draw.sample(keys, draw.choice([0, 0, 1]))]
        speaker = draw.choice(speakers)
        middles = [draw.choice(parts["middles"][key][language]) for key in dict.fromkeys(chosen)]
        told.append(
            {
                "key": f"composed {number}",
                "language": language,
                "spoken": language if draw.random() < 0.4 else draw.choice(list(demo.made["spoken"])),
                "taken_as": draw.choice(TAKEN_AS),
                "region": speaker.region.code,
                "capacity": speaker.capacity.code,
                "sex": speaker.sex,
                "age": speaker.age,
                "group": groups[chosen[0]],
                "words": " ".join(
                    [draw.choice(parts["openings"][language]), *middles, draw.choice(parts["closings"][language])]
                ),
                "findings": list(dict.fromkeys(chosen)),
                "consent": {"summary": draw.random() < 0.95, "quote": draw.random() < 0.5, "voice": False},
                "summary": middles[0],
            }
        )
    return told


def _print(demo: Demonstration) -> None:
    """Receipt cards for the facilitators, and a few paper forms; more than are used."""
    kinds = {"facilitator": (CardBatch.Kind.CARDS, CARDS), "paper": (CardBatch.Kind.FORMS, FORMS)}
    for taken_as, (kind, size) in kinds.items():
        blanks = cards.drawn(demo.forum, size, kind=kind)
        cards.print_batch(demo.forum, by=demo.seats["awa"], blanks=blanks, kind=kind, language="fr")
        demo.made.setdefault("blanks", {})[taken_as] = blanks


def _told(demo: Demonstration, facts: dict[str, Any]) -> tuple[Testimony, str]:
    """Give a testimony with a card, on paper typed twice, or with a receipt of its own; returns it and its receipt."""
    blanks = demo.made["blanks"].get(facts["taken_as"], [])
    given = _given(demo, facts)
    if len(blanks) <= LEFT:
        receipt = sealing.new_receipt()
        return testimonies.give(demo.forum, id=uuid.uuid4(), receipt=receipt, **given).testimony, receipt
    blank = blanks.pop()
    if facts["taken_as"] == "facilitator":
        card = cards.of_serial(demo.forum, blank.serial)
        return testimonies.give(demo.forum, id=uuid.uuid4(), card=card, **given).testimony, blank.receipt
    sheet = papers.of_number(demo.forum, blank.serial)
    assert sheet is not None
    papers.type_once(sheet, by=demo.seats["awa"], code=blank.code, answers={"words": facts["words"]})
    return papers.enter(sheet, by=demo.seats["seydou"], to_give=given).testimony, blank.receipt


def _for_the_table(demo: Demonstration) -> None:
    """A card and a form to try, and a form that waits for its second typing."""
    blanks = demo.made["blanks"]
    card, sheet, waiting = blanks["facilitator"][0], blanks["paper"][0], blanks["paper"][1]
    numbers = sealing.format_receipt(card.receipt)
    demo.table.append(Account("receipt card", sealing.format_serial(card.serial), numbers))
    demo.table.append(Account("paper form", sealing.format_serial(sheet.serial), sheet.code))
    form = papers.of_number(demo.forum, waiting.serial)
    assert form is not None
    papers.type_once(form, by=demo.seats["awa"], code=waiting.code, answers={"words": "…"})


def _given(demo: Demonstration, facts: dict[str, Any]) -> dict[str, Any]:
    region, capacity = demo.of("regions", facts["region"]), demo.of("capacities", facts["capacity"])
    return {
        "words": facts["words"],
        "language": demo.made["spoken"].get(facts["spoken"], facts["spoken"]),
        "written": facts["language"],
        "taken_as": facts["taken_as"],
        "consent": testimonies.Consent(
            summarise=facts["consent"]["summary"],
            quote=facts["consent"]["quote"],
            voice=facts["consent"]["voice"],
            language=facts["language"],
            read_aloud=facts["taken_as"] == "facilitator",
        ),
        "description": _described(demo, region, capacity),
        "facts": testimonies.Facts(
            region=facts["region"], capacity=facts["capacity"], sex=facts["sex"] or "", age=facts["age"] or ""
        ),
        "group": demo.of("groups", facts["group"]),
    }


def _described(demo: Demonstration, region: Any, capacity: Any) -> describing.Description:
    """The finest description that enough people in the room share; asked once for each pair."""
    known = demo.made.setdefault("descriptions", {})
    pair = (region.pk, capacity.pk)
    if pair not in known:
        known[pair] = describing.descriptions(demo.forum, region, capacity)[0]
    return known[pair]


def _read(demo: Demonstration, told: list[dict[str, Any]]) -> None:
    """Two readers read all but the last ones, and summarise what may be summarised."""
    readers = [demo.seats["mariam"], demo.seats["issa"]]
    waiting = UNREAD * demo.scale + WITHDRAWN * demo.scale
    for number, facts in enumerate(demo.in_batches(told[:-waiting], "read")):
        testimony, by = demo.made["testimonies"][facts["key"]], readers[number % 2]
        testimonies.mark_read(testimony, by=by)
        if testimony.may_summarise:
            testimonies.summarise(testimony, by=by, reading_private=demo.reading_private, text=facts["summary"])
            for key in facts["findings"]:
                demo.made["behind"].setdefault(key, []).append(testimony)


def build_findings(demo: Demonstration) -> None:
    sentences = _excerpts(demo)
    composer, other = demo.seats["mariam"], demo.seats["issa"]
    demo.made["findings"] = {}
    for facts in load("findings"):
        finding = findings.compose(
            demo.forum,
            by=composer,
            testimonies=demo.made["behind"][facts["key"]],
            texts=facts["text"],
            themes=[demo.of("themes", code) for code in facts["themes"]],
            factors=[demo.of("factors", code) for code in facts["factors"]],
            group=demo.of("groups", facts["group"]),
            excerpts=sentences.get(facts["key"], []),
        )
        findings.agree(finding, by=other)
        findings.publish(finding, by=demo.seats["awa"])
        demo.made["findings"][facts["key"]] = finding


def _excerpts(demo: Demonstration) -> dict[str, list[Any]]:
    """Forty sentences; the last three still wait for a second person."""
    beside: dict[str, list[Any]] = {}
    facts_of_all = load("excerpts")
    linter = Linter(demo.forum)
    for number, facts in enumerate(facts_of_all):
        testimony = demo.of("testimonies", facts["testimony"])
        # What the linter points at in these invented sentences was looked at by hand.
        answers = {flag.key: "many" for flag in linter.flags(testimony, facts["redacted"])}
        opened: dict[str, Any] = {"reading_private": demo.reading_private, "answers": answers}
        excerpt = excerpts.propose(testimony, by=demo.seats["mariam"], words=facts["redacted"], **opened)
        beside.setdefault(facts["finding"], []).append(excerpt)
        if number < len(facts_of_all) - 3:
            excerpts.clear(excerpt, by=demo.seats["issa"], **opened)
    return beside
