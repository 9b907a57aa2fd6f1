"""A finding rests on enough testimonies, is written beside their summaries, and is agreed by another person."""

from __future__ import annotations

import re
from typing import Any
from unittest import mock

import pytest
from django.test import Client

from declarations import counting
from declarations.admin.room import findings as room_findings
from declarations.admin.room import opening
from declarations.models import Evidence, Factor, Finding, Forum, Seat, Testimony
from declarations.models.texts import LONGEST_CLAUSE
from declarations.workflow import findings, reading, testimonies, withdrawals
from declarations.workflow.moves import Refused
from declarations.workflow.participants import public_seat
from tests import factories as make

from .desk import a_reader, a_sentence, at, at_work, signed_in, summarised

pytestmark = pytest.mark.django_db
State = Finding.State


@pytest.fixture
def forum() -> Forum:
    return make.a_forum()


@pytest.fixture
def reader(forum: Forum) -> Seat:
    return a_reader(forum)


@pytest.fixture
def client(reader: Seat) -> Client:
    return at_work(reader)


def text(response: Any) -> str:
    return response.content.decode().replace("&#x27;", "'")


def sent(rows: list[Testimony], **more: Any) -> dict[str, Any]:
    return {"testimonies": [row.pk for row in rows], "text_fr": "On ferme des puits.", "act": "save", **more}


def test_it_is_written_beside_the_summaries_of_what_may_be_added(forum: Forum, client: Client) -> None:
    kept, gone = summarised(forum, 2, "Un puits fermé")
    withdrawals.change_consent(gone, by=public_seat(forum), summarise=False, quote=False, voice=False)
    page = text(client.get(at("finding-compose")))
    assert "Un puits fermé (0)" in page and "Un puits fermé (1)" not in page
    assert 'name="text_ar"' in page and 'dir="rtl"' in page and 'name="text_bm"' not in page


def test_from_enough_testimonies_a_draft_is_kept(forum: Forum, reader: Seat, client: Client) -> None:
    rows, theme = summarised(forum, 5), forum.themes.first()
    group, sentence = make.a_group(forum), a_sentence(forum, reader)
    more = {"text_ar": "تُغلق الآبار", "themes": [theme.pk], "group": group.pk, "excerpts": [sentence.pk]}
    response = client.post(at("finding-compose"), sent(rows, **more))
    assert response.status_code == 302, text(response)
    finding = Finding.objects.get()
    assert (finding.state, finding.composed_by, finding.group) == (State.DRAFT, reader, group)
    assert list(finding.themes.all()) == [theme] and finding.voices.get().excerpt == sentence
    assert finding.text_in("ar") == "تُغلق الآبار" and finding.evidence.count() == 5


def test_below_the_minimum_it_is_refused_beside_the_field(forum: Forum, client: Client) -> None:
    response = client.post(at("finding-compose"), sent(summarised(forum, 4)))
    assert response.status_code == 422
    assert "rests on at least 5 testimonies" in text(response)
    assert "On ferme des puits.</textarea>" in text(response)
    assert text(response).count("checked") == 4
    assert not Finding.objects.exists()


def test_a_testimony_of_another_forum_is_refused(forum: Forum, client: Client) -> None:
    rows = [*summarised(forum, 5), *summarised(make.a_forum("other"), 1)]
    response = client.post(at("finding-compose"), sent(rows))
    assert response.status_code == 422 and "may not be added" in text(response)


@pytest.mark.parametrize(
    ("field", "words", "said"),
    [
        ("text_fr", "", "at least one language"),
        ("text_en", "a\u202eb", "invisible character"),
        ("text_ar", "x" * (LONGEST_CLAUSE + 1), "too long"),
    ],
)
def test_bad_words_are_said_beside_their_field(forum: Forum, client: Client, field: str, words: str, said: str) -> None:
    response = client.post(at("finding-compose"), sent(summarised(forum, 5), **{field: words}))
    assert response.status_code == 422
    assert said in text(response) and words in text(response)
    assert not Finding.objects.exists()


