import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { judgeChecklists, parseChecklist, readChecklists } from "../../src/config/read-checklists.ts";
import { gateFixtures } from "../../src/gates/fixtures.ts";
import { gates } from "../../src/gates/index.ts";
import { type Checklist, type ChecklistLine, gateOf } from "../../src/plan/checklist.ts";

const gateIds = gates.map(({ id }) => id);

/** Every line of the plan's lists, by section, as the ids of its rows. */
const planLines: Readonly<Record<string, readonly string[]>> = {
  "Pre-Deployment Requirements 1": [
    "sprint-1-today-feed-generator",
    "sprint-2-momentum-score-calculator",
    "sprint-3-push-notification-triggers",
    "sprint-4-realtime-momentum-sync",
    "sprint-5-momentum-intervention-engine",
    "sprint-6-batch-events",
  ],
  "Pre-Deployment Requirements 2": [
    "schema-engagement-events",
    "schema-momentum-tracking",
    "schema-fcm-tokens",
    "schema-today-feed",
    "schema-push-notifications",
    "schema-performance",
  ],
  "Pre-Deployment Requirements 3": [
    "supabase-project",
    "gcp-project",
    "environment-secrets",
    "monitoring-setup",
  ],
  "Pre-Launch (T-1 week)": [
    "functions-audited-and-deployed",
    "migrations-applied-and-tested",
    "app-tested",
    "monitoring-proven",
    "security-review",
    "recovery-procedures-tested",
  ],
  "Launch Day (T-0)": [
    "app-released",
    "function-performance",
    "connection-pool",
    "registration",
    "push-received",
    "errors-and-times",
  ],
  "Post-Launch (T+1 day)": [
    "user-feedback",
    "performance-analysis",
    "error-review",
    "database-optimization",
    "scale-adjustments",
  ],
  "Authentication & Authorization": [
    "rls-everywhere",
    "jwt-validation",
    "user-isolation",
    "api-rate-limiting",
  ],
  "Data Protection": ["environment-secured", "backup-strategy", "https-everywhere", "encryption-at-rest"],
  "Function Security": ["input-validation", "sql-injection", "quiet-errors", "function-timeouts"],
  "Technical Metrics": [
    "metric-functions-p95",
    "metric-database-p95",
    "app-launch-time",
    "metric-error-rate",
    "metric-uptime",
  ],
  "User Experience Metrics": [
    "metric-realtime-latency",
    "metric-push-success",
    "metric-app-stability",
    "user-engagement",
  ],
  "Business Metrics": ["user-retention", "feature-adoption", "metric-data-quality"],
};

describe("the checklists", () => {
  it("read, and name only gates that exist", async () => {
    const checklists = await readChecklists(gateIds);
    expect(checklists.map(({ id }) => id)).toEqual([
      "pre-launch",
      "launch-day",
      "post-launch",
      "security",
      "metrics",
    ]);
  });

  it("have a row for every line of the plan's lists, in its order, and say what goes beyond", async () => {
    const lines = (await readChecklists(gateIds)).flatMap((checklist) => checklist.lines);
    const beyond = lines.filter(({ source }) => source === "beyond the plan");
    const found = new Map<string, string[]>();
    for (const { source, id } of lines) found.set(source, [...(found.get(source) ?? []), id]);
    found.delete("beyond the plan");
    expect(Object.fromEntries(found)).toEqual(planLines);
    expect(beyond.filter(({ gate }) => gate == null)).toEqual([]);
  });

  it("name every gate there is", async () => {
    const named = (await readChecklists(gateIds)).flatMap(({ lines }) => lines.map(gateOf));
    expect(gateIds.filter((id) => !named.includes(id))).toEqual([]);
  });
});

describe("the gates", () => {
  it("have ids of their own, and each two fixtures with a title", () => {
    expect(new Set(gateIds).size).toBe(gateIds.length);
    expect(Object.keys(gateFixtures).sort()).toEqual([...gateIds].sort());
    const untitled = Object.entries(gateFixtures).filter(
      ([, { blocks, inconclusive }]) => blocks.title.trim() === "" || inconclusive.title.trim() === "",
    );
    expect(untitled.map(([id]) => id)).toEqual([]);
  });

  it("change something in each fixture", () => {
    const idle = Object.entries(gateFixtures).flatMap(([id, both]) =>
      Object.entries(both).flatMap(([kind, { title: _title, ...change }]) =>
        Object.keys(change).length === 0 ? [`${id} ${kind}`] : [],
      ),
    );
    expect(idle).toEqual([]);
  });
});

