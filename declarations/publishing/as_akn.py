"""Akoma Ntoso 3.0, the language of parliaments and of the United Nations: one `statement` of the strict schema."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lxml import etree

from .labels import language_name
from .reader import read
from .reading import RENDERER, ReadClause, Reading, ReadSection, Words
from .snapshot import Snapshot

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Its languages have three letters (ISO 639-2); ours have two where there are two.
LETTERS = {"fr": "fra", "en": "eng", "ar": "ara", "bm": "bam", "ff": "ful", "ha": "hau", "pt": "por"}
BODY = ("operative", "commitments", "followup", "annex", "thanks")


def render(snapshot: Snapshot, language: str) -> bytes:
    """Return the edition in one language as Akoma Ntoso."""
    root = Statement(snapshot, read(snapshot, language)).document()
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def tag(name: str, /, *children: Any, **attributes: str | None) -> Any:
    """Return one element with its texts and elements; an attribute of None is left out."""
    made = etree.Element(f"{{{NAMESPACE}}}{name}", nsmap={None: NAMESPACE})
    for key, value in attributes.items():
        if value is not None:
            made.set(LANG if key == "lang" else key.rstrip("_"), value)
    for child in children:
        if isinstance(child, str):
            if len(made):
                made[-1].tail = (made[-1].tail or "") + child
            else:
                made.text = (made.text or "") + child
        elif child is not None:
            made.append(child)
    return made


def three_letters(language: str) -> str:
    return LETTERS.get(language.split("-")[0], language)


class Statement:
    """Writes one reading as one statement."""

    def __init__(self, snapshot: Snapshot, reading: Reading) -> None:
        self.snapshot, self.reading, self.label = snapshot, reading, reading.label
        self.work = f"/akn/{snapshot.forum.slug}/statement/{snapshot.adoption.on}/declaration"

    def document(self) -> Any:
        body = [self.section(section) for section in self.reading.sections if section.kind in BODY]
        statement = tag(
            "statement",
            self.meta(),
            self.preface(),
            self.preamble(),
            tag("mainBody", *(body or [tag("p")])),
            self.conclusions(),
            name="declaration",
            contains="originalVersion",
        )
        return tag("akomaNtoso", statement)

    # What it is, and whence

    def meta(self) -> Any:
        reading, snapshot = self.reading, self.snapshot
        notes = [note for section in reading.sections for clause in section.clauses for note in self.notes(clause)]
        adopted, published = snapshot.adoption.on, reading.published_on
        return tag(
            "meta",
            self.identification(),
            tag("publication", date=published, name=reading.edition, showAs=reading.forum.text),
            tag(
                "workflow",
                tag("step", eId="step-adopted", date=adopted, by="#forum", outcome="#adopted"),
                tag("step", eId="step-published", date=published, by="#forum", outcome="#published"),
                source="#forum",
            ),
            tag("references", *self.references(), source="#forum"),
            tag("notes", *notes, source="#forum") if notes else None,
        )

    def identification(self) -> Any:
        reading, snapshot = self.reading, self.snapshot
        adopted, published = snapshot.adoption.on, reading.published_on
        here = self.expression(reading.language)
        work = tag(
            "FRBRWork",
            tag("FRBRthis", value=f"{self.work}/!main"),
            tag("FRBRuri", value=self.work),
            tag("FRBRalias", name="control code", value=reading.control_code),
            tag("FRBRdate", date=adopted, name="adopted"),
            tag("FRBRauthor", href="#forum", as_="#author"),
            tag("FRBRcountry", value=snapshot.forum.slug),
            tag("FRBRnumber", value=str(reading.number)),
            tag("FRBRname", value=reading.title.text),
        )
        expression = tag(
            "FRBRExpression",
            tag("FRBRthis", value=f"{here}/!main"),
            tag("FRBRuri", value=here),
            tag("FRBRdate", date=published, name="published"),
            tag("FRBRauthor", href="#forum", as_="#author"),
            tag("FRBRlanguage", language=three_letters(reading.language)),
            self.translation(),
        )
        manifestation = tag(
            "FRBRManifestation",
            tag("FRBRthis", value=f"{here}/!main.xml"),
            tag("FRBRuri", value=f"{here}.akn"),
            tag("FRBRdate", date=published, name="written"),
            tag("FRBRauthor", href="#forum", as_="#author"),
            tag("FRBRformat", value="application/akn+xml"),
        )
        return tag("identification", work, expression, manifestation, source="#forum")

    def authentic_text(self) -> str:
        """Return the address of the text that this one translates; empty where it is authentic itself."""
        if self.reading.language in self.snapshot.authentic:
            return ""
        return self.expression(self.snapshot.authentic[0])

    def expression(self, language: str) -> str:
        """Return the address of this edition in a language."""
        return f"{self.work}/{three_letters(language)}@{self.reading.published_on}"

    def translation(self) -> Any:
        if not (there := self.authentic_text()):
            return None
        language = three_letters(self.snapshot.authentic[0])
        return tag("FRBRtranslation", href=there, by="#forum", fromLanguage=language, authoritative="false")

    def references(self) -> Iterable[Any]:
        reading, original = self.reading, self.authentic_text()
        if original:
            yield tag("original", eId="authentic", href=original, showAs=reading.authentic)
        for language in self.snapshot.languages:
            there = self.expression(language)
            if language != reading.language and there != original:
                yield self.other_expression(language, there)
        yield tag("TLCOrganization", eId="forum", href="/ontology/organization/forum", showAs=reading.forum.text)
        yield tag("TLCRole", eId="author", href="/ontology/role/author", showAs=reading.forum.text)
        yield tag("TLCEvent", eId="adopted", href="/ontology/event/adopted", showAs=reading.adoption)
        yield tag("TLCEvent", eId="published", href="/ontology/event/published", showAs=reading.published)
        yield tag("TLCProcess", eId="renderer", href="/ontology/process/renderer", showAs=RENDERER)
        for number, person in enumerate(reading.signatories, 1):
            yield tag("TLCPerson", eId=f"person-{number}", href=f"/ontology/person/{number}", showAs=person.name)

    def other_expression(self, language: str, there: str) -> Any:
        """Name the same edition in another language; the schema has no element of its own for it."""
        kind = "authentic" if language in self.snapshot.authentic else "translation"
        name = language_name(language, self.reading.label_language)
        return tag("TLCReference", eId=f"in-{three_letters(language)}", href=there, name=kind, showAs=name)

    def notes(self, clause: ReadClause) -> Iterable[Any]:
        """Say where a clause comes from."""
        if not clause.has_origin:
            return
        shown = [tag("p", f"{self.label('heard_in')} {clause.heard}.")] if clause.heard else []
        for source in clause.sources:
            lead = self.label("recommendation", number=source.number) + self.label("colon")
            shown.append(tag("p", lead, self.phrase(source.words), " (", self.phrase(source.group), ")"))
        yield tag("note", *shown, eId=f"note-{clause.identifier}", class_="origin")

    # The text

    def own(self, words: Words) -> dict[str, str]:
        return {} if words.language == self.reading.language else {"lang": words.language}

    def phrase(self, words: Words) -> Any:
        return tag("span", words.text, **self.own(words))

    def prose(self, words: Words, *, note: str = "") -> list[Any]:
        """Return a text as paragraphs and lists; the reference to its note stands at the end of the first line."""
        shown: list[Any] = [tag("p", words.note)] if words.note else []
        for index, block in enumerate(words.blocks):
            mark = tag("noteRef", href=f"#{note}", marker="*") if note and index == 0 else None
            if block.is_list:
                shown.append(tag("ul", *(tag("li", tag("p", line, **self.own(words))) for line in block.lines)))
            else:
                shown.append(tag("p", block.lines[0], mark, **self.own(words)))
        return shown

    def preface(self) -> Any:
        reading = self.reading
        lines = (
            reading.notice,
            reading.when_and_where,
            reading.conveners,
            " · ".join((reading.edition, reading.adopted, reading.authentic)),
            reading.untranslated,
            " · ".join(f"{fact.figure}\u00a0{fact.noun}" for fact in reading.facts),
        )
        return tag(
            "preface",
            tag("p", tag("docProponent", reading.forum.text)),
            tag("longTitle", tag("p", tag("docTitle", reading.title.text, **self.own(reading.title))), eId="title"),
            *(tag("p", line) for line in lines if line),
        )

    def preamble(self) -> Any:
        found = [section for section in self.reading.sections if section.kind == "recitals"]
        parts = []
        for section in found:
            heading = tag("p", section.heading.text, **self.own(section.heading))
            parts.append(tag("formula", heading, name="heading"))
            parts.append(tag("recitals", *map(self.recital, section.clauses), eId=section.identifier))
        return tag("preamble", *parts) if parts else None

    def recital(self, clause: ReadClause) -> Any:
        return tag("recital", *self.prose(clause.words), eId=clause.identifier)

    def section(self, section: ReadSection) -> Any:
        heading = tag("heading", section.heading.text, **self.own(section.heading))
        return tag("section", heading, *map(self.clause, section.clauses), eId=section.identifier)

    def clause(self, clause: ReadClause) -> Any:
        shown = self.prose(clause.words, note=f"note-{clause.identifier}" if clause.has_origin else "")
        if clause.addressees:
            names = self.label("list_comma").join(each.text for each in clause.addressees)
            shown.append(tag("p", f"{self.label('addressed_to')}{self.label('colon')}{names}"))
        number = tag("num", f"{clause.number}.") if clause.number is not None else None
        return tag("paragraph", number, tag("content", *shown), eId=clause.identifier)

    def conclusions(self) -> Any:
        reading, colon, comma = self.reading, self.label("colon"), self.label("list_comma")
        done = [clause for section in reading.sections if section.kind == "done_at" for clause in section.clauses]
        shown = [block for clause in done for block in self.prose(clause.words)]
        shown += [tag("p", line) for line in (reading.adoption, reading.votes, reading.constancy) if line]
        if reading.presided_by:
            person = reading.presided_by
            shown.append(tag("p", f"{self.label('presided')}{colon}{person.name}{comma}", self.phrase(person.capacity)))
        for number, person in enumerate(reading.signatories, 1):
            name = tag("person", person.name, refersTo=f"#person-{number}")
            shown.append(tag("p", tag("signature", name, comma, self.phrase(person.capacity))))
        if reading.delegations:
            names = comma.join(each.text for each in reading.delegations)
            shown.append(tag("p", f"{self.label('delegations')}{colon}{names}"))
        for each in reading.reservations:
            shown += [tag("p", f"{self.label('reservations')}{colon}", self.phrase(each.by)), *self.prose(each.words)]
        shown.append(tag("p", f"{self.label('cite')}{colon}{reading.citation}"))
        return tag("conclusions", *shown)
