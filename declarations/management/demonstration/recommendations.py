"""Groups hand in what they ask for, experts review it, organisers decide, participants say where they stand."""

from __future__ import annotations

from typing import Any

from declarations.models import Seat, Support
from declarations.workflow import participants, recommendations

from .forums import give_link
from .seed import Demonstration, load

EXPERTS = ("Experte, droit foncier", "Expert, justice locale")
# Of how many participants the stance is asked on each recommendation, and how a hundred of them answer.
ASKED = 60
STANCES = [Support.Stance.AGREE] * 78 + [Support.Stance.UNSURE] * 14 + [Support.Stance.DISAGREE] * 8


def build(demo: Demonstration) -> None:
    experts = [give_link(demo, Seat.Role.EXPERT, name) for name in EXPERTS]
    rows = load("recommendations")
    made = demo.made["recommendations"] = {}
    for facts in rows:
        made[facts["key"]] = _hand_in(demo, facts)
    for facts in rows:
        _review(made[facts["key"]], facts, experts)
    for facts in rows:
        _decide(demo, made, facts)
    for facts in rows:
        if facts["fate"] == "adopted":
            _take_stands(demo, made[facts["key"]])


def _hand_in(demo: Demonstration, facts: dict[str, Any]) -> Any:
    rapporteur = demo.of("rapporteurs", facts["group"])
    row = recommendations.draft(
        demo.of("groups", facts["group"]), by=rapporteur, words=facts["handed_in"], language="fr"
    )
    recommendations.hand_in(row, by=rapporteur)
    row.refresh_from_db()
    recommendations.complete(
        row,
        by=rapporteur,
        revision=row.revision,
        themes=[demo.of("themes", code) for code in facts["themes"]],
        addressees=[demo.of("addressees", code) for code in facts["addressees"]],
        regions=[demo.of("regions", code) for code in facts["regions"]],
        level=facts["level"],
        horizon=facts["horizon"],
        reason=facts["reason"]["fr"],
        minority_view=facts["minority_view"] or "",
    )
    for key in facts["rests_on"]:
        recommendations.ground(row, by=rapporteur, finding=demo.of("findings", key))
    return row


def _review(row: Any, facts: dict[str, Any], experts: list[Seat]) -> None:
    for expert, review in zip(experts, facts["reviews"], strict=False):
        recommendations.review(row, by=expert, **review)


def _decide(demo: Demonstration, made: dict[str, Any], facts: dict[str, Any]) -> None:
    row, organiser, keeper = made[facts["key"]], demo.seats["awa"], demo.seats["nassira"]
    for language, text in facts["text"].items():
        recommendations.word(row, by=keeper, language=language, text=text)
    row.refresh_from_db()
    if facts["fate"] == "adopted":
        recommendations.adopt(row, by=organiser)
    elif facts["fate"] == "set_aside":
        recommendations.set_aside(row, by=organiser, reason=facts["fate_reason"])
    else:
        recommendations.merge(row, made[facts["merged_into"]], by=organiser, reason=facts["fate_reason"])


def _take_stands(demo: Demonstration, row: Any) -> None:
    seat = participants.passing_seat(demo.forum)
    room = list(demo.made["participants"].values())
    for participant in demo.random.sample(room, min(ASKED, len(room))):
        stance = demo.random.choice(STANCES)
        recommendations.take_stand(row, by=seat, participant=participant, stance=stance)
