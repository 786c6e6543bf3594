import type { Node } from "./node.ts";
import type { Facts, Value } from "./value.ts";

/** What holds on the way to a place. */
export interface State {
  /** The caller's identity is established. */
  authed: boolean;
  /** The caller may have what they ask for. */
  owner: boolean;
  /** Something of the body was compared, and the rest is not reached when it does not fit. */
  validated: boolean;
  /** What tests on the way have shown; see `Facts`. */
  facts: ReadonlySet<string>;
  /** Inside of what handles a failure. */
  failing: boolean;
  /** The failure of a write, or of a call to another service, was put into the log, and all went on. */
  overlooked: "write" | "call" | null;
  /** Nothing comes after. */
  dead: boolean;
}

export const fresh: State = {
  authed: false,
  owner: false,
  validated: false,
  facts: new Set(),
  failing: false,
  overlooked: null,
  dead: false,
};

export type HappeningKind =
  /** Work with the service's rights; `name` is from, rpc, storage, admin or fetch. */
  | "privileged"
  /** A value goes into a query: `name` is the column or argument. */
  | "filter"
  | "write"
  | "body-read"
  | "decoded"
  | "log"
  | "response"
  | "fetch"
  /** A value goes to another service, by fetch or by a client made for it. */
  | "sent"
  | "sql"
  /** A database function is called; `name` is its own. */
  | "rpc"
  | "loop"
  | "route"
  | "path-compared"
  /** Rows' owner was compared with the caller, or rows were found by the caller's key; `name` is where they were asked for. */
  | "row-compared"
  | "looked-up"
  /** A secret that may not be set; `name` is the variable's. */
  | "unset-compared"
  /** What users write about themselves decides over their rights; `name` is the member's, `status` 1 where it must be another. */
  | "metadata-tested"
  | "ignored"
  | "authed"
  /** A method that supabase-js has no more; `name` is its own. */
  | "missing-member";

/** Something the handler does that a rule may have a word on. */
export interface Happening {
  readonly kind: HappeningKind;
  readonly file: string;
  readonly node: Node;
  readonly name: string;
  readonly state: State;
  /** What it is done with. */
  readonly value: Value;
  /** Of everything inside of `value`. */
  readonly bits: number;
  /** HTTP status where it is written down. */
  readonly status: number | null;
}

/** On every way that goes on. */
export function merge(states: readonly State[]): State {
  const live = states.filter(({ dead }) => !dead);
  const [first] = live;
  if (first == null) return { ...(states[0] ?? fresh), dead: true };
  const every = (read: (state: State) => boolean): boolean => live.every(read);
  return {
    authed: every((state) => state.authed),
    owner: every((state) => state.owner),
    validated: every((state) => state.validated),
    facts: live.map(({ facts }) => facts).reduce(shared),
    failing: first.failing,
    overlooked: live.find(({ overlooked }) => overlooked != null)?.overlooked ?? null,
    dead: false,
  };
}

function shared(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  if (a === b || a.size === 0) return a;
  const both = [...a].filter((fact) => b.has(fact));
  return both.length === a.size ? a : new Set(both);
}

export function withFacts(facts: ReadonlySet<string>, more: Facts): ReadonlySet<string> {
  return more.every((fact) => facts.has(fact)) ? facts : new Set([...facts, ...more]);
}
