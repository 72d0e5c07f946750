"""Hostile policies and mad workers: each ends soon, as an error, and its neighbours are judged."""

from __future__ import annotations

import json
import sys
import time

import pytest

from ftgov.policy import isolation
from ftgov.policy.case import Case
from ftgov.policy.decide import Court, decide
from ftgov.policy.invented import assessment_of
from ftgov.policy.isolation import Arbiter, WorkerLost
from ftgov.policy.pipes import environment
from ftgov.policy.view import view_of
from hostile_policies import HOSTILE, gate

NOW = "2026-11-21T09:00:00Z"
GIVEN = assessment_of(Case(name="x", now=NOW, expect="pass"))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_expression_is_an_error_and_its_neighbours_are_judged(name: str) -> None:
    start = time.monotonic()
    decisions = decide(
        [gate("true", HOSTILE[name], "true", "false")], GIVEN, now=NOW, time_source="given"
    )
    assert time.monotonic() - start < 4.0
    assert [decision.outcome for decision in decisions] == ["pass", "error", "pass", "fail"]
    assert len(decisions[1].message) < 1_000


def test_a_thousand_nulls_do_not_harm_the_worker() -> None:
    decisions = decide([gate(*["null"] * 1_000, "true")], GIVEN, now=NOW, time_source="given")
    assert [d.outcome for d in decisions] == ["error"] * 1_000 + ["pass"]


def test_a_message_that_grows_is_no_pass() -> None:
    found = gate("true")
    check = found.policies[0].spec.validations[0]
    growing = check.model_copy(update={"message": "'a'" + f".replace('a', '{'a' * 99}')" * 3})
    spec = found.policies[0].spec.model_copy(update={"validations": (growing,)})
    rule = found.policies[0].model_copy(update={"spec": spec})
    changed = found.model_copy(update={"policies": (rule,)})
    (decision,) = decide([changed], GIVEN, now=NOW, time_source="given")
    assert decision.outcome == "error"
    assert "970299 characters" in decision.message


FIRST = "import sys, time, json\nfirst = json.loads(sys.stdin.buffer.readline())\n"
STARTED = FIRST + "print(json.dumps({'id': first['id']}), flush=True)\nsys.stdin.readline()\n"
REPLY = (
    "print(json.dumps({{'id': {id}, 'rule': 0, 'checks': {checks}}}), flush=True)\ntime.sleep(9)\n"
)
PASS = [{"state": "pass", "text": "x"}]

MAD = {
    "garbage": STARTED + "print('{garbage', flush=True)\ntime.sleep(9)\n",
    "not_utf8": STARTED + "sys.stdout.buffer.write(b'\\xff\\xfe\\n')\nsys.stdout.flush()\n",
    "endless_line": STARTED + "while True: sys.stdout.write('a' * 65536)\n",
    "another_id": STARTED + REPLY.format(id=77, checks=PASS),
    "text_id": STARTED + REPLY.format(id="'2'", checks=[]),
    "no_checks": STARTED + REPLY.format(id=2, checks=[]),
    "too_many_checks": STARTED + REPLY.format(id=2, checks=PASS * 2),
    "odd_state": STARTED + REPLY.format(id=2, checks=[{"state": "PASS", "text": "x"}]),
    "more_keys": STARTED + REPLY.format(id=2, checks=[{"state": "pass", "text": "x", "y": 1}]),
    "two_replies": STARTED
    + "print(json.dumps({'id': 2, 'rule': 0, 'checks': []}) * 2, flush=True)\n",
    "twice_a_key": STARTED + 'print(\'{"id":2,"id":2,"rule":0,"checks":[]}\', flush=True)\n',
    "silent": STARTED + "time.sleep(9)\n",
    "dies": STARTED + "sys.exit(3)\n",
    "dies_at_once": "raise SystemExit(1)\n",
    "never_reads": "print('hello', flush=True)\nimport time; time.sleep(9)\n",
    "never_starts": "import time; time.sleep(9)\n",
}


@pytest.mark.parametrize("name", MAD)
def test_a_mad_worker_is_an_error(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "START_SECONDS", 1.0)
    found = gate("true")
    view = view_of(GIVEN, now=NOW)
    start = time.monotonic()
    with Arbiter(command=[sys.executable, "-S", "-c", MAD[name]], seconds=0.3) as arbiter:
        court = Court([found], arbiter)
        decisions = [
            decision
            for _ in range(2)
            for decision in court.judge(view, now=NOW, time_source="given")
        ]
    assert [decision.outcome for decision in decisions] == ["error", "error"]
    assert "the policy worker" in decisions[0].message
    assert time.monotonic() - start < 4.0


def test_the_mad_workers_would_have_passed_when_sane() -> None:
    sane = STARTED + REPLY.format(id=2, checks=PASS)
    found = gate("true")
    view = view_of(GIVEN, now=NOW)
    with Arbiter(command=[sys.executable, "-S", "-c", sane]) as arbiter:
        (decision,) = Court([found], arbiter).judge(view, now=NOW, time_source="given")
    assert decision.outcome == "pass"


def test_a_program_that_is_absent_is_named() -> None:
    missing = Arbiter(command=["no-such-program-anywhere"])
    with missing as arbiter, pytest.raises(WorkerLost, match="could not be started"):
        arbiter.compile([("true", "bool")])


def test_the_worker_gets_no_secrets_and_no_hostile_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("FTGOV_KEY_PASSPHRASE", "secret")
    monkeypatch.setenv("PYTHONSTARTUP", "x")
    monkeypatch.chdir(str(tmp_path))
    assert not {"FTGOV_KEY_PASSPHRASE", "PYTHONSTARTUP"} & set(environment())
    with open("json.py", "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write("raise SystemExit(1)")
    (decision,) = decide([gate("true")], GIVEN, now=NOW, time_source="given")
    assert decision.outcome == "pass"


def test_a_large_view_goes_through() -> None:
    parts = [{"value": 1.0, "slice": {"g": f"group {i}" * 20}} for i in range(5_000)]
    case = Case.model_validate(
        {"name": "x", "now": NOW, "expect": "pass", "slices": {"toy.figure": parts}}
    )
    assert len(json.dumps(parts)) > 1 << 20
    source = "size(slices.toy.figure) == 5000"
    (decision,) = decide([gate(source)], assessment_of(case), now=NOW, time_source="given")
    assert decision.outcome == "pass"
