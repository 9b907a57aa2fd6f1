from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from declarations.models import (
    Clause,
    ClauseWording,
    Edition,
    EditionFile,
    Evidence,
    Excerpt,
    HistoryEntry,
    Immutable,
    Proof,
    Quote,
    Seat,
    Signature,
    guards,
)
from declarations.publishing import FORMATS
from declarations.publishing.snapshot import ForumFigures, from_bytes, voice_commitment
from declarations.workflow import declarations, editions, excerpts, recommendations, refusals, snapshots, withdrawals
from declarations.workflow.moves import IllegalMove, Refused
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def forum():
    return factories.a_forum()


@pytest.fixture
def by(forum):
    return factories.organiser_of(forum)


@pytest.fixture
def other(forum):
    return factories.a_seat(forum)


@pytest.fixture
def quick(monkeypatch):
    """One short file a language: what is tried is the publishing, not the drawing."""
    kind = FORMATS["txt"]
    monkeypatch.setattr(editions, "FORMATS", {"txt": kind})


@pytest.fixture
def edition(forum, quick):
    return factories.an_edition(forum)


def readopt(declaration, text="Aucun puits ne ferme."):
    by = factories.organiser_of(declaration.forum)
    declarations.reopen(declaration, by=by, reason="Une faute.")
    declarations.word_clause(factories.last_clause(declaration), by=by, language="fr", text=text)
    declarations.freeze(declaration, by=by)
    factories.an_adoption(declaration)


def voiced(forum):
    """An adopted declaration whose last clause rests on a finding with a cleared sentence beside it."""
    excerpt = factories.an_excerpt(forum)
    finding = factories.a_finding(forum, excerpts=(excerpt,))
    declaration = factories.a_declaration(forum, "adopted")
    recommendation = factories.last_clause(declaration).sources.get().recommendation
    recommendations.ground(recommendation, by=factories.organiser_of(forum), finding=finding)
    return declaration, excerpt


class WhenTakingASnapshot:
    def test_it_holds_the_text_with_its_origins(self, forum):
        declaration = factories.a_declaration(forum, "adopted")
        snapshot = editions.take_snapshot(declaration, number=1, kind="adopted")
        assert snapshot.languages == ("fr", "en")
        assert snapshot.authentic == ("fr",)
        clause = list(snapshot.clauses)[-1]
        assert (clause.number, clause.text) == (2, factories.TEXTS)
        assert [addressee["fr"] for addressee in clause.addressees] == ["government", "donors"]
        assert [(source.number, source.group["fr"]) for source in clause.sources] == [(1, "Groupe 1")]
        assert snapshot.adoption.presided_by.name == "Awa Traoré"
        assert snapshot.adoption.signatories[0].capacity == {"fr": "Présidente"}
        assert snapshot.sections[-1].theme == "land"

    def test_a_language_that_has_begun_is_there_and_another_is_not(self, forum, by):
        declaration = factories.a_declaration(forum, "adopted")
        declarations.word_clause(factories.last_clause(declaration), by=by, language="ar", text="لا تُغلق بئر.")
        assert "ar" not in editions.take_snapshot(declaration, number=1, kind="adopted").languages
        declarations.retitle(declaration, by=by, title={**declaration.title, "ar": "إعلان"})
        assert editions.take_snapshot(declaration, number=1, kind="adopted").languages == ("fr", "en", "ar")
        only = editions.take_snapshot(declaration, number=1, kind="adopted", languages=["en"])
        assert only.languages == ("fr", "en")
        assert all("ar" not in clause.text for clause in only.clauses)
        with pytest.raises(Refused, match="bm"):
            editions.take_snapshot(declaration, number=1, kind="adopted", languages=["fr", "bm"])

    def test_recommendations_set_aside_are_no_source(self, forum, by):
        declaration = factories.a_declaration(forum, "adopted")
        row = factories.a_recommendation(forum, "set_aside")
        declarations.add_source(factories.last_clause(declaration), row, by=by, kind="qualifies")
        clause = list(editions.take_snapshot(declaration, number=1, kind="adopted").clauses)[-1]
        assert [source.number for source in clause.sources] == [1]

    def test_voices_are_commitments_and_no_word_of_them_is_there(self, forum):
        declaration, excerpt = voiced(forum)
        quote = Quote.objects.get(excerpt=excerpt)
        snapshot = editions.take_snapshot(declaration, number=1, kind="adopted")
        assert snapshot.voices == (voice_commitment(quote.words, bytes(quote.salt)),)

    @pytest.mark.parametrize("state", ["drafting", "under_review", "frozen"])
    def test_only_adopted_words_make_one(self, forum, state):
        with pytest.raises(Refused):
            editions.take_snapshot(factories.a_declaration(forum, state), number=1, kind="adopted")

    def test_queries_do_not_grow_with_the_text(self, forum, by):
        declaration, asked = factories.a_declaration(forum, "adopted"), []
        for _ in range(2):
            with CaptureQueriesContext(connection) as queries:
                editions.take_snapshot(declaration, number=1, kind="adopted")
            asked.append(len(queries))
            declarations.reopen(declaration, by=by, reason="Une suite.")
            for _ in range(3):
                source = factories.a_recommendation(forum, "adopted")
                declarations.add_clause(declaration.sections.last(), by=by, texts=factories.TEXTS, sources=[source])
            declarations.freeze(declaration, by=by)
            factories.an_adoption(declaration)
        assert asked[0] == asked[1]


