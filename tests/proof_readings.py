"""Mutations that two readers read in two ways: a stream of documents, NUL, line feeds in names.

Shells drop NUL bytes, `jq` reads many documents from one file, names are lines in a list of files,
and an archive can give a file two names. Whoever is not strict there sees another bundle.
"""

from __future__ import annotations

import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from ftgov.records.canonical import canonical_bytes
from ftgov.signing.names import LOG_ENTRY_NAME, LOG_PROOF_NAME, WITHHELD_NAME
from ftgov.signing.trust import build_trust_pack, read_trust_pack
from ftgov.signing.trust_parts import TrustedWitness
from ftgov.signing.witness import WitnessKey
from ftgov.transparency.note import NoteSignature, parse_note, write_note
from proof_mutations import Change, Mutation, told
from proof_place import ENVELOPE, EVIDENCE, KEYS, NOW, WITNESS, Place

SECOND_WITNESS = WitnessKey.generate("witness.example/bo")
DAY = 86_400
NEW = int(NOW.timestamp())


def _edit(name: str, change: Callable[[bytes], bytes]) -> Change:
    return lambda place: place.edit(name, change)


def _after(mark: bytes, more: bytes) -> Callable[[bytes], bytes]:
    """Return a change that puts bytes behind the first place of a mark."""

    def change(content: bytes) -> bytes:
        assert mark in content
        return content.replace(mark, mark + more, 1)

    return change


def _before(junk: bytes) -> Callable[[bytes], bytes]:
    return lambda content: junk + content


def _within(field: str, at: int, more: bytes) -> Callable[[bytes], bytes]:
    """Return a change that puts bytes into the text of a field."""

    def change(content: bytes) -> bytes:
        start = content.index(f'"{field}":"'.encode()) + len(field) + 4 + at
        return content[:start] + more + content[start:]

    return change


def document_mutations() -> Iterator[Mutation]:
    """Yield documents with another one before them, and texts with NUL in them."""
    layers = {ENVELOPE: "envelope", LOG_ENTRY_NAME: "log"}
    for name, layer in layers.items():
        for junk in (b'[1,"withdrawn"]', b"[9]", b"null ", b"{}\n", b"0 "):
            yield told(f"{name}: {junk!r} before it", layer, _edit(name, _before(junk)))
    fields = {"payload": 20, "sig": 8, "hint": 9, "signedTimestamp": 12}
    for field, at in fields.items():
        for nul in (b"\\u0000", b"\0"):
            change = _edit(ENVELOPE, _within(field, at, nul))
            yield told(f"{field} with {nul!r} inside", "envelope", change)
    for what, mark in {
        "first line": b"c2sp.org/",
        "index": b"in",
        "path": b"index 7\n",
        "head": b"\n\nftgov",
        "size": b"\n2",
        "signature": "\u2014 ftgov".encode(),
        "end": b"\n\n\xe2\x80\x94",
    }.items():
        yield told(
            f"log proof: NUL in its {what}", "log", _edit(LOG_PROOF_NAME, _after(mark, b"\0"))
        )
    tab = _edit(LOG_PROOF_NAME, lambda c: c[:-1] + b"\t\n")
    yield told("log proof: a tab behind the witness", "log", tab)


def _hidden(*gone: str, under: str) -> Change:
    """Delete files and add one whose name, printed as lines, brings theirs back to a list."""

    def apply(place: Place) -> None:
        for name in gone:
            (place.bundle / name).unlink()
        lines = "".join(f"\nzz{name}" for name in gone)
        (place.bundle / f"{under}{lines}").write_bytes(b"x")

    return apply


def name_mutations() -> Iterator[Mutation]:
    """Yield bundles whose lost files come back as lines of another file's name."""
    rows = f"attestations/rows-{'a' * 64}.jsonl"
    agreement = f"attestations/agreement-{'a' * 64}.sigstore.json"
    for what, change in {
        "page": _hidden("report.html", under=rows),
        "page and recipe": _hidden("VERIFY.md", "report.html", under=rows),
        "page, under an agreement": _hidden("report.html", under=agreement),
    }.items():
        yield told(f"lost, and back as lines of a name: {what}", "files", change)
    yield told("a name of one line feed", "files", lambda p: (p.bundle / "evidence/\n").touch())


def witnessed(times: dict[WitnessKey, list[int]], required: int) -> Change:
    """Return a change to a head cosigned at these times, and a pack that knows both witnesses."""

    def apply(place: Place) -> None:
        terms = read_trust_pack(place.pack.read_bytes(), root_pin=None).terms
        keys = (WITNESS, SECOND_WITNESS)
        pack = build_trust_pack(
            terms.keys,
            root=KEYS.root,
            issued_at=terms.issued_at,
            logs=terms.logs,
            authorities=terms.authorities,
            witnesses=[TrustedWitness(name=key.name, key=key.public) for key in keys],
            witnesses_required=required,
        )
        place.pack.write_bytes(pack)
        place.edit(LOG_PROOF_NAME, cosigned)

    def cosigned(proof: bytes) -> bytes:
        above, blank, checkpoint = proof.partition(b"\n\n")
        note = parse_note(checkpoint)
        lines = [key.cosign(note.text, time) for key, at in times.items() for time in at]
        return (
            above + blank + write_note(note.text, [note.signatures[0], *sorted(lines, key=_line)])
        )

    return apply


