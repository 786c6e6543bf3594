import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { CommandContext } from "../../src/commands/context.ts";
import { runExplain } from "../../src/commands/explain/explain.command.ts";
import { accessLints } from "../../src/gates/access-lints.ts";
import { gates } from "../../src/gates/index.ts";
import { isolationRules } from "../../src/plan/access/isolation-rules.ts";

const explain = async (id: string): Promise<string> =>
  (await runExplain({ id }, {} as CommandContext)).text ?? "";

it("explains every rule that a proof of isolation may tell of", () => {
  const told = readdirSync("src/plan/access")
    .filter((file) => /^(judge|object)-.*(?<!test)\.ts$/.test(file))
    .flatMap((file) => [
      ...readFileSync(`src/plan/access/${file}`, "utf8").matchAll(
        /"((?:rls|function|sequence)-(?!writable)[a-z]+)"/g,
      ),
    ])
    .map(([, rule]) => rule);
  expect(new Set(told)).toEqual(new Set(isolationRules.map(({ id }) => id)));
});

it("explains every access lint and every gate", async () => {
  for (const { rule } of accessLints) expect((await explain(rule)).length, rule).toBeGreaterThan(60);
  for (const { id, title } of gates) expect(await explain(id)).toContain(title);
  expect(await explain("rls-isolated")).toContain("Security: User data isolation verified (blocker)");
});

it("names the nearest of all that can be explained", async () => {
  await expect(explain("rls-raed")).rejects.toMatchObject({
    code: "BEE-E904",
    hint: "Did you mean: bee explain rls-read",
  });
});
