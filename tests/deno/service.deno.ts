import assert from "node:assert/strict";
import type { LogFields, LogLevel } from "../../supabase/functions/_shared/log.ts";
import { readJsonObject } from "../../supabase/functions/_shared/read-json.ts";
import { invalid, Refusal } from "../../supabase/functions/_shared/refusal.ts";
import { createService, type Route } from "../../supabase/functions/_shared/service.ts";

interface Line {
  readonly level: LogLevel;
  readonly fields: LogFields;
}

function service(run: Route["run"], { deadlineMs = 5000, allowedOrigins = [] as readonly string[] } = {}) {
  const lines: Line[] = [];
  const handle = createService({
    name: "echo",
    routes: [
      { method: "POST", path: "/", deadlineMs, run },
      {
        method: "GET",
        path: "/health",
        deadlineMs,
        run: async () => ({ status: 200, body: { status: "ok" } }),
      },
    ],
    allowedOrigins,
    log: (level, _, fields) => lines.push({ level, fields }),
    nowMs: Date.now,
  });
  return { handle, lines };
}

const fine: Route["run"] = async ({ requestId }) => ({ status: 200, body: { requestId } });
const post = (path: string, init: RequestInit = {}) =>
  new Request(`http://x${path}`, { method: "POST", ...init });

async function errorOf(response: Response) {
  const { error } = await response.json();
  assert.equal(error.request_id, response.headers.get("x-request-id"));
  return { status: response.status, ...error };
}

Deno.test("answers on the path with the function's name and on the bare one", async () => {
  const { handle } = service(fine);
  for (const path of ["/", "/echo", "/echo/"]) assert.equal((await handle(post(path))).status, 200, path);
  for (const path of ["/health", "/echo/health"])
    assert.equal((await handle(new Request(`http://x${path}`))).status, 200, path);
  for (const path of ["/echoes", "/echo/echo", "/batch", "/echo/../other"])
    assert.equal((await handle(post(path))).status, 404, path);
});

Deno.test("names the methods a path takes", async () => {
  const { handle } = service(fine);
  for (const method of ["GET", "PUT", "PATCH", "DELETE", "HEAD"]) {
    const response = await handle(new Request("http://x/echo", { method }));
    assert.equal(response.status, 405, method);
    assert.equal(response.headers.get("allow"), "POST, OPTIONS");
    await response.body?.cancel();
  }
});

