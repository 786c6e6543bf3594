export type ResourceAction = "create" | "update" | "replace" | "destroy" | "forget" | "read";

export interface ResourceChange {
  /** Such as `google_cloud_run_v2_service.function["calculator"]`. */
  readonly address: string;
  readonly action: ResourceAction;
  /** Terraform's own word for why, such as `delete_because_each_key`; null for plain ones. */
  readonly reason: string | null;
}

export interface InfrastructurePlan {
  /** Hex sha256 of the saved plan: what was shown is what is applied. */
  readonly digest: string;
  /** Without what stays as it is; ordered by address. */
  readonly changes: readonly ResourceChange[];
  readonly outputsChange: boolean;
}

/** Replacing is destroying first; forgetting leaves it running where nobody looks after it. */
const losing: readonly ResourceAction[] = ["destroy", "replace", "forget"];

/** The addresses that the plan takes away and nobody named. */
export function findUnnamedLosses(plan: InfrastructurePlan, named: readonly string[]): readonly string[] {
  return plan.changes
    .filter(({ address, action }) => losing.includes(action) && !named.includes(address))
    .map(({ address }) => address);
}

export function isUnchanged({ changes, outputsChange }: InfrastructurePlan): boolean {
  return changes.every(({ action }) => action === "read") && !outputsChange;
}

/** Addresses, several in one text by comma; a comma between quotes belongs to the address: `x["a,b"]`. */
export function splitAddresses(texts: readonly string[]): readonly string[] {
  return texts
    .flatMap((text) => text.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g) ?? [])
    .flatMap((part) => {
      const address = part.trim();
      return address === "" ? [] : [address];
    });
}
