import type { Severity } from "../../core/verdict.ts";
import type { SqlFields, SqlTree } from "../../plan/sql-tree.ts";
import type { Rule } from "../rule.ts";
import { fieldsOf, listOf, text, walk } from "../sql-node.ts";
import { asksCaller } from "./asks-caller.ts";
import { type Callers, createCallerFinder } from "./function-callers.ts";
import { returnType, saysDefiner } from "./function-options.ts";
import { hitAt } from "./hit.ts";
import { findNamedUser } from "./named-user.ts";
import { userColumn } from "./owner-columns.ts";
import { isAlwaysTrue } from "./policy.ts";
import { listName, rangeName } from "./schema/names.ts";
import {
  type FunctionOverload,
  fitsSignature,
  functionKey,
  relationKey,
  type Schema,
} from "./schema/schema.ts";
import { eachTree, type MigrationWorld } from "./world.ts";

export const definerActsByArgument: Rule<MigrationWorld> = {
  id: "definer-acts-by-argument",
  area: "migrations",
  severity: "error",
  title: "A SECURITY DEFINER function acts for whoever its argument names",
  explanation:
    "It passes by row level security, and the API lets everybody call it: PostgreSQL grants EXECUTE on a new function to PUBLIC, and hosted projects granted it to anon and authenticated besides until 30 October 2026; each of them has to be taken back for itself. Whoever knows another user's id calls it with that. Reading is a warning, and so is what only such a default opens.",
  fix: "Compare the argument with auth.uid() or take auth.uid() instead of it; or revoke execute on the function from public, anon, authenticated.",
  example: {
    bad: "create function public.spend(p_user uuid, n int) returns void language sql security definer set search_path = ''\n  as $$ update public.wallets set credits = credits - n where user_id = p_user $$;",
    good: "create function public.spend(n int) returns void language sql security definer set search_path = ''\n  as $$ update public.wallets set credits = credits - n where user_id = (select auth.uid()) $$;",
  },
  *check(world) {
    const { schema } = world.story;
    // Code puts together who is taken what from.
    if (schema.uncertain.has("revoke")) return;
    const surroundings = readSurroundings(world);
    const findCallers = createCallerFinder(world);
    const made = new Map([...eachTree(world, "CreateFunctionStmt")].map((placed) => [placed.tree, placed]));
    for (const [key, overloads] of schema.functions) {
      if (!world.exposedSchemas.has(key.split(".")[0] ?? "")) continue;
      for (const overload of overloads) {
        const placed = made.get(overload.tree);
        if (placed == null || !isDefiner(surroundings, key, overload) || isKeyed(overload)) continue;
        const act = findAct(surroundings, key, overload);
        if (act == null || asksCaller(schema, overload)) continue;
        const callers = findCallers(key, overload);
        if (callers.sure.size + callers.byDefault.size === 0) continue;
        yield {
          ...hitAt(placed, {
            subject: key,
            detail: `${key}() ${act.writes ? "writes" : "reads"} what belongs to whoever ${act.argument} names; ${tellCallers(callers)}`,
            severity: weigh(act, callers),
          }),
          offset: act.offset,
        };
      }
    }
  },
};

interface Surroundings {
  readonly schema: Schema;
  readonly alters: readonly SqlFields[];
  /** Tables whose id is that of a user, as profiles'. */
  readonly ofUsers: ReadonlySet<string>;
  /** Tables whose rows a policy shows to everybody anyhow. */
  readonly open: ReadonlySet<string>;
  /** Functions that policies call. */
  readonly asked: ReadonlySet<string>;
}

