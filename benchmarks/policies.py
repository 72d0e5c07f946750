"""How fast 1,000 distinct policies are read, linted by type and judged: cold, then warm.

Run: python benchmarks/policies.py [--rules 1000]. Cold is everything from the text of the gate to
decisions, with the start of the worker; warm is the same gate on another model with the worker
kept. Beside it stands what CEL alone takes for the same expressions in one process, in the same
run: its compiling and evaluating is the floor.
"""

from __future__ import annotations

import argparse
import statistics
import time

from ftgov.policy.case import Case
from ftgov.policy.decide import Court
from ftgov.policy.invented import assessment_of
from ftgov.policy.lint import Known, declared, lint_gate
from ftgov.policy.load import load_gate
from ftgov.policy.view import view_of

NOW = "2026-11-21T09:00:00Z"
MEASURE = "group_fairness.demographic_parity_ratio"
RULE = """apiVersion: ftgov.dev/policy/v1
kind: Policy
metadata: {{id: B-{n}, version: 1, title: Rule {n}, reason: A rule of the benchmark}}
spec:
  requires: [{measure}]
  remedy: Do better.
  validations:
    - expression: >-
        evidence.{measure}.low >= 0.{n:04d}
        && now - assessment.assessed_at < duration('2160h')
      failExpression: evidence.{measure}.high < 0.{n:04d}
      message: "'The ratio starts at %.3f.'.format([evidence.{measure}.low])"
tests:
  - {{name: p, now: {now}, expect: pass, measures: {{{measure}: {{value: 1.0}}}}}}
  - {{name: e, now: {now}, expect: error}}
"""


def gate_text(rules: int) -> str:
    """Return a gate of distinct rules."""
    return "---\n".join(RULE.format(n=n, measure=MEASURE, now=NOW) for n in range(rules))


def assessed(value: float) -> Case:
    """Return a test case with one figure."""
    measures = {MEASURE: {"value": value, "low": value - 0.01, "high": value}}
    fields = {"name": "x", "now": NOW, "expect": "pass", "measures": measures}
    return Case.model_validate(fields)


def floor(rules: int) -> float:
    """Return the seconds that CEL alone takes to compile and evaluate the rules' sources."""
    from cel_expr_python import cel
    from cel_expr_python.ext import ext_strings

    types = dict.fromkeys(["evidence"], cel.Type.DYN)
    types |= dict.fromkeys(["now", "assessment.assessed_at"], cel.Type.TIMESTAMP)
    env = cel.NewEnv(variables=types, extensions=[ext_strings.ExtStrings()])
    analyzer, measure = MEASURE.split(".")
    bound = env.Activation({"evidence": {analyzer: {measure: {"low": 0.9, "high": 1.0}}}})
    gate = load_gate(gate_text(rules), name="floor")
    start = time.perf_counter()
    for policy in gate.policies:
        for _, source in policy.sources():
            env.compile(source).eval(bound)
    return time.perf_counter() - start


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", type=int, default=1_000)
    rules = parser.parse_args().rules
    text, known = gate_text(rules), Known([MEASURE])
    views = [view_of(assessment_of(assessed(value)), now=NOW) for value in (0.95, 0.5, 0.2)]
    steps: dict[str, float] = {}
    begin = last = time.perf_counter()

    def step(name: str) -> None:
        nonlocal last
        steps[name], last = time.perf_counter() - last, time.perf_counter()

    gate = load_gate(text, name="bench")
    step("read the YAML")
    with declared(known) as worker:
        faults = lint_gate(gate, known, worker)
        step("lint by type, in a worker")
        assert not faults, faults[0].message
        with Court([gate], worker) as court:
            court.judge(views[0], now=NOW, time_source="given")
            step("judge, first model")
            cold = time.perf_counter() - begin
            warm = []
            for view in views * 3:
                start = time.perf_counter()
                court.judge(view, now=NOW, time_source="given")
                warm.append(time.perf_counter() - start)
    alone = floor(rules)
    print(f"{rules} policies, {3 * rules} CEL sources")
    for name, seconds in steps.items():
        print(f"  {name:<28} {seconds * 1e3:8.1f} ms")
    print(f"cold, all of it              {cold * 1e3:8.1f} ms  (goal: under 1,000)")
    warmest = statistics.median(warm) * 1e3
    print(f"warm, median of {len(warm)}            {warmest:8.1f} ms  (goal: under 50)")
    print(
        f"CEL alone, compile and run   {alone * 1e3:8.1f} ms  (cold is {cold / alone:.1f} times it)"
    )


if __name__ == "__main__":
    main()
