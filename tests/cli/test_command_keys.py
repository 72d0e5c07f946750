"""`ftgov keys`: made, listed, rotated, revoked; secrets that are never shown."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ftgov.cli.main import execute
from ftgov.signing.certificate import Certificate, self_certificate
from ftgov.signing.keys import SigningKey
from soft_token import PIN, make_token
from store_support import Home
from timestamp_authority import LocalAuthority

SECRET = "correct horse"
Keys = Callable[..., tuple[int, str, str]]


@pytest.fixture
def keys(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Keys:
    """Run `ftgov keys ...` in a workspace, the passphrase in a file; return what it said."""
    home.create().close()
    (tmp_path / "p.txt").write_text(SECRET + "\n")
    (tmp_path / "w.txt").write_text("wrong\n")

    def run(*arguments: str | Path, secret: str | None = "p.txt") -> tuple[int, str, str]:
        line = ["keys", *map(str, arguments), "--workspace", str(home.root / "w")]
        line += ["--passphrase-file", str(tmp_path / secret)] if secret else []
        status = execute(line)
        said = capsys.readouterr()
        assert SECRET not in said.out + said.err
        return status, said.out, said.err

    return run


@pytest.fixture
def place(home: Home, keys: Keys) -> Path:
    """Make a key and a pack of it; return the workspace's folder."""
    assert keys("new", "release", "--holder", "Jo Doe")[0] == 0
    root = home.root / "w"
    pack = root / "trust" / "trust-pack.json"
    assert keys("trust-pack", "--holder", "Jo Doe", "--output", pack)[0] == 0
    return root


