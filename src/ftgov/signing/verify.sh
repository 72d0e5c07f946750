#!/bin/sh
# sh verify.sh BUNDLE TRUST [ROOT]: check a bundle of ftgov with jq, base64, sha256sum, openssl 3 and pdfsig. BUNDLE is
# its folder (unpacked), TRUST the trust pack, ROOT the fingerprint sha256:... of the key that signed the pack, told to
# you by another way. Exit status 0 only if all holds, else 20 and the layer that does not.
set -eu; export LC_ALL=C
TRUST=$(realpath "${2:?usage: sh verify.sh BUNDLE TRUST [ROOT]}") ROOT=${3:-} Z=+%Y-%m-%dT%H:%M:%SZ HOW=claimed L=start
test ! -d "$TRUST" || TRUST=$TRUST/trust-pack.json; A=attestations S=$A/report.sigstore.json P=log/report.tlog-proof E=log/report.entry.json W=$(mktemp -d)
trap 'rm -rf "$W"; test "$L" = done || { echo "INVALID: $L"; exit 20; }' EXIT
pack() { jq -ej "$@" "$TRUST"; }; canonical() { jq -cSj . "$1" | cmp -s - "$1"; }
says() { jq -e "$@" "$W/statement" > /dev/null; }; lists() { says --arg c "$1" '.predicate.carriers | index($c)'; }
decode() { printf %s "$1" | base64 -d > "$2" && test "$(base64 -w0 "$2")" = "$1"; }
digest() { printf 'sha256:'; sha256sum | cut -d' ' -f1; }; hash() { openssl dgst -sha256 -binary; }
spki() { openssl pkey -pubin -in "$1" -outform DER | digest; }
holds() { # PUBLIC_KEY SIGNATURE TYPE PAYLOAD: ECDSA P-256 over the DSSE encoding, in its one form (low S)
  decode "$2" "$W/sig"; { printf 'DSSEv1 %d %s %d ' "${#3}" "$3" "$(wc -c < "$4")"; cat "$4"; } > "$W/pae"
  openssl dgst -sha256 -verify "$1" -signature "$W/sig" "$W/pae" > /dev/null
  jq -en --arg s "$(openssl asn1parse -inform DER -in "$W/sig" | sed -n '3s/.*://p')" '($s | length) < 64 or
    $s <= "7FFFFFFF800000007FFFFFFFFFFFFFFFDE737D56D38BCF4279DCE5617E3192A8"' > /dev/null; }
attested() { # ATTESTATION OUT: its statement, after the signature held; OUT.key is what the trust pack says of its key
  L="envelope: $1 is malformed"; canonical "$1"; jq -e '[.. | strings | select(contains("\n"))] == [] and (del(.dsseEnvelope.payload, .dsseEnvelope.signatures[0].sig, .verificationMaterial.publicKey.hint,
    .verificationMaterial.timestampVerificationData.rfc3161Timestamps[0].signedTimestamp) | .verificationMaterial |=
    (select(.timestampVerificationData == {rfc3161Timestamps: [{}]}) |= del(.timestampVerificationData)) | . ==
    {mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json", verificationMaterial: {publicKey: {}}, dsseEnvelope:
    {payloadType: "application/vnd.in-toto+json", signatures: [{keyid: ""}]}})' "$1" > /dev/null
  decode "$(jq -ej .dsseEnvelope.payload "$1")" "$2"; K=$(jq -er .verificationMaterial.publicKey.hint "$1")
  L="trust: the key $K is not in the trust pack"
  pack --arg k "$K" '[.signed.keys[] | select(.spki == $k)] | select(length == 1)[0]' > "$2.key"
  jq -ej .publicKey "$2.key" > "$2.pem"; test "$(spki "$2.pem")" = "$K"; L="signature: not that of $K in $1"
  holds "$2.pem" "$(jq -ej '.dsseEnvelope.signatures[0].sig' "$1")" application/vnd.in-toto+json "$2"
  L="envelope: the statement of $1 is malformed"; canonical "$2"
  jq -e '._type == "https://in-toto.io/Statement/v1" and ([.subject[].name] | . == unique) and
    (.predicate.signedAt | test("^[0-9-]{10}T[0-9:]{8}([.][0-9]+)?Z$"))' "$2" > /dev/null; }