@pytest.mark.usefixtures("quick")
class WhenMakingAProof:
    def test_one_waits_at_a_time(self, forum, other):
        proof = factories.a_proof(forum)
        with pytest.raises(Refused):
            editions.make_proof(proof.declaration, by=other, kind="adopted")
        editions.turn_down(proof, by=other, reason="Une faute dans le titre.")
        assert editions.make_proof(proof.declaration, by=other, kind="adopted").state == "awaiting"

    def test_words_that_moved_since_the_adoption_make_none(self, forum, by):
        declaration = factories.a_declaration(forum, "adopted")
        ClauseWording.objects.filter(language="fr").update(text="Glissé dessous.")
        with pytest.raises(Refused):
            editions.make_proof(declaration, by=by, kind="adopted")

    def test_a_copy_read_long_ago_makes_none(self, forum, by):
        declaration = factories.a_declaration(forum, "adopted")
        old = type(declaration).objects.get()
        declarations.reopen(declaration, by=by, reason="Une faute.")
        with pytest.raises(Refused):
            editions.make_proof(old, by=by, kind="adopted")

    @pytest.mark.parametrize("kind", ["translation", "erratum", "readopted"])
    def test_the_first_edition_is_the_adopted_text(self, forum, kind):
        with pytest.raises(Refused):
            factories.a_proof(forum, kind=kind)
        assert not Proof.objects.exists()

    def test_the_kind_says_what_the_edition_is(self, forum, by, edition):
        declaration = edition.declaration
        for kind in ("adopted", "readopted", "translation"):
            with pytest.raises(Refused):
                editions.make_proof(declaration, by=by, kind=kind)
        declarations.word_clause(factories.last_clause(declaration), by=by, language="en", text="No well is shut.")
        proof = editions.make_proof(declaration, by=by, kind="translation")
        editions.turn_down(proof, by=by, reason="Pas encore.")
        readopt(declaration)
        for kind in ("adopted", "erratum", "translation"):
            with pytest.raises(Refused):
                editions.make_proof(declaration, by=by, kind=kind)
        assert editions.make_proof(declaration, by=by, kind="readopted")

    def test_an_erratum_corrects_something(self, forum, by, edition):
        declaration = edition.declaration
        with override("en"), pytest.raises(Refused, match="^edition 1: Nothing changed since then"):
            editions.make_proof(declaration, by=by, kind="erratum")
        assert not Proof.objects.filter(state="awaiting").exists()

    @pytest.mark.parametrize("corrected", ["clause", "heading", "signatory", "finding"])
    def test_whatever_is_said_otherwise_makes_an_erratum(self, forum, by, edition, corrected):
        declaration = edition.declaration
        if corrected == "clause":
            declarations.word_clause(factories.last_clause(declaration), by=by, language="en", text="No well is shut.")
        elif corrected == "heading":
            declarations.retitle(declaration, by=by, title={**declaration.title, "en": "Another title"})
        elif corrected == "signatory":
            Signature.objects.update(name="Awa Traore")
        else:
            factories.a_finding(forum, "published", behind=forum.public_minimum)
        proof = editions.make_proof(declaration, by=by, kind="erratum")
        assert proof.kind == "erratum"

    def test_figures_that_move_by_themselves_correct_nothing(self, edition):
        snapshot = editions.snapshot_of(edition)
        moved = replace(snapshot, number=2, kind="erratum", published_on="2031-01-01", figures=ForumFigures(groups=77))
        assert refusals.told(moved) == refusals.told(snapshot)
        assert refusals.told(replace(moved, title={"fr": "Autre"})) != refusals.told(snapshot)


