import type { CatalogObject } from "../catalog.ts";
import { constraintHolder } from "./render-create.ts";
import { builtInDefaults, renderDefaultPrivileges } from "./render-grants.ts";
import { flag, kindWord, text } from "./sql-text.ts";

/** The statements that take an object away. Never with CASCADE: what hangs on it has an operation of its own. */
export function renderDrop(object: CatalogObject): readonly string[] {
  const { kind, name, on } = object;
  switch (kind) {
    case "column":
      return [`alter table ${on} drop column ${name}`];
    case "constraint":
      return [`alter ${constraintHolder(object)} ${on} drop constraint ${name}`];
    case "index":
      return [`drop index ${schemaOf(on)}.${name}`];
    case "trigger":
    case "rule":
    case "policy":
      return [`drop ${kind} ${name} on ${on}`];
    case "publication table":
      return [`alter publication ${on} drop table ${name}`];
    case "publication schema":
      return [`alter publication ${on} drop tables in schema ${name}`];
    case "default privileges":
      return renderDefaultPrivileges(
        object,
        object.facets["grants"],
        object.facets["schema"] == null ? builtInDefaults(object) : {},
      );
    case "setting":
      return [resetSetting(object)];
    case "other":
      return [`drop ${name}`];
    default:
      return [`drop ${kindWord(object)} ${name}`];
  }
}

function resetSetting(setting: CatalogObject): string {
  const role = text(setting, "role");
  const reset = `reset ${text(setting, "name")}`;
  if (role != null && !flag(setting, "here")) return `alter role ${role} ${reset}`;
  const target = role == null ? "alter database %I" : `alter role ${role} in database %I`;
  return `do $bee$ begin execute format('${target} ${reset}', current_database()); end $bee$`;
}

/** The first part of a qualified name in SQL spelling. */
function schemaOf(name: string | null): string {
  return /^("(?:[^"]|"")*"|[^.]*)\./.exec(name ?? "")?.[1] ?? "public";
}