function readSurroundings(world: MigrationWorld): Surroundings {
  const { schema } = world.story;
  const alters: SqlFields[] = [];
  const ofUsers = new Set(["auth.users"]);
  const open = new Set<string>();
  const asked = new Set<string>();
  for (const { tree } of eachTree(world)) {
    const { kind, fields } = tree;
    if (kind === "AlterFunctionStmt") alters.push(fields);
    if (kind === "CreateStmt" && hasUserKey(fields))
      ofUsers.add(relationKey(schema, rangeName(fieldsOf(fields, "relation"))));
    if (kind !== "CreatePolicyStmt") continue;
    if (/^(all|select)$/.test(text(fields, "cmd_name")) && isAlwaysTrue(fields["qual"]))
      open.add(relationKey(schema, rangeName(fieldsOf(fields, "table"))));
    walk(fields, (inner, node) => {
      if (inner === "FuncCall") asked.add(functionKey(schema, listName(node, "funcname")));
      return undefined;
    });
  }
  return { schema, alters, ofUsers, open, asked };
}

function hasUserKey(createTable: SqlFields): boolean {
  const id = listOf(createTable, "tableElts").find(({ fields }) => text(fields, "colname") === "id");
  return listOf(id?.fields ?? {}, "constraints").some(
    ({ fields }) =>
      text(fields, "contype") === "CONSTR_FOREIGN" &&
      rangeName(fieldsOf(fields, "pktable")).schema === "auth",
  );
}

/** As it was made, or as ALTER FUNCTION said last. */
function isDefiner({ schema, alters }: Surroundings, key: string, overload: FunctionOverload): boolean {
  let is = saysDefiner(overload.tree.fields, "options") === true;
  for (const alter of alters) {
    const named = fieldsOf(alter, "func");
    if (functionKey(schema, listName(named, "objname")) === key && fitsSignature(overload, named))
      is = saysDefiner(alter, "actions") ?? is;
  }
  return is;
}

function weigh({ writes }: Act, { sure }: Callers): Severity {
  if (sure.size > 0) return writes ? "error" : "warning";
  return writes ? "warning" : "info";
}

interface Act {
  readonly argument: string;
  readonly writes: boolean;
  readonly offset: number;
}

/** What it does with a user that an argument names: the first write, else the first read that may harm. */
function findAct(surroundings: Surroundings, key: string, overload: FunctionOverload): Act | null {
  const { fields, body } = overload.tree;
  if (/^(event_)?trigger$/.test(returnType(fields))) return null;
  const acts = (body?.statements ?? []).flatMap((statement): Act[] => {
    const { tables, writes } = readStatement(surroundings, statement);
    if (!writes && tables.every((table) => surroundings.open.has(table))) return [];
    const ofUsers = tables.some((table) => surroundings.ofUsers.has(table));
    const found = findNamedUser(statement, {
      name: key,
      argumentNames: overload.argumentNames,
      isOwner: (column) => userColumn.test(column) || (ofUsers && column === "id"),
    });
    return found == null ? [] : [{ ...found, writes }];
  });
  const write = acts.find(({ writes }) => writes);
  if (write != null) return write;
  // Policies ask by such functions, and a yes or no says little.
  const isHarmless = returnType(fields) === "bool" || surroundings.asked.has(key);
  return isHarmless ? null : (acts[0] ?? null);
}

const writing = /^(Insert|Update|Delete|Merge)Stmt$/;

function readStatement({ schema }: Surroundings, { kind, fields }: SqlTree) {
  const tables = new Set<string>();
  let writes = false;
  walk({ [kind]: fields }, (inner, node) => {
    if (inner === "RangeVar") tables.add(relationKey(schema, rangeName(node)));
    if (!writing.test(inner)) return undefined;
    writes = true;
    tables.add(relationKey(schema, rangeName(fieldsOf(node, "relation"))));
    return undefined;
  });
  return { tables: [...tables], writes };
}

/** What only the one concerned knows is asked for, as in an invitation. */
function isKeyed({ argumentNames }: FunctionOverload): boolean {
  return argumentNames.some((name) => /secret|token|code|otp|password|signature|(^|_)key$/.test(name));
}

function tellCallers({ sure, byDefault }: Callers): string {
  if (sure.has("public")) return "everybody may call it";
  if (sure.size > 0) return `${[...sure].join(" and ")} may call it`;
  return `${[...byDefault].join(" and ")} may call it where new functions are granted to them by default, as on hosted projects until 30 October 2026`;
}
