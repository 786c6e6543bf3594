import * as z from "zod";
import type { EvidenceRecord } from "./evidence-record.ts";

const date = z.iso.date();
const name = z.string().min(1);

/** A person's word that a line holds. */
const attestation = z.strictObject({
  gate: name,
  by: name,
  evidence: z.union([z.strictObject({ url: name }), z.strictObject({ file: name, sha256: name })]),
  expires: date,
  scope: name,
});

/** Leave to go on although a gate, or one finding of it, says no. */
const waiver = z.strictObject({
  of: z.enum(["gate", "finding"]),
  id: name,
  reason: name,
  owner: name,
  expires: date,
  scope: name,
});

const revocation = z.strictObject({ of: z.enum(["gate", "finding"]), id: name, revoked: z.literal(true) });

/** Body of a record of kind `attest`. */
export type Attestation = z.infer<typeof attestation>;
/** Body of a record of kind `waive`. */
export type Waiver = z.infer<typeof waiver>;
export type Revocation = z.infer<typeof revocation>;

/** What stands now, by gate id or finding key. */
export interface Exceptions {
  readonly attestations: ReadonlyMap<string, Attestation>;
  readonly gateWaivers: ReadonlyMap<string, Waiver>;
  readonly findingWaivers: ReadonlyMap<string, Waiver>;
}

export const noExceptions: Exceptions = {
  attestations: new Map(),
  gateWaivers: new Map(),
  findingWaivers: new Map(),
};

/**
 * The records of kind `attest` and `waive`, in any order, as they stand: the newest of an id holds, one that was
 * revoked or has expired counts as none. `expires` is a day; it holds until that day ends in UTC.
 */
export function foldExceptions(records: readonly EvidenceRecord[], now: number): Exceptions {
  const attestations = new Map<string, Attestation>();
  const waivers = { gate: new Map<string, Waiver>(), finding: new Map<string, Waiver>() };
  for (const { kind, body } of records.toSorted((a, b) => a.seq - b.seq)) {
    if (kind === "attest") {
      const given = attestation.safeParse(body).data;
      if (given != null) attestations.set(given.gate, given);
      continue;
    }
    const revoked = revocation.safeParse(body).data;
    if (revoked != null) {
      waivers[revoked.of].delete(revoked.id);
      if (revoked.of === "gate") attestations.delete(revoked.id);
    }
    const given = waiver.safeParse(body).data;
    if (given != null) waivers[given.of].set(given.id, given);
  }
  return {
    attestations: keepValid(attestations, now),
    gateWaivers: keepValid(waivers.gate, now),
    findingWaivers: keepValid(waivers.finding, now),
  };
}

/** The last moment of a day in UTC, in milliseconds since the epoch. */
export function endOfDay(day: string): number {
  return Date.parse(`${day}T23:59:59.999Z`);
}

function keepValid<T extends { readonly expires: string }>(
  all: ReadonlyMap<string, T>,
  now: number,
): ReadonlyMap<string, T> {
  return new Map([...all].filter(([, { expires }]) => endOfDay(expires) >= now));
}
