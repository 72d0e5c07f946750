"""Whatever a training log holds: the figures that were written are read, or it is refused."""

from __future__ import annotations

import base64
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ftgov.errors import FtgovError
from ftgov.records.metric import MetricPoint
from ftgov.tables.training_log import metric_points, read_training_log

COLUMNS = {
    "train_loss": ("train", "loss"),
    "train_accuracy": ("train", "mean_token_accuracy"),
    "valid_loss": ("valid", "loss"),
    "validation_mean_token_accuracy": ("valid", "mean_token_accuracy"),
    "full_valid_loss": ("full_valid", "loss"),
    "reward_mean": ("train", "reward_mean"),
}
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
ROW = st.dictionaries(st.sampled_from(sorted(COLUMNS)), NUMBERS)
RUN = st.dictionaries(st.integers(0, 10**9), ROW, max_size=20)
CELLS = st.text(st.sampled_from("0123456789.,eE+-\n\r\"'; naif_step"), max_size=60)
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["step", "loss", "data", "type", "metrics", "eval_loss", "object", "x"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


def expected(run: dict[int, dict[str, float]]) -> set[tuple[int, str, str, float]]:
    """Return what a run's figures are, in our words."""
    return {
        (step, *COLUMNS[name], value) for step, row in run.items() for name, value in row.items()
    }


def found(content: bytes) -> set[tuple[int, str, str, float | None]]:
    """Return the figures that are read of a log; all of them become records."""
    log = read_training_log(content, "log")
    records = metric_points(log, "job")
    assert len({record.name for record in records}) == len(log.points)
    assert all(MetricPoint.model_validate(record.model_dump()) == record for record in records)
    assert log.flags == ()
    return {(point.step, point.split, point.metric, point.value) for point in log.points}


def as_csv(run: dict[int, dict[str, float]]) -> bytes:
    """Write a run as a host's result file."""
    names = sorted(COLUMNS)
    lines = [",".join(["step", *names])]
    for step, row in run.items():
        lines.append(",".join([str(step), *(repr(row[n]) if n in row else "" for n in names)]))
    return "".join(line + "\n" for line in lines).encode()


def as_events(run: dict[int, dict[str, float]]) -> bytes:
    """Write a run as the API's list of events, newest first."""
    rows = [
        {"object": "fine_tuning.job.event", "type": "metrics", "data": {"step": step, **row}}
        for step, row in run.items()
    ]
    return json.dumps({"object": "list", "data": rows[::-1]}).encode()


def attempted(content: bytes) -> int | None:
    """Return how many records a log makes, or None where it is refused with a reason."""
    try:
        log = read_training_log(content, "log")
    except FtgovError as fault:
        return None if fault.why else 0
    return len(metric_points(log, "job"))


@settings(max_examples=60)
@given(RUN.filter(lambda run: any(run.values())), st.sampled_from(["csv", "base64", "events"]))
def test_every_figure_that_was_written_is_read(run: dict[int, dict[str, float]], form: str) -> None:
    written = as_events(run) if form == "events" else as_csv(run)
    content = base64.b64encode(written) if form == "base64" else written
    assert found(content) == expected(run)


@settings(max_examples=60)
@given(RUN.filter(lambda run: any(run.values())), st.data())
def test_a_cut_file_never_gives_a_false_figure(
    run: dict[int, dict[str, float]], data: st.DataObject
) -> None:
    written = as_csv(run)
    packed = data.draw(st.booleans())
    content = base64.b64encode(written) if packed else written
    cut = content[: data.draw(st.integers(0, len(content) - 1))]
    try:
        log = read_training_log(cut, "log")
    except FtgovError:
        return
    points = {(point.step, point.split, point.metric, point.value) for point in log.points}
    assert points <= expected(run)


@settings(max_examples=100)
@given(st.binary(max_size=80) | CELLS.map(str.encode))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for whole in (content, b"step,train_loss\n" + content):
        assert attempted(whole) != 0


@settings(max_examples=100)
@given(JSONS, st.sampled_from(["log_history", "event", "checkpoint"]))
def test_any_json_is_read_or_refused(inner: Any, form: str) -> None:
    whole: Any = {"log_history": inner}
    if form != "log_history":
        first = {"object": f"fine_tuning.job.{form}", "type": "metrics", "data": inner}
        whole = {"object": "list", "data": [first, inner, {**first, "metrics": inner}]}
    assert attempted(json.dumps(whole).encode()) != 0
