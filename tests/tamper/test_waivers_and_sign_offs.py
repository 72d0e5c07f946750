"""A failure is waived, and a release approved, only by two people whose keys the pack lists."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ftgov import api
from ftgov.api.clock import now_text
from ftgov.api.sign_offs import sign_off
from ftgov.api.signed import Trust
from ftgov.api.waivers import Ask, approve_waiver, waive, waivers_for
from ftgov.dossier.signed import verified_sign_offs, verified_waivers
from ftgov.errors import InvalidBundle, NotAssessable, UsageError
from ftgov.intake.text_files import read_text
from ftgov.recompute.figures import NOTHING
from ftgov.recompute.signed import compare_signed
from ftgov.records.base import time_text
from ftgov.records.decision import Decision
from ftgov.records.dossier import Dossier
from ftgov.shipped import shipped
from ftgov.signing.bundle import BundleEvidence, open_bundle
from ftgov.signing.redact import redact_bundle
from ftgov.signing.trust import find_trust_pack, read_pack_file, read_trust_pack
from ftgov.store.workspace import Workspace
from people_support import People, later
from tests_support import run_ftgov

MODEL = "harmful-full"
RULE = "FTG-FAIR-001"


def _after(days: int) -> str:
    return time_text(datetime.fromisoformat(now_text()) + timedelta(days=days))


def _ask(**changes: Any) -> Ask:
    return Ask(RULE, _after(30), "The queue is checked by hand.")._replace(**changes)


def _waived(people: People, opened: Workspace, **changes: Any) -> str:
    made = waive(opened, MODEL, _ask(**changes), key=people.keys["ada"])
    approve_waiver(opened, made.name, key=people.keys["ben"])
    return made.name


def _rule(opened: Workspace, rule: str = RULE, **options: Any) -> Decision:
    found = api.check(opened, MODEL, **options)
    return next(one for one in found.decisions if one.rule == rule)


def test_it_counts_once_another_person_approved_it(people: People, opened: Workspace) -> None:
    made = waive(opened, MODEL, _ask(), key=people.keys["ada"])
    before = _rule(opened)
    assert before.outcome == "fail"
    assert f"The waiver {made.name} does not count: nobody approved it." in before.message
    approve_waiver(opened, made.name, key=people.keys["ben"])
    after = _rule(opened)
    assert after.outcome == "waived"
    assert after.waiver is not None
    assert (after.waiver.author, after.waiver.approver) == ("Ada Example", "Ben Example")
    assert _rule(opened, "FTG-QUAL-001").outcome == "fail", "no other rule is waived"


def test_nobody_approves_their_own(people: People, opened: Workspace) -> None:
    made = waive(opened, MODEL, _ask(), key=people.keys["ada"])
    for name in ("ada", "ada-too"):
        with pytest.raises(UsageError, match="same holder or the same key"):
            approve_waiver(opened, made.name, key=people.keys[name])
    assert _rule(opened).outcome == "fail"


def test_a_key_outside_the_trust_pack_is_refused(people: People, opened: Workspace) -> None:
    with pytest.raises(InvalidBundle, match="not in the trust pack"):
        waive(opened, MODEL, _ask(), key=people.keys["eve"])
    assert waivers_for(opened, MODEL) == ()


def test_two_people_in_one_role_are_not_four_eyes(people: People, opened: Workspace) -> None:
    people.write_pack(roles={"ben": "risk-owner"})
    made = waive(opened, MODEL, _ask(), key=people.keys["ada"])
    with pytest.raises(UsageError, match="author and approver sign in the same role"):
        approve_waiver(opened, made.name, key=people.keys["ben"])
    assert _rule(opened).outcome == "fail"


def _borrowed(tmp_path: Path, **changes: str) -> str:
    """Return the path of a gate with the shipped rule, and what is changed in its text."""
    text = read_text(shipped("policies", "gates", "baseline.yaml"))
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    gate = tmp_path / "harmless.yaml"
    gate.write_text(text)
    return str(gate)


def test_a_rule_under_a_shipped_id_cannot_be_waived(
    people: People, opened: Workspace, tmp_path: Path
) -> None:
    gate = _borrowed(tmp_path, comparable="cover-coloured")
    with pytest.raises(UsageError, match="is not the one that ftgov ships"):
        waive(opened, MODEL, _ask(policies=[gate]), key=people.keys["ada"])
    same = waive(opened, MODEL, _ask(policies=[_borrowed(tmp_path)]), key=people.keys["ada"])
    assert (same.gate, same.rule_title) == ("harmless", "Groups are selected at comparable rates")


def test_a_waiver_of_one_text_lifts_no_other_of_that_id(
    people: People, opened: Workspace, tmp_path: Path
) -> None:
    """Two people who sign a rule of their own sign nothing of a rule that borrows its id."""
    ours = {RULE: "OUR-FAIR-001"}
    waived = _borrowed(tmp_path, **ours)
    _waived(people, opened, rule="OUR-FAIR-001", policies=[waived])
    assert _rule(opened, "OUR-FAIR-001", policies=[waived]).outcome == "waived"
    other = _borrowed(tmp_path, **ours, comparable="other")
    found = _rule(opened, "OUR-FAIR-001", policies=[other])
    assert found.outcome == "fail"
    assert "it was signed for another text of the rule than this one" in found.message


def test_an_approver_reads_all_that_they_sign(people: People) -> None:
    asked = ("waive", RULE, "--model", MODEL, "--reason", "by hand", "--workspace", people.place)
    assert run_ftgov("check", MODEL, "--workspace", people.place).status == 11
    limits = ("--conditions", "A human decides", "--max-uses", "3", "--expires", _after(20)[:10])
    name = run_ftgov(*asked, *limits, "--key", "ada", "--json").json["name"]
    for words in (("--list", "--model", MODEL), ("--approve", name, "--key", "ben")):
        shown = run_ftgov("waive", *words, "--workspace", people.place).out
        for said in (
            "by hand", "A human decides", MODEL, "Groups are selected at comparable rates",
            "baseline", "versions: 1 to 1", _after(20)[:10], "at most 3 assessments",
            "demographic_parity_ratio", "last decision: fail",
        ):  # fmt: skip
            assert said in shown, (words, said)
    again = run_ftgov("waive", "--approve", name, "--key", "none", "--workspace", people.place)
    assert again.status != 0
    assert "You sign the waiver" in again.out, "shown before the key is opened"


def test_an_expired_one_fails_and_is_named(people: People, opened: Workspace) -> None:
    name = _waived(people, opened)
    found = _rule(opened, as_of=_after(31))
    assert found.outcome == "fail"
    assert f"The waiver {name} does not count: it expired on" in found.message


def test_a_time_in_the_past_revives_no_expired_one(people: People, opened: Workspace) -> None:
    name = _waived(people, opened)
    granted = now_text()
    assert _rule(opened, as_of=granted).outcome == "waived"
    late = _after(31)
    found = _rule(opened, as_of=granted, now=late)
    assert found.outcome == "fail"
    assert f"The waiver {name} does not count: at present, {late}, it expired on" in found.message
    people.write_pack(expires=_after(10))
    with pytest.raises(NotAssessable, match="expired"):
        api.check(opened, MODEL, as_of=now_text(), now=_after(11))


def test_a_stolen_key_takes_its_waivers_along(people: People, opened: Workspace) -> None:
    _waived(people, opened)
    people.write_pack(root="ada", revoked=["ben"])
    found = _rule(opened)
    assert found.outcome == "fail"
    assert "was revoked" in found.message


def test_without_a_trust_pack_nothing_counts(people: People, opened: Workspace) -> None:
    _waived(people, opened)
    (people.place / "trust" / "trust-pack.json").unlink()
    found = _rule(opened)
    assert found.outcome == "fail"
    assert "there is no trust pack" in found.message
    with pytest.raises(NotAssessable, match="no trust pack"):
        waive(opened, MODEL, _ask(), key=people.keys["ada"])


def test_a_broken_or_expired_trust_pack_stops_the_gate(people: People, opened: Workspace) -> None:
    _waived(people, opened)
    people.write_pack(expires="2026-11-03T00:00:00Z")
    with pytest.raises(NotAssessable, match="expired"):
        api.check(opened, MODEL)
    (people.place / "trust" / "trust-pack.json").write_text("{}")
    with pytest.raises(NotAssessable, match="cannot be used"):
        api.check(opened, MODEL)


def test_what_cannot_be_a_waiver_is_refused_before_it_is_signed(
    people: People, opened: Workspace
) -> None:
    wrong: list[dict[str, Any]] = [
        {"expires": _after(91)},
        {"expires": _after(-1)},
        {"expires": "soon"},
        {"reason": ""},
        {"reason": " \u200b"},
        {"versions": (1, 999_999)},
        {"rule": "FTG-NONE-001"},
        {"versions": (3, 2)},
    ]
    for changes in wrong:
        with pytest.raises(UsageError):
            waive(opened, MODEL, _ask(**changes), key=people.keys["ada"])
    assert waivers_for(opened, MODEL) == ()


def test_uses_are_counted_by_assessment(people: People, opened: Workspace) -> None:
    name = _waived(people, opened, max_uses=1)
    assert _rule(opened).outcome == "waived"
    assert _rule(opened).outcome == "waived", "the same assessment is one use"
    api.audit(opened, MODEL)
    found = _rule(opened)
    assert found.outcome == "fail"
    assert f"The waiver {name} does not count: it was used up by 1 other" in found.message


def test_a_statement_that_is_gone_stops_the_gate(people: People, opened: Workspace) -> None:
    _waived(people, opened)
    statement = waivers_for(opened, MODEL)[0].statement
    assert statement is not None
    file = opened.evidence.path(statement)
    file.parent.chmod(0o755)
    file.unlink()
    with pytest.raises(NotAssessable):
        api.check(opened, MODEL)


def test_a_bundle_carries_what_was_signed(
    people: People, opened: Workspace, without_pdf: None, tmp_path: Path
) -> None:
    _waived(people, opened)
    sign_off(opened, MODEL, role="risk-owner", decision="reject", key=people.keys["ada"])
    out = tmp_path / "out"
    api.report(opened, MODEL, out, key=people.keys["ben"])
    found = api.check_bundle(out / "bundle", people.place / "trust")
    outcomes = {one.rule: one.outcome for one in found.decisions}
    assert (outcomes[RULE], outcomes["FTG-QUAL-001"]) == ("waived", "fail")
    assert [(one.holder, one.decision) for one in found.signed.signatures] == [
        ("Ada Example", "reject")
    ]
    again = api.verify(out / "bundle", people.place / "trust", recompute=True)
    assert again.verdict == "valid", again
    dossier = Dossier.model_validate_json((out / "dossier.json").read_bytes())
    assert dossier.waivers[0].approver == "Ben Example"
    _forged_people_are_told(dossier, out / "bundle", people)


def _forged_people_are_told(dossier: Dossier, bundle: Path, people: People) -> None:
    """A dossier whose signer names people who signed nothing is contradicted by its statements."""
    pack = read_trust_pack(read_pack_file(find_trust_pack(people.place / "trust")), root_pin=None)
    named = {"approver": "Carl Example"}
    other = {"holder": "Carl Example"}
    forged: dict[str, dict[str, Any]] = {
        "waiver ": {"waivers": (dossier.waivers[0].model_copy(update=named),)},
        "sign-off of Carl": {"signatures": (dossier.signatures[0].model_copy(update=other),)},
        "a rejection in the evidence that the dossier leaves out": {"signatures": ()},
        "no statement": {
            "evidence": tuple(f for f in dossier.evidence if "sigstore" not in f.name)
        },
    }
    with open_bundle(bundle) as read:
        evidence = BundleEvidence(read)
        assert compare_signed(dossier, evidence, pack) == NOTHING
        for said, changes in forged.items():
            found = compare_signed(dossier.model_copy(update=changes), evidence, pack)
            assert said in " ".join(found.differs)
        without = compare_signed(dossier, evidence, None)
        assert (without.differs, len(without.underivable)) == ((), 1)


def test_a_withheld_sign_off_leaves_the_gate_open(
    people: People, opened: Workspace, without_pdf: None, tmp_path: Path
) -> None:
    """It may be a rejection: that is neither a broken bundle nor a pass."""
    sign_off(opened, MODEL, role="risk-owner", decision="reject", key=people.keys["ada"])
    out, left = tmp_path / "out", tmp_path / "left"
    made = api.report(opened, MODEL, out, key=people.keys["ben"])
    statement = next(file for file in made.dossier.evidence if "sigstore" in file.name)
    redact_bundle(out / "bundle", left, files=[statement.digest], rows={})
    with pytest.raises(NotAssessable, match="withheld"):
        api.check_bundle(left, people.place / "trust", withheld_ok=True)


def test_a_changed_statement_counts_for_nothing(people: People, opened: Workspace) -> None:
    name = _waived(people, opened)
    sign_off(opened, MODEL, role="risk-owner", decision="approve", key=people.keys["ada"])
    result = api.check(opened, MODEL)
    pack = read_trust_pack(read_pack_file(find_trust_pack(people.place / "trust")), root_pin=None)
    now = datetime.fromisoformat(_after(0))
    contents = [opened.evidence.path(file.digest).read_bytes() for file in result.signed.statements]
    assert [one.fault for one in verified_waivers(contents, pack, now, {})] == [None]
    assert len(verified_sign_offs(contents, pack, now, assessed={})) == 1
    for place, content in enumerate(contents):
        for at in range(0, len(content), 211):
            flipped = bytearray(content)
            flipped[at] ^= 1
            changed = [*contents[:place], bytes(flipped), *contents[place + 1 :]]
            whole = [
                one.terms.name
                for one in verified_waivers(changed, pack, now, {})
                if one.fault is None
            ]
            signed = len(verified_sign_offs(changed, pack, now, assessed={}))
            assert (whole, signed) != ([name], 1)


FOUR_EYES = """\
apiVersion: ftgov.dev/policy/v1
kind: Policy
metadata:
  id: OUR-SIGN-001
  version: 1
  title: Two people approve the release
  reason: Nobody releases a model alone.
