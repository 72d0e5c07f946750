"""A PKCS#11 token in software, SoftHSM: made in a folder, with keys in it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

PIN = "2468"
_LIBRARIES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)


def softhsm_library() -> str:
    """Return the path of SoftHSM's library, or skip the test."""
    found = next((path for path in _LIBRARIES if Path(path).is_file()), None)
    if found is None:
        pytest.skip("SoftHSM is not installed")
    return found


def make_token(folder: Path, label: str) -> str:
    """Make a token with an ECDSA P-256 key of id 2 and one of P-384 of id 3; return its library.

    The library reads its settings once in a process, so all tests of a process share one folder.
    """
    import pkcs11
    from pkcs11.util.ec import encode_named_curve_parameters

    library = softhsm_library()
    (folder / "tokens").mkdir(exist_ok=True)
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    command = f"softhsm2-util --init-token --free --label {label} --pin {PIN} --so-pin 1357"
    subprocess.run(command.split(), check=True, capture_output=True)
    loaded = pkcs11.lib(library)
    loaded.reinitialize()
    with loaded.get_token(token_label=label).open(rw=True, user_pin=PIN) as session:
        for number, curve in ((2, "secp256r1"), (3, "secp384r1")):
            session.create_domain_parameters(
                pkcs11.KeyType.EC,
                {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(curve)},
                local=True,
            ).generate_keypair(store=True, id=bytes([number]), label=f"key {number}")
    return library
