"""What can be done to a bundle: named mutations, each with the layer that should tell it.

`layers` are those of which our verifier must blame at least one; `pack` stands for a trust pack
that can't be used. `sigstore` says whether the mutation is one of what @sigstore/verify covers:
the attestation's form, key, signature and time stamp; `shell` whether `verify.sh` covers it, which
it does but for countersignatures, rows and what a seal of a PDF allows.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from proof_place import AGREEMENT, ENVELOPE, EVIDENCE, Place

Change = Callable[[Place], object]


class Mutation(NamedTuple):
    """One named change to a place, and who must notice."""

    name: str
    layers: frozenset[str]
    apply: Change
    sigstore: bool = False
    shell: bool = True


def told(name: str, layers: str, apply: Change, *, sigstore: bool = False) -> Mutation:
    """Return a mutation that one of the layers (separated by spaces) must tell."""
    return Mutation(name, frozenset(layers.split()), apply, sigstore)


def _bytes(name: str, change: Callable[[bytes], bytes]) -> Change:
    return lambda place: place.edit(name, change)


def _middle(content: bytes) -> bytes:
    at = len(content) // 2
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


EDITS: dict[str, Callable[[bytes], bytes]] = {
    "first byte": lambda c: bytes([c[0] ^ 0x80]) + c[1:],
    "middle byte": _middle,
    "last byte": lambda c: c[:-1] + bytes([c[-1] ^ 1]),
    "emptied": lambda c: b"",
    "cut by one byte": lambda c: c[:-1],
    "cut in half": lambda c: c[: len(c) // 2],
    "cut at the front": lambda c: c[1:],
    "line feed at the end": lambda c: c + b"\n",
    "zero byte at the end": lambda c: c + b"\0",
    "junk at the end": lambda c: c + b"junk after EOF",
    "space at the front": lambda c: b" " + c,
    "byte order mark": lambda c: b"\xef\xbb\xbf" + c,
    "CRLF": lambda c: c.replace(b"\n", b"\r\n") if b"\n" in c else c + b"\r\n",
    "doubled": lambda c: c * 2,
    "reversed": lambda c: c[::-1],
    "in UTF-16": lambda c: c.decode("latin-1").encode("utf-16"),
}


def _link(name: str) -> Change:
    def apply(place: Place) -> None:
        (place.bundle / name).rename(place.folder / "same")
        (place.bundle / name).symlink_to(place.folder / "same")

    return apply


def _replace(name: str, make: Callable[[str], object]) -> Change:
    def apply(place: Place) -> None:
        (place.bundle / name).unlink()
        make(str(place.bundle / name))

    return apply


def _deleted(name: str) -> Change:
    return lambda place: (place.bundle / name).unlink()


def _made(name: str) -> Change:
    return lambda place: (place.bundle / name).mkdir()


def _dangle(path: str) -> None:
    Path(path).symlink_to("nothing")


def _rename(name: str, to: Callable[[str], str]) -> Change:
    return lambda place: (place.bundle / name).rename(place.bundle / to(name))


def _twin(name: str, to: Callable[[str], str]) -> Change:
    """Leave the file and put a copy beside it under a name that some readers take for the same."""

    def apply(place: Place) -> None:
        copy = place.bundle / to(name)
        copy.write_bytes((place.bundle / name).read_bytes())

    return apply


def _last(change: Callable[[str], str]) -> Callable[[str], str]:
    def renamed(name: str) -> str:
        folder, slash, last = name.rpartition("/")
        return folder + slash + change(last)

    return renamed


RENAMES: dict[str, Callable[[str], str]] = {
    "renamed": _last(lambda n: "x" + n[1:]),
    "renamed in case": _last(str.swapcase),
    "renamed with a suffix": _last(lambda n: n + ".bak"),
    "moved to the top": lambda n: "moved-" + n.rpartition("/")[2],
}
TWINS: dict[str, Callable[[str], str]] = {
    "twin in another case": _last(lambda n: n.upper() if n.upper() != n else n.lower()),
    "twin in Unicode": _last(lambda n: n[:1] + "\u0301" + n[1:]),
    "twin with a full-width letter": _last(lambda n: chr(ord("\uff21") + ord(n[0]) % 26) + n[1:]),
    "twin with a dot": _last(lambda n: n + "."),
    "hidden twin": _last(lambda n: "." + n),
    "twin with a space": _last(lambda n: n + " "),
    "twin with a line feed": _last(lambda n: n + "\n"),
}


def layer_of(name: str) -> str:
    """Return the layers that may tell a change of a file's bytes."""
    if name == ENVELOPE:
        return "envelope signature timestamp trust"
    if name == AGREEMENT:
        return "countersignatures"
    return "files log" if name.startswith("log/") else "files pdf"


