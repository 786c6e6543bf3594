import type { Secret } from "../core/secret.ts";
import type { Finding, Verdict } from "../core/verdict.ts";
import type { AccessSettings } from "../plan/access/find-owners.ts";
import type { IsolationProof } from "../plan/access/isolation-proof.ts";
import type { VerdictState } from "../plan/function-verdict.ts";
import type { ScopeKind } from "../plan/scope.ts";
import type { View } from "../plan/view.ts";
import type { AppGateway, AppSession } from "./app-gateway.ts";
import type { AppStability } from "./app-stability.ts";
import type { BackupKeeper } from "./backups.ts";
import type { DatabaseReader } from "./database.ts";
import type { EvidenceLog } from "./evidence-log.ts";
import type { FunctionHost } from "./function-host.ts";
import type { IsolationProver } from "./isolation-prover.ts";
import type { ProjectReader } from "./project.ts";
import type { ProjectLogs } from "./project-logs.ts";
import type { ProjectSettings } from "./project-settings.ts";
import type { PushCredentials } from "./push-credentials.ts";
import type { Repository } from "./repository.ts";
import type { Wire } from "./wire.ts";

/** Synthetic users of one run, made at first use and removed at its end. */
export interface ProbeUsers {
  /** The same user for the same label: `a` and `b` for reading and writing, others for gates that use one up. */
  get(label: string): Promise<AppSession & { readonly userId: string }>;
}

/** A row that gates may add for a synthetic user, inside a transaction that is rolled back. */
export interface ProbeRow {
  /** `table` or `schema.table`. */
  readonly table: string;
  /** Column values; `$user` in a text stands for the user's id. The owner column is filled in. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** How a function is called in earnest, for gates that try what it must refuse. */
export interface FunctionProbe {
  /** Behind the function's name; empty for its root. */
  readonly path: string;
  /** Who may call it. */
  readonly caller: "user" | "service";
  /** A body it accepts; in texts `$user` stands for the synthetic user's id, `$today` for the day in UTC. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Fields it does without. */
  readonly optional: readonly string[];
  /** Calls at once that must meet its limit. */
  readonly burst: number;
}

/** The project's facts that gates judge, read once. */
export interface ProjectFacts {
  readonly exposedSchemas: readonly string[];
  /** Whose rows are whose, where it cannot be found. */
  readonly access?: AccessSettings;
  readonly probeRows: readonly ProbeRow[];
  /** By slug. */
  readonly probeFunctions: Readonly<Record<string, FunctionProbe>>;
  /** What is decided over the functions; absent where the project keeps no record of it. */
  readonly verdicts?: VerdictState;
  /** For which access isolation was proven last, elsewhere; null when it never was. */
  readonly isolationProof?: IsolationProof | null;
  /** Files that are no migrations though they lie among them. */
  readonly migrationFindings: readonly Finding[];
  readonly secretProblems: readonly {
    readonly name: string;
    readonly problem: string;
    readonly fix: string;
    /** It has no value here; the one that the target holds already will do. */
    readonly missing?: true;
  }[];
  /** Those that have a value here, by name. */
  readonly secrets?: ReadonlyMap<string, Secret>;
}

export interface GatePorts {
  readonly project: ProjectReader;
  readonly functions: FunctionHost;
  readonly database: DatabaseReader;
  readonly isolation: IsolationProver;
  readonly app: AppGateway;
  readonly users: ProbeUsers;
  readonly evidence: Pick<EvidenceLog, "read">;
  readonly settings: ProjectSettings;
  readonly backups: Pick<BackupKeeper, "read">;
  readonly wire: Wire;
  readonly repository: Repository;
  readonly logs: ProjectLogs;
  readonly push: PushCredentials;
  readonly stability: AppStability;
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
  /** It strains the target, so it runs after the others and by itself. */
  readonly alone?: boolean;
  /** What a waiver of it is bound to (default: the release). */
  readonly scope?: ScopeKind;
  readonly needs: readonly Needs[];
  check(ctx: GateContext<Needs>): Promise<Verdict>;
  /** Instead of `check` on a guarded target, also where writing was allowed: it only reads. */
  checkGuarded?(ctx: GateContext<Needs>): Promise<Verdict>;
}

/** Lets TypeScript infer which ports a gate needs. */
export function defineGate<const Needs extends keyof GatePorts>(gate: Gate<Needs>): Gate {
  return gate as unknown as Gate;
}
