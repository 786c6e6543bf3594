import { inspect } from "node:util";
import { expect, it } from "vitest";
import { Secret } from "./secret.ts";

it("shows its value to nobody who does not ask by name", () => {
  const secret = new Secret("hunter2");
  const shown = [String(secret), `${secret}`, JSON.stringify({ secret }), inspect({ deep: [secret] })];
  expect(shown.join()).not.toContain("hunter2");
  expect(secret.reveal()).toBe("hunter2");
});
