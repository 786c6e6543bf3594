import type { Severity } from "../../core/verdict.ts";
import type { Name } from "./schema/names.ts";
import { relationKey } from "./schema/schema.ts";
import type { AuditedMigration, MigrationWorld } from "./world.ts";

/** Rows below which a lock or a scan is over before anybody notices, and above which it is an outage. */
const fewRows = 10_000;
const manyRows = 1_000_000;

interface Standing {
  readonly severity: Severity;
  /** Said after the finding: what is known of the table's size. */
  readonly size: string;
}

/**
 * How much a hazard on a table weighs: null where it is none, because the table is born in the same file (or not yet
 * on the target), or the file has been applied there already.
 */
export function judgeStanding(
  world: MigrationWorld,
  { file }: AuditedMigration,
  table: Name,
  usual: Severity = "warning",
): Standing | null {
  const key = relationKey(world.story.schema, table);
  const { madeIn, schema } = world.story;
  // A table that was renamed or moved since is as old as before.
  const born = schema.relations.get(key)?.file ?? madeIn.get(`table ${key}`) ?? madeIn.get(`view ${key}`);
  if (born === file.path) return null;
  const { target } = world;
  if (target == null) return born == null ? null : { severity: usual, size: "" };
  if (target.applied.has(file.version)) return null;
  const rows = target.rows.get(key);
  if (rows == null) return null;
  const size = ` (about ${rows.toLocaleString("en")} rows on the target)`;
  return { severity: rows < fewRows ? "info" : rows > manyRows ? "error" : usual, size };
}
