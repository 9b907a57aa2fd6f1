"""People are registered and arrive; groups are formed, meet and keep minutes."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from declarations.models import Participant, Seat
from declarations.workflow import groups, participants

from .forums import give_link
from .seed import Account, Demonstration, load

ROOM = 162  # participants at scale 1
ABROAD = {"deleg_bf": "burkina_faso", "deleg_ne": "niger"}
FIRST_NAMES = "Aminata Bakary Djénéba Fousseyni Hawa Kadidia Lassina Maïmouna Oumou Salif Tiécoura Zeinab".split()
LAST_NAMES = "Traoré Coulibaly Diarra Maïga Cissé Sidibé Dembélé Konaté Dolo Guindo Kassogué Haïdara".split()
# How many of a hundred come in each capacity; the rest of the room is shared evenly.
WEIGHTS = {"youth": 16, "women": 14, "herders_farmers": 14, "idps": 12, "victims_ve": 9, "traditional_leaders": 8}


def build(demo: Demonstration) -> None:
    people = _room(demo)
    made: list[Participant] = []
    for number, facts in enumerate(demo.in_batches(people, "participants")):
        participant, code = participants.register(demo.forum, by=demo.seats["awa"], **facts)
        if number % 12:
            participants.arrive(participant, by=demo.seats["seydou"])
        made.append(participant)
        if number == 1:
            demo.table.append(Account(Seat.Role.PARTICIPANT.label, f"n° {participant.serial}", code))
    demo.made["participants"] = {participant.serial: participant for participant in made}


def _room(demo: Demonstration) -> list[dict[str, Any]]:
    """Who comes: at least one from each region and capacity, the others drawn by weight."""
    capacities, regions = demo.made["capacities"], demo.made["regions"]
    at_home = [code for code in regions if code not in ABROAD.values()]
    drawn = [code for code in capacities for _ in range(WEIGHTS.get(code, 3)) if code not in ABROAD]
    pairs = [(region, drawn[(7 * number) % len(drawn)]) for number, region in enumerate(at_home)]
    pairs += [(demo.random.choice(at_home), code) for code in capacities if code not in ABROAD]
    pairs += [(region, code) for code, region in ABROAD.items() for _ in range(6)]
    while len(pairs) < ROOM * demo.scale:
        pairs.append((demo.random.choice(at_home), demo.random.choice(drawn)))
    demo.random.shuffle(pairs)
    return [_person(demo, region, capacity) for region, capacity in pairs]


def _person(demo: Demonstration, region: str, capacity: str) -> dict[str, Any]:
    draw = demo.random
    sex = "woman" if capacity == "women" else draw.choice(["woman", "man", "man", ""])
    age = "young" if capacity == "youth" else draw.choice(["young", "adult", "adult", "elder", ""])
    return {
        "region": demo.of("regions", region),
        "capacity": demo.of("capacities", capacity),
        "sex": sex,
        "age": age,
        "name": f"{draw.choice(FIRST_NAMES)} {draw.choice(LAST_NAMES)}",
        "contact": f"00 00 {draw.randrange(100):02} {draw.randrange(100):02}",
        "delegation": demo.made["delegations"].get(capacity.removeprefix("deleg_")),
    }


def build_groups(demo: Demonstration) -> None:
    demo.made["groups"] = {}
    demo.made["rapporteurs"] = {}
    room = list(demo.made["participants"].values())[:ROOM]
    for number, facts in enumerate(load("groups"), start=1):
        topic = demo.of("topics", facts["topic"])
        group = groups.create(demo.forum, by=demo.seats["awa"], topic=topic, title=facts["title"])
        for participant in room[number - 1 :: 5]:
            groups.add_member(group, participant, by=demo.seats["awa"])
        rapporteur = give_link(demo, Seat.Role.RAPPORTEUR, f"Rapporteur, groupe {number}", group=group)
        for session in facts["sessions"]:
            _meet(demo, group, rapporteur, session)
        demo.made["groups"][facts["topic"]] = group
        demo.made["rapporteurs"][facts["topic"]] = rapporteur


def _meet(demo: Demonstration, group: Any, rapporteur: Seat, facts: dict[str, Any]) -> None:
    day = demo.first_day + timedelta(days=facts["day"] - 1)
    starts_at = datetime.combine(day, time(9), tzinfo=demo.forum.zone_info)
    session = groups.plan_session(group, by=demo.seats["awa"], starts_at=starts_at)
    [(language, text)] = facts["minutes"].items()
    groups.save_minutes(session, by=rapporteur, text=text, language=language, revision=session.revision)