describe("docs/gates.md", () => {
  // Written anew by: npx vitest run --project unit tests/unit/checklists.test.ts -u
  it("has every line with its gate, kind, evidence and the world that blocks it", async () => {
    const table = (await readChecklists(gateIds)).flatMap(({ title, lines }) => [
      `### ${title}`,
      "",
      "| line | gate | kind | evidence | blocked when, in its fixture |",
      "| --- | --- | --- | --- | --- |",
      ...lines.map(renderRow),
      "",
    ]);
    const text = readFileSync("docs/gates.md", "utf8");
    const written = text.replace(
      /(?<=<!-- table -->\n)[\s\S]*(?=<!-- end -->)/,
      () => `\n${table.join("\n")}\n`,
    );
    await expect(written).toMatchFileSnapshot("../../docs/gates.md");
  });

  function renderRow(line: ChecklistLine): string {
    const gate = gateOf(line);
    const title = gates.find(({ id }) => id === gate)?.title ?? "";
    const measured = [title, gateFixtures[gate]?.blocks.title ?? ""];
    const attested = [line.attest?.evidence ?? "", "nobody attested it, or for another release"];
    const cells =
      line.attest == null
        ? ["automatic", ...measured]
        : line.gate == null
          ? ["person", ...attested]
          : ["automatic, or person", ...measured.map((cell, index) => `${cell}; or: ${attested[index]}`)];
    return `| ${[line.line, `\`${gate}\``, ...cells].map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  }
});

describe("a checklist that is wrong", () => {
  const parse = (yaml: string): readonly string[] => {
    const parsed = parseChecklist(yaml);
    return "mistakes" in parsed ? parsed.mistakes : [];
  };
  const row = { line: "A line", source: "Here", severity: "major" } as const;
  const list = (...lines: readonly Partial<Checklist["lines"][number]>[]): Checklist => ({
    id: "list",
    title: "A list",
    lines: lines.map((line, index) => ({ ...row, id: `line-${index}`, ...line })),
  });
  const attest = { ask: "Is it?", evidence: "a link", scope: "release" } as const;

  it("names every mistake at once", () => {
    expect(
      parse(
        "id: A\ntitle: x\nlines:\n  - {id: a, line: b, source: c, severity: grave, gate: d}\n  - {id: e}\n",
      ),
    ).toEqual([
      'id: lower-case words with dashes, got "A"',
      'lines.0.severity: Invalid option: expected one of "blocker"|"major"|"minor", got "grave"',
      "lines.1.line: expected string, received undefined, got nothing",
      "lines.1.source: expected string, received undefined, got nothing",
      'lines.1.severity: Invalid option: expected one of "blocker"|"major"|"minor", got nothing',
    ]);
  });

  it("refuses a line with neither gate nor question, and unknown keys", () => {
    const line = (rest: string): string =>
      `id: a\ntitle: x\nlines:\n  - {id: b, line: c, source: d, severity: minor${rest}}\n`;
    expect(parse(line(""))).toEqual([expect.stringContaining("a gate, attest, or both")]);
    expect(parse(line(", gate: g, attest: {ask: a, evidence: e}"))).toEqual([]);
    expect(parse(line(", gate: g, gaet: h"))).toEqual(["lines.0.gaet: unknown key"]);
  });

  it("is told what to mend when it is not YAML", () => {
    expect(parse("lines: [")).toHaveLength(1);
  });

  it.each([
    ["a gate that does not exist", list({ gate: "nope" }), "line-0: there is no gate nope"],
    [
      "a gate that does not exist beside a question",
      list({ gate: "nope", attest }),
      "line-0: there is no gate nope",
    ],
    ["an id given twice", list({ attest, id: "x" }, { attest, id: "x" }), "x: the id is given twice"],
    ["an id of a gate for a question", list({ attest, id: "known" }), "known: a gate has this id"],
    ["a line after nothing", list({ attest, after: "y" }), "line-0: no person attests a line y"],
    [
      "a measured line after another",
      list({ attest }, { gate: "known", after: "line-0" }),
      "line-1: after is for lines that a person attests",
    ],
  ])("refuses %s", (_what, checklist, mistake) => {
    expect(judgeChecklists([checklist], ["known"])).toEqual([mistake]);
  });
});
