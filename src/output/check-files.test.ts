import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Finding } from "../core/verdict.ts";
import { renderAnnotations } from "./annotations.ts";
import type { Check, CheckReport } from "./check-report.ts";
import { renderJunit } from "./junit.ts";
import { renderMarkdown } from "./markdown.ts";
import { renderSarif } from "./sarif.ts";
import { renderStatement } from "./statement.ts";

const leak: Finding = {
  key: "rls:public.a|b",
  rule: "rls",
  severity: "error",
  subject: "public.a|b",
  detail: 'open to <anon> & "all"\nsecond line',
  fix: "close it: 100%, now",
  location: { file: "supabase/migrations/1 a,b.sql", line: 3, column: 5 },
};
const hint: Finding = {
  ...leak,
  key: "naming:x",
  rule: "naming",
  severity: "info",
  subject: "x",
  detail: "odd",
};

const check = (id: string, verdict: Check["verdict"], rest: Partial<Check> = {}): Check => ({
  id,
  title: `Line of ${id}`,
  verdict,
  findings: [],
  durationMs: 1500,
  ...rest,
});

const report: CheckReport = {
  tool: { name: "bee", version: "1.2.3" },
  command: "verify",
  target: { name: "local", ref: "abc" },
  startedAt: "2026-01-02T03:04:05.000Z",
  durationMs: 2000,
  exitCode: 3,
  groups: [
    {
      id: "security",
      title: "Security",
      checks: [
        check("fine", "pass"),
        check("rls", "fail", { findings: [leak] }),
        check("uptime", "inconclusive", { reason: "no samples" }),
        check("review", "needs-human", { reason: "Was it?", fix: "bee attest review" }),
        check("old", "waived", { reason: "waived by Ben until 2026-02-01: known" }),
        check("none", "not-applicable", { reason: "nothing there" }),
      ],
    },
    { id: "metrics", title: "Metrics", checks: [check("uptime", "inconclusive", { reason: "no samples" })] },
  ],
  findings: [],
};
const audited: CheckReport = {
  ...report,
  command: "audit",
  target: null,
  groups: [],
  findings: [leak, hint],
};

describe("JUnit", () => {
  it("counts a no as failure and what nobody could tell as error, never as passed", () => {
    const xml = renderJunit(report);
    expect(xml).toContain(
      '<testsuites name="bee verify" tests="7" failures="1" errors="3" skipped="2" time="10.500">',
    );
    expect(xml).toContain(
      '<testsuite name="Security" tests="6" failures="1" errors="2" skipped="2" time="9.000"',
    );
    expect(xml).toContain(
      '<testcase name="fine: Line of fine" classname="bee.verify.security" time="1.500"/>',
    );
    expect(xml).toContain(
      '<error type="needs-human" message="Was it?">Was it?&#10;bee attest review</error>',
    );
    expect(xml).toContain('<skipped message="not-applicable: nothing there"/>');
  });

  it("escapes what XML would take for markup, and what it cannot hold", () => {
    const xml = renderJunit({
      ...report,
      groups: [{ id: "g", title: "G", checks: [check("a", "inconclusive", { reason: "\u0000<&>\ud800" })] }],
    });
    expect(xml).toContain('message="\ufffd&lt;&amp;&gt;\ufffd"');
    expect(renderJunit(report)).toContain(
      'message="open to &lt;anon&gt; &amp; &quot;all&quot;&#10;second line"',
    );
  });

  it("has a case per finding where there are no checks; a note does not fail", () => {
    expect(renderJunit(audited)).toContain('tests="2" failures="1" errors="0" skipped="0"');
  });
});

