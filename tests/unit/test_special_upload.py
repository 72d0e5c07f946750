"""Special categories: one truth of record and columns, and nothing of them to a hosted API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ftgov.api.nouns import record_dataset
from ftgov.api.special_categories import declare_columns, refuse_upload
from ftgov.errors import NotAssessable, UsageError
from ftgov.records.special_category import UploadOverride
from ftgov.store.workspace import Workspace
from store_support import AT, Home

REASON = "explicit consent to this processor, recorded with the data"


@pytest.fixture
def place(home: Home, tmp_path: Path) -> Iterator[tuple[Workspace, Callable[..., None]]]:
    """A workspace, and what records a dataset of one file with some text."""
    with home.create() as made:

        def dataset(name: str, content: str = "a,b\n1,2\n", **fields: Any) -> None:
            file = tmp_path / f"{name}.csv"
            file.write_text(content)
            record_dataset(made, name, [file], role="train", **fields)

        yield made, dataset


def _overrides(workspace: Workspace) -> list[UploadOverride]:
    return list(workspace.ledger.every(UploadOverride))


def test_what_declares_nothing_may_be_sent(
    place: tuple[Workspace, Callable[..., None]],
) -> None:
    workspace, dataset = place
    dataset("plain", special_categories="n/a")
    dataset("silent", "c\n1\n", special_categories="unknown")
    for name in ("plain", "silent"):
        assert refuse_upload(workspace, name, None) is None
        assert refuse_upload(workspace, name, REASON) is None
    assert _overrides(workspace) == []


def test_declared_columns_are_not_sent_without_a_reason_that_is_kept(
    place: tuple[Workspace, Callable[..., None]],
) -> None:
    workspace, dataset = place
    dataset("people")
    declare_columns(workspace, "people", ["b"], actor="unnamed")
    for none in (None, "", "  "):
        with pytest.raises(NotAssessable, match="people: b"):
            refuse_upload(workspace, "people", none)
    assert _overrides(workspace) == []
    made = refuse_upload(workspace, "people", f" {REASON} ", actor="Jane Doe", now=AT)
    assert made is not None
    assert (made.columns, made.reason, made.decided_at) == (("b",), REASON, AT)
    assert made.author.startswith("party-"), "a name in clear can't be erased"
    assert _overrides(workspace) == [made]


def test_categories_without_columns_and_the_same_bytes_under_another_name_count(
    place: tuple[Workspace, Callable[..., None]],
) -> None:
    workspace, dataset = place
    dataset("clinic", special_categories=("health",))
    dataset("copy")
    for name in ("clinic", "copy"):
        with pytest.raises(NotAssessable, match="health"):
            refuse_upload(workspace, name, None)
    made = refuse_upload(workspace, "copy", REASON)
    assert made is not None
    assert (made.name, made.columns, made.categories) == ("copy", (), ("health",))


def test_a_dataset_that_is_not_recorded_is_not_sent(home: Home) -> None:
    with home.create() as made, pytest.raises(UsageError, match="no dataset 'nobody'"):
        refuse_upload(made, "nobody", REASON)


def test_a_record_that_denies_what_its_columns_say_is_refused_in_either_order(
    place: tuple[Workspace, Callable[..., None]],
) -> None:
    workspace, dataset = place
    dataset("none", special_categories="n/a")
    with pytest.raises(UsageError, match="'none' would hold no special category"):
        declare_columns(workspace, "none", ["b"], actor="unnamed")
    dataset("some", special_categories="unknown")
    declare_columns(workspace, "some", ["b"], actor="unnamed")
    for denial in ("n/a", ()):
        with pytest.raises(UsageError, match="declare columns of one: b"):
            dataset("some", special_categories=denial)
    dataset("some", special_categories=("health",))