def file_mutations(names: list[str]) -> Iterator[Mutation]:
    """Yield every file x every way of touching a file."""
    for name in names:
        signed = name == ENVELOPE
        closed = name.startswith(("attestations/", "log/"))
        absent = "envelope files log countersignatures" if closed else "files pdf"
        shell = name != AGREEMENT
        for what, edit in EDITS.items():
            # The library reads JSON as JavaScript does: white space around it is nothing.
            covers = signed and what not in {"line feed at the end", "space at the front", "CRLF"}
            made = told(f"{name}: {what}", layer_of(name), _bytes(name, edit), sigstore=covers)
            yield made._replace(shell=shell)
        if name != AGREEMENT:  # a bundle without it is sound: it only says less
            yield told(f"{name}: deleted", absent, _deleted(name))
        yield told(f"{name}: symlink to the same", "files", _link(name))
        yield told(f"{name}: a pipe", "files", _replace(name, os.mkfifo))
        yield told(f"{name}: a folder", absent, _replace(name, os.mkdir))
        yield told(f"{name}: dangling link", absent, _replace(name, _dangle))
        for what, to in RENAMES.items():
            yield told(f"{name}: {what}", absent, _rename(name, to))
        for what, to in TWINS.items():
            yield told(f"{name}: {what}", "files", _twin(name, to))


def swap_mutations(names: list[str]) -> Iterator[Mutation]:
    """Yield every pair of files with their contents swapped."""
    for at, one in enumerate(names):
        for two in names[at + 1 :]:
            layers = f"{layer_of(one)} {layer_of(two)} envelope"
            yield told(
                f"{one} <-> {two}", layers, _swapped(one, two), sigstore=ENVELOPE in {one, two}
            )


def _swapped(one: str, two: str) -> Change:
    def apply(place: Place) -> None:
        first, second = (place.bundle / one).read_bytes(), (place.bundle / two).read_bytes()
        (place.bundle / one).write_bytes(second)
        (place.bundle / two).write_bytes(first)

    return apply


ADDED = {
    "notes.txt": "files",
    ".hidden": "files",
    "MANIFEST.sha256": "files",
    f"evidence/{'0' * 64}": "files",
    "evidence/.DS_Store": "files",
    "attestations/second.sigstore.json": "files",
    "attestations/report.sigstore.json.bak": "files",
    "attestations/agreement-1.sigstore.json": "files",
    f"attestations/agreement-{'0' * 64}.sigstore.json": "files countersignatures envelope",
    f"attestations/dissent-{'a' * 64}.sigstore.json": "files countersignatures envelope",
    "attestations/withheld.json": "files envelope",
    "log/second.tlog-proof": "files",
    "log/report.tlog-proof.bak": "files",
    "trust-pack.json": "files",
    "a\nb": "files",
    "-rf": "files",
    "re\u0301port.html": "files",
    "report.html ": "files",
    "con.": "files",
}


def tree_mutations() -> Iterator[Mutation]:
    """Yield files, folders and special things added to the tree."""
    for name, layers in ADDED.items():
        yield told(f"added {name!a}", layers, _added(name))
    for name in ("extra", "evidence/deep", "attestations/deep", ".git", "Evidence"):
        yield told(f"added the folder {name}", "files", _made(name))
    yield told("added a pipe", "files", lambda p: os.mkfifo(p.bundle / "pipe"))
    yield told("added a link out of the bundle", "files", _linked_out)
    for folder in ("evidence", "attestations"):
        yield told(f"{folder} is a link to the same", "files", _link(folder))
    yield told("evidence exchanged", "files", _swapped(*EVIDENCE))


def _added(name: str) -> Change:
    def apply(place: Place) -> None:
        path = place.bundle / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"{}")

    return apply


def _linked_out(place: Place) -> None:
    (place.bundle / "evidence" / ("0" * 64)).symlink_to("/etc/hostname")


def replay_mutations(names: list[str]) -> Iterator[Mutation]:
    """Yield files of another model's sound bundle in this one's place."""
    for name in names:
        if name in {"VERIFY.md", "report.html", *EVIDENCE}:
            continue  # the same in both bundles
        if name == AGREEMENT:
            continue  # see `agreement_mutations`
        layers = layer_of(name) + " files"
        yield told(f"{name}: another model's", layers, _replayed(name))
    yield told("all but the dossier: another model's", "files", _all_but("dossier.json"))
    yield told("all but the PDF: another model's", "files", _all_but("report.pdf"))


def _replayed(name: str) -> Change:
    def apply(place: Place) -> None:
        (place.bundle / name).write_bytes((place.other / name).read_bytes())

    return apply


def _all_but(kept: str) -> Change:
    def apply(place: Place) -> None:
        for name in place.names():
            if name != kept:
                _replayed(name)(place)

    return apply


def flip_mutations(names: list[str], each: int) -> Iterator[Mutation]:
    """Yield one flipped bit at places drawn in every file."""
    chance = random.Random(20261121)
    for name in names:
        for number in range(each):
            share, bit = chance.random(), 1 << chance.randrange(8)
            change = _flipped(name, share, bit)
            made = told(f"{name}: bit {number}", layer_of(name), change)
            yield made._replace(shell=name != AGREEMENT)


def _flipped(name: str, share: float, bit: int) -> Change:
    def flip(content: bytes) -> bytes:
        at = int(share * len(content))
        return content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :]

    return _bytes(name, flip)