L='trust: the trust pack is not signed by its root'; canonical "$TRUST"; pack .signed.root.publicKey > "$W/root.pem"; pack -cS .signed > "$W/signed"
holds "$W/root.pem" "$(pack '.signatures | select(length == 1)[0].sig')" application/vnd.ftgov.trust-pack+json "$W/signed"
echo "trust root: $(spki "$W/root.pem")"; test "${ROOT:-$(spki "$W/root.pem")}" = "$(spki "$W/root.pem")"
cd "$1"; L='files: there is a link, a special file or a folder that does not belong here'
test -z "$(find . -mindepth 1 ! -type f ! \( -type d \( -path ./$A -o -path ./evidence -o -path ./log \) \))"
attested $S "$W/statement"; mv "$W/sig" "$W/report.sig"; says '.predicate.carriers - ["timestamp", "log", "pdf"] == [] and
  (.predicate.tool | strings != "") and .predicateType == "https://ftgov.dev/attestation/dossier/v1"'
L='files: they are not exactly those that were signed'; : > "$W/gone"
if test -f $A/withheld.json; then canonical $A/withheld.json
  jq -r '.files[], .rows[].file' $A/withheld.json | grep '^evidence/' | sort | tee "$W/gone" | sed 's/^/WITHHELD: /'; fi
{ jq -er '.subject[].name' "$W/statement"; echo $S; ! lists log || printf '%s\n' $P $E; test ! -f $A/withheld.json ||
  echo $A/withheld.json; } | sort | comm -23 - "$W/gone" > "$W/want"; find . -type f | cut -c3- | sort > "$W/have"
OTHERS="^$A/((agreement|dissent)-[0-9a-f]{64}[.]sigstore[.]json|rows-[0-9a-f]{64}[.]jsonl)\$"
grep -Ev "$OTHERS" "$W/have" | cmp -s - "$W/want"; grep -E "$OTHERS" "$W/have" | sed 's/^/NOT CHECKED HERE: /'
jq -er '.subject[] | .digest.sha256 + "  " + .name' "$W/statement" > "$W/sums"
sha256sum -c --strict --quiet --ignore-missing "$W/sums"; L='files: the dossier does not say what the statement says'
says --slurpfile d dossier.json --arg h "$(digest < dossier.json)" '.predicate | .dossier == $h and
  .model == $d[0].assessment.subject.model.name and .verdict == $d[0].verdict'
AT=$(jq -er '.predicate.signedAt | sub("\\.[0-9]+Z$"; "Z")' "$W/statement"); L='timestamp: it is not listed'
if lists timestamp; then L='timestamp: not that of an authority of the trust pack over this signature'; HOW=rfc3161
  decode "$(jq -ej '.. | .signedTimestamp? | strings' $S)" "$W/t"; pack -r '.signed.timestampAuthorities[].certificates[]' > "$W/tsa"
  AT=$(date -u -d "$(openssl ts -reply -in "$W/t" -text 2>&1 | sed -n 's/^Time stamp: //p')" $Z)
  openssl ts -verify -in "$W/t" -data "$W/report.sig" -CAfile "$W/tsa" -attime "$(date -d "$AT" +%s)" > /dev/null 2>&1