Deno.test("passes a request id on, makes one when there is none or a bad one, and logs it", async () => {
  const { handle, lines } = service(fine);
  const given = await handle(post("/", { headers: { "x-request-id": "req-42" } }));
  assert.equal(given.headers.get("x-request-id"), "req-42");
  assert.deepEqual(await given.json(), { requestId: "req-42" });
  const made = await handle(post("/", { headers: { "x-request-id": "<script>" } }));
  assert.match(made.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
  assert.equal(lines[0]?.fields["request_id"], "req-42");
});

Deno.test("lets no browser read the answers unless its origin is listed", async () => {
  const app = "https://app.example";
  const { handle } = service(fine, { allowedOrigins: [app] });
  const preflight = (origin: string) =>
    handle(new Request("http://x/echo", { method: "OPTIONS", headers: { origin } }));
  for (const origin of ["https://evil.example", "https://app.example.evil.example", "null"]) {
    const response = await preflight(origin);
    assert.equal(response.status, 204);
    assert.equal(response.headers.get("access-control-allow-origin"), null, origin);
  }
  const allowed = await preflight(app);
  assert.equal(allowed.headers.get("access-control-allow-origin"), app);
  assert.match(allowed.headers.get("access-control-allow-headers") ?? "", /authorization/);
  assert.equal(allowed.headers.get("access-control-allow-credentials"), null);
  assert.equal(
    (await handle(post("/", { headers: { origin: app } }))).headers.get("access-control-allow-origin"),
    app,
  );
});

Deno.test("says what is wrong with which field, and nothing about the inside", async () => {
  const refused = service(async () => {
    throw invalid(
      { field: "user_id", problem: "must be a UUID" },
      { field: "target_date", problem: "lies ahead" },
    );
  });
  assert.deepEqual((({ request_id: _, ...rest }) => rest)(await errorOf(await refused.handle(post("/")))), {
    status: 400,
    code: "invalid_request",
    message: "user_id: must be a UUID; target_date: lies ahead",
    issues: [
      { field: "user_id", problem: "must be a UUID" },
      { field: "target_date", problem: "lies ahead" },
    ],
  });
  const leak = "select secret from auth.users /srv/app/index.ts sb_secret_x";
  const broken = service(async () => {
    throw new Error(leak);
  });
  const response = await broken.handle(post("/"));
  const text = await response.text();
  assert.equal(response.status, 500);
  assert.equal(JSON.parse(text).error.code, "internal_error");
  for (const part of leak.split(" ")) assert.ok(!text.includes(part), part);
  const logged = JSON.stringify(broken.lines);
  assert.ok(logged.includes("service.deno.ts"), "the log says where");
  assert.ok(!logged.includes("select secret"), "the log does not quote the message");
});

Deno.test("ends a request that takes too long, and tells what it waits for", async () => {
  let aborted = false;
  const { handle } = service(
    ({ deadline }) =>
      new Promise((_, reject) => {
        deadline.addEventListener("abort", () => {
          aborted = true;
          reject(new Error("late"));
        });
      }),
    { deadlineMs: 30 },
  );
  const { status, code } = await errorOf(await handle(post("/")));
  assert.deepEqual({ status, code, aborted }, { status: 503, code: "deadline_exceeded", aborted: true });
});

const echo: Route["run"] = async ({ request, deadline }) => ({
  status: 200,
  body: { ...(await readJsonObject(request, ["a"], deadline)) },
});
const json = { "content-type": "application/json; charset=utf-8" };
const bodies: readonly (readonly [string, RequestInit, number, unknown])[] = [
  ["no body", {}, 200, {}],
  ["an object", { headers: json, body: '{"a":1}' }, 200, { a: 1 }],
  ["a broken object", { headers: json, body: '{"a":' }, 400, "body: is not valid JSON"],
  [
    "bytes that are no UTF-8",
    { headers: json, body: new Uint8Array([0x22, 0xff, 0x22]) },
    400,
    "body: is not valid JSON",
  ],
  ["a list", { headers: json, body: "[]" }, 400, "body: must be a JSON object"],
  ["null", { headers: json, body: "null" }, 400, "body: must be a JSON object"],
  ["an unknown field", { headers: json, body: '{"userid":1}' }, 400, "userid: unknown field; known are a"],
  [
    "a form",
    { headers: { "content-type": "application/x-www-form-urlencoded" }, body: "a=1" },
    415,
    "The body must be application/json",
  ],
  ["text", { body: '{"a":1}' }, 415, "The body must be application/json"],
  [
    "too much",
    { headers: json, body: `{"a":"${"x".repeat(16_384)}"}` },
    413,
    "The body may have 16384 bytes at most",
  ],
];
for (const [what, init, status, expected] of bodies) {
  Deno.test(`a body of ${what}: ${status}`, async () => {
    const response = await service(echo).handle(post("/", init));
    assert.equal(response.status, status);
    const body = await response.json();
    assert.deepEqual(status === 200 ? body : body.error.message, expected);
  });
}

Deno.test("stops reading a stream that never ends", async () => {
  let pulled = 0;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled += 1;
      controller.enqueue(new Uint8Array(4096));
    },
    cancel() {
      cancelled = true;
    },
  });
  const response = await service(echo).handle(post("/", { headers: json, body }));
  assert.equal(response.status, 413);
  assert.ok(pulled < 10, `${pulled} chunks`);
  assert.equal(cancelled, true);
  await response.body?.cancel();
});

Deno.test("does not wait for a body that never comes", async () => {
  const body = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) });
  const response = await service(echo, { deadlineMs: 30 }).handle(post("/", { headers: json, body }));
  assert.equal(response.status, 503);
  await response.body?.cancel();
});

Deno.test("tells a client that is to come back when", async () => {
  const limited = service(async () => {
    throw new Refusal({
      status: 429,
      code: "rate_limited",
      message: "slow",
      headers: { "retry-after": "7" },
    });
  });
  const response = await limited.handle(post("/"));
  assert.equal(response.headers.get("retry-after"), "7");
  assert.equal(response.headers.get("cache-control"), "no-store");
  await response.body?.cancel();
});
