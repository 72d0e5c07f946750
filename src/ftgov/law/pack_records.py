"""What a law pack holds: facts that may be asked, thresholds as text, dates with both readings."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Literal

from pydantic import Field, field_validator, model_validator

from ftgov.law.duty_records import Checklist, EvidenceSpec, FactQuestion, QuestionSpec
from ftgov.records.base import Record
from ftgov.records.digest import Digest

FactType = Literal["bool", "enum", "list", "number"]


class FactSpec(Record):
    """A fact that a classification may ask for."""

    type: FactType
    reference: str
    question: str
    options: tuple[str, ...] = ()
    unit: str = ""
    interval: bool = Field(default=False, description="may be written as {low, mid, high}")
    unstated: Literal["as asked", "unknown"] = Field(
        default="as asked",
        description="'unknown': a human finding, which no default can stand for",
    )

    @model_validator(mode="after")
    def _options_fit(self) -> FactSpec:
        if bool(self.options) != (self.type in {"enum", "list"}):
            raise ValueError("options belong to an enum or a list, and only there")
        return self


class Words(Record):
    """Where a date stands: words that are found in a named article of a named source text."""

    source: Literal["act", "amendment"]
    at: str
    words: str


class PackDate(Record):
    """The day from which a provision applies; a contested one holds both readings."""

    what: str = Field(description="what starts on that day, in words")
    reference: str
    on: date | None = None
    literal: date | None = None
    effective: date | None = None
    effective_annex_1: date | None = None
    status: Literal["settled", "contested"] = "settled"
    reason: str = ""
    found: tuple[Words, ...]

    @model_validator(mode="after")
    def _one_form(self) -> PackDate:
        readings = self.literal is not None and self.effective is not None
        if (self.on is not None) == readings:
            raise ValueError("give either 'on' or both 'literal' and 'effective'")
        if self.status == "contested" and not (readings and self.reason):
            raise ValueError("a contested date holds both readings and the reason")
        return self

    def readings(self, *, annex_one_only: bool = False) -> tuple[date, ...]:
        """Return the dates of all readings, the earliest first, each once."""
        effective = self.effective
        if annex_one_only and self.effective_annex_1:
            effective = self.effective_annex_1
        literal = self.literal if self.status == "contested" else effective
        return tuple(sorted({day for day in (self.on, literal, effective) if day}))


class SourceText(Record):
    """A text that the pack was checked against."""

    name: Literal["act", "amendment"]
    title: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Interval(Record):
    """The days on which a pack is the law, both ends included; no end: still in force."""

    start: date
    end: date | None = None


class Point(Record):
    """A point of Article 5(1) or an item of Annex III."""

    text: str
    applies_from: str | None = Field(default=None, description="key of the pack's dates")
    exception: str = ""
    note: str = ""


class Thresholds(Record):
    """Compute thresholds, kept as text: a float would move the boundary case."""

    gpai_indicative_flop: str
    systemic_presumption_flop: str
    modifier_fraction: str

    @field_validator("*")
    @classmethod
    def _exact(cls, value: str) -> str:
        Fraction(value)
        return value

    @property
    def indicative(self) -> Fraction:
        """Training compute above which a model is indicatively general-purpose, FLOP."""
        return Fraction(self.gpai_indicative_flop)

    @property
    def systemic(self) -> Fraction:
        """Cumulative training compute above which systemic risk is presumed, FLOP."""
        return Fraction(self.systemic_presumption_flop)

    @property
    def fraction(self) -> Fraction:
        """Share of the base's training compute above which a modifier is a provider."""
        return Fraction(self.modifier_fraction)


TERMS = frozenset(
    {
        *("in_scope", "operator", "prohibited", "not_high_risk_by_6_3", "art25", "fria"),
        *("high_risk", "annex_III", "annex_III_except_2", "annex_III_2", "annex_III_or_I_A"),
        *("gpai", "gpai_systemic", "gpai_documented", "gpai_representative"),
        *("50(1)", "50(2)", "50(3)", "50(4)-1", "50(4)-2"),
    }
)
"""The words that conditions are written in, beside `fact:<id>`."""

Clause = str | dict[Literal["not"], tuple[str, ...]]
Condition = str | dict[Literal["all", "any", "not"], tuple[Clause, ...]]


def words_of(condition: Condition | Clause) -> frozenset[str]:
    """Return the words that a condition uses."""
    if isinstance(condition, str):
        return frozenset({condition})
    ((_, parts),) = condition.items()
    return frozenset().union(*(words_of(part) for part in parts))


class ObligationSpec(Record):
    """A duty: who owes it, when, from when, and what shows that it is met."""

    id: str
    reference: str
    who: tuple[str, ...] = Field(min_length=1)
    when: Condition
    applies_from: str = Field(description="'high_risk', 'art50_2_due' or a key of the dates")
    circumstance: str = Field(default="", description="what no fact decides, in words")
    text: str
    evidence: str


class BasePack(Record):
    """What every law pack has, of whatever regime."""

    id: str
    title: str
    regime: str = "eu-ai-act"
    in_force: Interval
    sources: tuple[SourceText, ...]
    dates: dict[str, PackDate]
    facts: dict[str, FactSpec]
    obligations: tuple[ObligationSpec, ...]
    digest: Digest

    def day(self, key: str) -> date:
        """Return the settled, or else the latest, day of a provision."""
        return self.dates[key].readings()[-1]


