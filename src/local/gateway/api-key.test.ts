import type { IncomingMessage } from "node:http";
import { expect, it } from "vitest";
import type { Identity } from "../identity.ts";
import { createApiKeyCheck, readBearer } from "./api-key.ts";

const identity: Identity = {
  projectRef: "r",
  accessToken: "t",
  dbPassword: "d",
  jwtSecret: "j",
  signingKey: { kty: "EC" },
  publishableKey: "sb_publishable_p",
  secretKey: "sb_secret_s",
  anonKey: "anon.jwt.x",
  serviceRoleKey: "service.jwt.x",
};
const keys = createApiKeyCheck(identity);
const asking = (headers: Record<string, string>) => ({ headers }) as unknown as IncomingMessage;

it.each([
  ["sb_publishable_p", "anon", "anon.jwt.x"],
  ["anon.jwt.x", "anon", "anon.jwt.x"],
  ["sb_secret_s", "service_role", "service.jwt.x"],
  ["service.jwt.x", "service_role", "service.jwt.x"],
])("takes %s as %s, in the header and in the query", (key, role, jwt) => {
  expect(keys.check(asking({ apikey: key }), new URLSearchParams())).toEqual({ role, jwt });
  expect(keys.check(asking({}), new URLSearchParams({ apikey: key }))).toEqual({ role, jwt });
});

it("refuses as hosted does", () => {
  expect(keys.check(asking({}), new URLSearchParams())).toMatchObject({
    status: 401,
    body: { message: "No API key found in request" },
  });
  expect(keys.check(asking({ apikey: "guess" }), new URLSearchParams())).toMatchObject({
    status: 401,
    body: { message: "Invalid API key" },
  });
});

it("puts the JWT in the place of an opaque key and leaves everything else", () => {
  expect(keys.resolveAuthorization("Bearer sb_publishable_p")).toBe("Bearer anon.jwt.x");
  expect(keys.resolveAuthorization("bearer sb_secret_s")).toBe("Bearer service.jwt.x");
  expect(keys.resolveAuthorization("Bearer user.jwt.x")).toBe("Bearer user.jwt.x");
  expect(keys.resolveAuthorization(undefined)).toBeUndefined();
});

it.each([
  ["Bearer a.b.c", "a.b.c"],
  ["bearer   a", "a"],
  [" Bearer a ", "a"],
  ["Basic a", null],
  ["Bearer", null],
  ["Bearer a b", null],
])("reads the token of %j", (header, token) => {
  expect(readBearer(header)).toBe(token);
});
