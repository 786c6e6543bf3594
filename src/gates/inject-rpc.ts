import type { Finding } from "../core/verdict.ts";
import type { AttemptOutcome, DatabaseReader } from "../ports/database.ts";
import { finding } from "./finding.ts";
import { type Injection, injections, isParserState, sleepers, sleepSeconds } from "./injections.ts";
import { isDelayed } from "./is-delayed.ts";
import { assembleRpcCall, type RpcFunction } from "./rpc-calls.ts";
import callableSql from "./sql/0005_callable_functions.sql";

interface Trial {
  readonly fn: RpcFunction;
  readonly argument: number;
  readonly injection: Injection;
}

export interface RpcOutcome {
  readonly findings: readonly Finding[];
  readonly functions: readonly string[];
  readonly attempts: number;
}

const harmless: Injection = { name: "a harmless text", payload: "bee" };

/**
 * Payloads in every text argument of the functions below /rpc, called as a user in a transaction that is rolled back:
 * what an injected statement did is gone as well. A harmless text goes first, so that a function which always fails
 * is not taken for a hole.
 */
export async function injectRpc(
  database: DatabaseReader,
  schemas: readonly string[],
  userId: string,
): Promise<RpcOutcome> {
  return database.rehearse(async (rehearsal) => {
    const functions = await rehearsal.query<RpcFunction>(callableSql, [schemas]);
    const places = functions.flatMap((fn) =>
      fn.args.flatMap(({ isText }, argument) => (isText ? [{ fn, argument }] : [])),
    );
    const run = (trials: readonly Trial[]): Promise<readonly AttemptOutcome[]> =>
      rehearsal.attemptAs(
        trials.map(({ fn, argument, injection }) => assembleRpcCall(fn, argument, injection.payload, userId)),
      );
    const controls = await run(places.map((place) => ({ ...place, injection: harmless })));
    const trials = places.flatMap((place) => injections.map((injection) => ({ ...place, injection })));
    const outcomes = await run(trials);
    const findings = trials.flatMap((trial, index) => {
      const control = controls[Math.floor(index / injections.length)];
      return judge(trial, outcomes[index], control);
    });
    const late: Finding[] = [];
    const found = new Set(findings.map(({ key }) => key));
    for (const place of places) {
      const delayed = describe(place.fn, place.argument, "waits as long as the text tells it to (pg_sleep)");
      if (found.has(delayed.key)) continue;
      const all = (injections: readonly Injection[]) =>
        run(injections.map((injection) => ({ ...place, injection })));
      const isLate = await isDelayed(
        sleepSeconds,
        () => all(sleepers),
        () => all([harmless]),
      );
      if (isLate) late.push(delayed);
    }
    const unique = new Map([...findings, ...late].map((found) => [found.key, found]));
    return {
      findings: [...unique.values()],
      functions: functions.map(({ schema, name }) => `${schema}.${name}`),
      attempts: trials.length + controls.length + places.length * sleepers.length,
    };
  });
}

function judge(
  { fn, argument, injection }: Trial,
  outcome: AttemptOutcome | undefined,
  control: AttemptOutcome | undefined,
): readonly Finding[] {
  if (outcome == null || control == null) throw new Error("the database left an attempt unanswered");
  const controlRows = "rows" in control ? control.rows : null;
  if ("sqlstate" in outcome) {
    const same = "sqlstate" in control && control.sqlstate === outcome.sqlstate;
    if (same || !isParserState(outcome.sqlstate)) return [];
    return [describe(fn, argument, `fails with ${outcome.sqlstate} on ${injection.name}`)];
  }
  if (controlRows == null || outcome.rows <= controlRows) return [];
  return [
    describe(
      fn,
      argument,
      `answers ${outcome.rows} rows to ${injection.name}, ${controlRows} to a harmless text`,
    ),
  ];
}

function describe({ schema, name, args }: RpcFunction, argument: number, what: string): Finding {
  const called = args[argument]?.name || `$${argument + 1}`;
  return finding(
    "sql-injection-refused",
    `${schema}.${name}:${called}`,
    `rpc ${schema}.${name}: ${called} becomes part of an SQL statement: it ${what}`,
    "Use the value as a parameter (execute … using $1), or format with %L and %I; never %s or ||.",
  );
}