else jq -e '.verificationMaterial | has("timestampVerificationData") | not' $S > /dev/null; fi
L='trust: the signer could not sign at that time, in that role'
jq -e --arg t "$AT" --arg n "$(date -u $Z)" --arg soon "$(date -u -d '+1 day' $Z)" --arg how $HOW --slurpfile p "$W/signed" \
  '$p[0] as $p | $t <= $soon and .notBefore <= $t and $t < .notAfter and (.revokedAt == null or ($t < .revokedAt and
  ($how == "rfc3161" or (.reason | IN("superseded", "cessationOfOperation", "affiliationChanged"))))) and
  $p.thresholds[.role] == 1 and ($p.requiredRoles // [.role]) == [.role] and $n < ($p.expires // "9") and
  ($how == "rfc3161" or $p.timestampRequired == false)' "$W/statement.key" > /dev/null
if lists log; then L='log: the entry of this report is not in a log of the trust pack'; canonical $E
  jq -e --arg r "$(jq -cSj .record $E | digest)" --arg s "$(digest < "$W/statement")" --slurpfile p "$W/statement" \
    '$p[0].predicate as $p | .record_digest == $r and .type == "report" and .record.name == .name and .record.statement == $s and
    [.record | .type, .model, .verdict, .dossier, .signed_at] == ["report", $p.model, $p.verdict, $p.dossier, $p.signedAt]' \
    $E > /dev/null; { printf '\0'; { printf 'ftgov-ledger-v1\0'; jq -cSj 'del(.record)' $E; } | hash; } | hash > "$W/r"
  sed '1,/^$/d' $P > "$W/note"; sed '/^$/,$d' "$W/note" > "$W/text"; { read -r ORIGIN; read -r M; read -r TOP; } < "$W/text"
  K=$(pack --arg o "$ORIGIN" '[.signed.logs[] | select(.origin == $o)] | select(length == 1)[0].key'); decode "${K#*+*+}" "$W/raw"
  { printf '\060\052\060\005\006\003\053\145\160\003\041\0'; tail -c 32 "$W/raw"; } > "$W/log.der"
  sed -n "s/^[^ ]* ${K%%+*} //p" "$W/note" | head -n 1 | base64 -d | tail -c 64 > "$W/note.sig"
  openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "$W/log.der" -in "$W/text" -sigfile "$W/note.sig" > /dev/null
  N=$(sed -n 's/^index //p' $P) M=$((M - 1)); test "$(jq .seq $E)" = $((N + 1)); sed '1,2d; /^$/,$d' $P > "$W/path"
  while read -r X; do decode "$X" "$W/x"; test $M -gt 0; A=r B=x
    if [ $((N % 2)) = 1 ] || [ $N = $M ]; then A=x B=r; while [ $((N % 2)) = 0 ]; do N=$((N / 2)) M=$((M / 2)); done; fi
    { printf '\1'; cat "$W/$A" "$W/$B"; } | hash > "$W/y"; mv "$W/y" "$W/r"; N=$((N / 2)) M=$((M / 2)); done < "$W/path"
  test "$M $(base64 -w0 "$W/r")" = "0 $TOP"; fi
if lists pdf; then L='pdf: report.pdf is not sealed as a whole by the key that signed'; cp report.pdf "$W/report.pdf"
  (cd "$W"; pdfsig -nocert report.pdf > seal; pdfsig -dump report.pdf > dump); grep -q 'Signature is Valid' "$W/seal"; grep -q 'Total document signed' "$W/seal"
  set -- $(sed -n 's/.*Signed Ranges: \[0 - \([0-9]*\)\], \[\([0-9]*\) - [0-9]*\]$/\1 \2/p' "$W/seal")
  { head -c "$1" report.pdf; tail -c "+$(($2 + 1))" report.pdf; } > "$W/sealed"; jq -ej .certificate "$W/statement.key" > "$W/seal.pem"
  openssl cms -verify -inform DER -in "$W/report.pdf.sig0" -content "$W/sealed" -binary -nointern -certfile "$W/seal.pem" \
    -noverify -out /dev/null 2>&1; fi
L=done; jq -r --arg t "$AT ($HOW)" --slurpfile k "$W/statement.key" '.predicate | "VALID: \(.model) \(.verdict), signed \($t) by \($k[0] |
  .holder + ", " + .role)"' "$W/statement"
