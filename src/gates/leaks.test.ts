import { expect, it } from "vitest";
import { findLeaks, findRestLeaks } from "./leaks.ts";

it.each([
  ["a stack", "Error: no\n    at handle (file:///home/deno/functions/a/index.ts:4:9)"],
  [
    "a stack",
    JSON.stringify({ stack: "TypeError: x\n    at Server.<anonymous> (ext:deno_http/00_serve.ts:14:3)" }),
  ],
  ["a file path", "ENOENT: no such file, open '/var/task/config.json'"],
  ["a source position", "failed in handler.ts:12:3"],
  ["SQL text", "insert into public.notes (id, body) values (1)"],
  ["SQL text", "SELECT id, email FROM auth.users WHERE id = 1"],
  ["the database's own error", 'duplicate key value violates unique constraint "notes_pkey"'],
  ["a secret key", "connect postgresql://postgres:hunter22@db:5432/postgres"],
])("finds %s", (what, text) => {
  expect(findLeaks(text)).toContain(what);
});

it.each([
  "user_id: must be a UUID",
  "No such path",
  "Please select a plan from the list",
  "Update your app/settings and try again",
  "Delete from the list and retry in 5 s",
  '{"error":{"code":"invalid_request","message":"target_date: must be YYYY-MM-DD","request_id":"0b6b-4c1e"}}',
  "See https://example.com/docs/errors#home",
  "The ratio is 3:4 at 12:30",
  "Token has expired or is invalid",
])("is silent on %s", (text) => {
  expect(findLeaks(text)).toEqual([]);
});

it("finds the run's own keys, whatever they look like", () => {
  expect(findLeaks("your key is opaque-key-1234", ["opaque-key-1234"])).toEqual(["a secret key"]);
  expect(findLeaks("nothing", ["", "x"])).toEqual([]);
});

it("leaves PostgREST its documented errors", () => {
  const text = JSON.stringify({ code: "42P01", message: 'relation "public.nope" does not exist' });
  expect(findLeaks(text)).toEqual(["the database's own error"]);
  expect(findRestLeaks(text, [])).toEqual([]);
});
