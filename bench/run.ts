import { mkdir, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { benchAudit } from "./audit.ts";
import { benchCalculator } from "./calculator.ts";
import { benchDeploy } from "./deploy.ts";
import { benchFromNothing } from "./from-nothing.ts";
import { benchIsolation } from "./isolation.ts";
import { benchLoadtest } from "./loadtest.ts";
import { benchRestore } from "./restore.ts";
import { benchRollback } from "./rollback.ts";
import { root } from "./root.ts";
import { benchStartup } from "./startup.ts";
import type { Result } from "./table.ts";
import { renderTable } from "./table.ts";

/** Each bench runs bee and its peer in turns on the same work; figures are medians, compared as ratios. */
const benches: Readonly<Record<string, () => Promise<Result>>> = {
  startup: benchStartup,
  deploy: benchDeploy,
  "from-nothing": benchFromNothing,
  calculator: benchCalculator,
  audit: benchAudit,
  isolation: benchIsolation,
  rollback: benchRollback,
  restore: benchRestore,
  loadtest: benchLoadtest,
};

const asked = process.argv.slice(2).filter((name) => name in benches);
const machine = `${cpus().length} cores, ${cpus()[0]?.model ?? "unknown"}, ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.versions.node}`;
await mkdir(join(root, "bench/results"), { recursive: true });
for (const name of asked.length > 0 ? asked : Object.keys(benches)) {
  console.log(`${name} …`);
  const result = await benches[name]?.();
  if (result == null) continue;
  const measuredAt = new Date().toISOString();
  await writeFile(
    join(root, "bench/results", `${name}.json`),
    `${JSON.stringify({ name, machine, measuredAt, ...result }, null, 2)}\n`,
  );
  console.log(renderTable(result));
}
