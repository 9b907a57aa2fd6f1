"""Plain text, for a message, a reader of braille, or a machine that reads aloud."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from .reader import read
from .reading import RENDERER, ReadClause, Reading, Words
from .snapshot import Snapshot

WIDTH = 72


def render(snapshot: Snapshot, language: str) -> bytes:
    """Return the edition in one language as UTF-8 text in lines of at most 72 characters."""
    parts = [part for part in lines(read(snapshot, language)) if part]
    return ("\n\n".join(parts) + "\n").encode("utf-8")


def lines(reading: Reading) -> Iterator[str]:
    yield wrapped(reading.notice)
    yield wrapped(reading.forum.text)
    yield underlined(reading.title.text, "=")
    yield "\n".join(
        wrapped(line)
        for line in (
            reading.when_and_where,
            reading.conveners,
            f"{reading.edition} · {reading.adopted} · {reading.authentic}",
            f"{reading.label('control_code')}{reading.label('colon')}{reading.control_code}",
        )
        if line
    )
    yield wrapped(reading.untranslated)
    yield wrapped(" · ".join(f"{fact.figure}\u00a0{fact.noun}" for fact in reading.facts))
    for section in reading.sections:
        yield underlined(section.heading.text, "-") if section.kind != "done_at" else ""
        for clause in section.clauses:
            yield clause_text(reading, clause)
    yield from adoption(reading)
    yield from changes(reading)
    yield underlined(reading.label("verification"), "-")
    yield "\n".join(f"{reading.label('digest_' + layer)}\n  {digest}" for layer, digest in reading.digests.items())
    yield wrapped(f"{reading.label('cite')}{reading.label('colon')}{reading.citation}")
    yield RENDERER


def adoption(reading: Reading) -> Iterator[str]:
    yield underlined(reading.label("adoption"), "-")
    yield wrapped(reading.adoption)
    yield wrapped(reading.votes)
    colon, comma = reading.label("colon"), reading.label("list_comma")
    if reading.presided_by:
        presided = f"{reading.presided_by.name}{comma}{reading.presided_by.capacity.text}"
        yield wrapped(f"{reading.label('presided')}{colon}{presided}")
    if reading.signatories:
        people = "\n".join(f"- {person.name}{comma}{person.capacity.text}" for person in reading.signatories)
        yield f"{reading.label('signatories')}{colon.rstrip()}\n{people}"
    if reading.delegations:
        yield wrapped(f"{reading.label('delegations')}{colon}{comma.join(each.text for each in reading.delegations)}")
    for each in reading.reservations:
        yield f"{wrapped(reading.label('reservations') + comma + each.by.text)}\n{prose(each.words)}"


def changes(reading: Reading) -> Iterator[str]:
    if not reading.changes:
        yield wrapped(reading.constancy)
        return
    yield underlined(reading.label("changes"), "-")
    yield wrapped(reading.constancy)
    for change in reading.changes:
        yield wrapped(change.label + (reading.label("colon") + change.where if change.where else ""))
        for side, words in (("before", change.before), ("after", change.after)):
            if words:
                yield f"{reading.label(side)}{reading.label('colon').rstrip()}\n{prose(words)}"


def clause_text(reading: Reading, clause: ReadClause) -> str:
    """Return a clause with its number, whom it addresses and where it comes from."""
    indent = "    " if clause.number is not None else ""
    shown = prose(clause.words, indent)
    if clause.number is not None:
        shown = f"{str(clause.number) + '.':<4}" + shown[4:]
    small = []
    if clause.addressees:
        names = reading.label("list_comma").join(each.text for each in clause.addressees)
        small.append(f"{reading.label('addressed_to')}{reading.label('colon')}{names}")
    small += [
        f"{reading.label('recommendation', number=source.number)}{reading.label('colon')}{source.words.text}"
        f" ({source.group.text})"
        for source in clause.sources
    ]
    if clause.heard:
        small.append(f"{reading.label('heard_in')} {clause.heard}.")
    return "\n".join((shown, *(wrapped(line, indent + "  ") for line in small)))


def prose(words: Words, indent: str = "") -> str:
    """Return a text as wrapped paragraphs; a note stands before it where another language stands in."""
    shown = [wrapped(f"[{words.note}]", indent)] if words.note else []
    for block in words.blocks:
        for line in block.lines:
            shown.append(wrapped(line, indent, mark="- " if block.is_list else ""))
    return "\n".join(shown)


def wrapped(text: str, indent: str = "", *, mark: str = "") -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent + mark,
        subsequent_indent=indent + " " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )


def underlined(text: str, sign: str) -> str:
    lines_of = wrapped(text)
    return f"{lines_of}\n{sign * max(map(len, lines_of.splitlines()), default=0)}"
