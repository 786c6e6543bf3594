import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { Finding } from "../core/verdict.ts";
import type { AppliedMigration } from "../plan/applied-migration.ts";
import { assembleBaseline } from "../plan/assemble-baseline.ts";
import type { Catalog } from "../plan/catalog.ts";
import { findDrift } from "../plan/down-expectation.ts";
import type { DownProof } from "../plan/down-proof.ts";
import { type Consent, type CountedLoss, describeUnrecoverable, judgeDown } from "../plan/judge-down.ts";
import { judgeDownHistory } from "../plan/judge-down-history.ts";
import type { MigrationFile } from "../plan/migration-file.ts";
import type { ProbeRow } from "../ports/gate.ts";
import type { SchemaReverter } from "../ports/schema-reverter.ts";
import type { ShadowDatabase } from "../ports/shadow-database.ts";
import { proveDown } from "./prove-down.ts";

export interface PlanDownInput {
  readonly reverter: SchemaReverter;
  readonly shadow: ShadowDatabase;
  readonly history: readonly AppliedMigration[];
  /** Versions of the release to go back to. */
  readonly release: readonly string[];
  readonly files: readonly MigrationFile[];
  readonly downs: ReadonlyMap<string, MigrationFile>;
  /** Down files that cannot be used. */
  readonly downFindings: readonly Finding[];
  readonly sampleRows: readonly ProbeRow[];
  readonly consent: Consent;
  readonly note: (text: string) => void;
}

/** A proven way back, with what it costs; `findings` are reasons not to go it. */
export interface DownPlan {
  readonly proof: DownProof;
  readonly target: Catalog;
  readonly history: readonly string[];
  readonly losses: readonly CountedLoss[];
  /** Lost by the migrations themselves: no down brings it back. */
  readonly unrecoverable: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * Everything that can be known before the target is touched; null when there is nothing to take back. Throws BEE-E340
 * for down files, BEE-E346 for a history that cannot be gone back in, BEE-E342 … E350 for what the proof finds.
 */
export async function planDown(input: PlanDownInput): Promise<DownPlan | null> {
  const relevant = input.downFindings;
  if (relevant.length > 0) throw unusable("BEE-E340", "Down files that cannot be used", relevant);
  const { kept, undone, findings } = judgeDownHistory({ ...input, downs: [...input.downs.values()] });
  if (findings.length > 0)
    throw unusable("BEE-E346", "The target's migrations do not lead back to that release", findings);
  if (undone.length === 0) return null;
  const target = await input.reverter.readCatalog();
  const proof = await proveDown({
    ...input,
    kept,
    undone,
    baseline: assembleBaseline(target, [...kept, ...undone]),
  });
  const drift = findDrift(target, proof);
  if (drift.length > 0) throw drifted(drift);
  const losses = await input.reverter.countLosses(proof.losses);
  return {
    proof,
    target,
    history: input.history.map(({ version }) => version),
    losses,
    unrecoverable: describeUnrecoverable(proof),
    findings: judgeDown(proof, losses, input.consent),
  };
}

function unusable(code: "BEE-E340" | "BEE-E346", message: string, findings: readonly Finding[]): BeeError {
  return new BeeError({
    code,
    message: findings.length === 1 ? (findings[0]?.detail ?? message) : message,
    detail: [...findings.map(({ detail }) => detail), "The target was not touched."].join("\n"),
    hint: findings[0]?.fix ?? "",
    exit: code === "BEE-E340" ? exitCodes.usage : exitCodes.refused,
  });
}

function drifted(drift: readonly string[]): BeeError {
  return new BeeError({
    code: "BEE-E350",
    message: "The target is not what its migrations make, in what the downs are about",
    detail: [...drift.slice(0, 20), "The target was not touched."].join("\n"),
    hint: "Somebody changed it by hand: undo that, or bring it into a migration, then run the same command again.",
    exit: exitCodes.stale,
  });
}
