import type { Finding } from "../core/verdict.ts";
import type { Loss } from "./down/losses.ts";
import type { Contract, DownProof } from "./down-proof.ts";
import type { MigrationFile } from "./migration-file.ts";
import { leadingWords } from "./sql-class.ts";

/** How much a loss would cost the target; a loss of nothing needs no consent. */
export interface CountedLoss extends Loss {
  /** Rows, or rows with a value; null when it could not be counted. */
  readonly rows: number | null;
}

export interface Consent {
  /** Objects of `--lose`, as losses name them. */
  readonly lose: readonly string[];
  /** Versions of contract migrations that may be crossed. */
  readonly cross: readonly string[];
}

/** Rows that statements of a down delete: no catalog shows it, so the statement itself is the witness. */
export function judgeDownStatements(down: MigrationFile): readonly Loss[] {
  return down.statements.flatMap(({ sql }): readonly Loss[] => {
    const words = leadingWords(sql);
    const [verb, second, third] = words;
    const deletes = verb === "delete" || verb === "truncate" || (verb === "with" && words.includes("delete"));
    if (!deletes) return [];
    const table = nameAfter(
      sql,
      verb === "truncate" ? ["truncate", "table", "only"] : ["delete", "from", "only"],
    );
    const object = table ?? `${down.version} ${[verb, second, third].filter(Boolean).join(" ")}`;
    return [
      {
        object,
        kind: "rows",
        table,
        column: null,
        why: `${down.path} deletes rows${table == null ? "" : ` of ${table}`}`,
      },
    ];
  });
}

/** Every finding is a reason not to run the downs on the target. */
export function judgeDown(
  proof: Pick<DownProof, "contracts">,
  losses: readonly CountedLoss[],
  consent: Consent,
): readonly Finding[] {
  const lossy = losses
    .filter(({ object, rows }) => rows !== 0 && !consent.lose.includes(object))
    .map(toFinding);
  const crossed = proof.contracts.filter(({ version }) => !consent.cross.includes(version)).map(toCrossing);
  const known = new Set(losses.map(({ object }) => object));
  const unknown = consent.lose
    .filter((object) => !known.has(object))
    .map((object) => ({
      key: `down-lose-unknown:${object}`,
      rule: "down-lose-unknown",
      severity: "error" as const,
      subject: object,
      detail: `${object} is not lost by this rollback`,
      fix: `Leave it out${known.size === 0 ? "" : `; what would be lost: ${[...known].join(", ")}`}.`,
    }));
  return [...lossy, ...crossed, ...unknown];
}

function toFinding(loss: CountedLoss): Finding {
  const what = loss.column == null ? "rows" : "rows with a value";
  const much = loss.rows == null ? "an unknown number of rows" : `${loss.rows} ${what}`;
  return {
    key: `down-loses-data:${loss.object}`,
    rule: "down-loses-data",
    severity: "error",
    subject: loss.object,
    detail: `${loss.why}: ${much} would be lost`,
    fix:
      loss.kind === "label"
        ? "Change these rows first, or write a down file that says what becomes of them."
        : `Accept it by naming it: --lose ${quoteShell(loss.object)}`,
  };
}

function toCrossing({ version, path, changes }: Contract): Finding {
  return {
    key: `down-crosses-contract:${version}`,
    rule: "down-crosses-contract",
    severity: "error",
    subject: path,
    detail: `${path} took things away (${changes.join("; ")}): its down makes them again, but not the rows they held`,
    fix: `Accept it by naming it: --cross ${version}`,
  };
}

/** What the migrations took away for good: no down brings these rows back, only a backup point or snapshot does. */
export function describeUnrecoverable(proof: Pick<DownProof, "contracts">): readonly string[] {
  return proof.contracts.flatMap(({ path, changes }) =>
    changes
      .filter((change) => /^(dropped: (table|column)|made anew: table) /.test(change))
      .map((change) => `${change.replace(/^dropped: |^made anew: /, "")} (by ${path})`),
  );
}

/** The table as written, qualified with public when it has no schema. */
function nameAfter(sql: string, words: readonly string[]): string | null {
  const name = /^(?:"(?:[^"]|"")*"|[\w$]+)(?:\.(?:"(?:[^"]|"")*"|[\w$]+))?/;
  let rest = sql.replace(/^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/, "");
  for (const word of words) rest = rest.replace(new RegExp(`^${word}\\s+`, "i"), "");
  const found = name.exec(rest)?.[0];
  if (found == null || rest === sql) return null;
  return found.includes(".") ? found : `public.${found}`;
}

function quoteShell(text: string): string {
  return /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
