import { describe, expect, it } from "vitest";
import { githubMistakes, sarifMistakes } from "../../tests/support/sarif-schema.ts";
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

const nowhere: Finding = {
  key: "migration-missing-locally:20250101000000",
  rule: "naming",
  severity: "warning",
  subject: "20250101000000",
  detail: "is applied but has no file here",
  fix: "check it out",
};
const rule = {
  id: "rls",
  title: "A table is open",
  explanation: "Everybody reads it.",
  fix: "close it",
  severity: "error",
  tags: ["migrations"],
} as const;

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
  setAside: [],
  rules: [],
  below: "",
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

  it("skips what is set aside, and says why", () => {
    const xml = renderJunit({
      ...audited,
      setAside: [{ finding: leak, why: "waived by Ben until 2026-02-01: known" }],
    });
    expect(xml).toContain('tests="3" failures="1" errors="0" skipped="1"');
    expect(xml).toContain('<skipped message="waived by Ben until 2026-02-01: known"/>');
  });

  it("has a case per finding where there are no checks; a note does not fail", () => {
    expect(renderJunit(audited)).toContain('tests="2" failures="1" errors="0" skipped="0"');
  });
});

describe("SARIF", () => {
  const read = (one: CheckReport) => JSON.parse(renderSarif(one));
  const many = Array.from({ length: 25_010 }, (_, index) => ({
    ...hint,
    key: `naming:${index}`,
    detail: `${index}`,
  }));

  it.each([
    ["checks", report],
    ["findings", audited],
    ["nothing", { ...audited, findings: [] }],
    ["what is set aside", { ...audited, findings: [], setAside: [{ finding: leak, why: "waived by Ben" }] }],
    ["rules that are known", { ...audited, rules: [rule], below: "apps/api" }],
    ["findings in no file", { ...audited, findings: [nowhere] }],
    ["more than a run may have", { ...audited, findings: many }],
  ])("holds to the schema, and to what GitHub asks for, with %s", (_what, one) => {
    const document = read(one);
    expect(sarifMistakes(document)).toEqual([]);
    expect(githubMistakes(document)).toEqual([]);
  });

  it("would be caught if it did not", () => {
    expect(sarifMistakes({ version: "2.1.0", runs: [{ tool: {}, colour: "red" }] })).toEqual([
      "/runs/0 must NOT have additional properties",
      "/runs/0/tool must have required property 'driver'",
    ]);
    const absolute = read({ ...audited, findings: [{ ...leak, location: { file: "/etc/passwd" } }] });
    expect(githubMistakes(absolute)).toEqual([expect.stringContaining("artifactLocation/uri")]);
  });

  it("tells a no, an open question and a waiver apart, each once", () => {
    const [run] = read(report).runs;
    expect(
      run.results.map(
        ({ ruleId, kind, level }: Finding & Record<string, string>) => `${ruleId} ${kind} ${level}`,
      ),
    ).toEqual(["rls fail error", "uptime open none", "review review none", "old fail warning"]);
    expect(run.results[3].suppressions).toHaveLength(1);
  });

  it("names files from the repository's root, and keeps a finding's mark when it moves", () => {
    const moved = { ...leak, key: "rls:x.sql:0123456789ab#2" };
    const [run] = read({ ...audited, findings: [moved], below: "apps/api" }).runs;
    expect(run.results[0].locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: "apps/api/supabase/migrations/1%20a%2Cb.sql", uriBaseId: "%SRCROOT%" },
          region: { startLine: 3, startColumn: 5 },
        },
      },
    ]);
    expect(run.results[0].partialFingerprints).toEqual({
      primaryLocationLineHash: "0123456789ab:2",
      "beeKey/v1": moved.key,
    });
  });

  it("says what its rules mean, and what was left out", () => {
    const [run] = read({ ...audited, rules: [rule], findings: [leak, ...many] }).runs;
    expect(run.tool.driver.rules.find(({ id }: Finding & { id: string }) => id === "rls")).toEqual({
      id: "rls",
      shortDescription: { text: "A table is open." },
      fullDescription: { text: "Everybody reads it." },
      help: {
        text: "Everybody reads it.\n\nFix: close it",
        markdown: "Everybody reads it.\n\nFix: close it",
      },
      defaultConfiguration: { level: "error" },
      properties: { tags: ["migrations"] },
    });
    expect(run.results).toHaveLength(25_000);
    expect(run.invocations[0].toolExecutionNotifications[0].message.text).toBe(
      "11 results more than a run may have are left out",
    );
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

  it("lists what is set aside, with who and why", () => {
    const text = renderMarkdown({
      ...audited,
      findings: [],
      setAside: [{ finding: leak, why: "waived by Ben" }],
    });
    expect(text).toContain("## Set aside");
    expect(text).toContain("| waived by Ben |");
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
