import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { BeeError } from "../core/bee-error.ts";
import { asFailure, followDaemon, serveStatus } from "./daemon-status.ts";
import type { LocalState } from "./state.ts";

const socketPath = () => join(mkdtempSync(join(tmpdir(), "bee-status-")), "s.sock");
const state: LocalState = {
  url: "u",
  managementUrl: "m",
  projectRef: "r",
  accessToken: "t",
  anonKey: "a",
  serviceRoleKey: "s",
  publishableKey: "p",
  secretKey: "k",
  dbUrl: "d",
  profile: "f",
  pid: 77,
  startedAt: "now",
};

it("tells early and late listeners the same, from the beginning", async () => {
  const path = socketPath();
  const server = await serveStatus(path);
  const heard: string[] = [];
  const early = followDaemon(path, 5000, (message) => heard.push(`early ${message}`));
  server.tell({ type: "progress", message: "one" });
  server.tell({ type: "progress", message: "two ünï" });
  await expect.poll(() => heard).toEqual(["early one", "early two ünï"]);
  const late = followDaemon(path, 5000, (message) => heard.push(`late ${message}`));
  await expect.poll(() => heard.length).toBe(4);
  server.tell({ type: "ready", state });
  expect(await early).toEqual({ type: "ready", state });
  expect(await late).toEqual({ type: "ready", state });
  await server.heard;
  expect(await followDaemon(path, 5000, () => {})).toEqual({ type: "ready", state });
  await server.close();
});

it("hands a failure over as it was", async () => {
  const path = socketPath();
  const server = await serveStatus(path);
  const error = new BeeError({ code: "BEE-E405", message: "m", detail: "d\nd", hint: "h", exit: 2 });
  server.tell({ type: "failed", failure: asFailure(error, "/p") });
  const told = await followDaemon(path, 5000, () => {});
  expect(told).toEqual({
    type: "failed",
    failure: { code: "BEE-E405", message: "m", detail: "d\nd", hint: "h", exit: 2 },
  });
  await server.close();
});

it("tells a full disk and a bug apart", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  expect(asFailure(full, "/p")).toMatchObject({ code: "BEE-E404", exit: 1 });
  expect(asFailure(new TypeError("x is not a function"), "/p")).toMatchObject({ code: "BEE-E402", exit: 1 });
});

it("gives up on a socket that is not there, that closes, that says nothing, and that says nonsense", async () => {
  expect(await followDaemon(socketPath(), 5000, () => {})).toBeNull();
  const answers: readonly ((socket: Socket) => void)[] = [
    (socket) => socket.end(),
    (socket) => socket.destroy(),
    () => {},
    (socket) => socket.write("nonsense\n"),
    (socket) => socket.write('{"type":"ready","state":{}}\n'),
    (socket) => socket.write("null\n"),
  ];
  for (const answer of answers) {
    const path = socketPath();
    const server = createServer(answer).listen(path);
    await once(server, "listening");
    expect(await followDaemon(path, 200, () => {})).toBeNull();
    server.close();
  }
});
