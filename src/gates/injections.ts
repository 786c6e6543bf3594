/** A pair that reads the same to who treats it as text, and differs to who treats it as SQL. */
export interface Injection {
  readonly name: string;
  readonly payload: string;
}

/** Seconds that a payload sleeps where it is run. */
export const sleepSeconds = 1;

/** Of the OWASP testing guide's families: broken quoting, always true, stacked, sleeping. None changes a row. */
export const injections: readonly Injection[] = [
  { name: "a lone quote", payload: "'" },
  { name: "a lone double quote", payload: '"' },
  { name: "a dollar quote", payload: "$bee$" },
  { name: "always true", payload: "' or '1'='1" },
  { name: "always true, commented", payload: "' or 1=1 --" },
  { name: "a union", payload: "' union select null --" },
  { name: "a stacked statement", payload: "'; select 1; --" },
  { name: "a cast that fails", payload: "' || cast(version() as integer) || '" },
];

/** Runs only where text becomes SQL; then the answer is late. */
export const sleepers: readonly Injection[] = [
  { name: "a sleep", payload: `' || (select pg_sleep(${sleepSeconds}))::text || '` },
  { name: "a stacked sleep", payload: `'; select pg_sleep(${sleepSeconds}); --` },
  { name: "a sleep without quotes", payload: `1 or (select pg_sleep(${sleepSeconds})) is null` },
];

/** Words of Postgres' own parser and executor: an answer with them came out of SQL that was built from the input. */
const databaseText =
  /syntax error at or near|unterminated quoted (string|identifier)|unterminated dollar-quoted|invalid input syntax for type integer: \\?"PostgreSQL|each UNION query must have|cannot insert multiple commands|PG::|pg_query|SQLSTATE|PostgresError|postgres error/i;

/** SQLSTATEs that a value cannot cause, only text that became SQL: syntax, undefined names, ambiguous columns. */
const parserStates = /^(42601|42703|42P01|42702|42883|42804)$/;

export function showsDatabaseText(answer: string): boolean {
  return databaseText.test(answer);
}

export function isParserState(sqlstate: string): boolean {
  return parserStates.test(sqlstate);
}
