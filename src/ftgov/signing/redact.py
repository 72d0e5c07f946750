"""Withholding evidence from a bundle: whole files, or rows of a file whose row tree was signed.

Nothing that was signed changes: report, dossier, statement and countersignatures stay, and so do
the digests of what is withheld. The bundle then says what it withholds (`withheld.py`). Whoever
holds a bundle may withhold; nobody can do it unseen.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from ftgov.errors import UsageError
from ftgov.records.canonical import canonical_bytes
from ftgov.records.digest import bare, digest_bytes
from ftgov.signing.bundle_edit import copy_bundle
from ftgov.signing.bundle_read import Bundle, open_bundle
from ftgov.signing.envelope import parse_canonical, parse_envelope, parse_statement
from ftgov.signing.held import require_same
from ftgov.signing.names import DOSSIER_NAME, ENVELOPE_NAME, WITHHELD_NAME, malformed
from ftgov.signing.predicate import evidence_titles, read_predicate
from ftgov.signing.rows import (
    HiddenRow,
    KeptRow,
    RowSalts,
    RowTree,
    SignedRows,
    read_rows,
    row_leaf,
    row_salt,
    row_tree,
    rows_of,
    write_row,
)
from ftgov.signing.withheld import Withheld, WithheldRows, read_withheld, rows_name
from ftgov.transparency.merkle import Frontier

_RANDOM: Final = re.compile(r"[0-9a-f]{32,}")


class Redacted(NamedTuple):
    """What a bundle withholds now, and the files whose withheld rows hold no random field.

    Who can guess every withheld row of such a file can confirm the guess by the file's digest.
    """

    withheld: Withheld
    lines: tuple[str, ...]
    guessable: tuple[str, ...]


class _Signed(NamedTuple):
    bundle: Bundle
    names: frozenset[str]
    rows: SignedRows | None
    before: Withheld
    titles: dict[str, str]


def redact_bundle(
    path: Path, target: Path, *, files: Collection[str] = (), rows: Mapping[str, Collection[int]]
) -> Redacted:
    """Write a copy of a bundle that withholds evidence, and more of it where some is already.

    Args:
        path: The bundle, a folder or an archive; it stays as it is.
        target: The new folder, or archive where the name ends in `.zip`.
        files: Evidence to withhold as a whole, each by name, digest or its own file's name.
        rows: Numbers of rows to withhold, from 1, by the file they are in.

    Raises:
        UsageError: If there is no such evidence or row, no row tree of the file was signed, nothing
            is to be withheld, or there is something at `target`.
        InvalidBundle: If the bundle's form is wrong, or a file of rows is not what was signed.
        FtgovError: If the copy can't be written.
    """
    with open_bundle(path) as bundle, tempfile.TemporaryDirectory() as scratch:
        signed = _read(bundle)
        whole = {_named(signed, word) for word in files}
        partly = {_named(signed, word): frozenset(numbers) for word, numbers in rows.items()}
        if not whole and not partly:
            raise UsageError(
                "Nothing is to be withheld.", next_step="Name evidence with --file or --rows."
            )
        if both := whole & partly.keys():
            raise UsageError(
                f"{min(both)} is to be withheld as a whole and in part.",
                next_step="Name it with --file or with --rows.",
            )
        left = _Left(signed, Path(scratch))
        for name, numbers in sorted(partly.items()):
            left.withhold(name, numbers)
        record = _record(signed, whole, left.counts)
        added: dict[str, bytes | Path] = {WITHHELD_NAME: canonical_bytes(record)}
        added |= {rows_name(name): place for name, place in left.places.items()}
        gone = {*record.names, *(rows_name(name) for name in whole)}
        copy_bundle(bundle, target, without=gone, added=added)
        lines = record.lines(signed.titles)
    return Redacted(record, lines, tuple(sorted(left.guessable)))


def _read(bundle: Bundle) -> _Signed:
    """Read what a bundle's statement lists; whether its signature holds is `verify`'s to say."""
    statement = parse_statement(parse_envelope(bundle.read(ENVELOPE_NAME)).payload)
    try:
        predicate = read_predicate(statement.predicate)
    except ValueError as fault:
        raise malformed("The bundle cannot be understood.", str(fault)) from fault
    names = frozenset(subject.name for subject in statement.subject)
    titles = evidence_titles(bundle.read(DOSSIER_NAME), predicate)
    return _Signed(bundle, names, predicate.rows, read_withheld(bundle), titles)


def _named(signed: _Signed, word: str) -> str:
    """Return the name in the bundle of evidence that somebody calls by name or digest."""
    plain = bare(word.removeprefix("evidence/"))
    found = [
        name
        for name in signed.names
        if name.startswith("evidence/")
        and (signed.titles.get(name) == word or (len(plain) >= 8 and name[9:].startswith(plain)))
    ]
    if len(found) != 1:
        raise UsageError(
            f"{'No' if not found else 'More than one'} evidence of the bundle is {word!r}.",
            next_step="Name it by its digest, as dossier.json lists it under evidence.",
        )
    if found[0] in signed.before.files:
        raise UsageError(
            f"{found[0]} is withheld already.", next_step="Name evidence that the bundle still has."
        )
    return found[0]


def _record(signed: _Signed, whole: set[str], counts: Mapping[str, int]) -> Withheld:
    """Return the record of all that is withheld, before and now."""
    rows = {each.file: each.withheld for each in signed.before.rows} | dict(counts)
    files = {*signed.before.files, *whole}
    rows = {name: count for name, count in rows.items() if name not in files}
    if rows and signed.rows:
        files.add(f"evidence/{bare(signed.rows.salts)}")
    return Withheld(
        files=tuple(sorted(files)),
        rows=tuple(WithheldRows(file=name, withheld=rows[name]) for name in sorted(rows)),
    )


class _Left:
    """Writes what is left of files whose rows are withheld."""

    def __init__(self, signed: _Signed, scratch: Path) -> None:
        self.places: dict[str, Path] = {}
        self.counts: dict[str, int] = {}
        self.guessable: set[str] = set()
        self._signed = signed
        self._scratch = scratch

    def withhold(self, name: str, numbers: frozenset[int]) -> None:
        """Write a file's rows without those of the given numbers, after checking the signed root.

        Raises:
            UsageError: If the file has no signed row tree or no such rows, or they are all of them.
            InvalidBundle: If its rows are not those that were signed.
        """
        tree = self._tree(name)
        if not numbers or min(numbers) < 1 or max(numbers) > tree.rows:
            raise UsageError(
                f"{name} has the rows 1 to {tree.rows}.", next_step="Name rows that it has."
            )
        place, grown, hidden = self._scratch / bare(tree.file), Frontier(), 0
        try:
            with place.open("xb") as out:
                for number, row in enumerate(self._rows(name, tree), 1):
                    found = row
                    if number in numbers and isinstance(row, KeptRow):
                        found = HiddenRow(leaf_hex=row.leaf.hex())
                        if not _holds_random(row.row):
                            self.guessable.add(name)
                    grown.add(found.leaf)
                    hidden += isinstance(found, HiddenRow)
                    out.write(write_row(found))
        except ValueError as fault:
            raise malformed(f"The rows of {name} cannot be read.", str(fault)) from fault
        if (grown.size, f"sha256:{grown.root().hex()}") != (tree.rows, tree.root):
            raise malformed(f"The rows of {name} are not those that were signed.")
        if hidden == tree.rows:
            raise UsageError(
                f"No row of {name} would be left.", next_step=f"Withhold all of it: --file {name}"
            )
        self.places[name], self.counts[name] = place, hidden

    def _tree(self, name: str) -> RowTree:
        trees = self._signed.rows.trees if self._signed.rows else ()
        for tree in trees:
            if f"evidence/{bare(tree.file)}" == name:
                return tree
        raise UsageError(
            f"The rows of {name} were not signed one by one.",
            why="Only rows of JSON Lines that were committed to when the report was signed can be "
            "withheld.",
            next_step=f"Withhold the whole file: --file {name}",
        )

    def _rows(self, name: str, tree: RowTree) -> Iterator[KeptRow | HiddenRow]:
        bundle = self._signed.bundle
        if name not in bundle.names:
            left = rows_name(name)
            with bundle.sound(left), bundle.open(left) as stream:
                yield from read_rows(stream)
            return
        seed = self._seed()
        with bundle.sound(name), bundle.open(name) as stream:
            for number, row in enumerate(rows_of(stream), 1):
                salt = row_salt(seed, tree.file, number)
                try:
                    yield KeptRow(row=row.decode(), salt=salt.hex())
                except UnicodeDecodeError:  # such a row can be withheld, but not shown as text
                    yield HiddenRow(leaf_hex=row_leaf(salt, row).hex())

    def _seed(self) -> bytes:
        assert self._signed.rows is not None
        salts = f"evidence/{bare(self._signed.rows.salts)}"
        if salts not in self._signed.bundle.names:
            raise UsageError(
                "The salts of the rows are withheld already.",
                why="Rows of one more file can be withheld only from the bundle that has them.",
                next_step="Withhold rows of all files at once, from the whole bundle.",
            )
        return read_seed(self._signed.bundle, self._signed.rows)


def _holds_random(row: str) -> bool:
    """Return whether a row has a field `salt` of 128 bits or more, in hexadecimal."""
    try:
        value = json.loads(row)
    except ValueError:
        return False
    salt = value.get("salt") if isinstance(value, dict) else None
    return isinstance(salt, str) and _RANDOM.fullmatch(salt) is not None


class RowTreeCheck(NamedTuple):
    """Files whose signed row tree is another than their rows give, and those nobody can check."""

    faults: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()


def check_row_trees(path: Path, payload: bytes | None = None) -> RowTreeCheck:
    """Compare the signed row trees with the files themselves.

    A signer could commit to other rows than the file has, to show those once rows are withheld;
    where the whole file and the salts are there, this tells. Where one of them is withheld, nobody
    but the signer can.

    Args:
        path: The bundle.
        payload: The statement whose signature was verified; another one is refused.

    Raises:
        InvalidBundle: If the bundle's form is wrong, or it changed since it was verified.
    """
    with open_bundle(path) as bundle:
        if payload is not None:
            require_same(bundle, payload)
        rows = _read(bundle).rows
        if rows is None:
            return RowTreeCheck()
        salted = f"evidence/{bare(rows.salts)}" in bundle.names
        seed = read_seed(bundle, rows) if salted else None
        faults, unchecked = [], []
        for tree in rows.trees:
            name = f"evidence/{bare(tree.file)}"
            if seed is None or name not in bundle.names:
                lacking = "the salts of its rows are" if seed is None else "it is"
                unchecked.append(f"{name}: {lacking} withheld, all or in part")
            elif not _same_rows(bundle, name, tree, seed):
                faults.append(f"{name}: the signed tree of its rows is not that of the file")
        return RowTreeCheck(tuple(faults), tuple(unchecked))


def _same_rows(bundle: Bundle, name: str, tree: RowTree, seed: bytes) -> bool:
    with bundle.sound(name), bundle.open(name) as stream:
        try:
            return row_tree(stream, tree.file, seed) == tree
        except ValueError:
            return False


def read_seed(bundle: Bundle, rows: SignedRows) -> bytes:
    """Return the seed of all salts of a bundle that has it (32 bytes).

    Raises:
        InvalidBundle: If the file is not what was signed.
    """
    name = f"evidence/{bare(rows.salts)}"
    content = bundle.read(name)
    try:
        if digest_bytes(content) != rows.salts:
            raise ValueError("its digest is another")
        return bytes.fromhex(RowSalts.model_validate(parse_canonical(content)).seed)
    except ValueError as fault:
        raise malformed(f"{name} is not what was signed.", str(fault)) from fault
