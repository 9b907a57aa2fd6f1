"""M8: no file of an edition holds a quote, what was left out of one, a person of the team, or a trace of a machine."""

from __future__ import annotations

import getpass
import io
import re
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from lxml import etree
from lxml import html as lxml_html

from declarations.models import Edition, Quote
from declarations.publishing import as_voices
from declarations.views.voices import voices_of
from declarations.workflow import declarations, recommendations
from tests import canary
from tests import factories as make

from .pdf_words import pdf_words
from .test_files import bare

SAID = "Zouéra a vu le grenier de Tikirwal brûler avant la prière."
QUOTED = "a vu le grenier de"
LEFT_OUT = ("Zouéra", "Tikirwal")
IN_ARABIC = "لا تُغلق بئر دون قرار يُعلن قبل سبعة أيام."
TEAM = ("Ngolotié", "Bassirima")


pytestmark = pytest.mark.django_db


@pytest.fixture
def published() -> tuple[Edition, str]:
    """An edition in every form, by two organisers with names of their own, and what the voices annex says beside it."""
    return an_edition()


def an_edition() -> tuple[Edition, str]:
    forum = make.a_forum()
    maker, confirmer = make.organiser_of(forum), make.a_seat(forum)
    for seat, name in zip((maker, confirmer), TEAM, strict=True):
        seat.user.first_name, seat.user.username = name, f"{name}-account"
        seat.user.email = f"{name}@team.example"
        seat.user.save()
    excerpt = make.an_excerpt(forum, make.a_testimony(forum, words=SAID), words=f"[.] {QUOTED} [.] brûler")
    finding = make.a_finding(forum, "published", excerpts=(excerpt,))
    declaration = make.a_declaration(forum, "adopted")
    title = {**declaration.title, "ar": "إعلان"}
    declarations.retitle(declaration, by=maker, title=title)
    declarations.word_clause(make.last_clause(declaration), by=maker, language="ar", text=IN_ARABIC)
    recommendation = make.last_clause(declaration).sources.get().recommendation
    recommendations.ground(recommendation, by=maker, finding=finding)
    edition = make.editions.publish(
        make.a_proof(forum, declaration), by=confirmer, private=make.signing_private(confirmer)
    )
    told = bare(pdf_words(as_voices.pdf(voices_of(forum, edition), "fr")))
    assert Quote.objects.get().words.startswith("[…]")
    return edition, told


def unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the file and everything in it: the parts of an archive, the streams and the words of a PDF."""
    yield name, content
    if name.endswith((".docx", ".epub", ".xlsx")):
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            for part in opened.infolist():
                yield f"{name}/{part.filename}", opened.read(part)
                yield f"{name}/{part.filename} of the archive", part.comment + part.extra
                if part.filename.endswith((".xml", ".xhtml", ".opf", ".rels")):
                    # Letters with an accent may be written as numbers.
                    yield (
                        f"{name}/{part.filename} read",
                        "".join(etree.fromstring(opened.read(part)).itertext()).encode(),
                    )
    if name.endswith(".html"):
        yield f"{name}/words", bare(lxml_html.fromstring(content).text_content()).encode()
    if name.endswith(".pdf"):
        with pikepdf.open(io.BytesIO(content)) as pdf:
            for at, item in enumerate(pdf.objects):
                inside = item.read_bytes() if isinstance(item, pikepdf.Stream) else repr(item).encode()
                yield f"{name}/object {at}", inside
        yield f"{name}/words", bare(pdf_words(content)).encode()


def everything(edition: Edition) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for file in edition.files.all():
        found.update(unpacked(f"{file.language}.{file.extension}", bytes(file.content)))
    return found


def test_no_file_holds_a_quote_or_what_was_left_out_or_who_made_it(published: tuple[Edition, str]) -> None:
    edition, told = published
    places = everything(edition)
    assert len(edition.files.all()) == 3 * 9 + 2 and len(places) > 100
    secrets = {"quote": QUOTED, "bare quote": bare(QUOTED)}
    secrets |= {name: name for name in (*LEFT_OUT, *TEAM)}
    assert canary.sweep(secrets, places) == set()
    # The sweep finds what is there: the words of a clause, in every file that has words.
    words = {"clause": make.TEXTS["fr"], "bare clause": bare(make.TEXTS["fr"])}
    seen = {place.partition("/")[0] for _name, place, _how in canary.sweep(words, places)}
    assert {"fr.html", "fr.docx", "fr.epub", "fr.akn", "fr.json", "fr.csv", "fr.xlsx", "fr.pdf", "fr-en.pdf"} <= seen
    arabic = canary.sweep({"clause": IN_ARABIC, "bare clause": bare(IN_ARABIC)}, places)
    seen = {place.partition("/")[0] for _name, place, _how in arabic}
    assert {"ar.html", "ar.docx", "ar.epub", "ar.akn", "ar.json", "ar.csv", "ar.xlsx", "ar.txt"} <= seen
    # The annex, which is none of them, holds the quote and not what was left out of it.
    assert bare(QUOTED) in told and not [name for name in (*LEFT_OUT, *TEAM) if bare(name) in told]


def test_no_file_names_a_machine_a_folder_or_its_user(published: tuple[Edition, str]) -> None:
    edition, _told = published
    here = Path(__file__).resolve().parents[2]
    host = socket.gethostname()
    traces = {str(here), f"{Path.home()}/", "/usr/", "/tmp/", "typesetting.py"}
    # A machine that is called by a plain word, such as "forum", cannot be told from the text.
    traces |= {host} if not host.isalpha() else set()
    places = everything(edition)
    assert canary.sweep({trace: trace for trace in traces if len(trace) > 3}, places) == set()
    about = {
        name: content
        for name, content in places.items()
        if re.search("docProps|book.opf|META-INF|settings.xml", name)
        or b"/Producer" in content
        or b"<x:xmpmeta" in content
    }
    assert about
    user = re.compile(rb"\b" + re.escape(getpass.getuser()).encode() + rb"\b")
    assert [name for name, content in about.items() if user.search(content)] == []
