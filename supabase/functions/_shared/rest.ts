import type { Project } from "./project-env.ts";
import { readLimited } from "./read-limited.ts";
import { Refusal, unavailable } from "./refusal.ts";

export interface RpcOptions {
  readonly deadline: AbortSignal;
  /** True when calling twice does no more than calling once: then a broken connection is tried again. */
  readonly repeatable: boolean;
}

/** Calls a database function as the service and answers with its JSON. */
export type Rpc = (
  name: string,
  args: Readonly<Record<string, unknown>>,
  options: RpcOptions,
) => Promise<unknown>;

/** The database said no to a call of ours, which is a fault of ours. Carries the SQLSTATE and no text. */
class RpcError extends Error {
  readonly sqlState: string;

  constructor(name: string, sqlState: string) {
    super(`${name} failed with ${sqlState}`);
    this.name = "RpcError";
    this.sqlState = sqlState;
  }
}

const timeoutMs = 8000;
const maxBytes = 8_388_608;

export function createRpc(project: Project, send: typeof fetch): Rpc {
  const callOnce = async (name: string, args: Readonly<Record<string, unknown>>, deadline: AbortSignal) => {
    const response = await send(`${project.url}/rest/v1/rpc/${name}`, {
      method: "POST",
      headers: { ...project.serviceHeaders, "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(args),
      signal: AbortSignal.any([deadline, AbortSignal.timeout(timeoutMs)]),
    });
    return { status: response.status, text: await readLimited(response, maxBytes) };
  };
  return async (name, args, { deadline, repeatable }) => {
    let answer: { readonly status: number; readonly text: string };
    try {
      answer = await callOnce(name, args, deadline).catch((error: unknown) => {
        // A connection kept alive may turn out to be closed; a timeout is no reason to ask again.
        if (!repeatable || !(error instanceof TypeError)) throw error;
        return callOnce(name, args, deadline);
      });
    } catch {
      throw databaseUnavailable();
    }
    if (answer.status >= 200 && answer.status < 300) return answer.text === "" ? null : parse(answer.text);
    throw judge(name, answer.status, answer.text);
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw databaseUnavailable();
  }
}

/** Which answers mean "later": a busy or restarting database, a statement cancelled for time, a deadlock. */
function judge(name: string, status: number, text: string): Error {
  let code = "";
  try {
    const value: unknown = JSON.parse(text);
    const given = (value as { code?: unknown } | null)?.code;
    code = typeof given === "string" && /^[A-Z0-9]{5,8}$/.test(given) ? given : "";
  } catch {
    // Not PostgREST's own answer; the status decides.
  }
  if (/^(PGRST202|42883|42P01)$/.test(code)) {
    return unavailable("database_outdated", "The database lacks a migration that this version needs", 60);
  }
  if (code !== "42501" && (status === 401 || status === 403)) {
    return new Refusal({
      status: 503,
      code: "not_configured",
      message: "The project does not accept this function's secret key",
    });
  }
  const isPassing =
    status >= 502 || status === 429 || /^(08|53|55|57|40)/.test(code) || /^PGRST00/.test(code);
  return isPassing ? databaseUnavailable() : new RpcError(name, code || String(status));
}

function databaseUnavailable(): Refusal {
  return unavailable("database_unavailable", "The database does not answer at the moment");
}
