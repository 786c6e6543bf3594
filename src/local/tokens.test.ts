import { createPrivateKey, createPublicKey } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportSPKI, importJWK, SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import type { Identity, TokenVerifier } from "./identity.ts";
import { openIdentity } from "./identity-store.ts";
import { createTokenVerifier, jwks, mintKey, verificationKeys } from "./tokens.ts";

let identity: Identity;
let verify: TokenVerifier;

beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), "bee-tokens-"));
  identity = await openIdentity(join(dir, "identity.json"), join(dir, "data"));
  verify = await createTokenVerifier(identity);
});

async function signUser(claims: Record<string, unknown>, expiresIn = "1h"): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "ES256", kid: identity.signingKey.kid! })
    .setExpirationTime(expiresIn)
    .sign(await importJWK(identity.signingKey, "ES256"));
}

describe("the token verifier", () => {
  it("takes user tokens, legacy keys and opaque keys, and tells their role", async () => {
    const user = await signUser({ role: "authenticated", sub: "u1" });
    expect(await verify(user)).toMatchObject({ role: "authenticated", sub: "u1" });
    expect(await verify(identity.anonKey)).toMatchObject({ role: "anon", ref: identity.projectRef });
    expect(await verify(identity.serviceRoleKey)).toMatchObject({ role: "service_role" });
    expect(await verify(identity.publishableKey)).toEqual({ role: "anon" });
    expect(await verify(identity.secretKey)).toEqual({ role: "service_role" });
  });

  it("refuses a token whose HMAC secret is the public key", async () => {
    const spki = await exportSPKI(
      createPublicKey(createPrivateKey({ key: identity.signingKey, format: "jwk" } as never)) as never,
    );
    const forged = await new SignJWT({ role: "service_role" })
      .setProtectedHeader({ alg: "HS256", kid: identity.signingKey.kid! })
      .setExpirationTime("1h")
      .sign(new TextEncoder().encode(spki));
    expect(await verify(forged)).toBeNull();
  });

  it("refuses an unsigned token, another project's key, another algorithm and noise", async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    expect(await verify(`${part({ alg: "none" })}.${part({ role: "service_role" })}.`)).toBeNull();
    expect(await verify(await mintKey("another-secret-another-secret-another", "x", "anon"))).toBeNull();
    const hs512 = await new SignJWT({ role: "service_role" })
      .setProtectedHeader({ alg: "HS512" })
      .sign(new TextEncoder().encode(identity.jwtSecret));
    expect(await verify(hs512)).toBeNull();
    for (const noise of ["", "x", "a.b.c", "sb_secret_guess", `${identity.anonKey}x`])
      expect(await verify(noise)).toBeNull();
  });

  it("refuses a token without a role", async () => {
    expect(await verify(await signUser({ sub: "u1" }))).toBeNull();
  });

  it("forgets a token when it expires", async () => {
    const token = await signUser({ role: "authenticated" }, "1s");
    expect(await verify(token)).toMatchObject({ role: "authenticated" });
    await expect.poll(() => verify(token), { timeout: 5000 }).toBeNull();
  });

  it("shows the public key alone", () => {
    const [key] = jwks(identity).keys;
    expect(key).toMatchObject({ kty: "EC", crv: "P-256", alg: "ES256", kid: identity.signingKey.kid });
    expect(key).not.toHaveProperty("d");
    expect(verificationKeys(identity).keys.map(({ kty, alg }) => [kty, alg])).toEqual([
      ["EC", "ES256"],
      ["oct", "HS256"],
    ]);
  });
});
