"""What every format of a gate's result renders: one list of items, and one reading of each.

That an item stops the release, and how loud a format may be about it, is decided here and nowhere
else, so that no two formats can contradict each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from ftgov.records.attestation import Countersignature, Verification
from ftgov.records.decision import (
    AppliedWaiver,
    Cause,
    Decision,
    Figure,
    Limit,
    Outcome,
    Verdict,
)
from ftgov.records.digest import Digest
from ftgov.records.finding import Severity
from ftgov.records.printable import one_line
from ftgov.records.verified import BelievedPack

Level = Literal["error", "warning", "note", "none"]

UNDECIDED = "FTG-GATE"
"""The id of the item that says why a gate has no verdict although no rule of it is an error."""

EXIT_CODES: Mapping[Verdict, int] = {"pass": 0, "fail": 11, "error": 12}
"""The exit status of `ftgov check` by verdict; a test compares it with the table of errors."""

SENTENCES: Mapping[Verdict, str] = {
    "pass": "Every rule that can stop the release passed, or is waived.",
    "fail": "At least one rule that can stop the release failed.",
    "error": "The gate could not be assessed; that is not a pass.",
}


class Place(NamedTuple):
    """Where a reader finds a rule: a file, by a path relative to where the command ran."""

    file: str
    line: int = 1


class Item(NamedTuple):
    """One rule's decision, or the reason why there is no verdict, as formats show it."""

    rule: str
    gate: str
    title: str
    outcome: Outcome
    severity: Severity
    message: str
    place: Place
    version: int | None = None
    remedy: str = ""
    refs: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    limits: tuple[Limit, ...] = ()
    cause: Cause | None = None
    policy: Digest | None = None
    waiver: AppliedWaiver | None = None
    shipped_at: Place | None = None

    @property
    def written(self) -> str:
        """Where the rule itself is written, which for a shipped gate is no file of the user's."""
        at = self.shipped_at or self.place
        return f"{at.file}:{at.line}{' (shipped with ftgov)' if self.shipped_at else ''}"

    @property
    def stops(self) -> bool:
        """Whether the release stops here: a failed rule that counts, or any that can't be judged.

        An error stops whatever its severity, as it does for the verdict.
        """
        return self.outcome == "error" or (self.outcome == "fail" and self.severity == "error")

    @property
    def level(self) -> Level:
        """How loud it is: `error` only where it stops the release, `none` where all is well."""
        if self.outcome == "pass":
            return "none"
        if self.stops:
            return "error"
        if self.outcome == "fail":
            return self.severity
        return "warning" if self.outcome == "warn" else "note"

    @property
    def evidence(self) -> tuple[Digest, ...]:
        """The digests of the evidence that its figures rest on, each once."""
        return tuple(dict.fromkeys(d for figure in self.figures for d in figure.evidence))


class Judged(NamedTuple):
    """What the gates concluded about one model, with what a reader needs to find it again."""

    model: str
    system: str | None
    verdict: Verdict
    decisions: tuple[Decision, ...]
    assessment: Digest
    assessed_at: str
    tool: str
    default_place: Place
    places: Mapping[tuple[str, str], Place] = {}
    shipped: Mapping[tuple[str, str], Place] = {}
    files: Mapping[Digest, str] = {}
    verification: Verification | None = None
    believed: BelievedPack | None = None

    @property
    def items(self) -> tuple[Item, ...]:
        """Every decision in its order; and the reason, where the decisions give no verdict."""
        found = tuple(self._item(decision) for decision in self.decisions)
        if self.verdict == "pass" or any(item.stops for item in found):
            return found
        return (*found, self._undecided())

    @property
    def verdict_text(self) -> str:
        """The verdict with what nobody may overlook beside it: waivers, the time, dissents."""
        waived = sum(1 for item in self.items if item.outcome == "waived")
        text = self.verdict.upper() + (f" ({waived} waived)" if waived else "")
        text += f", judged as of {self.decided_at} (given)" if self.is_time_given else ""
        if count := sum(1 for one in self._dissents() if one.trusted):
            text += f", {count} trusted dissent{'s' if count > 1 else ''}"
        withheld = self.verification.withheld if self.verification else ()
        return text + (f", {len(withheld)} withheld" if withheld else "")

    @property
    def is_time_given(self) -> bool:
        """Whether the time of the decisions was given, and is not that of the clock."""
        return any(decision.time_source == "given" for decision in self.decisions)

    @property
    def notes(self) -> tuple[str, ...]:
        """What holds for the whole result, each on one line: the time, dissents, what is absent."""
        found = []
        if self.is_time_given:
            found.append(f"judged as of {self.decided_at} (given), not as of the present")
        for one in self._dissents():
            trust = "trusted" if one.trusted else "not in the trust pack"
            said = "; ".join(one.reasons) or "without reasons"
            found.append(
                one_line(f"dissent by {one.name} ({one.role or 'no role'}, {trust}): {said}")
            )
        if self.believed:
            pin = "pinned" if self.believed.pinned else "NOT PINNED: anybody may have made it"
            pack = f"{self.believed.pack}, root {self.believed.root}, {pin}"
            found.append(one_line(f"waivers and sign-offs count by the trust pack {pack}"))
        if self.verification:
            found += [one_line(f"withheld: {line}") for line in self.verification.withheld]
        return tuple(found)

    def _dissents(self) -> tuple[Countersignature, ...]:
        every = self.verification.countersignatures if self.verification else ()
        return tuple(one for one in every if one.kind == "dissent")

    @property
    def decided_at(self) -> str:
        """The time that the rules saw as now; without a decision, that of the assessment."""
        return self.decisions[0].decided_at if self.decisions else self.assessed_at

    def _item(self, decision: Decision) -> Item:
        return Item(
            rule=decision.rule,
            gate=decision.gate,
            title=decision.title,
            outcome=decision.outcome,
            severity=decision.severity,
            message=decision.message,
            place=self.places.get((decision.gate, decision.rule), self.default_place),
            version=decision.version,
            remedy=decision.remedy,
            refs=decision.refs,
            figures=decision.figures,
            limits=decision.limits,
            cause=decision.cause,
            policy=decision.policy,
            waiver=decision.waiver,
            shipped_at=self.shipped.get((decision.gate, decision.rule)),
        )

    def _undecided(self) -> Item:
        return Item(
            rule=UNDECIDED,
            gate="gate",
            title="The gate has a rule that can stop the release",
            outcome="error",
            severity="error",
            message="No rule of severity error was judged, so nothing decides on the release.",
            place=self.default_place,
            remedy="Name a gate that holds a rule of severity error.",
        )
