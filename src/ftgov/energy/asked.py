"""A job as a person asks about it: text and options to a checked job, with what was assumed."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import NamedTuple

from ftgov.energy.contradictions import Remark
from ftgov.energy.estimate import Estimate, estimate
from ftgov.energy.factors import Factor, factor
from ftgov.energy.factors.models import ModelPrior, Unresolved, base_of, resolve
from ftgov.energy.job import Job, Method, Site, checked
from ftgov.energy.ranges import two
from ftgov.errors import UsageError

_UNKNOWN = "prior.unknown.parameters"


class Question(NamedTuple):
    """What was asked, as text where a person wrote it.

    Attributes:
        tokens: Tokens trained on, over all epochs: `25165824`, `2.5e7`.
        model: The base model's name, or a fine-tuned model's.
        params: Active parameters, `7e9` or `8e9,28e9`, instead of a model.
        method: What is trained.
        gpu: The accelerator.
        gpus: How many.
        region: Grid zone or cloud region.
        hours: How long it ran.
        site: Who ran it; None: oneself where the accelerator is named, else a provider.
        strict: Refuse what would have to be assumed about the model, and contradictions.
        seed: Of the draws.
    """

    tokens: str
    model: str | None = None
    params: str | None = None
    method: Method = "unknown"
    gpu: str | None = None
    gpus: int | None = None
    region: str | None = None
    hours: float | None = None
    site: Site | None = None
    strict: bool = False
    seed: int = 0


def answer(question: Question) -> Estimate:
    """Estimate the job that a question is about.

    Raises:
        UsageError: If the question is malformed, absurd or contradicts itself; or, where it is
            strict, if the model is unknown or the evidence is improbable.
    """
    if question.seed < 0:
        raise UsageError(f"--seed {question.seed} is negative.", next_step="Give 0 or more.")
    parameters, rows, found = _parameters(question)
    site = question.site or ("hosted" if question.gpu is None else "local")
    job = checked(
        Job(
            tokens=whole(question.tokens, "--tokens"),
            parameters=parameters,
            method=question.method,
            site=site,
            gpu=question.gpu,
            gpus=question.gpus,
            hours=question.hours,
            zone=question.region,
            model=question.model,
        )
    )
    result = estimate(job, seed=question.seed)
    contradicted = [each for each in result.remarks if each.kind == "contradiction"]
    if question.strict and contradicted:
        raise UsageError("The evidence contradicts itself.", why=contradicted[0].text)
    return result._replace(remarks=(*found, *result.remarks), factors=(*rows, *result.factors))


def number(text: str, option: str) -> Fraction:
    """Return a number that a person wrote, exactly.

    Raises:
        UsageError: If it is none, or not finite.
    """
    try:
        read = Decimal(text.strip().replace("_", ""))
        # A huge exponent would be expanded digit by digit; no figure here needs one.
        if not read.is_finite() or abs(read.adjusted()) > 60:
            raise InvalidOperation
    except InvalidOperation as fault:
        raise UsageError(
            f"{option} {text!r} is no number that can be used.",
            next_step="Write digits or an exponent, for example 25165824 or 2.5e7.",
        ) from fault
    return Fraction(read)


def whole(text: str, option: str) -> float:
    """Return a count that a person wrote: `25165824` or `2.5e7`, no part of one.

    Raises:
        UsageError: If it is no number, or holds a fraction.
    """
    read = number(text, option)
    if read.denominator != 1:
        raise UsageError(
            f"{option} {text} is no whole number.",
            why="Tokens are counted, so there is no part of one.",
            next_step="Give the tokens over all epochs, as the provider counted them.",
        )
    return float(read)


def named(model: str, option: str) -> ModelPrior | Unresolved:
    """Return a model's size, or why it is not known.

    Raises:
        UsageError: If the name holds no model at all: empty, or `ft:` alone.
    """
    if not base_of(model).strip():
        raise UsageError(
            f"{option} {model!r} names no model.",
            next_step="Give a base model's name or ft:..., or leave it out and give --params.",
        )
    return resolve(model)


def _parameters(
    question: Question,
) -> tuple[tuple[float, float], tuple[Factor, ...], tuple[Remark, ...]]:
    """Return active parameters, the rows they come from, and what had to be assumed."""
    if question.params is not None:
        if question.model is not None:
            raise UsageError(
                "--model and --params are both given.", next_step="Give one of the two."
            )
        ends = [float(number(part, "--params")) for part in question.params.split(",")]
        if len(ends) > 2:
            raise UsageError(f"--params {question.params} holds more than two numbers.")
        return (ends[0], ends[-1]), (), ()
    if question.model is None:
        return _unknown("No model and no parameters were given.", question)
    known = named(question.model, "--model")
    if not isinstance(known, ModelPrior):
        return _unknown(known.reason, question)
    row = known.parameters
    return (row.low, row.high), (row,), size_remarks(known)


def size_remarks(known: ModelPrior) -> tuple[Remark, ...]:
    """Return the remark that a model's size was assumed, and why; none where it is published."""
    row = known.parameters
    if row.low == row.high:
        return ()
    text = (
        f"{known.name}: {two(row.low / 1e9)} to {two(row.high / 1e9)} billion active parameters "
        f"are assumed ({row.source})."
    )
    return (Remark("assumption", text),)


def _unknown(
    reason: str, question: Question
) -> tuple[tuple[float, float], tuple[Factor, ...], tuple[Remark, ...]]:
    row = factor(_UNKNOWN)
    if question.strict:
        raise UsageError(
            "The model's size is unknown, and --strict refuses to assume one.",
            why=reason,
            next_step="Give --params N or --params LOW,HIGH.",
        )
    text = (
        f"{reason} Between {two(row.low / 1e9)} and {two(row.high / 1e9)} billion active "
        "parameters are assumed: any model that is fine-tuned today."
    )
    return (row.low, row.high), (row,), (Remark("assumption", text),)
