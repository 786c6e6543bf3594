import type { Log } from "./log.ts";
import { Refusal, unavailable } from "./refusal.ts";

export interface Call {
  readonly request: Request;
  readonly requestId: string;
  /** Aborts when the route's time is over; every call to the outside takes it. */
  readonly deadline: AbortSignal;
  readonly startedAtMs: number;
}

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  readonly method: "GET" | "POST";
  /** Below the function's root: `/`, `/batch`, `/health`. */
  readonly path: string;
  readonly deadlineMs: number;
  run(call: Call): Promise<Answer>;
}

interface ServiceSpec {
  /** The function's slug, which the platform puts in front of the path. */
  readonly name: string;
  readonly routes: readonly Route[];
  /** Exact origins of browser apps. The mobile apps need none. */
  readonly allowedOrigins: readonly string[];
  readonly log: Log;
  readonly nowMs: () => number;
}

export type Handler = (request: Request) => Promise<Response>;

/** Finds the route, gives it a request id and a deadline, and turns whatever happens into one shape of answer. */
export function createService(spec: ServiceSpec): Handler {
  return async (request) => {
    const startedAtMs = spec.nowMs();
    const requestId = requestIdOf(request);
    const path = pathBelow(spec.name, new URL(request.url).pathname);
    const cors = corsHeaders(request, spec.allowedOrigins);
    if (request.method === "OPTIONS") {
      return new Response(null, { status: 204, headers: { ...cors, "x-request-id": requestId } });
    }
    let answer: Answer;
    let failure: unknown = null;
    try {
      answer = await runRoute(findRoute(spec.routes, request.method, path), request, requestId, startedAtMs);
    } catch (error) {
      failure = error;
      answer = answerError(error, requestId);
    }
    const status = answer.status;
    const level = status >= 500 ? "error" : status >= 400 ? "warn" : "info";
    spec.log(level, "request", {
      function: spec.name,
      request_id: requestId,
      method: request.method,
      path: spec.routes.some((route) => route.path === path) ? path : "(unknown)",
      status,
      duration_ms: Math.round(spec.nowMs() - startedAtMs),
      ...describeFailure(failure),
    });
    return Response.json(answer.body, {
      status,
      headers: {
        ...cors,
        ...answer.headers,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "x-request-id": requestId,
      },
    });
  };
}

/** Accepts the path as the platform passes it on (`/<name>/batch`) and the bare one. */
function pathBelow(name: string, pathname: string): string {
  const prefix = `/${name}`;
  const below =
    pathname === prefix || pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length) : pathname;
  return below.replace(/\/+$/, "") || "/";
}

function findRoute(routes: readonly Route[], method: string, path: string): Route {
  const candidates = routes.filter((route) => route.path === path);
  const found = candidates.find((route) => route.method === method);
  if (found !== undefined) return found;
  if (candidates.length === 0) {
    throw new Refusal({ status: 404, code: "not_found", message: "No such path" });
  }
  const allow = [...candidates.map((route) => route.method), "OPTIONS"].join(", ");
  throw new Refusal({
    status: 405,
    code: "method_not_allowed",
    message: `This path takes ${allow}`,
    headers: { allow },
  });
}

async function runRoute(
  route: Route,
  request: Request,
  requestId: string,
  startedAtMs: number,
): Promise<Answer> {
  const controller = new AbortController();
  const late = unavailable("deadline_exceeded", "The request took too long");
  let onLate = () => {};
  const overdue = new Promise<never>((_, reject) => {
    onLate = () => reject(late);
  });
  const timer = setTimeout(() => {
    onLate();
    controller.abort(late);
  }, route.deadlineMs);
  const running = route.run({ request, requestId, deadline: controller.signal, startedAtMs });
  // Whichever loses the race may still fail, to nobody's interest.
  running.catch(() => {});
  overdue.catch(() => {});
  try {
    return await Promise.race([running, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

function answerError(error: unknown, requestId: string): Answer {
  const refusal =
    error instanceof Refusal
      ? error
      : new Refusal({ status: 500, code: "internal_error", message: "Something went wrong on our side" });
  const { code, message, issues } = refusal;
  const detail = { code, message, request_id: requestId, ...(issues.length > 0 ? { issues } : {}) };
  return { status: refusal.status, body: { error: detail }, headers: refusal.headers };
}

/** Where it broke, without what it was about: messages may quote a user's data. */
function describeFailure(failure: unknown): Record<string, string> {
  if (failure === null) return {};
  if (failure instanceof Refusal) return { code: failure.code };
  if (!(failure instanceof Error)) return { code: "internal_error", error: typeof failure };
  const frames = (failure.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return { code: "internal_error", error: failure.name, stack: frames.slice(0, 8).join("\n") };
}

function requestIdOf(request: Request): string {
  const given = request.headers.get("x-request-id") ?? "";
  return /^[A-Za-z0-9._:-]{1,100}$/.test(given) ? given : crypto.randomUUID();
}

/** Tokens travel in a header and never in a cookie, so no answer allows credentials. */
function corsHeaders(request: Request, allowedOrigins: readonly string[]): Record<string, string> {
  const origin = request.headers.get("origin");
  if (origin === null || !allowedOrigins.includes(origin)) return { vary: "origin" };
  return {
    vary: "origin",
    "access-control-allow-origin": origin,
    "access-control-allow-methods": "GET, POST, OPTIONS",
    "access-control-allow-headers": "authorization, apikey, content-type, x-client-info, x-request-id",
    "access-control-expose-headers": "retry-after, x-request-id",
    "access-control-max-age": "600",
  };
}
