"""Four eyes in a workspace: two people sign an answer, the duty stands, and a bundle shows it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ftgov import api
from ftgov.api.answers import answer, questions_of
from ftgov.api.checklists import checklists_of
from ftgov.api.four_eyes import sign_answers
from ftgov.api.keys import load_key, new_key
from ftgov.errors import InvalidBundle, NotAssessable, UsageError
from ftgov.law.questionnaire import Given
from ftgov.recompute.figures import NOTHING, Comparison
from ftgov.recompute.standing import compare_standing
from ftgov.records.dossier import Dossier
from ftgov.records.four_eyes import AnswerSignature
from ftgov.signing.bundle import BundleEvidence, open_bundle
from ftgov.signing.keys import SigningKey
from ftgov.signing.trust import TrustedKey, build_trust_pack, read_trust_pack
from ftgov.store.evidence import EvidenceStore
from tests_support import run_ftgov
from timestamp_authority import LocalAuthority

SYSTEM = "loan-desk.honest"
FROM = "2026-01-01T00:00:00Z"

Listed = tuple[SigningKey, str]


def write_pack(
    place: Path,
    keys: Sequence[Listed],
    authority: LocalAuthority | None = None,
    /,
    **changes: dict[str, str],
) -> None:
    """Write a trust pack of these keys and holders; with an authority it requires time stamps."""
    every = [
        TrustedKey.of(key.public, holder=holder, role="answers", not_before=FROM, valid_days=900)
        for key, holder in keys
    ]
    told = [key.model_copy(update=changes.get(key.holder.split()[0].lower(), {})) for key in every]
    place.parent.mkdir(parents=True, exist_ok=True)
    stamps: dict[str, Any] = (
        {"authorities": [authority.listed], "timestamp_required": True} if authority else {}
    )
    place.write_bytes(build_trust_pack(told, root=keys[0][0], issued_at=FROM, **stamps))


class Desk:
    """A workspace with an answered question that asks for four eyes, and two people with keys."""

    def __init__(self, place: Path, file: Path) -> None:
        self.place = place
        with api.open_workspace(place) as opened:
            self.jane, self.bob = new_key(opened, "jane"), new_key(opened, "bob")
            self.release = load_key(opened, "release")
            answer(opened, SYSTEM, [Given("proh-1", True, "looked at", (str(file),))], author="J")
        self.keys: list[Listed] = [
            (self.release, "Demonstration key"),
            (self.jane, "Jane Doe"),
            (self.bob, "Bob Roe"),
        ]
        write_pack(place / "trust" / "trust-pack.json", self.keys)

    def sign(self, hand: str, key: str, question: str = "proh-1", *more: str) -> tuple[int, str]:
        done = run_ftgov(
            "answer", SYSTEM, "--sign", question, "--as", hand, "--key", key, *more,
            "--workspace", self.place,
        )  # fmt: skip
        return done.status, done.out + done.err

    def duty(self) -> tuple[str, str]:
        with api.open_workspace(self.place) as opened:
            found = checklists_of(opened, SYSTEM, as_of="2026-11-21", only=["prohibited"])
        (line,) = (line for line in found.lists[0].lines if line.id == "PROH-1")
        notes = {item.by: item.note for item in line.state.shown_by}
        return line.state.state, notes["sign-off:proh-1"]


@pytest.fixture
def desk(demo_copy: Path, tmp_path: Path) -> Desk:
    file = tmp_path / "reasons.txt"
    file.write_text("each point with its reasons\n")
    return Desk(demo_copy, file)


def test_two_people_sign_and_the_duty_stands(desk: Desk) -> None:
    assert desk.duty()[0] == "missing"
    with api.open_workspace(desk.place) as opened:
        asked = {each.id: each.state for each in questions_of(opened, SYSTEM, as_of="2026-11-21")}
    assert asked["proh-1"] == "unsigned"
    assert desk.sign("author", "jane") == (0, "signed proh-1 as author: Jane Doe\n")
    assert desk.duty()[0] == "missing"
    status, said = desk.sign("approver", "jane")
    assert (status, "as author already" in said) == (2, True)
    assert desk.sign("approver", "bob", "all") == (0, "signed proh-1 as approver: Bob Roe\n")
    assert desk.duty()[0] == "present"
    assert desk.sign("approver", "bob", "all") == (0, "No answer waits for this signature.\n")
    with api.open_workspace(desk.place) as opened:
        bodies = [entry.body for entry in opened.ledger.history()]
    assert not any("Jane Doe" in body or "Bob Roe" in body for body in bodies)


def test_a_pinned_root_refuses_another_pack(desk: Desk) -> None:
    assert desk.sign("author", "jane")[0] == 0
    settings = desk.place / "ftgov.toml"
    settings.write_text(settings.read_text() + f'\n[trust]\nroot = "{desk.bob.spki}"\n')
    status, said = desk.sign("approver", "bob")
    assert (status, "not the pinned" in said) == (12, True)
    with pytest.raises(NotAssessable, match="not the pinned"):
        desk.duty()


def test_what_is_refused_writes_nothing(desk: Desk) -> None:
    with api.open_workspace(desk.place) as opened:
        stranger = SigningKey.generate()
        with pytest.raises(InvalidBundle, match="not in the trust pack"):
            sign_answers(opened, SYSTEM, ["proh-1"], "author", stranger)
        with pytest.raises(UsageError, match="'rms-2' is not answered"):
            sign_answers(opened, SYSTEM, ["proh-1", "rms-2"], "author", desk.jane)
        (desk.place / "trust" / "trust-pack.json").unlink()
        with pytest.raises(NotAssessable, match="no trust pack"):
            sign_answers(opened, SYSTEM, ["proh-1"], "author", desk.jane)
        assert list(opened.ledger.every(AnswerSignature)) == []
    assert desk.sign("author", "nobody")[0] == 12
    half = run_ftgov("answer", SYSTEM, "--sign", "proh-1", "--workspace", desk.place)
    assert (half.status, "in which hand" in half.err) == (2, True)


def test_a_revoked_key_a_lost_pack_and_a_new_answer_undo_it(desk: Desk, tmp_path: Path) -> None:
    desk.sign("author", "jane")
    desk.sign("approver", "bob")
    pack = desk.place / "trust" / "trust-pack.json"
    whole = pack.read_bytes()
    write_pack(pack, desk.keys, jane={"revoked_at": FROM, "reason": "keyCompromise"})
    state, note = desk.duty()
    assert (state, "was revoked" in note) == ("missing", True)
    write_pack(pack, desk.keys[:2])
    assert "not in the trust pack" in desk.duty()[1]
    pack.unlink()
    assert "no trust pack" in desk.duty()[1]
    pack.write_bytes(whole)
    assert desk.duty()[0] == "present"
    again = tmp_path / "again.txt"
    again.write_text("looked at once more\n")
    with api.open_workspace(desk.place) as opened:
        answer(opened, SYSTEM, [Given("proh-1", True, "again", (str(again),))], author="J")
    assert desk.duty()[0] == "missing"


def test_a_pack_that_requires_time_stamps_gets_them(desk: Desk, tmp_path: Path) -> None:
    authority = LocalAuthority(tmp_path / "authority")
    write_pack(desk.place / "trust" / "trust-pack.json", desk.keys, authority)
    status, said = desk.sign("author", "jane")
    assert (status, "requires a time stamp" in said) == (20, True)
    with authority.served() as url:
        assert desk.sign("author", "jane", "proh-1", "--tsa", url)[0] == 0
    assert "author" in desk.duty()[1]
    with api.open_workspace(desk.place) as opened:
        (signature,) = opened.ledger.every(AnswerSignature)
        envelope = opened.evidence.path(signature.envelope.digest).read_text()
    assert "rfc3161Timestamps" in envelope


def test_the_hands_travel_in_the_bundle_and_the_verifiers_pack_judges(
    desk: Desk, tmp_path: Path
) -> None:
    desk.sign("author", "jane")
    desk.sign("approver", "bob")
    out = tmp_path / "out"
    for command in (
        ("audit", "honest", "--analyzer", "dataset_quality"),
        ("report", "honest", "--output", out),
    ):
        done = run_ftgov(*command, "--workspace", desk.place)
        assert done.status in {0, 12}, done.err
    dossier = Dossier.model_validate(json.loads((out / "dossier.json").read_text()))
    states = {duty.id: duty.state for duty in dossier.assessment.duties}
    assert states["PROH-1"] == "present"
    place = tmp_path / "pack" / "trust-pack.json"

    def judged(keys: Sequence[Listed], **changes: dict[str, str]) -> Comparison:
        write_pack(place, keys, **changes)
        pack = read_trust_pack(place.read_bytes(), root_pin=None)
        with open_bundle(out / "bundle") as bundle:
            return compare_standing(dossier.assessment.subject, BundleEvidence(bundle), pack)

    assert judged(desk.keys) == NOTHING
    assert judged([*desk.keys[:2], (desk.bob, "B. Roe")]) == NOTHING
    (one,) = judged([*desk.keys[:2], (desk.bob, "Jane Doe")]).differs
    assert "the same holder" in one
    unknown = judged(desk.keys[:2])
    assert (unknown.differs, len(unknown.underivable)) == ((), 1)
    assert "Bob Roe" in unknown.underivable[0]
    revoked = {"revoked_at": FROM, "reason": "keyCompromise"}
    (fault,) = judged(desk.keys, bob=revoked).differs
    assert "Bob Roe" in fault
    subject = dossier.assessment.subject
    pack = read_trust_pack(place.read_bytes(), root_pin=None)
    withheld = compare_standing(subject, EvidenceStore(tmp_path / "none"), pack)
    assert (withheld.differs, len(withheld.underivable)) == ((), 2)
    bare = subject.standing.model_copy(update={"signatures": ()})
    lists_none = subject.model_copy(update={"standing": bare})
    assert len(compare_standing(lists_none, EvidenceStore(tmp_path / "none"), pack).differs) == 2
    done = run_ftgov("verify", out / "bundle", "--trust", place, "--recompute", "--json")
    layers = {each["layer"]: each for each in json.loads(done.out)["layers"]}
    assert (done.status, layers["recompute"]["verdict"]) == (20, "invalid")
    assert layers["recompute"]["items"] == [fault]