def _line(signature: NoteSignature) -> tuple[str, bytes]:
    return signature.name, signature.signature


def witness_mutations() -> Iterator[Mutation]:
    """Yield heads that one witness cosigned twice, or that somebody cosigned in time to come."""
    for apart in (0, 1, 256, 65_536):
        change = witnessed({WITNESS: [NEW - 70_000, NEW - 70_000 + apart]}, 2)
        yield told(f"one witness for two, {apart} seconds apart", "log", change)
    both = {WITNESS: [NEW - 60, NEW - 61], SECOND_WITNESS: [NEW - 60]}
    yield told("one witness twice beside another", "log", witnessed(both, 2))
    for what, time in {"2096": 4_000_000_000, "two days": NEW + 2 * DAY, "ever": 2**63 - 1}.items():
        change = witnessed({WITNESS: [time]}, 1)
        yield told(f"cosigned in time to come: {what}", "log", change)


def _withheld(content: Callable[[dict[str, object]], bytes]) -> Change:
    def apply(place: Place) -> None:
        name = min(EVIDENCE)
        (place.bundle / name).unlink()
        record: dict[str, object] = {"files": [name], "rows": []}
        record["schema"] = "https://ftgov.dev/schema/withheld/v1"
        (place.bundle / WITHHELD_NAME).write_bytes(content(record))

    return apply


def record_mutations() -> Iterator[Mutation]:
    """Yield records of withheld files that are not of their form."""
    one = min(EVIDENCE)
    row: dict[str, object] = {"file": one, "withheld": 1}

    def partly(**changes: object) -> Callable[[dict[str, object]], bytes]:
        return lambda r: canonical_bytes({**r, "files": [], "rows": [{**row, **changes}]})

    made: dict[str, Callable[[dict[str, object]], bytes]] = {
        "another document before it": lambda r: b"[3]" + canonical_bytes(r),
        "another schema": lambda r: canonical_bytes({**r, "schema": "x"}),
        "no schema": lambda r: canonical_bytes({"files": r["files"], "rows": []}),
        "a file twice": lambda r: canonical_bytes({**r, "files": [one, one]}),
        "files in an object": lambda r: canonical_bytes({**r, "files": {"a": one}}),
        "a name with a line feed": lambda r: canonical_bytes({**r, "files": [one + "\n"]}),
        "a name within a name": lambda r: canonical_bytes({**r, "files": [f"x{one}\nVALID"]}),
        "withheld altogether and in part": lambda r: canonical_bytes({**r, "rows": [row]}),
        "rows in an object": lambda r: canonical_bytes({**r, "files": [], "rows": {"a": row}}),
        "minus one row": partly(withheld=-1),
        "no row": partly(withheld=0),
        "half a row": partly(withheld=0.5),
        "too many rows": lambda r: partly()(r).replace(b'ld":1', b'ld":9007199254740992'),
        "a word in a row": partly(lies="nothing is withheld"),
        "rows of a file without a tree": partly(),
    }
    for what, content in made.items():
        yield told(f"withheld record: {what}", "files envelope", _withheld(content))


def _unicode_path(name: str, other: str) -> bytes:
    body = struct.pack("<BL", 1, zlib.crc32(name.encode())) + other.encode()
    return struct.pack("<HH", 0x7075, len(body)) + body


def archived(extra: dict[str, bytes] | None = None, mode: int = 0o100644) -> Change:
    """Return a change that packs the bundle's folder, with extra fields for some files."""

    def apply(place: Place) -> None:
        target = place.folder / "packed"
        with zipfile.ZipFile(target, "w") as archive:
            for name in place.names():
                entry = zipfile.ZipInfo(name)
                entry.create_system, entry.external_attr = 3, mode << 16
                entry.extra = (extra or {}).get(name, b"")
                archive.writestr(entry, Path(place.bundle / name).read_bytes())
        shutil.rmtree(place.bundle)
        target.rename(place.bundle)

    return apply


def archive_mutations() -> Iterator[Mutation]:
    """Yield archives that other tools unpack to other files, or to files that can be run."""
    page, one = "report.html", min(EVIDENCE)
    swapped = {page: _unicode_path(page, one), one: _unicode_path(one, page)}
    made = {
        "two names exchanged by an extra field": archived(swapped),
        "a name out of the bundle": archived({page: _unicode_path(page, "../../escaped")}),
        "the same name again": archived({page: _unicode_path(page, page)}),
        "an extra field of zeros": archived({page: bytes(4)}),
        "setuid, for everybody": archived(mode=0o106777),
        "to run": archived(mode=0o100755),
        "links": archived(mode=0o120777),
    }
    for what, change in made.items():
        yield told(f"archive: {what}", "files", change)._replace(shell=False)


def reading_mutations() -> Iterator[Mutation]:
    """Yield all of them."""
    yield from document_mutations()
    yield from name_mutations()
    yield from witness_mutations()
    yield from record_mutations()
    yield from archive_mutations()
