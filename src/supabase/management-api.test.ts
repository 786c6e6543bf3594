import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { Secret } from "../core/secret.ts";
import type { Clock } from "./clock.ts";
import { createManagementApi, type ManagementApi, parseReply } from "./management-api.ts";

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const token = "sbp_0123456789abcdef0123456789abcdef01234567";
let server: Server;
let seen: { readonly line: string; readonly headers: IncomingMessage["headers"]; readonly body: string }[];
let answers: Answer[];
let slept: number[];
let api: ManagementApi;

/** Time passes only by sleeping. */
const clock: Clock = {
  now: () => 1_000_000 + slept.reduce((sum, ms) => sum + ms, 0),
  sleep: async (ms) => {
    slept.push(ms);
  },
  random: () => 0.5,
};

beforeEach(async () => {
  seen = [];
  answers = [];
  slept = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
      (answers.shift() ?? json(200, { ok: true }))(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  api = createManagementApi({
    baseUrl: `http://127.0.0.1:${port}/`,
    accessToken: new Secret(token),
    userAgent: "bee/test",
    clock,
    timeoutMs: 200,
  });
});
afterEach(() => {
  api.close();
  server.closeAllConnections();
  server.close();
});

function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (_, response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  };
}

const hang: Answer = () => {};
const reset: Answer = (request) => request.socket.destroy();
const half: Answer = (request, response) => {
  response.writeHead(200, { "content-length": "100" });
  response.write("{", () => request.socket.destroy());
};
const read = (path = "/v1/x") => api.request({ method: "GET", path, repeatable: true });
const write = (repeatable: boolean) =>
  api.request({ method: "POST", path: "/v1/x", json: { a: 1 }, repeatable });

describe("a request", () => {
  it("carries token, agent, query and body", async () => {
    await api.request({
      method: "POST",
      path: "/v1/x",
      query: { slug: "a b", services: ["db", "auth"] },
      json: [1],
      repeatable: false,
    });
    const [{ line, headers, body } = { line: "", headers: {}, body: "" }] = seen;
    expect(line).toBe("POST /v1/x?slug=a+b&services=db&services=auth");
    expect(headers).toMatchObject({
      authorization: `Bearer ${token}`,
      "user-agent": "bee/test",
      "content-length": "3",
    });
    expect(body).toBe("[1]");
  });

  it("keeps its connection", async () => {
    const ports = new Set<number | undefined>();
    answers = Array.from({ length: 5 }, () => (request, response) => {
      ports.add(request.socket.remotePort);
      response.end("{}");
    });
    for (let count = 0; count < 5; count += 1) await read();
    expect(ports.size).toBe(1);
  });

  it.each([
    [json(401, { message: "Unauthorized" }), { code: "BEE-E201", exit: 8, status: 401 }],
    [json(403, { message: "Forbidden" }), { code: "BEE-E201", exit: 8, status: 403 }],
    [json(404, { message: "Not found" }), { code: "BEE-E202", exit: 2, status: 404 }],
    [json(400, { message: "PITR is not enabled" }), { code: "BEE-E203", exit: 3, status: 400 }],
    [json(301, {}, { location: "http://127.0.0.1:9/" }), { code: "BEE-E203", exit: 3, status: 301 }],
  ])("is not repeated when refused (case %#)", async (answer, expected) => {
    answers = [answer];
    await expect(read()).rejects.toMatchObject(expected);
    expect(seen).toHaveLength(1);
  });

  it("never shows the token, even when the API sends it back", async () => {
    answers = [json(400, { message: `bad token ${token}` })];
    await expect(read()).rejects.toMatchObject({ message: "GET /v1/x answered 400: bad token [secret]" });
  });
});

