"""Mutations of the attestation, the statement in it, the signature, and the trust pack."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from ftgov.records.canonical import canonical_bytes
from ftgov.records.digest import digest_bytes
from ftgov.signing.envelope import pae
from ftgov.signing.keys import ORDER
from ftgov.signing.trust import TrustedKey
from proof_mutations import Change, Mutation, told
from proof_place import CERTIFICATE, ENVELOPE, KEYS, Place, ago, trusted

Path_ = tuple[str | int, ...]
VALUES: dict[str, object] = {
    "null": None,
    "true": True,
    "0": 0,
    "empty text": "",
    "empty list": [],
    "empty object": {},
    "text": "x",
}


def _paths(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Yield the path of every value in a document but the document itself."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in inner:
        yield (*path, key)
        if isinstance(each, dict | list):
            yield from _paths(each, (*path, key))


def _at(document: Any, path: Path_) -> Any:
    for part in path:
        document = document[part]
    return document


def _set(path: Path_, value: object) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        _at(document, path[:-1])[path[-1]] = copy.deepcopy(value)

    return change


def _drop(path: Path_) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        _at(document, path[:-1]).pop(path[-1])

    return change


def _shown(path: Path_) -> str:
    return ".".join(str(part) for part in path)


# The library reads these with its own defaults, or does not look at them.
_LOOSE = ("keyid", "hint", "mediaType", "payloadType")


def form_mutations(place: Place) -> Iterator[Mutation]:
    """Yield every value of the attestation removed or exchanged for one of another type."""
    document = json.loads((place.bundle / ENVELOPE).read_bytes())
    layers = "envelope signature trust timestamp files"
    for path in _paths(document):
        covers = not set(path) & set(_LOOSE)
        name = _shown(path)
        yield told(f"{name} removed", layers, _edited(_drop(path)), sigstore=covers)
        for what, value in VALUES.items():
            if _at(document, path) != value:
                change = _edited(_set(path, value))
                yield told(f"{name} is {what}", layers, change, sigstore=covers and what == "text")
        yield told(f"{name} twice as a key", "envelope", _doubled(path))


def _edited(change: Callable[[Any], object]) -> Change:
    return lambda place: place.edit_json(ENVELOPE, change)


def _doubled(path: Path_) -> Change:
    """Write a key twice: the forged value first, the signed one after it."""
    key = path[-1] if isinstance(path[-1], str) else path[-2]
    mark = f'"{key}":'.encode()
    return lambda place: place.edit(ENVELOPE, lambda c: c.replace(mark, mark + b'"x",' + mark, 1))


OLDER = {
    "v0.1": "application/vnd.dev.sigstore.bundle+json;version=0.1",
    "v0.2": "application/vnd.dev.sigstore.bundle+json;version=0.2",
    "v0.3, old spelling": "application/vnd.dev.sigstore.bundle+json;version=0.3",
    "v0.4": "application/vnd.dev.sigstore.bundle.v0.4+json",
    "upper case": "APPLICATION/VND.DEV.SIGSTORE.BUNDLE.V0.3+JSON",
}


def header_mutations() -> Iterator[Mutation]:
    """Yield what the attestation says about itself, changed."""
    for what, kind in OLDER.items():
        yield told(f"mediaType {what}", "envelope", _edited(_set(("mediaType",), kind)))
    for kind in ("text/plain", "application/vnd.in-toto+json ", "application/vnd.in-toto+JSON"):
        change = _edited(_set(("dsseEnvelope", "payloadType"), kind))
        yield told(f"payloadType {kind!r}", "envelope", change, sigstore=True)
    hint = ("verificationMaterial", "publicKey", "hint")
    change = _edited(_set(hint, KEYS.second.spki))
    yield told("hint of another trusted key", "signature", change, sigstore=True)
    change = _edited(_set(hint, KEYS.thief.spki))
    yield told("hint of an unknown key", "trust", change, sigstore=True)
    yield told("hint in upper case", "trust envelope", _edited(_upper), sigstore=True)
    first = ("dsseEnvelope", "signatures", 0)
    yield told(
        "keyid names the key", "envelope", _edited(_set((*first, "keyid"), KEYS.signer.spki))
    )
    yield told("signature twice", "envelope", _edited(_again), sigstore=True)
    yield told("unknown key beside the others", "envelope", _edited(lambda d: d.update(extra=1)))
    yield told("indented", "envelope", lambda p: p.edit(ENVELOPE, _indented))
    yield told("base64 with a line feed", "envelope", _edited(_spaced))
    yield told("base64 without padding", "envelope", _edited(_unpadded))
    yield told("base64 for URLs", "envelope", _edited(_urlsafe))
    yield told("nested deeply", "envelope", lambda p: p.edit(ENVELOPE, lambda c: b"[" * 5_000))


def _upper(document: Any) -> None:
    key = document["verificationMaterial"]["publicKey"]
    key["hint"] = key["hint"].upper()


def _again(document: Any) -> None:
    signatures = document["dsseEnvelope"]["signatures"]
    signatures.append(signatures[0])


def _indented(content: bytes) -> bytes:
    return json.dumps(json.loads(content), indent=1, sort_keys=True).encode()


def _spaced(document: Any) -> None:
    document["dsseEnvelope"]["payload"] += "\n"


def _unpadded(document: Any) -> None:
    first = document["dsseEnvelope"]["signatures"][0]
    first["sig"] = first["sig"].rstrip("=") if first["sig"].endswith("=") else first["sig"] + "="


def _urlsafe(document: Any) -> None:
    first = document["dsseEnvelope"]["signatures"][0]
    first["sig"] = first["sig"].replace("+", "-").replace("/", "_") + ("" if _odd(first) else "_")


def _odd(first: dict[str, str]) -> bool:
    return "+" in first["sig"] or "/" in first["sig"]


def _sig(change: Callable[[bytes], bytes]) -> Change:
    def swap(document: Any) -> None:
        first = document["dsseEnvelope"]["signatures"][0]
        first["sig"] = base64.b64encode(change(base64.b64decode(first["sig"]))).decode()

    return _edited(swap)


def _numbers(change: Callable[[int, int], tuple[int, int]]) -> Callable[[bytes], bytes]:
    return lambda der: encode_dss_signature(*change(*decode_dss_signature(der)))


SIGNATURES: dict[str, Callable[[bytes], bytes]] = {
    "malleated": _numbers(lambda r, s: (r, ORDER - s)),
    "r and s exchanged": _numbers(lambda r, s: (s, r)),
    "r is 0": _numbers(lambda r, s: (0, s)),
    "s is 0": _numbers(lambda r, s: (r, 0)),
    "both are 0": _numbers(lambda r, s: (0, 0)),
    "r is the order": _numbers(lambda r, s: (ORDER, s)),
    "s is the order": _numbers(lambda r, s: (r, ORDER)),
    "r plus the order": _numbers(lambda r, s: (r + ORDER, s)),
    "s plus the order": _numbers(lambda r, s: (r, s + ORDER)),
    "s plus 1": _numbers(lambda r, s: (r, s + 1)),
    "r and s are 1": _numbers(lambda r, s: (1, 1)),
    "long form of its length": lambda der: b"\x30\x81" + der[1:],
    "a byte behind it": lambda der: der + b"\0",
    "cut": lambda der: der[:-1],
    "empty": lambda der: b"",
    "raw r and s": lambda der: b"".join(n.to_bytes(32, "big") for n in decode_dss_signature(der)),
    "over the bare payload": lambda der: KEYS.signer.sign(b"payload"),
}


def signature_mutations(*, stamped: bool) -> Iterator[Mutation]:
    """Yield the signature in other forms; only a time stamp lets @sigstore/verify tell them all."""
    for what, change in SIGNATURES.items():
        loose = what == "malleated"
        yield told(f"signature {what}", "signature", _sig(change), sigstore=stamped or not loose)


def _forged(change: Callable[[Any], object], key: str | None) -> Change:
    """Change the statement; sign it with one of `KEYS`, or keep the signature."""

    def apply(place: Place) -> None:
        statement = place.payload()
        change(statement)
        place.restate(canonical_bytes(statement), getattr(KEYS, key) if key else None)

    return apply


def statement_mutations(place: Place) -> Iterator[Mutation]:
    """Yield every value of the statement changed: unsigned, and where it matters, signed again."""
    statement = place.payload()
    for path in _paths(statement):
        name = f"statement {_shown(path)}"
        for what, change in (("removed", _drop(path)), ("changed", _set(path, "x"))):
            sayable = {"tool"} if what == "changed" else set()
            yield told(f"{name} {what}", "signature", _forged(change, None), sigstore=True)
            if len(path) == 1 or path[0] == "subject" or path[-1] in _RELIED_ON - sayable:
                layers = "envelope files trust log timestamp pdf"
                yield told(f"{name} {what}, signed again", layers, _forged(change, "signer"))


_RELIED_ON = {"dossier", "model", "verdict", "signedAt", "tool", "carriers"}

BYTES: dict[str, Callable[[bytes], bytes]] = {
    "a space behind": lambda c: c + b" ",
    "a line feed behind": lambda c: c + b"\n",
    "indented": lambda c: json.dumps(json.loads(c), indent=2).encode(),
    "keys in another order": lambda c: json.dumps(
        dict(reversed(json.loads(c).items())), separators=(",", ":")
    ).encode(),
    "verdict twice": lambda c: c.replace(b'"verdict":', b'"verdict":"fail","verdict":'),
    "subject twice": lambda c: c.replace(b'"subject":', b'"subject":[],"subject":'),
    "escaped letters": lambda c: c.replace(b"pass", b"\\u0070ass"),
    "empty": lambda c: b"",
    "no JSON": lambda c: b"\xff\xfe",
    "a list": lambda c: b"[" + c + b"]",
    "nested deeply": lambda c: b"[" * 2_000 + b"]" * 2_000,
    "a float": lambda c: c.replace(b'"verdict":"pass"', b'"verdict":1.50'),
}


def payload_mutations() -> Iterator[Mutation]:
    """Yield other bytes of the payload, kept unsigned, signed by the signer, and by a thief."""
    for what, change in BYTES.items():
        for by in (None, "signer", "thief"):
            said = f", signed by the {by}" if by else ""
            layer = "envelope files" if by == "signer" else "signature"
            yield told(
                f"payload {what}{said}", layer, _payload(change, by), sigstore=by != "signer"
            )
    yield told("signed by a thief", "signature", _payload(lambda c: c, "thief"), sigstore=True)


def _payload(change: Callable[[bytes], bytes], by: str | None) -> Change:
    def apply(place: Place) -> None:
        document = json.loads((place.bundle / ENVELOPE).read_bytes())
        payload = change(base64.b64decode(document["dsseEnvelope"]["payload"]))
        place.restate(payload, getattr(KEYS, by) if by else None)

    return apply


def _said(**changes: object) -> Change:
    return _forged(lambda statement: statement["predicate"].update(changes), "signer")


def _subject(more: dict[str, Any]) -> Callable[[Any], object]:
    return lambda statement: statement["subject"].insert(0, more)


def claim_mutations(place: Place) -> Iterator[Mutation]:
    """Yield what a trusted signer can't say: another model, verdict, dossier, time or subject."""
    anything = "files envelope trust timestamp log pdf"
    claims: dict[str, dict[str, object]] = {
        "another model": {"model": "loan-triage-v1"},
        "another verdict": {"verdict": "fail"},
        "another dossier": {"dossier": digest_bytes(b"")},
        "a time in the future": {"signedAt": ago(days=-2)},
        "a time before the key": {"signedAt": ago(days=31)},
        "a time without a zone": {"signedAt": "2026-11-21T10:00:00"},
        "an unknown carrier": {"carriers": ["notary"]},
        "a carrier less": {"carriers": ["timestamp", "pdf"]},
        "no carriers": {"carriers": None},
    }
    for name, changes in claims.items():
        yield told(f"claims {name}", anything, _said(**changes))
    yield told("subject left out", anything, _forged(lambda s: s["subject"].pop(), "signer"))
    yield told("subjects unsorted", "envelope", _forged(lambda s: s["subject"].reverse(), "signer"))
    twice = place.payload()["subject"][0]
    yield told("subject twice", "envelope", _forged(_subject(twice), "signer"))
    for name in ("../outside", "/etc/hostname", "evidence/../dossier.json", "trust-pack.json"):
        more = {"name": name, "digest": {"sha256": "0" * 64}}
        yield told(f"subject {name}", anything, _forged(_subject(more), "signer"))


