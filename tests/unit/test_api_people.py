"""People: the ledger knows them by a random id, and their names only while they may be kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from ftgov import api
from ftgov.api.nouns import record_dataset
from ftgov.api.people import ACTOR, acting, known_as, people, record_person, shown
from ftgov.errors import FtgovError, UsageError
from ftgov.records.assignment import Assignment, Scope
from ftgov.records.digest import digest_bytes
from ftgov.records.evidence import Evidence
from ftgov.records.identity import Identity
from ftgov.records.party import Party
from ftgov.store.workspace import Workspace
from tests_support import NOW

ALICE = "Alice Äußerlich <alice@example.org>"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with api.init(tmp_path / "w", now=NOW) as made:
        yield made


def everything(workspace: Workspace) -> bytes:
    return b"".join(p.read_bytes() for p in workspace.root.rglob("*") if p.is_file())


def test_a_person_who_acts_becomes_a_random_id(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text('{"a": 1}\n')
    record_dataset(workspace, "d", [file], role="train", actor=ALICE)
    party, dataset = workspace.ledger.history()
    assert party.actor == dataset.actor == party.name
    assert party.name.startswith("party-")
    assert "alice" not in everything(workspace).decode("latin-1").lower()
    (person,) = people(workspace)
    assert person.party == workspace.ledger.get(Party, party.name)
    assert person.identity.known_as == (ALICE,)
    assert shown(workspace)(party.name) == ALICE


def test_the_same_person_is_found_again_and_another_is_not(workspace: Workspace) -> None:
    alice = acting(workspace, ALICE, recorded_at=NOW)
    assert acting(workspace, f"  {ALICE} ", recorded_at=NOW) == alice
    assert acting(workspace, alice, recorded_at=NOW) == alice
    bob = acting(workspace, "bob@example.org", recorded_at=NOW)
    assert bob != alice
    assert len(workspace.ledger.every(Party)) == 2
    with api.open_workspace(workspace.root) as other:
        assert acting(other, ALICE, recorded_at=NOW) == alice
    assert [person.party.name for person in known_as(workspace, "bob@example.org")] == [bob]


def test_nobody_named_and_parties_in_clear_stay_as_they_are(workspace: Workspace) -> None:
    assert acting(workspace, ACTOR, recorded_at=NOW) == "unnamed"
    service = Party(name="ci", kind="account")
    workspace.ledger.append(service, actor=ACTOR, recorded_at=NOW)
    assert acting(workspace, "ci", recorded_at=NOW) == "ci"
    assert shown(workspace)("ci") == "ci"
    assert workspace.ledger.every(Party) == [service]


@pytest.mark.parametrize("actor", ["", "  ", "two\nlines"])
def test_who_cannot_be_named_is_refused_and_leaves_nothing(
    workspace: Workspace, tmp_path: Path, actor: str
) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text("{}\n")
    with pytest.raises(FtgovError, match="actor"):
        record_dataset(workspace, "d", [file], role="train", actor=actor)
    assert workspace.ledger.history() == []


def test_the_id_of_nobody_is_refused(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="no party"):
        acting(workspace, "party-" + "0" * 16, recorded_at=NOW)
    assert shown(workspace)("party-" + "0" * 16) == "party-" + "0" * 16


def test_a_person_is_corrected_under_the_same_id(workspace: Workspace) -> None:
    first = record_person(workspace, ALICE, recorded_at=NOW, role="approver")
    again = record_person(workspace, ALICE, recorded_at=NOW, legal_name="Dr. Alice Ä.")
    assert again == first
    assert len(workspace.ledger.history("party", first)) == 2
    (person,) = people(workspace)
    assert (person.party.role, person.identity.legal_name) == ("approver", "Dr. Alice Ä.")
    assert shown(workspace)(first) == "Dr. Alice Ä."
    record_person(workspace, ALICE, recorded_at=NOW, contact="room 4")
    record_person(workspace, ALICE, recorded_at=NOW, contact="room 4", role="approver")
    assert len(workspace.ledger.history("party", first)) == 3
    assert b"Dr. Alice" not in everything(workspace)


def test_two_documents_about_one_person_have_unrelated_digests(tmp_path: Path) -> None:
    """The salt: whoever guesses the name can't confirm it by the digest in the ledger."""
    digests = set()
    for name in ("a", "b"):
        with api.init(tmp_path / name, now=NOW) as workspace:
            acting(workspace, ALICE, recorded_at=NOW)
            (person,) = people(workspace)
            assert person.party.identity is not None
            assert len(bytes.fromhex(person.identity.salt)) == 16
            digests.add((person.party.identity.digest, person.party.name, person.identity.salt))
    assert len({digest for digest, _, _ in digests}) == 2
    assert len({party for _, party, _ in digests}) == 2
    assert len({salt for _, _, salt in digests}) == 2


def test_an_identity_whose_key_is_lost_is_shown_as_such(workspace: Workspace) -> None:
    alice = acting(workspace, ALICE, recorded_at=NOW)
    (key,) = (workspace.root / ".ftgov" / "vault").iterdir()
    key.unlink()
    assert list(people(workspace)) == []
    assert shown(workspace)(alice) == f"{alice} (key lost)"


def test_a_person_has_no_name_in_clear() -> None:
    document = Evidence(
        digest=digest_bytes(b"x"), bytes=1, name="identity.json", sealed=digest_bytes(b"y")
    )
    Party(name="party-1", kind="person", identity=document)
    for wrong in (
        {"legal_name": "Alice"},
        {"contact": "alice@example.org"},
        {"identity": None},
        {"identity": document.model_copy(update={"sealed": None})},
    ):
        fields = {"name": "party-1", "kind": "person", "identity": document, **wrong}
        with pytest.raises(ValidationError, match="identity document"):
            Party.model_validate(fields)
    old = Party.model_validate_json('{"type":"party","name":"ada","role":"signer","contact":"x"}')
    assert old.kind == "unknown"
    with pytest.raises(ValidationError, match="salt"):
        Identity(party="party-1", salt="none", known_as=("x",))


def test_an_assignment_says_who_answers_for_what_and_when() -> None:
    whole = Scope(type="workspace")
    held = Assignment(
        name="a1", party="party-1", role="human-oversight", scope=whole, valid_from=NOW
    )
    assert held.valid_to is None
    with pytest.raises(ValidationError, match="not after"):
        Assignment.model_validate(held.model_dump() | {"valid_to": NOW})
    for scope in ({"type": "system"}, {"type": "workspace", "name": "loans"}):
        with pytest.raises(ValidationError, match="a scope names"):
            Scope.model_validate(scope)


def test_a_recording_that_fails_leaves_no_name_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Workspace.create(tmp_path / "w", name="w", recorded_at=NOW) as workspace:

        def refused(*_: object, **__: object) -> None:
            raise FtgovError("the database is locked")

        with monkeypatch.context() as patched:
            patched.setattr(type(workspace.ledger), "append", refused)
            with pytest.raises(FtgovError, match="locked"):
                record_person(workspace, "bob@example.org", recorded_at=NOW, legal_name="Bob Roe")
        assert not workspace.evidence.sealed.vault.in_use()
        made = record_person(workspace, "bob@example.org", recorded_at=NOW, legal_name="Bob Roe")
        assert [one.party.name for one in known_as(workspace, "Bob Roe")] == [made]
