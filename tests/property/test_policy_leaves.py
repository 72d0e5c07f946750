"""Fail closed, leaf by leaf: deleting or nulling any part of an assessment never lets a model pass.

Every shipped rule, on every assessment of its own tests that it denies: each leaf of the assessment
is deleted, and each is made null, and the rule judges what is left. The door that reads assessments
refuses most of it; whatever it lets through must still be denied.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path as FolderPath
from typing import Any

import pytest

from ftgov.dossier.kept import read_assessment
from ftgov.errors import NotAssessable
from ftgov.policy.case import Case
from ftgov.policy.decide import Court
from ftgov.policy.form import Policy
from ftgov.policy.invented import assessment_of, signatures_of, signing_of
from ftgov.policy.isolation import Arbiter
from ftgov.policy.load import load_gate
from ftgov.policy.view import View, view_of
from ftgov.records.canonical import canonical_bytes, plain
from ftgov.records.digest import digest_bytes
from ftgov.records.dossier import Assessment
from ftgov.shipped import shipped

GATES = {
    path.stem: load_gate(path.read_text(encoding="utf-8"), name=path.stem)
    for path in sorted(shipped("policies", "gates").glob("*.yaml"))
}
DENIED = {"fail", "error"}

Path = tuple[str | int, ...]


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every leaf: what is neither a mapping nor a list, or is empty."""
    if isinstance(value, dict) and value:
        for key, below in value.items():
            yield from leaves(below, (*path, key))
    elif isinstance(value, list) and value:
        for index, below in enumerate(value):
            yield from leaves(below, (*path, index))
    else:
        yield path


def changed(content: Any, path: Path, *, delete: bool) -> Any:
    """A copy without the leaf at a path, or with null there; only what changes is copied."""
    found = copy.copy(content)
    place = found
    for part in path[:-1]:
        place[part] = copy.copy(place[part])
        place = place[part]
    if delete:
        del place[path[-1]]
    else:
        place[path[-1]] = None
    return found


def let_in(content: Any) -> Assessment | None:
    """What the door makes of changed content whose digest was made to fit, or None."""
    try:
        written = canonical_bytes(content)
        return read_assessment(written, digest_bytes(written))
    except NotAssessable:
        return None


def views(case: Case) -> Iterator[tuple[str, View]]:
    """Every different view that a change to one leaf leads to."""
    whole = assessment_of(case)
    content, seen = plain(whole), set()
    for path in leaves(content):
        for delete in (True, False):
            assessment = let_in(changed(content, path, delete=delete))
            if assessment is None:
                continue
            # Signatures are under the assessment as it was, so that none of them counts any more.
            view = view_of(
                assessment,
                signatures=signatures_of(case, whole),
                now=case.now,
                signing=signing_of(case),
            )
            text = canonical_bytes(view.values)
            if text not in seen:
                seen.add(text)
                yield f"{'.'.join(map(str, path))} {'deleted' if delete else 'null'}", view


def opened(court: Court, policy: Policy, cases: list[Case]) -> list[str]:
    """The changes after which a rule that denied does not deny any more."""
    return [
        f"{policy.id}, {case.name}: {what}"
        for case in cases
        for what, view in views(case)
        if court.judge(view, now=case.now, time_source="given")[0].outcome not in DENIED
    ]


def swept(name: str, most: int | None) -> tuple[int, list[str]]:
    """Sweep the assessments that a gate's rules deny in their tests, at most so many of each."""
    gate, found, tried = GATES[name], [], 0
    with Arbiter() as arbiter:
        for policy in gate.policies:
            court = Court([gate.model_copy(update={"policies": (policy,)})], arbiter)
            cases = [case for case in policy.tests if case.expect in {*DENIED, "waived"}][:most]
            tried += len(cases)
            found += opened(court, policy, cases)
    return tried, found


@pytest.mark.parametrize("name", GATES)
def test_no_leaf_opens_a_gate(name: str) -> None:
    tried, found = swept(name, 3)
    assert tried >= 2 * len(GATES[name].policies)
    assert found == []


@pytest.mark.long
@pytest.mark.parametrize("name", GATES)
def test_no_leaf_opens_a_gate_in_any_of_its_tests(name: str) -> None:
    tried, found = swept(name, None)
    assert tried >= 3 * len(GATES[name].policies)
    assert found == []


def real(demo: FolderPath, model: str) -> Assessment:
    """The demonstration's assessment of a model."""
    content = json.loads((demo / "reports" / model / "dossier.json").read_bytes())
    return Assessment.model_validate(content["assessment"])


def opened_by(assessment: Assessment, step: int) -> tuple[int, set[str]]:
    """How many changes the door lets in, and the rules that denied and do not after one."""
    now = assessment.assessed_at
    content, tried, found = plain(assessment), 0, set()
    with Court(tuple(GATES.values())) as court:

        def denied(given: Assessment) -> set[str]:
            decisions = court.judge(view_of(given, now=now), now=now, time_source="given")
            return {each.rule for each in decisions if each.outcome in DENIED}

        before = denied(assessment)
        for index, path in enumerate(leaves(content)):
            if index % step == 0:
                for delete in (True, False):
                    left = let_in(changed(content, path, delete=delete))
                    if left is not None:
                        tried += 1
                        found |= before - denied(left)
    return tried, found


def test_no_leaf_of_the_harmful_example_opens_a_gate(finished_demo: FolderPath) -> None:
    tried, found = opened_by(real(finished_demo, "harmful-lora"), 97)
    assert tried > 8
    assert found == set()


@pytest.mark.long
def test_no_leaf_at_all_of_the_harmful_example_opens_a_gate(finished_demo: FolderPath) -> None:
    tried, found = opened_by(real(finished_demo, "harmful-lora"), 1)
    assert tried > 500
    assert found == set()


def test_every_other_byte_is_refused_by_its_digest() -> None:
    case = next(case for case in GATES["baseline"].policies[0].tests if case.expect == "pass")
    content = canonical_bytes(assessment_of(case))
    digest = digest_bytes(content)
    assert read_assessment(content, digest) == assessment_of(case)
    for at in range(0, len(content), 7):
        flipped = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        with pytest.raises(NotAssessable, match="not the one that was made"):
            read_assessment(flipped, digest)


def test_the_door_refuses_what_would_take_a_default() -> None:
    case = GATES["baseline"].policies[0].tests[0]
    content = plain(assessment_of(case))
    refused = [path for path in leaves(content) if let_in(changed(content, path, delete=True))]
    assert refused == []
