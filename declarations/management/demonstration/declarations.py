"""The declaration is composed, amended, frozen, adopted in its exact words, and published in two editions."""

from __future__ import annotations

from typing import Any

from declarations.models import Kind, Seat, Section
from declarations.workflow import amendments, declarations, editions

from .forums import give_link
from .seed import Demonstration, load

Kinds = Section.Kind


def build(demo: Demonstration) -> None:
    """Write the text in French and English; Arabic comes with the second edition."""
    text, keeper = load("declaration"), demo.seats["nassira"]
    declaration = declarations.start(demo.forum, by=keeper, title=text["title"])
    demo.made["declaration"] = {"mali": declaration}
    demo.made["clauses"] = {}
    demo.made["arabic"] = {}
    before = {row["clause"]: row["before"] for row in load("amendments") if row.get("before")}
    _section(demo, Kinds.RECITALS, {"fr": "Préambule", "en": "Preamble", "ar": "الديباجة"}, text["recitals"])
    for section in text["sections"]:
        theme = demo.of("themes", section["theme"])
        _section(demo, Kinds.OPERATIVE, section["heading"], section["clauses"], theme=theme, before=before)
    _section(
        demo,
        Kinds.COMMITMENTS,
        {"fr": "Nous nous engageons", "en": "We commit ourselves", "ar": "نلتزم"},
        text["commitments"],
    )
    _section(demo, Kinds.FOLLOWUP, {"fr": "Suites", "en": "Follow-up", "ar": "المتابعة"}, text["follow_up"])
    _section(demo, Kinds.THANKS, {"fr": "Remerciements", "en": "Thanks", "ar": "شكر"}, [text["thanks"]])
    _section(demo, Kinds.DONE_AT, {}, [text["done_at"]])


def _section(
    demo: Demonstration,
    kind: str,
    heading: dict[str, str],
    rows: list[dict[str, Any]],
    theme: Any = None,
    before: dict[str, dict[str, str]] | None = None,
) -> None:
    keeper = demo.seats["nassira"]
    section = declarations.add_section(
        demo.of("declaration", "mali"), by=keeper, kind=kind, heading=heading, theme=theme
    )
    for facts in rows:
        texts = {**facts.get("text", facts), **(before or {}).get(facts.get("key", ""), {})}
        clause = declarations.add_clause(
            section,
            by=keeper,
            texts={language: texts[language] for language in ("fr", "en") if language in texts},
            addressees=[demo.of("addressees", code) for code in facts.get("addressees", [])],
            sources=_sources(demo, facts.get("rests_on", [])),
            horizon=facts.get("horizon", ""),
        )
        if "key" in facts:
            demo.made["clauses"][facts["key"]] = clause
        if "ar" in texts:
            demo.made["arabic"][clause.pk] = (clause, texts["ar"])


def _sources(demo: Demonstration, keys: list[str]) -> list[Any]:
    """The recommendations behind a clause; one that was merged is reached through the one that took it in."""
    into = {row["key"]: row["merged_into"] for row in load("recommendations") if row["fate"] == "merged"}
    return [demo.of("recommendations", key) for key in dict.fromkeys(into.get(key, key) for key in keys)]


def build_amendments(demo: Demonstration) -> None:
    declaration, keeper = demo.of("declaration", "mali"), demo.seats["nassira"]
    declarations.send_for_review(declaration, by=keeper)
    final = {row["key"]: row["text"] for part in load("declaration")["sections"] for row in part["clauses"]}
    for facts in load("amendments"):
        rapporteur = demo.of("rapporteurs", facts["by_group"])
        clause = demo.of("clauses", facts["clause"])
        amendment = amendments.propose(
            clause,
            by=rapporteur,
            language="fr",
            text=facts["text"]["fr"],
            reason=facts["reason"],
            group=rapporteur.group,
        )
        _settle(amendment, facts, keeper, rapporteur, final[facts["clause"]]["fr"])


def _settle(amendment: Any, facts: dict[str, Any], keeper: Seat, rapporteur: Seat, final: str) -> None:
    if facts["fate"] == "accepted":
        amendments.accept(amendment, by=keeper, reason=facts["fate_reason"])
    elif facts["fate"] == "merged":
        amendments.merge(amendment, by=keeper, text=final, reason=facts["fate_reason"])
    elif facts["fate"] == "rejected":
        amendments.reject(amendment, by=keeper, reason=facts["fate_reason"])
    elif facts["fate"] == "withdrawn":
        amendments.withdraw(amendment, by=rapporteur)


def build_editions(demo: Demonstration) -> None:
    """Adopt the exact words, publish them, then publish them again with Arabic."""
    text, declaration = load("declaration"), demo.of("declaration", "mali")
    declarations.freeze(declaration, by=demo.seats["nassira"])
    declarations.adopt(
        declaration,
        by=demo.seats["hamadou"],
        digest=declarations.words_digest(declaration),
        method="consensus",
        adopted_on=demo.last_day,
        place={"fr": "Bamako, en plénière", "en": "Bamako, in plenary", "ar": "باماكو، في الجلسة العامة"},
        presided_by="Hamadou Dicko",
        signatures=[(row["name"], row["capacity"]) for row in text["signatories"]],
        delegations=list(demo.made["delegations"].values()),
    )
    declaration.refresh_from_db()
    demo.say("  first edition")
    demo.made["editions"] = {"1": _publish(demo, declaration, Kind.ADOPTED, ["fr", "en"])}
    translator = give_link(demo, Seat.Role.TRANSLATOR, "Traductrice, arabe", language="ar")
    for clause, words in demo.made["arabic"].values():
        declarations.word_clause(clause, by=translator, language="ar", text=words)
        declarations.approve_wording(clause.wordings.get(language="ar"), by=demo.seats["rokia"])
    demo.say("  second edition")
    demo.made["editions"]["2"] = _publish(demo, declaration, Kind.TRANSLATION, ["fr", "en", "ar"])


def _publish(demo: Demonstration, declaration: Any, kind: str, languages: list[str]) -> Any:
    proof = editions.make_proof(declaration, by=demo.seats["awa"], kind=kind, languages=languages)
    return editions.publish(proof, by=demo.seats["seydou"], private=demo.privates["seydou"])