def test_what_could_tell_of_whom_it_is_said_is_pointed_at(forum: Forum, client: Client) -> None:
    """The words are public: they are read for names as a sentence is, when they are composed and when they change."""
    rows = summarised(forum, 5)
    telling = "On a pris le mil de Fatou, à Gao."
    response = client.post(at("finding-compose"), sent(rows, text_fr=telling))
    assert response.status_code == 422 and "known by this: Fatou?" in text(response)
    assert telling in text(response) and not Finding.objects.exists()
    [ticked] = re.findall(r'name="(text_fr__stays)" value="(\w+)">', text(response))
    # Looking on says nothing, and forgets nothing that was typed.
    page = text(client.post(at("finding-compose"), sent(rows, text_fr=telling, act="look")))
    assert telling in page and "__stays" in page and not re.search(r'__stays" value="\w+" checked', page)
    assert client.post(at("finding-compose"), sent(rows, text_fr=telling, **dict([ticked]))).status_code == 302
    finding = Finding.objects.get()
    seen = room_findings.digest({"text_fr": telling})
    other = {"act": "save", "text_fr": f"{telling} Et Moussa.", "seen": seen}
    response = client.post(at("finding-edit", finding.number), {**other, **dict([ticked])})
    assert response.status_code == 422 and "known by this: Moussa?" in text(response)
    assert finding.text_in("fr") == telling


def test_looking_on_keeps_everything_and_changes_nothing(forum: Forum, client: Client) -> None:
    rows = summarised(forum, 3, "Un puits") + summarised(forum, 2, "Une Récolte")
    theme = forum.themes.first()
    typed = sent(rows[:2], act="look", q="recolte", themes=[theme.pk])
    page = text(client.post(at("finding-compose"), typed))
    assert "On ferme des puits.</textarea>" in page
    assert page.count("Une Récolte") == 2  # found without its accent
    assert "Un puits (0)" in page and "Un puits (2)" not in page  # chosen ones stay, others do not hold the word
    assert f'value="{theme.pk}" id="id_themes_0" checked' in page
    assert not Finding.objects.exists()


def test_sentences_of_the_chosen_testimonies_are_offered(forum: Forum, reader: Seat, client: Client) -> None:
    [row, _other] = summarised(forum, 2)
    sentence = a_sentence(forum, reader, row)
    assert str(sentence.pk) not in text(client.get(at("finding-compose")))
    page = text(client.post(at("finding-compose"), sent([row], act="look", excerpts=[sentence.pk])))
    assert f'name="excerpts" value="{sentence.pk}" checked' in page


def test_the_words_of_a_draft_can_change(forum: Forum, client: Client) -> None:
    finding = make.a_finding(forum)
    page = client.get(at("finding-edit", finding.number))
    seen = page.context["form"]["seen"].value()
    more = summarised(forum, 1)
    response = client.post(at("finding-edit", finding.number), sent(more, seen=seen, text_fr="Autrement dit."))
    assert response.status_code == 302
    finding = Finding.objects.get()
    assert (finding.text_in("fr"), finding.state, finding.evidence.count()) == ("Autrement dit.", State.DRAFT, 6)


def test_two_at_once_are_told_and_neither_loses_a_word(forum: Forum, reader: Seat, client: Client) -> None:
    finding = make.a_finding(forum, State.DRAFT)
    seen = client.get(at("finding-edit", finding.number)).context["form"]["seen"].value()
    findings.reword(finding, by=make.a_seat(forum, Seat.Role.READER), texts={"fr": "Les mots de l'autre"})
    response = client.post(at("finding-edit", finding.number), {"text_fr": "Les miens", "seen": seen, "act": "save"})
    assert response.status_code == 409
    assert "Les miens" in text(response) and "Les mots de l'autre" in text(response)
    assert Finding.objects.get().text_in("fr") == "Les mots de l'autre"


def test_a_published_finding_does_not_change(forum: Forum, client: Client) -> None:
    finding = make.a_finding(forum, State.PUBLISHED)
    seen = client.get(at("finding-edit", finding.number)).context["form"]["seen"].value()
    response = client.post(at("finding-edit", finding.number), {"text_fr": "Autre", "seen": seen, "act": "save"})
    assert response.status_code == 422 and "is published" in text(response)


def test_another_person_agrees(forum: Forum, client: Client) -> None:
    finding = make.a_finding(forum, State.DRAFT)
    assert client.get(at("finding-agree", finding.number)).status_code == 405
    client.post(at("finding-agree", finding.number))
    finding.refresh_from_db()
    assert finding.state == State.AGREED
    assert client.post(at("finding-agree", finding.number)).status_code == 409


