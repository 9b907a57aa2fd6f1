"""A declaration to try the renderers on: eight articles in French, English and, in part, Arabic and Bambara letters."""

from __future__ import annotations

from dataclasses import replace

from declarations.publishing.snapshot import (
    AdoptionFacts,
    Change,
    ClauseFigures,
    ClauseText,
    FindingText,
    ForumFacts,
    ForumFigures,
    Person,
    Reservation,
    SectionText,
    Snapshot,
    SourceText,
    Text,
    voice_commitment,
)

GOVERNMENT = {"fr": "le Gouvernement", "en": "the Government", "ar": "الحكومة"}
COUNCILS = {"fr": "les collectivités territoriales", "en": "local authorities", "ar": "السلطات المحلية"}
CHIEFS = {"fr": "les chefs traditionnels", "en": "traditional leaders", "ar": "الزعماء التقليديون"}
RADIOS = {"fr": "les radios de proximité", "en": "community radios", "ar": "الإذاعات المحلية"}

LAND = {
    "fr": "Foncier et ressources naturelles",
    "en": "Land and natural resources",
    "ar": "الأرض والموارد الطبيعية",
}
TRUST = {"fr": "Bonne gouvernance", "en": "Good governance", "ar": "الحكم الرشيد"}
WORK = {"fr": "Opportunités socio-économiques", "en": "Socio-economic opportunities", "ar": "الفرص الاجتماعية"}


def sources(*rows: tuple[int, str, str, Text]) -> tuple[SourceText, ...]:
    return tuple(SourceText(number, {"fr": french, "en": english}, group) for number, french, english, group in rows)


def heard(band: int | str, regions: int, capacities: int) -> ClauseFigures:
    return ClauseFigures(band, regions, 20, capacities)


RECITALS = SectionText(
    kind="recitals",
    identifier="s-recitals",
    clauses=(
        ClauseText(
            "c-0a01",
            {
                "fr": "Nous, participantes et participants au Forum, venus de toutes les régions, réunis pour nous "
                "écouter avant de demander à être entendus,",
                "en": "We, the participants of the Forum, come from every region and gathered to listen to one another "
                "before asking to be heard,",
                "ar": "نحن المشاركات والمشاركين في المنتدى، القادمين من كل المناطق، وقد اجتمعنا ليستمع بعضنا "
                "إلى بعض قبل "
                "أن نطلب أن يُستمع إلينا،",
            },
        ),
        ClauseText(
            "c-0a02",
            {
                "fr": "Considérant que celles et ceux qui subissent la violence en connaissent les causes mieux que "
                "quiconque, et qu’on les consulte le plus souvent après avoir décidé ;",
                "en": "Considering that those who suffer violence know its causes better than anyone, and are most "
                "often consulted once everything is decided;",
                "ar": "إذ نرى أن من يعانون العنف أدرى الناس بأسبابه، وأنهم لا يُستشارون في الغالب إلا بعد أن "
                "يُتخذ القرار؛",
            },
        ),
        ClauseText(
            "c-0a03",
            {
                "fr": "Préoccupés par le nombre de jeunes qui prennent les armes pour garder un troupeau, un champ ou "
                "une route, faute d’un autre moyen de les protéger ;",
                "en": "Troubled by the number of young people who take up arms to guard a herd, a field or a road, for "
                "want of any other way to protect them;",
                "ar": "وإذ يقلقنا عدد الشباب الذين يحملون السلاح لحراسة قطيع أو حقل أو طريق، لأنهم لا يجدون وسيلة أخرى "
                "لحمايتها؛",
            },
        ),
        ClauseText(
            "c-0a04",
            {
                "fr": "Convaincus que le marché, le puits et l’école sont les trois lieux où la paix se voit d’abord ;",
                "en": "Convinced that the market, the well and the school are the three places where peace is seen "
                "first;",
                "ar": "وإذ نؤمن بأن السوق والبئر والمدرسة هي الأماكن الثلاثة التي يُرى فيها السلام أولاً؛",
            },
        ),
    ),
)

