#!/bin/sh
# sh verify.sh BUNDLE TRUST [ROOT]: check a bundle of ftgov (its folder) with jq, base64, sha256sum, openssl 3 and pdfsig.
# TRUST: the trust pack; ROOT: the fingerprint sha256:... of the key that signed it. Status 0 only if all holds, else 20.
set -eu; export LC_ALL=C; TRUST=$(realpath "${2:?usage: sh verify.sh BUNDLE TRUST [ROOT]}") ROOT=${3:-} HOW=claimed L=start C=0
A=attestations S=$A/report.sigstore.json X=$A/withheld.json P=log/report.tlog-proof E=log/report.entry.json W=$(mktemp -d)
trap 'rm -rf "$W"; test "$L" = done || { echo "INVALID: $L"; exit 20; }' EXIT; Z=+%Y-%m-%dT%H:%M:%SZ
pack() { jq -ej "$@" "$TRUST"; }; hash() { openssl dgst -sha256 -binary; }; decode() { printf %s "$1" | base64 -d > "$2" && test "$(base64 -w0 "$2")" = "$1"; }
canonical() { test -s "$1" && ! grep -qF '\u0000' "$1" && jq -ecSjs 'select(length == 1)[0]' "$1" | cmp -s - "$1"; } # one, and no NUL
says() { jq -e "$@" "$W/statement" > /dev/null; }; lists() { says --arg c "$1" '.predicate.carriers | index($c)'; }
digest() { printf 'sha256:'; sha256sum | cut -d' ' -f1; }; spki() { openssl pkey -pubin -in "$1" -outform DER | digest; }
holds() { # PUBLIC_KEY SIGNATURE TYPE PAYLOAD: ECDSA P-256 over the DSSE encoding, in its one form (low S)
  decode "$2" "$W/sig"; { printf 'DSSEv1 %d %s %d ' "${#3}" "$3" "$(wc -c < "$4")"; cat "$4"; } > "$W/pae"
  openssl dgst -sha256 -verify "$1" -signature "$W/sig" "$W/pae" > /dev/null; jq -en --arg s "$(openssl asn1parse -inform DER -in "$W/sig" |
    sed -n '3s/.*://p')" '($s | length) < 64 or $s <= "7FFFFFFF800000007FFFFFFFFFFFFFFFDE737D56D38BCF4279DCE5617E3192A8"' > /dev/null; }
L='trust: the trust pack is not signed by its root'; test ! -d "$TRUST" || TRUST=$TRUST/trust-pack.json; canonical "$TRUST"
pack .signed.root.publicKey > "$W/root"; pack -cS .signed > "$W/pack"; echo "trust root: $(spki "$W/root")"
holds "$W/root" "$(pack '.signatures | select(length == 1)[0].sig')" application/vnd.ftgov.trust-pack+json "$W/pack"
test "${ROOT:-$(spki "$W/root")}" = "$(spki "$W/root")"; cd "$1"; L='files: a name, link, folder or special file is not of a bundle'
test -z "$(find . -mindepth 1 -name '*[!A-Za-z0-9._-]*' -o ! -type f ! -type d -o -type d \( -empty -o ! -path ./$A ! -path ./evidence ! -path ./log \))"
L="envelope: $S is malformed"; canonical $S; jq -e '[.. | strings | select(contains("\n"))] == [] and (del((.dsseEnvelope | .payload, .signatures[0].sig),
  (.verificationMaterial | .publicKey.hint, .timestampVerificationData.rfc3161Timestamps[0].signedTimestamp)) | .verificationMaterial |= (select(
  .timestampVerificationData == {rfc3161Timestamps: [{}]}) |= del(.timestampVerificationData)) | . == {mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
  dsseEnvelope: {payloadType: "application/vnd.in-toto+json", signatures: [{keyid: ""}]}, verificationMaterial: {publicKey: {}}})' $S > "$W/o"
decode "$(jq -ej .dsseEnvelope.payload $S)" "$W/statement"; K=$(jq -er .verificationMaterial.publicKey.hint $S)
L='trust: the key is unknown'; pack --arg k "$K" '[.signed.keys[] | select(.spki == $k)] | select(length == 1)[0]' > "$W/key"
jq -ej .publicKey "$W/key" > "$W/key.pem"; test "$(spki "$W/key.pem")" = "$K"; L="signature: not that of $K over the statement"
holds "$W/key.pem" "$(jq -ej '.dsseEnvelope.signatures[0].sig' $S)" application/vnd.in-toto+json "$W/statement"
L='envelope: the statement is malformed, or lists proof of an unknown kind'; canonical "$W/statement"
says '._type == "https://in-toto.io/Statement/v1" and .predicateType == "https://ftgov.dev/attestation/dossier/v1" and ([.subject[].name] | . == unique)
  and (.predicate | .carriers - ["timestamp", "log", "pdf"] == [] and (.tool | strings != "") and (.signedAt |
  test("\\A[0-9-]{10}T[0-9:]{8}([.][0-9]+)?Z\\z")))'; L='files: they are not exactly those that were signed'