class WhenTheAnnexIsFrozen:
    """M7: print cannot be recalled, so only a published finding that enough testimonies stand behind is in it."""

    def heard_by(self, forum, testimonies, state="published"):
        finding = factories.a_finding(forum, state, behind=max(testimonies, forum.public_minimum))
        # As if some had gone past the verbs, which take a finding that rests on too few off the public page.
        gone = list(finding.evidence.values_list("pk", flat=True))[testimonies:]
        Evidence.objects.filter(pk__in=gone).delete()
        return finding

    def test_a_finding_is_in_it_where_enough_stand_behind_it(self, forum):
        declaration = factories.a_declaration(forum, "adopted")
        told = self.heard_by(forum, forum.public_minimum)
        self.heard_by(forum, forum.public_minimum - 1)
        self.heard_by(forum, forum.public_minimum, state="agreed")
        snapshot = editions.take_snapshot(declaration, number=1, kind="adopted")
        assert [finding.number for finding in snapshot.findings] == [told.number]
        assert snapshot.findings[0].text["fr"] == "On ferme les puits sans le dire."
        assert snapshot.findings[0].figures.testimonies_band == f"≥{forum.public_minimum}"

    def test_one_that_falls_below_after_the_proof_is_left_out_and_nothing_else_moves(self, forum, by, other, quick):
        finding = self.heard_by(forum, forum.public_minimum)
        proof = factories.a_proof(forum)
        assert len(from_bytes(bytes(proof.snapshot)).findings) == 1
        withdrawals.withdraw(finding.evidence.first().testimony, by=other)
        published = from_bytes(bytes(factories.publish(proof, by=other).snapshot))
        assert published.findings == ()


