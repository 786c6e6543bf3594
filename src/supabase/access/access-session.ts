import type { QueryResult } from "pg";
import type { AccessCatalog } from "../../plan/access/access-catalog.ts";
import type { SeedTable } from "../../plan/access/assemble-seed.ts";
import type { Holder } from "../../plan/access/column-values.ts";
import type { ProbeOutcome } from "../../plan/access/judge-probes.ts";
import type { SeededRows } from "../../plan/access/probe.ts";
import type { Query } from "../../ports/database.ts";
import { type Database, runStatement, type Session } from "../database.ts";
import { describeQueryFailure, isBrokenConnection } from "../database-error.ts";
import catalogSql from "./access-catalog.sql";
import holdSql from "./hold-sequences.sql";
import probeSql from "./run-probes.sql";
import seedSql from "./seed-rows.sql";

/** A statement as the database takes it: keys are short, there are thousands. */
export interface ProbeStatement {
  /** Index of the persona. */
  readonly p: number;
  readonly s: string;
  /** Answers a text. */
  readonly r?: true;
  readonly b?: string;
  readonly a?: string;
  readonly c?: string;
  /** Index of the persona who may see what landed. */
  readonly v?: number;
  /** Constraints that wait for the end of the transaction are asked at once. */
  readonly i?: true;
}

export interface SeedProblem {
  readonly table: number;
  readonly slot: string;
  readonly why: string;
  readonly columns: readonly string[];
}

export interface SeedAnswer {
  readonly rows: SeededRows;
  readonly problems: readonly SeedProblem[];
}

/** Tables whose rows stand together while their probes run. */
export interface ProbeGroup {
  readonly tables: readonly (SeedTable & { readonly moved: boolean })[];
  /** Sequences that may count meanwhile. */
  readonly sequences: readonly string[];
  /** Given the rows, what to try. */
  readonly probes: (seeded: SeedAnswer) => readonly ProbeStatement[];
}

export interface ProbeRun {
  readonly users: readonly { readonly id: string; readonly email: string }[];
  readonly userColumns: readonly string[];
  readonly seedSql: string | null;
  readonly personas: readonly {
    readonly role: string;
    readonly settings: Readonly<Record<string, string>>;
  }[];
  /** The settings under which rows are made: those of a request of whose they are. */
  readonly holders: Readonly<Record<Holder, Readonly<Record<string, string>>>>;
  readonly groups: readonly ProbeGroup[];
}

/** One transaction on the target, always rolled back. */
export interface AccessSession {
  /** First of all: it begins the transaction. */
  readCatalog(schemas: readonly string[], before?: string): Promise<AccessCatalog>;
  /** In the transaction. */
  readonly query: Query;
  /** Answers the outcomes of each group's probes, in their order; fewer when the statement timeout struck. */
  probe(run: ProbeRun): Promise<readonly (readonly ProbeOutcome[])[]>;
  roundTrips(): number;
}

interface SessionOptions {
  readonly statementTimeoutMs: number;
  readonly seedAttempts: number;
}

/**
 * Few messages, many statements: everything that depends on nothing else goes in one. Groups of tables lie in
 * savepoints of their own, because rolling back to one gives its locks back: a thousand tables would not fit.
 */
export async function withAccessSession<T>(
  database: Database,
  options: SessionOptions,
  work: (session: AccessSession) => Promise<T>,
): Promise<T> {
  try {
    return await database.withSession(async (session) => {
      try {
        return await work(openSession(session, options));
      } finally {
        // Nothing of it remains, also when it broke off; a session that is gone has rolled back by itself.
        await session.query("rollback").catch(() => {});
      }
    });
  } catch (error) {
    throw isBrokenConnection(error) ? describeQueryFailure(error, "The database could not be asked") : error;
  }
}

