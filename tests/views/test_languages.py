"""What is missing in a language is shown in the authentic one, and says so to every ear; a language can be added."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polib
import pytest
from django.apps import apps
from django.conf import settings as site
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from lxml import html as markup

from declarations.models import (
    ClauseWording,
    Declaration,
    Finding,
    FindingWording,
    Forum,
    Recommendation,
    RecommendationWording,
)
from declarations.models.texts import LabelField
from declarations.workflow import declarations
from tests import factories as make

from .test_public_pages import answer, promise

pytestmark = pytest.mark.django_db
# Stands in everything the forum says, and it says everything in French alone.
MARK = "zéphyr"
PAGES = (
    "forum-detail", "participant-list", "group-list", "finding-list", "recommendation-list", "recommendation-detail",
    "declaration-detail", "clause-list", "clause-detail", "edition-list", "edition-detail", "verify", "followup-list",
    "search", "data-detail",
)  # fmt: skip


@pytest.fixture
def forum() -> Forum:
    """A forum with something on every page, all of it in French and nothing else."""
    forum = make.a_forum(title={"fr": f"Forum {MARK}"}, place={"fr": MARK})
    declaration = make.a_declaration(forum)
    only_in_french(forum)
    by = make.organiser_of(forum)
    Declaration.objects.filter(pk=declaration.pk).update(title={"fr": f"Déclaration {MARK}"})
    declaration.refresh_from_db()
    declarations.send_for_review(declaration, by=by)
    declarations.freeze(declaration, by=by)
    make.an_adoption(declaration)
    make.an_edition(forum, make.a_proof(forum, declaration))
    clause = make.last_clause(declaration)
    answer(clause, "donors", f"Oui, {MARK}.")
    promise(clause, "donors", f"Promis, {MARK}.")
    finding = make.a_finding(forum, Finding.State.PUBLISHED, (make.an_excerpt(forum),))
    finding.themes.set(forum.themes.all())
    make.a_recommendation(forum, Recommendation.State.SET_ASIDE, words=f"Il faut, {MARK}.")
    only_in_french(forum)
    forum.refresh_from_db()
    return forum


def only_in_french(forum: Forum) -> None:
    """Leave every label and every wording in French alone, with the mark in it."""
    for model in (ClauseWording, FindingWording, RecommendationWording):
        model.objects.exclude(language="fr").delete()
        model.objects.update(text=f"Le mot, {MARK}.")
    for model in apps.get_app_config("declarations").get_models():
        names = [field.name for field in model._meta.fields if isinstance(field, LabelField)]
        if names and model._meta.model_name not in ("forum", "declaration", "adoption", "signature"):
            for row in model._base_manager.all():
                model._base_manager.filter(pk=row.pk).update(**{name: {"fr": f"{MARK} {row.pk}"} for name in names})


def addresses(forum: Forum, language: str) -> dict[str, str]:
    given: dict[str, list[Any]] = {
        "recommendation-detail": [1],
        "clause-detail": [make.last_clause(forum.declaration).identifier],
        "edition-detail": [1],
    }
    with override(language):
        found = {name: reverse(name, args=[forum.slug, *given.get(name, [])]) for name in PAGES}
    for name in ("search", "clause-list"):
        found[name] += f"?q={MARK}"
    return found


def said_wrongly(page: str) -> list[str]:
    """Every French text of a page that stands in an element of another language, or runs the wrong way."""
    wrong = []
    for node in markup.fromstring(page).xpath(f"//text()[contains(., '{MARK}')]"):
        around = [node.getparent(), *node.getparent().iterancestors()]
        # The title of a window holds no marks; a citation is one line of both languages, a snippet carries its own, and
        # what stands in a script is read by programs.
        if around[0].tag in ("title", "textarea", "q", "script"):
            continue
        language = next(each.get("lang") for each in around if each.get("lang"))
        direction = next(each.get("dir") for each in around if each.get("dir"))
        if language != "fr" or direction != "ltr":
            wrong.append(f"{around[1].tag} > {around[0].tag}: {node.strip()[:40]}")
    return wrong


class WhenALanguageIsMissing:
    @pytest.mark.parametrize("language", ["fr", "en", "ar"])
    def test_every_text_says_in_which_language_it_is_and_which_way_it_runs(
        self, client: Client, forum: Forum, language: str
    ) -> None:
        wrong = {}
        for name, path in addresses(forum, language).items():
            response = client.get(path)
            assert response.status_code == 200, name
            page = response.content.decode()
            assert MARK in page, name
            wrong[name] = said_wrongly(page)
        assert not any(wrong.values()), wrong

    def test_a_text_that_does_not_say_so_is_noticed(self) -> None:
        assert said_wrongly(f'<html lang="ar" dir="rtl"><body><p>{MARK}</p></body></html>')
        assert said_wrongly(f'<html lang="ar" dir="rtl"><body><p lang="fr">{MARK}</p></body></html>')
        assert not said_wrongly(f'<html lang="ar" dir="rtl"><body><p lang="fr" dir="ltr">{MARK}</p></body></html>')


class WhenALanguageIsAdded:
    def test_one_folder_of_messages_and_one_setting_are_enough(
        self, client: Client, forum: Forum, settings: Any, tmp_path: Path
    ) -> None:
        """CONTRIBUTING.md, "A language for the interface": what it promises, done."""
        folder = tmp_path / "bm" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        messages = polib.POFile()
        messages.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Language": "bm"}
        messages.append(polib.POEntry(msgid="Recommendations", msgstr="Laɖilikanw"))
        messages.save_as_mofile(str(folder / "django.mo"))
        settings.LOCALE_PATHS = [tmp_path, *site.LOCALE_PATHS]
        settings.LANGUAGES = [*site.LANGUAGES, ("bm", "Bambara")]
        for name, path in addresses(forum, "bm").items():
            response = client.get(path)
            assert response.status_code == 200, name
            page = response.content.decode()
            assert '<html lang="bm" dir="ltr">' in page and said_wrongly(page) == [], name
            assert "Laɖilikanw" in page and '<bdi dir="ltr">Bamanankan</bdi>' in page, name
        assert "Bamanankan" in client.get(addresses(forum, "ar")["group-list"]).content.decode()
