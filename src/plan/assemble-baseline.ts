import type { Catalog } from "./catalog.ts";
import { renderDefaultPrivileges } from "./down/render-grants.ts";
import { literal } from "./down/sql-text.ts";
import type { MigrationFile } from "./migration-file.ts";
import { assembleScript } from "./sql-script.ts";

/**
 * What a target has that no migration makes and that migrations build on: extensions somebody enabled, and the
 * default privileges of older hosted projects. An extension the shadow does not have is left out; the migration that
 * needs it will say so.
 */
export function assembleBaseline(
  target: Catalog,
  migrations: readonly MigrationFile[],
): readonly MigrationFile[] {
  const text = migrations.map(({ sql }) => sql.toLowerCase()).join("\n");
  const extensions = target.objects
    .filter(({ kind, name }) => kind === "extension" && !text.includes(`extension ${name.toLowerCase()}`))
    .map(({ name, facets }) =>
      guarded([
        `create schema if not exists ${facets["schema"]}`,
        `create extension if not exists ${name} with schema ${facets["schema"]}`,
      ]),
    );
  const defaults = text.includes("default privileges")
    ? []
    : target.objects
        .filter(({ kind, facets }) => kind === "default privileges" && facets["role"] === "postgres")
        .flatMap((object) => renderDefaultPrivileges(object, {}, object.facets["grants"]))
        .map((statement) => guarded([statement]));
  const statements = [...extensions, ...defaults];
  if (statements.length === 0) return [];
  return [assembleScript("0", "baseline", "(what the target had before)", statements.join(";\n"))];
}

/** One that fails leaves nothing and stops nothing. */
function guarded(statements: readonly string[]): string {
  const body = statements.map((statement) => `execute ${literal(statement)};`).join(" ");
  return `do $bee$ begin ${body} exception when others then null; end $bee$`;
}
