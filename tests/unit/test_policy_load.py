"""Reading a gate: what the form allows, which YAML traps are refused, and what a fault names."""

from __future__ import annotations

import pytest

from ftgov.errors import ExitCode, UsageError
from ftgov.policy.load import load_gate
from ftgov.records.digest import digest_bytes
from ftgov.strict_yaml import SIZE_LIMIT

RULE = """\
apiVersion: ftgov.dev/policy/v1
kind: Policy
metadata:
  id: T-1
  version: 2
  title: A title
  reason: A reason
  refs: [eu-ai-act/art-15.1]
spec:
  severity: warning
  effectiveOn: 2026-12-01
  requires: [toy.figure]
  validations:
    - expression: evidence.toy.figure.low >= 0.5
      failExpression: evidence.toy.figure.high < 0.5
      message: "'figure'"
  remedy: Do better.
tests:
  - name: passes
    now: 2026-11-21T09:00:00Z
    measures:
      toy.figure: {value: 1, n: 10}
    expect: pass
"""


def refused(text: str) -> UsageError:
    with pytest.raises(UsageError) as caught:
        load_gate(text, name="toy.yaml")
    assert caught.value.exit_code == ExitCode.USAGE
    assert caught.value.next_step
    return caught.value


def test_a_gate_is_read_whole() -> None:
    gate = load_gate(f"{RULE}---\n{RULE.replace('T-1', 'T-2')}", name="toy")
    assert [policy.id for policy in gate.policies] == ["T-1", "T-2"]
    rule = gate.policies[0]
    assert rule.spec.effective_on == "2026-12-01"
    assert rule.spec.severity == "warning"
    assert rule.tests[0].measures["toy.figure"].value == 1.0
    assert gate.lines[1]["metadata.id"] == 28
    assert [key for key, _ in rule.sources()] == [
        "spec.validations.0.expression",
        "spec.validations.0.failExpression",
        "spec.validations.0.message",
    ]


def test_the_digest_is_that_of_the_bytes() -> None:
    text = RULE + "# a comment counts\n"
    assert load_gate(text, name="toy").digest == digest_bytes(text.encode())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  version: 2", "  version: 2\n  verzion: 2", "toy.yaml:6: metadata.verzion: unknown key"),
        ("  version: 2", "  version: 2\n  version: 3", "toy.yaml:6: metadata.version: the key"),
        ("  version: 2", "  version: two", "toy.yaml:5: metadata.version:"),
        ("  version: 2", "  version: true", "toy.yaml:5: metadata.version:"),
        ("  version: 2", "  version: 2.0", "toy.yaml:5: metadata.version:"),
        ("  id: T-1\n", "", "toy.yaml:3: metadata.id: Field required"),
        ("id: T-1", "id: 1", "toy.yaml:4: metadata.id:"),
        ("title: A title", "title: true", "metadata.title: Input should be a valid string"),
        ("title: A title", "title: null", "metadata.title:"),
        ("kind: Policy", "kind: Waiver", "toy.yaml:2: kind:"),
        ("policy/v1", "policy/v2", "toy.yaml:1: apiVersion:"),
        ("severity: warning", "severity: off", "spec.severity:"),
        ("2026-12-01", "2026-13-01", "toy.yaml:11: spec.effectiveOn:"),
        ("2026-12-01", "20261201", "toy.yaml:11: spec.effectiveOn:"),
        ("now: 2026-11-21T09:00:00Z", "now: 2026-11-21", "tests.0.now:"),
        ("value: 1,", "value: .nan,", "tests.0.measures.toy.figure.value:"),
        ("value: 1,", "value: .inf,", "tests.0.measures.toy.figure.value:"),
        ("value: 1,", "value: 1.0e999,", "tests.0.measures.toy.figure.value:"),
        ("value: 1,", "value: yes,", "tests.0.measures.toy.figure.value:"),
        ("value: 1,", "value: 0x1F,", "tests.0.measures.toy.figure.value:"),
        ("value: 1,", "value: 1_000,", "tests.0.measures.toy.figure.value:"),
        ("value: 1,", "value: '1',", "tests.0.measures.toy.figure.value:"),
        ("value: 1,", "value: 1, value: 2,", "toy.figure.value: the key 'value' stands twice"),
        ("n: 10", "n: 010", "tests.0.measures.toy.figure.n:"),
        ("title: A title", "title: &a A title", "toy.yaml:6: metadata.title: anchors and aliases"),
        ("title: A title", "title: *a", "anchors and aliases"),
        ("title: A title", "title: !!str A title", "tags (!) are refused"),
        ("  title: A title", "  <<: {title: A}", "merge keys"),
        ("  title: A title", "  ? [a]\n  : b", "a key must be plain text"),
        ("title: A title", "title: 'A", "toy.yaml:"),
        ("title: A title", "title: \t- x: y: z", "toy.yaml:"),
        ("    - expression: ", "    - expresion: ", "toy.yaml:14: spec.validations.0.expresion"),
        ("expect: pass", "expect: deny", "tests.0.expect:"),
    ],
)
def test_a_fault_names_file_line_and_key(old: str, new: str, told: str) -> None:
    assert old in RULE
    assert told in refused(RULE.replace(old, new)).what


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n---\n"])
def test_an_empty_gate_is_refused(text: str) -> None:
    assert "holds no policy" in refused(text).what


@pytest.mark.parametrize("text", ["just text", "- a\n- b\n", "1", "{a: [}", "\x00", "a: \x07"])
def test_what_is_no_policy_is_refused(text: str) -> None:
    assert "toy.yaml:1:" in refused(text).what


def test_broken_unicode_is_refused() -> None:
    assert "surrogates" in refused("a: \ud800").what
    refused(RULE.replace("A title", '"\\ud800"'))


def test_two_policies_cannot_share_an_id() -> None:
    assert (
        "toy.yaml:28: metadata.id: the id 'T-1' stands twice" in refused(f"{RULE}---\n{RULE}").what
    )


def test_deep_and_long_texts_are_refused() -> None:
    assert "nested deeper" in refused("[" * 100_000).what
    assert "at most" in refused("#" * (SIZE_LIMIT + 1)).what


def test_an_expression_over_16_kb_is_refused() -> None:
    source = "true" + " " * 17_000 + "|| true"
    text = refused(RULE.replace("evidence.toy.figure.low >= 0.5", source)).what
    assert "spec.validations.0.expression: Value error, a CEL expression has at most" in text


@pytest.mark.parametrize(
    "source",
    [
        "evidence.all(k, true)",
        "has(evidence.toy)",
        'evidence[["toy"][0]].figure.low > 0.5',
        "[evidence].all(e, e.toy.figure.low > 0.5)",
        "slices.toy.all(k, true)",
        "size(.evidence) == 0",
        "evidence.toy.size() > 0",
    ],
)
def test_evidence_cannot_be_read_as_a_whole(source: str) -> None:
    text = RULE.replace("evidence.toy.figure.low >= 0.5", f"'{source}'")
    assert "names no measure" in refused(text).what


def test_many_faults_are_counted() -> None:
    text = RULE.replace("spec:", "".join(f"x{i}: 1\n" for i in range(9)) + "spec:")
    assert "(and 4 more)" in refused(text).what