class WhenPublishing:
    def test_every_format_in_every_language_is_there_and_verifies(self, forum):
        edition = factories.an_edition(forum)
        stored = set(edition.files.values_list("language", "extension"))
        alone = {(language, extension) for language in ("fr", "en") for extension in FORMATS}
        assert stored == {*alone, ("fr-en", "pdf")}
        assert editions.verify(edition) == []
        assert edition.declaration.proofs.get().state == "published"
        assert edition.made_by != edition.confirmed_by

    def test_another_person_publishes(self, forum, by, quick):
        proof = factories.a_proof(forum)
        for seat in (by, factories.a_seat(forum, Seat.Role.CHAIR, user=by.user)):
            with pytest.raises(Refused):
                factories.publish(proof, by=seat)
        assert not Edition.objects.exists()

    def test_a_proof_is_published_once(self, forum, other, quick):
        proof = factories.a_proof(forum)
        factories.publish(proof, by=other)
        for stale in (proof, Proof(pk=proof.pk, made_by=proof.made_by, state="awaiting")):
            with pytest.raises(IllegalMove):
                factories.publish(stale, by=other)
        assert Edition.objects.count() == 1

    def test_what_changed_since_the_proof_is_not_published(self, forum, by, other, quick):
        proof = factories.a_proof(forum)
        declarations.word_clause(factories.last_clause(proof.declaration), by=by, language="en", text="Reworded.")
        with pytest.raises(Refused):
            factories.publish(proof, by=other)
        assert Proof.objects.get().state == "awaiting"

    def test_a_text_opened_again_is_not_published(self, forum, by, other, quick):
        proof = factories.a_proof(forum)
        declarations.reopen(proof.declaration, by=by, reason="Une faute.")
        with pytest.raises(Refused):
            factories.publish(proof, by=other)

    def test_a_sentence_taken_back_since_the_proof_is_not_in_the_edition(self, forum, other, quick):
        declaration, excerpt = voiced(forum)
        proof = factories.a_proof(forum, declaration)
        assert from_bytes(bytes(proof.snapshot)).voices
        excerpts.withdraw(excerpt, by=other)
        assert editions.snapshot_of(factories.publish(proof, by=other)).voices == ()

    def test_cleared_sentences_behind_the_text_are_published_with_it(self, forum, quick):
        declaration, excerpt = voiced(forum)
        elsewhere = factories.an_excerpt(forum)
        factories.an_edition(forum, factories.a_proof(forum, declaration))
        states = dict(Excerpt.objects.values_list("pk", "state"))
        assert states == {excerpt.pk: "published", elsewhere.pk: "cleared"}

    def test_a_sentence_taken_back_leaves_an_edition_that_still_verifies(self, forum, quick):
        declaration, excerpt = voiced(forum)
        edition = factories.an_edition(forum, factories.a_proof(forum, declaration))
        words = Quote.objects.get(excerpt=excerpt).words
        assert editions.withdrawn_voices(edition) == 0
        withdrawals.withdraw(excerpt.testimony, by=factories.a_seat(forum, Seat.Role.PUBLIC))
        assert not Quote.objects.exists()
        edition = Edition.objects.get()
        assert editions.verify(edition) == []
        assert editions.withdrawn_voices(edition) == 1
        assert words.encode() not in bytes(edition.snapshot)

    @pytest.mark.parametrize("last", ["record", "excerpts.publish"])
    def test_cut_off_midway_it_leaves_nothing(self, forum, other, quick, monkeypatch, last):
        declaration, _excerpt = voiced(forum)
        proof, lines = factories.a_proof(forum, declaration), HistoryEntry.objects.count()

        def cut_off(*args, **kwargs):
            raise KeyboardInterrupt

        monkeypatch.setattr(f"declarations.workflow.editions.{last}", cut_off)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            factories.publish(proof, by=other)
        assert not Edition.objects.exists()
        assert not EditionFile.objects.exists()
        assert Proof.objects.get().state == "awaiting"
        assert Excerpt.objects.get().state == "cleared"
        assert HistoryEntry.objects.count() == lines

    def test_nothing_is_rendered_inside_its_transaction(self, forum, other, monkeypatch):
        depth = len(connection.savepoint_ids)
        kind, seen = FORMATS["txt"], []

        def render(snapshot, language):
            seen.append(len(connection.savepoint_ids) - depth)
            return kind.render(snapshot, language)

        monkeypatch.setattr(editions, "FORMATS", {"txt": kind._replace(render=render)})
        factories.publish(factories.a_proof(forum), by=other)
        assert seen == [0, 0]

    def test_editions_are_numbered_and_chained(self, forum, by, other, edition, quick):
        declaration = edition.declaration
        declarations.word_clause(factories.last_clause(declaration), by=by, language="en", text="No well is shut.")
        second = factories.publish(editions.make_proof(declaration, by=by, kind="translation"), by=other)
        assert (second.number, second.previous_digest) == (2, edition.digest)
        assert editions.verify(second) == editions.verify(edition) == []
        change = editions.snapshot_of(second).changes[0]
        assert (change.kind, change.before, change.after) == (
            "translated",
            {"en": factories.TEXTS["en"]},
            {"en": "No well is shut."},
        )
        assert editions.snapshot_of(second).text_unchanged_since_adoption

    def test_adopted_again_says_what_was_reworded_and_the_first_stays(self, forum, by, other, edition, quick):
        declaration = edition.declaration
        readopt(declaration)
        second = factories.publish(editions.make_proof(declaration, by=by, kind="readopted"), by=other)
        assert [change.kind for change in editions.snapshot_of(second).changes] == ["reworded"]
        assert editions.verify(edition) == editions.verify(second) == []
        assert edition.adoption != second.adoption

    def test_what_became_of_each_clause_since(self, by, edition):
        declaration = edition.declaration
        declarations.reopen(declaration, by=by, reason="Une suite.")
        recital, first, _last = Clause.objects.standing()
        declarations.remove_clause(recital, by=by)
        added = declarations.add_clause(declaration.sections.last(), by=by, texts={"fr": "Et un comité."})
        declarations.word_clause(first, by=by, language="ar", text="تُقرأ الحسابات.")
        declarations.retitle(declaration, by=by, title={**declaration.title, "ar": "إعلان"})
        now = snapshots.text_as_it_stands(declaration)
        assert {change.identifier: change.kind for change in editions.changes_since(edition, now)} == {
            first.identifier: "translated",
            added.identifier: "added",
            recital.identifier: "removed",
        }

    def test_what_became_of_each_clause_since_the_adoption(self, forum, by, other, quick):
        declaration = factories.a_declaration(forum, "adopted")
        adoption, last = declarations.adoption_of(declaration), factories.last_clause(declaration)

        def since(text, language="en"):
            declarations.word_clause(last, by=by, language=language, text=text)
            first = declaration.editions.first()
            return editions.changes_since_adoption(adoption, first, snapshots.text_as_it_stands(declaration))

        # Before anything is published of it, a translation is no change: none was adopted.
        first = factories.TEXTS["en"]
        assert since("No well is filled in.") == since(first) == ()
        factories.an_edition(forum, factories.a_proof(forum, declaration))
        assert since(first) == ()
        [change] = since("No well is shut.")
        assert (change.kind, change.before, change.after) == ("translated", {"en": first}, {"en": "No well is shut."})
        edition = factories.publish(editions.make_proof(declaration, by=by, kind="erratum"), by=other)
        [change] = since("No well is closed.")
        assert (change.before, change.after) == ({"en": first}, {"en": "No well is closed."})
        now = snapshots.text_as_it_stands(declaration)
        assert [change.before for change in editions.changes_since(edition, now)] == [{"en": "No well is shut."}]
        declarations.reopen(declaration, by=by, reason="Une faute.")
        [change] = since("Aucun puits.", "fr")
        assert (change.kind, change.before["fr"]) == ("reworded", factories.TEXTS["fr"])


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ("1a 1b 1c", "1a 1b 1c", set()),
        ("1a 1b 1c 1d", "1d 1a 1b 1c", {"d"}),
        ("1a 1b 2c", "1a 2b 2c", {"b"}),
        ("1a 1b 1c", "1x 1a 1c", set()),
    ],
)
def test_a_clause_moved_where_its_order_or_its_section_changed(before, after, moved):
    old, new = ([(place[0], place[1]) for place in text.split()] for text in (before, after))
    assert snapshots.moved_between(old, new) == moved


