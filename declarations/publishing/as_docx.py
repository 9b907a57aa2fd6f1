"""A document for word processors: real headings, lists and contents, each text in its own language and direction."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from .packing import NO_PROGRAM, packed, unpacked
from .reader import read
from .reading import ReadClause, Reading, ReadPerson, ReadSection, Words
from .snapshot import Snapshot

FONT, ARABIC_FONT = "Charis SIL", "Amiri"
INK = RGBColor(0x1C, 0x1B, 0x1A)
STYLES = {"Normal": 11, "Title": 24, "Subtitle": 12, "Heading 1": 16, "Heading 2": 12, "TOC Heading": 14,
          "Intense Quote": 11}  # points  # fmt: skip


def render(snapshot: Snapshot, language: str) -> bytes:
    """Return the edition in one language as DOCX."""
    return repacked(Sheet(read(snapshot, language)).document())


def repacked(document: Any) -> bytes:
    """Return the document without what its template tells, and with the same bytes each time."""
    for relations in (document.part.package.rels, document.part.rels):
        for name, relation in list(relations.items()):
            if relation.reltype.endswith(("/thumbnail", "/customXml")):
                del relations[name]
    written = io.BytesIO()
    document.save(written)
    entries = unpacked(written.getvalue())
    return packed((name, NO_PROGRAM if name == "docProps/app.xml" else content) for name, content in entries)


def element(name: str, /, **attributes: str) -> Any:
    """Return an element of WordprocessingML; `val` is `w:val`."""
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


class Sheet:
    """Writes one reading into one document."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.label, self.own = reading.label, reading.own
        self.paper = Document()
        self.bookmarks = 0
        self.style_ids: dict[str, str | None] = {}

    def document(self) -> Any:
        self.set_up()
        self.about()
        self.head()
        self.contents()
        for section in self.reading.sections:
            self.section(section)
        self.adoption()
        self.changes()
        self.verification()
        return self.paper

    # The paper

    def set_up(self) -> None:
        paper = self.paper
        for style, size in STYLES.items():
            font = paper.styles[style].font
            font.name, font.size, font.italic = FONT, Pt(size), False
            font.color.rgb = INK
            fonts = paper.styles[style].element.get_or_add_rPr().get_or_add_rFonts()
            # A theme would win over a font that is named.
            for theme in [key for key in fonts.attrib if "Theme" in key]:
                del fonts.attrib[theme]
            for script, name in (("ascii", FONT), ("hAnsi", FONT), ("eastAsia", FONT), ("cs", ARABIC_FONT)):
                fonts.set(qn(f"w:{script}"), name)
            for border in paper.styles[style].element.xpath(".//w:pBdr"):
                border.getparent().remove(border)
        paper.styles["Normal"].paragraph_format.space_after = Pt(6)
        page = paper.sections[0]
        page.page_width, page.page_height = Cm(21), Cm(29.7)
        if self.reading.label_direction == "rtl":
            # The schema of Word has an order: what comes late makes the whole file one to be repaired.
            page._sectPr.insert_element_before(element("bidi"), "w:rtlGutter", "w:docGrid", "w:printerSettings")
        reading = self.reading
        top = page.header.paragraphs[0]
        self.put(top, self.own(f"{reading.edition} · {reading.label('control_code')}{reading.label('colon')}"))
        self.put(top, Words(reading.control_code, reading.label_language, "ltr"))
        self.direct(top, reading.label_direction)
        if reading.notice:
            # A page that is taken out of the middle says what it is, too.
            mark = page.header.add_paragraph()
            self.put(mark, self.own(reading.notice), bold=True)
            self.direct(mark, reading.label_direction)
        self.numbers(page.footer.paragraphs[0])

    def numbers(self, foot: Any) -> None:
        """Write "page 3 of 12" with numbers that the word processor counts."""
        before, after = self.label("page", page="\0", pages="\1").split("\0")
        between, end = after.split("\1")
        for text, field in ((before, "PAGE"), (between, "NUMPAGES"), (end, "")):
            self.put(foot, self.own(text))
            if field:
                counted = element("fldSimple", instr=field)
                shown = element("r")
                shown.append(element("t"))
                shown[0].text = "1"
                counted.append(shown)
                foot._p.append(counted)
        self.direct(foot, self.reading.label_direction)

    def about(self) -> None:
        """Say what the document is, and nobody's name."""
        properties, reading = self.paper.core_properties, self.reading
        day = datetime.fromisoformat(reading.published_on).replace(tzinfo=UTC).replace(tzinfo=None)
        properties.title, properties.language = reading.title.text[:255], reading.language
        properties.subject = reading.edition
        properties.identifier = reading.control_code
        properties.author = properties.last_modified_by = properties.comments = properties.keywords = ""
        properties.created = properties.modified = day
        properties.revision = 1

    # Words

    def put(self, paragraph: Any, words: Words, *, bold: bool = False) -> Any:
        """Write words at the end of a paragraph, marked with their language."""
        run = paragraph.add_run(words.text)
        marks = run._r.get_or_add_rPr()
        if bold:
            run.bold = True
            marks.append(element("bCs"))
        if words.direction == "rtl":
            marks.append(element("rtl"))
            marks.append(element("lang", bidi=words.language))
        else:
            marks.append(element("lang", val=words.language))
        return run

    def direct(self, paragraph: Any, direction: str) -> None:
        if direction == "rtl" and not paragraph._p.xpath("w:pPr/w:bidi"):
            paragraph._p.get_or_add_pPr().insert_element_before(
                element("bidi"), "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:rPr"
            )

    def line(self, *parts: Words | str, style: str = "Normal", lead: str = "") -> Any:
        """Write one paragraph; what it begins with decides its direction."""
        paragraph = self.paper.add_paragraph()
        paragraph._p.style = self.style_id(style)
        shown = [self.own(part) if isinstance(part, str) else part for part in parts]
        self.direct(paragraph, shown[0].direction if shown and not lead else self.reading.label_direction)
        if lead:
            self.put(paragraph, self.own(lead), bold=True)
        for part in shown:
            self.put(paragraph, part)
        return paragraph

    def style_id(self, name: str) -> str | None:
        """Return what a paragraph names its style by; asked once: the library looks through all each time."""
        if name not in self.style_ids:
            self.style_ids[name] = self.paper.part.get_style_id(name, WD_STYLE_TYPE.PARAGRAPH)
        return self.style_ids[name]

    def prose(self, words: Words) -> None:
        """Write a text as paragraphs and lists, with a note where another language stands in."""
        if words.note:
            self.line(words.note, style="Intense Quote")
        for block in words.blocks:
            for text in block.lines:
                style = "List Bullet" if block.is_list else "Normal"
                self.line(Words(text, words.language, words.direction), style=style)

    def heading(self, words: Words, level: int, anchor: str) -> None:
        """Write a heading that the contents and links lead to."""
        paragraph = self.line(words, style=f"Heading {level}")
        self.bookmarks += 1
        number = str(self.bookmarks)
        paragraph._p.insert(1 if paragraph._p.pPr is not None else 0, element("bookmarkStart", id=number, name=anchor))
        paragraph._p.append(element("bookmarkEnd", id=number))

    def named(self, many: Iterable[Words]) -> list[Words]:
        """Return words with a comma between them."""
        comma: list[Words] = [self.own(self.label("list_comma"))]
        return [part for index, words in enumerate(many) for part in ([*comma, words] if index else [words])]

    # What stands above the text

    def head(self) -> None:
        reading = self.reading
        if reading.notice:
            self.line(reading.notice, style="Intense Quote")
        self.line(reading.forum, style="Subtitle")
        self.line(reading.title, style="Title")
        for text in (
            reading.when_and_where,
            reading.conveners,
            " · ".join((reading.edition, reading.adopted, reading.authentic)),
            reading.untranslated,
            " · ".join(f"{fact.figure}\u00a0{fact.noun}" for fact in reading.facts),
        ):
            if text:
                self.line(text)

    def contents(self) -> None:
        """Write the table of contents as a field that is filled in already and can be counted anew."""
        self.line(self.label("contents"), style="TOC Heading")
        entries = [(part.heading, part.identifier) for part in self.reading.sections if part.kind != "done_at"]
        entries.append((self.own(self.label("adoption")), "adoption"))
        if self.reading.changes:
            entries.append((self.own(self.label("changes")), "changes"))
        entries.append((self.own(self.label("verification")), "verification"))
        for index, (words, anchor) in enumerate(entries):
            paragraph = self.paper.add_paragraph()
            self.direct(paragraph, words.direction)
            if index == 0:
                self.field(paragraph, "begin", ' TOC \\o "1-1" \\h \\z \\u ')
            link = element("hyperlink", anchor=anchor, history="1")
            link.append(self.put(paragraph, words)._r)
            paragraph._p.append(link)
            if index == len(entries) - 1:
                self.field(paragraph, "end")

    def field(self, paragraph: Any, kind: str, order: str = "") -> None:
        steps: list[Any] = [element("fldChar", fldCharType=kind)]
        if order:
            asked = element("instrText")
            asked.text = order
            asked.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            steps += [asked, element("fldChar", fldCharType="separate")]
        for step in steps:
            run = element("r")
            run.append(step)
            paragraph._p.append(run)

    # The text

    def section(self, section: ReadSection) -> None:
        if section.kind != "done_at":
            self.heading(section.heading, 1, section.identifier)
        for clause in section.clauses:
            self.clause(clause)

    def clause(self, clause: ReadClause) -> None:
        if clause.number is not None:
            self.heading(self.own(self.label("clause", number=clause.number)), 2, clause.identifier)
        self.prose(clause.words)
        if clause.addressees:
            self.line(*self.named(clause.addressees), lead=self.label("addressed_to") + self.label("colon"))
        if clause.has_origin:
            self.line(clause.heard and f"{self.label('heard_in')} {clause.heard}.", lead=self.label("whence") + ". ")
        for source in clause.sources:
            lead = self.label("recommendation", number=source.number) + self.label("colon")
            self.line(source.words, " (", source.group, ")", style="List Bullet 2", lead=lead)

    # What stands below the text

    def adoption(self) -> None:
        reading, colon = self.reading, self.label("colon")
        self.heading(self.own(self.label("adoption")), 1, "adoption")
        for text in (reading.adoption, reading.votes):
            if text:
                self.line(text)
        if reading.presided_by:
            self.line(*self.person(reading.presided_by), lead=self.label("presided") + colon)
        if reading.signatories:
            self.heading(self.own(self.label("signatories")), 2, "signatories")
        for person in reading.signatories:
            self.line(*self.person(person), style="List Bullet")
        if reading.delegations:
            self.line(*self.named(reading.delegations), lead=self.label("delegations") + colon)
        if reading.reservations:
            self.heading(self.own(self.label("reservations")), 2, "reservations")
        for each in reading.reservations:
            self.line(each.by)
            self.prose(each.words)

    def person(self, person: ReadPerson) -> tuple[Words | str, ...]:
        return person.name, self.label("list_comma"), person.capacity

    def changes(self) -> None:
        reading = self.reading
        if reading.changes:
            self.heading(self.own(self.label("changes")), 1, "changes")
        self.line(reading.constancy)
        for change in reading.changes:
            self.line(self.label("colon") + change.where if change.where else "", lead=change.label)
            for side, words in (("before", change.before), ("after", change.after)):
                if words:
                    self.line(lead=self.label(side) + self.label("colon"))
                    self.prose(words)

    def verification(self) -> None:
        reading = self.reading
        self.heading(self.own(self.label("verification")), 1, "verification")
        code = Words(reading.control_code, reading.label_language, "ltr")
        self.line(self.label("control_code") + self.label("colon"), code)
        self.line(self.label("verify_how"))
        for layer, digest in reading.digests.items():
            self.line(self.label(f"digest_{layer}") + self.label("colon"), Words(digest, "en", "ltr"))
        self.line(reading.citation, lead=self.label("cite") + self.label("colon"))