class Term(Record):
    """A word that duties are written in: when it holds, and by which provision."""

    when: Condition
    reference: str
    text: str


class RegimePack(BasePack):
    """A law pack of another regime than the AI Act: facts, terms and duties, nothing of its own."""

    citation: str
    unchecked: str = Field(
        default="", description="why no source text was compared; empty where one was"
    )
    terms: dict[str, Term]

    @model_validator(mode="after")
    def _knows_its_words(self) -> RegimePack:
        if "applies" not in self.terms:
            raise ValueError("terms.applies is missing: it says whether the law applies")
        if not self.sources and not self.unchecked:
            raise ValueError("a pack without a source text says so in 'unchecked'")
        facts = {f"fact:{fact}" for fact in self.facts}
        known = set(facts)
        for name, term in self.terms.items():
            if strange := sorted(words_of(term.when) - known):
                raise ValueError(f"terms.{name} uses the unknown word {strange[0]}")
            known.add(name)
        for duty in self.obligations:
            if strange := sorted(words_of(duty.when) - known):
                raise ValueError(f"the duty {duty.id} uses the unknown word {strange[0]}")
            if duty.applies_from not in self.dates:
                raise ValueError(f"dates.{duty.applies_from} is referred to but missing")
        return self


class Pack(BasePack):
    """One dated state of the AI Act, ready to classify with."""

    celex: str
    eli: str
    amended_by: str = ""
    sources: tuple[SourceText, ...] = Field(min_length=1)
    rules: frozenset[str] = Field(description="provisions that this state of the law has")
    art5_points: dict[str, Point]
    annex3_items: dict[str, Point]
    annex1_acts: dict[str, Literal["A", "B"]]
    thresholds: Thresholds
    evidence: dict[str, EvidenceSpec] = Field(default={}, description="by id of the duty")
    checklists: dict[str, Checklist] = {}
    fact_questions: dict[str, FactQuestion] = {}
    questions: tuple[QuestionSpec, ...] = ()

    @model_validator(mode="after")
    def _dates_are_found(self) -> Pack:
        if unfound := [key for key, when in self.dates.items() if not when.found]:
            raise ValueError(f"dates.{unfound[0]} names no words of a source text")
        return self

    @model_validator(mode="after")
    def _refers_to_itself(self) -> Pack:
        keys = {point.applies_from or "high_risk" for point in self.art5_points.values()}
        keys |= {duty.applies_from for duty in self.obligations}
        unknown = sorted(keys - {"high_risk", "art50_2_due", *self.dates})
        if unknown:
            raise ValueError(f"dates.{unknown[0]} is referred to but missing")
        words = {word for duty in self.obligations for word in words_of(duty.when)}
        strange = sorted(words - TERMS - {f"fact:{fact}" for fact in self.facts})
        if strange:
            raise ValueError(f"a condition of obligations.yaml uses the unknown word {strange[0]}")
        if set(self.annex3_items) != set(self.facts["annex3"].options):
            raise ValueError("annex3_items and the options of the fact annex3 differ")
        return self

    @model_validator(mode="after")
    def _asks_what_it_has(self) -> Pack:
        duties = {duty.id for duty in self.obligations}
        asked = {f"answer:{question.id}" for question in self.questions}
        if strange := sorted(set(self.evidence) ^ duties) if self.evidence else []:
            raise ValueError(f"evidence.yaml and obligations.yaml differ in {strange[0]}")
        if strange := sorted({question.settles for question in self.questions} - duties):
            raise ValueError(f"a question settles {strange[0]}, which is no duty")
        shown = {each for spec in self.evidence.values() for each in spec.shown_by}
        if strange := sorted({each for each in shown if each.startswith("answer:")} ^ asked):
            raise ValueError(f"evidence.yaml and questions.yaml differ in {strange[0]}")
        self._signs_what_it_asks()
        lists = {each for spec in self.evidence.values() for each in spec.checklists}
        if strange := sorted(lists - set(self.checklists)):
            raise ValueError(f"checklists.{strange[0]} is referred to but missing")
        if strange := sorted(set(self.fact_questions) ^ set(self.facts)) if self.questions else []:
            raise ValueError(f"questions.yaml and classification.yaml differ in {strange[0]}")
        return self

    def _signs_what_it_asks(self) -> None:
        """Refuse a duty whose answer is to be signed by two people and that doesn't name that.

        A pack that names no sign-off at all is of before they were named: there the answer itself
        is missing until it is signed.
        """
        signed = {question.id for question in self.questions if question.four_eyes}
        named = {each for spec in self.evidence.values() for each in spec.shown_by}
        if not any(each.startswith("sign-off:") for each in named):
            return
        for duty, spec in self.evidence.items():
            parts = [each.partition(":") for each in spec.shown_by]
            answers = {name for kind, _, name in parts if kind == "answer"} & signed
            sign_offs = {name for kind, _, name in parts if kind == "sign-off"}
            if strange := sorted(answers ^ sign_offs):
                raise ValueError(f"evidence.{duty} names one of answer and sign-off {strange[0]}")
