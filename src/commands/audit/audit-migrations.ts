import { scanCode } from "../../audit/code/scan-code.ts";
import { findSettings } from "../../audit/find-settings.ts";
import { migrationRules } from "../../audit/index.ts";
import { filesIn, findLayout } from "../../audit/layout.ts";
import { foldSchema } from "../../audit/migrations/schema/fold.ts";
import type { AuditedMigration, MigrationWorld, TargetState } from "../../audit/migrations/world.ts";
import { runRules } from "../../audit/run-rules.ts";
import type { Finding } from "../../core/verdict.ts";
import { proveMigrations } from "../../engine/prove-migrations.ts";
import { plural } from "../../output/render-findings.ts";
import type { AppliedMigration } from "../../plan/applied-migration.ts";
import { judgeMigrations } from "../../plan/judge-migrations.ts";
import type { MigrationFile } from "../../plan/migration-file.ts";
import { isFinding, parseMigration } from "../../plan/parse-migration.ts";
import type { SourceTree } from "../../plan/source-tree.ts";
import type { ParseSql } from "../../plan/sql-tree.ts";
import { createSqlParser } from "../../tools/sql-parser.ts";
import type { AreaAnswer, AreaInput } from "./area.ts";
import { breathe } from "./breathe.ts";
import { readTargetState } from "./read-target-state.ts";

/** `bee audit migrations`: each folder of migrations is a set of its own. */
export async function auditMigrations({
  ctx,
  tree,
  texts,
  target,
  keepGoing,
  proof,
}: AreaInput): Promise<AreaAnswer> {
  const folders = findLayout(tree).migrations;
  if (folders.length === 0) return { isEmpty: true, findings: [], facts: [["migrations", "none"]] };
  const [parse, history, state] = await Promise.all([
    createSqlParser(),
    target?.connected.ports.migrations.readHistory() ?? [],
    target == null ? null : readTargetState(target.connected),
  ]);
  const proofs: string[] = [];
  const now = new Date(ctx.clock.now()).toISOString().replace(/\D/g, "").slice(0, 14);
  const worlds: MigrationWorld[] = [];
  for (const folder of folders) {
    const world = await assembleWorld({ tree, folder, parse, history, state, now, signal: ctx.signal });
    const files = world.migrations.map(({ file }) => file);
    const proven = proof ? await proveMigrations(ctx.shadow, files, { keepGoing, signal: ctx.signal }) : null;
    worlds.push({ ...world, proof: proven?.remarks ?? [] });
    if (proven != null)
      proofs.push(`${proven.applied} of ${plural(files.length, "file")} applied to an empty database`);
  }
  return {
    isEmpty: worlds.every(({ migrations, judged }) => migrations.length + judged.length === 0),
    findings: worlds.flatMap((world) => runRules(migrationRules, world, texts)),
    facts: worlds.flatMap(({ migrations }, index): [string, string][] => [
      ["migrations", `${plural(migrations.length, "file")} in ${folders[index]}`],
      ...(proofs[index] == null ? [] : ([["proof", proofs[index]]] satisfies [string, string][])),
    ]),
  };
}

export interface WorldInput {
  readonly tree: SourceTree;
  readonly folder: string;
  readonly parse: ParseSql;
  readonly history: readonly AppliedMigration[];
  readonly state: TargetState | null;
  readonly now: string;
  readonly signal: AbortSignal;
}

/** A folder of migrations as its rules see it. */
export async function assembleWorld(input: WorldInput): Promise<MigrationWorld> {
  const { tree, folder, parse, history, state, now, signal } = input;
  const { files, strays } = readSet(tree, folder);
  const { findings } = judgeMigrations(files, history);
  const migrations: AuditedMigration[] = [];
  for (const file of files) {
    migrations.push({ file, parsed: parse(file) });
    await breathe(signal);
  }
  const project = folder.replace(/(?:supabase\/)?migrations$/, "");
  const own = tree.files.filter(({ path }) => path.startsWith(project));
  return {
    migrations,
    judged: [...strays, ...findings],
    story: foldSchema(migrations, state?.installed),
    code: own.flatMap(scanCode),
    functionSlugs: findSlugs(tree),
    settings: findSettings(own),
    postgresMajor: findMajor(own),
    exposedSchemas: findExposed(own),
    proof: [],
    target: state,
    now,
  };
}

/** New projects have 17, and so has the supabase CLI's default. */
function findMajor(files: SourceTree["files"]): number {
  return Number(/^\s*major_version\s*=\s*(\d+)/m.exec(configOf(files))?.[1] ?? 17);
}

/** The default of the supabase CLI besides what the file says: a project's own setting may be wider. */
function findExposed(files: SourceTree["files"]): ReadonlySet<string> {
  const api = /^\s*\[api\]([\s\S]*?)(?:^\s*\[\w|(?![\s\S]))/m.exec(configOf(files))?.[1] ?? "";
  const said = /^\s*schemas\s*=\s*\[([^\]]*)\]/m.exec(api)?.[1] ?? "";
  return new Set(["public", ...[...said.matchAll(/["']([^"']+)["']/g)].map(([, name = ""]) => name)]);
}

function configOf(files: SourceTree["files"]): string {
  return files.find(({ path }) => path.endsWith("supabase/config.toml"))?.text ?? "";
}

function readSet(
  tree: SourceTree,
  folder: string,
): { files: readonly MigrationFile[]; strays: readonly Finding[] } {
  const files: MigrationFile[] = [];
  const strays: Finding[] = [];
  for (const { path, text } of filesIn(tree, folder)) {
    if (!path.endsWith(".sql") || path.endsWith(".down.sql")) continue;
    const parsed = parseMigration(path, Buffer.from(text));
    if (isFinding(parsed)) strays.push(parsed);
    else files.push(parsed);
  }
  for (const { path } of tree.files) {
    if (path.startsWith(`${folder}/`) && path.endsWith(".sql") && path.slice(folder.length + 1).includes("/"))
      strays.push(
        stray(
          "migration-ill-named",
          path,
          "lies in a folder below and would never be applied",
          `Move it into ${folder}.`,
        ),
      );
  }
  for (const { path, reason, detail } of tree.unread) {
    if (path.startsWith(`${folder}/`) && path.endsWith(".sql") && reason === "not text")
      strays.push(
        stray(
          "migration-not-utf8",
          path,
          `is no text that the server takes: ${detail}`,
          "Save the file as UTF-8 without NUL bytes.",
        ),
      );
  }
  const sorted = files.sort((a, b) => compare(a.version, b.version) || compare(a.path, b.path));
  return { files: sorted, strays };
}

function stray(rule: string, path: string, what: string, fix: string): Finding {
  return {
    key: `${rule}:${path}`,
    rule,
    severity: "error",
    subject: path,
    detail: `${path} ${what}`,
    fix,
    location: { file: path },
  };
}

function findSlugs(tree: SourceTree): ReadonlySet<string> | null {
  const folders = findLayout(tree).functions;
  if (folders.length === 0) return null;
  const slugs = folders.flatMap((folder) =>
    tree.files.flatMap(({ path }) =>
      path.startsWith(`${folder}/`) ? (path.slice(folder.length + 1).split("/")[0] ?? []) : [],
    ),
  );
  return new Set(slugs.filter((slug) => !/^[_.]/.test(slug)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
