"""Withholding: the rest verifies, what is gone is named, and nothing is left out in silence."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftgov.errors import InvalidBundle, NotAssessable, UsageError
from ftgov.records.attestation import DOSSIER_PREDICATE, Verification
from ftgov.records.canonical import canonical_bytes, canonical_json, plain
from ftgov.records.digest import bare, digest_bytes
from ftgov.signing.bundle import BundleEvidence, open_bundle, write_bundle, zip_bundle
from ftgov.signing.keys import SigningKey
from ftgov.signing.names import WITHHELD_NAME
from ftgov.signing.redact import check_row_trees, redact_bundle
from ftgov.signing.rows import RowSalts, SignedRows, count_rows, row_leaf, row_salt, row_tree
from ftgov.signing.trust import build_trust_pack
from ftgov.signing.verify import verify_bundle
from ftgov.signing.withheld import Withheld, rows_name
from signing_samples import AS_OF, ISSUED_AT, dossier, predicate, trusted

KEY = SigningKey.generate()
PAIRS = b"".join(b'{"id": %d, "answer": "approve"}\n' % n for n in range(9))
PACKED = gzip.compress(b'{"salt": "%s"}\nplain\nlast \xff row' % (b"0" * 32), mtime=0)
PLAIN = b"config"
NAMES = {content: f"evidence/{bare(digest_bytes(content))}" for content in (PAIRS, PACKED, PLAIN)}
SALTS = canonical_bytes(RowSalts(seed="5a" * 32))
SALTS_NAME = f"evidence/{bare(digest_bytes(SALTS))}"


def _signed_rows(tmp: Path, *contents: bytes) -> SignedRows:
    trees = []
    for content in contents:
        (tmp / "rows").write_bytes(content)
        with (tmp / "rows").open("rb") as stream:
            trees.append(row_tree(stream, digest_bytes(content), bytes.fromhex("5a" * 32)))
    return SignedRows(salts=digest_bytes(SALTS), trees=tuple(trees))


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    document = dossier([PAIRS, PACKED, PLAIN])
    files: dict[str, Path | bytes] = {name: content for content, name in NAMES.items()}
    files |= {"dossier.json": document, SALTS_NAME: SALTS}
    rows = plain(_signed_rows(tmp_path, PAIRS, PACKED))
    write_bundle(
        tmp_path / "whole",
        files,
        predicate=predicate(document, rows=rows),
        predicate_type=DOSSIER_PREDICATE,
        key=KEY,
    )
    pack = build_trust_pack([trusted(KEY)], root=KEY, issued_at=ISSUED_AT)
    (tmp_path / "trust-pack.json").write_bytes(pack)
    return tmp_path / "whole"


def _verify(path: Path, *, complete: bool = False) -> Verification:
    return verify_bundle(path, path.parent, as_of=AS_OF, complete=complete)


def test_a_withheld_file_is_named_and_the_rest_is_valid(bundle: Path) -> None:
    left = bundle.parent / "left"
    made = redact_bundle(bundle, left, files=[NAMES[PLAIN]], rows={})
    assert made.withheld.files == (NAMES[PLAIN],)
    result = _verify(left)
    assert result.verdict == "valid"
    assert result.withheld == (f"withheld: {NAMES[PLAIN]} ('a.jsonl')",)
    assert result.layers[0].items == result.withheld
    assert any("withheld" in sentence for sentence in result.does_not_prove)
    assert _verify(bundle).withheld == ()
    assert _verify(left, complete=True).verdict == "not_assessed"
    assert _verify(bundle, complete=True).verdict == "valid"


@pytest.mark.parametrize("form", ["left", "left.zip"])
def test_withheld_rows_leave_rows_that_still_count(bundle: Path, form: str) -> None:
    left = bundle.parent / form
    made = redact_bundle(bundle, left, rows={NAMES[PAIRS]: [2, 9]})
    assert made.withheld.rows[0].withheld == 2
    assert made.withheld.files == (SALTS_NAME,), "the seed goes, or the salts would give rows away"
    assert made.guessable == (NAMES[PAIRS],)
    with open_bundle(left) as opened:
        content = opened.read(rows_name(NAMES[PAIRS]))
        rows = [json.loads(line) for line in content.splitlines()]
        assert [sorted(row) for row in rows].count(["leaf"]) == 2
        assert rows[0]["row"] == PAIRS.splitlines(keepends=True)[0].decode()
        assert SALTS_NAME not in opened.names
        for number, row in enumerate(PAIRS.splitlines(keepends=True), 1):
            hidden = number in {2, 9}
            salt = row_salt(bytes.fromhex("5a" * 32), digest_bytes(PAIRS), number)
            assert (salt.hex().encode() in content) is not hidden, number
            assert (json.dumps(row.decode()).encode() in content) is not hidden, number
    result = _verify(left)
    assert result.verdict == "valid"
    assert f"withheld: 2 rows of {NAMES[PAIRS]} ('a.jsonl')" in result.withheld


def test_a_leaf_can_only_be_matched_with_its_salt(bundle: Path) -> None:
    """Known rows hash to other values without the salt: a dictionary of rows finds nothing."""
    redact_bundle(bundle, bundle.parent / "left", rows={NAMES[PAIRS]: [2]})
    content = (bundle.parent / "left" / rows_name(NAMES[PAIRS])).read_text()
    row = PAIRS.splitlines(keepends=True)[1]
    for guess in (row, row.strip()):
        assert hashlib.sha256(guess).hexdigest() not in content
        assert hashlib.sha256(b"\0" + guess).hexdigest() not in content
    salt = row_salt(bytes.fromhex("5a" * 32), digest_bytes(PAIRS), 2)
    assert row_leaf(salt, row).hex() in content


def test_rows_with_a_random_field_are_not_called_guessable(bundle: Path) -> None:
    made = redact_bundle(bundle, bundle.parent / "left", rows={NAMES[PACKED]: [1]})
    assert made.withheld.rows[0].withheld == 2, "the row that is no text can't be shown either"
    assert made.guessable == ()


def test_more_can_be_withheld_later_but_not_of_other_files(bundle: Path) -> None:
    first, second, third = (bundle.parent / name for name in ("one", "two", "three"))
    redact_bundle(bundle, first, rows={NAMES[PAIRS]: [1]})
    again = redact_bundle(first, second, files=[NAMES[PLAIN]], rows={NAMES[PAIRS]: [1, 3]})
    assert again.withheld.rows[0].withheld == 2
    assert _verify(second).verdict == "valid"
    assert len(_verify(second).withheld) == 3
    with pytest.raises(UsageError, match="salts of the rows are withheld already"):
        redact_bundle(first, third, rows={NAMES[PACKED]: [1]})
    with pytest.raises(UsageError, match="withheld already"):
        redact_bundle(second, third, files=[NAMES[PLAIN]], rows={})
    whole = redact_bundle(first, third, files=[NAMES[PAIRS]], rows={})
    assert not whole.withheld.rows
    assert rows_name(NAMES[PAIRS]) not in open_bundle(third).names
    assert _verify(third).verdict == "valid"


@pytest.mark.parametrize(
    ("files", "rows", "why"),
    [
        ([], {}, "Nothing"),
        (["absent.jsonl"], {}, "No evidence"),
        (["a.jsonl"], {}, "More than one"),
        ([NAMES[PAIRS]], {NAMES[PAIRS]: [1]}, "as a whole and in part"),
        ([], {NAMES[PLAIN]: [1]}, "not signed one by one"),
        ([], {NAMES[PAIRS]: [10]}, "has the rows 1 to 9"),
        ([], {NAMES[PAIRS]: [0]}, "has the rows 1 to 9"),
        ([], {NAMES[PAIRS]: range(1, 10)}, "No row"),
        (["dossier.json"], {}, "No evidence"),
    ],
)
def test_what_cannot_be_withheld_is_refused(
    bundle: Path, files: list[str], rows: Mapping[str, list[int]], why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        redact_bundle(bundle, bundle.parent / "left", files=files, rows=rows)
    assert not (bundle.parent / "left").exists()


def test_evidence_is_withheld_by_digest_too_and_nothing_is_written_over(bundle: Path) -> None:
    left = bundle.parent / "left.zip"
    redact_bundle(bundle, left, files=[digest_bytes(PLAIN)], rows={})
    kept = left.read_bytes()
    with pytest.raises(UsageError, match="exists already"):
        redact_bundle(bundle, left, files=[NAMES[PLAIN][9:19]], rows={})
    assert left.read_bytes() == kept


Attack = Callable[[Path], object]


def _record(left: Path, change: Callable[[dict[str, list[object]]], object]) -> None:
    document = canonical_json((left / WITHHELD_NAME).read_bytes())
    change(document)
    (left / WITHHELD_NAME).write_bytes(canonical_bytes(document))


def _lines(left: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    path = left / rows_name(NAMES[PAIRS])
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))


def _withhold_dossier(left: Path) -> None:
    (left / "dossier.json").unlink()
    _record(left, lambda d: d.update(files=["dossier.json", *d["files"]]))


def _salts_back(left: Path) -> None:
    (left / SALTS_NAME).write_bytes(SALTS)
    _record(left, lambda d: d["files"].remove(SALTS_NAME))


ATTACKS: dict[str, Attack] = {
    "the record is gone": lambda p: (p / WITHHELD_NAME).unlink(),
    "a file is not named": lambda p: _record(p, lambda d: d["files"].remove(NAMES[PLAIN])),
    "rows are not named": lambda p: _record(p, lambda d: d.update(rows=[])),
    "fewer rows are named": lambda p: _record(p, lambda d: d["rows"][0].update(withheld=1)),  # type: ignore[attr-defined]
    "a file that is there is named": lambda p: _record(
        p,
        lambda d: d.update(files=sorted([*d["files"], NAMES[PACKED]])),  # type: ignore[type-var]
    ),
    "a file that was never signed": lambda p: _record(
        p,
        lambda d: d.update(files=sorted([*d["files"], "evidence/" + "f" * 64])),  # type: ignore[type-var]
    ),
    "the dossier is withheld": _withhold_dossier,
    "the record is not canonical": lambda p: (p / WITHHELD_NAME).write_bytes(
        (p / WITHHELD_NAME).read_bytes() + b"\n"
    ),
    "an unknown field": lambda p: _record(p, lambda d: d.update(more=[])),
    "not sorted": lambda p: _record(p, lambda d: d["files"].reverse()),
    "the rows are gone": lambda p: (p / rows_name(NAMES[PAIRS])).unlink(),
    "rows of a whole file": lambda p: (p / rows_name(NAMES[PACKED])).write_bytes(b""),
    "a row is edited": lambda p: _lines(
        p, lambda r: [r[0].replace(b"approve", b"decline"), *r[1:]]
    ),
    "two rows are swapped": lambda p: _lines(p, lambda r: [r[2], r[1], r[0], *r[3:]]),
    "a row is dropped": lambda p: _lines(p, lambda r: r[:-1]),
    "a row is added": lambda p: _lines(p, lambda r: [*r, r[-1]]),
    "one more row is hidden": lambda p: _lines(
        p,
        lambda r: [
            canonical_bytes({"leaf": _leaf_of(r[0])}) + b"\n",
            *r[1:],
        ],
    ),
    "a line with white space": lambda p: _lines(p, lambda r: [b" " + r[0], *r[1:]]),
    "a line without its end": lambda p: _lines(p, lambda r: [*r[:-1], r[-1][:-1]]),
    "CRLF": lambda p: _lines(p, lambda r: [row.replace(b"\n", b"\r\n") for row in r]),
    "the salts come back": lambda p: (p / SALTS_NAME).write_bytes(SALTS),
    "the salts come back unnamed": _salts_back,
    "empty rows": lambda p: (p / rows_name(NAMES[PAIRS])).write_bytes(b""),
}


def _leaf_of(line: bytes) -> str:
    found = json.loads(line)
    return row_leaf(bytes.fromhex(found["salt"]), found["row"].encode()).hex()


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_no_redaction_can_be_changed_unseen(bundle: Path, attack: Attack) -> None:
    left = bundle.parent / "left"
    redact_bundle(bundle, left, files=[NAMES[PLAIN]], rows={NAMES[PAIRS]: [2, 4]})
    assert _verify(left).verdict == "valid"
    attack(left)
    result = _verify(left)
    assert result.verdict == "invalid"
    assert result.layers[0].verdict == "invalid"
    assert result.layers[0].items


def test_evidence_that_is_withheld_is_told_from_evidence_that_is_missing(bundle: Path) -> None:
    left = bundle.parent / "left"
    redact_bundle(bundle, left, files=[NAMES[PLAIN]], rows={NAMES[PAIRS]: [2]})
    with open_bundle(left) as opened, BundleEvidence(opened) as evidence:
        for content in (PLAIN, PAIRS):
            with pytest.raises(NotAssessable, match="withheld"):
                evidence.path(digest_bytes(content))
        with pytest.raises(NotAssessable, match="has no evidence"):
            evidence.path(digest_bytes(b"never there"))


def test_a_row_tree_over_other_rows_is_told_and_never_redacted(tmp_path: Path) -> None:
    """A signer could commit to rows that the file has not; the whole bundle shows it."""
    document = dossier([PAIRS])
    lie = _signed_rows(tmp_path, PAIRS.replace(b"approve", b"decline"))
    honest = _signed_rows(tmp_path, PAIRS)
    tree = lie.trees[0].model_copy(update={"file": digest_bytes(PAIRS)})
    for folder, rows in (("lie", lie.model_copy(update={"trees": (tree,)})), ("true", honest)):
        write_bundle(
            tmp_path / folder,
            {"dossier.json": document, NAMES[PAIRS]: PAIRS, SALTS_NAME: SALTS},
            predicate=predicate(document, rows=plain(rows)),
            predicate_type=DOSSIER_PREDICATE,
            key=KEY,
        )
    assert check_row_trees(tmp_path / "true") == ((), ())
    assert NAMES[PAIRS] in check_row_trees(tmp_path / "lie").faults[0]
    cases: tuple[tuple[str, dict[str, Any]], ...] = (
        ("no salts", {"files": [SALTS_NAME]}),
        ("no file", {"files": [NAMES[PAIRS]]}),
        ("no row", {"rows": {NAMES[PAIRS]: [1]}}),
    )
    for folder, asked in cases:
        redact_bundle(tmp_path / "true", tmp_path / folder, **{"rows": {}, **asked})
        found = check_row_trees(tmp_path / folder)
        assert (found.faults, len(found.unchecked)) == ((), 1), folder
    with pytest.raises(InvalidBundle, match="not those that were signed"):
        redact_bundle(tmp_path / "lie", tmp_path / "left", rows={NAMES[PAIRS]: [1]})


def test_rows_that_are_left_are_told_to_be_as_the_signer_committed_them(bundle: Path) -> None:
    left = bundle.parent / "left"
    redact_bundle(bundle, left, rows={NAMES[PAIRS]: [1]})
    said = "the signer committed to"
    assert said in " ".join(_verify(left).does_not_prove)
    assert said not in " ".join(_verify(bundle).does_not_prove)


def test_an_archive_is_redacted_like_its_folder(bundle: Path) -> None:
    zip_bundle(bundle, bundle.parent / "whole.zip")
    for source, target in (("whole", "one.zip"), ("whole.zip", "two.zip")):
        redact_bundle(bundle.parent / source, bundle.parent / target, rows={NAMES[PAIRS]: [1]})
    one, two = ((bundle.parent / name).read_bytes() for name in ("one.zip", "two.zip"))
    assert one == two


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=20), st.sets(st.integers(0, 19)))
def test_any_choice_of_rows_adds_up_to_the_signed_root(
    tmp_path_factory: pytest.TempPathFactory, rows: list[str], hidden: set[int]
) -> None:
    from ftgov.signing.rows import HiddenRow, KeptRow, write_row

    lines = [row.replace("\n", " ").encode("utf-8", "replace") + b"\n" for row in rows]
    place = tmp_path_factory.mktemp("rows") / "f"
    place.write_bytes(b"".join(lines))
    file, seed = digest_bytes(place.read_bytes()), b"s" * 32
    with place.open("rb") as stream:
        tree = row_tree(stream, file, seed)
    kept = [
        KeptRow(row=line.decode(), salt=row_salt(seed, file, number).hex())
        for number, line in enumerate(lines, 1)
    ]
    place.write_bytes(
        b"".join(
            write_row(HiddenRow(leaf_hex=row.leaf.hex()) if index in hidden else row)
            for index, row in enumerate(kept)
        )
    )
    with place.open("rb") as stream:
        found = count_rows(stream)
    assert (found.rows, found.root) == (tree.rows, tree.root)
    assert found.hidden == len([index for index in hidden if index < len(lines)])


@pytest.mark.parametrize("around", ["xx{}\nVALID", "{}\n", "x{}", "\n{}", "{}x", "{}\r"])
def test_a_withheld_name_has_nothing_around_it(around: str) -> None:
    name = f"evidence/{'0' * 64}"
    assert Withheld(files=(name,)).files == (name,)
    with pytest.raises(ValueError, match="pattern"):
        Withheld(files=(around.format(name),))
