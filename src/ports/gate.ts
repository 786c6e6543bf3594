import type { Finding, Verdict } from "../core/verdict.ts";
import type { View } from "../plan/view.ts";
import type { AppGateway, AppSession } from "./app-gateway.ts";
import type { DatabaseReader } from "./database.ts";
import type { FunctionHost } from "./function-host.ts";
import type { ProjectReader } from "./project.ts";

/** Synthetic users of one run, made at first use and removed at its end. */
export interface ProbeUsers {
  get(label: "a" | "b"): Promise<AppSession & { readonly userId: string }>;
}

/** A row that gates may add for a synthetic user, inside a transaction that is rolled back. */
export interface ProbeRow {
  /** `table` or `schema.table`. */
  readonly table: string;
  /** Column values; `$user` in a text stands for the user's id. The owner column is filled in. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** The project's facts that gates judge, read once. */
export interface ProjectFacts {
  readonly exposedSchemas: readonly string[];
  readonly probeRows: readonly ProbeRow[];
  /** Files that are no migrations though they lie among them. */
  readonly migrationFindings: readonly Finding[];
  readonly secretProblems: readonly {
    readonly name: string;
    readonly problem: string;
    readonly fix: string;
  }[];
}

export interface GatePorts {
  readonly project: ProjectReader;
  readonly functions: FunctionHost;
  readonly database: DatabaseReader;
  readonly app: AppGateway;
  readonly users: ProbeUsers;
}

export interface GateContext<Needs extends keyof GatePorts = keyof GatePorts> {
  readonly ports: Pick<GatePorts, Needs>;
  readonly view: View;
  readonly facts: ProjectFacts;
  /** Resolves when every step has ended well; rejects when one failed. For gates that start earlier (`after`). */
  readonly activated: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** A checklist line that measures. A "no" is a verdict; what it cannot ask is inconclusive. */
export interface Gate<Needs extends keyof GatePorts = keyof GatePorts> {
  readonly id: string;
  readonly title: string;
  /** True when it writes nothing to the target, so that a deploy with nothing to do may ask it. */
  readonly readOnly: boolean;
  /** Steps it must wait for; it may run beside the others. Absent = all of them. */
  readonly after?: readonly string[];
  readonly needs: readonly Needs[];
  check(ctx: GateContext<Needs>): Promise<Verdict>;
}

/** Lets TypeScript infer which ports a gate needs. */
export function defineGate<const Needs extends keyof GatePorts>(gate: Gate<Needs>): Gate {
  return gate as unknown as Gate;
}
