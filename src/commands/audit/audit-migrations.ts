import { migrationRules } from "../../audit/index.ts";
import { filesIn, findLayout } from "../../audit/layout.ts";
import type { MigrationWorld } from "../../audit/migrations/world.ts";
import { runRules } from "../../audit/run-rules.ts";
import type { Finding } from "../../core/verdict.ts";
import { plural } from "../../output/render-findings.ts";
import { judgeMigrations } from "../../plan/judge-migrations.ts";
import type { MigrationFile } from "../../plan/migration-file.ts";
import { isFinding, parseMigration } from "../../plan/parse-migration.ts";
import type { SourceTree } from "../../plan/source-tree.ts";
import type { ParseSql } from "../../plan/sql-tree.ts";
import { createSqlParser } from "../../tools/sql-parser.ts";
import type { AreaAnswer, AreaInput } from "./area.ts";

/** `bee audit migrations`: each folder of migrations is a set of its own. */
export async function auditMigrations({ tree, texts }: AreaInput): Promise<AreaAnswer> {
  const folders = findLayout(tree).migrations;
  if (folders.length === 0) return { findings: [], facts: [["migrations", "none"]] };
  const parse = await createSqlParser();
  const worlds = folders.map((folder) => readWorld(tree, folder, parse));
  return {
    findings: worlds.flatMap((world) => runRules(migrationRules, world, texts)),
    facts: worlds.map(({ migrations }, index) => [
      "migrations",
      `${plural(migrations.length, "file")} in ${folders[index]}`,
    ]),
  };
}

function readWorld(tree: SourceTree, folder: string, parse: ParseSql): MigrationWorld {
  const files: MigrationFile[] = [];
  const strays: Finding[] = [];
  for (const { path, text } of filesIn(tree, folder)) {
    if (!path.endsWith(".sql") || path.endsWith(".down.sql")) continue;
    const parsed = parseMigration(path, Buffer.from(text));
    if (isFinding(parsed)) strays.push(parsed);
    else files.push(parsed);
  }
  const { pending, findings } = judgeMigrations(files, []);
  return {
    migrations: pending.map((file) => ({ file, parsed: parse(file) })),
    judged: [...strays, ...findings],
  };
}