def test_nobody_agrees_to_their_own(forum: Forum, reader: Seat, client: Client) -> None:
    client.post(at("finding-compose"), sent(summarised(forum, 5)))
    finding = Finding.objects.get()
    page = text(client.get(at("finding-desk")))
    assert "You composed this one" in page and at("finding-agree", finding.number) not in page
    assert client.post(at("finding-agree", finding.number)).status_code == 403


def test_too_few_left_is_said(forum: Forum, client: Client) -> None:
    finding = make.a_finding(forum, State.DRAFT)
    withdrawals.withdraw(Testimony.objects.filter(evidence__finding=finding)[0], by=public_seat(forum))
    response = client.post(at("finding-agree", finding.number), follow=True)
    assert "Too few testimonies" in text(response)


def told_by(forum: Forum, number: int) -> tuple[Finding, list[Testimony]]:
    """A finding that two agreed to, and what it rests on."""
    rows = [make.a_testimony(forum) for _ in range(number)]
    finding = findings.compose(
        forum, by=make.a_seat(forum, Seat.Role.READER), testimonies=rows, texts={"fr": "On ferme des puits."}
    )
    findings.agree(finding, by=make.a_seat(forum, Seat.Role.READER))
    return finding, rows


def state_of(finding: Finding) -> str:
    return Finding.objects.get(pk=finding.pk).state


def test_it_is_published_from_the_public_minimum_on(forum: Forum) -> None:
    """M7: a published finding says, without any number, that enough stand behind it; what qualifies it does not."""
    finding, rows = told_by(forum, forum.public_minimum)
    withdrawals.change_consent(rows[0], by=public_seat(forum), summarise=False, quote=False, voice=False)
    findings.rest_on(finding, make.a_testimony(forum), by=finding.composed_by, kind=Evidence.Kind.QUALIFIES)
    with pytest.raises(Refused, match="au moins 10 témoignages"):
        findings.publish(finding, by=make.organiser_of(forum))
    assert state_of(finding) == State.AGREED
    findings.rest_on(finding, make.a_testimony(forum), by=finding.composed_by)
    findings.publish(finding, by=make.organiser_of(forum))
    assert state_of(finding) == State.PUBLISHED


@pytest.mark.parametrize("how", ["withdrawn", "kept out of summaries", "refused"])
def test_below_the_minimums_it_leaves_the_public_page_then_its_agreement(forum: Forum, how: str) -> None:
    finding, rows = told_by(forum, forum.public_minimum)
    organiser = make.organiser_of(forum)
    findings.publish(finding, by=organiser)
    consent = {"summarise": False, "quote": False, "voice": False}
    take = {
        "withdrawn": lambda row: withdrawals.withdraw(row, by=public_seat(forum)),
        "kept out of summaries": lambda row: withdrawals.change_consent(row, by=public_seat(forum), **consent),
        "refused": lambda row: withdrawals.refuse(row, by=finding.composed_by, reason="…"),
    }[how]
    assert counting.left_the_public(forum) == 0
    take(rows[0])
    assert state_of(finding) == State.AGREED
    assert counting.left_the_public(forum) == 1
    assert not Finding.objects.public().exists()
    assert "1 finding left the public page" in text(signed_in(organiser).get("/admin/"))
    for row in rows[1 : forum.public_minimum - forum.inside_minimum]:
        take(row)
    assert state_of(finding) == State.AGREED
    take(rows[-1])
    assert state_of(finding) == State.DRAFT
    assert counting.left_the_public(forum) == 1


def test_what_is_published_again_has_left_no_more(forum: Forum) -> None:
    finding, rows = told_by(forum, forum.public_minimum)
    findings.publish(finding, by=make.organiser_of(forum))
    withdrawals.withdraw(rows[0], by=public_seat(forum))
    findings.rest_on(finding, make.a_testimony(forum), by=finding.composed_by)
    assert counting.left_the_public(forum) == 0
    finding.refresh_from_db()
    findings.publish(finding, by=make.organiser_of(forum))
    findings.take_back(finding, by=make.organiser_of(forum), reason="Une erreur.")
    assert counting.left_the_public(forum) == 0


