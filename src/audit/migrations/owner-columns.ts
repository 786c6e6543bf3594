import type { SqlFields } from "../../plan/sql-tree.ts";
import { fieldsOf, listOf, strings, text } from "../sql-node.ts";
import { isRestrictive, mentionsCaller } from "./policy.ts";
import { rangeName, show } from "./schema/names.ts";
import { relationKey } from "./schema/schema.ts";
import { eachTreeDeep, type MigrationWorld } from "./world.ts";

interface Owners {
  /** The column of a policy's table that says whose row it is and that its writer may set; null when there is none. */
  freeOwner(policy: SqlFields): string | null;
  /** No column of its table says whose row it is, as in a form that anybody may fill in. */
  hasNone(policy: SqlFields): boolean;
}

/** pg_trigger.tgtype. */
const beforeBit = 2;
const insertBit = 4;

export const userColumn =
  /(^|_)(user|owner|author|creator|profile|member|account|customer|sender|recipient|uid)(_?id)?$|^created_by$/;

/** Columns that hold the user a row belongs to, unless a trigger, another policy or a grant of columns may see to them. */
export function findOwners(world: MigrationWorld): Owners {
  const { schema } = world.story;
  const owners = new Map<string, string>();
  const guarded = new Set<string>();
  const relationOf = (fields: SqlFields): string =>
    relationKey(schema, rangeName(fieldsOf(fields, "relation")));
  for (const { tree } of eachTreeDeep(world)) {
    const { kind, fields } = tree;
    if (kind === "CreateStmt") {
      const owner = listOf(fields, "tableElts").find(
        (one) => one.kind === "ColumnDef" && isOwner(one.fields),
      );
      if (owner != null) owners.set(relationOf(fields), text(owner.fields, "colname"));
    }
    if (kind === "CreateTrigStmt" && isBeforeInsert(fields)) guarded.add(relationOf(fields));
    if (kind === "CreatePolicyStmt" && isRestrictive(fields))
      guarded.add(relationKey(schema, rangeName(fieldsOf(fields, "table"))));
    if (
      kind === "GrantStmt" &&
      listOf(fields, "privileges").some((one) => strings(one.fields, "cols").length > 0)
    ) {
      for (const object of listOf(fields, "objects"))
        guarded.add(relationKey(schema, rangeName(object.fields)));
    }
  }
  return {
    freeOwner: (policy) => {
      const key = relationKey(schema, rangeName(fieldsOf(policy, "table")));
      return guarded.has(key) ? null : (owners.get(key) ?? null);
    },
    hasNone: (policy) => {
      const key = relationKey(schema, rangeName(fieldsOf(policy, "table")));
      const columns = schema.relations.get(key)?.columns;
      return (
        columns != null && !owners.has(key) && ![...columns.keys()].some((name) => userColumn.test(name))
      );
    },
  };
}

function isBeforeInsert({ timing, events }: SqlFields): boolean {
  return timing === beforeBit && (Number(events) & insertBit) !== 0;
}

/** By its default, or by its name where it refers to the users. */
function isOwner(column: SqlFields): boolean {
  return listOf(column, "constraints").some(({ fields }) => {
    const contype = text(fields, "contype");
    if (contype === "CONSTR_DEFAULT")
      return JSON.stringify(fields["raw_expr"]).includes('"uid"') && mentionsCaller(fields["raw_expr"]);
    if (contype !== "CONSTR_FOREIGN") return false;
    const target = show(rangeName(fieldsOf(fields, "pktable")));
    return (
      target === "auth.users" &&
      /^(owner|user|author|creator|created_by)(_?id)?$/.test(text(column, "colname"))
    );
  });
}
