import { classifyStatement } from "../../plan/sql-class.ts";
import type { Rule } from "../rule.ts";
import type { MigrationWorld } from "./world.ts";

export const migrationEmpty: Rule<MigrationWorld> = {
  id: "migration-empty",
  area: "migrations",
  severity: "warning",
  title: "A migration does nothing",
  explanation: "The file holds comments at most; its version is taken all the same.",
  fix: "Remove it, or add what it was to hold.",
  example: { bad: "-- todo", good: "create table notes (id uuid primary key);" },
  *check({ migrations }) {
    for (const { file, parsed } of migrations) {
      if (parsed.trees.length + parsed.errors.length > 0) continue;
      if (file.statements.some(({ sql }) => classifyStatement(sql) !== "empty")) continue;
      yield { file: file.path, subject: file.path, detail: `${file.path} holds no statement` };
    }
  },
};
