import { describe, expect, it } from "vitest";
import type { Finding, Verdict } from "../core/verdict.ts";
import type { EvidenceKind, EvidenceRecord } from "./evidence-record.ts";
import { foldExceptions } from "./exception.ts";
import { applyExceptions } from "./judge-exceptions.ts";
import { findingScope, gateScope, type Subject } from "./scope.ts";

const now = Date.parse("2026-06-15T12:00:00Z");

const record = (seq: number, kind: EvidenceKind, body: EvidenceRecord["body"]): EvidenceRecord => ({
  seq,
  at: "2026-06-01T00:00:00.000Z",
  kind,
  actor: "ana@here pid 1",
  body,
  prior: null,
  sha256: "",
});

const finding = (subject: string, detail = "open"): Finding => ({
  key: `rls-enabled:${subject}`,
  rule: "rls-enabled",
  severity: "error",
  subject,
  detail,
  fix: "close it",
});

const attested = {
  gate: "review",
  by: "Ana",
  evidence: { url: "https://x.example" },
  expires: "2026-07-01",
  scope: "s",
};
const gateWaiver = {
  of: "gate",
  id: "uptime",
  reason: "new",
  owner: "Ben",
  expires: "2026-07-01",
  scope: "s",
};
const findingWaiver = (one: Finding, owner = "Ben", expires = "2026-07-01") => ({
  of: "finding",
  id: one.key,
  reason: `${owner} knows`,
  owner,
  expires,
  scope: findingScope(one),
});

const asks: Verdict = { kind: "needs-human", ask: "Was it reviewed?" };
const judge = (
  gate: string,
  verdict: Verdict,
  records: readonly EvidenceRecord[],
  scope = "s",
  at = now,
): Verdict => applyExceptions(gate, verdict, foldExceptions(records, at), scope);

describe("an attestation", () => {
  const given = [record(1, "attest", attested)];

  it("answers the gate that asks for a person, until its day ends", () => {
    const pass = {
      kind: "pass",
      evidence: { attestedBy: "Ana", url: "https://x.example", until: "2026-07-01" },
    };
    expect(judge("review", asks, given)).toEqual(pass);
    expect(judge("review", asks, given, "s", Date.parse("2026-07-01T23:59:59.999Z"))).toEqual(pass);
    expect(judge("review", asks, given, "s", Date.parse("2026-07-02T00:00:00Z"))).toEqual(asks);
  });

  it("counts for nothing else: another release, another gate, a gate that measured a no", () => {
    expect(judge("review", asks, given, "changed")).toEqual(asks);
    expect(judge("uptime", asks, given)).toEqual(asks);
    const no: Verdict = { kind: "fail", findings: [finding("a")] };
    expect(judge("review", no, given)).toEqual(no);
  });

  it("ends with its revocation, and may be given anew", () => {
    const revoked = record(2, "waive", { of: "gate", id: "review", revoked: true });
    expect(judge("review", asks, [...given, revoked])).toEqual(asks);
    expect(judge("review", asks, [...given, revoked, record(3, "attest", attested)]).kind).toBe("pass");
  });
});

describe("a waiver of a gate", () => {
  const given = [record(1, "waive", gateWaiver)];
  const waived = { kind: "waived", by: "Ben", reason: "new", until: "2026-07-01" };

  it.each<Verdict>([
    { kind: "inconclusive", reason: "no samples" },
    { kind: "fail", findings: [finding("a")] },
    asks,
  ])("covers $kind", (verdict) => {
    expect(judge("uptime", verdict, given)).toEqual(waived);
  });

  it("leaves what passes alone, and ends when it expires, is revoked or the release changes", () => {
    const silent: Verdict = { kind: "inconclusive", reason: "no samples" };
    expect(judge("uptime", { kind: "pass", evidence: {} }, given).kind).toBe("pass");
    expect(judge("uptime", silent, given, "s", Date.parse("2026-07-02T00:00:00Z"))).toEqual(silent);
    expect(judge("uptime", silent, given, "other")).toEqual(silent);
    const revoked = record(2, "waive", { of: "gate", id: "uptime", revoked: true });
    expect(judge("uptime", silent, [revoked, ...given])).toEqual(silent);
  });
});

describe("a waiver of a finding", () => {
  const [a, b] = [finding("a"), finding("b")];
  const both: Verdict = { kind: "fail", findings: [a, b] };

  it("takes away just that finding", () => {
    expect(judge("rls-enabled", both, [record(1, "waive", findingWaiver(a))])).toEqual({
      kind: "fail",
      findings: [b],
    });
  });

  it("waives the gate when all are waived, by everyone and until the first of them ends", () => {
    const records = [
      record(1, "waive", findingWaiver(a)),
      record(2, "waive", findingWaiver(b, "Cem", "2026-06-20")),
    ];
    expect(judge("rls-enabled", both, records)).toEqual({
      kind: "waived",
      by: "Ben, Cem",
      reason: "Ben knows, Cem knows",
      until: "2026-06-20",
    });
  });

  it("does not fit the same key with another detail", () => {
    const worse: Verdict = { kind: "fail", findings: [finding("a", "wide open")] };
    expect(judge("rls-enabled", worse, [record(1, "waive", findingWaiver(a))])).toEqual(worse);
  });
});

it("takes no record for an exception that is not whole", () => {
  const { owner: _owner, ...noOwner } = gateWaiver;
  const silent: Verdict = { kind: "inconclusive", reason: "no samples" };
  for (const body of [noOwner, { ...gateWaiver, expires: "for ever" }, { ...gateWaiver, extra: 1 }, {}]) {
    expect(judge("uptime", silent, [record(1, "waive", body)])).toEqual(silent);
  }
});

describe("the scope of a gate", () => {
  const subject: Subject = {
    functions: [
      { slug: "b", sha256: "2", verifyJwt: true },
      { slug: "a", sha256: "1", verifyJwt: false },
    ],
    migrations: [{ version: "1", sha256: "m" }],
  };
  const of = (
    scope: "release" | "functions" | "database" | "standing",
    about = subject,
    line = "A line",
  ): string => gateScope({ id: "g", line, scope }, about);

  it("is the same for the same things in any order", () => {
    expect(of("release", { ...subject, functions: subject.functions.toReversed() })).toBe(of("release"));
  });

  it("changes with what it is bound to, and with the line's words", () => {
    const rebuilt = { ...subject, functions: subject.functions.map((one) => ({ ...one, sha256: "9" })) };
    const migrated = { ...subject, migrations: [...subject.migrations, { version: "2", sha256: "n" }] };
    const opened = { ...subject, functions: subject.functions.map((one) => ({ ...one, verifyJwt: false })) };
    const changes = [rebuilt, migrated, opened];
    const moved = (scope: Parameters<typeof of>[0]): readonly boolean[] =>
      changes.map((change) => of(scope, change) !== of(scope));
    expect(moved("release")).toEqual([true, true, true]);
    expect(moved("functions")).toEqual([true, false, true]);
    expect(moved("database")).toEqual([false, true, false]);
    expect(moved("standing")).toEqual([false, false, false]);
    expect(of("standing", subject, "Another line")).not.toBe(of("standing"));
  });
});