spec:
  severity: error
  validations:
    - expression: >-
        signatures.exists(a, a.decision == 'approve' && a.role == 'risk-owner' &&
        signatures.exists(b, b.decision == 'approve' && b.role == 'release-approver'
        && a.person != b.person && a.spki != b.spki))
        && !signatures.exists(s, s.decision == 'reject')
      message: "'%d signed.'.format([size(signatures)])"
  remedy: Let a risk owner and a release approver sign off.
"""


def test_four_eyes_release_a_model(people: People, opened: Workspace, tmp_path: Path) -> None:
    gate = tmp_path / "ours.yaml"
    gate.write_text(FOUR_EYES)

    def outcome() -> str:
        found = api.check(opened, MODEL, policies=[str(gate)])
        return found.decisions[0].outcome

    times = (later(seconds) for seconds in range(1, 9))

    def sign(name: str, role: str, decision: str = "approve") -> None:
        key, at = people.keys[name], next(times)
        sign_off(opened, MODEL, role=role, decision=decision, key=key, now=at)  # type: ignore[arg-type]

    assert outcome() == "fail"
    sign("ada", "risk-owner")
    assert outcome() == "fail"
    sign("ben", "release-approver")
    assert outcome() == "pass"
    sign("ben", "release-approver", "reject")
    assert outcome() == "fail", "the later decision of a key counts"
    sign("ben", "release-approver")
    assert outcome() == "pass"
    api.audit(opened, MODEL)
    assert outcome() == "fail", "another assessment needs its own sign-offs"


def test_the_root_of_the_pack_can_be_pinned(people: People, opened: Workspace) -> None:
    _waived(people, opened)
    pinned = Trust(None, people.keys["ben"].spki)
    assert _rule(opened, trust=pinned).outcome == "waived"
    with pytest.raises(NotAssessable, match="not the pinned"):
        api.check(opened, MODEL, trust=Trust(None, people.keys["eve"].spki))
    with pytest.raises(UsageError, match="does not exist"):
        api.check(opened, MODEL, trust=Trust(people.place / "none"))
