"""Published measured cases: what a training run used, by whose meter, with the primary source."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import Literal, NamedTuple, cast

from ftgov.errors import FtgovError, NothingToAudit, UsageError

Regime = Literal["datacentre", "local", "hosted"]
Boundary = Literal["accelerator", "it", "facility"]

SHIPPED = Path(__file__).resolve().parent / "cases.csv"
"""The cases that travel with ftgov; each row names where it was read."""

_REGIMES = ("datacentre", "local", "hosted")
_METHODS = ("lora", "full", "dpo", "unknown")
_BOUNDARIES = ("accelerator", "it", "facility")
_REQUIRED = ("id", "source", "params_active", "tokens_trained", "method", "energy_kwh", "regime")
_LARGEST = 1 << 20


class Case(NamedTuple):
    """One run that was measured.

    Attributes:
        id: Its name.
        source: Who published it; cases of one source are not independent.
        parameters: Active parameters.
        tokens: Tokens trained on, or None where nobody states them.
        method: What was trained.
        kwh: What the meter said.
        gpu: The accelerator, or None.
        gpus: How many, or None.
        regime: Who ran it.
        boundary: What the meter saw.
        hours: How long it ran, or None.
    """

    id: str
    source: str
    parameters: float
    tokens: float | None
    method: str
    kwh: float
    gpu: str | None
    gpus: int | None
    regime: Regime
    boundary: Boundary
    hours: float | None


def read_cases(path: Path = SHIPPED) -> tuple[Case, ...]:
    """Read a table of cases.

    The columns are those of the shipped table: `id`, `source`, `params_active`, `tokens_trained`,
    `method`, `energy_kwh` and `regime` must be there; `gpu`, `n_gpus`, `pue_included`, `boundary`
    and `hours` may be; others are for people. Without a boundary it is the building where
    `pue_included` is above 1, else the machines; a blank one tells neither, and is refused.

    Raises:
        UsageError: If the file is absent.
        NothingToAudit: If it has no row.
        FtgovError: If a row lacks its source, a number is none, or an id stands there twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise UsageError(
            f"The cases {path} can't be read.", why=str(fault), next_step="Check --cases."
        ) from fault
    if len(text) > _LARGEST:
        raise FtgovError(f"The cases {path} are larger than 1 MiB.")
    return parse(text, str(path))


def parse(text: str, file: str) -> tuple[Case, ...]:
    """Read cases from the text of a CSV file; `file` names it in errors.

    Raises:
        FtgovError: Naming file, line and field.
    """
    try:
        return _parsed(csv.DictReader(io.StringIO(text)), file)
    except csv.Error as fault:
        raise FtgovError(f"{file} is no CSV table.", why=str(fault)) from fault


def _parsed(reader: csv.DictReader[str], file: str) -> tuple[Case, ...]:
    missing = [name for name in _REQUIRED if name not in (reader.fieldnames or ())]
    if missing:
        raise FtgovError(f"{file} lacks the column {missing[0]}.")
    found: dict[str, Case] = {}
    for row in reader:
        where = f"{file}, line {reader.line_num}"
        if None in row or None in row.values():
            raise FtgovError(f"{where}: it has more or fewer fields than the header.")
        case = _case(_Row(row, where))
        if case.id in found:
            raise FtgovError(f"{where}: the id {case.id} stands there twice.")
        found[case.id] = case
    if not found:
        raise NothingToAudit(f"{file} holds no case.", next_step="Add a row, or check --cases.")
    return tuple(found.values())


class _Row(NamedTuple):
    fields: dict[str, str]
    where: str

    def text(self, name: str) -> str:
        """Return a field's text, empty where there is no such column."""
        return self.fields.get(name, "").strip()

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        """Return a field that must be one of some words."""
        value = self.text(name)
        if value not in allowed:
            raise FtgovError(f"{self.where}: {name} is {value!r}, none of {', '.join(allowed)}.")
        return value

    def number(self, name: str) -> float | None:
        """Return a positive number, None where the field is empty."""
        value = self.text(name)
        if not value:
            return None
        try:
            read = float(value)
        except ValueError as fault:
            raise FtgovError(f"{self.where}: {name} is {value!r}, no number.") from fault
        if not math.isfinite(read) or read <= 0:
            raise FtgovError(f"{self.where}: {name} is {value}, not positive and finite.")
        return read

    def required(self, name: str) -> float:
        """Return a positive number that must be there."""
        value = self.number(name)
        if value is None:
            raise FtgovError(f"{self.where}: {name} is empty.")
        return value


def _case(row: _Row) -> Case:
    for name in ("id", "source"):
        if not row.text(name):
            raise FtgovError(
                f"{row.where}: {name} is empty.",
                why="A case without its primary source can't be checked by anyone.",
            )
    gpus = row.number("n_gpus")
    if gpus is not None and not gpus.is_integer():
        raise FtgovError(f"{row.where}: n_gpus is {gpus}, no whole number.")
    case = Case(
        id=row.text("id"),
        source=row.text("source"),
        parameters=row.required("params_active"),
        tokens=row.number("tokens_trained"),
        method=row.one_of("method", _METHODS),
        kwh=row.required("energy_kwh"),
        gpu=row.text("gpu") or None,
        gpus=None if gpus is None else int(gpus),
        regime=cast("Regime", row.one_of("regime", _REGIMES)),
        boundary=_boundary(row),
        hours=row.number("hours"),
    )
    if case.tokens is None and (case.hours is None or case.gpu is None or case.gpus is None):
        raise FtgovError(
            f"{row.where}: there are neither tokens nor hours on known accelerators: nothing can "
            "be estimated."
        )
    return case


def _boundary(row: _Row) -> Boundary:
    """Return what the meter saw: as it is stated, else by the building's overhead."""
    if row.text("boundary"):
        return cast("Boundary", row.one_of("boundary", _BOUNDARIES))
    if "pue_included" not in row.fields:
        return "it"
    return "facility" if row.required("pue_included") > 1 else "it"
