import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { createFirstCalls } from "./first-calls.ts";
import { createHttpSender } from "./http-sender.ts";

it("tells the first answer of each worker apart from the others", async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const worker = ["a", "a", "b", "a"][seen.length] ?? "a";
    seen.push(String(request.headers["user-agent"]));
    response.setHeader("x-deno-execution-id", worker);
    setTimeout(() => response.end(), seen.length === 1 || worker === "b" ? 60 : 0);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const first = createFirstCalls();
  expect(first.read()).toBeNull();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sender = createHttpSender({ url, maxSockets: 1, onWorker: first.note });
  const call = { method: "GET", path: "/", headers: {}, body: null, accepts: [200], contains: null };
  for (let n = 0; n < 4; n += 1) expect(await sender.send(call, new AbortController().signal)).toBeNull();
  expect(first.read()?.workers).toBe(2);
  expect(first.read()?.latency.min).toBeGreaterThanOrEqual(50);
  expect(new Set(seen)).toEqual(new Set(["bee-loadtest"]));
  sender.close();
  server.close();
});
