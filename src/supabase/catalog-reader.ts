import type { QueryResult } from "pg";
import {
  type Catalog,
  type CatalogKind,
  type CatalogObject,
  catalogKey,
  catalogKinds,
} from "../plan/catalog.ts";
import { dependsSql } from "./catalog/depends-sql.ts";
import { type CatalogRow, platformSchemas } from "./catalog/fragments.ts";
import * as objects from "./catalog/objects-sql.ts";
import * as parts from "./catalog/parts-sql.ts";
import * as relations from "./catalog/relations-sql.ts";
import type { Database, Session } from "./database.ts";
import { describeQueryFailure } from "./database-error.ts";

const excluded = platformSchemas.map((name) => `'${name}'`).join(", ");

const objectsSql = `
with app_schema as materialized (
  select oid from pg_namespace where nspname !~ '^pg_' and nspname not in (${excluded})
)
select * from (
${[...Object.values(relations), ...Object.values(parts), ...Object.values(objects)].join("\nunion all\n")}
) as object (kind, name, on_name, address, position, facets)`;

/** With no search path every name comes out qualified, whoever asks. */
const readSql = [
  "set local search_path = ''",
  "set local statement_timeout = '60s'",
  "set local jit = off",
  objectsSql,
  dependsSql,
].join(";\n");

/** One round trip, on a snapshot of its own; needs no more rights than any role has. */
export async function readCatalog(database: Database): Promise<Catalog> {
  try {
    return await database.withSession(async (session) => {
      try {
        return await send(session, `begin isolation level repeatable read read only;\n${readSql};\nrollback`);
      } catch (error) {
        await session.query("rollback").catch(() => {});
        throw error;
      }
    });
  } catch (error) {
    throw describeQueryFailure(error, "The catalog cannot be read");
  }
}

/** Inside a transaction of the caller: sees what it did. Settings it had stay as they were. */
export async function readCatalogWithin(session: Session): Promise<Catalog> {
  return send(
    session,
    `savepoint bee_catalog;\n${readSql};\nrollback to savepoint bee_catalog; release savepoint bee_catalog`,
  );
}

async function send(session: Session, sql: string): Promise<Catalog> {
  const results = (await session.query(sql)) as unknown as readonly QueryResult[];
  const [rows = [], [facts] = []] = results
    .filter(({ command }) => command === "SELECT")
    .map((result) => result.rows as readonly object[]);
  const { edges, aliases, major } = facts as Facts;
  return { postgres: major, objects: assembleObjects(rows as readonly CatalogRow[], edges, aliases) };
}

interface Facts {
  readonly major: number;
  /** `dependent>referenced`. */
  readonly edges: readonly string[];
  /** `address>address of the object it stands for`. */
  readonly aliases: readonly string[];
}

function assembleObjects(
  rows: readonly CatalogRow[],
  edges: readonly string[],
  aliases: readonly string[],
): readonly CatalogObject[] {
  const keys = new Map(rows.map((row) => [row.address, catalogKey(toNames(row))]));
  const needs = assembleNeeds(keys, edges, new Map(aliases.map(split)));
  const parents = new Map(
    rows.filter((row) => row.on_name == null).map((row) => [row.name, catalogKey(toNames(row))]),
  );
  return rows
    .map((row): CatalogObject => {
      const names = toNames(row);
      const key = catalogKey(names);
      const parent = row.on_name == null ? undefined : parents.get(row.on_name);
      const own = new Set([...(needs.get(key) ?? []), ...(parent == null ? [] : [parent])]);
      own.delete(key);
      return {
        ...names,
        facets: withoutNulls(row.facets) as CatalogObject["facets"],
        origin: { address: row.address, position: row.position, needs: [...own].sort() },
      };
    })
    .sort((a, b) => (catalogKey(a) < catalogKey(b) ? -1 : 1));
}

/** Follows an address to the object that stands for it: a view's rule to the view, a column to its table if it has no row. */
function assembleNeeds(
  keys: ReadonlyMap<string, string>,
  edges: readonly string[],
  aliases: ReadonlyMap<string, string>,
): ReadonlyMap<string, Set<string>> {
  const find = (address: string): string | undefined => {
    const whole = address.replace(/\/[^/]*$/, "/0");
    for (const candidate of [address, aliases.get(address), whole, aliases.get(whole)]) {
      const key = candidate == null ? undefined : keys.get(candidate);
      if (key != null) return key;
    }
    return undefined;
  };
  const needs = new Map<string, Set<string>>();
  for (const edge of edges) {
    const [from, to] = split(edge).map(find);
    if (from == null || to == null || from === to) continue;
    const known = needs.get(from);
    if (known == null) needs.set(from, new Set([to]));
    else known.add(to);
  }
  return needs;
}

function split(pair: string): [string, string] {
  const at = pair.indexOf(">");
  return [pair.slice(0, at), pair.slice(at + 1)];
}

function toNames({ kind, name, on_name }: CatalogRow): Pick<CatalogObject, "kind" | "name" | "on"> {
  if (!(catalogKinds as readonly string[]).includes(kind)) throw new Error(`unknown kind of object: ${kind}`);
  return { kind: kind as CatalogKind, name, on: on_name };
}

function withoutNulls(facets: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(facets).filter(([, value]) => value != null));
}
