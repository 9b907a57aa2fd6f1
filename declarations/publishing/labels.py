"""The few words a file says by itself, in French, English and Arabic.

They stand here and not in the catalogues, so that the bytes of an edition depend on nothing but its snapshot.
A declaration in a language without labels takes those of its authentic language, else French.
"""

from __future__ import annotations

from .snapshot import Band

RIGHT_TO_LEFT = ("ar", "fa", "he", "mey", "nqo", "ur")
RIGHT_TO_LEFT_SCRIPTS = ("Adlm", "Arab", "Nkoo")

LABELS: dict[str, dict[str, str]] = {
    "fr": {
        "contents": "Sommaire",
        "recitals": "Préambule",
        "commitments": "Nos engagements",
        "followup": "Suivi",
        "thanks": "Remerciements",
        "annex": "Annexe",
        "operative": "Nos demandes",
        "done_at": "Fait et adopté",
        "clause": "Article {number}",
        "clauses": "Articles {number}",
        "whence": "D’où vient cet article",
        "whence_all": "D’où viennent les articles",
        "recommendations": "Recommandations",
        "recommendation": "Recommandation {number}",
        "heard_in": "Entendu dans",
        "addressed_to": "Adressé à",
        "figures": "Qui a parlé",
        "annex_figures": "Annexe : les chiffres et ce que nous avons entendu",
        "annex_kept": "Ces chiffres ont été arrêtés le jour de la publication. Aucun nombre n’est donné quand il est "
        "trop petit pour protéger celles et ceux qui ont parlé.",
        "by_clause": "Article par article",
        "clause_head": "Article",
        "heard_head": "Entendu dans",
        "what_we_heard": "Ce que nous avons entendu",
        "finding": "Constat {number}",
        "adoption": "Adoption",
        "presided": "Présidence",
        "signatories": "Signataires",
        "delegations": "Délégations présentes",
        "reservations": "Réserves",
        "votes": "{in_favour} voix pour, {against} contre, {abstaining} abstentions",
        "changes": "Ce qui a changé depuis l’édition précédente",
        "before": "Avant",
        "after": "Maintenant",
        "added": "Ajouté",
        "reworded": "Reformulé",
        "translated": "Traduction ajoutée",
        "moved": "Déplacé",
        "removed": "Retiré",
        "unchanged": "Le texte n’a pas changé depuis son adoption.",
        "changed": "Le texte a changé depuis son adoption ; ce qui a changé est écrit à la fin.",
        "edition_first": "1re édition",
        "edition": "{number}e édition",
        "published": "publiée le {day}",
        "kind_adopted": "texte adopté",
        "kind_translation": "traduction ajoutée",
        "kind_erratum": "erreur corrigée",
        "kind_readopted": "texte adopté de nouveau",
        "by_consensus": "adoptée par consensus",
        "by_acclamation": "adoptée par acclamation",
        "by_vote": "adoptée par un vote",
        "adopted_where": "Déclaration {how} à {place}, le {day}.",
        "authentic": "texte faisant foi : {languages}",
        "translation_of": "traduction ; texte faisant foi : {languages}",
        "conveners": "Forum organisé par {names}",
        "period": "du {first} au {last}",
        "period_in_month": "du {first_day} au {last}",
        "one_day": "le {first}",
        "demonstration": "Texte de démonstration. Les personnes, les paroles et les chiffres sont inventés.",
        "rehearsal": "Répétition. Ce texte n’a pas été adopté et sera effacé.",
        "not_yet": "Pas encore traduit en {wanted}.",
        "stands_in": "Pas encore traduit en {wanted}. Voici le texte en {given}.",
        "some_missing": "Une partie de ce texte n’est pas encore traduite en {wanted} ; elle est donnée dans la langue "
        "d’origine.",
        "verification": "Vérifier ce texte",
        "control_code": "Code de contrôle",
        "verify_how": "Le même code est publié par le forum. S’il est le même, le texte est le même.",
        "digest_text": "Texte",
        "digest_figures": "Chiffres",
        "digest_voices": "Paroles citées",
        "digest_edition": "Édition entière",
        "cite": "Pour citer",
        "page": "page {page} sur {pages}",
        "draft": "PROJET",
        "draft_version": "version {number}",
        "draft_open": "texte en cours",
        "column_number": "Numéro",
        "column_identifier": "Identifiant",
        "column_section": "Partie",
        "column_text": "Texte",
        "column_language": "Langue du texte",
        "column_addressed_to": "Adressé à",
        "column_recommendations": "Recommandations",
        "column_heard_in": "Entendu dans",
        "list_and": " et ",
        "list_comma": ", ",
        "quoted": "« {words} »",
        "colon": " : ",
    },
    "en": {
        "contents": "Contents",
        "recitals": "Preamble",
        "commitments": "Our commitments",
        "followup": "Follow-up",
        "thanks": "Thanks",
        "annex": "Annex",
        "operative": "What we ask",
        "done_at": "Done and adopted",
        "clause": "Article {number}",
        "clauses": "Articles {number}",
        "whence": "Where this comes from",
        "whence_all": "Where the articles come from",
        "recommendations": "Recommendations",
        "recommendation": "Recommendation {number}",
        "heard_in": "Heard in",
        "addressed_to": "Addressed to",
        "figures": "Who spoke",
        "annex_figures": "Annex: the figures, and what we heard",
        "annex_kept": "These figures were fixed on the day of publication. No number is given where it is too small to "
        "protect those who spoke.",
        "by_clause": "Article by article",
        "clause_head": "Article",
        "heard_head": "Heard in",
        "what_we_heard": "What we heard",
        "finding": "Finding {number}",
        "adoption": "Adoption",
        "presided": "Presided by",
        "signatories": "Signatories",
        "delegations": "Delegations present",
        "reservations": "Reservations",
        "votes": "{in_favour} in favour, {against} against, {abstaining} abstaining",
        "changes": "What has changed since the edition before",
        "before": "Before",
        "after": "Now",
        "added": "Added",
        "reworded": "Reworded",
        "translated": "Translation added",
        "moved": "Moved",
        "removed": "Removed",
        "unchanged": "The text has not changed since it was adopted.",
        "changed": "The text has changed since it was adopted; what changed is written at the end.",
        "edition_first": "Edition 1",
        "edition": "Edition {number}",
        "published": "published on {day}",
        "kind_adopted": "adopted text",
        "kind_translation": "translation added",
        "kind_erratum": "error corrected",
        "kind_readopted": "adopted again",
        "by_consensus": "adopted by consensus",
        "by_acclamation": "adopted by acclamation",
        "by_vote": "adopted by vote",
        "adopted_where": "Declaration {how} at {place}, on {day}.",
        "authentic": "authentic text: {languages}",
        "translation_of": "translation; authentic text: {languages}",
        "conveners": "Forum convened by {names}",
        "period": "{first} to {last}",
        "period_in_month": "{first_day} to {last}",
        "one_day": "{first}",
        "demonstration": "Demonstration text. The people, the words and the figures are invented.",
        "rehearsal": "Rehearsal. This text has not been adopted and will be erased.",
        "not_yet": "Not yet translated into {wanted}.",
        "stands_in": "Not yet translated into {wanted}. Here is the text in {given}.",
        "some_missing": "A part of this text is not yet translated into {wanted}; it is given in its own language.",
        "verification": "Check this text",
        "control_code": "Control code",
        "verify_how": "The forum publishes the same code. Where the codes agree, the texts agree.",
        "digest_text": "Text",
        "digest_figures": "Figures",
        "digest_voices": "Quoted words",
        "digest_edition": "Whole edition",
        "cite": "To cite",
        "page": "page {page} of {pages}",
        "draft": "DRAFT",
        "draft_version": "version {number}",
        "draft_open": "words not fixed yet",
        "column_number": "Number",
        "column_identifier": "Identifier",
        "column_section": "Part",
        "column_text": "Text",
        "column_language": "Language of the text",
        "column_addressed_to": "Addressed to",
        "column_recommendations": "Recommendations",
        "column_heard_in": "Heard in",
        "list_and": " and ",
        "list_comma": ", ",
        "quoted": "“{words}”",
        "colon": ": ",
    },
    "ar": {
        "contents": "المحتويات",
        "recitals": "الديباجة",
        "commitments": "التزاماتنا",
        "followup": "المتابعة",
        "thanks": "شكر وتقدير",
        "annex": "ملحق",
        "operative": "مطالبنا",
        "done_at": "حُرّر واعتُمد",
        "clause": "المادة {number}",
        "clauses": "المواد {number}",
        "whence": "من أين جاءت هذه المادة",
        "whence_all": "من أين جاءت المواد",
        "recommendations": "التوصيات",
        "recommendation": "التوصية {number}",
        "heard_in": "سُمع ذلك في",
        "addressed_to": "موجّهة إلى",
        "figures": "من تكلّم",
        "annex_figures": "ملحق: الأرقام وما سمعناه",
        "annex_kept": "ثُبّتت هذه الأرقام يوم النشر. ولا يُذكر أي عدد إذا كان أصغر من أن يحمي من تكلّموا.",
        "by_clause": "مادةً مادة",
        "clause_head": "المادة",
        "heard_head": "سُمع ذلك في",
        "what_we_heard": "ما سمعناه",
        "finding": "الخلاصة {number}",
        "adoption": "الاعتماد",
        "presided": "الرئاسة",
        "signatories": "الموقّعون",
        "delegations": "الوفود الحاضرة",
        "reservations": "التحفظات",
        "votes": "{in_favour} مع، {against} ضد، {abstaining} امتناع",
        "changes": "ما تغيّر منذ الطبعة السابقة",
        "before": "قبل",
        "after": "الآن",
        "added": "أُضيف",
        "reworded": "أُعيدت صياغته",
        "translated": "أُضيفت ترجمة",
        "moved": "نُقل",
        "removed": "حُذف",
        "unchanged": "لم يتغيّر النص منذ اعتماده.",
        "changed": "تغيّر النص منذ اعتماده، وما تغيّر مكتوب في آخره.",
        "edition_first": "الطبعة 1",
        "edition": "الطبعة {number}",
        "published": "نُشرت في {day}",
        "kind_adopted": "النص المعتمد",
        "kind_translation": "أُضيفت ترجمة",
        "kind_erratum": "صُحّح خطأ",
        "kind_readopted": "اعتُمد النص من جديد",
        "by_consensus": "اعتُمد بتوافق الآراء",
        "by_acclamation": "اعتُمد بالتزكية",
        "by_vote": "اعتُمد بالتصويت",
        "adopted_where": "هذا الإعلان {how} في {place}، يوم {day}.",
        "authentic": "النص ذو الحجية: {languages}",
        "translation_of": "ترجمة؛ النص ذو الحجية: {languages}",
        "conveners": "منتدى تنظّمه: {names}",
        "period": "من {first} إلى {last}",
        "period_in_month": "من {first_day} إلى {last}",
        "one_day": "يوم {first}",
        "demonstration": "نص للتجربة. الأشخاص والأقوال والأرقام من نسج الخيال.",
        "rehearsal": "تمرين. لم يُعتمد هذا النص وسيُمحى.",
        "not_yet": "لم يُترجم بعد إلى {wanted}.",
        "stands_in": "لم يُترجم بعد إلى {wanted}. هذا هو النص بـ{given}.",
        "some_missing": "جزء من هذا النص لم يُترجم بعد إلى {wanted}، وهو معروض بلغته الأصلية.",
        "verification": "التحقق من هذا النص",
        "control_code": "رمز التحقق",
        "verify_how": "ينشر المنتدى الرمز نفسه. إذا تطابق الرمزان فالنص هو نفسه.",
        "digest_text": "النص",
        "digest_figures": "الأرقام",
        "digest_voices": "الأقوال المقتبسة",
        "digest_edition": "الطبعة كاملة",
        "cite": "للاستشهاد",
        "page": "الصفحة {page} من {pages}",
        "draft": "مشروع",
        "draft_version": "النسخة {number}",
        "draft_open": "نص قيد الصياغة",
        "column_number": "الرقم",
        "column_identifier": "المعرّف",
        "column_section": "القسم",
        "column_text": "النص",
        "column_language": "لغة النص",
        "column_addressed_to": "موجّهة إلى",
        "column_recommendations": "التوصيات",
        "column_heard_in": "سُمع ذلك في",
        "list_and": " و",
        "list_comma": "، ",
        "quoted": "«{words}»",
        "colon": ": ",
    },
}

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


def counted_of(key: str, number: int, total: int, language: str) -> tuple[str, str]:
    """Return a figure and its noun where the whole is known: ("9", "régions sur 20"), ("9 of 20", "regions")."""
    if language == "fr":
        return str(number), f"{noun(key, number, language)} sur {total}"
    return f"{number} {'of' if language == 'en' else 'من'} {total}", noun(key, total, language)
