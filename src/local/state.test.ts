import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { type LocalState, readLastPorts, readLastState } from "./state.ts";

const path = join(mkdtempSync(join(tmpdir(), "bee-state-")), "state.json");
const state: LocalState = {
  url: "http://127.0.0.1:50001",
  managementUrl: "http://127.0.0.1:50002",
  projectRef: "abcdefghijklmnopqrst",
  accessToken: "sbp_x",
  anonKey: "a",
  serviceRoleKey: "s",
  publishableKey: "p",
  secretKey: "k",
  dbUrl: "postgresql://postgres:x@127.0.0.1:50003/postgres",
  profile: "/p",
  pid: 1234,
  startedAt: "2026-01-01T00:00:00.000Z",
};

it("remembers the ports of the last run", () => {
  writeFileSync(path, JSON.stringify(state));
  expect(readLastState(path)).toEqual(state);
  expect(readLastPorts(path)).toEqual({ gateway: 50001, management: 50002, postgres: 50003 });
});

it.each(["", "{", "[]", "null", "{}", JSON.stringify({ ...state, pid: "1" })])(
  "takes %j for no state",
  (text) => {
    writeFileSync(path, text);
    expect(readLastState(path)).toBeNull();
    expect(readLastPorts(path)).toEqual({});
  },
);

it("does not reuse a port that is none", () => {
  writeFileSync(path, JSON.stringify({ ...state, url: "nonsense", managementUrl: "http://127.0.0.1:80" }));
  expect(readLastPorts(path)).toEqual({ postgres: 50003 });
});
