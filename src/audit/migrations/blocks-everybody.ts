import type { SqlFields, SqlTree } from "../../plan/sql-tree.ts";
import type { Rule } from "../rule.ts";
import { fieldsOf, isTrue, listOf, strings, text } from "../sql-node.ts";
import { eachAlterCommand, hazard, isNotValid } from "./alter-commands.ts";
import { listName, type Name, partsName, rangeName, show } from "./schema/names.ts";
import { relationKey } from "./schema/schema.ts";
import { eachTree, type MigrationWorld } from "./world.ts";

/** ACCESS EXCLUSIVE and EXCLUSIVE (lockdefs.h). */
const strongLock = 7;

export const blocksEverybody: Rule<MigrationWorld> = {
  id: "blocks-everybody",
  area: "migrations",
  severity: "warning",
  title: "A statement locks a table in use against reading or writing",
  explanation:
    "DROP INDEX, REINDEX, CLUSTER, VACUUM FULL, REFRESH MATERIALIZED VIEW, LOCK TABLE and a few kinds of ALTER hold their lock until the work is done or the migration commits. Everybody who comes after waits in line, also behind the wait for the lock itself.",
  fix: "Take the way that lets others go on: … CONCURRENTLY in a migration of its own, NOT VALID and a later VALIDATE, or pg_repack.",
  example: {
    bad: "drop index notes_author;   -- notes is in use",
    good: "-- a file of its own\ndrop index concurrently if exists notes_author;",
  },
  *check(world) {
    const indexed = findIndexed(world);
    for (const placed of eachTree(world)) {
      if (world.target == null && world.story.idleDrops.has(placed.tree)) continue;
      for (const { table, what } of locked(world, indexed, placed.tree))
        yield* hazard(world, placed, table, { detail: `${what} locks ${show(table)}` });
    }
    for (const { placed, table, subtype } of eachAlterCommand(world)) {
      const what = rewrites[subtype];
      if (what != null) yield* hazard(world, placed, table, { detail: `${what} writes ${show(table)} anew` });
    }
  },
};

const rewrites: Readonly<Record<string, string>> = {
  AT_SetLogged: "SET LOGGED",
  AT_SetUnLogged: "SET UNLOGGED",
  AT_SetTableSpace: "SET TABLESPACE",
  AT_SetAccessMethod: "SET ACCESS METHOD",
};

interface Locked {
  readonly table: Name;
  readonly what: string;
}

/** The table of each index that a migration makes, by the index's name. */
type Indexed = ReadonlyMap<string, readonly Name[]>;

function findIndexed(world: MigrationWorld): Indexed {
  const found = new Map<string, Name[]>();
  for (const { tree } of eachTree(world, "IndexStmt")) {
    const name = text(tree.fields, "idxname");
    const table = rangeName(fieldsOf(tree.fields, "relation"));
    const key = relationKey(world.story.schema, table);
    const others = (found.get(name) ?? []).filter((one) => relationKey(world.story.schema, one) !== key);
    found.set(name, [...others, table]);
  }
  return found;
}

function locked(world: MigrationWorld, indexed: Indexed, { kind, fields }: SqlTree): readonly Locked[] {
  const own = (): Name => rangeName(fieldsOf(fields, "relation"));
  switch (kind) {
    case "DropStmt":
      return text(fields, "removeType") === "OBJECT_INDEX" && !isTrue(fields, "concurrent")
        ? droppedIndexes(indexed, fields)
        : [];
    case "ReindexStmt":
      return fields["relation"] == null || hasOption(fields, "params", "concurrently")
        ? []
        : [{ table: own(), what: "REINDEX" }];
    case "ClusterStmt":
      return fields["relation"] == null ? [] : [{ table: own(), what: "CLUSTER" }];
    case "VacuumStmt":
      return hasOption(fields, "options", "full")
        ? listOf(fields, "rels").map((one) => ({
            table: rangeName(fieldsOf(one.fields, "relation")),
            what: "VACUUM FULL",
          }))
        : [];
    case "LockStmt":
      return Number(fields["mode"]) >= strongLock
        ? listOf(fields, "relations").map((one) => ({ table: rangeName(one.fields), what: "LOCK TABLE" }))
        : [];
    case "RefreshMatViewStmt":
      return isTrue(fields, "concurrent") ? [] : [{ table: own(), what: "REFRESH" }];
    case "AlterDomainStmt":
      return text(fields, "subtype") === "C" && !isNotValid(fieldsOf(fieldsOf(fields, "def"), "Constraint"))
        ? tablesOf(world, listName(fields, "typeName"))
        : [];
    default:
      return [];
  }
}

function hasOption(fields: SqlFields, list: string, name: string): boolean {
  return listOf(fields, list).some((one) => text(one.fields, "defname") === name);
}

function droppedIndexes(indexed: Indexed, fields: SqlFields): readonly Locked[] {
  return listOf(fields, "objects")
    .flatMap((one) => indexed.get(partsName(strings(one.fields, "items")).name) ?? [])
    .map((table) => ({ table, what: "DROP INDEX" }));
}

/** Those with a column of a domain: each is read whole. */
function tablesOf({ story }: MigrationWorld, domain: Name): readonly Locked[] {
  return [...story.schema.relations].flatMap(([key, { kind, columns }]) => {
    const isOf = [...(columns?.values() ?? [])].some(({ type }) => type === domain.name);
    const [schema = "public", name = ""] = key.split(".");
    return kind === "table" && isOf
      ? [{ table: { schema, name }, what: `a new check of ${show(domain)}` }]
      : [];
  });
}
