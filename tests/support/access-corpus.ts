import { readdirSync, readFileSync } from "node:fs";
import type { Finding } from "../../src/core/verdict.ts";

export interface Flaw {
  /** As a finding names it: `schema.table`, quoted as SQL needs it. */
  readonly object: string;
  readonly role: string;
  readonly operation: string;
  readonly foundBy: "lint" | "probe" | "either";
}

/** A whole small schema, with what leaks in it said at its head. */
export interface AccessCase {
  readonly name: string;
  /** First line: the story. */
  readonly story: string;
  readonly sql: string;
  /** None = a sound schema. */
  readonly flaws: readonly Flaw[];
  /** Relations that everybody may read on purpose, as the settings would say. */
  readonly declaredPublic: readonly string[];
  /** Schemas the API exposes. */
  readonly exposed: readonly string[];
}

const corpusDir = new URL("../corpus/access/", import.meta.url);

export function readAccessCorpus(kind: "flawed" | "sound"): readonly AccessCase[] {
  const dir = new URL(`${kind}/`, corpusDir);
  return readdirSync(dir)
    .toSorted()
    .map((file) => parse(file.replace(/\.sql$/, ""), readFileSync(new URL(file, dir), "utf8")));
}

function parse(name: string, sql: string): AccessCase {
  const flaws = [...sql.matchAll(/^-- flaw: (.+) (\S+) (\S+)\n-- found-by: (lint|probe|either)$/gm)].map(
    ([, object = "", role = "", operation = "", foundBy]) => ({
      object,
      role,
      operation,
      foundBy: foundBy as Flaw["foundBy"],
    }),
  );
  const said = sql.match(/^-- (flaw|found-by):/gm)?.length ?? 0;
  if (said !== flaws.length * 2) throw new Error(`${name}: a flaw needs its found-by on the next line`);
  return {
    name,
    story: sql.split("\n", 1)[0]?.replace(/^-- /, "") ?? "",
    sql,
    flaws,
    exposed: /^-- exposed: (.+)$/m.exec(sql)?.[1]?.split(", ") ?? ["public"],
    declaredPublic: [...sql.matchAll(/^-- public: (\S+)$/gm)].map(([, relation = ""]) => relation),
  };
}

/** A lint names the object, or a policy, a column or the arguments of it. */
export function isFoundByLint(flaw: Flaw, findings: readonly Finding[]): boolean {
  return findings.some(
    ({ severity, subject }) =>
      severity !== "info" &&
      (subject === flaw.object || [": ", ".", "("].some((mark) => subject.startsWith(flaw.object + mark))),
  );
}

const probedAs: Readonly<Record<string, RegExp>> = {
  select: /^rls-read$|^view-/,
  insert: /^rls-insert$/,
  update: /^rls-update$/,
  delete: /^rls-delete$/,
  move: /^rls-move$/,
  execute: /^function-/,
};

/** The prober names objects without quotes, and in a finding's key whom it tried as. */
export function isFoundByProbe(flaw: Flaw, findings: readonly Finding[]): boolean {
  const object = flaw.object.replaceAll(/"((?:[^"]|"")*)"/g, (_, name: string) => name.replaceAll('""', '"'));
  return findings.some(
    ({ severity, rule, subject, key }) =>
      severity !== "info" &&
      probedAs[flaw.operation]?.test(rule) === true &&
      (subject === object || subject.startsWith(`${object}(`)) &&
      (flaw.role === "anon") === /:anon(:|$)/.test(key.slice(rule.length + 1 + subject.length)),
  );
}