def _signed(place: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((place / "trust" / "trust-pack.json").read_text())["signed"]
    return found


def test_a_key_file_is_encrypted_and_its_owners_alone(place: Path) -> None:
    path = place / ".ftgov" / "keys" / "release.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert SigningKey.load(path, SECRET.encode()).spki == _signed(place)["keys"][0]["spki"]
    own = Certificate.from_pem(path.with_suffix(".crt").read_text())
    assert own.title == "Jo Doe"
    assert own.pem == _signed(place)["keys"][0]["certificate"]


@pytest.mark.parametrize(("secret", "why"), [("w.txt", "cannot be opened"), (None, "needs a pass")])
def test_a_wrong_or_missing_passphrase_is_told(
    keys: Keys, place: Path, secret: str | None, why: str
) -> None:
    before = _signed(place)
    status, out, err = keys("revoke", "release", "--reason", "superseded", secret=secret)
    assert (status, out) == (1, "")
    assert why in err
    assert _signed(place) == before


def test_the_passphrase_may_stand_in_a_variable(
    keys: Keys, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTGOV_KEY_PASSPHRASE", SECRET)
    assert keys("revoke", "release", "--reason", "superseded", secret=None)[0] == 0
    assert _signed(place)["keys"][0]["reason"] == "superseded"


def test_a_key_without_a_passphrase_is_asked_for(keys: Keys) -> None:
    status, _, err = keys("new", "other", secret=None)
    assert status == 2
    assert "needs a passphrase" in err
    assert keys("new", "other", "--unencrypted", secret=None)[0] == 0
    assert keys("new", "other", "--unencrypted", secret=None)[0] == 2


def test_versions_are_chained_and_kept(keys: Keys, place: Path, tmp_path: Path) -> None:
    pack = place / "trust" / "trust-pack.json"
    assert keys("new", "board", "--holder", "Ann Lee")[0] == 0
    more = ("trust-pack", "--key", "board", "--role", "approver", "--holder", "Ann Lee")
    assert keys(*more, "--output", pack)[0] == 0
    # A role that came later signs no report until it has a threshold.
    assert (_signed(place)["version"], _signed(place)["thresholds"]) == (2, {"release-signer": 1})
    assert keys(*more, "--output", pack)[0] == 2
    authority = LocalAuthority(tmp_path / "authority")
    tsa = ("--tsa-certificates", authority.folder / "root.pem", "--timestamp-required")
    assert keys("trust-pack", *tsa, "--threshold", "approver=2", "--output", pack)[0] == 0
    signed = _signed(place)
    assert signed["timestampRequired"] is True
    assert signed["timestampAuthorities"][0]["certificates"] == [authority.root_pem]
    assert signed["thresholds"] == {"release-signer": 1, "approver": 2}
    versions = [pack.with_name(f"trust-pack.v{n}.json") for n in (1, 2)]
    assert execute(["keys", "chain", *map(str, [*versions, pack])]) == 0
    assert execute(["keys", "chain", str(versions[0]), str(pack)]) == 20
    assert keys("trust-pack", "--output", pack)[0] == 2


def test_a_rotated_key_is_kept_and_revoked(keys: Keys, place: Path) -> None:
    old = _signed(place)["keys"][0]
    status, out, _ = keys("rotate", "release", "--json")
    made = json.loads(out)
    assert (status, made["old_spki"], made["version"]) == (0, old["spki"], 2)
    ended, successor = _signed(place)["keys"]
    assert (ended["spki"], ended["reason"]) == (old["spki"], "superseded")
    assert (successor["spki"], successor["holder"]) == (made["spki"], "Jo Doe")
    folder = place / ".ftgov" / "keys"
    for name, spki in (("release", made["spki"]), (made["old_name"], old["spki"])):
        assert SigningKey.load(folder / f"{name}.pem", SECRET.encode()).spki == spki
        assert Certificate.from_pem((folder / f"{name}.crt").read_text()).spki == spki
    # The old key is still the root, and found by its fingerprint.
    assert keys("rotate", "release")[0] == 0
    assert _signed(place)["version"] == 3
    said = keys("list", secret=None)[1]
    assert said.count("revoked at") == 2
    assert "Jo Doe as release-signer until" in said


def test_a_revocation_names_key_time_and_reason(keys: Keys, place: Path) -> None:
    spki = _signed(place)["keys"][0]["spki"]
    at = ("--at", "2026-01-01T00:00:00Z")
    assert keys("revoke", spki, "--reason", "keyCompromise", *at)[0] == 0
    key = _signed(place)["keys"][0]
    assert (key["revokedAt"], key["reason"]) == ("2026-01-01T00:00:00Z", "keyCompromise")
    later = ("--at", "2026-02-01T00:00:00Z")
    assert keys("revoke", spki, "--reason", "keyCompromise", *later)[0] == 2
    assert keys("revoke", "sha256:" + "0" * 64, "--reason", "superseded")[0] == 2
    assert keys("revoke", "absent", "--reason", "superseded")[0] == 2
    assert keys("revoke", "release", "--reason", "boredom")[0] == 2
    assert keys("revoke", "release", "--reason", "superseded", "--at", "yesterday")[0] == 2


def test_somebody_elses_key_is_listed_by_its_certificate(
    keys: Keys, place: Path, tmp_path: Path
) -> None:
    other = SigningKey.generate()
    own = self_certificate(other, "Notified body", "2026-01-01T00:00:00Z")
    (tmp_path / "body.crt").write_text(own.pem)
    pack = place / "trust" / "trust-pack.json"
    line = ("trust-pack", "--certificate", tmp_path / "body.crt", "--role", "auditor")
    assert keys(*line, "--holder", "Notified body", "--output", pack)[0] == 0
    assert _signed(place)["keys"][1]["spki"] == other.spki
    assert keys(*line, "--holder", "B", "--output", tmp_path / "new.json")[0] == 2


def test_a_key_in_a_token_signs_the_pack_and_its_pin_is_kept_nowhere(
    home: Home, keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOFTHSM2_CONF", "")
    monkeypatch.setenv("FTGOV_PKCS11_MODULE", make_token(tmp_path, "cli"))
    (tmp_path / "pin.txt").write_text(PIN + "\n")
    line = ("new", "board", "--uri", "hsm:2?label=cli", "--holder", "Ann Lee")
    assert keys(*line, secret="w.txt")[0] == 1
    assert keys(*line, secret="pin.txt")[0] == 0
    root = home.root / "w"
    pack = root / "trust" / "trust-pack.json"
    listing = ("trust-pack", "--key", "board", "--holder", "Ann Lee", "--output", pack)
    assert keys(*listing, secret=None)[0] == 2
    assert keys(*listing, secret="pin.txt")[0] == 0
    assert "hsm:2?label=cli" in keys("list", secret=None)[1]
    assert keys("rotate", "board", secret="pin.txt")[0] == 2
    for path in (*(root / ".ftgov" / "keys").iterdir(), pack):
        assert not path.is_file() or PIN not in path.read_text()
