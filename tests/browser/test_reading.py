"""Anybody reads, follows a clause back, downloads and verifies on a small phone; and no page breaks the policy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import NoReverseMatch, reverse
from playwright.sync_api import Page, Route

from declarations.models import Forum, Seat, Testimony
from declarations.search import fold
from declarations.workflow import people
from tests import factories as make
from tests.admin import world
from tests.room import desk

from .conftest import LAPTOP, PHONE, Phone
from .test_outbox import in_time

pytestmark = pytest.mark.django_db(transaction=True)

TITLE = {"fr": "Forum de la paix", "en": "Peace forum", "ar": "منتدى السلام"}
PAGES = (
    "",
    "participants/",
    "groups/",
    "heard/",
    "recommendations/",
    "recommendations/1/",
    "declaration/",
    "declaration/clauses/?q=puits",
    "declaration/editions/",
    "declaration/editions/1/",
    "verify/",
    "verify/yourself/",
    "follow-up/",
    "data/",
    "search/?q=puits",
    "promises/",
)


@pytest.fixture
def forum(transactional_db: None) -> Forum:
    """A forum with a published edition, quotes, answers and promises, titled in three languages."""
    forum = make.a_forum("fleuve", title=TITLE, place={"fr": "Ségou", "ar": "سيغو"})
    world.furnish(forum)
    make.a_finding(forum, "published", excerpts=(make.an_excerpt(forum),))
    world.publish(forum)
    return forum


@pytest.fixture(params=[("fr", False), ("fr", True), ("ar", False), ("ar", True)], ids=lambda p: f"{p[0]}-{p[1]}")
def own(request: pytest.FixtureRequest, phone: Callable[..., Phone]) -> Phone:
    language, scripts = request.param
    return phone(language, scripts=scripts)


def test_every_public_page_reads_on_a_phone(own: Phone, forum: Forum) -> None:
    own.go("")
    for path in PAGES:
        own.go(f"{forum.slug}/{path}")
        assert own.page.locator("h1").count() == 1, path
    assert own.page.context.cookies() == [], "reading leaves nothing on the phone"


def test_read_the_declaration_download_it_and_verify_it(own: Phone, forum: Forum) -> None:
    page = own.page
    clause = make.last_clause(forum.declaration)
    own.go(f"{forum.slug}/declaration/#{clause.identifier}")
    standing = page.locator(f"#{clause.identifier}")
    assert make.TEXTS["fr"] in standing.inner_text()
    # Where it comes from opens without a script.
    standing.locator("summary").first.click()
    own.look()
    assert standing.locator("details[open] a[href*='/recommendations/']").count()
    edition = forum.declaration.editions.get()
    own.go(f"{forum.slug}/declaration/editions/{edition.number}/")
    for extension, kind in (("html", "text/html"), ("pdf", "application/pdf"), ("json", "application/json")):
        link = page.locator(f"a[href$='declaration.fr.{extension}']").first
        answer = page.request.get(str(link.get_attribute("href")))
        assert answer.ok and answer.headers["content-type"].startswith(kind), extension
    own.go(f"{forum.slug}/verify/")
    page.fill("#id_code", edition.control_code)
    page.locator("form:has(#id_code) [type=submit]").click()
    page.wait_for_url(re.compile("code="))
    own.look()
    assert edition.control_code in page.inner_text("main")


def test_whoever_is_led_to_a_clause_reads_it_in_another_language(own: Phone, forum: Forum) -> None:
    page, clause = own.page, make.last_clause(forum.declaration)
    own.go(f"{forum.slug}/declaration/")
    assert page.locator(".here:visible").count() == 0, "nobody was led anywhere"
    own.go(f"{forum.slug}/declaration/#{clause.identifier}")
    for code in ("en", own.language):
        assert page.locator(".here:visible").count() == 1
        page.locator(f"#{clause.identifier} .here a[lang={code}]").click()
        page.wait_for_url(re.compile(f"/{code}/{forum.slug}/declaration/#{clause.identifier}$"))
        assert page.evaluate("document.documentElement.lang") == code
        in_time(lambda: is_in_view(page, clause.identifier), page)
    own.look()
    # Whoever came from above is shown the way where they ask what a clause comes from.
    own.go(f"{forum.slug}/declaration/")
    page.locator(f"#{clause.identifier} .whence summary").click()
    page.locator(f"#{clause.identifier} .here a[lang=en]").click()
    page.wait_for_url(re.compile(f"/en/{forum.slug}/declaration/#{clause.identifier}$"))
    in_time(lambda: is_in_view(page, clause.identifier), page)


def test_whoever_is_led_to_a_section_reads_it_in_another_language(own: Phone, forum: Forum) -> None:
    page = own.page
    own.go(f"{forum.slug}/declaration/")
    page.locator("summary:has(+ h2 + .toc)").click()
    chosen = page.locator(".toc a[href^='#s-']").last
    section = str(chosen.get_attribute("href"))[1:]
    chosen.click()
    page.locator(f"#{section} > .here a[lang=en]").click()
    page.wait_for_url(re.compile(f"/en/{forum.slug}/declaration/#{section}$"))
    in_time(lambda: is_in_view(page, section), page)


def is_in_view(page: Page, identifier: str) -> bool:
    """Whether the beginning of a place stands on the screen, and the page had to move for it."""
    return bool(
        page.evaluate(
            """id => { const top = document.getElementById(id).getBoundingClientRect().top
            return scrollY > 0 && top >= 0 && top < innerHeight }""",
            identifier,
        )
    )


def test_words_are_found_in_the_text(own: Phone, forum: Forum) -> None:
    page, clause = own.page, make.last_clause(forum.declaration)
    own.go(f"{forum.slug}/declaration/")
    page.locator("summary:has(+ h2 + .find)").click()
    own.look()
    page.locator(".find input").fill("PUÏTS ferme")
    page.locator(".find input").press("Enter")
    page.wait_for_url(re.compile("/declaration/clauses/"))
    own.look()
    assert "1" in page.locator("[role=status]").inner_text()
    assert [fold(words) for words in page.locator("mark").all_inner_texts()][0] in ("puits", "ferme")
    assert page.locator("#q").input_value() == "PUÏTS ferme"
    page.locator(".items a").first.click()
    page.wait_for_url(re.compile(f"/{own.language}/{forum.slug}/declaration/#{clause.identifier}$"))
    in_time(lambda: is_in_view(page, clause.identifier), page)
    # Nothing found leads on.
    own.go(f"{forum.slug}/declaration/clauses/?q=chameau")
    page.locator("main a[href*='/search/?q=chameau']").click()
    page.wait_for_url(re.compile("/search/"))


def test_a_file_is_known_and_with_scripts_it_does_not_leave_the_device(own: Phone, forum: Forum) -> None:
    page, sent = own.page, []
    page.on("request", lambda request: sent.append((request.method, request.url)))
    content = bytes(forum.declaration.editions.get().files.get(language="fr", extension="pdf").content)
    for name, bytes_of, answer in (("true.pdf", content, ".note.ok"), ("changed.pdf", content + b" ", ".note.bad")):
        own.go(f"{forum.slug}/verify/")
        sent.clear()
        page.set_input_files("#id_file", {"name": name, "mimeType": "application/pdf", "buffer": bytes_of})
        page.locator("#file-check [type=submit]").click()
        page.locator(answer).wait_for()
        own.look()
        methods = [method for method, url in sent if "/verify/" in url]
        assert methods == (["GET"] if own.has_scripts else ["POST"]), "the file goes only where no script counts it"
    assert page.context.cookies() == []


def test_the_published_page_stands_alone(own: Phone, forum: Forum) -> None:
    """The file of an edition: one style, allowed by its hash."""
    own.page.goto(f"/fr/{forum.slug}/declaration/editions/1/declaration.fr.html")
    assert make.TEXTS["fr"] in own.page.inner_text("body")
    assert own.complaints == []


def test_a_page_that_breaks_the_policy_is_noticed(phone: Callable[..., Phone], forum: Forum) -> None:
    """The control: the same ears hear an inline style that the site was made to send."""
    own = phone("fr", scripts=True)

    def spoilt(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("<h1", '<h1 style="color:red"', 1))

    own.page.route("**/promises/", spoilt)
    own.page.goto(f"/fr/{forum.slug}/promises/")
    assert len(own.complaints) == 1


# The desks, whose pages break the policy as little as those of the public


def sign_in(phone: Phone, seat: Seat) -> None:
    """Give the browser the session of somebody who signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(seat.user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = seat.user.get_session_auth_hash()
    session.save()
    phone.page.goto("/admin/login/")
    address = phone.page.url.split("/admin/")[0]
    phone.page.context.add_cookies([{"name": "sessionid", "value": session.session_key, "url": address}])


def pages_of_the_admin(forum: Forum) -> Iterator[str]:
    yield from map(reverse, ("admin:index", "admin:seats", "admin:keys", "admin:checklist", "admin:password_change"))
    for name in ("admin:drafting-desk", "admin:press"):
        try:
            yield reverse(name)
        except NoReverseMatch:
            continue
    for each in world.lists():
        yield each.address("changelist")
        row = world.rows_of(each, forum)[0]
        yield from (each.address(page, row.pk) for page in ("change", "history"))
        if each.adds or each.adding:
            yield each.address("add")


def test_no_page_of_the_admin_breaks_the_policy_or_a_rule_of_accessibility(
    phone: Callable[..., Phone], forum: Forum
) -> None:
    own = phone("fr", scripts=True)
    own.page.set_viewport_size(LAPTOP)
    sign_in(own, make.organiser_of(forum))
    faults = []
    for path in pages_of_the_admin(forum):
        answer = own.page.goto(path)
        assert answer is not None and answer.ok, path
        assert own.complaints == [], path
        faults += [f"{path} {rule}" for rule in own.broken_rules()]
        own.page.set_viewport_size(PHONE)
        width = own.page.evaluate("document.documentElement.scrollWidth")
        faults += [f"{path} is {width} pixels wide on a phone"] if width > PHONE["width"] else []
        own.page.set_viewport_size(LAPTOP)
    assert faults == []


def test_the_admin_reads_from_the_right_in_arabic(phone: Callable[..., Phone], forum: Forum) -> None:
    """Every desk and list, and every form to add: nothing is wider than a phone. The rest is made of the same parts."""
    own = phone("ar", scripts=True)
    sign_in(own, make.organiser_of(forum))
    faults = []
    for path in pages_of_the_admin(forum):
        if path.endswith(("/change/", "/history/")):
            continue
        own.page.goto(path)
        way, width = own.page.evaluate("[document.documentElement.dir, document.documentElement.scrollWidth]")
        faults += [f"{path} is {width} pixels wide, {way}"] if (way, width) != ("rtl", PHONE["width"]) else []
    assert faults == []
    assert own.complaints == [] and own.broken_rules() == []


def test_no_page_of_the_reading_room_breaks_the_policy(phone: Callable[..., Phone], forum: Forum) -> None:
    own = phone("fr", scripts=True)
    sign_in(own, desk.a_reader(forum))
    own.page.goto(desk.at("reading-unlock"))
    own.page.fill("[name=passphrase]", desk.PASSPHRASE)
    own.page.locator("form:has([name=passphrase]) [type=submit]").click()
    own.page.wait_for_url(re.compile("/room/$"))
    testimony = Testimony.objects.filter(forum=forum)[0]
    for name, args in (
        ("reading-room", ()),
        ("reading-testimony", (testimony.pk,)),
        ("excerpt-clearance", ()),
        ("finding-desk", ()),
        ("finding-compose", ()),
    ):
        own.page.goto(desk.at(name, *args))
        own.look()


@pytest.mark.parametrize("role", ["rapporteur", "expert", "translator", "approver", "addressee", "facilitator"])
def test_no_desk_of_a_link_breaks_the_policy(phone: Callable[..., Phone], forum: Forum, role: str) -> None:
    own = phone("ar", scripts=True)
    needs = {
        "rapporteur": {"group": forum.groups.first()},
        "translator": {"language": "ar"},
        "approver": {"language": "ar"},
        "addressee": {"addressee": forum.addressees.get(code="government")},
    }
    by = make.organiser_of(forum)
    _seat, token = people.give_link(forum, by=by, role=role, name="Fanta", **needs.get(role, {}))
    own.go(f"enter/{token}/")
    own.page.locator("main [type=submit]").click()
    own.page.wait_for_url(re.compile(rf"/{forum.slug}/"))
    own.look()