GOVERNANCE = SectionText(
    kind="operative",
    identifier="s-governance",
    theme="governance",
    heading={"fr": "Gouvernance", "en": "Governance", "ar": "الحكم"},
    clauses=(
        ClauseText(
            "c-7f3a",
            {
                "fr": "Demandons que chaque commune dispose, avant la prochaine saison des pluies, d’une commission "
                "foncière composée à parts égales d’éleveurs, d’agriculteurs et de pêcheurs, dont les décisions sont "
                "affichées et lues à haute voix dans les langues du lieu.",
                "en": "Ask that every commune have, before the next rains, a land commission made up in equal parts of "
                "herders, farmers and fishers, whose decisions are posted and read aloud in the languages of "
                "the place.",
                "ar": "نطلب أن تكون لكل بلدية، قبل موسم الأمطار القادم، لجنة للأراضي تتألف بالتساوي من الرعاة "
                "والمزارعين "
                "والصيادين، وتُعلق قراراتها وتُقرأ بصوت مسموع بلغات المكان.",
            },
            1,
            (GOVERNMENT, COUNCILS),
            sources(
                (
                    7,
                    "Créer une commission foncière paritaire par commune.",
                    "Set up a land commission in every commune.",
                    LAND,
                ),
                (8, "Lire les décisions foncières en public.", "Read land decisions out in public.", LAND),
            ),
            heard("30+", 9, 6),
        ),
        ClauseText(
            "c-19be",
            {
                "fr": "Recommandons de publier chaque année, commune par commune, les sommes reçues et dépensées pour "
                "l’eau, l’école et la santé :\n- sur le mur de la mairie ;\n- à la radio, dans les langues du lieu ;\n"
                "- lors d’une assemblée ouverte à toutes et à tous.",
                "en": "Recommend that the sums received and spent on water, school and health be published every year, "
                "commune by commune:\n- on the wall of the town hall;\n- on the radio, in the languages of the place;\n"
                "- at a meeting open to all.",
                "ar": "نوصي بأن تُنشر كل سنة، بلدية بلدية، المبالغ المقبوضة والمصروفة على الماء والمدرسة والصحة:\n"
                "- على جدار دار البلدية؛\n- في الإذاعة بلغات المكان؛\n- في اجتماع مفتوح للجميع.",
            },
            2,
            (GOVERNMENT, COUNCILS),
            sources((11, "Rendre publics les comptes des communes.", "Make the communes’ accounts public.", TRUST)),
            heard("10+", 6, 4),
        ),
        ClauseText(
            "c-4c02",
            {
                "fr": "Demandons que nul ne paie deux fois le même droit de passage, et que le prix soit écrit "
                "là où il "
                "est perçu.",
                "en": "Ask that nobody pay the same right of way twice, and that the price be written where it is "
                "taken.",
                "ar": "نطلب ألا يدفع أحد رسم المرور نفسه مرتين، وأن يُكتب الثمن في المكان الذي يُقبض فيه.",
            },
            3,
            (GOVERNMENT,),
            sources((12, "Afficher les taxes de marché et de passage.", "Post market and passage dues.", TRUST)),
            heard("20+", 11, 5),
        ),
    ),
)

EMPLOYMENT = SectionText(
    kind="operative",
    identifier="s-employment",
    theme="employment",
    heading={"fr": "Emploi", "en": "Employment", "ar": "العمل"},
    clauses=(
        ClauseText(
            "c-a310",
            {
                "fr": "Demandons que les chantiers publics réservent une place sur trois aux jeunes du cercle, "
                "femmes et "
                "hommes, et leur apprennent un métier pendant qu’ils y travaillent.",
                "en": "Ask that public works keep one place in three for the young women and men of the district, and "
                "teach them a trade while they work.",
            },
            4,
            (GOVERNMENT, COUNCILS),
            sources((27, "Une place sur trois pour les jeunes du lieu.", "One place in three for local youth.", WORK)),
            heard("30+", 14, 7),
        ),
        ClauseText(
            "c-a311",
            {
                "fr": "Recommandons un petit crédit sans gage foncier pour les groupements de femmes, remboursé "
                "après la "
                "récolte et non avant.",
                "en": "Recommend small loans to women’s groups, without land as security, repaid after the harvest and "
                "not before.",
            },
            5,
            ({"fr": "les partenaires", "en": "partners", "ar": "الشركاء"},),
            sources((31, "Du crédit pour les groupements de femmes.", "Credit for women’s groups.", WORK)),
            heard("<10", 4, 2),
        ),
    ),
)

