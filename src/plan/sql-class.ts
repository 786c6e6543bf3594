import { eachToken, tokenizeSql } from "./sql-tokens.ts";

/**
 * `empty`: comments only. `transaction-control`: would end or open the transaction bee runs a file in.
 * `non-transactional`: refused by the server inside a transaction block.
 * `setting`: SET or RESET, harmless beside either.
 */
export type SqlClass = "empty" | "transaction-control" | "non-transactional" | "setting" | "ordinary";

/** Enough words to tell the commands of the manual's part VI apart; the rest is never needed. */
const wordLimit = 24;

/** Judges one statement by its leading words (PostgreSQL 15-18: "cannot be executed inside a transaction block"). */
export function classifyStatement(sql: string): SqlClass {
  const words = leadingWords(sql);
  const line = `${words.join(" ")} `;
  if (words.length === 0) return isBlank(sql) ? "empty" : "ordinary";
  if (control.some((pattern) => pattern.test(line))) return "transaction-control";
  if (outside.some((pattern) => pattern.test(line))) return "non-transactional";
  return words[0] === "set" || words[0] === "reset" ? "setting" : "ordinary";
}

/** Lower-case words and quoted identifiers from the start; literals and symbols are left out. */
export function leadingWords(sql: string): readonly string[] {
  const words: string[] = [];
  for (const { kind, start, end } of eachToken(sql)) {
    const text = sql.slice(start, end);
    if (kind === "word") words.push(text.toLowerCase());
    if (kind === "quoted") words.push(text);
    if (words.length === wordLimit) break;
  }
  return words;
}

function isBlank(sql: string): boolean {
  return tokenizeSql(sql).every(({ kind }) => kind === "space" || kind === "comment");
}

const control: readonly RegExp[] = [
  /^(begin|commit|abort|end) /,
  /^start transaction /,
  /^rollback (?!to |(work |transaction )to )/,
  /^prepare transaction /,
];

const outside: readonly RegExp[] = [
  /^create (unique )?index concurrently /,
  /^drop index concurrently /,
  /^reindex (.* )?concurrently /,
  /^reindex (verbose |tablespace \S+ )*(schema|database|system) /,
  /^vacuum /,
  /^cluster (verbose )?$/,
  /^alter system /,
  /^(create|drop) (database|tablespace) /,
  /^alter database .* set tablespace /,
  /^(create|drop) subscription /,
  /^alter subscription .* (set publication|add publication|drop publication|refresh publication) /,
  /^alter table .* detach partition .* (concurrently|finalize) /,
  /^discard all /,
];
