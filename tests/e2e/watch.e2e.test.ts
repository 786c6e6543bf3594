import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSmallProject, type SmallProject } from "../support/small-project.ts";

/** Passes every gate, and breaks for real calls once the app has used it for a while. */
const breaking = `const born = Date.now();
Deno.serve((request) => {
  if (request.method === "POST" && request.headers.get("x-app") != null && Date.now() - born > 4000)
    return new Response("broken", { status: 500 });
  return new Response("no", { status: 401 });
});
`;
const sound = `Deno.serve(() => new Response("nothing for you", { status: 401 }));\n`;

describe("bee deploy --watch", () => {
  let project: SmallProject;
  let users: NodeJS.Timeout;

  /** The app's users: ten calls a second. */
  const use = async (): Promise<number> => {
    const { url, publishableKey } = project.platform.state;
    const reply = await fetch(`${url}/functions/v1/hello`, {
      method: "POST",
      headers: { apikey: publishableKey, "x-app": "1" },
    }).catch(() => null);
    return reply?.status ?? 0;
  };
  const write = (source: string): Promise<void> => project.put("supabase/functions/hello/index.ts", source);
  const releases = () => project.sql("select 1 from bee.releases");

  beforeAll(async () => {
    project = await createSmallProject();
    users = setInterval(use, 100);
  });
  afterAll(() => {
    clearInterval(users);
    return project.end();
  });

  it("leaves a first release that breaches live, says so, and takes a second one back by itself", async () => {
    await write(breaking);
    const first = await project.json("deploy", "phase1", "--watch", "30s");
    expect(first).toMatchObject({
      exitCode: 3,
      release: { id: "r1" },
      watch: { verdict: "breach", restored: null },
      next: [expect.stringContaining("bee rollback functions")],
    });
    expect(first.summary).toContain("no release to go back to");

    await write(sound);
    expect((await project.json("deploy", "phase1")).exitCode).toBe(0);

    await write(breaking);
    const second = await project.json("deploy", "phase1", "--watch", "30s");
    expect(second).toMatchObject({
      exitCode: 9,
      release: { id: "r3" },
      watch: { verdict: "breach", restored: "r2" },
    });
    expect(second.summary).toContain("the functions of r2 are live again");
    expect(await use()).toBe(401);
    expect((await project.json("releases")).releases[0]).toMatchObject({ id: "r4", restores: "r2" });
    const records = await project.sql(
      "select entry::jsonb -> 'body' as body from bee.evidence where entry::jsonb ->> 'kind' = 'watch' order by seq",
    );
    expect(records.map(({ body }) => [body.release, body.verdict, body.restored])).toEqual([
      ["r1", "breach", null],
      ["r3", "breach", "r2"],
    ]);
  });

  it("watches what is live when nothing changed; interrupted it ends, and the release stays", async () => {
    await write(sound);
    const child = project.start("deploy", "phase1", "--watch", "5m", "--json");
    let out = "";
    let told = "";
    child.stdout?.on("data", (chunk) => {
      out += String(chunk);
    });
    child.stderr?.on("data", (chunk) => {
      told += String(chunk);
    });
    await expect.poll(() => told, { timeout: 60_000 }).toContain("watching r4 for");
    child.kill("SIGINT");
    expect(await once(child, "close")).toEqual([130, null]);
    expect(JSON.parse(out)).toMatchObject({ exitCode: 130, watch: { verdict: "interrupted" } });
    expect((await releases()).length).toBe(4);
  });

  it("refuses a time that is none", async () => {
    expect(await project.json("deploy", "phase1", "--watch", "soon")).toMatchObject({
      exitCode: 2,
      error: { code: "BEE-E105", detail: expect.stringContaining("--watch: a time such as") },
    });
  });
});
