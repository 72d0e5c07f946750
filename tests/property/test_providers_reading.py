"""Reading hosts: whatever they send, it is read or flagged, and a capture gives the bytes back."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftgov.errors import NotAssessable
from ftgov.providers.lax import Lax, item_bytes
from ftgov.providers.names import name_of
from ftgov.providers.pace import spent_wait, wished_wait
from ftgov.providers.paging import Place, pages
from ftgov.providers.protocol import Answer, HostError, HostRefused
from ftgov.providers.shapes.costs import decimal_text, derive_bucket
from ftgov.providers.shapes.evaluations import derive_run
from ftgov.providers.shapes.events import EVENTS
from ftgov.providers.shapes.files import derive_file
from ftgov.providers.shapes.jobs import CHECKPOINTS, derive_job
from ftgov.providers.shapes.models import derive_model
from ftgov.providers.shapes.unit import Below, Unit, Where
from ftgov.providers.warc import capture_bytes, kept_answers
from ftgov.records.archived import Flag
from ftgov.records.canonical import canonical_bytes
from ftgov.records.digest import digest_bytes
from ftgov.records.job import Job

AT = "2026-11-21T12:00:00Z"
D = "sha256:" + "0" * 64
WHERE = Where("openai", "acme")
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=True)
    | st.text(max_size=8)
    | st.sampled_from(["auto", "succeeded", "\ud800", "2027-01-14", "ft:gpt-4o:x::y"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
JOB: dict[str, Any] = {
    "id": "ftjob-1",
    "object": "fine_tuning.job",
    "created_at": 1_790_000_000,
    "error": None,
    "fine_tuned_model": "ft:gpt-4o-mini-2024-07-18:acme::Ab1",
    "finished_at": 1_790_000_900,
    "hyperparameters": {"n_epochs": 3, "batch_size": "auto"},
    "model": "gpt-4o-mini-2024-07-18",
    "organization_id": "org-1",
    "result_files": [],
    "status": "succeeded",
    "trained_tokens": 5000,
    "training_file": "file-1",
    "validation_file": None,
    "seed": 7,
    "metadata": {"a": "b"},
    "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3}}},
}
EVENT: dict[str, Any] = {
    "id": "ftevent-1", "created_at": 1_790_000_100, "level": "info", "message": "Step 1",
    "object": "fine_tuning.job.event", "type": "metrics", "data": {"step": 1, "train_loss": 0.5},
}  # fmt: skip
STEP: dict[str, Any] = {
    "id": "ftckpt-1", "created_at": 1_790_000_200, "fine_tuning_job_id": "ftjob-1",
    "fine_tuned_model_checkpoint": "ft:gpt-4o-mini-2024-07-18:acme::Ab1:ckpt-step-5",
    "metrics": {"step": 5, "train_loss": 0.25}, "step_number": 5,
}  # fmt: skip


def _unit(item: Any, events: list[Any], steps: list[Any]) -> Unit:
    below = (Below.listed(EVENTS, "j", (D,), events), Below.listed(CHECKPOINTS, "j", (D,), steps))
    return Unit(item, D, AT, below)


def test_a_sound_job_gives_no_flag() -> None:
    found = derive_job(_unit(JOB, [EVENT], [STEP]), WHERE, {})
    assert found.flags == ()
    assert found.settled
    assert [type(each).__name__ for each in found.records] == [
        "ModelVersion", "ModelVersion", "Dataset", "Job", "ModelVersion", "Checkpoint", "JobEvents",
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(JOB)), JSON)
def test_a_job_with_any_value_in_any_field_is_recorded_or_flagged(key: str, value: Any) -> None:
    found = derive_job(_unit({**JOB, key: value}, [EVENT], [STEP]), WHERE, {})
    for record in found.records:
        canonical_bytes(record)
    jobs = [each for each in found.records if isinstance(each, Job)]
    if key == "id" and not (isinstance(value, str) and value):
        assert jobs == []
        assert any(flag.path == "id" for flag in found.flags)
        return
    (job,) = jobs
    if key == "status" and value != "succeeded":
        assert job.status is not None
        assert job.status.normal == "unknown"
        assert any(flag.path == "status" for flag in found.flags)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(EVENT)), st.sampled_from(sorted(STEP)), JSON)
def test_events_and_checkpoints_with_any_value_break_nothing(
    event: str, step: str, value: Any
) -> None:
    unit = _unit(JOB, [{**EVENT, event: value}, EVENT], [{**STEP, step: value}, value])
    for record in derive_job(unit, WHERE, {}).records:
        canonical_bytes(record)


@settings(max_examples=40, deadline=None)
@given(JSON)
def test_no_answer_breaks_a_reader(value: Any) -> None:
    for item in (value, {"id": "x", "model": value, "status": value, "results": value}):
        unit = Unit(item, D, AT)
        for derived in (
            derive_job(unit, WHERE, {}),
            derive_model(unit, WHERE),
            derive_file(unit, WHERE, {}),
            derive_run(unit, WHERE),
            derive_bucket(unit, WHERE),
        ):
            assert derived.flags or derived.records or isinstance(item, dict)
            for record in derived.records:
                canonical_bytes(record)


@settings(max_examples=60, deadline=None)
@given(JSON)
def test_a_field_is_read_as_it_is_or_flagged(value: Any) -> None:
    flags: list[Flag] = []
    read = Lax({"x": value}, flags)
    found = (read.text("x"), read.count("x"), read.moment("x"))
    if isinstance(value, str) and value and value.isascii():
        assert found[0] == value
    if found[1] is not None:
        assert found[1] == value
    if value is not None and found == (None, None, None) and value != "":
        assert flags


@settings(max_examples=80, deadline=None)
@given(st.text(min_size=1), st.text(min_size=1))
def test_two_ids_never_get_one_name(first: str, second: str) -> None:
    if first != second:
        assert name_of(first) != name_of(second)
    assert len(name_of(first)) <= 128


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.binary(max_size=200), st.text(max_size=30)), max_size=5))
def test_a_capture_gives_the_exact_bytes_back(bodies: list[tuple[bytes, str]]) -> None:
    answers = [
        Answer(f"http://h/{i}?{url}", body, digest_bytes(body), None, AT, url, None)
        for i, (body, url) in enumerate(bodies)
    ]
    written = capture_bytes(answers, software="ftgov/0")
    assert written == capture_bytes(answers, software="ftgov/0")
    again = list(kept_answers(io.BytesIO(written), "c"))
    assert [each.body for each in again] == [each.body for each in answers]
    assert [each.digest for each in again] == [each.digest for each in answers]


@settings(max_examples=30, deadline=None)
@given(st.integers(min_value=1, max_value=400))
def test_a_cut_capture_is_told(at: int) -> None:
    answer = Answer("http://h/", b"{}" * 30, D, None, AT, None, None)
    written = capture_bytes([answer], software="ftgov/0")
    left = written[: len(written) - min(at, len(written) - 1)]
    if left == capture_bytes([], software="ftgov/0"):
        # Cut between two records: only the digest of the evidence tells that one is gone.
        assert list(kept_answers(io.BytesIO(left), "c")) == []
        return
    with pytest.raises(NotAssessable):
        list(kept_answers(io.BytesIO(left), "c"))


class _Pages:
    """A host that lists ids by a cursor, as a plan says."""

    def __init__(
        self, ids: list[str], size: int, lost: set[str], *, circle: bool = False, mute: bool = False
    ) -> None:
        self.ids, self.size, self.lost, self.circle, self.mute = ids, size, lost, circle, mute

    def get(self, path: str, query: Mapping[str, Any] | None = None, *, admin: bool = False) -> Any:
        after = (query or {}).get("after")
        if after in self.lost and self.mute:
            content: dict[str, Any] = {"data": [], "has_more": False}
            return Answer(path, b"", D, content, AT, None, None)
        if after in self.lost:
            raise HostRefused("gone", status=404)
        start = 0 if after is None or self.circle else self.ids.index(str(after)) + 1
        shown = self.ids[start : start + self.size]
        more = self.circle or start + self.size < len(self.ids)
        content = {"data": [{"id": each} for each in shown], "has_more": more}
        body = json.dumps(content).encode()
        return Answer(path, body, digest_bytes(body), content, AT, None, None)


@settings(max_examples=50, deadline=None)
@given(
    st.integers(0, 20), st.integers(1, 5), st.sets(st.integers(0, 19), max_size=3), st.booleans()
)
def test_a_listing_is_read_to_its_end_though_cursors_are_lost(
    count: int, size: int, lost: set[int], mute: bool
) -> None:
    ids = [f"id-{i}" for i in range(count)]
    host: Any = _Pages(ids, size, {f"id-{i}" for i in lost}, mute=mute)
    try:
        found = [item["id"] for page in pages(host, Place("/x")) for item in page.items]
    except HostError:
        assert lost
    else:
        assert found == ids


def test_a_listing_that_runs_in_a_circle_is_an_error() -> None:
    host: Any = _Pages(["a", "b"], 2, set(), circle=True)
    with pytest.raises(HostError):
        list(pages(host, Place("/x")))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (3, "3"),
        ("1.50", "1.5"),
        (1e-20, "0"),
        (True, None),
        (None, None),
        ("x", None),
    ],
)
def test_an_amount_is_decimal_text_or_none(value: object, text: str | None) -> None:
    assert decimal_text(value) == text


def test_waits_are_those_that_the_host_wants() -> None:
    assert wished_wait({"retry-after-ms": "1500"}) == 1.5
    assert wished_wait({"retry-after": "20"}) == 20
    assert wished_wait({"retry-after": "soon"}) is None
    spent = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}
    assert spent_wait(spent) == 360
    assert spent_wait({**spent, "x-ratelimit-reset-requests": "20ms"}) == 0.02
    assert spent_wait({**spent, "x-ratelimit-remaining-requests": "3"}) == 0


def test_comparison_does_not_depend_on_the_order_of_keys() -> None:
    assert item_bytes({"a": 1, "b": [1.0]}) == item_bytes({"b": [1.0], "a": 1})
