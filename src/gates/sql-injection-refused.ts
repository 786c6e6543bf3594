import type { Finding } from "../core/verdict.ts";
import type { AppReply, AppSession } from "../ports/app-gateway.ts";
import type { DatabaseReader } from "../ports/database.ts";
import { defineGate } from "../ports/gate.ts";
import { finding } from "./finding.ts";
import { injectFunction } from "./inject-functions.ts";
import { injectRpc } from "./inject-rpc.ts";
import { showsDatabaseText } from "./injections.ts";
import { identifier, literal, type OwnedTable } from "./intrusions.ts";
import { fillBody, inTurn, type ProbeTarget, probeTargets } from "./probe-target.ts";
import ownedTablesSql from "./sql/0002_owned_tables.sql";

const gate = "sql-injection-refused";

/**
 * Payloads in every text that becomes data: fields of functions, arguments of /rpc, filters of the API (plan: "SQL
 * injection"). Database errors, other rows, late answers and changed rows all count. Only a synthetic user's rows
 * are ever named in a payload.
 */
export const sqlInjectionRefused = defineGate({
  id: gate,
  title: "No input becomes SQL",
  readOnly: false,
  after: ["migrations.apply"],
  needs: ["app", "users", "database"],
  check: async (ctx) => {
    const { ports, facts } = ctx;
    const user = await ports.users.get("injection");
    const tables = await ports.database.query<OwnedTable>(ownedTablesSql, [facts.exposedSchemas]);
    const [rpc, filters] = await Promise.all([
      injectRpc(ports.database, facts.exposedSchemas, user.userId),
      injectFilters(user, tables),
    ]);
    await ctx.activated();
    const targets = probeTargets(ctx);
    const before = await fingerprint(ports.database, tables, user.userId);
    const functions = await Promise.all(
      targets.flatMap((target) => {
        const { probe } = target;
        if (probe == null) return [];
        const session = probe.caller === "service" ? ports.app.service() : user;
        return [injectFunction(session, target, fillBody(probe, user.userId), user.userId)];
      }),
    );
    const after = await fingerprint(ports.database, tables, user.userId);
    const findings = [
      ...rpc.findings,
      ...filters.findings,
      ...functions.flatMap((outcome) => outcome.findings),
      ...diffRows(before, after),
    ];
    if (findings.length > 0) return { kind: "fail", findings };
    const untried = targets.filter(({ probe }) => probe == null).map(({ slug }: ProbeTarget) => slug);
    if (untried.length > 0) {
      return {
        kind: "inconclusive",
        reason: `no body to put payloads in: say in bee.config.yaml how they are called (probe.functions): ${untried.join(", ")}`,
      };
    }
    const attempts = functions.reduce(
      (sum, outcome) => sum + outcome.attempts,
      rpc.attempts + filters.attempts,
    );
    return {
      kind: "pass",
      evidence: {
        attempts,
        functions: targets.map(({ slug }) => slug),
        rpc: rpc.functions,
        rowsOf: tables.length,
      },
    };
  },
});

interface RowDigest {
  readonly name: string;
  readonly digest: string;
}

const filterPayloads = ["' or '1'='1", "'; select pg_sleep(1); --", "1)) union select null--"];

/** One table stands for all: it is the same parser for each. */
async function injectFilters(
  session: AppSession,
  tables: readonly OwnedTable[],
): Promise<{ readonly findings: readonly Finding[]; readonly attempts: number }> {
  const [table] = tables.filter(({ schema }) => schema === "public");
  if (table == null) return { findings: [], attempts: 0 };
  const name = encodeURIComponent(table.table);
  const queries = filterPayloads.flatMap((payload) => {
    const text = encodeURIComponent(payload);
    const owner = encodeURIComponent(table.owner);
    return [`${owner}=eq.${text}`, `select=${text}`, `order=${text}`, `or=(${owner}.eq.${text})`];
  });
  const findings = await inTurn(queries, async (query) => {
    const reply = await session.send({ path: `/rest/v1/${name}?${query}` });
    const problem = judgeFilter(reply);
    return problem == null
      ? []
      : [
          finding(
            gate,
            `rest:${query.split("=")[0]}`,
            `the API ${problem} for ${table.table}?${decodeURIComponent(query)}`,
            "Update PostgREST; it must pass filters as parameters.",
          ),
        ];
  });
  return { findings: findings.flat(), attempts: queries.length };
}

function judgeFilter({ status, body }: AppReply): string | null {
  if (status >= 500) return `answers ${status}`;
  if (showsDatabaseText(JSON.stringify(body))) return "shows a syntax error of the database";
  return Array.isArray(body) && body.length > 0 ? `answers ${body.length} rows` : null;
}

/** The synthetic user's own rows: table and digest of each. */
async function fingerprint(
  database: DatabaseReader,
  tables: readonly OwnedTable[],
  userId: string,
): Promise<readonly RowDigest[]> {
  const parts = [
    { schema: "auth", table: "users", owner: "id", text: "t.raw_user_meta_data::text || t.email" },
    ...tables.map((table) => ({ ...table, text: "t::text" })),
  ].map(
    ({ schema, table, owner, text }) =>
      `select ${literal(`${schema}.${table}`)} as name, md5(${text}) as digest from ${identifier(schema)}.${identifier(table)} t where t.${identifier(owner)} = ${literal(userId)}`,
  );
  return database.query<RowDigest>(parts.join("\nunion all\n"));
}

/** Functions may add rows, such as a log of their calls; what was there may not change. */
function diffRows(before: readonly RowDigest[], after: readonly RowDigest[]): readonly Finding[] {
  const left = new Set(after.map(({ name, digest }) => `${name} ${digest}`));
  const changed = before.filter(({ name, digest }) => !left.has(`${name} ${digest}`));
  return [...new Set(changed.map(({ name }) => name))].map((name) =>
    finding(
      gate,
      `rows:${name}`,
      `a payload changed rows of ${name}`,
      "Find the function whose text becomes SQL; pass values as parameters.",
    ),
  );
}
