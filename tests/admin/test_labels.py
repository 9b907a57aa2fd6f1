"""One short text in several languages: a box for each, and nothing typed is lost."""

from __future__ import annotations

import pytest
from django.urls import reverse

from declarations.forms.texts import LabelFormField, LabelWidget
from declarations.models import Theme
from tests import factories as make


def boxes(name, **texts):
    return {f"{name}__in_{code}": text for code, text in texts.items()}


def test_each_box_says_its_language_and_direction():
    page = LabelWidget().render("label", {"fr": "Terre", "ar": "الأرض"}, {"id": "id_label"})
    assert 'name="label__in_fr" id="id_label__in_fr" value="Terre" lang="fr" dir="ltr"' in page
    assert 'name="label__in_ar" id="id_label__in_ar" value="الأرض" lang="ar" dir="rtl"' in page
    assert 'for="id_label__in_en"' in page and "style=" not in page


def test_a_language_beyond_the_three_is_kept():
    page = LabelWidget().render("label", {"fr": "Terre", "bm": "Dugukolo"}, {"id": "id_label"})
    assert 'name="label__in_bm"' in page and "Bamanankan" in page
    data = boxes("label", fr="Terre", en="", ar="", bm="Dugukolo")
    assert LabelFormField().clean(LabelWidget().value_from_datadict(data, {}, "label")) == {
        "fr": "Terre",
        "bm": "Dugukolo",
    }


def test_what_was_not_touched_has_not_changed():
    field = LabelFormField()
    assert not field.has_changed({"fr": "Terre"}, {"fr": " Terre ", "en": "", "ar": ""})
    assert field.has_changed({"fr": "Terre"}, {"fr": "", "en": "Land"})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("texts", "field"),
    [
        ({"fr": "", "en": " "}, "label"),
        ({"fr": "Terre\x00", "en": "Land"}, "label"),
        ({"fr": "Terre" * 200, "en": "Land"}, "label"),
    ],
)
def test_a_refused_label_is_said_beside_the_field_and_kept(client, texts, field):
    forum = make.a_forum()
    client.force_login(make.organiser_of(forum).user)
    data = {**boxes("label", **texts), "code": "earth", "order": 7}
    response = client.post(reverse("admin:declarations_theme_add"), data)
    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors
    page = response.content.decode()
    assert texts["en"].strip() in page and 'value="earth"' in page
    assert not Theme.objects.filter(code="earth").exists()


@pytest.mark.django_db
def test_a_code_used_twice_is_said_beside_the_form(client):
    forum = make.a_forum()
    client.force_login(make.organiser_of(forum).user)
    data = {**boxes("label", fr="Encore"), "code": "land", "order": 7}
    response = client.post(reverse("admin:declarations_theme_add"), data)
    assert response.status_code == 200 and "Encore" in response.content.decode()
    assert forum.themes.filter(code="land").count() == 1
