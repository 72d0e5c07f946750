"""Linting a gate: what can be known to be wrong with it before any model is judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from difflib import get_close_matches

from ftgov.policy.form import Fault, Gate, Policy
from ftgov.policy.isolation import Arbiter, WorkerLost
from ftgov.policy.paths import MEASURED, ROOTS, Read, reads
from ftgov.policy.schema import FIELDS_OF, Known, types_of
from ftgov.policy.view_figures import FIELDS
from ftgov.policy.view_records import DUTY_FIELDS

__all__ = ["Fault", "Known", "lint_gate"]


def lint_gate(gate: Gate, known: Known, arbiter: Arbiter | None = None) -> tuple[Fault, ...]:
    """Return every fault of a gate, in the order of its policies; none means it can be used.

    Checked: every expression compiles to BOOL and every message to STRING, also by the types of
    what they read; every path named in `requires` or read by an expression is declared; every
    policy brings a test that passes, one that does not, and, where it requires something, one
    that ends in `error`.

    Args:
        gate: The gate, as `load_gate` gives it.
        known: What there is to read: measures `analyzer.measure`, duties.
        arbiter: A worker to ask, whose types are declared already; by default one is started.
    """
    if arbiter is None:
        with declared(known) as made:
            return lint_gate(gate, known, made)
    return tuple(
        fault
        for index, policy in enumerate(gate.policies)
        for key, text in (
            *_uncompiled(arbiter, policy),
            *_undeclared(policy, known),
            *_untested(policy),
        )
        for fault in (gate.fault(index, key, text),)
    )


def misread(gate: Gate, known: Known, arbiter: Arbiter) -> tuple[Fault, ...]:
    """Return the faults of form and types alone: what could make a gate decide otherwise than read.

    Args:
        gate: The gate, as `load_gate` gives it.
        known: What there is to read.
        arbiter: A worker whose types are declared already.
    """
    return tuple(
        gate.fault(index, key, text)
        for index, policy in enumerate(gate.policies)
        for key, text in (*_uncompiled(arbiter, policy), *_undeclared(policy, known))
    )


@contextmanager
def declared(known: Known) -> Iterator[Arbiter]:
    """Start a worker that knows the types of all there is to read; it serves several gates."""
    with Arbiter() as arbiter:
        # A worker that cannot start says so at the first policy, as a fault.
        with suppress(WorkerLost):
            arbiter.declare(types_of(known))
        yield arbiter


def _uncompiled(arbiter: Arbiter, policy: Policy) -> Iterator[tuple[str, str]]:
    sources = policy.sources()
    asked = [(source, "string" if key.endswith(".message") else "bool") for key, source in sources]
    try:
        faults = arbiter.compile(asked)
    except WorkerLost as lost:
        yield "spec.validations", str(lost)
        return
    for (key, _), fault in zip(sources, faults, strict=True):
        if fault is not None:
            yield key, fault


def _undeclared(policy: Policy, known: Known) -> Iterator[tuple[str, str]]:
    for index, path in enumerate(policy.spec.requires):
        parts = path.split(".")
        rooted = tuple(parts) if parts[0] in ROOTS else ("evidence", *parts)
        if rooted[0] in MEASURED:
            # What is required is a measure; its fields are read by expressions.
            rooted = (rooted[0], ".".join(rooted[1:]))
        if fault := _path_fault(rooted, known):
            yield f"spec.requires.{index}", fault
    for key, source in policy.sources():
        for read in reads(source):
            if fault := _read_fault(read, known):
                yield key, fault


def _read_fault(read: Read, known: Known) -> str | None:
    root, names = read.names[0], read.names
    if root == "slices":
        names = names[:3]
    if root in FIELDS_OF and len(names) == 1:
        return f"'{root}' is read as a whole; name one of: {', '.join(FIELDS_OF[root])}"
    return _path_fault(names, known)


def _path_fault(parts: tuple[str, ...], known: Known) -> str | None:
    """Return why a path from a root names nothing that can exist, or None."""
    root = parts[0]
    if root in MEASURED:
        named = ".".join(parts[1:3])  # a read: analyzer, measure; a requirement: both in one
        if named not in known.measures:
            near = _nearest(named, known.measures)
            return f"no analyzer declares the measure '{named}'{near}"
        return _unknown(parts[3], FIELDS) if len(parts) > 3 else None
    if root == "duties":
        return _duty_fault(parts, known.duties)
    if root in FIELDS_OF:
        return _unknown(parts[1], FIELDS_OF[root]) if len(parts) > 1 else None
    return None


def _duty_fault(parts: tuple[str, ...], duties: Sequence[str]) -> str | None:
    if duties and len(parts) > 1 and parts[1] not in duties:
        return f"no law pack names the duty '{parts[1]}'{_nearest(parts[1], duties)}"
    return _unknown(parts[2], DUTY_FIELDS) if len(parts) > 2 else None


def _unknown(name: str, known: Sequence[str]) -> str | None:
    return None if name in known else f"there is no field '{name}'{_nearest(name, known)}"


def _nearest(name: str, known: Sequence[str]) -> str:
    found = get_close_matches(name, known, n=1, cutoff=0.5)
    return f": did you mean '{found[0]}'?" if found else ""


def _untested(policy: Policy) -> Iterator[tuple[str, str]]:
    expected = {case.expect for case in policy.tests}
    if "pass" not in expected:
        yield "tests", "no test expects pass"
    if not expected & {"fail", "error", "warn", "waived"}:
        yield "tests", "no test expects anything but pass"
    if policy.spec.requires and "error" not in expected:
        yield "tests", "no test expects error, though the policy requires evidence"
    names = [case.name for case in policy.tests]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield f"tests.{index}.name", f"the test '{name}' stands twice"