/** The members that the SARIF 2.1.0 schema allows for the objects in use; all its objects are closed. */
const message = z.strictObject({ text: z.string().min(1) });
const location = z.strictObject({
  physicalLocation: z
    .strictObject({
      artifactLocation: z.strictObject({ uri: z.string().regex(/^[A-Za-z0-9\-._~!$&'()*+,;=:@/%]*$/) }),
      region: z
        .strictObject({ startLine: z.int().min(1), startColumn: z.int().min(1).optional() })
        .optional(),
    })
    .optional(),
  logicalLocations: z.array(z.strictObject({ fullyQualifiedName: z.string() })).optional(),
});
const sarif = z.strictObject({
  $schema: z.url(),
  version: z.literal("2.1.0"),
  runs: z.array(
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.string().min(1),
          version: z.string(),
          rules: z.array(z.strictObject({ id: z.string().min(1), shortDescription: message })),
        }),
      }),
      automationDetails: z.strictObject({ id: z.string() }),
      invocations: z.array(
        z.strictObject({
          executionSuccessful: z.boolean(),
          exitCode: z.int(),
          startTimeUtc: z.iso.datetime(),
          endTimeUtc: z.iso.datetime(),
        }),
      ),
      columnKind: z.enum(["utf16CodeUnits", "unicodeCodePoints"]),
      results: z.array(
        z
          .strictObject({
            ruleId: z.string(),
            ruleIndex: z.int().min(0),
            kind: z.enum(["notApplicable", "pass", "fail", "review", "open", "informational"]),
            level: z.enum(["none", "note", "warning", "error"]),
            message,
            locations: z.array(location),
            partialFingerprints: z.record(z.string(), z.string()),
            suppressions: z
              .array(
                z.strictObject({
                  kind: z.enum(["inSource", "external"]),
                  status: z.enum(["accepted", "underReview", "rejected"]),
                  justification: z.string(),
                }),
              )
              .optional(),
          })
          // §3.27.10: where kind is not "fail", level shall be "none".
          .refine(({ kind, level }) => (kind === "fail") === (level !== "none")),
      ),
    }),
  ),
});

describe("SARIF", () => {
  it.each([
    ["checks", report],
    ["findings", audited],
    ["nothing", { ...audited, findings: [] }],
  ])("holds to the schema with %s", (_what, one) => {
    const [run] = sarif.parse(JSON.parse(renderSarif(one))).runs;
    for (const { ruleId, ruleIndex } of run?.results ?? []) {
      expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    }
  });

  it("tells a no, an open question and a waiver apart, each once", () => {
    const [run] = sarif.parse(JSON.parse(renderSarif(report))).runs;
    expect(run?.results.map(({ ruleId, kind, level }) => `${ruleId} ${kind} ${level}`)).toEqual([
      "rls fail error",
      "uptime open none",
      "review review none",
      "old fail warning",
    ]);
    expect(run?.results[0]?.locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: "supabase/migrations/1%20a%2Cb.sql" },
          region: { startLine: 3, startColumn: 5 },
        },
      },
    ]);
    expect(run?.results[3]?.suppressions).toHaveLength(1);
  });
});

describe("Markdown", () => {
  it("keeps a finding in its cell", () => {
    const row = renderMarkdown(report)
      .split("\n")
      .find((line) => line.includes("❌"));
    expect(row).toBe(
      '| ❌ fail | Line of rls | <code>rls</code> | open to &#60;anon&#62; &#38; "all"<br>second line _close it: 100%, now_ |',
    );
  });

  it("lists findings that belong to no check", () => {
    expect(renderMarkdown(audited)).toContain("| error | <code>rls</code> |");
  });
});

describe("GitHub annotations", () => {
  it("are one line each, worst first, with what would end them escaped", () => {
    expect(renderAnnotations(audited).split("\n")).toEqual([
      '::error file=supabase/migrations/1 a%2Cb.sql,line=3,col=5,title=rls%3A public.a|b::open to <anon> & "all"%0Asecond line%0AFix: close it: 100%25, now',
      "::notice file=supabase/migrations/1 a%2Cb.sql,line=3,col=5,title=naming%3A x::odd%0AFix: close it: 100%25, now",
      "",
    ]);
  });

  it("warn of what could not be told", () => {
    const lines = renderAnnotations(report).split("\n");
    expect(lines.slice(1)).toEqual([
      "::warning title=inconclusive%3A uptime::Line of uptime: no samples",
      "::warning title=needs-human%3A review::Line of review: Was it?",
      "",
    ]);
  });
});

describe("the in-toto statement", () => {
  const subjects = [{ name: "hello", sha256: "ab".repeat(32) }];
  const read = (one: CheckReport) => JSON.parse(renderStatement(one, subjects));

  it("says of which bytes, and counts only a pass as passed", () => {
    expect(read(report)).toMatchObject({
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: "hello", digest: { sha256: "ab".repeat(32) } }],
      predicateType: "https://in-toto.io/attestation/test-result/v0.1",
      predicate: {
        result: "FAILED",
        configuration: [{ digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } }],
        passedTests: ["fine"],
        warnedTests: ["old"],
        failedTests: ["rls", "uptime", "review"],
      },
    });
  });

  it("passes when everything does, and warns of a waiver", () => {
    const only = (...checks: readonly Check[]): CheckReport => ({
      ...report,
      groups: [{ id: "g", title: "G", checks }],
    });
    expect(read(only(check("a", "pass"))).predicate.result).toBe("PASSED");
    expect(read(only(check("a", "pass"), check("b", "waived"))).predicate.result).toBe("WARNED");
  });
});