describe("a failing API", () => {
  it.each([
    ["500", json(500, { message: "oops" })],
    ["a dropped connection", reset],
    ["an answer that breaks off", half],
    ["a timeout", hang],
  ])("is asked again after %s when that does no harm", async (_what, answer) => {
    answers = [answer];
    expect(await read()).toEqual({ ok: true });
    expect(seen).toHaveLength(2);
    answers = [answer];
    expect(await write(true)).toEqual({ ok: true });
    expect(seen).toHaveLength(4);
  });

  it.each([
    ["500", json(500, { message: "oops" }), "BEE-E203"],
    ["a dropped connection", reset, "BEE-E204"],
    ["a timeout", hang, "BEE-E204"],
  ])("is not sent a write again after %s that may have been carried out", async (_what, answer, code) => {
    answers = [answer];
    await expect(write(false)).rejects.toMatchObject({ code, exit: 4 });
    expect(seen).toHaveLength(1);
  });

  it("is given up after four attempts, with waits that grow", async () => {
    answers = Array.from({ length: 9 }, () => json(503, { message: "down" }));
    await expect(read()).rejects.toMatchObject({ code: "BEE-E203", message: "GET /v1/x answered 503: down" });
    expect(seen).toHaveLength(4);
    expect(slept).toEqual([200, 600, 1_800]);
  });

  it("is named when nobody listens", async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await expect(write(false)).rejects.toMatchObject({
      code: "BEE-E204",
      message: expect.stringContaining("ECONNREFUSED"),
      detail: "Nothing was changed by this request.",
    });
  });

  it("is not trusted with JSON that is none, or a page of a proxy", async () => {
    answers = [(_, response) => response.end("{nope"), (_, response) => response.end("<html>hi</html>")];
    await expect(read()).rejects.toMatchObject({ code: "BEE-E207" });
    await expect(read()).rejects.toMatchObject({ code: "BEE-E207", exit: 4 });
  });

  it("cannot fill the memory", async () => {
    const chunk = Buffer.alloc(1024 * 1024, "x");
    answers = [
      (_, response) => {
        const more = (): void => {
          while (!response.destroyed && response.write(chunk));
          response.once("drain", more);
        };
        more();
      },
    ];
    await expect(
      api.request({ method: "GET", path: "/v1/x", repeatable: true, timeoutMs: 20_000 }),
    ).rejects.toMatchObject({
      code: "BEE-E205",
    });
    expect(seen).toHaveLength(1);
  });
});

describe("the rate limit", () => {
  it.each([
    [{ "retry-after": "3" }, 3_125],
    [{ "retry-after": "0" }, 1_125],
    [{ "retry-after": new Date(1_005_000).toUTCString() }, 5_125],
    [{ "x-ratelimit-reset": "60" }, 60_125],
    [{}, 1_125],
  ])("is waited for as told: %j", async (headers, expected) => {
    answers = [json(429, { message: "slow down" }, headers)];
    expect(await write(false)).toEqual({ ok: true });
    expect(slept).toEqual([expected]);
  });

  it.each([
    [{ "retry-after": "600" }, 1],
    [{ "x-ratelimit-reset": "60" }, 2],
  ])("is not waited for beyond two minutes in all: %j", async (headers, requests) => {
    answers = Array.from({ length: 9 }, () => json(429, {}, headers));
    await expect(read()).rejects.toMatchObject({ code: "BEE-E206", status: 429, exit: 4 });
    expect(seen).toHaveLength(requests);
  });

  it("is kept away from when little of it is left", async () => {
    answers = [json(200, {}, { "x-ratelimit-remaining": "3", "x-ratelimit-reset": "20" })];
    await read();
    await read();
    expect(slept).toEqual([5_000]);
  });

  it("costs nothing while there is plenty", async () => {
    answers = Array.from({ length: 20 }, () =>
      json(200, {}, { "x-ratelimit-remaining": "100", "x-ratelimit-reset": "60" }),
    );
    for (let count = 0; count < 20; count += 1) await read();
    expect(slept).toEqual([]);
  });
});

describe("createManagementApi", () => {
  it.each(["http://api.example.com", "ftp://127.0.0.1", "nonsense"])("refuses %s", (baseUrl) => {
    const options = { baseUrl, accessToken: new Secret(token), userAgent: "bee/test" };
    expect(() => createManagementApi(options)).toThrow(
      expect.objectContaining({ code: "BEE-E208", exit: 2 }),
    );
  });
});

describe("parseReply", () => {
  it("names what is wrong", () => {
    const schema = z.array(z.object({ slug: z.string() }));
    expect(() => parseReply(schema, [{ slug: "a" }, { slug: 1 }], "GET /v1/x")).toThrow(
      "GET /v1/x answered something that cannot be read: 1.slug: Invalid input: expected string, received number",
    );
  });
});