def test_findings_of_another_forum_are_not_found(client: Client) -> None:
    other = make.a_finding(make.a_forum("other"), State.DRAFT)
    assert client.get(at("finding-edit", other.number)).status_code == 404
    assert client.post(at("finding-agree", other.number)).status_code == 404
    assert "Wells are closed" not in text(client.get(at("finding-desk")))


def test_an_organiser_has_no_desk_here(forum: Forum) -> None:
    client = signed_in(make.organiser_of(forum))
    assert client.get(at("finding-desk")).status_code == 403


@pytest.mark.parametrize("n", [1, 3])
def test_questions_of_the_findings(forum: Forum, client: Client, django_assert_num_queries: Any, n: int) -> None:
    for _ in range(n):
        make.a_finding(forum, State.DRAFT)
    with django_assert_num_queries(12):
        client.get(at("finding-desk"))


@pytest.mark.parametrize("n", [1, 3])
def test_questions_of_composing(
    forum: Forum, reader: Seat, client: Client, django_assert_num_queries: Any, n: int
) -> None:
    rows = summarised(forum, n * 2)
    for row in rows:
        a_sentence(forum, reader, row)
    with django_assert_num_queries(18):
        client.post(at("finding-compose"), sent(rows[:n], act="look"))


# What drives it, as readers named it one testimony at a time


def judged(forum: Forum, rows: list[Testimony], *codes: str) -> None:
    for row in rows:
        reading.judge(
            row,
            by=make.a_seat(forum, Seat.Role.READER),
            reading_private=make.reading_private(forum),
            judgement=reading.Judgement(codes),
        )


def test_what_enough_of_the_chosen_name_is_suggested_and_nothing_else_is_said(forum: Forum, client: Client) -> None:
    """M7: a factor that fewer than the minimum name reads like one that nobody names."""
    many, few = (Factor.objects.create(forum=forum, code=code, **make.label(code)) for code in ("often", "seldom"))
    rows = summarised(forum, 6)
    judged(forum, rows[:4], "often", "seldom")
    judged(forum, rows[4:], "often")
    looked = client.post(at("finding-compose"), sent(rows, act="look"))
    assert [row["factor"] for row in looked.context["suggested"]] == [many]
    assert "<b>often</b> (at least 5\u00a0testimonies)" in text(looked)
    ticked = text(client.post(at("finding-compose"), sent(rows, act="suggest")))
    assert f'value="{many.pk}" id="id_factors_0" checked' in ticked
    assert f'value="{few.pk}" id="id_factors_1" checked' not in ticked
    assert client.post(at("finding-compose"), sent(rows[:4], act="look")).context["suggested"] == []
    assert not Finding.objects.exists()


def test_a_search_stops_when_there_is_enough(forum: Forum, client: Client) -> None:
    summarised(forum, 4, "Un puits")
    with mock.patch.object(room_findings, "ON_A_PAGE", 1), mock.patch.object(opening, "AT_ONCE", 1):
        with mock.patch.object(opening, "summaries_of", wraps=opening.summaries_of) as opens:
            page = client.post(at("finding-compose"), {"q": "puits", "act": "look"})
            assert opens.call_count <= 3
        assert "Many summaries hold these words" in text(page)
        seen = [
            client.post(at("finding-compose"), {"q": "puits", "page": n}).context["listed"][0].pk for n in range(1, 5)
        ]
    assert len(set(seen)) == 4


def test_of_what_lies_below_a_finding_only_the_first_are_opened(forum: Forum, client: Client) -> None:
    finding = make.a_finding(forum, State.DRAFT)
    for row in Testimony.objects.filter(evidence__finding=finding):
        testimonies.summarise(
            row, by=finding.composed_by, reading_private=make.reading_private(forum), text="Un puits."
        )
    with mock.patch.object(room_findings, "BELOW_SHOWN", 2):
        page = client.get(at("finding-edit", finding.number))
    assert (len(page.context["below"]), page.context["n_chosen"]) == (2, 5)
    assert "3 more testimonies stand below it" in text(page) and 'data-below="5"' in text(page)


def test_each_language_says_where_it_stands(forum: Forum, client: Client) -> None:
    make.a_finding(forum, State.DRAFT)
    [row] = client.get(at("finding-desk")).context["shown"]
    assert [(name, word) for name, (_state, word) in row["languages"]] == [
        ("fr", "written"),
        ("en", "written"),
        ("ar", "missing"),
    ]
