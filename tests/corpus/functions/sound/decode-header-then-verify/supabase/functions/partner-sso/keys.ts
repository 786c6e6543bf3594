import { importSPKI, type KeyLike } from "npm:jose@5.9.6";

const PEMS: Record<string, string> = {
  "2024-a": `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEVs/o5+uQbTjL3chynL4wXgUg2R9
q9UU8I5mEovUf86QZ7kOBIjJwqnzD1omageEHWwHdBO6B+dFabmdT9POxg==
-----END PUBLIC KEY-----`,
};

const imported = new Map<string, Promise<KeyLike>>();

export function keyFor(kid: string): Promise<KeyLike> | null {
  const pem = Object.hasOwn(PEMS, kid) ? PEMS[kid] : undefined;
  if (!pem) return null;
  if (!imported.has(kid)) imported.set(kid, importSPKI(pem, "ES256"));
  return imported.get(kid)!;
}
