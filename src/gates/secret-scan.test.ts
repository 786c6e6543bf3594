import { createHash, generateKeyPairSync } from "node:crypto";
import { expect, it } from "vitest";
import { signToken } from "./forged-token.ts";
import { createSecretScan, type SecretSighting } from "./secret-scan.ts";

/** Looks random, and is the same in each run; put together here so that no such text lies in this file. */
function random(alphabet: string, length: number, seed: string): string {
  let bytes = Buffer.alloc(0);
  for (let round = 0; bytes.length < length; round += 1)
    bytes = Buffer.concat([bytes, createHash("sha256").update(`${seed} ${round}`).digest()]);
  return [...bytes.subarray(0, length)].map((byte) => alphabet[byte % alphabet.length]).join("");
}

const hex = "0123456789abcdef";
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const account = JSON.stringify({
  type: "service_account",
  private_key: pem,
  client_email: "a@b.iam.gserviceaccount.com",
});
const jwt = (claims: Readonly<Record<string, unknown>>): string =>
  signToken({ iat: 1, exp: 4102444800, ...claims }, "k");

function scan(text: string, commit: string | null = null): readonly SecretSighting[] {
  const found = createSecretScan();
  for (const [index, line] of text.split("\n").entries())
    found.see({ file: "f.ts", line: index + 1, text: line, commit });
  return found.sightings();
}

it.each([
  [
    "Supabase service_role key",
    `const key = "${jwt({ role: "service_role", iss: "supabase", ref: "abcdefghijklmnopqrst" })}";`,
  ],
  ["Supabase secret key", `KEY=sb_${"secret"}_${random(letters, 22, "a")}_${random(letters, 8, "b")}`],
  ["Supabase access token", `export SUPABASE_ACCESS_TOKEN=sb${"p"}_${random(hex, 40, "c")}`],
  [
    "database password",
    `postgresql://postgres.ref:${random(letters, 16, "d")}@aws-0-eu.pooler.supabase.com:5432/postgres`,
  ],
  ["AWS access key", `aws_access_key_id = AK${"IA"}${random("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16, "e")}`],
  ["AWS secret key", `aws_secret_access_key = ${random(letters, 40, "f")}`],
  ["GitHub token", `token: gh${"p"}_${random(letters, 36, "g")}`],
  ["Stripe live key", `sk_${"live"}_${random(letters, 24, "h")}`],
  ["private key", `before\n${pem}after`],
  [
    "private key",
    pem
      .split("\n")
      .map((line) => `  ${line}`)
      .join("\n"),
  ],
  ["private key", `KEY="${pem.replaceAll("\n", "\\n")}"`],
  ["Google service account key", account],
  ["Google service account key", `FCM_SERVICE_ACCOUNT=${Buffer.from(account).toString("base64")}`],
  [
    "Google service account key",
    Buffer.from(JSON.stringify(JSON.parse(account), null, 2)).toString("base64"),
  ],
])("finds a %s", (kind, text) => {
  const found = scan(text);
  expect(found.map((sighting) => sighting.kind)).toEqual([kind]);
  expect(found[0]?.id).toMatch(/^[0-9a-f]{12}$/);
});

it.each([
  ["the demo key of supabase start", jwt({ role: "service_role", iss: "supabase-demo" })],
  ["a public key of the old form", jwt({ role: "anon", iss: "supabase" })],
  [
    "a service's token with a signature that is none",
    `${jwt({ role: "service_role" }).split(".").slice(0, 2).join(".")}.${Buffer.from("signature-signature").toString("base64url")}`,
  ],
  ["a user's token", jwt({ role: "authenticated", sub: "u" })],
  ["a public key", `sb_publishable_${random(letters, 22, "a")}_${random(letters, 8, "b")}`],
  ["a mention of the form", "keys look like sb_secret_… and sbp_<40 hex digits>"],
  ["a counted-up token", "sbp_0123456789abcdef0123456789abcdef01234567"],
  ["a repeated token", `sbp_${"ab12".repeat(10)}`],
  [
    "a placeholder in a URL",
    "postgresql://postgres:[YOUR-PASSWORD]@db.abcdefghijklmnopqrst.supabase.co:5432/postgres",
  ],
  [
    "a variable in a URL",
    "postgresql://postgres:$PASSWORD@db.abcdefghijklmnopqrst.supabase.co:5432/postgres",
  ],
  ["a local database", "postgresql://postgres:kdlEicm29dmwoqpe@127.0.0.1:54322/postgres"],
  ["the documented example key of AWS", "AKIAIOSFODNN7EXAMPLE"],
  ["a test key of Stripe", `sk_test_${random(letters, 24, "h")}`],
  ["the head of a key in code", 'if (text.startsWith("-----BEGIN PRIVATE KEY-----")) return;'],
  ["a key with a body that is none", "-----BEGIN PRIVATE KEY-----\n<the key>\n-----END PRIVATE KEY-----"],
  [
    "a public key in PEM",
    "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwkdm38fjdlskdjfhgqpw\n",
  ],
  ["a digest", `sha256: ${random(hex, 64, "x")}`],
  ["a web client's key of Google", `apiKey: "AIza${random(letters, 35, "y")}"`],
  ["a minified line", "x".repeat(300_000)],
])("is silent on %s", (_name, text) => {
  expect(scan(text)).toEqual([]);
});

it("names one secret once, with the file that still holds it", () => {
  const found = createSecretScan();
  const text = `sb${"p"}_${random(hex, 40, "z")}`;
  found.see({ file: "old.ts", line: 9, text, commit: "c1" });
  found.see({ file: "old.ts", line: 12, text, commit: "c2" });
  found.see({ file: "now.ts", line: 1, text, commit: null });
  expect(found.sightings()).toMatchObject([{ file: "now.ts", line: 1, commit: null, others: 2 }]);
  expect(JSON.stringify(found.sightings())).not.toContain(text);
});

it("shows nothing that a password could be guessed from", () => {
  const url = (password: string): string =>
    `postgres://postgres:${password}@db.abcdefghijklmnopqrst.supabase.co:5432/postgres`;
  const [one] = scan(url(random(letters, 12, "p")));
  const [other] = scan(url(random(letters, 12, "q")));
  expect(one?.id).toBe(other?.id);
});

it("does not join a key's head to a line elsewhere", () => {
  const found = createSecretScan();
  const [head = "", body = ""] = pem.split("\n");
  found.see({ file: "a", line: 1, text: head, commit: null });
  found.see({ file: "b", line: 2, text: body, commit: null });
  expect(found.sightings()).toEqual([]);
});

it("stays quick on long lines that are made to be slow", () => {
  const started = performance.now();
  for (const text of [
    "eyJ".repeat(60_000),
    "-----BEGIN PRIVATE KEY-----".repeat(7_000),
    "A".repeat(199_000),
    "postgres://".repeat(18_000),
    `aws_secret_access_key${" ".repeat(150_000)}`,
  ])
    scan(text);
  expect(performance.now() - started).toBeLessThan(3_000);
});
