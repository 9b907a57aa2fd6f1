"""The forum as data: the answers hold what their description says, what their pages say, and no more."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from jsonschema import Draft202012Validator, ValidationError

from declarations import counting
from declarations.models import Excerpt, Finding, Forum, Recommendation
from declarations.opendata import DATASETS
from declarations.opendata.openapi import document
from declarations.publishing.as_json import VERSION
from declarations.publishing.snapshot import SCHEMA
from declarations.workflow import excerpts, followup, recommendations
from tests import factories as make
from tests.admin import world

from .test_public_pages import adopted, answer, promise, published

pytestmark = pytest.mark.django_db
TABLES = [name for name, dataset in DATASETS.items() if dataset.rows]
DESCRIBED = ("data-openapi", "data-catalogue", "data-schema")
SITE = settings.SITE_URL


@pytest.fixture
def forum() -> Forum:
    return make.a_forum()


def at(name: str, forum: Forum, *arguments: Any, language: str = "fr") -> str:
    with override(language):
        return reverse(name, args=[forum.slug, *arguments])


def fetched(client: Client, forum: Forum, dataset: str, language: str = "fr") -> Any:
    response = client.get(at("data-set", forum, dataset, language=language))
    assert response.status_code == 200 and response["Content-Type"] == "application/json"
    return json.loads(response.content)


def every(forum: Forum) -> list[str]:
    sets = [*(at("data-set", forum, name) for name in DATASETS), *(at("data-table", forum, name) for name in TABLES)]
    return [*sets, *(at(name, forum) for name in DESCRIBED)]


def tabled(client: Client, forum: Forum, dataset: str) -> list[dict[str, str]]:
    response = client.get(at("data-table", forum, dataset))
    assert response.status_code == 200 and response["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbf"), "without it a spreadsheet takes UTF-8 for another encoding"
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def flat(row: dict[str, Any]) -> dict[str, str]:
    """What a row of the JSON says, as a table says it; nothing of the code that makes the tables is asked."""
    said: dict[str, str] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            said |= {f"{name}.{inner}": "" if each is None else str(each) for inner, each in value.items()}
        elif value and isinstance(value, list) and name == "addressees" and isinstance(value[0], dict):
            for code in {code for each in value for code in each}:
                said[f"{name}.{code}"] = "; ".join(each[code] for each in value if code in each)
        elif isinstance(value, list):
            parts = [" ".join(each.values()) if isinstance(each, dict) else str(each) for each in value]
            said[name] = "; ".join(parts)
        else:
            said[name] = "" if value is None else str(value)
    return said


def told_by(row: dict[str, str]) -> dict[str, str]:
    """The cells of a row in which something stands."""
    return {name: cell for name, cell in row.items() if cell}


def full(forum: Forum) -> None:
    """Let the forum have a row of everything that is answered."""
    finding = make.a_finding(forum, Finding.State.PUBLISHED, (make.an_excerpt(forum, words="Personne n'a dit"),))
    finding.themes.set(forum.themes.all())
    adopted(forum, 2)
    make.a_recommendation(forum, Recommendation.State.SET_ASIDE)
    world.publish(forum)
    clause = make.last_clause(forum.declaration)
    answer(clause, "donors")
    followup.report(
        promise(clause, "donors"), by=make.organiser_of(forum), state="done", text="Fait.", language="fr",
        reported_on=date(2027, 1, 5),
    )  # fmt: skip
    for _ in range(12):
        make.a_participant(forum, sex="woman", age="young")


def holds(answered: Any, described: dict[str, Any], name: str) -> None:
    """Raise ValidationError where an answer is not what the description says."""
    schema = described["paths"][f"/{name}.json"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    Draft202012Validator({**described, **schema}).validate(answered)


class WhenProgramsAskForData:
    @pytest.mark.parametrize("is_full", [False, True], ids=["empty", "full"])
    def test_every_answer_is_what_the_description_says(self, client: Client, forum: Forum, is_full: bool) -> None:
        if is_full:
            full(forum)
        described = json.loads(client.get(at("data-openapi", forum)).content)
        paths = {f"/{name}.json" for name in DATASETS} | {"/declaration.csv", "/recommendations.csv"}
        assert set(described["paths"]) == paths
        for path in paths:
            [media] = described["paths"][path]["get"]["responses"]["200"]["content"]
            response = client.get(f"{at('data-detail', forum)}v1{path}")
            assert response.status_code == 200 and response["Content-Type"].partition(";")[0] == media
        for name in DATASETS:
            answered = fetched(client, forum, name)
            holds(answered, described, name)
            lists = [value for value in answered.values() if isinstance(value, list)]
            assert not is_full or any(lists), name

    def test_an_answer_that_strays_from_the_description_is_noticed(self, client: Client, forum: Forum) -> None:
        full(forum)
        described = document("http://x", "https://x")
        answered = fetched(client, forum, "recommendations")
        for spoilt in ({"number": "1"}, {"state": "draft"}, {"handed_in_by": "Awa"}, {"heard": None}):
            row = {**answered["recommendations"][0], **spoilt}
            with pytest.raises(ValidationError):
                holds({**answered, "recommendations": [row]}, described, "recommendations")
        for number in (3, "3", "of 3"):
            with pytest.raises(ValidationError):
                holds({**fetched(client, forum, "participants"), "total": number}, described, "participants")

    def test_the_description_itself_is_sound(self, client: Client, forum: Forum) -> None:
        described = json.loads(client.get(at("data-openapi", forum)).content)
        assert described["openapi"].startswith("3.1.") and described["info"]["license"]["url"].startswith("https://")
        assert described["servers"][0]["url"] == f"{SITE}{at('data-detail', forum)}v1"
        for schema in described["components"]["schemas"].values():
            Draft202012Validator.check_schema(schema)
            assert all(field.get("description") for field in schema["properties"].values())
        names = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(described)))
        assert names == set(described["components"]["schemas"])

    def test_it_says_the_same_in_every_language(self, client: Client, forum: Forum) -> None:
        full(forum)
        for name in DATASETS:
            in_french = json.dumps(fetched(client, forum, name))
            for language in ("en", "ar"):
                answered = json.dumps(fetched(client, forum, name, language))
                assert answered.replace(f"{SITE}/{language}/", f"{SITE}/fr/") == in_french

    def test_it_is_open_to_every_site_and_takes_no_cookie(self, client: Client, forum: Forum) -> None:
        for path in every(forum):
            response = client.get(path, headers={"origin": "https://elsewhere.example"})
            assert response["Access-Control-Allow-Origin"] == "*" and not response.cookies
            assert "Access-Control-Allow-Credentials" not in response and "Cookie" not in response.get("Vary", "")
            assert "public" in response["Cache-Control"] and "must-revalidate" in response["Cache-Control"]
            again = client.get(path, headers={"if-none-match": response["ETag"]})
            assert (again.status_code, again.content) == (304, b"") and again["Access-Control-Allow-Origin"] == "*"
            assert {client.post(path).status_code, client.put(path).status_code, client.delete(path).status_code} == {
                405
            }

    def test_no_page_is_open_to_other_sites(self, client: Client, forum: Forum) -> None:
        for name in ("forum-detail", "data-detail", "finding-list", "search", "testimony-new", "testimony-receipt"):
            assert "Access-Control-Allow-Origin" not in client.get(at(name, forum))

    def test_a_closed_forum_has_no_data(self, client: Client, forum: Forum) -> None:
        full(forum)
        Forum.objects.filter(pk=forum.pk).update(closed_on=date(2026, 12, 1))
        assert {client.get(path).status_code for path in every(forum)} == {404}
        other = make.a_forum("other")
        assert client.get(at("data-set", other, "testimonies")).status_code == 404
        for name in ("testimonies", "findings", "participants"):
            assert client.get(at("data-table", other, name)).status_code == 404

    @pytest.mark.parametrize(
        ("name", "questions", "view"),
        [
            ("forum", 18, "data-set"), ("participants", 11, "data-set"), ("groups", 5, "data-set"),
            ("findings", 14, "data-set"), ("recommendations", 19, "data-set"), ("declaration", 4, "data-set"),
            ("editions", 4, "data-set"), ("follow-up", 7, "data-set"), ("recommendations", 19, "data-table"),
            ("declaration", 4, "data-table"),
        ],
    )  # fmt: skip
    def test_more_rows_ask_no_more_questions(
        self, client: Client, name: str, questions: int, view: str, django_assert_num_queries: Any
    ) -> None:
        for number in (1, 3):
            forum = make.a_forum(f"forum{number}")
            clause = published(forum)
            for _ in range(number):
                make.a_finding(forum, Finding.State.PUBLISHED, (make.an_excerpt(forum),))
                make.a_participant(forum)
                answer(clause, "donors")
                promise(clause, "donors")
            adopted(forum, number)
            with django_assert_num_queries(questions):
                client.get(at(view, forum, name))


class WhenDataAreCompared:
    def test_the_words_are_those_of_the_edition_and_of_the_rows(self, client: Client, forum: Forum) -> None:
        full(forum)
        declared = fetched(client, forum, "declaration")
        edition = fetched(client, forum, "editions")["editions"][0]
        assert (declared["edition"], declared["control_code"]) == (edition["number"], edition["control_code"])
        stored = client.get(next(each["address"] for each in edition["files"] if each["extension"] == "json"))
        snapshot = json.loads(stored.content)["snapshot"]
        said = {row["identifier"]: row["text"] for section in declared["sections"] for row in section["clauses"]}
        assert said == {
            row["identifier"]: row["text"] for section in snapshot["sections"] for row in section["clauses"]
        }
        rows = {row["number"]: row for row in fetched(client, forum, "recommendations")["recommendations"]}
        assert set(rows) == set(Recommendation.objects.public().values_list("number", flat=True))
        source = next(row for section in declared["sections"] for row in section["clauses"] if row["recommendations"])
        assert rows[source["recommendations"][0]]["clauses"] == [source["identifier"]]
        assert rows[source["recommendations"][0]]["answers"] == source["answers"] != []

    def test_a_row_of_a_table_says_what_the_row_of_the_json_says(self, client: Client, forum: Forum) -> None:
        full(forum)
        asked = Recommendation.objects.filter(state="adopted").earliest("number")
        recommendations.ground(asked, by=make.organiser_of(forum), finding=Finding.objects.public().earliest("number"))
        answered = fetched(client, forum, "recommendations")
        origin = {name: answered["about"][name] for name in ("forum", "mode", "licence")}
        rows = tabled(client, forum, "recommendations")
        assert list(map(told_by, rows)) == [told_by(flat({**origin, **row})) for row in answered["recommendations"]]
        assert {row["state"] for row in rows} == {"adopted", "set_aside"} and any(row["answers"] for row in rows)
        # Bands, as in the JSON: never a number of testimonies (M7).
        assert {row["heard.testimonies"] for row in rows} == {"", "≥10"}
        declared = fetched(client, forum, "declaration")
        above = {**origin, "edition": declared["edition"], "control_code": declared["control_code"]}
        expected = [
            flat(
                {
                    **above,
                    "section": section["identifier"],
                    **{name: section[name] for name in ("kind", "theme", "heading")},
                    **clause,
                }
            )
            for section in declared["sections"]
            for clause in section["clauses"]
        ]
        clauses = tabled(client, forum, "declaration")
        assert list(map(told_by, clauses)) == list(map(told_by, expected))
        assert any("donors accepted" in row["answers"] for row in clauses) and any(row["theme"] for row in clauses)
        assert {row["mode"] for row in clauses} == {forum.mode}

    def test_every_row_of_a_table_has_the_same_columns_whatever_is_empty(self, client: Client, forum: Forum) -> None:
        full(forum)
        make.a_recommendation(forum, "adopted")
        rows = tabled(client, forum, "recommendations")
        described = json.loads(client.get(at("data-openapi", forum)).content)["components"]["schemas"]
        fields = set(described["RecommendationRow"]["properties"]) | {"forum", "mode", "licence"}
        assert {name.partition(".")[0] for name in rows[0]} == fields and None not in {*rows[0], *rows[-1]}
        assert all(None not in row.values() for row in rows)
        assert "text.fr" in rows[0] and "text" not in rows[0]

    def test_no_cell_is_worked_out_by_a_spreadsheet(self, client: Client, forum: Forum) -> None:
        for words in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1"):
            make.a_recommendation(forum, "adopted", words=words)
        Recommendation.objects.update(reason="=2+2", minority_view="@x")
        rows = tabled(client, forum, "recommendations")
        cells = [cell for row in rows for cell in row.values()]
        assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))]
        assert "'=1+1" in cells and "'=2+2" in cells, "the control"

    def test_no_table_holds_a_sentence_that_may_be_taken_back(self, client: Client, forum: Forum) -> None:
        """M4, M8"""
        full(forum)
        said = "Personne n'a dit"
        assert said in client.get(at("data-set", forum, "findings")).content.decode(), "the control"
        assert not [name for name in TABLES if said in client.get(at("data-table", forum, name)).content.decode()]

    def test_what_is_not_public_is_not_there(self, client: Client, forum: Forum) -> None:
        full(forum)
        make.a_finding(forum, Finding.State.AGREED)
        hidden = make.an_excerpt(forum, words="nous avons marché deux jours")
        assert hidden.state == Excerpt.State.CLEARED
        for state in ("draft", "handed_in", "in_review", "revised"):
            make.a_recommendation(forum, state, words=f"Encore {state}.")
        forum.groups.first().sessions.create(starts_at="2026-11-16T10:00:00Z", minutes="Ce qui fut dit")
        Recommendation.objects.public().update(decision_reason={"fr": "Pas de raison"})
        page = "".join(client.get(path).content.decode() for path in every(forum))
        for words in ("deux jours", "Encore", "Ce qui fut dit", "organiser", "Person "):
            assert words not in page
        # Once in the JSON and once in the table.
        assert page.count("Pas de raison") == 2 * Recommendation.objects.filter(state="set_aside").count() == 2
        assert len(fetched(client, forum, "findings")["findings"]) == Finding.objects.public().count()
        for row in forum.participants.all():
            assert row.serial not in page

    def test_a_sentence_that_is_taken_back_is_gone_at_the_next_look(self, client: Client, forum: Forum) -> None:
        """M4, M8"""
        excerpt = make.an_excerpt(forum, words="Personne n'a dit pourquoi")
        make.a_finding(forum, Finding.State.PUBLISHED, (excerpt,))
        path = at("data-set", forum, "findings")
        before = client.get(path)
        [quote] = json.loads(before.content)["findings"][0]["quotes"]
        assert quote["text"] == "Personne n'a dit pourquoi" and set(quote) == {"text", "language", "speaker"}
        excerpts.withdraw(excerpt, by=make.organiser_of(forum))
        after = client.get(path, headers={"if-none-match": before["ETag"]})
        assert after.status_code == 200 and b"pourquoi" not in after.content

    def test_every_number_about_people_is_the_band_of_its_page(self, client: Client, forum: Forum) -> None:
        """M7"""
        for _ in range(47):
            make.a_participant(forum, sex="woman", age="young")
        for _ in range(4):
            make.a_participant(forum, "kidal", "chief")
        make.a_finding(forum, Finding.State.PUBLISHED)
        room, answered = counting.public_participants(forum), fetched(client, forum, "participants")
        assert answered["total"] == room.total.text == "50+"
        for dimension in ("regions", "capacities", "sex", "age"):
            cells = [cell.text for _line, cell in getattr(room, dimension)]
            assert [row["participants"] for row in answered[dimension]] == cells
        cells = [cell.text for _line, cells, _total in room.table for cell in cells]
        assert [row["participants"] for row in answered["table"]] == (cells if room.table.shown else [])
        # As few testimonies as may be stand behind the finding, and none behind what does not rest on it.
        told = {"testimonies": "≥10", "regions": None, "total_regions": None}
        assert fetched(client, forum, "findings")["findings"][0]["heard"] == told
        make.a_recommendation(forum, "adopted")
        [row] = fetched(client, forum, "recommendations")["recommendations"]
        assert row["heard"] == {**told, "testimonies": None}
        assert fetched(client, forum, "forum")["figures"]["testimonies"] == "≥10"
        [cells] = tabled(client, forum, "recommendations")
        heard = {name.partition(".")[2]: cell for name, cell in cells.items() if name.startswith("heard.")}
        assert heard == {"testimonies": "", "regions": "", "total_regions": ""}
        assert "47" not in json.dumps(answered) and "51" not in json.dumps(answered)


class WhenItIsFound:
    @pytest.mark.parametrize("language", ["fr", "en", "ar"])
    def test_the_page_leads_to_everything_and_names_the_licence(
        self, client: Client, forum: Forum, language: str, settings: Any
    ) -> None:
        full(forum)
        page = client.get(at("data-detail", forum, language=language)).content.decode()
        for path in [
            *(at("data-set", forum, name, language=language) for name in DATASETS),
            *(at("data-table", forum, name, language=language) for name in TABLES),
            *(at(name, forum, language=language) for name in DESCRIBED),
        ]:
            assert f'href="{path}"' in page
        assert f'href="{settings.DATA_LICENCE}" rel="license"' in page
        assert "declaration.fr.csv" in page
        settings.DATA_LICENCE = "https://example.org/ours"
        assert 'href="https://example.org/ours"' in client.get(at("data-detail", forum)).content.decode()

    def test_the_catalogue_names_every_dataset_and_leads_to_it(self, client: Client, forum: Forum) -> None:
        full(forum)
        response = client.get(at("data-catalogue", forum))
        assert response["Content-Type"] == "application/ld+json"
        found = json.loads(response.content)
        assert found["@type"] == "dcat:Catalog" and found["dct:license"]["@id"].startswith("https://")
        assert len(found["dcat:dataset"]) == len(DATASETS)
        where = [
            part["dcat:downloadURL"]["@id"] for each in found["dcat:dataset"] for part in each["dcat:distribution"]
        ]
        assert {client.get(address.removeprefix(SITE)).status_code for address in where} == {200}
        assert {f"{SITE}{at('data-table', forum, name)}" for name in TABLES} <= set(where)
        [table] = {address for address in where if address.endswith("declaration.fr.csv")}
        assert client.get(table.removeprefix(SITE)).content.startswith(b"\xef\xbb\xbf")
        assert all(each["dct:title"] and each["dct:license"] for each in found["dcat:dataset"])
        used = set(re.findall(r'"(\w+):\w+"', response.content.decode())) - {"http", "https"}
        assert used <= set(found["@context"])

    def test_the_json_of_an_edition_is_what_its_schema_says(self, client: Client, forum: Forum) -> None:
        world.publish(forum)
        response = client.get(at("data-schema", forum))
        assert response["Content-Type"] == "application/schema+json"
        schema = json.loads(response.content)
        assert schema["$id"] == f"urn:declaration-edition:{VERSION}.{SCHEMA}"
        for file in fetched(client, forum, "editions")["editions"][0]["files"]:
            if file["extension"] == "json":
                stored = json.loads(client.get(file["address"].removeprefix(SITE)).content)
                Draft202012Validator(schema).validate(stored)
                with pytest.raises(ValidationError):
                    Draft202012Validator(schema).validate({**stored, "version": 2})
