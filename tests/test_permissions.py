"""Who may: the table of permissions written out a second time, by seat, and compared with the code and its page."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from declarations import permissions
from declarations.models import Clause, Finding, Forum, Group, Seat
from declarations.permissions import PERMISSIONS, may
from declarations.workflow.participants import public_seat
from tests import factories as make

Role = Seat.Role
PAGE = Path(__file__).parent.parent / "docs" / "roles.md"

# What each seat may do where no row is asked about.
MAY = {
    Role.ORGANISER: """
        change_forum see_road manage_seats manage_keys hold_key lock_everything see_history change_participant
        open_participant_name change_group write_minutes withdraw_excerpt agree_finding publish_finding share_reading
        draft_recommendation hand_in_recommendation revise_recommendation decide_recommendation compose_declaration
        word_clause advance_declaration adopt_declaration decide_amendment make_proof confirm_proof record_delivery
        record_response record_commitment report_commitment print_card void_card type_paper enter_paper
        bring_screen review_screen
    """,
    Role.READER: """
        see_road hold_key lock_everything read_testimony propose_excerpt clear_excerpt withdraw_excerpt
        compose_finding agree_finding share_reading raise_urgent
    """,
    Role.CUSTODIAN: "see_road hold_key lock_everything open_name agree_to_name note_urgent",
    Role.FACILITATOR: "give_testimony take_testimony type_paper enter_paper",
    Role.RAPPORTEUR: """
        write_minutes draft_recommendation hand_in_recommendation revise_recommendation propose_amendment
    """,
    Role.GENERAL_RAPPORTEUR: """
        see_road write_minutes draft_recommendation hand_in_recommendation revise_recommendation compose_declaration
        word_clause advance_declaration propose_amendment decide_amendment
    """,
    Role.CHAIR: "see_road advance_declaration adopt_declaration decide_amendment",
    Role.EXPERT: "review_recommendation propose_amendment",
    Role.TRANSLATOR: "word_clause",
    Role.APPROVER: "approve_wording",
    Role.PARTICIPANT: "give_testimony support_recommendation propose_amendment",
    Role.ADDRESSEE: "answer_clause record_commitment report_commitment",
    Role.PUBLIC: "give_testimony",
}

# What a row must be for the seat to do it all the same; everywhere else any row of its own forum will do.
ANOTHERS, OWN_GROUP, OWN_LANGUAGE, OWN_CLAUSE, OWN_PROMISE, ACCOUNT = (
    "another's", "own group", "own language", "own clause", "own promise", "account",
)  # fmt: skip
ONLY = {
    (Role.ORGANISER, "agree_finding"): ANOTHERS,
    (Role.ORGANISER, "confirm_proof"): ANOTHERS,
    (Role.ORGANISER, "enter_paper"): ANOTHERS,
    (Role.ORGANISER, "review_screen"): ANOTHERS,
    (Role.FACILITATOR, "type_paper"): ACCOUNT,
    (Role.FACILITATOR, "enter_paper"): f"{ACCOUNT}, {ANOTHERS}",
    (Role.READER, "clear_excerpt"): ANOTHERS,
    (Role.READER, "agree_finding"): ANOTHERS,
    (Role.CUSTODIAN, "agree_to_name"): ANOTHERS,
    (Role.RAPPORTEUR, "write_minutes"): OWN_GROUP,
    (Role.RAPPORTEUR, "draft_recommendation"): OWN_GROUP,
    (Role.RAPPORTEUR, "hand_in_recommendation"): OWN_GROUP,
    (Role.RAPPORTEUR, "revise_recommendation"): OWN_GROUP,
    (Role.RAPPORTEUR, "propose_amendment"): OWN_GROUP,
    (Role.TRANSLATOR, "word_clause"): OWN_LANGUAGE,
    (Role.APPROVER, "approve_wording"): f"{OWN_LANGUAGE}, {ANOTHERS}",
    (Role.ADDRESSEE, "answer_clause"): OWN_CLAUSE,
    (Role.ADDRESSEE, "record_commitment"): OWN_CLAUSE,
    (Role.ADDRESSEE, "report_commitment"): OWN_PROMISE,
}
TABLE = {(role, name) for role, names in MAY.items() for name in names.split()}
NAMES = [name.removeprefix("declarations.") for name in PERMISSIONS]

HERE, ELSEWHERE = Forum(pk=1, slug="here"), Forum(pk=2, slug="elsewhere")
GOVERNMENT = 7


def row(forum: Forum = HERE, **fields: Any) -> Any:
    """Anything a seat may ask about: of group 1, in French, addressed to the government, written by seat 90."""
    author = Seat(pk=90, forum=HERE, user_id=900)
    addressees = SimpleNamespace(filter=lambda pk: SimpleNamespace(exists=lambda: pk == GOVERNMENT))
    given = {"pk": 5, "group_id": 1, "language": "fr", "addressee_id": GOVERNMENT, "addressees": addressees}
    return SimpleNamespace(**{**given, "forum": forum, "written_by": author, **fields})


def fitting(role: str, **fields: Any) -> Seat:
    """A seat for which the row above is its own."""
    given = {"pk": 10, "forum": HERE, "user_id": 100, "group_id": 1, "language": "fr", "addressee_id": GOVERNMENT}
    return Seat(role=role, name="x", **{**given, **fields})


def allowed(seat: Seat | None, name: str, about: Any = None) -> bool:
    return may(seat, f"declarations.{name}", about)


@pytest.mark.parametrize("role", Role.values)
def test_what_a_seat_may(role: str) -> None:
    assert {name for name in NAMES if allowed(fitting(role), name)} == set(MAY[Role(role)].split())


@pytest.mark.parametrize("role", Role.values)
def test_a_fitting_row_takes_nothing_away_and_adds_nothing(role: str) -> None:
    assert {name for name in NAMES if allowed(fitting(role), name, row())} == set(MAY[Role(role)].split())


# For each condition, the rows that break it and no other.
BROKEN = {
    ANOTHERS: [
        {f"{verb}_by": by}
        for verb in ("proposed", "composed", "written", "made", "typed", "asked")
        for by in (Seat(pk=10, forum=HERE), Seat(pk=11, forum=HERE, user_id=100))
    ],
    OWN_GROUP: [{"group_id": 2}, {"group_id": None}],
    OWN_LANGUAGE: [{"language": "en"}, {"language": ""}],
    OWN_CLAUSE: [{"addressees": SimpleNamespace(filter=lambda pk: SimpleNamespace(exists=lambda: False))}],
    OWN_PROMISE: [{"addressee_id": 8}],
}


@pytest.mark.parametrize(("role", "name"), sorted(TABLE))
def test_a_condition_holds_where_it_is_written_and_nowhere_else(role: str, name: str) -> None:
    conditions = ONLY.get((Role(role), name), "")
    for condition, rows in BROKEN.items():
        for fields in rows:
            assert allowed(fitting(role), name, row(**fields)) == (condition not in conditions.split(", ")), fields


@pytest.mark.parametrize("name", NAMES)
def test_a_seat_without_what_the_condition_asks_has_nothing(name: str) -> None:
    for role, fields in ((Role.RAPPORTEUR, {"group_id": None}), (Role.TRANSLATOR, {"language": ""})):
        assert not allowed(fitting(role, **fields), name, row(group_id=None, language=""))


def test_what_needs_an_account_is_not_for_a_link() -> None:
    """A condition on the seat, not on the row: no row makes up for it."""
    link = {"user_id": None}
    for (role, name), condition in ONLY.items():
        held_by_link = allowed(fitting(role, **link), name), allowed(fitting(role, **link), name, row())
        assert held_by_link == ((False, False) if ACCOUNT in condition else (True, True)), (role, name)


def test_nobody_may_nothing() -> None:
    assert not any(allowed(None, name) for name in NAMES)


def test_a_permission_that_the_table_does_not_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        allowed(fitting(Role.ORGANISER), "do_everything")


AN_HOUR = timedelta(hours=1)
SEATS = st.builds(
    fitting,
    st.sampled_from(Role.values),
    pk=st.sampled_from([10, 90]),
    user_id=st.sampled_from([None, 100, 900]),
    forum=st.sampled_from([HERE, ELSEWHERE]),
    group_id=st.sampled_from([None, 1, 2]),
    language=st.sampled_from(["", "fr", "en"]),
    addressee_id=st.sampled_from([None, GOVERNMENT, 8]),
    revoked_at=st.sampled_from([None, None, timezone.now() - AN_HOUR]),
    expires_at=st.sampled_from([None, timezone.now() + 9000 * AN_HOUR, timezone.now() - AN_HOUR]),
)
ROWS = st.builds(
    row,
    st.sampled_from([HERE, ELSEWHERE]),
    group_id=st.sampled_from([None, 1, 2]),
    language=st.sampled_from(["", "fr", "en"]),
    addressee_id=st.sampled_from([None, GOVERNMENT, 8]),
)


@given(seat=SEATS, about=st.none() | ROWS, name=st.sampled_from(NAMES))
def test_no_seat_reaches_beyond_its_forum_its_time_or_its_line(seat: Seat, about: Any, name: str) -> None:
    if not allowed(seat, name, about):
        return
    assert seat.is_open or seat.is_passing
    assert (seat.role, name) in TABLE
    assert seat.user_id is not None or ACCOUNT not in ONLY.get((Role(seat.role), name), "")
    assert about is None or about.forum == seat.forum
    # A row never gives what the seat has not got without one.
    assert allowed(seat, name)


@given(seat=SEATS, name=st.sampled_from(NAMES))
def test_a_closed_seat_may_nothing(seat: Seat, name: str) -> None:
    if not (seat.is_open or seat.is_passing):
        assert not allowed(seat, name) and not allowed(seat, name, row())


# The same on rows as they are stored


@pytest.mark.django_db
class WhenStored:
    def test_the_other_forum_is_out_of_reach(self) -> None:
        here, there = make.a_forum("here"), make.a_forum("there")
        finding, group, recommendation = make.a_finding(there), make.a_group(there), make.a_recommendation(there)
        rows = [there, finding, group, recommendation, make.last_clause(make.a_declaration(there))]
        for role in Role.values:
            seat = public_seat(here) if role == Role.PUBLIC else make.a_seat(here, role)
            for about in rows:
                assert not [name for name in NAMES if allowed(seat, name, about)], (role, about)

    def test_the_author_has_two_seats_and_is_one_person(self) -> None:
        forum = make.a_forum()
        finding = make.a_finding(forum, Finding.State.DRAFT)
        author = finding.composed_by
        second = make.a_seat(forum, Role.ORGANISER, author.user)
        assert not allowed(author, "agree_finding", finding)
        assert not allowed(second, "agree_finding", finding)
        assert allowed(make.organiser_of(forum), "agree_finding", finding)

    def test_a_rapporteur_writes_for_one_group(self) -> None:
        forum = make.a_forum()
        one, other = make.a_group(forum), make.a_group(forum, "youth")
        seat = make.a_rapporteur(one)
        for name in ("write_minutes", "draft_recommendation"):
            assert allowed(seat, name, one) and not allowed(seat, name, other)
        for group, may_hand_in in ((one, True), (other, False)):
            drafted = make.a_recommendation(forum, group=group)
            assert allowed(seat, "hand_in_recommendation", drafted) == may_hand_in

    def test_an_addressee_answers_what_is_addressed_to_it(self) -> None:
        forum = make.a_forum()
        declaration = make.a_declaration(forum)
        addressed, other = make.last_clause(declaration), Clause.objects.filter(section__declaration=declaration)[0]
        for code, may_answer in (("government", True), ("chiefs", False)):
            seat = make.a_seat(forum, Role.ADDRESSEE, addressee=forum.addressees.get(code=code))
            assert allowed(seat, "answer_clause", addressed) == may_answer
            assert not allowed(seat, "answer_clause", other)

    def test_a_seat_that_is_taken_back_is_closed_at_once(self) -> None:
        seat = make.a_seat(make.a_forum(), Role.READER)
        assert allowed(seat, "read_testimony")
        seat.revoked_at = timezone.now()
        assert not allowed(seat, "read_testimony")

    def test_a_group_without_a_number_is_nobodys(self) -> None:
        seat = Seat(forum=make.a_forum(), role=Role.RAPPORTEUR, name="x")
        assert not allowed(seat, "write_minutes", Group(forum=seat.forum))


# The page


def of_page() -> dict[tuple[str, str], str]:
    """The cells of docs/roles.md that say something."""
    lines = [line.strip("| \n") for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    cells: dict[tuple[str, str], str] = {}
    roles: list[str] = []
    for line in lines:
        name, *said = (cell.strip() for cell in line.split("|"))
        if name == "may":
            roles = [cell.replace(" ", "_") for cell in said]
        elif name.startswith("`"):
            cells |= {(role, name.strip("`")): cell for role, cell in zip(roles, said, strict=False) if cell}
    return cells


def test_the_page_says_what_the_code_does() -> None:
    assert of_page() == {(str(role), name): ONLY.get((role, name), "yes") for role, name in TABLE}


def test_the_page_is_in_the_order_of_the_code() -> None:
    named = [line.split("`")[1] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    # Each of the two tables names all of them.
    assert named == NAMES * 2


def test_every_predicate_has_a_name_that_can_be_read() -> None:
    assert all(str(predicate) for predicate in permissions.PERMISSIONS.values())
