import { expect, it } from "vitest";
import { readMigrations } from "../../src/config/read-migrations.ts";
import { proveDown } from "../../src/engine/prove-down.ts";
import { openScratchPostgres } from "../../src/local/postgres/scratch.ts";
import { createShadowDatabase } from "../../src/supabase/shadow-database.ts";
import { projectDir } from "../support/backend.ts";

const shadow = createShadowDatabase(openScratchPostgres);

async function prove(last: number) {
  const { files } = await readMigrations(projectDir);
  const cut = files.length - last;
  const proof = await proveDown({
    shadow,
    kept: files.slice(0, cut),
    undone: files.slice(cut),
    downs: new Map(),
    baseline: [],
    sampleRows: [],
    note: () => {},
  });
  return { proof, files };
}

it("proves the last migration of the bundled app on a shadow of its own", async () => {
  const { proof } = await prove(1);
  expect(proof.losses).toEqual([]);
  expect(proof.notes).toEqual([]);
});

it("writes the whole way back to an empty project", async () => {
  const { proof, files } = await prove(20);
  expect(proof.downs.map(({ version }) => version)).toEqual(files.map(({ version }) => version).toReversed());
  expect(proof.losses.map(({ object }) => object)).toContain("public.daily_engagement_scores");
  // A sample row fits every table, and every migration applies again over them.
  expect(proof.notes).toEqual([]);
});
