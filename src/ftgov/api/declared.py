"""One truth about special categories: a dataset's record and its declared columns must agree."""

from __future__ import annotations

from collections.abc import Sequence

from ftgov.errors import UsageError
from ftgov.records.base import Record
from ftgov.records.dataset import Dataset
from ftgov.records.special_category import SpecialColumns, stated_of
from ftgov.store.workspace import Workspace


def require_agreement(workspace: Workspace, records: Sequence[Record]) -> None:
    """Refuse what says that a dataset holds no special category while columns are declared.

    Columns may be declared after the dataset, so a record that states categories without columns
    is no fault yet; an audit and an upload ask for them.

    Raises:
        UsageError: Naming the dataset and its columns.
    """
    datasets = {each.name: each for each in records if isinstance(each, Dataset)}
    columns = {each.name: each for each in records if isinstance(each, SpecialColumns)}
    for name in dict.fromkeys((*datasets, *columns)):
        dataset = datasets.get(name) or workspace.ledger.get(Dataset, name)
        declared = columns.get(name) or workspace.ledger.get(SpecialColumns, name)
        said = stated_of(dataset) if dataset else None
        if declared and said and not said.categories:
            raise UsageError(
                f"'{name}' would hold no special category and declare columns of one: "
                f"{', '.join(declared.columns)}.",
                why="The dataset's record and the declaration of its columns are one truth.",
                next_step=f"ftgov record dataset {name} ... --special-category NAME, or unknown",
            )
