"""`VERIFY.md` and `verify.sh`: how to check a bundle with stock tools only, without ftgov.

There is one source, the script beside this file. It stands in every bundle as a page to read, and
lies beside every trust pack as a file to run.
"""

from __future__ import annotations

import re
from pathlib import Path

from ftgov.errors import FtgovError

SCRIPT_NAME = "verify.sh"
SCRIPT = Path(__file__).with_name(SCRIPT_NAME)
"""The script as it is shipped."""

_PAGE = """# Check this bundle yourself

This needs no ftgov: only `sh`, `jq`, `base64`, `sha256sum` and `openssl` (3.0 or later), as found
on any Debian, and `pdfsig` (poppler-utils) where the report's PDF is sealed. You also need the
signer's **trust pack**, `trust-pack.json`. It must reach you by another way than this bundle, and
so must the fingerprint of its root key: whoever makes a bundle can make a trust pack too.

Run `verify.sh`, which lies beside the trust pack. Whoever changed a bundle could have changed this
page too, so take the script from there, or from the documentation of ftgov, not from here. It is
the same everywhere, and short enough to read:

    sh verify.sh BUNDLE TRUST_PACK sha256:FINGERPRINT_OF_THE_ROOT

Its last line is `VALID: ...` and its exit status 0, or it is `INVALID: ` with the layer that does
not hold, and 20. It checks the trust pack, the files, the signature, the signer's standing and,
where the statement lists them, time stamp, log proof, witnesses and the seal of the PDF. Agreements
and dissents of others, and rows that are left of a file, it names as not checked.

```sh
%s```

## What this does not prove

A signature says who vouched for which files. It does not say that the inputs were honest, that the
report is the latest, that it is about the model you run, or, without a time stamp, when it was
made. To derive the figures again from the evidence: `ftgov verify --recompute`.
"""

VERIFY_TEXT = _PAGE % SCRIPT.read_text(encoding="utf-8")
"""The text of `VERIFY.md`; it is the same for every bundle."""


def recipe_script(text: str = VERIFY_TEXT) -> str:
    """Return the script that a page shows."""
    return "".join(re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))


def leave_script(folder: Path) -> Path:
    """Write `verify.sh` into a folder, where its reader will look for it, and return its path.

    Raises:
        FtgovError: If it cannot be written.
    """
    target = folder / SCRIPT_NAME
    try:
        target.write_bytes(SCRIPT.read_bytes())
        target.chmod(0o755)
    except OSError as fault:
        raise FtgovError(
            f"{target} cannot be written: {fault.strerror}.",
            next_step="Check the rights on the folder, then try again.",
        ) from fault
    return target