def pack_mutations() -> Iterator[Mutation]:
    """Yield trust packs under which this signature does not count, or that can't be used."""
    keys: dict[str, dict[str, str]] = {
        "not yet valid": {"notBefore": ago(days=-1), "notAfter": ago(days=-9)},
        "expired": {"notAfter": ago(hours=2)},
        "expired at the second of signing": {"notAfter": ago(hours=1)},
        "revoked before": {"revokedAt": ago(hours=2), "reason": "superseded"},
        "stolen before": {"revokedAt": ago(hours=2), "reason": "keyCompromise"},
        "revoked before, no reason": {"revokedAt": ago(hours=2)},
        "role that may not sign": {"role": "reader"},
    }
    for what, changes in keys.items():
        covers = what.startswith(("not yet", "expired", "revoked", "stolen"))
        yield told(f"key {what}", "trust", _repacked(**changes), sigstore=covers)
    others: Change = lambda p: _pack(p, [trusted(KEYS.second)])  # noqa: E731
    yield told("key unknown", "trust", others, sigstore=True)
    demands: dict[str, dict[str, Any]] = {
        "two people needed": {"thresholds": {"signer": 2}},
        "another role needed": {
            "thresholds": {"signer": 1, "judge": 1},
            "required_roles": ["judge"],
        },
        "expired": {"expires": ago(days=1)},
    }
    for what, terms in demands.items():
        yield told(f"pack: {what}", "trust", _terms(terms))
    edits: dict[str, Callable[[bytes], bytes]] = {
        "emptied": lambda c: b"",
        "edited": lambda c: c.replace(b"Ada", b"Eve"),
        "indented": lambda c: json.dumps(json.loads(c), indent=1).encode(),
        "line feed": lambda c: c + b"\n",
        "key twice": lambda c: c.replace(b'"signed":', b'"signed":{},"signed":'),
        "signed by another key": _resigned,
        "not signed": lambda c: canonical_bytes({**json.loads(c), "signatures": []}),
        "signed twice": _signed_twice,
    }
    for what, edit in edits.items():
        yield told(f"pack: {what}", "pack", _pack_bytes(edit))