function openSession(session: Session, { statementTimeoutMs, seedAttempts }: SessionOptions): AccessSession {
  let trips = 2; // the session's first question, who serves it, and the rollback
  const send = async (sql: string): Promise<readonly QueryResult[]> => {
    trips += 1;
    const answered: unknown = await session.query(sql);
    return Array.isArray(answered) ? (answered as QueryResult[]) : [answered as QueryResult];
  };
  return {
    roundTrips: () => trips,
    query: (sql, params) => {
      trips += 1;
      return runStatement(session, sql, params);
    },
    async readCatalog(schemas, before) {
      const list = `array[${schemas.map(quote).join(", ")}]::text[]`;
      const answers = await send(
        [
          "begin",
          // Cost estimates of catalog joins are far off: compiling them takes seconds, running them milliseconds.
          "set local jit = off",
          `set local statement_timeout = ${Math.ceil(statementTimeoutMs)}`,
          "set local lock_timeout = '10s'",
          "set local idle_in_transaction_session_timeout = '60s'",
          ...(before == null ? [] : [before]),
          // Every name in an expression comes with its schema.
          "set local search_path = pg_catalog",
          catalogSql.replaceAll("$1::text[]", list),
          "set local search_path to default",
        ].join(";\n"),
      );
      return answers.find(({ rows }) => rows[0]?.catalog != null)?.rows[0].catalog as AccessCatalog;
    },
    async probe(run) {
      const outcomes: (readonly ProbeOutcome[])[] = [];
      let statements = [
        holdSql,
        seedSql,
        probeSql,
        ...userStatements(run),
        ...(run.seedSql == null ? [] : [run.seedSql]),
      ];
      for (const [index, group] of run.groups.entries()) {
        const seedAnswers = await send(
          [
            ...statements,
            "savepoint bee_group",
            "set constraints all deferred",
            `select pg_temp.bee_hold(${json(group.sequences)})`,
            `select pg_temp.bee_seed(${json(group.tables)}, ${json(run.holders)}, ${run.seedSql != null}, ${seedAttempts}) as seeded`,
          ].join(";\n"),
        );
        if (index > 0) outcomes.push(readOutcomes(seedAnswers));
        const seeded = seedAnswers.find(({ rows }) => rows[0]?.seeded != null)?.rows[0].seeded as SeedAnswer;
        statements = [
          `select pg_temp.bee_probe(${json(run.personas)}, ${json(group.probes(seeded))}) as outcomes`,
          "rollback to savepoint bee_group",
          "release savepoint bee_group",
        ];
      }
      if (run.groups.length > 0) outcomes.push(readOutcomes(await send(statements.join(";\n"))));
      return outcomes;
    },
  };
}

function readOutcomes(answers: readonly QueryResult[]): readonly ProbeOutcome[] {
  return (answers.find(({ rows }) => rows[0]?.outcomes != null)?.rows[0].outcomes ??
    []) as readonly ProbeOutcome[];
}

function userStatements({ users, userColumns }: ProbeRun): readonly string[] {
  if (!userColumns.includes("id")) return [];
  const values: Readonly<Record<string, (user: ProbeRun["users"][number]) => string>> = {
    id: ({ id }) => quote(id),
    email: ({ email }) => quote(email),
    aud: () => "'authenticated'",
    role: () => "'authenticated'",
    instance_id: () => "'00000000-0000-0000-0000-000000000000'",
    raw_app_meta_data: () => "'{}'",
    raw_user_meta_data: () => "'{}'",
    created_at: () => "now()",
    updated_at: () => "now()",
  };
  const columns = userColumns.filter((column) => column in values);
  const rows = users.map(
    (user) => `(${columns.map((column) => values[column]?.(user) ?? "null").join(", ")})`,
  );
  return [`insert into auth.users (${columns.join(", ")}) values ${rows.join(", ")}`];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function json(value: unknown): string {
  // Strings with a backslash are read as they are: standard_conforming_strings is on wherever Supabase runs.
  return `${quote(JSON.stringify(value))}::jsonb`;
}