MEDIA = SectionText(
    kind="operative",
    identifier="s-media",
    theme="media",
    heading={"fr": "Médias", "en": "Media", "ar": "الإعلام"},
    clauses=(
        ClauseText(
            "c-b7d4",
            {
                "fr": "Invitons les radios de proximité à ouvrir chaque semaine une heure où l’on vérifie, en "
                "public, la "
                "rumeur de la semaine. Nous l’appelons « Kɛlɛ ka ban : ɲɔgɔn lamɛn, ŋaniya ɲuman », car écouter "
                "est déjà "
                "faire la paix.",
                "en": "Invite community radios to open, every week, an hour in which the week’s rumour is checked in "
                "public. We call it “Kɛlɛ ka ban: ɲɔgɔn lamɛn, ŋaniya ɲuman”, for to listen is already to make peace.",
            },
            6,
            (RADIOS,),
            sources(),
            ClauseFigures(),
        ),
    ),
)

COMMITMENTS = SectionText(
    kind="commitments",
    identifier="s-commitments",
    clauses=(
        ClauseText(
            "c-d001",
            {
                "fr": "Nous nous engageons à raconter chez nous ce que nous avons entendu ici, y compris ce qui nous "
                "donne tort.",
                "en": "We undertake to tell at home what we have heard here, also where it proves us wrong.",
            },
            7,
        ),
    ),
)

FOLLOWUP = SectionText(
    kind="followup",
    identifier="s-followup",
    clauses=(
        ClauseText(
            "c-e001",
            {
                "fr": "Demandons une réponse publique à chaque article dans les six mois, et nous retrouverons dans un "
                "an pour la lire ensemble.",
                "en": "Ask for a public answer to each article within six months, and shall meet in a year to read it "
                "together.",
            },
            8,
            (GOVERNMENT, CHIEFS),
        ),
    ),
)

THANKS = SectionText(
    kind="thanks",
    identifier="s-thanks",
    clauses=(
        ClauseText(
            "c-f001",
            {
                "fr": "Nous remercions celles et ceux qui ont parlé sans savoir s’ils seraient crus.",
                "en": "We thank those who spoke without knowing whether they would be believed.",
            },
        ),
    ),
)

DONE_AT = SectionText(
    kind="done_at",
    identifier="s-done",
    clauses=(
        ClauseText(
            "c-f002",
            {
                "fr": "Fait à Bamako, le 12 novembre 2026.",
                "en": "Done at Bamako, on 12 November 2026.",
                "ar": "حُرر في باماكو، يوم 12 نوفمبر 2026.",
            },
        ),
    ),
)

FINDINGS = (
    FindingText(
        2,
        {
            "fr": "Quand le puits ferme, deux villages qui s’entendaient cessent de se parler.",
            "en": "When the well closes, two villages that got along stop talking.",
            "ar": "حين تُغلق البئر تتوقف قريتان كانتا على وفاق عن الكلام.",
        },
        heard("30+", 9, 6),
    ),
    FindingText(
        5,
        {
            "fr": "Le soir, les jeunes sans métier gardent la route :\n- pour un repas ;\n- pour être craints.",
            "en": "In the evening, young people without a trade guard the road:\n- for a meal;\n- to be feared.",
        },
        heard("10+", 4, 3),
    ),
)

