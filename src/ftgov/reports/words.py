"""The fixed sentences of the report: verdicts, classes of the law, assurance labels."""

from __future__ import annotations

from typing import Final

from ftgov.records.decision import Verdict
from ftgov.records.duty_state import State
from ftgov.records.law import Overall
from ftgov.records.measurement import Assurance
from ftgov.reports.shapes import Pill, Tone

VERDICTS: Final[dict[Verdict, Pill]] = {
    "pass": Pill(word="PASS", tone="good"),
    "fail": Pill(word="FAIL", tone="bad"),
    "error": Pill(word="NOT ASSESSED", tone="open"),
}

NEXT_STEPS: Final[dict[Verdict, str]] = {
    "pass": "A person with authority may now decide on the release; the gate does not release.",
    "fail": "Don't release this model version. The rules that failed, and what would change their "
    "outcome, stand below.",
    "error": "Don't release this model version on this report. Supply what is missing, audit "
    "again, and run the gate again.",
}

OUTCOMES: Final[dict[str, Pill]] = {
    word: Pill(word=text, tone=tone)
    for word, (text, tone) in dict[str, tuple[str, Tone]](
        {
            "pass": ("pass", "good"),
            "fail": ("fail", "bad"),
            "warn": ("warning", "open"),
            "waived": ("waived", "open"),
            "error": ("not assessed", "open"),
            "inconclusive": ("inconclusive", "open"),
            "measured": ("measured", "plain"),
            "not_assessed": ("not assessed", "open"),
            "not_applicable": ("not applicable", "plain"),
        }
    ).items()
}

STATES: Final[dict[State, tuple[Pill, str]]] = {
    "contradicting": (
        Pill(word="contradicting", tone="bad"),
        "something recorded speaks against it",
    ),
    "stale": (Pill(word="stale", tone="open"), "the evidence is older than what it speaks of"),
    "missing": (Pill(word="missing", tone="open"), "something that it asks for is not there"),
    "present": (Pill(word="present", tone="good"), "all that it asks for is there"),
    "not_yet_applicable": (
        Pill(word="not yet applicable", tone="plain"),
        "the duty starts later; how the evidence stands so far is told",
    ),
    "not_applicable": (Pill(word="not applicable", tone="plain"), "not owed, or nothing is asked"),
}
"""How the evidence for a duty stands, worst first, and what each word means."""

CLASSES: Final[dict[Overall, str]] = {
    "out_of_scope": "The system lies outside the scope of the Regulation.",
    "prohibited": "The system falls under a prohibited practice (Article 5).",
    "prohibited_from_future_date": "The system falls under a practice that is prohibited from a "
    "later date (Article 5).",
    "high_risk": "The system is a high-risk AI system (Article 6).",
    "not_high_risk_by_6_3": "The system is listed in Annex III but not high-risk, by the "
    "derogation of Article 6(3).",
    "transparency": "The system is not high-risk; it has transparency duties (Article 50).",
    "minimal": "The system is neither prohibited nor high-risk and has no transparency duty.",
    "model_only": "There is no AI system here, only a model with duties of its own.",
    "undetermined": "The class of the system can't be determined: facts are missing.",
}

SHORT_CLASSES: Final[dict[Overall, str]] = {
    "out_of_scope": "out of scope",
    "prohibited": "prohibited",
    "prohibited_from_future_date": "prohibited from a later date",
    "high_risk": "high-risk",
    "not_high_risk_by_6_3": "not high-risk by Article 6(3)",
    "transparency": "transparency duties only",
    "minimal": "minimal",
    "model_only": "model only",
    "undetermined": "undetermined",
}

MODEL_ROLES: Final[dict[str, str]] = {
    "none": "No duties of a provider of a general-purpose AI model follow from this fine-tune.",
    "original_provider": "Provider of a general-purpose AI model.",
    "original_provider_systemic": "Provider of a general-purpose AI model with systemic risk.",
    "modifier_provider": "Provider of a general-purpose AI model, for the modification only.",
    "modifier_provider_systemic": "Provider of a general-purpose AI model with systemic risk, for "
    "the modification only.",
    "undetermined": "Undetermined: facts are missing.",
}

DEROGATION: Final[dict[str, str]] = {
    "n/a": "",
    "blocked_by_profiling": "The derogation of Article 6(3) is not open: persons are profiled.",
    "available": "The derogation of Article 6(3) is open.",
    "not_met": "The conditions of the derogation of Article 6(3) are not met.",
    "undetermined": "Whether the derogation of Article 6(3) is open can't be determined.",
}

LABELS: Final[dict[Assurance, str]] = {
    "measured-meter": "Read from a physical meter.",
    "measured-software": "Measured by software: counted or computed from recorded files, or read "
    "from the counters of the machine.",
    "provider-reported": "Stated by the company that hosts the model; not verifiable from here.",
    "estimated-flop": "Estimated from the number of computing operations and dated factors.",
    "estimated-tdp": "Estimated from run time and the rated power of the hardware.",
    "declared": "Stated by a person or a record; not measured.",
    "assumed": "A default, taken because nothing better was recorded.",
    "unknown": "The origin of the figure is not known.",
}

METHODS: Final[dict[str, str]] = {
    "pretraining": "pretraining",
    "lora": "LoRA",
    "full": "full fine-tune",
    "supervised": "supervised",
    "dpo": "DPO",
    "reinforcement": "reinforcement",
    "unknown": "training",
}
"""Training methods as printed before the word `job`."""

CLOCKS: Final = {"system-clock": "the clock of the machine", "given": "a time that was given"}
"""Where the time of a decision comes from."""

HIGHLIGHTS: Final = (
    ("demographic_parity_ratio", "selection_rate_ratio"),
    ("accuracy_change", "accuracy_tuned", "accuracy"),
    ("refusal_change", "refusal_rate_tuned", "unsafe_refusal_change"),
    ("canary_reproduction", "canary_exposure", "extraction_rate"),
    ("job_energy", "facility_energy", "energy"),
)
"""Measures that the summary shows first, by the last part of their id, in this order."""

FOUR_FIFTHS: Final = 0.8
"""The reference line on ratio charts: 29 CFR 1607.4(D), a rule of thumb, not a legal limit here."""
