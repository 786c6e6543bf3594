import assert from "node:assert/strict";
import { encodeBase64Url } from "../../supabase/functions/_shared/base64url.ts";
import { createCallerCheck } from "../../supabase/functions/_shared/caller.ts";
import { type ProjectEnv, readProject } from "../../supabase/functions/_shared/project-env.ts";
import { Refusal } from "../../supabase/functions/_shared/refusal.ts";

const url = "https://abcdefghijklmnopqrst.supabase.co";
const userId = "5f1c1d5e-7b1a-4a58-9a55-0c3b6f1f2a10";
const publishable = "sb_publishable_0123456789abcdef";
const secret = "sb_secret_0123456789abcdefghij";
const legacySecret = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.c2lnbmF0dXJl";
const nowSeconds = 1_764_000_000;

const ec = { name: "ECDSA", namedCurve: "P-256" } as const;
const rsa = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};
const ecKeys = await crypto.subtle.generateKey(ec, true, ["sign", "verify"]);
const rsaKeys = await crypto.subtle.generateKey(rsa, true, ["sign", "verify"]);
const otherKeys = await crypto.subtle.generateKey(ec, true, ["sign", "verify"]);
const publicJwk = async (key: CryptoKey, kid: string, alg: string) => {
  const { kty, crv, x, y, n, e } = await crypto.subtle.exportKey("jwk", key);
  return { kty, crv, x, y, n, e, kid, alg, use: "sig" };
};
const jwks = {
  keys: [
    await publicJwk(ecKeys.publicKey, "ec-1", "ES256"),
    await publicJwk(rsaKeys.publicKey, "rsa-1", "RS256"),
  ],
};

const validClaims = {
  iss: `${url}/auth/v1`,
  aud: "authenticated",
  role: "authenticated",
  sub: userId,
  iat: nowSeconds - 10,
  exp: nowSeconds + 3600,
};

interface TokenOptions {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly key?: CryptoKey;
}

const encode = (value: unknown) => encodeBase64Url(new TextEncoder().encode(JSON.stringify(value)));

async function mint({
  claims = {},
  header = {},
  key = ecKeys.privateKey,
}: TokenOptions = {}): Promise<string> {
  const signed = `${encode({ alg: "ES256", typ: "JWT", kid: "ec-1", ...header })}.${encode({ ...validClaims, ...claims })}`;
  const algorithm = key.algorithm.name === "ECDSA" ? { name: "ECDSA", hash: "SHA-256" } : key.algorithm;
  const signature = await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(signed));
  return `${signed}.${encodeBase64Url(new Uint8Array(signature))}`;
}

async function mintHmac(text: string, claims = {}): Promise<string> {
  const key = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(text),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  return mint({ header: { alg: "HS256", kid: undefined }, claims, key });
}

interface Edge {
  readonly fetch: typeof fetch;
  readonly asked: string[];
}

/** The project's auth server: what each path answers. */
function edge(answers: Readonly<Record<string, () => Response>>): Edge {
  const asked: string[] = [];
  const answer = (input: string | URL | Request) => {
    const path = new URL(String(input)).pathname;
    asked.push(path);
    const found = answers[path];
    return found === undefined
      ? Promise.reject(new TypeError("connection refused"))
      : Promise.resolve(found());
  };
  return { fetch: answer as typeof fetch, asked };
}

const env: ProjectEnv = {
  SUPABASE_URL: url,
  SUPABASE_ANON_KEY: undefined,
  SUPABASE_SERVICE_ROLE_KEY: legacySecret,
  SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: publishable }),
  SUPABASE_SECRET_KEYS: JSON.stringify({ jobs: "sb_secret_of_the_jobs_0123", default: secret }),
  SUPABASE_JWKS: JSON.stringify(jwks),
};

function checker(
  more: Partial<ProjectEnv> = {},
  { fetch }: Edge = edge({}),
  clock = { seconds: nowSeconds },
) {
  const project = readProject({ ...env, ...more });
  const check = createCallerCheck({ project, fetch, nowMs: () => clock.seconds * 1000 });
  return (headers: Record<string, string>) =>
    check(new Request("http://x/", { headers }), AbortSignal.timeout(5000));
}

const bearer = (token: string) => ({ apikey: publishable, authorization: `Bearer ${token}` });

