import type { Rule } from "../rule.ts";
import { isTimestamp } from "./timestamp.ts";
import type { MigrationWorld } from "./world.ts";

export const migrationFutureVersion: Rule<MigrationWorld> = {
  id: "migration-future-version",
  area: "migrations",
  severity: "error",
  title: "A migration is dated in the future",
  explanation:
    "Every migration written until that day is older than it and is refused as out of order once it is applied.",
  fix: "Rename it to the time it was written.",
  example: { bad: "29990101000000_notes.sql", good: "20250106090000_notes.sql" },
  *check({ migrations, now }) {
    for (const { file } of migrations) {
      // Clocks and time zones differ by a day at most.
      if (!isTimestamp(file.version) || BigInt(file.version) <= BigInt(now) + 1_000_000n) continue;
      yield {
        file: file.path,
        subject: file.version,
        detail: `${file.version} lies in the future`,
        anchor: file.version,
      };
    }
  },
};
