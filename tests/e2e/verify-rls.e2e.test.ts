import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BeeProject, createProject } from "../support/bee.ts";
import { query } from "../support/database-content.ts";
import { runDocBlocks } from "../support/doc-blocks.ts";

describe("bee verify rls on the deployed bundled app", () => {
  let project: BeeProject;
  let dbUrl: string;

  beforeAll(async () => {
    project = await createProject();
    expect((await project.json("deploy", "phase1")).exitCode).toBe(0);
    ({ dbUrl } = await project.json("local", "status"));
  });
  afterAll(() => project.end());

  it("passes, keeps the proof as evidence, and leaves nothing", async () => {
    const before = await query(dbUrl, "select count(*)::int as n from auth.users");
    const report = await project.json("verify", "rls");
    expect(report).toMatchObject({ exitCode: 0, verdict: "pass", unverified: [], evidence: { seq: 1 } });
    expect(report.roundTrips).toBeLessThanOrEqual(8);
    expect(await query(dbUrl, "select count(*)::int as n from auth.users")).toEqual(before);

    const compared = await project.json("verify", "rls", "--fingerprint");
    expect(compared).toMatchObject({ exitCode: 0, verdict: "pass", differences: [] });
    expect(
      await query(dbUrl, "select entry::jsonb -> 'body' ->> 'fingerprint' as fingerprint from bee.evidence"),
    ).toEqual([{ fingerprint: compared.fingerprint }]);
  });

  it("does what its page says", async () => {
    const told = await runDocBlocks("docs/isolation.md", project.dir);
    expect(told.match(/^ok isolated: /gm)).toHaveLength(2);
  });

  it("names the flaw with the statement that shows it and the fix, and no longer compares as proven", async () => {
    await query(
      dbUrl,
      `create table public.letters (id bigint generated always as identity primary key, user_id uuid not null references auth.users, body text);
       alter table public.letters enable row level security;
       create policy "all of it" on public.letters for select to authenticated using (body is not null);
       grant select on public.letters to authenticated;`,
    );
    const report = await project.json("verify", "rls");
    expect(report).toMatchObject({ exitCode: 3, verdict: "fail" });
    const found = report.findings.find(({ key }: { key: string }) => key === "rls-read:public.letters:a");
    expect(found).toMatchObject({ severity: "error", subject: "public.letters" });
    expect(found.detail).toContain("Shown by: set role authenticated; set request.jwt.claims = '");
    expect(found.fix).toContain('drop policy "all of it" on public.letters; create policy');

    const compared = await project.json("verify", "rls", "--fingerprint");
    expect(compared).toMatchObject({ exitCode: 4, verdict: "inconclusive" });
    expect(compared.differences).toContain("policy public.letters.all of it was not there");
  });
});
