import { canonicalJson, sha256 } from "./digest.ts";
import type { Phase } from "./phase.ts";
import type { Change, Plan, PlannedStep } from "./plan.ts";
import type { Release } from "./release.ts";
import type { Actual, View } from "./view.ts";

/** The pure half of a step, as far as planning needs it. */
export interface PlanningStep {
  readonly id: string;
  readonly title: string;
  readonly after: readonly string[];
  plan(view: View): Change | null;
}

export interface AssembleInput {
  readonly phase: Phase;
  readonly targetName: string;
  readonly steps: readonly PlanningStep[];
  readonly view: View;
}

/** Phase + what is wanted + what is there → what will be done. No clock, no I/O. */
export function assemblePlan({ phase, targetName, steps, view }: AssembleInput): Plan {
  const planned: readonly PlannedStep[] = steps.map((step) => ({
    id: step.id,
    title: step.title,
    after: step.after.filter((id) => phase.steps.includes(id)),
    change: step.plan(view),
  }));
  const target = { name: targetName, ref: view.actual.project.ref };
  const body = {
    phase: phase.id,
    target,
    gatesBefore: phase.gatesBefore,
    steps: planned,
    gatesAfter: phase.gatesAfter,
  };
  return {
    schemaVersion: 1,
    ...body,
    digest: sha256(canonicalJson(body)),
    pending: planned.some((step) => step.change != null) || !isRecorded(view),
    notes: assembleNotes(view),
  };
}

/**
 * True when the last good release is exactly this state. A run that died between activation and
 * its gates leaves the steps done but no release, so the gates run again.
 */
function isRecorded({ desired, actual }: View): boolean {
  return actual.release != null && releaseKey(actual.release) === desiredKey({ desired, actual });
}

function desiredKey({ desired, actual }: View): string {
  return canonicalJson({
    migrations: desired.migrations.map(({ version, sha256: digest }) => [version, digest]),
    functions: desired.functions
      .map(({ slug, sha256: digest, verifyJwt }) => {
        const live = actual.functions.find((candidate) => candidate.slug === slug);
        return [slug, digest, verifyJwt, live?.version ?? null, live?.hostSha256 ?? null];
      })
      .sort(bySlug),
    secrets: desired.secrets.map(({ name, sha256: digest }) => [name, digest]).sort(bySlug),
  });
}

function releaseKey(release: Release): string {
  return canonicalJson({
    migrations: release.migrations.map(({ version, sha256: digest }) => [version, digest]),
    functions: release.functions
      .map((fn) => [fn.slug, fn.bundleSha256, fn.verifyJwt, fn.version, fn.hostSha256])
      .sort(bySlug),
    secrets: release.secrets.map(({ name, sha256: digest }) => [name, digest]).sort(bySlug),
  });
}

function bySlug(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[0]) < String(b[0]) ? -1 : 1;
}

function assembleNotes({ desired, actual }: { desired: View["desired"]; actual: Actual }): readonly string[] {
  const declared = new Set(desired.functions.map(({ slug }) => slug));
  const orphans = actual.functions.filter(({ slug }) => !declared.has(slug)).map(({ slug }) => slug);
  const obstacle = actual.dump?.obstacle;
  return [
    ...(orphans.length === 0
      ? []
      : [
          `live but not in this project: ${orphans.join(", ")} (left as they are; remove them when nobody calls them)`,
        ]),
    ...(obstacle == null ? [] : [`no dump is taken before the migrations: ${obstacle}`]),
  ];
}
