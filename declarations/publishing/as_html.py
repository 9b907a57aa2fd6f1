"""One HTML file that needs nothing else: it opens from a USB stick, prints well, and carries no script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from pathlib import Path

from .markup import Html, group, tag
from .reader import read
from .reading import RENDERER, ReadChange, ReadClause, ReadFinding, Reading, ReadPerson, ReadSection, Words
from .snapshot import Snapshot

STYLE = (Path(__file__).parent / "edition.css").read_text(encoding="utf-8").strip()
# What a Content-Security-Policy says to allow this one <style>: pages that are served need it.
STYLE_HASH = "sha256-" + base64.b64encode(hashlib.sha256(STYLE.encode("utf-8")).digest()).decode("ascii")
POLICY = f"default-src 'none'; style-src '{STYLE_HASH}'; base-uri 'none'; form-action 'none'"


def render(snapshot: Snapshot, language: str) -> bytes:
    """Return the edition in one language as one HTML file."""
    return Page(read(snapshot, language)).document().encode("utf-8")


class Page:
    """Draws one reading."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.label = reading.label

    def document(self) -> str:
        reading = self.reading
        head = group(
            tag("meta", charset="utf-8"),
            tag("meta", name="viewport", content="width=device-width,initial-scale=1"),
            tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
            tag("meta", name="generator", content=RENDERER),
            tag("title", f"{reading.title.text} · {reading.edition}"),
            tag("style", Html(STYLE)),
        )
        body = group(
            tag("div", class_="band", aria_hidden="true"),
            self.header(),
            tag("main", self.contents(), self.text(), self.colophon()),
            self.footer(),
        )
        lines = ("<!doctype html>", f'<html lang="{reading.label_language}" dir="{reading.label_direction}">')
        return "\n".join((*lines, tag("head", head), tag("body", body), "</html>", ""))

    # Words and lists of words

    def own(self, words: Words) -> dict[str, str]:
        """The attributes of a block: its language and direction, where they are not the page's."""
        if words.language == self.reading.label_language:
            return {}
        return {"lang": words.language, "dir": words.direction}

    def phrase(self, words: Words) -> Html:
        return tag("span", words.text, **self.own(words)) if self.own(words) else group(words.text)

    def phrases(self, many: Iterable[Words]) -> Html:
        parts: list[str] = []
        for words in many:
            parts += [self.label("list_comma"), self.phrase(words)] if parts else [self.phrase(words)]
        return group(*parts)

    def prose(self, words: Words, *, opening: bool = False) -> Html:
        """A text as paragraphs and lists, with a note where another language stands in."""
        shown = []
        for index, block in enumerate(words.blocks):
            if block.is_list:
                shown.append(tag("ul", *(tag("li", line) for line in block.lines)))
            else:
                shown.append(tag("p", self.opened(block.lines[0]) if opening and index == 0 else block.lines[0]))
        note = tag("p", words.note, class_="note") if words.note else None
        return group(note, tag("div", *shown, class_="words", **self.own(words)))

    def opened(self, line: str) -> Html:
        """A recital, its first word set apart: "Considérant que…"; an address ("Nous, …") stays as it is."""
        first, space, rest = line.partition(" ")
        if not rest or not first.isalpha():
            return group(line)
        return group(tag("em", first), space + rest)

    # What stands above the text

    def header(self) -> Html:
        reading = self.reading
        return tag(
            "header",
            tag("p", reading.notice, class_="notice", role="note") if reading.notice else None,
            tag("p", self.phrase(reading.forum), class_="forum"),
            tag("h1", reading.title.text, **self.own(reading.title)),
            tag("p", reading.when_and_where, class_="meta"),
            tag("p", reading.conveners, class_="meta") if reading.conveners else None,
            tag("p", " · ".join((reading.edition, reading.adopted, reading.authentic)), class_="meta edition"),
            tag("p", reading.untranslated, class_="notice quiet", role="note") if reading.untranslated else None,
            self.facts(),
        )

    def facts(self) -> Html | None:
        if not self.reading.facts:
            return None
        items = (tag("li", tag("b", fact.figure), " ", tag("span", fact.noun)) for fact in self.reading.facts)
        return tag("ul", *items, class_="facts", aria_label=self.label("figures"))

    def contents_entries(self) -> list[tuple[Words, str, str]]:
        """Return what the contents lead to: words, anchor, and the numbers of the clauses there."""
        entries = [
            (section.heading, section.identifier, section.span)
            for section in self.reading.sections
            if section.kind != "done_at"
        ]
        reading = self.reading
        after = [("adoption", self.label("adoption"))]
        after += [("changes", self.label("changes"))] if reading.changes else []
        after += [("annex", self.label("annex_figures"))] if reading.has_annex else []
        after.append(("verification", self.label("verification")))
        return [*entries, *((reading.own(label), anchor, "") for anchor, label in after)]

    def contents(self) -> Html:
        items = [
            tag(
                "li",
                tag(
                    "a",
                    tag("span", words.text, **self.own(words)),
                    tag("span", span, class_="span") if span else None,
                    href=f"#{anchor}",
                ),
            )
            for words, anchor, span in self.contents_entries()
        ]
        return tag(
            "nav",
            tag("details", tag("summary", self.label("contents")), tag("ol", *items)),
            class_="contents",
            aria_label=self.label("contents"),
        )

    # The text

    def text(self) -> Html:
        return tag("article", *(self.section(section) for section in self.reading.sections))

    def section(self, section: ReadSection) -> Html:
        quiet = section.kind in ("recitals", "done_at")
        return tag(
            "section",
            tag("h2", section.heading.text, class_="quiet" if quiet else None, **self.own(section.heading)),
            *(self.clause(clause, section.kind) for clause in section.clauses),
            id=section.identifier,
            class_=section.kind.replace("_", "-"),
        )

    def clause(self, clause: ReadClause, kind: str) -> Html:
        number = None
        if clause.number is not None:
            number = tag(
                "a",
                str(clause.number),
                class_="number",
                href=f"#{clause.identifier}",
                aria_label=self.label("clause", number=clause.number),
            )
        addressees = None
        if clause.addressees:
            names = self.phrases(clause.addressees)
            addressees = tag("p", self.label("addressed_to") + self.label("colon"), names, class_="addressees")
        return tag(
            "div",
            number,
            self.prose(clause.words, opening=kind == "recitals"),
            addressees,
            self.origin(clause),
            class_="clause" if clause.number is not None else "clause unnumbered",
            id=clause.identifier,
        )

    def origin(self, clause: ReadClause) -> Html | None:
        if not clause.has_origin:
            return None
        heard = tag("p", f"{self.label('heard_in')} {clause.heard}.") if clause.heard else None
        sources = [
            tag(
                "li",
                tag("b", self.label("recommendation", number=source.number)),
                " ",
                tag("span", source.words.text, **self.own(source.words)),
                " ",
                tag("span", source.group.text, class_="group", **self.own(source.group)),
            )
            for source in clause.sources
        ]
        summary = group(self.label("whence"), tag("small", clause.heard) if clause.heard else None)
        return self.fold(summary, heard, tag("ul", *sources) if sources else None, class_="origin")

    def fold(self, summary: Html, *children: str | None, class_: str | None = None) -> Html:
        """What opens on demand, without a script."""
        return tag("details", tag("summary", summary), *children, class_=class_)

    # What stands below the text

    def colophon(self) -> Html:
        return tag("div", self.adoption(), self.changes(), self.annex(), self.verification(), class_="colophon")

    def adoption(self) -> Html:
        reading = self.reading
        presided = None
        if reading.presided_by:
            presided = tag("p", self.label("presided") + self.label("colon"), self.person(reading.presided_by))
        return tag(
            "section",
            tag("h2", self.label("adoption")),
            tag("p", reading.adoption),
            tag("p", reading.votes) if reading.votes else None,
            presided,
            self.people(),
            self.delegations(),
            self.reservations(),
            id="adoption",
        )

    def person(self, person: ReadPerson) -> Html:
        capacity = self.phrase(person.capacity)
        return group(tag("b", tag("bdi", person.name)), self.label("list_comma"), capacity)

    def people(self) -> Html | None:
        if not self.reading.signatories:
            return None
        items = (
            tag("li", tag("b", tag("bdi", person.name)), " ", tag("span", self.phrase(person.capacity)))
            for person in self.reading.signatories
        )
        return group(tag("h3", self.label("signatories")), tag("ul", *items, class_="people"))

    def delegations(self) -> Html | None:
        if not self.reading.delegations:
            return None
        return group(tag("h3", self.label("delegations")), tag("p", self.phrases(self.reading.delegations)))

    def reservations(self) -> Html | None:
        if not self.reading.reservations:
            return None
        items = [
            group(tag("p", tag("b", self.phrase(each.by))), self.prose(each.words))
            for each in self.reading.reservations
        ]
        return group(tag("h3", self.label("reservations")), *items)

    def changes(self) -> Html | None:
        reading = self.reading
        if not reading.changes:
            return tag("p", reading.constancy, class_="meta")
        return tag(
            "section",
            tag("h2", self.label("changes")),
            tag("p", reading.constancy),
            tag("ul", *(tag("li", self.change(change)) for change in reading.changes), class_="changes"),
            id="changes",
        )

    def change(self, change: ReadChange) -> Html:
        where = self.label("colon") + change.where if change.where else None
        sides = [
            tag("div", tag("span", self.label(side), class_="side"), self.prose(words))
            for side, words in (("before", change.before), ("after", change.after))
            if words
        ]
        return group(tag("b", change.label), where, *sides)

    def annex(self) -> Html | None:
        """Return the figures of the edition and the findings, which are no part of the adopted text."""
        reading = self.reading
        if not reading.has_annex:
            return None
        parts: list[str | None] = [tag("h2", self.label("annex_figures")), tag("p", self.label("annex_kept"))]
        if reading.facts:
            shown = " · ".join(f"{fact.figure}\u00a0{fact.noun}" for fact in reading.facts)
            parts.append(tag("p", tag("b", self.label("figures")), self.label("colon"), shown))
        if reading.counted:
            parts += [tag("h3", self.label("by_clause")), self.by_clause()]
        if reading.findings:
            parts += [tag("h3", self.label("what_we_heard")), *map(self.finding, reading.findings)]
        return tag("section", *parts, id="annex")

    def by_clause(self) -> Html:
        head = tag("tr", *(tag("th", self.label(name), scope="col") for name in ("clause_head", "heard_head")))
        rows = [
            tag("tr", tag("th", str(clause.number), scope="row"), tag("td", clause.heard))
            for clause in self.reading.counted
        ]
        return tag("table", tag("thead", head), tag("tbody", *rows))

    def finding(self, finding: ReadFinding) -> Html:
        heard = tag("p", f"{self.label('heard_in')} {finding.heard}.", class_="addressees") if finding.heard else None
        return tag("div", tag("h4", finding.label), self.prose(finding.words), heard, class_="finding")

    def verification(self) -> Html:
        reading = self.reading
        rows = []
        for layer, digest in reading.digests.items():
            digits = tag("code", " ".join(digest[start : start + 8] for start in range(0, 64, 8)), dir="ltr")
            rows += [tag("dt", self.label(f"digest_{layer}")), tag("dd", digits)]
        return tag(
            "section",
            tag("h2", self.label("verification")),
            tag("p", self.label("control_code")),
            tag("p", tag("code", reading.control_code, dir="ltr"), class_="code"),
            tag("p", self.label("verify_how")),
            self.fold(tag("bdi", "SHA-256"), tag("dl", *rows), class_="digests"),
            tag("p", tag("b", self.label("cite")), self.label("colon"), reading.citation, class_="cite"),
            id="verification",
        )

    def footer(self) -> Html:
        reading = self.reading
        parts = (reading.edition, reading.kind, reading.published)
        return tag("footer", " · ".join(parts), " · ", tag("bdi", reading.control_code))
