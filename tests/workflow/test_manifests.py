"""An edition is signed by whoever publishes it, and one changed byte of it is named."""

from __future__ import annotations

import hashlib
import json
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models
from django.utils.translation import override

from declarations import sealing
from declarations.management.doctor import editions as doctor
from declarations.models import Edition, EditionFile, ForumKey, Seat, guards
from declarations.publishing import FORMATS, file_name
from declarations.publishing.manifest import UnfitManifest, facts_of, from_bytes, manifest_of
from declarations.workflow import declarations, editions, keys, manifests, people
from declarations.workflow.moves import Refused
from tests import factories as make
from tests.publishing.factory import first_edition

pytestmark = pytest.mark.django_db
SIGNING = ForumKey.Purpose.SIGNING


@pytest.fixture
def forum():
    return make.a_forum()


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Three short files a language: what is tried is the signing, not the drawing."""
    monkeypatch.setattr(editions, "FORMATS", {kind: FORMATS[kind] for kind in ("txt", "csv", "json")})
    with override("en"):
        yield


@pytest.fixture
def edition(forum):
    return make.an_edition(forum)


def another(edition: Edition, text: str = "No well is shut.") -> Edition:
    """A further edition, whose English is another."""
    declaration, by = edition.declaration, make.organiser_of(edition.declaration.forum)
    declarations.word_clause(make.last_clause(declaration), by=by, language="en", text=text)
    return make.an_edition(declaration.forum, make.a_proof(declaration.forum, declaration, "erratum"))


def changed(row: models.Model, **fields: Any) -> None:
    """Change a stored row below every guard, as somebody does who has the database."""
    with guards.guards_lifted():
        type(row)._base_manager.filter(pk=row.pk).update(**fields)


def faults(edition: Edition) -> list[str]:
    return editions.verify(Edition.objects.get(pk=edition.pk))


# Signing


def test_the_manifest_says_what_the_edition_is_and_is_signed(edition) -> None:
    said = json.loads(bytes(edition.manifest))
    key = ForumKey.objects.get(purpose=SIGNING)
    assert (said["forum"], said["mode"], said["number"], said["kind"]) == ("peace", "demonstration", 1, "adopted")
    assert said["snapshot"] == edition.digest and said["control_code"] == edition.control_code
    assert said["published_on"] == editions.snapshot_of(edition).published_on
    assert said["previous"] is None and said["key"] == bytes(key.public).hex()
    assert {each["name"]: (each["size"], each["sha256"]) for each in said["files"]} == {
        file_name(file.language, file.extension): (
            len(bytes(file.content)),
            hashlib.sha256(bytes(file.content)).hexdigest(),
        )
        for file in edition.files.all()
    }
    assert [each["name"] for each in said["files"]] == sorted(each["name"] for each in said["files"])
    assert edition.signed_with == key
    assert sealing.is_signed(key.public, bytes(edition.manifest), edition.signature)


def test_each_edition_names_the_manifest_of_the_one_before(edition) -> None:
    second = another(edition)
    assert from_bytes(bytes(second.manifest)).previous == hashlib.sha256(bytes(edition.manifest)).hexdigest()
    assert faults(edition) == faults(second) == []


def test_nobody_publishes_without_the_key(forum) -> None:
    proof, by = make.a_proof(forum), make.a_seat(forum)
    person = people.make_person_key(by.user, make.PASSPHRASE)
    private = people.unlock(by.user, make.PASSPHRASE)
    with pytest.raises(Refused, match="not made yet"):
        editions.publish(proof, by=by, private=private)
    make.signing_private(make.organiser_of(forum))
    with pytest.raises(Refused, match="do not hold"):
        editions.publish(proof, by=by, private=private)
    assert not person.holdings.exists() and not Edition.objects.exists()
    assert editions.publish(proof, by=by, private=make.signing_private(by)).signed_with


def test_the_key_of_another_forum_signs_nothing_here(forum) -> None:
    by = make.a_seat(forum)
    make.signing_private(make.a_seat(make.a_forum("other"), user=by.user))
    with pytest.raises(Refused, match="not made yet"):
        editions.publish(make.a_proof(forum), by=by, private=people.unlock(by.user, make.PASSPHRASE))


def test_somebody_elses_key_in_the_place_of_ours_signs_nothing(forum) -> None:
    by = make.a_seat(forum)
    private = make.signing_private(by)
    ForumKey.objects.filter(purpose=SIGNING).update(public=sealing.new_signing_pair().public)
    with pytest.raises(Refused, match="is not that key"):
        editions.publish(make.a_proof(forum), by=by, private=private)


def test_the_private_half_is_at_rest_nowhere(forum, edition) -> None:
    """M1: what signs is stored only sealed to persons and wrapped with the recovery code."""
    by = make.a_seat(forum)
    private = make.signing_private(by)
    seed = manifests.open_signing_key(forum, by=by, private=private).private
    assert repr(seed) not in repr(manifests.open_signing_key(forum, by=by, private=private))
    planted, looked_at = 0, 0
    for model in apps.get_models():
        for row in model._base_manager.values_list():
            looked_at += 1
            for value in row:
                kept = bytes(value) if isinstance(value, bytes | memoryview) else repr(value).encode()
                assert seed not in kept and seed.hex().encode() not in kept, model
                planted += bytes(edition.signature) in kept
    assert looked_at > 100 and planted == 1, "what is stored as bytes is found"


def test_an_edition_still_verifies_when_its_key_was_rotated_and_retired(forum, edition) -> None:
    first = ForumKey.objects.get(purpose=SIGNING)
    make.signing_private(make.a_seat(forum))
    keys.rotate(forum, SIGNING, by=make.organiser_of(forum))
    second = another(edition)
    assert second.signed_with != first and second.signed_with.version == 2
    keys.retire(first, by=make.organiser_of(forum))
    assert faults(edition) == faults(second) == []
    assert list(manifests.verify_all(edition.declaration)) == []
    assert manifests.standing(edition).is_proved and manifests.standing(second).is_proved


def test_a_recovery_code_gives_the_signing_key_again(forum) -> None:
    person = people.make_person_key(make.a_user(), make.PASSPHRASE)
    by = make.organiser_of(forum)
    code = people.make_forum_keys(forum, by=by, holders={SIGNING: [person]})[SIGNING]
    key = keys.current(forum, SIGNING)
    assert people.test_recovery(key, code, by=by)
    other = people.make_person_key(by.user, make.PASSPHRASE)
    keys.recover(key, by=by, code=code, person=other)
    proof = make.a_proof(forum)
    by = make.a_seat(forum)
    keys.recover(key, by=by, code=code, person=people.make_person_key(by.user, make.PASSPHRASE))
    assert faults(editions.publish(proof, by=by, private=people.unlock(by.user, make.PASSPHRASE))) == []


# Proving


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("extension", ["txt", "csv", "json"])
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_one_changed_byte_is_named(edition, language: str, extension: str, place: str) -> None:
    file = edition.files.get(language=language, extension=extension)
    content = bytearray(file.content)
    content[{"first": 0, "middle": len(content) // 2, "last": -1}[place]] ^= 1
    named = f"The file declaration.{language}.{extension} is not what was published."
    changed(file, content=bytes(content))
    assert faults(edition) == [named]
    # Neither does it help to change its digest with it: the manifest is signed.
    facts = facts_of("", bytes(content))
    changed(file, sha256=facts.sha256, size=facts.size)
    assert faults(edition) == [named]


def test_a_digest_that_contradicts_its_file_is_named(edition) -> None:
    changed(edition.files.get(language="fr", extension="txt"), sha256="0" * 64)
    assert faults(edition) == ["The file declaration.fr.txt is not what was published."]


def test_a_file_that_is_missing_or_was_added_is_named(edition) -> None:
    file = edition.files.get(language="fr", extension="csv")
    changed(file, extension="odt")
    assert faults(edition) == [
        "The file declaration.fr.csv is missing.",
        "The file declaration.fr.odt was not published with it.",
    ]


def rewritten(edition: Edition, **fields: Any) -> bytes:
    """The manifest with other words in its one form."""
    said = {**json.loads(bytes(edition.manifest)), **fields}
    return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def test_a_manifest_that_was_rewritten_is_not_what_was_signed(edition) -> None:
    changed(edition, manifest=rewritten(edition, published_on="2020-01-01"))
    assert faults(edition) == [
        "manifest.json is not what was signed.",
        "manifest.json does not say what is stored of the edition.",
    ]
    assert not manifests.standing(edition).is_signed


@pytest.mark.parametrize("manifest", [b"{}", b"[]", b"\xff", b'{"format":"declaration-manifest"}'])
def test_a_manifest_that_is_none_cannot_be_read(edition, manifest: bytes) -> None:
    changed(edition, manifest=manifest)
    assert faults(edition) == ["manifest.json cannot be read."]
    assert not manifests.standing(edition).is_proved


def test_the_same_words_in_another_form_are_no_manifest(edition) -> None:
    with pytest.raises(UnfitManifest):
        from_bytes(bytes(edition.manifest) + b"\n")
    with pytest.raises(UnfitManifest):
        from_bytes(rewritten(edition, version=2))


def test_a_signature_by_anybody_else_is_none(edition) -> None:
    pair = sealing.new_signing_pair()
    manifest = rewritten(edition, key=pair.public.hex())
    changed(edition, manifest=manifest, signature=sealing.sign(pair.private, manifest))
    assert "manifest.json is not what was signed." in faults(edition)


def test_an_edition_without_a_signature_is_said(edition) -> None:
    changed(edition, manifest=b"", signature=b"", signed_with=None)
    assert faults(edition) == ["The edition is not signed."]
    assert not manifests.standing(edition).is_signed


def test_a_key_that_seals_signs_nothing(edition, forum) -> None:
    make.reading_private(forum)
    changed(edition, signed_with=ForumKey.objects.get(purpose="reading"))
    assert "manifest.json is not what was signed." in faults(edition)


def test_an_edition_cut_out_of_the_chain_is_missed(forum, edition) -> None:
    second = another(edition)
    third = another(second, "No well is ever shut.")
    with guards.guards_lifted():
        EditionFile._base_manager.filter(edition=second)._raw_delete("default")
        Edition._base_manager.filter(pk=second.pk)._raw_delete("default")
    assert faults(edition) == []
    assert "The edition before it is missing." in faults(third)
    assert not manifests.standing(edition).is_chained
    assert [number for number, _fault in manifests.verify_all(edition.declaration)][-1] == 0


def test_the_last_edition_taken_away_is_missed(edition) -> None:
    second = another(edition)
    with guards.guards_lifted():
        EditionFile._base_manager.filter(edition=second)._raw_delete("default")
        Edition._base_manager.filter(pk=second.pk)._raw_delete("default")
    assert list(manifests.verify_all(edition.declaration)) == [(0, "2 editions were published, and 1 are there.")]


def test_an_edition_signed_again_by_its_own_key_breaks_the_chain_after_it(forum, edition) -> None:
    """Whoever has the key and the database still cannot change the first edition under the second."""
    second, by = another(edition), make.a_seat(forum)
    signer = manifests.open_signing_key(forum, by=by, private=make.signing_private(by))
    snapshot = editions.snapshot_of(edition)
    files = {file_name(row.language, row.extension): bytes(row.content) for row in edition.files.all()}
    file = edition.files.get(language="fr", extension="txt")
    files["declaration.fr.txt"] = b"Other words."
    signed = manifests.sign(snapshot, files, before=None, signer=signer)
    facts = facts_of("", b"Other words.")
    changed(file, content=b"Other words.", sha256=facts.sha256, size=facts.size)
    changed(edition, manifest=signed.manifest, signature=signed.signature)
    assert faults(edition) == []
    assert faults(second) == ["The edition does not follow the one before it."]
    assert not manifests.standing(edition).is_chained


def test_the_chain_is_asked_in_as_many_questions_for_three_as_for_one(edition, django_assert_num_queries) -> None:
    for editions_more in range(2):
        with django_assert_num_queries(1):
            assert manifests.standing(edition).is_proved
        another(edition, f"No well is shut, {editions_more}.")


def test_a_rehearsal_never_passes_for_the_real_one() -> None:
    snapshot = first_edition()
    said = manifest_of(snapshot, {}, previous=None, key=b"k" * 32)
    assert said.mode == snapshot.forum.mode and from_bytes(said.to_bytes()) == said


# The command, and the doctor


def run(*args: str) -> tuple[str, int]:
    out = StringIO()
    try:
        call_command("verify_editions", *args, stdout=out, no_color=True)
    except SystemExit as stop:
        return out.getvalue(), int(str(stop.code))
    return out.getvalue(), 0


def test_the_command_says_what_holds_and_stops_with_1_where_something_does_not(edition) -> None:
    make.an_edition(make.a_forum("water"))
    assert run() == ("peace: editions 1, faults 0\nwater: editions 1, faults 0\n", 0)
    assert [str(one.level) for one in doctor.published()] == ["fine", "fine"]
    changed(edition.files.get(language="en", extension="csv"), content=b"other")
    said, code = run()
    assert code == 1 and "edition 1: The file declaration.en.csv is not what was published." in said
    assert run("water")[1] == 0
    assert {str(one.level) for one in doctor.published()} == {"error", "fine"}
    with pytest.raises(CommandError):
        run("nowhere")


def test_whoever_made_the_proof_does_not_sign_it(forum) -> None:
    proof = make.a_proof(forum)
    for seat in (proof.made_by, make.a_seat(forum, Seat.Role.CHAIR, user=proof.made_by.user)):
        with pytest.raises(Refused, match="Another person"):
            editions.publish(proof, by=seat, private=make.signing_private(proof.made_by))
