"""`manage.py bake`: the public site as files, to the byte, without anybody's sentence, whole or not at all (M4, M8)."""

from __future__ import annotations

import gzip
import itertools
import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile, is_zipfile

import brotli
import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from declarations.management.baking import tree as trees
from declarations.management.baking import whole
from declarations.management.baking.links import LINK
from declarations.models import Forum, Recommendation, Testimony
from declarations.workflow import withdrawals
from declarations.workflow.participants import passing_seat
from tests import factories as make
from tests.admin import world
from tests.publishing.pdf_words import pdf_words

pytestmark = pytest.mark.django_db(transaction=True)

TITLE = {"fr": "Forum de la paix", "en": "Peace forum", "ar": "منتدى السلام"}
SENTENCE = "dit pourquoi"
CLAUSE = "Les comptes sont lus"
VOICES = ("html", "pdf")


@pytest.fixture
def forum() -> Forum:
    """A forum with an edition in two languages, a quote on three pages, and something of everything."""
    forum = make.a_forum("fleuve", mode="live", title=TITLE)
    world.furnish(forum)
    make.a_finding(forum, "published", excerpts=(make.an_excerpt(forum),))
    world.publish(forum)
    return forum


def bake(folder: Path, *options: str) -> str:
    said = StringIO()
    call_command("bake", str(folder), *options, stdout=said)
    return said.getvalue()


def words(folder: Path) -> str:
    return "".join(path.read_text() for path in sorted(folder.rglob("*.html")))


