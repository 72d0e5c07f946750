"""Agreement and dissent: on the same files, by whoever they say, and counted as people are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ftgov.api.countersigning import countersign
from ftgov.errors import InvalidBundle, NotAssessable, UsageError
from ftgov.recompute.bundle import recompute_bundle
from ftgov.records.attestation import PAYLOAD_TYPE, Verification
from ftgov.records.canonical import canonical_bytes, canonical_json
from ftgov.signing.bundle import open_bundle, zip_bundle
from ftgov.signing.countersign import countersignature_name, read_reviewed, sign_review
from ftgov.signing.envelope import pae
from ftgov.signing.held import read_dossier
from ftgov.signing.keys import SigningKey
from ftgov.signing.names import ENVELOPE_NAME
from ftgov.signing.trust import build_trust_pack
from ftgov.signing.trust_parts import TrustedLog
from ftgov.signing.verify import verified_bundle, verify_bundle
from ftgov.transparency.text import decode_base64, encode_base64
from log_samples import KEY, LOG, ORIGIN, ROOT, logged_bundle
from signing_samples import AS_OF, ISSUED_AT, trusted
from timestamp_authority import LocalAuthority

SECOND, STRANGER, REVOKED = (SigningKey.generate() for _ in range(3))
WHEN = "2026-11-20T12:00:00Z"


def _pack(path: Path, **terms: Any) -> Path:
    revoked = trusted(REVOKED, holder="Cy", revokedAt="2026-11-01T00:00:00Z", reason="superseded")
    path.write_bytes(
        build_trust_pack(
            [trusted(KEY), trusted(SECOND, holder="Bo Example", role="reviewer"), revoked],
            root=ROOT,
            issued_at=ISSUED_AT,
            logs=[TrustedLog(origin=ORIGIN, key=LOG.public)],
            **{"thresholds": {"signer": 1}, **terms},
        )
    )
    return path


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    _pack(tmp_path / "trust-pack.json")
    return logged_bundle(tmp_path / "b")


def _sign(bundle: Path, key: SigningKey, *reasons: str, **more: Any) -> Path:
    report = read_reviewed((bundle / ENVELOPE_NAME).read_bytes())
    said = {"name": "Somebody", "signed_at": WHEN, **more}
    name, content = sign_review(report, key, reasons=reasons, **said)
    (bundle / name).write_bytes(content)
    return bundle / name


def _verify(bundle: Path, pack: Path | None = None) -> Verification:
    return verify_bundle(bundle, pack or bundle.parent, as_of=AS_OF)


def _layer(result: Verification) -> str | None:
    found = [each.verdict for each in result.layers if each.layer == "countersignatures"]
    return found[0] if found else None


def test_without_countersignatures_there_is_no_such_layer(bundle: Path) -> None:
    result = _verify(bundle)
    assert (result.verdict, _layer(result), result.countersignatures) == ("valid", None, ())


def test_agreement_and_dissent_are_listed_with_who_and_why(bundle: Path) -> None:
    _sign(bundle, SECOND)
    _sign(bundle, STRANGER, "no group of 65+", "the test set is small", name="Eve Auditor")
    result = _verify(bundle)
    assert (result.verdict, _layer(result)) == ("valid", "valid")
    agreement, dissent = result.countersignatures
    assert (agreement.kind, agreement.name, agreement.role) == (
        "agreement",
        "Bo Example",
        "reviewer",
    )
    assert (agreement.trusted, dissent.trusted) == (True, False)
    assert (dissent.name, dissent.role, dissent.signed_at) == ("Eve Auditor", None, WHEN)
    assert dissent.reasons == ("no group of 65+", "the test set is small")
    assert any(STRANGER.spki in sentence for sentence in result.does_not_prove)


def test_agreements_count_for_what_the_pack_demands_and_dissents_do_not(bundle: Path) -> None:
    demands = {"thresholds": {"signer": 1, "reviewer": 1}, "required_roles": ["signer", "reviewer"]}
    pack = _pack(bundle.parent / "two.json", **demands)
    assert _verify(bundle, pack).verdict == "invalid"
    _sign(bundle, STRANGER)
    assert _verify(bundle, pack).verdict == "invalid"
    _sign(bundle, SECOND)
    assert _verify(bundle, pack).verdict == "valid"
    _sign(bundle, SECOND, "on second thoughts")
    assert _verify(bundle, pack).verdict == "invalid"


def test_one_person_or_one_key_counts_once(bundle: Path) -> None:
    twin = SigningKey.generate()
    pack = bundle.parent / "twins.json"
    pack.write_bytes(
        build_trust_pack(
            [trusted(KEY), trusted(twin, holder=" ada EXAMPLE".strip())],
            root=ROOT,
            issued_at=ISSUED_AT,
            thresholds={"signer": 2},
        )
    )
    _sign(bundle, twin)
    _sign(bundle, KEY)
    trust = next(each for each in _verify(bundle, pack).layers if each.layer == "trust")
    assert trust.items == ("role signer: 1 of 2 needed signatures",)


def test_a_dissent_outweighs_an_agreement_by_the_same_person_with_another_key(
    bundle: Path,
) -> None:
    other = SigningKey.generate()
    names = {"Bo Example": SECOND, "BO  Example": other}
    bo = [trusted(key, holder=name, role="reviewer") for name, key in names.items()]
    pack = bundle.parent / "both.json"
    roles = ["signer", "reviewer"]
    demands: dict[str, Any] = {"thresholds": dict.fromkeys(roles, 1), "required_roles": roles}
    logs = [TrustedLog(origin=ORIGIN, key=LOG.public)]
    pack.write_bytes(
        build_trust_pack([trusted(KEY), *bo], root=ROOT, issued_at=ISSUED_AT, logs=logs, **demands)
    )
    _sign(bundle, SECOND)
    assert _verify(bundle, pack).verdict == "valid"
    _sign(bundle, other, "no")
    assert _verify(bundle, pack).verdict == "invalid"


def test_a_dissent_of_the_reports_own_signer_is_told_with_the_verdict(bundle: Path) -> None:
    said = "That its signer stands by it: Ada Example signed it, and dissents."
    assert said not in _verify(bundle).does_not_prove
    _sign(bundle, KEY, "I withdraw it")
    result = _verify(bundle)
    layer = next(each for each in result.layers if each.layer == "countersignatures")
    assert layer.detail.endswith("The report's own signer dissents.")
    assert (result.verdict, said in result.does_not_prove) == ("valid", True)


@pytest.mark.parametrize("key", [SECOND, STRANGER], ids=["known", "stranger"])
def test_nobody_countersigned_before_there_was_a_report(bundle: Path, key: SigningKey) -> None:
    """A clock may be a day off; a key that counts no more could claim any earlier time."""
    path = _sign(bundle, key, signed_at="2026-11-19T10:00:00Z")
    assert _verify(bundle).verdict == "valid"
    path.unlink()
    path = _sign(bundle, key, signed_at="2026-11-19T09:59:59Z")
    result = _verify(bundle)
    layer = next(each for each in result.layers if each.layer == "countersignatures")
    assert (result.verdict, layer.verdict) == ("invalid", "invalid")
    assert "before the report was signed" in layer.items[0]


def test_by_an_expired_trust_pack_no_countersignature_is_judged(bundle: Path) -> None:
    pack = _pack(bundle.parent / "expired.json", expires="2026-11-21T00:00:00Z")
    _sign(bundle, SECOND)
    result = _verify(bundle, pack)
    assert (result.verdict, _layer(result)) == ("not_assessed", "not_assessed")


def test_a_revoked_key_makes_its_agreement_invalid(bundle: Path) -> None:
    _sign(bundle, REVOKED)
    result = _verify(bundle)
    assert (result.verdict, _layer(result)) == ("invalid", "invalid")


def test_time_stamps_are_checked_and_of_an_unknown_authority_not_assessed(
    bundle: Path, tmp_path: Path
) -> None:
    authority = LocalAuthority(tmp_path / "tsa")
    _sign(bundle, STRANGER, stamp=authority.stamp, signed_at="2026-11-20T12:00:00Z")
    assert _layer(_verify(bundle)) == "not_assessed"
    pack = _pack(tmp_path / "with.json", authorities=[authority.listed])
    result = verify_bundle(bundle, pack)
    assert result.countersignatures[0].time == "rfc3161"


Change = Callable[[dict[str, Any]], object]


def _resign(path: Path, key: SigningKey, change: Change) -> None:
    """Change the signed statement of a countersignature and sign it again."""
    document = canonical_json(path.read_bytes())
    dsse = document["dsseEnvelope"]
    statement = canonical_json(decode_base64(dsse["payload"]))
    change(statement)
    payload = canonical_bytes(statement)
    dsse["payload"] = encode_base64(payload)
    dsse["signatures"][0]["sig"] = encode_base64(key.sign(pae(PAYLOAD_TYPE, payload)))
    path.write_bytes(canonical_bytes(document))


RESIGNED: dict[str, Change] = {
    "other files": lambda s: s["subject"].pop(),
    "another report": lambda s: s["predicate"]["configuration"][0]["digest"].update(
        sha256="0" * 64
    ),
    "two reports": lambda s: s["predicate"]["configuration"].append({"name": "x"}),
    "another result": lambda s: s["predicate"].update(result="FAILED", failedTests=["no"]),
    "a warning": lambda s: s["predicate"].update(result="WARNED"),
    "more in it": lambda s: s["predicate"].update(more=1),
    "another type": lambda s: s.update(predicateType="https://in-toto.io/attestation/svr/v0.2"),
    "a time to come": lambda s: s["predicate"].update(signedAt="2027-11-20T12:00:00Z"),
    "no time": lambda s: s["predicate"].pop("signedAt"),
    "no key": lambda s: s["predicate"]["reviewer"].pop("publicKey"),
    "another key": lambda s: s["predicate"]["reviewer"].update(publicKey=KEY.public_pem),
    "no PEM": lambda s: s["predicate"]["reviewer"].update(publicKey="x"),
}


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("change", RESIGNED.values(), ids=RESIGNED.keys())
def test_a_signature_about_something_else_is_invalid(
    bundle: Path, change: Change, known: bool
) -> None:
    key = SECOND if known else STRANGER
    path = _sign(bundle, key)
    _resign(path, key, lambda _: None)
    assert _verify(bundle).verdict == "valid"
    _resign(path, key, change)
    result = _verify(bundle)
    assert (result.verdict, _layer(result)) == ("invalid", "invalid")
    named = next(each for each in result.layers if each.layer == "countersignatures").items
    assert path.name in named[0]


@pytest.mark.parametrize("key", [SECOND, STRANGER], ids=["known", "stranger"])
def test_every_byte_and_the_name_count(bundle: Path, key: SigningKey) -> None:
    path = _sign(bundle, key, "why not")
    kept = path.read_bytes()
    for place in range(0, len(kept), 11):
        path.write_bytes(kept[:place] + bytes([kept[place] ^ 1]) + kept[place + 1 :])
        assert _verify(bundle).verdict == "invalid", place
    path.unlink()
    for name in (
        countersignature_name("agreement", key.spki),
        countersignature_name("dissent", KEY.spki),
        "attestations/dissent.sigstore.json",
    ):
        (bundle / name).write_bytes(kept)
        assert _verify(bundle).verdict == "invalid", name
        (bundle / name).unlink()


def test_a_countersignature_of_another_bundle_is_invalid(bundle: Path, tmp_path: Path) -> None:
    other = logged_bundle(tmp_path / "other", signedAt="2026-11-20T10:00:00Z", tool="ftgov 1")
    path = _sign(other, SECOND)
    (bundle / path.relative_to(other)).write_bytes(path.read_bytes())
    assert _verify(bundle).verdict == "invalid"


@pytest.mark.parametrize("form", ["folder", "archive"])
def test_the_interface_adds_one_file_and_never_a_second(bundle: Path, form: str) -> None:
    place = bundle
    if form == "archive":
        place = bundle.parent / "b.zip"
        zip_bundle(bundle, place)
    with open_bundle(place) as opened:
        before = set(opened.names)
    made = countersign(place, bundle.parent, key=SECOND, name="Bo", now=AS_OF)
    with open_bundle(place) as opened:
        assert set(opened.names) - before == {made.file}
        assert json.loads(opened.read(made.file))["mediaType"].endswith("v0.3+json")
    with pytest.raises(UsageError, match="already"):
        countersign(place, bundle.parent, key=SECOND, name="Bo", now=AS_OF)
    assert _verify(place, bundle.parent).verdict == "valid"


def test_nobody_agrees_to_what_does_not_hold_but_may_dissent(bundle: Path) -> None:
    pack = bundle.parent
    (bundle / "dossier.json").write_bytes(b"{}")
    with pytest.raises(InvalidBundle, match="files: "):
        countersign(bundle, pack, key=SECOND, name="Bo", now=AS_OF)
    made = countersign(bundle, pack, key=SECOND, name="Bo", reasons=["changed"], now=AS_OF)
    assert (bundle / made.file).exists()


def test_what_is_agreed_to_is_what_was_verified(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attestation is exchanged for another sound one after the verification."""
    other = logged_bundle(tmp_path / "other", signedAt="2026-11-20T10:00:00Z", tool="ftgov 1")
    real = verified_bundle

    def exchanged(*args: Any, **fields: Any) -> Any:
        """Verify, and then change what lies in the folder."""
        found = real(*args, **fields)
        (bundle / ENVELOPE_NAME).write_bytes((other / ENVELOPE_NAME).read_bytes())
        return found

    monkeypatch.setattr("ftgov.api.countersigning.verified_bundle", exchanged)
    with pytest.raises(InvalidBundle, match="changed while"):
        countersign(bundle, bundle.parent, key=SECOND, name="Bo", now=AS_OF)
    with open_bundle(bundle) as opened:
        assert not any("agreement" in name for name in opened.names)


def test_a_dossier_that_was_not_verified_is_not_read(bundle: Path) -> None:
    payload = verified_bundle(bundle, bundle.parent, as_of=AS_OF).payload
    assert payload is not None
    with open_bundle(bundle) as opened:
        assert read_dossier(opened, payload) == (bundle / "dossier.json").read_bytes()
        (bundle / "dossier.json").write_bytes(b"{}")
        with pytest.raises(InvalidBundle, match="changed while"):
            read_dossier(opened, payload)
    with pytest.raises(InvalidBundle, match=r"dossier\.json changed"):
        recompute_bundle(bundle, None, payload)


def test_an_agreement_to_what_could_not_be_assessed_is_refused(bundle: Path) -> None:
    from log_samples import pack_with

    pack = pack_with(bundle.parent / "no-log.json", logs={})
    with pytest.raises(NotAssessable, match="log"):
        countersign(bundle, pack, key=SECOND, name="Bo", now=AS_OF)


@pytest.mark.parametrize("said", [{"name": ""}, {"name": "x" * 201}, {"reasons": [" "]}])
def test_an_empty_name_or_reason_is_refused(bundle: Path, said: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        countersign(bundle, bundle.parent, key=SECOND, **{"name": "Bo", "now": AS_OF, **said})