async function refusalOf(work: Promise<unknown>): Promise<Refusal> {
  const error = await work.then(
    (value) => assert.fail(`let in: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Refusal, String(error));
  return error;
}

Deno.test("a user's token signed with ES256 or RS256 is who it says", async () => {
  const check = checker();
  assert.deepEqual(await check(bearer(await mint())), { kind: "user", userId });
  const rs = await mint({ header: { alg: "RS256", kid: "rsa-1" }, key: rsaKeys.privateKey });
  assert.deepEqual(await check(bearer(rs)), { kind: "user", userId });
  const list = checker({ SUPABASE_JWKS: JSON.stringify(jwks.keys) });
  assert.deepEqual(await list(bearer(await mint({ claims: { aud: ["other", "authenticated"] } }))), {
    kind: "user",
    userId,
  });
});

Deno.test("every secret key is a service, on either header, and a user's token beside it still a user", async () => {
  const check = checker();
  for (const key of [secret, "sb_secret_of_the_jobs_0123", legacySecret]) {
    assert.deepEqual(await check({ apikey: key }), { kind: "service" });
    assert.deepEqual(await check({ authorization: `Bearer ${key}` }), { kind: "service" });
    assert.deepEqual(await check({ apikey: key, authorization: `Bearer ${key}` }), { kind: "service" });
  }
  assert.deepEqual(await check({ apikey: secret, authorization: `Bearer ${await mint()}` }), {
    kind: "user",
    userId,
  });
});

const [head = "", body = "", tail = ""] = (await mint()).split(".");
const anonKey = await mintHmac("the project's secret", { role: "anon", sub: undefined, iss: "supabase" });
const strangers: readonly (readonly [string, Record<string, string>])[] = [
  ["nothing at all", {}],
  ["the public key", { apikey: publishable }],
  ["the public key on both headers", bearer(publishable)],
  ["a legacy anon key", { apikey: anonKey, authorization: `Bearer ${anonKey}` }],
  ["a secret key with another end", { apikey: `${secret.slice(0, -1)}x` }],
  ["the beginning of a secret key", { apikey: secret.slice(0, 20) }],
  ["no Bearer scheme", { authorization: `Basic ${await mint()}` }],
  ["no token at all behind Bearer", { authorization: "Bearer" }],
  ["two tokens", { authorization: `Bearer ${await mint()}, ${await mint()}` }],
  ["text that is no token", bearer("nonsense")],
  ["alg none without a signature", bearer(`${encode({ alg: "none" })}.${encode(validClaims)}.`)],
  ["alg none with a signature", bearer(await mint({ header: { alg: "none" } }))],
  [
    "another user's id under the old signature",
    bearer(`${head}.${encode({ ...validClaims, sub: crypto.randomUUID() })}.${tail}`),
  ],
  [
    "a signature with a byte changed",
    bearer(`${head}.${body}.${tail.startsWith("A") ? "B" : "A"}${tail.slice(1)}`),
  ],
  ["a stranger's key under a known id", bearer(await mint({ key: otherKeys.privateKey }))],
  ["RS256 claimed for an EC key", bearer(await mint({ header: { alg: "RS256" } }))],
  ["HS256 with the public key as the secret", bearer(await mintHmac(JSON.stringify(jwks.keys[0])))],
  ["an expired token", bearer(await mint({ claims: { exp: nowSeconds - 1 } }))],
  ["a token that expires now", bearer(await mint({ claims: { exp: nowSeconds } }))],
  ["a token without an end", bearer(await mint({ claims: { exp: undefined } }))],
  ["a token with an end that is text", bearer(await mint({ claims: { exp: String(nowSeconds + 60) } }))],
  ["a token of tomorrow", bearer(await mint({ claims: { nbf: nowSeconds + 86_400 } }))],
  ["another project's token", bearer(await mint({ claims: { iss: "https://other.supabase.co/auth/v1" } }))],
  ["a token for somebody else", bearer(await mint({ claims: { aud: "billing" } }))],
  ["an anonymous visitor's token", bearer(await mint({ claims: { role: "anon" } }))],
  ["a service_role token signed with the user key", bearer(await mint({ claims: { role: "service_role" } }))],
  ["a token without a user", bearer(await mint({ claims: { sub: "" } }))],
  ["an extension that must be understood", bearer(await mint({ header: { crit: ["b64"], b64: false } }))],
  ["a token of ten thousand characters", bearer(await mint({ claims: { pad: "x".repeat(10_000) } }))],
];

for (const [what, headers] of strangers) {
  Deno.test(`refused with 401: ${what}`, async () => {
    const { status, code } = await refusalOf(
      checker(
        {},
        edge({
          "/auth/v1/.well-known/jwks.json": () => Response.json(jwks),
          "/auth/v1/user": () => new Response("{}", { status: 401 }),
        }),
      )(headers),
    );
    assert.deepEqual({ status, code }, { status: 401, code: "unauthorized" });
  });
}

Deno.test("a remembered token is forgotten when it expires", async () => {
  const clock = { seconds: nowSeconds };
  const check = checker({}, edge({}), clock);
  const token = await mint({ claims: { exp: nowSeconds + 5 } });
  await check(bearer(token));
  clock.seconds += 4;
  await check(bearer(token));
  clock.seconds += 1;
  assert.equal((await refusalOf(check(bearer(token)))).message, "The token has expired");
});

Deno.test("without SUPABASE_JWKS the key set is fetched once, and again for a key id that is new", async () => {
  const published = { keys: [jwks.keys[0]] };
  const clock = { seconds: nowSeconds };
  const server = edge({ "/auth/v1/.well-known/jwks.json": () => Response.json(published) });
  const check = checker({ SUPABASE_JWKS: undefined }, server, clock);
  await Promise.all([check(bearer(await mint())), check(bearer(await mint()))]);
  await check(bearer(await mint()));
  assert.equal(server.asked.length, 1);

  published.keys.push(jwks.keys[1]);
  const rotated = await mint({ header: { alg: "RS256", kid: "rsa-1" }, key: rsaKeys.privateKey });
  await refusalOf(check(bearer(rotated)));
  assert.equal(server.asked.length, 1, "invented key ids cost no request each");
  clock.seconds += 31;
  assert.deepEqual(await check(bearer(rotated)), { kind: "user", userId });
  assert.equal(server.asked.length, 2);
});

Deno.test("when no key set can be had the answer is 503, not a yes and not a no", async () => {
  for (const server of [
    edge({}),
    edge({ "/auth/v1/.well-known/jwks.json": () => new Response("x", { status: 500 }) }),
  ]) {
    const refusal = await refusalOf(checker({ SUPABASE_JWKS: undefined }, server)(bearer(await mint())));
    assert.equal(refusal.status, 503);
    assert.equal(refusal.code, "auth_unavailable");
    assert.equal(refusal.headers["retry-after"], "2");
  }
});

Deno.test("HS256: the auth server decides, once a minute per token", async () => {
  const clock = { seconds: nowSeconds };
  let user: unknown = { id: userId };
  const server = edge({ "/auth/v1/user": () => Response.json(user) });
  const check = checker({}, server, clock);
  const token = await mintHmac("the project's secret");
  assert.deepEqual(await check(bearer(token)), { kind: "user", userId });
  assert.deepEqual(await check(bearer(token)), { kind: "user", userId });
  assert.equal(server.asked.length, 1);
  clock.seconds += 61;
  user = { id: crypto.randomUUID() };
  assert.equal(
    (await refusalOf(check(bearer(token)))).status,
    401,
    "the server knows the token as another user's",
  );
  assert.equal((await refusalOf(checker({}, edge({}))(bearer(token)))).status, 503);
});

Deno.test("a project without keys is named as not configured", () => {
  const missing = (more: Partial<ProjectEnv>) => {
    try {
      readProject({ ...env, ...more });
    } catch (error) {
      assert.ok(error instanceof Refusal);
      assert.equal(error.status, 503);
      return error.message;
    }
    return assert.fail("accepted");
  };
  assert.match(missing({ SUPABASE_URL: undefined }), /SUPABASE_URL/);
  assert.match(missing({ SUPABASE_URL: "https://user@evil.example" }), /SUPABASE_URL/);
  assert.match(missing({ SUPABASE_SECRET_KEYS: "not json" }), /SUPABASE_SECRET_KEYS/);
  assert.match(
    missing({ SUPABASE_SECRET_KEYS: undefined, SUPABASE_SERVICE_ROLE_KEY: "" }),
    /SUPABASE_SERVICE_ROLE_KEY/,
  );
});
