import type { SqlFields, SqlTree } from "../../plan/sql-tree.ts";
import { fieldsOf, walk } from "../sql-node.ts";
import { listName, rangeName } from "./schema/names.ts";
import { functionKey, relationKey, type Schema } from "./schema/schema.ts";

export interface Effects {
  /** Tables it names. */
  readonly tables: readonly string[];
  /** It changes rows, or calls a function of the set that does. */
  readonly writes: boolean;
}

const writing = /^(Insert|Update|Delete|Merge)Stmt$/;

export function readEffects(
  schema: Schema,
  { kind, fields }: SqlTree,
  seen: Set<SqlTree> = new Set(),
): Effects {
  const tables = new Set<string>();
  let writes = false;
  const add = (name: SqlFields): void => {
    tables.add(relationKey(schema, rangeName(name)));
  };
  walk({ [kind]: fields }, (inner, node) => {
    if (inner === "RangeVar") add(node);
    if (inner === "FuncCall") writes ||= callsWriter(schema, node, seen);
    if (!writing.test(inner)) return undefined;
    writes = true;
    add(fieldsOf(node, "relation"));
    return undefined;
  });
  return { tables: [...tables], writes };
}

function callsWriter(schema: Schema, call: SqlFields, seen: Set<SqlTree>): boolean {
  const called = schema.functions.get(functionKey(schema, listName(call, "funcname"))) ?? [];
  return called.some(({ tree }) => {
    if (seen.has(tree)) return false;
    seen.add(tree);
    return (tree.body?.statements ?? []).some((statement) => readEffects(schema, statement, seen).writes);
  });
}