: > "$W/gone"; : > "$W/rows"; if test -f $X; then canonical $X; jq -er --slurpfile p "$W/statement" 'def names: . == unique and all(test(
  "\\Aevidence/[0-9a-f]{64}\\z")); [.rows[].file] as $r | $p[0].predicate.rows as $s | select(keys == ["files", "rows", "schema"] and (.files | names) and
  .schema == "https://ftgov.dev/schema/withheld/v1" and ($r | names) and .files - $r == .files and $r - [$s.trees[]?.file | "evidence/" + .[7:]] == [] and
  ($r == [] or (.files | index("evidence/" + $s.salts[7:]))) and (.rows - [] | all(keys == ["file", "withheld"] and (.withheld | . == floor and 0 < . and
  . < 9007199254740992)))) | .files + $r | sort[]' $X > "$W/gone"; jq -r '.rows[].file | "attestations/rows-" + .[9:] + ".jsonl"' $X > "$W/rows"; fi
{ cat "$W/rows"; jq -er '.subject[].name' "$W/statement"; echo $S; test ! -f $X || echo $X; ! lists log || printf '%s\n' $P $E; } | sort > "$W/all"
test -z "$(comm -13 "$W/all" "$W/gone")"; comm -23 "$W/all" "$W/gone" > "$W/want"; find . -type f | cut -c3- | sort > "$W/have"
sed 's/^/WITHHELD: /' "$W/gone"; MORE="^$A/(agreement|dissent)-[0-9a-f]{64}[.]sigstore[.]json\$"; grep -Ev "$MORE" "$W/have" | cmp -s - "$W/want"
{ cat "$W/rows"; grep -E "$MORE" "$W/have"; } | sed 's/^/NOT CHECKED HERE: /'; jq -er --rawfile g "$W/gone" '($g | split("\n")) as $g | .subject[] |
  .name as $n | select($g | index($n) | not) | .digest.sha256 + "  " + $n' "$W/statement" > "$W/o"; sha256sum -c --strict --quiet "$W/o"
L='files: the dossier does not say what the statement says'; says --slurpfile d dossier.json --arg h "$(digest < dossier.json)" \
  '.predicate | .dossier == $h and .model == $d[0].assessment.subject.model.name and .verdict == $d[0].verdict'
AT=$(jq -er '.predicate.signedAt | sub("\\.[0-9]+Z$"; "Z")' "$W/statement"); L='timestamp: it is not listed'
if lists timestamp; then L='timestamp: not that of an authority of the trust pack over this signature'; HOW=rfc3161 SAID=$(date -d "$AT" +%s)
  decode "$(jq -ej '.. | .signedTimestamp? | strings' $S)" "$W/t"; pack -r '.signed.timestampAuthorities[].certificates[]' > "$W/tsa"
  AT=$(date -u -d "$(openssl ts -reply -in "$W/t" -text 2>&1 | sed -n 's/^Time stamp: //p')" $Z); test "$SAID" -le $(($(date -d "$AT" +%s) + 86400))
  test $(($(openssl asn1parse -inform DER -in "$W/t" | sed -n '1s/.*hl=\([0-9]*\) *l= *\([0-9]*\) .*/\1+\2/p'))) = "$(wc -c < "$W/t")"
  openssl ts -verify -in "$W/t" -data "$W/sig" -CAfile "$W/tsa" -untrusted "$W/tsa" -attime "$(date -d "$AT" +%s)" > "$W/o" 2>&1
