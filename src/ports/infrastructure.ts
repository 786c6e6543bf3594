import type { Secret } from "../core/secret.ts";
import type { InfrastructurePlan } from "../plan/infrastructure.ts";

export type { InfrastructurePlan, ResourceChange } from "../plan/infrastructure.ts";

/** Values of the configuration's variables; they win over its files. */
export type InfrastructureVariables = Readonly<Record<string, string | number | boolean | Secret>>;

/** What stands in the cloud, by a declarative configuration and its state. */
export interface Infrastructure {
  /** Reads the cloud and saves the plan; nothing changes. */
  plan(variables: InfrastructureVariables): Promise<InfrastructurePlan>;
  /** Exactly the saved plan, once. What it takes away must be named by address, else BEE-E815. */
  apply(plan: InfrastructurePlan, named: readonly string[]): Promise<void>;
  /** Forgets a saved plan that is not wanted. */
  discard(plan: InfrastructurePlan): Promise<void>;
}
