import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type CliProject, createCliProject } from "../support/genuine-cli.ts";
import { startTestPlatform, type TestPlatform } from "../support/platform.ts";
import { describeWithCli } from "./describe-with-cli.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

let platform: TestPlatform;
let cli: CliProject;

interface Failure {
  readonly _tag: "Error";
  readonly error: { readonly code: string; readonly message: string };
}

async function start(): Promise<void> {
  platform = await startTestPlatform();
  const { profile, accessToken, projectRef } = platform.state;
  cli = await createCliProject({
    SUPABASE_PROFILE: profile,
    SUPABASE_ACCESS_TOKEN: accessToken,
    SUPABASE_PROJECT_ID: projectRef,
    SUPABASE_API_MAX_RETRIES: "0",
  });
}

async function write(path: string, text: string): Promise<void> {
  const file = join(cli.dir, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

/** What the CLI prints as JSON; it fails when the CLI does. */
async function run<T = Record<string, unknown>>(...args: readonly string[]): Promise<T> {
  return JSON.parse(await cli.run(...args, "--yes", "--output-format", "json")) as T;
}

async function runFailing(...args: readonly string[]): Promise<Failure> {
  const outcome = await cli.run(...args, "--yes", "--output-format", "json").catch((error: unknown) => error);
  if (typeof outcome === "string") throw new Error(`succeeded: ${outcome}`);
  return JSON.parse((outcome as { readonly stdout: string }).stdout) as Failure;
}

async function invoke(
  slug: string,
  key = platform.state.anonKey,
): Promise<{ readonly status: number; readonly body: string }> {
  const reply = await fetch(`${platform.state.url}/functions/v1/${slug}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  return { status: reply.status, body: await reply.text() };
}

interface Listed {
  readonly functions: readonly {
    readonly slug: string;
    readonly version: number;
    readonly verify_jwt: boolean;
  }[];
}

const listed = async () =>
  (await run<Listed>("functions", "list")).functions
    .map(({ slug, version, verify_jwt }) => `${slug} ${version} ${verify_jwt}`)
    .sort();

describeWithCli("the genuine supabase CLI 3.1.0 on the local platform", () => {
  beforeAll(async () => {
    await start();
    await write(
      "supabase/functions/_shared/reply.ts",
      "export const reply = (text: string) => new Response(text);\n",
    );
    await write(
      "supabase/functions/alpha/index.ts",
      `import { reply } from "../_shared/reply.ts";\nDeno.serve(() => reply("alpha " + (Deno.env.get("COLOUR") ?? "none")));\n`,
    );
    await write(
      "supabase/functions/beta/index.ts",
      `import { createClient } from "https://esm.sh/@supabase/supabase-js@2";\nimport { reply } from "../_shared/reply.ts";\nDeno.serve(() => reply("beta " + typeof createClient));\n`,
    );
  });

  afterAll(async () => {
    await cli?.remove();
    await platform?.stop();
  });

  it("links, lists the project and shows its keys", async () => {
    const { projectRef, anonKey, secretKey } = platform.state;
    const { projects } = await run<{ projects: { ref: string; status: string }[] }>("projects", "list");
    expect(projects.map(({ ref, status }) => [ref, status])).toEqual([[projectRef, "ACTIVE_HEALTHY"]]);
    const keys = await run<{ keys: { name: string; type: string; api_key: string }[] }>(
      "projects",
      "api-keys",
    );
    expect(keys.keys.find(({ name }) => name === "anon")?.api_key).toBe(anonKey);
    expect(JSON.stringify(keys)).not.toContain(secretKey);
    expect(await run("link", "--project-ref", projectRef)).toMatchObject({ project_ref: projectRef });
    await rm(join(cli.dir, "supabase", ".temp"), { recursive: true, force: true });
  });

  it("deploys one function, then several in one step, and they answer", async () => {
    expect(await listed()).toEqual([]);
    await run("functions", "deploy", "alpha", "--use-api");
    expect(await invoke("alpha")).toEqual({ status: 200, body: "alpha none" });
    await run("functions", "deploy", "--use-api", "--jobs", "4");
    expect(await listed()).toEqual(["alpha 2 true", "beta 1 true"]);
    expect(await invoke("beta")).toEqual({ status: 200, body: "beta function" });
    expect((await invoke("alpha", "no-key")).status).toBe(401);
    await run("functions", "deploy", "alpha", "--use-api", "--no-verify-jwt");
    expect(await listed()).toEqual(["alpha 3 false", "beta 1 true"]);
    expect((await invoke("alpha", "no-key")).status).toBe(200);
  });

  it("is told file and line of a function that does not compile, and the live one stays", async () => {
    await write("supabase/functions/gamma/index.ts", "Deno.serve(() => new Response('ok'));\n");
    await run("functions", "deploy", "gamma", "--use-api");
    await write("supabase/functions/gamma/index.ts", "const x: = 1;\n");
    const { error } = await runFailing("functions", "deploy", "gamma", "--use-api");
    expect(error.message).toContain("supabase/functions/gamma/index.ts:1:10");
    expect(await invoke("gamma")).toEqual({ status: 200, body: "ok" });
    await rm(join(cli.dir, "supabase/functions/gamma"), { recursive: true });
    await run("functions", "delete", "gamma");
  });

  it("downloads what it deployed", async () => {
    const path = join(cli.dir, "supabase/functions/alpha/index.ts");
    const source = await readFile(path, "utf8");
    await rm(join(cli.dir, "supabase/functions"), { recursive: true });
    await run("functions", "download", "alpha", "--use-api");
    await run("functions", "download", "beta", "--use-api");
    expect(await readFile(path, "utf8")).toBe(source);
    expect(await readFile(join(cli.dir, "supabase/functions/_shared/reply.ts"), "utf8")).toContain(
      "new Response(text)",
    );
  });

  it("sets, lists and unsets secrets, and functions see the new values", async () => {
    await write(".env.test", "COLOUR=red\nSUPABASE_URL=http://ignored\n");
    await run("secrets", "set", "--env-file", ".env.test", "OTHER=1");
    expect((await invoke("alpha")).body).toBe("alpha red");
    interface Secrets {
      readonly secrets: readonly { readonly name: string; readonly value: string }[];
    }
    const own = ({ secrets }: Secrets) => secrets.filter(({ name }) => !/^S(UPABASE|B)_/.test(name));
    const red = "b1f51a511f1da0cd348b8f8598db32e61cb963e5fc69e2b41485bf99590ed75a";
    expect(own(await run<Secrets>("secrets", "list")).map(({ name }) => name)).toEqual(["COLOUR", "OTHER"]);
    expect(own(await run<Secrets>("secrets", "list"))[0]?.value).toBe(red);
    await run("secrets", "unset", "OTHER", "COLOUR");
    expect(own(await run<Secrets>("secrets", "list"))).toEqual([]);
    expect((await invoke("alpha")).body).toBe("alpha none");
  });

  it("deletes a function, and is told of one that is not there", async () => {
    await run("functions", "delete", "beta");
    expect((await invoke("beta")).status).toBe(404);
    expect((await runFailing("functions", "delete", "beta")).error.code).toBe("FunctionNotFoundError");
  });

  it("pushes migrations and lists them", async () => {
    const { dbUrl } = platform.state;
    await cli.writeMigration("20260101000000_notes.sql", "create table notes (id int primary key);\n");
    await cli.writeMigration("20260102000000_more.sql", "alter table notes add body text;\n");
    await run("db", "push", `--remote=${dbUrl}`, "--include-all");
    const { migrations } = await run<{ migrations: { local: string; remote: string }[] }>(
      "migration",
      "list",
      `--remote=${dbUrl}`,
    );
    expect(migrations.map(({ local, remote }) => [local, remote])).toEqual([
      ["20260101000000", "20260101000000"],
      ["20260102000000", "20260102000000"],
    ]);
    await run("db", "push", `--db-url=${dbUrl}`);
  });

  it("queries the database through the API", async () => {
    expect(
      await run(
        "db",
        "query",
        "select current_user as who, count(*)::int as n from public.notes",
        "--remote",
        "--read-only",
      ),
    ).toEqual([{ who: "postgres", n: 0 }]);
    expect(await run("db", "query", "insert into notes values (1) returning id", "--remote")).toEqual([
      { id: 1 },
    ]);
    const { error } = await runFailing("db", "query", "select * from nowhere", "--remote");
    expect(error.message).toContain('42P01: relation \\"nowhere\\" does not exist');
  });

  it("lists advice, backups and logs", async () => {
    const { results } = await run<{ results: { name: string; detail: string }[] }>(
      "db",
      "advisors",
      "--remote",
    );
    expect(results.map(({ name }) => name)).not.toContain("no_primary_key");
    expect(await run("backups", "list")).toMatchObject({ pitr_enabled: false, backups: [] });
    const { error } = await runFailing("backups", "restore", "--timestamp", "1763750000");
    expect(error.message).toContain("PITR is not enabled for this project.");
    const logs = await run<{ event_message: string }[]>(
      "logs",
      "--remote",
      "--service",
      "functions",
      "--since",
      "30m",
    );
    expect(logs.some(({ event_message }) => event_message.startsWith("booted"))).toBe(true);
  });

  it("deploys the bundled backend", async () => {
    for (const part of ["supabase", "src/core"]) {
      await rm(join(cli.dir, part), { recursive: true, force: true });
      await cp(join(root, part), join(cli.dir, part), {
        recursive: true,
        filter: (path) => !path.includes("/.temp"),
      });
    }
    const { dbUrl } = platform.state;
    await run("db", "query", "drop table notes; truncate supabase_migrations.schema_migrations", "--remote");
    await run("db", "push", `--remote=${dbUrl}`, "--include-all");
    await run("functions", "deploy", "--use-api", "--jobs", "4");
    const slugs = (await listed()).map((line) => line.split(" ")[0]);
    expect(slugs).toEqual(
      expect.arrayContaining(["momentum-score-calculator", "push-notification-triggers"]),
    );
    const reply = await invoke("momentum-score-calculator/health");
    expect([reply.status, JSON.parse(reply.body)]).toEqual([200, expect.objectContaining({ status: "ok" })]);
  });
});
