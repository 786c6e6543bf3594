import type { Finding } from "../core/verdict.ts";
import { canonicalJson, sha256 } from "./digest.ts";
import type { Release } from "./release.ts";
import type { View } from "./view.ts";

/** What a person's word is bound to. `standing`: to the question alone, whatever is deployed. */
export type ScopeKind = "release" | "functions" | "database" | "standing";

/** The functions and migrations that a verdict is about. */
export interface Subject {
  readonly functions: readonly {
    readonly slug: string;
    readonly sha256: string;
    readonly verifyJwt: boolean;
  }[];
  readonly migrations: readonly { readonly version: string; readonly sha256: string }[];
}

/** What the files here would make. */
export function wantedSubject({ desired }: Pick<View, "desired">): Subject {
  return {
    functions: desired.functions.map(({ slug, sha256, verifyJwt }) => ({ slug, sha256, verifyJwt })),
    migrations: desired.migrations.map(({ version, sha256 }) => ({ version, sha256 })),
  };
}

/** What a release made. */
export function releasedSubject({ functions, migrations }: Release): Subject {
  return {
    functions: functions.map(({ slug, bundleSha256, verifyJwt }) => ({
      slug,
      sha256: bundleSha256,
      verifyJwt,
    })),
    migrations: migrations.map(({ version, sha256 }) => ({ version, sha256 })),
  };
}

/** Digest of what an attestation or waiver of a gate is given for: another digest, and it counts as none. */
export function gateScope(
  gate: { readonly id: string; readonly line: string; readonly scope: ScopeKind },
  { functions, migrations }: Subject,
): string {
  const bySlug = functions.toSorted((a, b) => (a.slug < b.slug ? -1 : 1));
  const byVersion = migrations.toSorted((a, b) => (a.version < b.version ? -1 : 1));
  const kept = {
    release: { functions: bySlug, migrations: byVersion },
    functions: { functions: bySlug },
    database: { migrations: byVersion },
    standing: {},
  }[gate.scope];
  return sha256(canonicalJson({ gate: gate.id, line: gate.line, ...kept }));
}

/** Digest of what a waiver of a finding is given for. */
export function findingScope({ key, subject, detail }: Finding): string {
  return sha256(canonicalJson({ key, subject, detail }));
}

/** Digest of what a waiver of the audit's finding is given for: its weight, and the file it lies in as it is (null: in none). */
export function auditedScope({ key, severity }: Finding, text: string | null): string {
  return sha256(canonicalJson({ key, severity, file: text == null ? null : sha256(text) }));
}
