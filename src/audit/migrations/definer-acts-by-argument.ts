import type { Severity } from "../../core/verdict.ts";
import type { Rule } from "../rule.ts";
import { walk } from "../sql-node.ts";
import { type Asked, readAsked } from "./asks-caller.ts";
import { findDefiners } from "./definers.ts";
import { type ApiCaller, type Callers, createCallerFinder } from "./function-callers.ts";
import { returnType } from "./function-options.ts";
import { hitAt } from "./hit.ts";
import { findAliases, findNamedUser } from "./named-user.ts";
import { type OpenTables, readOpenTables } from "./open-tables.ts";
import { listName } from "./schema/names.ts";
import { type FunctionOverload, functionKey, type Schema } from "./schema/schema.ts";
import { readEffects } from "./statement-effects.ts";
import { readUserTables, type UserTables } from "./user-tables.ts";
import { eachTree, type MigrationWorld } from "./world.ts";

export const definerActsByArgument: Rule<MigrationWorld> = {
  id: "definer-acts-by-argument",
  area: "migrations",
  severity: "error",
  title: "A SECURITY DEFINER function acts for whoever its argument names",
  explanation:
    "It passes by row level security, and the API lets everybody call it: PostgreSQL grants EXECUTE on a new function to PUBLIC, and hosted projects granted it to anon and authenticated besides until 30 October 2026; each of them has to be taken back for itself. Whoever knows another user's id calls it with that. Reading is a warning, and so is what only such a default opens.",
  fix: "Take auth.uid() instead of the argument, or refuse when the argument is distinct from auth.uid() (<> lets in who is not signed in); or revoke execute on the function from public, anon, authenticated.",
  example: {
    bad: "create function public.spend(p_user uuid, n int) returns void language sql security definer set search_path = ''\n  as $$ update public.wallets set credits = credits - n where user_id = p_user $$;",
    good: "create function public.spend(n int) returns void language sql security definer set search_path = ''\n  as $$ update public.wallets set credits = credits - n where user_id = (select auth.uid()) $$;",
  },
  *check(world) {
    const definers = findDefiners(world).filter(({ overload }) => !isKeyed(overload));
    if (definers.length === 0) return;
    const surroundings = readSurroundings(world);
    const findCallers = createCallerFinder(world);
    for (const { key, overload, placed } of definers) {
      if (surroundings.mayBeRevoked(key)) continue;
      const asked = readAsked(surroundings.schema, overload);
      if (asked === "everybody") continue;
      const all = findCallers(key, overload);
      const callers = asked === "signed in" ? notSignedIn(all) : all;
      if (callers.sure.size + callers.byDefault.size === 0) continue;
      const act = findAct(surroundings, key, overload, callers);
      if (act == null) continue;
      yield {
        ...hitAt(placed, {
          subject: key,
          detail: `${key}() ${act.writes ? "writes" : "reads"} what belongs to whoever ${act.argument} names; ${tellCallers(callers, asked)}`,
          severity: weigh(act, callers),
        }),
        offset: act.offset,
      };
    }
  },
};

/** By code that puts statements together, and names the function or takes whatever there is. */
function readRevokingCode(world: MigrationWorld): (key: string) => boolean {
  const texts = eachTree(world, "DoStmt").flatMap(({ tree: { body } }) =>
    body?.dynamic && /\brevoke\b/i.test(body.text) ? [body.text.toLowerCase()] : [],
  );
  return (key) => {
    const name = key.slice(key.indexOf(".") + 1);
    return texts.some(
      (code) => code.includes(name) || /%[isl]|\|\||pg_proc|all (?:functions|routines)/.test(code),
    );
  };
}

interface Surroundings extends UserTables, OpenTables {
  readonly schema: Schema;
  /** Functions that policies call. */
  readonly asked: ReadonlySet<string>;
  readonly mayBeRevoked: (key: string) => boolean;
}

function readSurroundings(world: MigrationWorld): Surroundings {
  const { schema } = world.story;
  const asked = new Set<string>();
  for (const { tree } of eachTree(world, "CreatePolicyStmt")) {
    walk(tree.fields, (kind, node) => {
      if (kind === "FuncCall") asked.add(functionKey(schema, listName(node, "funcname")));
      return undefined;
    });
  }
  const mayBeRevoked = readRevokingCode(world);
  return { schema, asked, mayBeRevoked, ...readUserTables(world), ...readOpenTables(world) };
}

function notSignedIn({ sure, byDefault }: Callers): Callers {
  const isOne = (role: ApiCaller): boolean => role !== "authenticated";
  return { sure: new Set([...sure].filter(isOne)), byDefault: new Set([...byDefault].filter(isOne)) };
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
function findAct(
  surroundings: Surroundings,
  key: string,
  overload: FunctionOverload,
  callers: Callers,
): Act | null {
  const { fields, body } = overload.tree;
  if (/^(event_)?trigger$/.test(returnType(fields))) return null;
  const read = (body?.statements ?? []).map((statement) => ({
    statement,
    ...readEffects(surroundings.schema, statement),
  }));
  const writesAny = read.some(({ writes }) => writes);
  const called = { name: key, argumentNames: overload.argumentNames };
  const aliases = findAliases(body?.statements ?? [], called);
  const acts = read.flatMap(({ statement, tables, writes }) => {
    if (!writesAny && tables.every((table) => surroundings.isOpen(table, callers))) return [];
    const found = findNamedUser(statement, {
      ...called,
      aliases,
      isOwner: (column) => tables.some((table) => surroundings.isOwner(table, column)),
    });
    return found == null ? [] : [{ ...found, writes }];
  });
  const act = acts.find(({ writes }) => writes) ?? acts[0];
  // Policies ask by such functions, and a yes or no says little.
  const isHarmless = !writesAny && (returnType(fields) === "bool" || surroundings.asked.has(key));
  return act == null || isHarmless ? null : { ...act, writes: writesAny };
}

/** What only the one concerned knows is asked for, as in an invitation. */
function isKeyed({ argumentNames }: FunctionOverload): boolean {
  return argumentNames.some(
    (name) => secretName.test(name) && !/(device|fcm|push|apns|expo)_token$/.test(name),
  );
}

const secretName =
  /^(?:p_|_|in_)?code$|(?:^|_)(?:secret|token|otp|pin|password|passcode|signature|hmac)$|(?:api|access|secret|invite)_key$|(?:invite|invitation|join|access|share|redeem|claim|verification|confirmation)_code$/;

function tellCallers({ sure, byDefault }: Callers, asked: Asked): string {
  const who =
    sure.size > 0
      ? `${sure.has("public") ? "everybody" : [...sure].join(" and ")} may call it`
      : `${[...byDefault].join(" and ")} may call it where new functions are granted to them by default, as on hosted projects until 30 October 2026`;
  return asked === "signed in"
    ? `${who}, and for who is not signed in <> auth.uid() is null and refuses nobody`
    : who;
}
