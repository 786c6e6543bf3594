import { describe, expect, it } from "vitest";
import type { Finding } from "../core/verdict.ts";
import type { Waiver } from "../plan/exception.ts";
import { auditedScope } from "../plan/scope.ts";
import { applyWaivers } from "./apply-waivers.ts";

const finding: Finding = {
  key: "idor:fn/index.ts:0123456789ab",
  rule: "idor",
  severity: "warning",
  subject: "fn",
  detail: "takes user_id from the request",
  fix: "compare",
  location: { file: "fn/index.ts", line: 3 },
};
const text = "await admin;\n";
const waiver: Waiver = {
  of: "finding",
  id: finding.key,
  reason: "administrators only",
  owner: "Ben",
  expires: "2026-03-01",
  scope: auditedScope(finding, text),
};
const waivers = new Map([[finding.key, waiver]]);
const texts = new Map([["fn/index.ts", text]]);

describe("waivers of findings", () => {
  it("set a finding aside while its file is as it was", () => {
    expect(applyWaivers([finding], waivers, texts)).toEqual({
      findings: [],
      waived: [{ finding, waiver }],
      lapsed: [],
    });
  });

  it("lapse when the file changed, or when the finding weighs more than it did", () => {
    const changed = new Map([["fn/index.ts", `${text}// more\n`]]);
    expect(applyWaivers([finding], waivers, changed)).toEqual({
      findings: [finding],
      waived: [],
      lapsed: [{ finding, waiver }],
    });
    const worse: Finding = { ...finding, severity: "error" };
    expect(applyWaivers([worse], waivers, texts).findings).toEqual([worse]);
  });

  it("say nothing of other findings", () => {
    const other = { ...finding, key: "ssrf:fn/index.ts:0123456789ab" };
    expect(applyWaivers([other], waivers, texts)).toEqual({ findings: [other], waived: [], lapsed: [] });
  });
});
