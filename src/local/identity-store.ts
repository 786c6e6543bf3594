import { randomBytes, randomInt } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { exportJWK, generateKeyPair } from "jose";
import * as z from "zod";
import { corruptData } from "./failure.ts";
import type { Identity } from "./identity.ts";
import { mintKey } from "./tokens.ts";
import { writePrivate } from "./write-private.ts";

const text = z.string().min(1);
const schema = z.strictObject({
  projectRef: z.string().regex(/^[a-z]{20}$/),
  accessToken: z.string().regex(/^sbp_[0-9a-f]{40}$/),
  dbPassword: z.string().regex(/^[\w-]{20,}$/),
  jwtSecret: z.string().min(32),
  signingKey: z.strictObject({
    kty: z.literal("EC"),
    crv: z.literal("P-256"),
    alg: z.literal("ES256"),
    kid: text,
    x: text,
    y: text,
    d: text,
  }),
  publishableKey: z.string().startsWith("sb_publishable_"),
  secretKey: z.string().startsWith("sb_secret_"),
  anonKey: text,
  serviceRoleKey: text,
});

/**
 * The checkout's identity; made the first time. BEE-E405 when the file is damaged, or gone while there is a database
 * in `dataDir`: a new one would not fit it.
 */
export async function openIdentity(path: string, dataDir: string): Promise<Identity> {
  const stored = readIdentity(path);
  if (stored != null) return stored;
  if (existsSync(dataDir))
    throw corruptData(path, "It is missing, and the database knows no other password.");
  const identity = await createIdentity();
  writePrivate(path, `${JSON.stringify(identity, null, 2)}\n`);
  return identity;
}

/** Null when there is no such file. */
function readIdentity(path: string): Identity | null {
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    throw corruptData(path, "It is not JSON.");
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw corruptData(
    path,
    `Wrong or missing: ${parsed.error.issues.map((issue) => issue.path.join(".")).join(", ")}.`,
  );
}

/** New keys and a new ref; kept nowhere. */
export async function createIdentity(): Promise<Identity> {
  const projectRef = Array.from({ length: 20 }, () => String.fromCharCode(97 + randomInt(26))).join("");
  const jwtSecret = randomBytes(48).toString("base64url");
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const [anonKey, serviceRoleKey] = await Promise.all([
    mintKey(jwtSecret, projectRef, "anon"),
    mintKey(jwtSecret, projectRef, "service_role"),
  ]);
  return {
    projectRef,
    accessToken: `sbp_${randomBytes(20).toString("hex")}`,
    dbPassword: randomBytes(24).toString("base64url"),
    jwtSecret,
    signingKey: { ...(await exportJWK(privateKey)), alg: "ES256", kid: crypto.randomUUID() },
    publishableKey: `sb_publishable_${opaque()}`,
    secretKey: `sb_secret_${opaque()}`,
    anonKey,
    serviceRoleKey,
  };
}

/** 22 characters, and 8 that on hosted are a checksum. */
function opaque(): string {
  return `${randomBytes(16).toString("base64url")}_${randomBytes(6).toString("base64url")}`;
}
