import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runAudit } from "../../src/commands/audit/audit.command.ts";
import type { CommandContext } from "../../src/commands/context.ts";
import type { Report } from "../../src/output/report.ts";

let here: string;
let audited: string;
beforeEach(() => {
  here = mkdtempSync(join(tmpdir(), "bee-audit-here-"));
  audited = mkdtempSync(join(tmpdir(), "bee-audit-there-"));
});
afterEach(() => {
  rmSync(here, { recursive: true, force: true });
  rmSync(audited, { recursive: true, force: true });
});

function write(files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(audited, dirname(path)), { recursive: true });
    writeFileSync(join(audited, path), text);
  }
}

const day = Date.parse("2026-03-01T12:00:00Z");

/** Without the scratch database and Deno, which have tests of their own. */
function audit(flags: object = {}, now = day): Promise<Report> {
  const ctx = {
    cwd: here,
    env: {},
    clock: { now: () => now },
    signal: new AbortController().signal,
  } as unknown as CommandContext;
  return runAudit({ area: "migrations", dir: audited, proof: false, deno: false, ...flags }, ctx);
}

const table = "create table public.notes (id uuid primary key);\n";
const grants = "alter table public.notes enable row level security;\n";

describe("bee audit", () => {
  it("ends with 3 from the severity that is asked for", async () => {
    write({ "supabase/migrations/20250101090000_notes.sql": table + grants });
    const report = await audit();
    expect(report.findings?.map(({ rule, severity }) => `${rule} ${severity}`)).toEqual([
      "table-without-grant warning",
    ]);
    expect(report.exitCode).toBe(0);
    expect((await audit({ failOn: "warning" })).exitCode).toBe(3);
    expect((await audit({ failOn: "info" })).exitCode).toBe(3);
  });

  it("groups by severity and shows the line", async () => {
    write({ "supabase/migrations/20250101090000_notes.sql": table });
    const { text, exitCode, summary } = await audit();
    expect(exitCode).toBe(3);
    expect(summary).toBe("1 error, 1 warning in 1 file");
    expect(text).toContain(
      [
        "Errors (1)",
        "",
        "  table-without-rls  supabase/migrations/20250101090000_notes.sql:1:1",
        "    row level security is never enabled on public.notes",
        "    1 | create table public.notes (id uuid primary key);",
        "        ^",
      ].join("\n"),
    );
  });

  it("accepts what a baseline names, wherever it moves, until its day", async () => {
    const path = "supabase/migrations/20250101090000_notes.sql";
    write({ [path]: table });
    const written = await audit({ writeBaseline: "baseline.json" });
    expect(written.exitCode).toBe(0);
    write({ [path]: `-- moved\n\n${table}create index x on public.gone (id);\n` });
    const later = await audit({ baseline: "baseline.json" });
    expect(later.findings?.map(({ rule }) => rule)).toEqual(["unknown-table"]);
    const expired = await audit({ baseline: "baseline.json" }, day + 91 * 86_400_000);
    expect(expired.findings?.map(({ rule }) => rule)).toEqual([
      "table-without-rls",
      "unknown-table",
      "table-without-grant",
    ]);
    expect(expired.summary).toContain("2 of its keys past their day");
  });

  it("refuses a baseline that is none, and one that is not there", async () => {
    write({ "supabase/migrations/20250101090000_notes.sql": table });
    writeFileSync(join(here, "bad.json"), '{"schemaVersion": 1, "accepted": [{"key": 1}]}');
    await expect(audit({ baseline: "bad.json" })).rejects.toMatchObject({ code: "BEE-E902", exit: 2 });
    await expect(audit({ baseline: "none.json" })).rejects.toMatchObject({ code: "BEE-E902", exit: 2 });
  });

  it("writes nothing into what it audits", async () => {
    write({ "supabase/migrations/20250101090000_notes.sql": table });
    await expect(audit({ writeBaseline: join(audited, "baseline.json") })).rejects.toMatchObject({
      code: "BEE-E903",
      exit: 2,
    });
    await audit({ area: "all" });
    expect(readdirSync(audited)).toEqual(["supabase"]);
    expect(readFileSync(join(audited, "supabase/migrations/20250101090000_notes.sql"), "utf8")).toBe(table);
  });

  it("goes on over files that are nonsense", async () => {
    write({
      "supabase/migrations/20250101090000_a.sql": "ceci n'est pas du SQL",
      "supabase/migrations/20250102090000_b.sql": new Uint8Array([0, 1, 2, 255]),
      "supabase/migrations/20250103090000_c.sql": `select '${"x".repeat(5 * 1024 * 1024)}'`,
      "supabase/migrations/20250104090000_d.sql":
        "create function f() returns void language plpgsql as $$ begin if",
      "supabase/migrations/20250105090000_e.sql": "select 1;",
      "supabase/functions/a/index.ts": "await client.from('x').select('((((').eq(`${",
    });
    const { findings = [], exitCode } = await audit();
    expect(exitCode).toBe(3);
    expect([...new Set(findings.map(({ rule, subject }) => `${rule} ${subject.slice(-8)}`))].sort()).toEqual([
      "migration-not-utf8 00_b.sql",
      "source-unread 00_c.sql",
      "sql-syntax 00_a.sql",
      "sql-syntax 00_d.sql",
    ]);
  });

  it("takes a folder with nothing to look at for no pass", async () => {
    const report = await audit();
    expect(report.exitCode).toBe(4);
    expect(report.summary).toContain("there is nothing to audit in");
    expect(report.facts).toEqual([["migrations", "none"]]);
  });

  it("refuses a folder that is not there, and an area that is none", async () => {
    await expect(audit({ dir: join(audited, "gone") })).rejects.toMatchObject({ code: "BEE-E901", exit: 2 });
    await expect(audit({ area: "everything" })).rejects.toMatchObject({ code: "BEE-E105", exit: 2 });
  });
});
