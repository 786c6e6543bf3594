import type { Rule } from "../rule.ts";
import { isTimestamp } from "./timestamp.ts";
import type { MigrationWorld } from "./world.ts";

export const migrationOddVersion: Rule<MigrationWorld> = {
  id: "migration-odd-version",
  area: "migrations",
  severity: "warning",
  title: "A version is no timestamp",
  explanation:
    "Versions are compared as text: 10 sorts before 9, and a short number before every timestamp, so the order of the files is not the order they were written in.",
  fix: "Use 14 digits: YYYYMMDDHHMMSS.",
  example: {
    bad: "9_notes.sql\n10_tags.sql   -- runs first",
    good: "20250106090000_notes.sql\n20250106090100_tags.sql",
  },
  *check({ migrations }) {
    // A plain sequence of equal length sorts as it counts.
    const isSequence = migrations.every(
      ({ file }) => file.version.length === migrations[0]?.file.version.length && file.version.length < 14,
    );
    for (const { file } of migrations) {
      if (isSequence || isTimestamp(file.version)) continue;
      yield {
        file: file.path,
        subject: file.version,
        detail: `${file.version} is no time written as YYYYMMDDHHMMSS`,
        anchor: file.version,
      };
    }
  },
};
