import type { Rule } from "../rule.ts";
import type { MigrationWorld } from "./world.ts";

export const sqlSyntax: Rule<MigrationWorld> = {
  id: "sql-syntax",
  area: "migrations",
  severity: "error",
  title: "A statement does not parse",
  explanation:
    "PostgreSQL's own grammar refuses the statement or the code of the function it makes, so the file fails when it is applied and every later one waits behind it. The rest of the file is audited all the same.",
  fix: "Mend the statement at the place named; psql's backslash commands and templating are no SQL.",
  example: {
    bad: "create tabel notes (id uuid primary key);",
    good: "create table notes (id uuid primary key);",
  },
  *check({ migrations }) {
    for (const { file, parsed } of migrations) {
      const inBodies = parsed.trees.flatMap(({ body }) => body?.error ?? []);
      for (const { message, offset, sql } of [...parsed.errors, ...inBodies]) {
        yield { file: file.path, offset, subject: file.path, detail: message, anchor: sql };
      }
    }
  },
};
