"""`VERIFY.md`: how to check a bundle with stock tools only, without ftgov."""

from __future__ import annotations

import re

VERIFY_TEXT = r"""# Check this bundle yourself

This needs no ftgov: only `sh`, `jq`, `openssl`, `find`, `base64` and `sha256sum`, as found on any
Debian. You also need the signer's **trust pack**, `trust-pack.json`. It must reach you by another
way than this bundle, and so must the fingerprint of its root key: whoever makes a bundle can make
a trust pack too.

Whoever changed a bundle could have changed this text too: if in doubt, take it from another bundle
or from the documentation of ftgov. It is the same everywhere.

Run the blocks below in order, in one shell, inside the folder of this bundle (unpack the archive
first). Every block stops at the first thing that is wrong.

```sh
set -eu
export LC_ALL=C
: "${TRUST:?set TRUST to the path of trust-pack.json}"
S=attestations/report.sigstore.json
W=$(mktemp -d)
trap 'rm -rf "$W"' EXIT
pae() { printf 'DSSEv1 %d %s %d ' "${#1}" "$1" "$(stat -c %s "$2")"; cat "$2"; }
spki() { printf 'sha256:'; openssl pkey -pubin -in "$1" -outform DER | sha256sum | cut -d' ' -f1; }
```

## 1. The trust pack is signed by its root key

Compare the printed fingerprint with the one you were told, or set ROOT to it before.

```sh
jq -cSj .signed "$TRUST" > "$W/signed"
jq -ej .signed.root.publicKey "$TRUST" > "$W/root.pem"
jq -ej '.signatures | select(length == 1) | .[0].sig' "$TRUST" | base64 -d > "$W/root.sig"
pae application/vnd.ftgov.trust-pack+json "$W/signed" > "$W/root.pae"
openssl dgst -sha256 -verify "$W/root.pem" -signature "$W/root.sig" "$W/root.pae"
echo "trust root: $(spki "$W/root.pem")"
test "${ROOT:-$(spki "$W/root.pem")}" = "$(spki "$W/root.pem")"
```

## 2. The statement is signed by a key of the trust pack

```sh
HINT=$(jq -er .verificationMaterial.publicKey.hint "$S")
jq -e --arg k "$HINT" '[.signed.keys[] | select(.spki == $k)] | select(length == 1) | .[0]' \
  "$TRUST" > "$W/key.json"
jq -ej .publicKey "$W/key.json" > "$W/key.pem"
test "$(spki "$W/key.pem")" = "$HINT"
test "$(jq -r .dsseEnvelope.payloadType "$S")" = application/vnd.in-toto+json
jq -ej .dsseEnvelope.payload "$S" | base64 -d > "$W/payload"
jq -ej '.dsseEnvelope.signatures | select(length == 1) | .[0].sig' "$S" | base64 -d > "$W/sig"
pae application/vnd.in-toto+json "$W/payload" > "$W/pae"
openssl dgst -sha256 -verify "$W/key.pem" -signature "$W/sig" "$W/pae"
```

## 3. The signer could sign at that time, in that role

The time is the signer's own claim. A key that was revoked for another reason than those below is
void.

```sh
jq -r '"signed by: \(.holder), \(.role)"' "$W/key.json"
AT=$(jq -er '.predicate.signedAt | sub("\\.[0-9]+Z$"; "Z")' "$W/payload")
echo "signed at (claimed): $AT"
jq -e --arg t "$AT" '.notBefore <= $t and $t < .notAfter and (.revokedAt == null or ($t < .revokedAt
  and (.reason | IN("superseded", "cessationOfOperation", "affiliationChanged"))))' "$W/key.json"
jq -e --arg r "$(jq -r .role "$W/key.json")" --arg n "$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
  '.signed | .thresholds[$r] == 1 and (.requiredRoles // [$r]) == [$r]
  and .timestampRequired == false and $n < (.expires // "9999")' "$TRUST"
```

## 4. The files are exactly those that were signed

```sh
test -z "$(find . ! -type f ! -type d)"
{ jq -er '.subject[].name' "$W/payload"; echo "$S"; } | sort > "$W/want"
find . -type f | cut -c3- | sort > "$W/have"
diff "$W/want" "$W/have"
jq -er '.subject[] | .digest.sha256 + "  " + .name' "$W/payload" > "$W/sums"
sha256sum -c --strict --quiet "$W/sums"
```

## 5. The statement and the dossier agree

```sh
test "$(jq -r .predicateType "$W/payload")" = https://ftgov.dev/attestation/dossier/v1
test "$(jq -r .predicate.dossier "$W/payload")" = "sha256:$(sha256sum dossier.json | cut -d' ' -f1)"
jq -e --slurpfile d dossier.json '.predicate | .model == $d[0].assessment.subject.model.name
  and .verdict == $d[0].verdict' "$W/payload"
jq -r '.predicate | "model: \(.model)\nverdict: \(.verdict)"' "$W/payload"
jq -e '.predicate.carriers == []' "$W/payload"
rm -r "$W"
echo "signature, files and dossier hold"
```

If the last but two line stops, the bundle has further proof (a timestamp, a log entry, a seal of
the PDF) that these commands don't check.

## What this does not prove

A signature says who vouched for which files. It does not say that the inputs were honest, that the
claimed time is true, that no newer report exists, or that this is the model you run.
"""
"""The text of `VERIFY.md`; it is the same for every bundle."""


def recipe_script(text: str = VERIFY_TEXT) -> str:
    """Return the commands of a recipe, all its `sh` blocks in order, as one script for `sh`."""
    return "\n".join(re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
