// Judge attestations with @sigstore/verify, which ftgov did not write.
//
// Each line of the input is {"attestation": path, "pack": path}; each line of the output is
// {"accepted": bool, "why": text}. What the library covers: the form of a Sigstore v0.3 bundle, the
// key that the hint names and when it counts, the signature, and the RFC 3161 token over it. It
// knows nothing of the files, the log's form and the PDF.
import { readFileSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import { bundleFromJSON } from "@sigstore/bundle";
import { Verifier, toSignedEntity, toTrustMaterial } from "@sigstore/verify";

const END = "9999-12-31T00:00:00Z";

function der(pem) {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64");
}

function until(key) {
  return new Date(key.revokedAt && key.revokedAt < key.notAfter ? key.revokedAt : key.notAfter);
}

function trust(pack) {
  const authorities = (pack.signed.timestampAuthorities ?? []).map((one) => ({
    certChain: { certificates: one.certificates.map((pem) => ({ rawBytes: der(pem) })) },
    validFor: { start: new Date(0), end: new Date(END) },
  }));
  const keys = Object.fromEntries(
    pack.signed.keys.map((key) => [
      key.spki,
      { rawBytes: der(key.publicKey), validFor: { start: new Date(key.notBefore), end: until(key) } },
    ]),
  );
  const empty = { certificateAuthorities: [], tlogs: [], ctlogs: [] };
  return toTrustMaterial({ ...empty, timestampAuthorities: authorities }, keys);
}

function judge({ attestation, pack }) {
  try {
    if (!statSync(attestation).isFile()) throw new Error("not a regular file");
    const signed = JSON.parse(readFileSync(pack, "utf8"));
    const bundle = bundleFromJSON(JSON.parse(readFileSync(attestation, "utf8")));
    const wanted = signed.signed.timestampAuthorities ? 1 : 0;
    const options = { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: wanted };
    new Verifier(trust(signed), options).verify(toSignedEntity(bundle));
    return { accepted: true, why: "" };
  } catch (fault) {
    return { accepted: false, why: `${fault.code ?? fault.name}: ${fault.message}` };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim()) console.log(JSON.stringify(judge(JSON.parse(line))));
}