def _terms(terms: dict[str, Any]) -> Change:
    return lambda place: _pack(place, [listed()], **terms)


def _pack_bytes(edit: Callable[[bytes], bytes]) -> Change:
    def apply(place: Place) -> None:
        place.pack.write_bytes(edit(place.pack.read_bytes()))

    return apply


def _pack(place: Place, keys: list[Any], **terms: Any) -> None:
    place.repack(keys, **{"thresholds": {"signer": 1}, **kept_terms(place), **terms})


def kept_terms(place: Place) -> dict[str, Any]:
    """Return the lists of a place's trust pack that another pack for it must keep."""
    from ftgov.signing.trust import read_trust_pack

    terms = read_trust_pack(place.pack.read_bytes(), root_pin=None).terms
    return {
        "authorities": terms.authorities or (),
        "logs": terms.logs or (),
        "witnesses": terms.witnesses or (),
        "witnesses_required": terms.witnesses_required,
    }


def listed(**changes: str) -> TrustedKey:
    """Return the signer as the trust pack lists it, changed."""
    return trusted(KEYS.signer, **{"certificate": CERTIFICATE.pem, **changes})


def _repacked(**changes: str) -> Change:
    return lambda place: _pack(place, [listed(**changes)])


def _resigned(content: bytes) -> bytes:
    document = json.loads(content)
    kind = "application/vnd.ftgov.trust-pack+json"
    signature = KEYS.thief.sign(pae(kind, canonical_bytes(document["signed"])))
    document["signatures"][0]["sig"] = base64.b64encode(signature).decode()
    return canonical_bytes(document)


def _signed_twice(content: bytes) -> bytes:
    document = json.loads(content)
    document["signatures"] *= 2
    return canonical_bytes(document)
