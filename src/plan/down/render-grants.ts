import type { CatalogObject, CatalogValue } from "../catalog.ts";
import { kindWord, list, record, roleName, strings, text } from "./sql-text.ts";

/** role → privileges, `*` for those with grant option, as the catalog has them. */
type Grants = Readonly<Record<string, CatalogValue>>;

/** The GRANT and REVOKE that turn one set of rights into another. */
export function renderGrantChange(
  object: CatalogObject,
  from: CatalogValue | undefined,
  to: CatalogValue | undefined,
): readonly string[] {
  return change(record(from), record(to), (privileges) => grantObject(object, privileges));
}

/** Rights of an object just made: whatever default privileges gave it is taken away first. */
export function renderInitialGrants(
  object: CatalogObject,
  defaults: readonly CatalogObject[],
): readonly string[] {
  const to = record(object.facets["grants"]);
  const owner = text(object, "owner") ?? "";
  const given = defaults.flatMap(({ facets }) => Object.keys(record(facets["grants"])));
  const others = [...new Set(["public", ...given, ...Object.keys(to)])].filter((role) => role !== owner);
  const revoked = `revoke all on ${grantObject(object, [])} from ${others.map(roleName).join(", ")}`;
  const { [owner]: _own, ...rest } = to;
  return [revoked, ...change({}, rest, (privileges) => grantObject(object, privileges))];
}

export function renderDefaultPrivileges(
  object: CatalogObject,
  from: CatalogValue | undefined,
  to: CatalogValue | undefined,
): readonly string[] {
  const schema = text(object, "schema");
  const scope = `alter default privileges for role ${roleName(text(object, "role") ?? "")}${schema == null ? "" : ` in schema ${schema}`}`;
  return change(record(from), record(to), () => String(object.facets["objects"])).map(
    (statement) => `${scope} ${statement}`,
  );
}

/** What a role's new objects give without any default privileges (PostgreSQL manual, table 5.2). */
export function builtInDefaults(object: CatalogObject): Grants {
  const own = text(object, "role") ?? "";
  const everything: Readonly<Record<string, readonly string[]>> = {
    tables: ["DELETE", "INSERT", "MAINTAIN", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE"],
    sequences: ["SELECT", "UPDATE", "USAGE"],
    functions: ["EXECUTE"],
    types: ["USAGE"],
    schemas: ["CREATE", "USAGE"],
  };
  const objects = String(object.facets["objects"]);
  const open: Grants =
    objects === "functions" ? { public: ["EXECUTE"] } : objects === "types" ? { public: ["USAGE"] } : {};
  return { ...open, [own]: everything[objects] ?? [] };
}

function change(from: Grants, to: Grants, on: (privileges: readonly string[]) => string): readonly string[] {
  const roles = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return roles.flatMap((role) => {
    const had = strings(list(from[role]));
    const wanted = strings(list(to[role]));
    const gone = had.filter((privilege) => !wanted.includes(privilege)).map(plain);
    const added = wanted.filter((privilege) => !had.includes(privilege) || gone.includes(plain(privilege)));
    const passed = added.filter((privilege) => privilege.endsWith("*"));
    const kept = added.filter((privilege) => !privilege.endsWith("*"));
    return [
      ...statement("revoke", gone, on, `from ${roleName(role)}`),
      ...statement("grant", kept, on, `to ${roleName(role)}`),
      ...statement("grant", passed.map(plain), on, `to ${roleName(role)} with grant option`),
    ];
  });
}

function statement(
  verb: "grant" | "revoke",
  privileges: readonly string[],
  on: (privileges: readonly string[]) => string,
  rest: string,
): readonly string[] {
  if (privileges.length === 0) return [];
  const target = on(privileges);
  // Column rights name the column with every privilege, and the table after ON.
  const [object, column] = target.split("\n");
  const words = privileges.map(
    (privilege) => privilege.toLowerCase() + (column == null ? "" : ` (${column})`),
  );
  return [`${verb} ${words.join(", ")} on ${object} ${rest}`];
}

function plain(privilege: string): string {
  return privilege.replace("*", "");
}

function grantObject(object: CatalogObject, _privileges: readonly string[]): string {
  if (object.kind === "column") return `table ${object.on}\n${object.name}`;
  if (object.kind === "function") {
    return `${object.facets["form"] === "procedure" ? "procedure" : "function"} ${object.name}`;
  }
  const isRelation = ["table", "view", "materialized view"].includes(object.kind);
  const word = isRelation ? "table" : object.kind === "domain" ? "type" : kindWord(object);
  return `${word} ${object.name}`;
}
