/** Classes of SQLSTATE that speak of the server, not of the statement: connection, resources, shutdown, system. */
const serverClasses: ReadonlySet<string> = new Set(["08", "53", "57", "58"]);
const queryCanceled = "57014";

/** Whether the same query may succeed once the database is reachable again. */
export function isServerTrouble(error: unknown): boolean {
  const code = readSqlState(error);
  // A lost connection has no SQLSTATE; neither has a fault of our own, which no waiting mends.
  if (code === null)
    return !(error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError);
  return code !== queryCanceled && serverClasses.has(code.slice(0, 2));
}

export function readSqlState(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return null;
  return /^[0-9A-Z]{5}$/.test(error.code) ? error.code : null;
}

export function tell(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
