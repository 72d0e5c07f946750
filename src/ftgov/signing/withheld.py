"""What a bundle withholds: named in a file of its own, so that nothing is left out in silence.

Whoever holds a bundle may withhold evidence before passing it on. `attestations/withheld.json`
names exactly the signed files that are not there, and those of whose rows only a part is. A file
that is neither there nor named is missing, and the bundle is invalid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from ftgov.errors import InvalidBundle
from ftgov.records.base import Record
from ftgov.records.canonical import canonical_bytes
from ftgov.records.digest import bare
from ftgov.signing.bundle_read import Bundle
from ftgov.signing.envelope import parse_canonical
from ftgov.signing.names import ROWS, WITHHELD_NAME, malformed
from ftgov.signing.rows import RowTree, SignedRows, count_rows

EvidenceName = Annotated[str, Field(pattern=r"^evidence/[0-9a-f]{64}$")]
"""The name of an evidence file and nothing around it: `$` is the end of the text here."""


class WithheldRows(Record):
    """A file of which rows are withheld, and how many."""

    file: EvidenceName
    withheld: int = Field(ge=1, lt=2**53)


class Withheld(Record):
    """The record of what a bundle withholds; each list is sorted, and no file is in both."""

    schema_id: Literal["https://ftgov.dev/schema/withheld/v1"] = Field(
        default="https://ftgov.dev/schema/withheld/v1", alias="schema"
    )
    files: tuple[EvidenceName, ...] = ()
    rows: tuple[WithheldRows, ...] = ()

    model_config = {"populate_by_name": True, "serialize_by_alias": True}

    @model_validator(mode="after")
    def _sorted(self) -> Self:
        partly = [each.file for each in self.rows]
        for names in (list(self.files), partly):
            if names != sorted(set(names)):
                raise ValueError("names are not sorted, each once")
        if set(self.files) & set(partly):
            raise ValueError("a file is withheld altogether and in part")
        if not self.files and not partly:
            raise ValueError("nothing is withheld")
        return self

    @property
    def names(self) -> frozenset[str]:
        """The signed files that are not in the bundle as a whole."""
        return frozenset((*self.files, *(each.file for each in self.rows)))

    def lines(self, titles: Mapping[str, str]) -> tuple[str, ...]:
        """Return what is withheld, one line for each file.

        Args:
            titles: What people call a file, by its name in the bundle.
        """

        def called(name: str) -> str:
            return f"{name} ({titles[name]!a})" if name in titles else name

        return (
            *(f"withheld: {called(name)}" for name in self.files),
            *(f"withheld: {each.withheld} rows of {called(each.file)}" for each in self.rows),
        )


NOTHING = Withheld.model_construct()
"""Of a whole bundle."""


def read_withheld(bundle: Bundle) -> Withheld:
    """Return what a bundle says that it withholds.

    Raises:
        InvalidBundle: If it can't be read, or is not the canonical form of itself.
    """
    if WITHHELD_NAME not in bundle.names:
        return NOTHING
    content = bundle.read(WITHHELD_NAME)
    try:
        found = Withheld.model_validate(parse_canonical(content))
        if canonical_bytes(found) != content:
            raise ValueError("a field has a wrong type")
    except ValueError as fault:
        why = str(fault).splitlines()[0]
        raise malformed(f"malformed: {WITHHELD_NAME}.", why) from fault
    return found


def rows_name(file: str) -> str:
    """Return the name of what is left of an evidence file's rows."""
    return f"attestations/rows-{file.removeprefix('evidence/')}.jsonl"


class _Case(NamedTuple):
    bundle: Bundle
    withheld: Withheld
    trees: dict[str, RowTree]


def withheld_faults(
    bundle: Bundle, withheld: Withheld, signed: frozenset[str], rows: SignedRows | None
) -> Iterator[str]:
    """Yield what contradicts the record of what is withheld.

    Args:
        bundle: The bundle.
        withheld: Its record, `NOTHING` where it has none.
        signed: The names of all signed files.
        rows: The row trees of the signed predicate.
    """
    for name in sorted(withheld.names):
        if name not in signed:
            yield f"{WITHHELD_NAME}: {name} was never signed"
        elif name in bundle.names:
            yield f"{WITHHELD_NAME}: {name} is there"
    partly = {rows_name(each.file) for each in withheld.rows}
    present = {name for name in bundle.names if ROWS.fullmatch(name)}
    yield from (f"extra: {name}" for name in sorted(present - partly))
    yield from (f"missing: {name}" for name in sorted(partly - present))
    salts = f"evidence/{bare(rows.salts)}" if rows else ""
    if withheld.rows and salts in bundle.names:
        yield f"{salts}: the salts of withheld rows are there"
    trees = {f"evidence/{bare(tree.file)}": tree for tree in rows.trees} if rows else {}
    for each in withheld.rows:
        if rows_name(each.file) in present:
            yield from _row_faults(_Case(bundle, withheld, trees), each)


def _row_faults(case: _Case, each: WithheldRows) -> Iterator[str]:
    name = rows_name(each.file)
    tree = case.trees.get(each.file)
    if tree is None:
        yield f"{name}: no rows of that file were signed"
        return
    try:
        with case.bundle.sound(name), case.bundle.open(name) as stream:
            found = count_rows(stream)
    except (ValueError, InvalidBundle) as fault:
        yield f"malformed: {name}: {str(fault).splitlines()[0]}"
        return
    if (found.rows, found.root) != (tree.rows, tree.root):
        yield f"changed: {name}"
    elif found.hidden != each.withheld:
        yield f"{WITHHELD_NAME}: {found.hidden} rows of {each.file} are withheld"
