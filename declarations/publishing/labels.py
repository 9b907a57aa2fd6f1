"""How a file says numbers, days, languages and directions in French, English and Arabic.

A declaration in a language without labels takes those of its authentic language, else French.
"""

from __future__ import annotations

from .phrases import LABELS
from .snapshot import Band

RIGHT_TO_LEFT = ("ar", "fa", "he", "mey", "nqo", "ur")
RIGHT_TO_LEFT_SCRIPTS = ("Adlm", "Arab", "Nkoo")

# Things that are counted: the noun by the form that CLDR gives a number in the language.
NOUNS: dict[str, dict[str, dict[str, str]]] = {
    "fr": {
        "testimonies": {"one": "témoignage", "other": "témoignages"},
        "regions": {"one": "région", "other": "régions"},
        "capacities": {"one": "groupe social", "other": "groupes sociaux"},
        "participants": {"one": "participante ou participant", "other": "participantes et participants"},
        "groups": {"one": "groupe de travail", "other": "groupes de travail"},
        "findings": {"one": "constat", "other": "constats"},
        "recommendations": {"one": "recommandation", "other": "recommandations"},
    },
    "en": {
        "testimonies": {"one": "testimony", "other": "testimonies"},
        "regions": {"one": "region", "other": "regions"},
        "capacities": {"one": "social group", "other": "social groups"},
        "participants": {"one": "participant", "other": "participants"},
        "groups": {"one": "working group", "other": "working groups"},
        "findings": {"one": "finding", "other": "findings"},
        "recommendations": {"one": "recommendation", "other": "recommendations"},
    },
    "ar": {
        "testimonies": {"few": "شهادات", "other": "شهادة"},
        "regions": {"few": "مناطق", "other": "منطقة"},
        "capacities": {"few": "فئات اجتماعية", "other": "فئة اجتماعية"},
        "participants": {"few": "مشاركين ومشاركات", "other": "مشارك ومشاركة"},
        "groups": {"few": "مجموعات عمل", "other": "مجموعة عمل"},
        "findings": {"few": "خلاصات", "other": "خلاصة"},
        "recommendations": {"few": "توصيات", "other": "توصية"},
    },
}
MORE = {"fr": "plus de {n}", "en": "more than {n}", "ar": "أكثر من {n}"}
LEAST = {"fr": "au moins {n}", "en": "at least {n}", "ar": "ما لا يقل عن {n}"}
FEWER = {"fr": "moins de {n}", "en": "fewer than {n}", "ar": "أقل من {n}"}
SIGNS = {"+": MORE, "≥": LEAST, "<": FEWER}
MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
}
LANGUAGE_NAMES = {
    "fr": {"fr": "français", "en": "anglais", "ar": "arabe", "bm": "bambara", "ff": "peul", "ses": "songhay",
           "taq": "tamasheq", "snk": "soninké", "dts": "dogon", "mey": "hassanya", "ha": "haoussa", "pt": "portugais"},
    "en": {"fr": "French", "en": "English", "ar": "Arabic", "bm": "Bambara", "ff": "Fulfulde", "ses": "Songhay",
           "taq": "Tamasheq", "snk": "Soninke", "dts": "Dogon", "mey": "Hassaniya", "ha": "Hausa", "pt": "Portuguese"},
    "ar": {"fr": "الفرنسية", "en": "الإنجليزية", "ar": "العربية", "bm": "البمبارية", "ff": "الفولانية",
           "ses": "السنغية", "taq": "الطوارقية", "snk": "السوننكية", "dts": "الدوغونية", "mey": "الحسانية",
           "ha": "الهوسا", "pt": "البرتغالية"},
}  # fmt: skip


def direction(language: str) -> str:
    """Return "rtl" or "ltr", by the script that the code names, else by the language."""
    base, *rest = language.split("-")
    scripts = [part for part in rest if len(part) == 4]
    if scripts:
        return "rtl" if scripts[0] in RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return "rtl" if base in RIGHT_TO_LEFT else "ltr"


def language_name(code: str, language: str) -> str:
    """Return the name of a language in another; its code where we have no name for it."""
    return LANGUAGE_NAMES[language].get(code.split("-")[0], code)


def day(iso: str, language: str) -> str:
    """Return an ISO day as people write it: "1er novembre 2026"."""
    year, month, number = (int(part) for part in iso.split("-"))
    first = "1er" if language == "fr" and number == 1 else str(number)
    return f"{first} {MONTHS[language].split()[month - 1]} {year}"


def period(first_iso: str, last_iso: str, language: str) -> str:
    """Return days from the first to the last in short: "16 to 18 November 2026"."""
    first, last = day(first_iso, language), day(last_iso, language)
    key = "period_in_month" if first_iso[:7] == last_iso[:7] else "period"
    if first_iso == last_iso:
        key = "one_day"
    return LABELS[language][key].format(first=first, last=last, first_day=first.split()[0])


def noun(key: str, number: int, language: str) -> str:
    forms = NOUNS[language][key]
    if language == "ar":
        return forms["few" if 3 <= number % 100 <= 10 else "other"]
    one = number == 1 or (language == "fr" and number == 0)
    return forms["one" if one else "other"]


def counted(key: str, band: Band, language: str) -> tuple[str, str]:
    """Return a figure and its noun: ("plus de 30", "témoignages")."""
    code = str(band)
    number = int(code.strip("<≥+"))
    words = next((words for sign, words in SIGNS.items() if sign in code), {})
    return words.get(language, "{n}").format(n=number), noun(key, number, language)


def counted_of(key: str, band: Band, total: int, language: str) -> tuple[str, str]:
    """Return a figure and its noun where the whole is known: ("au moins 5", "régions sur 20")."""
    figure, counted_noun = counted(key, band, language)
    if language == "fr":
        return figure, f"{counted_noun} sur {total}"
    return f"{figure} {'of' if language == 'en' else 'من'} {total}", noun(key, total, language)