else jq -e '.verificationMaterial | has("timestampVerificationData") | not' $S > "$W/o"; fi; L='trust: the signer did not count then'
jq -e --arg t "$AT" --arg n "$(date -u $Z)" --arg soon "$(date -u -d '+1 day' $Z)" --arg how $HOW --slurpfile p "$W/pack" '$p[0] as $p
  | ($how == "rfc3161") as $w | $t <= $soon and .notBefore <= $t and $t < .notAfter and (.revokedAt == null or ($t < .revokedAt and
  ($w or (.reason | IN("superseded", "cessationOfOperation", "affiliationChanged"))))) and $p.thresholds[.role] == 1 and
  ($p.requiredRoles // [.role]) == [.role] and $n < ($p.expires // "9") and ($w or $p.timestampRequired == false)' "$W/key" > "$W/o"
if lists log; then L='log: the entry of this report is not in a log of the trust pack'; canonical $E; tr -d '\0' < $P | cmp -s - $P
  jq -e --arg r "$(jq -cSj .record $E | digest)" --arg s "$(digest < "$W/statement")" --slurpfile p "$W/statement" \
    '$p[0].predicate as $p | .record_digest == $r and .record.name == .name and .record.statement == $s and [.type, (.record |
    .type, .model, .verdict, .dossier, .signed_at)] == ["report", "report", $p.model, $p.verdict, $p.dossier, $p.signedAt]' $E > "$W/o"
  { printf '\0'; { printf 'ftgov-ledger-v1\0'; jq -cSj 'del(.record)' $E; } | hash; } | hash > "$W/r"; N=$(($(jq .seq $E) - 1))
  test "$(sed 2q $P | tr '\n' ' ')" = "c2sp.org/tlog-proof@v1 index $N "; sed '1,2d; /^$/,$d' $P > "$W/path"
  sed '1,/^$/d' $P > "$W/note"; sed '/^$/,$d' "$W/note" > "$W/text"; { read -r O; read -r M; read -r TOP; } < "$W/text"; M=$((M - 1))
  sed '1,/^$/d' "$W/note" > "$W/lines"; sed 1d "$W/lines" | cut -d' ' -f2 | sort -cu; test -z "$(tail -c 1 "$W/lines"; grep -Ev \
    "^$(printf '\342\200\224')( [^[:blank:]]+){2}\$" "$W/lines")"; while read -r _ NAME SIG; do decode "$SIG" "$W/line"; T=0
    test $C = 0 || T=$(tail -c 72 "$W/line" | od -An -N8 -tu8 --endian=big | tr -d ' '); test "$T" -le "$(date -d '+1 day' +%s)"
    K=$(pack --arg o "$O" --arg n "$NAME+" --arg c $C '(if $c == "0" then [.signed.logs[] | select(.origin == $o)] else .signed.witnesses end) |
      [.[].key | select(startswith($n))] | select(length == 1)[0]'); ID=${K#*+}; decode "${K#*+*+}" "$W/k"; echo "${K#*+*+}" >> "$W/seen"
    { test $C = 0 || printf 'cosignature/v1\ntime %s\n' "$T"; cat "$W/text"; } > "$W/m"; tail -c 64 "$W/line" > "$W/s"
    test "$(od -An -tx1 -N4 "$W/line" | tr -d ' ') $(wc -c < "$W/line")" = "${ID%%+*} $((68 + 8 * C))"
    { printf '\060\052\060\005\006\003\053\145\160\003\041\0'; tail -c 32 "$W/k"; } > "$W/k.der"; C=1
    openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "$W/k.der" -in "$W/m" -sigfile "$W/s" > "$W/o"; done < "$W/lines"
  test "$(sort -u "$W/seen" | wc -l)" -gt "$(pack '.signed.witnessesRequired // 0')"; while IFS= read -r H; do decode "$H" "$W/x"; test $M -gt 0
    LEFT=r RIGHT=x; if [ $((N % 2)) = 1 ] || [ $N = $M ]; then LEFT=x RIGHT=r; while [ $((N % 2)) = 0 ]; do N=$((N / 2)) M=$((M / 2)); done; fi
    { printf '\1'; cat "$W/$LEFT" "$W/$RIGHT"; } | hash > "$W/o"; mv "$W/o" "$W/r"; N=$((N / 2)) M=$((M / 2)); done < "$W/path"
  test "$M $(base64 -w0 "$W/r")" = "0 $TOP"; else L='log: witnesses are required'; test "$(pack '.signed.witnessesRequired // 0')" = 0; fi
if lists pdf; then L='pdf: report.pdf is not sealed as a whole by the signer'; cp report.pdf "$W"; jq -ej .certificate "$W/key" > "$W/crt"
  (cd "$W"; pdfsig -nocert report.pdf > seal; pdfsig -dump report.pdf > o); test "$(grep -c 'Signature is Valid' "$W/seal") $(
    grep -c '^Signature #' "$W/seal")" = '1 1'; grep -q 'Total document signed' "$W/seal"; set -- $(sed -n \
    's/.*Signed Ranges: \[0 - \([0-9]*\)\], \[\([0-9]*\) - [0-9]*\]$/\1 \2/p' "$W/seal"); { head -c "$1" report.pdf; tail -c "+$(($2 + 1))" report.pdf; } \
    > "$W/b"; openssl cms -verify -inform DER -noverify -in "$W/report.pdf.sig0" -content "$W/b" -binary -nointern -certfile "$W/crt" > "$W/o" 2>&1; fi
L=done; echo "VALID: $(jq -r '.predicate | .model + " " + .verdict' "$W/statement"), signed $AT ($HOW) by $(jq -r .holder "$W/key")"
