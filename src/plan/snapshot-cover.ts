import type { Finding } from "../core/verdict.ts";
import type { Contract } from "./down-proof.ts";
import { versionsOfSnapshot } from "./snapshot-need.ts";

/** As ports describe it. */
export interface KnownSnapshot {
  readonly id: number;
  readonly label: string;
  readonly takenAt: string;
  readonly closedAt: string | null;
  readonly mergedAt: string | null;
  readonly tables: readonly { readonly name: string; readonly rows: number }[];
}

/**
 * Snapshots whose rows belong back once only `kept` versions are in the history, newest first: every migration they
 * were taken before is gone, and it is known what these did.
 */
export function chooseMerges<Snapshot extends KnownSnapshot>(
  snapshots: readonly Snapshot[],
  kept: readonly string[],
): readonly Snapshot[] {
  return snapshots
    .filter((snapshot) => snapshot.closedAt != null && snapshot.mergedAt == null)
    .filter((snapshot) => !versionsOfSnapshot(snapshot).some((version) => kept.includes(version)))
    .toSorted((a, b) => b.id - a.id);
}

export interface Cover {
  readonly findings: readonly Finding[];
  readonly unrecoverable: readonly string[];
  /** What comes back, a line each. */
  readonly returning: readonly string[];
}

/** What a contract migration took counts as lost no longer when a snapshot that will be merged holds its table. */
export function applyCover(
  contracts: readonly Contract[],
  given: Pick<Cover, "findings" | "unrecoverable">,
  merges: readonly KnownSnapshot[],
): Cover {
  const covered = contracts.flatMap((contract) => {
    const snapshot = merges.find((one) => covers(one, contract));
    return snapshot == null ? [] : [{ contract, snapshot }];
  });
  const isCovered = ({ key }: Finding): boolean =>
    covered.some(({ contract }) => key === `down-crosses-contract:${contract.version}`);
  return {
    findings: given.findings.filter((finding) => !isCovered(finding)),
    unrecoverable: given.unrecoverable.filter(
      (line) => !covered.some(({ contract }) => line.endsWith(`(by ${contract.path})`)),
    ),
    returning: merges.map(({ id, takenAt, tables }) => {
      const rows = tables.map(({ name, rows: count }) => `${name} (${count} rows)`).join(", ");
      return `comes back from snapshot ${id} of ${takenAt}: what the migrations took from ${rows}`;
    }),
  };
}

/** Changes that hold no rows, such as a dropped view, come back with the down. */
function covers(snapshot: KnownSnapshot, { version, changes }: Contract): boolean {
  if (!versionsOfSnapshot(snapshot).includes(version)) return false;
  return changes.every((change) => {
    const object = /^(?:dropped|made anew|changed): (?:table|column) (.*)$/s.exec(change)?.[1];
    if (object == null) return !/^(?:dropped: schema|changed:)/.test(change);
    return snapshot.tables.some(
      ({ name }) => object === name || object.startsWith(`${name}.`) || object.startsWith(`${name} `),
    );
  });
}
