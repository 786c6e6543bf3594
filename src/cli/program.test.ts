import { describe, expect, it } from "vitest";
import { createProgram } from "./program.ts";

/** The flags that the command behind `argv` is started with. */
async function flagsOf(...argv: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const started: Readonly<Record<string, unknown>>[] = [];
  const program = createProgram("1.0.0", async (_load, flags) => {
    started.push(flags);
  });
  await program.parseAsync(["node", "bee", ...argv]);
  return started[0] ?? {};
}

describe("the command tree", () => {
  it("gives options behind an object to that object's command", async () => {
    for (const object of [[], ["functions"], ["database"], ["app"]]) {
      const flags = await flagsOf("rollback", ...object, "--check", "--target", "staging", "--json");
      expect(flags).toMatchObject({ check: true, target: "staging" });
    }
    expect(await flagsOf("rollback", "database", "--to", "r1", "--lose", "public.notes")).toMatchObject({
      to: "r1",
      lose: "public.notes",
    });
    expect(await flagsOf("releases", "show", "r1", "--target", "production")).toEqual({
      id: "r1",
      target: "production",
    });
    expect(await flagsOf("releases", "--target", "staging")).toEqual({ target: "staging" });
  });
});
