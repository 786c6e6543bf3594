import { BeeError } from "../core/bee-error.ts";
import { pendingMigrations } from "../plan/pending-migrations.ts";
import { defineStep } from "../ports/step.ts";

/** Dumps the app's schemas where no backup point can be counted on: a way back for what downs cannot bring. */
export const databaseDump = defineStep({
  id: "database.dump",
  title: "Dump the app's schemas",
  after: ["backup.create"],
  needs: ["dumps"],
  plan: (view) => {
    const { dump } = view.actual;
    if (dump == null || dump.obstacle != null) return null;
    return {
      summary: `dump of ${dump.schemas.join(", ")} before ${pendingMigrations(view)[0]?.version}`,
      items: dump.schemas.map((schema) => ({ object: schema, from: null, to: "dumped" })),
    };
  },
  apply: async ({ ports, view, signal, note }) => {
    const { schemas = [], required = true } = view.actual.dump ?? {};
    try {
      const { file, bytes } = await ports.dumps.take(schemas, signal);
      note(`dump ${file} (${Math.ceil(bytes / 1024)} KiB)`);
    } catch (error) {
      if (required || !(error instanceof BeeError) || error.code !== "BEE-E364") throw error;
      note(`no dump: ${error.message}`);
    }
  },
  verify: async ({ ports, view }) => {
    const there = view.actual.dump?.required !== true || (await ports.dumps.list()).length > 0;
    return there ? [] : ["the dump is not there"];
  },
});
