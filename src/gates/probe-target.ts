import type { AppReply, AppRequest, AppSession } from "../ports/app-gateway.ts";
import type { FunctionProbe, GateContext } from "../ports/gate.ts";
import { servingFunctions } from "./serving-functions.ts";

/** A function as gates call it. */
export interface ProbeTarget {
  readonly slug: string;
  /** Null when bee.config.yaml names no body for it. */
  readonly probe: FunctionProbe | null;
}

type Context = Pick<GateContext, "view" | "facts">;

/** Every function that is to do work. */
export function probeTargets({ view, facts }: Context): readonly ProbeTarget[] {
  return servingFunctions(view).map((slug) => ({ slug, probe: facts.probeFunctions[slug] ?? null }));
}

/** The body that the function accepts, of this user and this day. */
export function fillBody({ body }: FunctionProbe, userId: string): Readonly<Record<string, unknown>> {
  const today = new Date().toISOString().slice(0, 10);
  const fill = (value: unknown): unknown => {
    if (typeof value === "string") return value.replaceAll("$user", userId).replaceAll("$today", today);
    if (Array.isArray(value)) return value.map(fill);
    if (value == null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner)]));
  };
  return fill(body) as Record<string, unknown>;
}

/** One call of the function; without a body of its own it gets `{}`. */
export function callFunction(
  session: AppSession,
  { slug, probe }: ProbeTarget,
  request: Omit<AppRequest, "path"> & { readonly below?: string },
): Promise<AppReply> {
  const { below = probe?.path ?? "", ...rest } = request;
  const body = rest.text === undefined && rest.json === undefined ? { json: {} } : {};
  return session.send({ method: "POST", ...body, ...rest, path: `/functions/v1/${slug}${below}` });
}

/** Runs `work` over `items`, few at a time: a gate is a guest on production. */
export async function inTurn<Item, Value>(
  items: readonly Item[],
  work: (item: Item) => Promise<Value>,
  atOnce = 6,
): Promise<readonly Value[]> {
  const values: Value[] = [];
  const queue = items.map((item, index) => [item, index] as const);
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next != null; next = queue.shift()) values[next[1]] = await work(next[0]);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return values;
}