def saying(folder: Path, sentence: str) -> set[str]:
    """Every file of a tree, whatever its form, in which somebody can read the sentence."""
    wanted = joined(sentence)
    found = ((path, path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix() for path, data in found if wanted in readable(data, path.suffix)}


@cache
def readable(data: bytes, suffix: str) -> str:
    """The words of a file without the white space between them; the same file in each language is read once."""
    return joined("".join(opened(data, suffix)))


def opened(data: bytes, suffix: str) -> Iterator[str]:
    """Yield what stands in a file: unpacked, drawn letters as letters, signs as themselves, also without markup."""
    if suffix == ".br":
        data = brotli.decompress(data)
    elif suffix == ".gz":
        data = gzip.decompress(data)
    if data.startswith(b"%PDF"):
        yield pdf_words(data)
    elif is_zipfile(BytesIO(data)):
        with ZipFile(BytesIO(data)) as parts:
            for name in parts.namelist():
                yield from opened(parts.read(name), Path(name).suffix)
    else:
        text = data.decode(errors="replace")
        yield from (unescape(text), "\0", unescape(re.sub(r"<[^<>]*>", "", text)))


def joined(text: str) -> str:
    """A text whose lines were broken elsewhere is the same text, and so is one with hyphens where they were broken."""
    return re.sub(r"[\s\u00ad\u2010-]+", "", text)


def files(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file with what tells whether it was touched: its number on the disk and its date."""
    found = {path.relative_to(folder).as_posix(): path.stat() for path in folder.rglob("*") if path.is_file()}
    return {name: (stat.st_ino, stat.st_mtime_ns) for name, stat in found.items()}


def test_the_bytes_of_the_living_site_but_for_its_links(forum: Forum, tmp_path: Path) -> None:
    baked = tmp_path / "site"
    bake(baked, "--with-quotes")
    client, compared = Client(), 0
    data = [path for path in baked.rglob("data/**/*") if path.suffix in {".json", ".jsonld", ".csv"}]
    assert {path.name for path in data} >= {"findings.json", "recommendations.csv", "openapi.json", "catalogue.jsonld"}
    for path in [*baked.rglob("index.html"), *baked.rglob("index.xml"), *baked.rglob("declaration.*.*"), *data]:
        name = path.relative_to(baked).as_posix()
        if path.suffix in {".br", ".gz"} or name == "index.html" or "=" in name:
            continue
        live = client.get("/" + re.sub(r"index\.(html|xml)$", "", name))
        compared += 1
        if path.name != "index.html":
            assert path.read_bytes() == live.content, name
            continue
        ours, theirs = path.read_text(), live.content.decode()
        assert LINK.sub("", ours) == LINK.sub("", theirs), name
        for (_s, kind, link), (_t, same, there) in zip(LINK.findall(ours), LINK.findall(theirs), strict=True):
            assert kind == same
            led_to(path, kind, link, there, baked)
    assert compared > 60


# Pages that search engines are not told of: a copy of the first, what says that there is nothing, files that are taken
# away (their edition is told of), the annex that must not be kept, and what a query asked for.
UNTOLD = re.compile(
    r"|(\w\w/)?404\.html|\w\w/fleuve/declaration/editions/\d+/declaration\.\w\w\.html"
    r"|\w\w/fleuve/declaration/voices\.\w\w\.html|.*/[^/]*=[^/]*/"
)
# What needs the living site.
LIVING = re.compile(r"http://localhost/(fr|en|ar)/fleuve/(testimonies/|search/|verify/|recommendations/\d+/stand/).*")


def led_to(path: Path, kind: str, link: str, there: str, baked: Path) -> None:
    """A link leads to a file of the tree by a relative way, or stays what it was, or names the living site in full."""
    if link == there:
        assert re.match(r"#|https?:|mailto:|sms:|tel:|data:image/svg\+xml,", link), (path, link)
    elif link.startswith("http://localhost/"):
        assert kind == "action" or LIVING.fullmatch(link), (path, link)
    else:
        assert not re.match(r"/|\w+:", link), (path, link)
        target = (path.parent / unquote(link.partition("#")[0])).resolve()
        assert target.is_file() and target.is_relative_to(baked.resolve()), (path, link)
        page = unescape(there).partition("#")[0].partition("?")[0]
        assert target.name == "index.html" or not page.endswith("/") or target.name == "index.xml", (path, link)


def test_every_language_every_form_and_packed(forum: Forum, tmp_path: Path) -> None:
    baked = tmp_path / "site"
    bake(baked)
    for code in ("fr", "en", "ar"):
        for page in ("", "declaration/", "heard/", "recommendations/2/", "follow-up/", "participants/", "promises/"):
            assert (baked / code / "fleuve" / page / "index.html").is_file(), (code, page)
        assert (baked / code / "404.html").is_file()
    assert (baked / "static/passed-on.png").read_bytes().startswith(b"\x89PNG")
    edition = forum.declaration.editions.get()
    for file in edition.files.all():
        path = baked / f"fr/fleuve/declaration/editions/1/declaration.{file.language}.{file.extension}"
        assert path.read_bytes() == bytes(file.content)
    packed = 0
    for path in baked.rglob("*"):
        if path.suffix == ".br":
            assert brotli.decompress(path.read_bytes()) == path.with_suffix("").read_bytes()
        if path.suffix == ".gz":
            assert gzip.decompress(path.read_bytes()) == path.with_suffix("").read_bytes()
            packed += 1
    assert packed >= len(list(baked.rglob("*.html")))
    assert not list(baked.rglob("*.pdf.*"))
    told = set(re.findall(r"<loc>http://localhost/([^<]*)</loc>", (baked / "sitemap.xml").read_text()))
    pages = {path.relative_to(baked).as_posix().removesuffix("index.html") for path in baked.rglob("*.html")}
    untold = {page for page in pages - told if not UNTOLD.fullmatch(page)}
    assert untold == set(), "a page that search engines are not told of, and nobody named"
    assert told - pages == {f"{code}/fleuve/verify/" for code in ("fr", "en", "ar")}, "what needs the living site"
    assert {"ar/fleuve/data/", "ar/fleuve/verify/yourself/", "ar/fleuve/recommendations/2/"} <= told & pages


def test_without_anybodys_sentence_unless_it_is_asked_for(forum: Forum, tmp_path: Path) -> None:
    """M4, and again after it was taken back."""
    bake(tmp_path / "plain")
    assert saying(tmp_path / "plain", SENTENCE) == set()
    # The control of each form: whether printed, zipped, compressed or data, it is read, for the text is found in it.
    ends = {name.rpartition(".")[2] for name in saying(tmp_path / "plain", CLAUSE)}
    assert ends >= {"html", "pdf", "docx", "epub", "akn", "xlsx", "csv", "json", "txt", "br", "gz"}
    bake(tmp_path / "quoting", "--with-quotes")
    quoting = saying(tmp_path / "quoting", SENTENCE)
    for name in ("heard/index.html", "data/v1/findings.json", *(f"declaration/voices.fr.{end}" for end in VOICES)):
        assert f"fr/fleuve/{name}" in quoting, "the control"
    # What may be taken back stands on pages, in the data and in the annex that is made anew: in no file of an edition.
    assert not [name for name in quoting if "/editions/" in name or name.endswith(".csv")]
    assert SENTENCE in Client().get("/fr/fleuve/heard/").content.decode(), "the living site is as it was"
    for each in Testimony.objects.filter(excerpts__state="published"):
        withdrawals.withdraw(each, by=passing_seat(forum))
    bake(tmp_path / "quoting", "--with-quotes")
    assert saying(tmp_path / "quoting", SENTENCE) == set()


def test_only_what_changed_is_written_and_what_is_gone_is_removed(forum: Forum, tmp_path: Path) -> None:
    baked = tmp_path / "site"
    bake(baked)
    before = files(baked)
    assert bake(baked).startswith("0 files written")
    assert {name: it for name, it in files(baked).items() if name != ".baked"} == {
        name: it for name, it in before.items() if name != ".baked"
    }
    group = forum.groups.first()
    assert group
    group.title = {"fr": "Autrement dit"}
    group.save()
    bake(baked)
    after = files(baked)
    changed = {name for name in before if after[name] != before[name]}
    assert "fr/fleuve/groups/index.html" in changed and "fr/fleuve/groups/index.html.br" in changed
    assert "fr/fleuve/participants/index.html" not in changed and len(changed) < len(before) / 2
    stray = baked / "fr/fleuve/old/index.html"
    stray.parent.mkdir()
    stray.write_text("gone")
    bake(baked)
    assert not stray.exists() and set(files(baked)) == set(before)


def test_whole_or_not_at_all(forum: Forum, tmp_path: Path, monkeypatch: Any) -> None:
    baked = tmp_path / "site"
    bake(baked)
    before = files(baked)
    Forum.objects.update(title={"fr": "Un autre nom"})
    real, count = trees.Tree.add, iter(range(1000))

    def full(self: Any, name: str, body: bytes) -> None:
        if next(count) == 20:
            raise OSError("No space left on device")
        real(self, name, body)

    with monkeypatch.context() as patched:
        patched.setattr(trees.Tree, "add", full)
        with pytest.raises(CommandError, match="No space left"):
            bake(baked)
    assert files(baked) == before
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    bake(baked)
    assert "Un autre nom" in (baked / "fr/fleuve/index.html").read_text()


def test_a_page_that_fails_stops_it(forum: Forum, tmp_path: Path, monkeypatch: Any) -> None:
    def broken(*args: Any, **named: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr("declarations.views.groups.words_of", broken)
    monkeypatch.setattr("declarations.views.groups.days_of", broken)
    with pytest.raises(CommandError, match="answers 500"):
        bake(tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_a_folder_of_somebody_else_is_never_replaced(forum: Forum, tmp_path: Path) -> None:
    (tmp_path / "letters").write_text("mine")
    with pytest.raises(CommandError, match="was not baked"):
        bake(tmp_path)
    assert (tmp_path / "letters").read_text() == "mine"


def test_a_site_that_does_not_hold_still_is_not_written(forum: Forum, tmp_path: Path, monkeypatch: Any) -> None:
    """M4: no page of before beside one of after; with quotes a page could hold what is taken back already."""
    marks = itertools.count()
    monkeypatch.setattr(whole.news, "mark", lambda: str(next(marks)))
    with pytest.raises(CommandError, match="change while"):
        bake(tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_never_what_is_not_public(forum: Forum, tmp_path: Path) -> None:
    other = make.a_forum("colline", mode="live", title={"fr": "Colline secrète"})
    make.a_recommendation(other)
    draft = make.a_recommendation(forum, Recommendation.State.HANDED_IN)
    bake(tmp_path / "one", "--forum", "fleuve")
    said = words(tmp_path / "one")
    assert "Colline secrète" not in said and "colline" not in said
    assert not (tmp_path / f"one/fr/fleuve/recommendations/{draft.number}").exists()
    for place in ("admin", "desk", "testimonies", "enter", "search"):
        assert not list((tmp_path / "one").rglob(place)), place
    assert "csrf" not in said
    bake(tmp_path / "all")
    assert (tmp_path / "all/fr/colline/index.html").is_file() and (tmp_path / "all/fr/index.html").is_file()
    Forum.objects.filter(slug="colline").update(closed_on=other.ends_on)
    bake(tmp_path / "all")
    assert "colline" not in words(tmp_path / "all") and not (tmp_path / "all/fr/colline").exists()
    with pytest.raises(CommandError, match="no public forum colline"):
        bake(tmp_path / "none", "--forum", "colline")