SIGNATORIES = (
    Person("Awa Tembély", {"fr": "pour les familles déplacées", "en": "for displaced families"}),
    Person("Ibrahim Ag Sidaly", {"fr": "pour les éleveurs", "en": "for the herders"}),
    Person("Kadidia Sangaré", {"fr": "pour les groupements de femmes", "en": "for the women’s groups"}),
    Person("Ɲɛnɛkoro Dɛnbɛlɛ", {"fr": "pour les jeunes", "en": "for youth"}),
)

FIRST = Snapshot(
    forum=ForumFacts(
        slug="mali",
        title={
            "fr": "Forum pour la paix et la prévention de l’extrémisme violent",
            "en": "Forum on Peace and Prevention of Violent Extremism",
            "ar": "منتدى السلام والوقاية من التطرف العنيف",
        },
        place={"fr": "Bamako", "en": "Bamako", "ar": "باماكو"},
        starts_on="2026-11-09",
        ends_on="2026-11-12",
        conveners=(
            {"fr": "la Coalition pour l’écoute", "en": "the Coalition for Listening", "ar": "تحالف الإصغاء"},
            GOVERNMENT,
        ),
        mode="demonstration",
    ),
    number=1,
    kind="adopted",
    published_on="2026-11-14",
    languages=("fr", "en"),
    authentic=("fr",),
    title={
        "fr": "Déclaration des communautés pour une paix qui dure",
        "en": "Declaration of the communities for a peace that lasts",
        "ar": "إعلان المجتمعات من أجل سلام يدوم",
    },
    sections=(RECITALS, GOVERNANCE, EMPLOYMENT, MEDIA, COMMITMENTS, FOLLOWUP, THANKS, DONE_AT),
    adoption=AdoptionFacts(
        method="consensus",
        on="2026-11-12",
        place={"fr": "Bamako", "en": "Bamako", "ar": "باماكو"},
        presided_by=Person("Fanta Koïta", {"fr": "présidente du Forum", "en": "chair of the Forum"}),
        signatories=SIGNATORIES,
        reservations=(
            Reservation(
                {"fr": "Délégation des pêcheurs", "en": "Delegation of the fishers"},
                {
                    "fr": "La délégation aurait souhaité que l’article 1 nomme aussi le fleuve.",
                    "en": "The delegation would have wished article 1 to name the river as well.",
                },
            ),
        ),
        delegations=(
            {"fr": "Burkina Faso", "en": "Burkina Faso", "ar": "بوركينا فاسو"},
            {"fr": "Niger", "en": "Niger", "ar": "النيجر"},
        ),
    ),
    figures=ForumFigures("150+", "230+", 20, 20, 13, 5, 25, 45),
    findings=FINDINGS,
    voices=tuple(sorted(voice_commitment(words, words.encode() * 4) for words in ("le puits", "la route", "l’école"))),
)


def first_edition(**changes: object) -> Snapshot:
    """The adopted text, in French and English."""
    return replace(FIRST, **changes)  # type: ignore[arg-type]


def second_edition(**changes: object) -> Snapshot:
    """The same text, with Arabic for its first part."""
    translated = tuple(
        Change(clause.identifier, "translated", {key: clause.text[key] for key in ("fr", "en")}, clause.text)
        for clause in FIRST.clauses
        if "ar" in clause.text
    )
    second = replace(
        FIRST, number=2, kind="translation", published_on="2027-02-01", languages=("fr", "en", "ar"), changes=translated
    )
    return replace(second, **changes)  # type: ignore[arg-type]


def with_clause(snapshot: Snapshot, identifier: str, /, **changes: object) -> Snapshot:
    """The snapshot with one clause changed."""
    return replace(
        snapshot,
        sections=tuple(
            replace(
                section,
                clauses=tuple(
                    replace(clause, **changes) if clause.identifier == identifier else clause  # type: ignore[arg-type]
                    for clause in section.clauses
                ),
            )
            for section in snapshot.sections
        ),
    )