def replaced(table):
    columns = ", ".join(field.column for field in (Edition if table.endswith("edition") else EditionFile)._meta.fields)
    if connection.vendor == "sqlite":
        return f"REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}"
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} ON CONFLICT (id) DO UPDATE SET id = 0"


def truncated(table):
    # SQLite has no TRUNCATE; a DELETE of every row is its own fast path there.
    return f"DELETE FROM {table}" if connection.vendor == "sqlite" else f"TRUNCATE {table} CASCADE"


class WhenSomebodyWouldChangeAnEdition:
    @pytest.mark.parametrize(
        "act",
        [
            lambda row: row.save(),
            lambda row: row.delete(),
            lambda row: type(row).objects.update(id=9),
            lambda row: type(row).objects.all().delete(),
            lambda row: type(row).objects.bulk_update([row], ["id"]),
        ],
        ids=["save", "delete", "update", "delete all", "bulk update"],
    )
    @pytest.mark.parametrize("model", [Edition, EditionFile])
    def test_the_models_refuse(self, edition, model, act):
        with pytest.raises(Immutable):
            act(model.objects.first())

    @pytest.mark.parametrize(
        "act",
        [
            lambda model: model._base_manager.update(id=9),
            lambda model: model._base_manager.all()._raw_delete("default"),
            lambda model: model._base_manager.bulk_create([model.objects.first()]),
        ],
        ids=["base manager update", "raw delete", "insert again"],
    )
    @pytest.mark.parametrize("model", [Edition, EditionFile])
    def test_the_database_refuses_below_the_models(self, edition, model, act):
        with pytest.raises(DatabaseError), transaction.atomic():
            act(model)
        assert editions.verify(Edition.objects.get()) == []

    @pytest.mark.parametrize("table", ["declarations_edition", "declarations_editionfile"])
    def test_the_database_refuses_statements_by_hand(self, edition, table):
        statements = (
            f"UPDATE {table} SET id = id",
            f"DELETE FROM {table}",
            replaced(table),
            truncated(table),
        )
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else TRUNCATE stops at what waits to be checked
            for statement in statements:
                with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
                    cursor.execute(statement)
        assert editions.verify(Edition.objects.get()) == []

    def test_guards_lost_with_a_rebuilt_table_are_missed_and_put_back(self, edition):
        """A SQLite table that is altered is copied, dropped and renamed, and its triggers go with it."""
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'declarations_editionfile'")
                made = cursor.fetchone()[0].replace('"declarations_editionfile"', '"rebuilt"', 1)
                cursor.execute(made)
                cursor.execute("INSERT INTO rebuilt SELECT * FROM declarations_editionfile")
                cursor.execute("DROP TABLE declarations_editionfile")
                cursor.execute("ALTER TABLE rebuilt RENAME TO declarations_editionfile")
            else:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("ALTER TABLE declarations_editionfile DISABLE TRIGGER USER")
        assert {name.partition("_no_")[0] for name in guards.missing_guards(connection)} == {"declarations_editionfile"}
        guards.install_guards()
        assert guards.missing_guards(connection) == set()
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            EditionFile._base_manager.update(size=1)

    @pytest.mark.parametrize(
        ("model", "fields"),
        [
            (Edition, {"snapshot": b"{}"}),
            (Edition, {"digest": "0" * 64}),
            (Edition, {"voices_digest": "0" * 64}),
            (Edition, {"control_code": "0000"}),
            (Edition, {"previous_digest": "0" * 64}),
            (EditionFile, {"content": b"other"}),
            (EditionFile, {"sha256": "0" * 64}),
        ],
    )
    def test_where_the_guards_were_lifted_verification_sees_it(self, edition, model, fields):
        with guards.guards_lifted():
            model._base_manager.update(**fields)
        assert editions.verify(Edition.objects.get())
