import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestPlatform, type TestPlatform } from "../../tests/support/platform.ts";
import { openDatabase, takeLock } from "../../tests/support/target.ts";
import { Secret } from "../core/secret.ts";
import type { FunctionArtifact } from "../plan/deployed-function.ts";
import type { AppGateway } from "../ports/app-gateway.ts";
import { createAppGateway } from "./app-gateway.ts";
import { createBackupKeeper } from "./backup-keeper.ts";
import type { Database } from "./database.ts";
import { createFunctionHost } from "./function-host.ts";
import { createManagementApi, type ManagementApi } from "./management-api.ts";
import { createProjectReader } from "./project-reader.ts";
import { createSecretStore } from "./secret-store.ts";

let platform: TestPlatform;
let api: ManagementApi;
let database: Database;
let app: AppGateway;
let ref: string;

beforeAll(async () => {
  platform = await startTestPlatform();
  const { state } = platform;
  ref = state.projectRef;
  const accessToken = new Secret(state.accessToken);
  api = createManagementApi({ baseUrl: state.managementUrl, accessToken, userAgent: "bee/test" });
  database = openDatabase(state.dbUrl);
  app = createAppGateway({
    url: state.url,
    readKeys: () => createProjectReader(api, ref).readApiKeys(),
    run: "t",
  });
}, 180_000);
afterAll(async () => {
  await app.close();
  await database.close();
  api.close();
  await platform.stop();
});

function artifact(slug: string, source: string, verifyJwt: boolean): FunctionArtifact {
  const bytes = Buffer.from(source);
  return { slug, bytes, sha256: createHash("sha256").update(bytes).digest("hex"), verifyJwt };
}

const answering = (text: string) =>
  `Deno.serve(() => new Response(JSON.stringify(${JSON.stringify(text)})));`;

describe("the project", () => {
  it("tells of itself, its health and its keys", async () => {
    const project = createProjectReader(api, ref);
    expect(await project.readProject()).toMatchObject({ ref, status: "ACTIVE_HEALTHY" });
    const health = await project.readHealth();
    expect(health.map(({ name }) => name).sort()).toEqual(["auth", "db", "realtime", "rest"]);
    expect(health.filter(({ healthy }) => !healthy)).toEqual([]);
    const keys = await project.readApiKeys();
    expect(keys.publishable).toBe(platform.state.publishableKey);
    expect(keys.secret.reveal()).toBe(platform.state.secretKey);
  });

  it("is refused to a wrong token and named when it does not exist", async () => {
    const wrong = createManagementApi({
      baseUrl: platform.state.managementUrl,
      accessToken: new Secret(`sbp_${"0".repeat(40)}`),
      userAgent: "bee/test",
    });
    await expect(createProjectReader(wrong, ref).readProject()).rejects.toMatchObject({
      code: "BEE-E201",
      exit: 8,
    });
    wrong.close();
    await expect(createProjectReader(api, "zzzzzzzzzzzzzzzzzzzz").readProject()).rejects.toMatchObject({
      code: "BEE-E202",
      exit: 2,
    });
  });

  it("answers in milliseconds", async () => {
    const project = createProjectReader(api, ref);
    const times: number[] = [];
    for (let count = 0; count < 50; count += 1) {
      const started = performance.now();
      await project.readProject();
      times.push(performance.now() - started);
    }
    // A delayed acknowledgement would cost each one 40 ms; what runs beside the test costs some of them as much.
    expect(Math.min(...times)).toBeLessThan(20);
  });
});

describe("function secrets", () => {
  it("are set at once, told by digest and unset", async () => {
    const secrets = createSecretStore(api, ref);
    await secrets.set(
      new Map([
        ["A_KEY", new Secret("one")],
        ["B_KEY", new Secret("zwei ü\n")],
      ]),
    );
    const digests = await secrets.readDigests();
    const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
    expect([digests.get("A_KEY"), digests.get("B_KEY")]).toEqual([sha256("one"), sha256("zwei ü\n")]);
    await secrets.unset(["A_KEY", "B_KEY"]);
    const left = [...(await secrets.readDigests()).keys()];
    expect(left.filter((name) => name.endsWith("_KEY") && !name.startsWith("SUPABASE_"))).toEqual([]);
  });

  it("are checked before anything is sent", async () => {
    const values = new Map([
      ["SUPABASE_URL", new Secret("x")],
      ["BIG", new Secret("x".repeat(24_577))],
    ]);
    await expect(createSecretStore(api, ref).set(values)).rejects.toMatchObject({
      code: "BEE-E720",
      detail: expect.stringMatching(/SUPABASE_URL.*\nBIG.*\nNone was sent/),
    });
  });
});

describe("functions", () => {
  const functions = () => createFunctionHost(api, ref);
  const call = async (slug: string) =>
    (await app.anonymous().send({ path: `/functions/v1/${slug}`, method: "POST" })).body;

  it("go live together, only when activated, with the version after the live one", async () => {
    const host = functions();
    const stage = async (slug: string, text: string) => {
      const live = (await host.list()).find((one) => one.slug === slug) ?? null;
      return host.stage(artifact(slug, answering(text), false), live);
    };
    const first = [await stage("one", "one 1"), await stage("two", "two 1")];
    expect(await host.list()).toEqual([]);
    await host.activate(first);
    expect(await Promise.all([call("one"), call("two")])).toEqual(["one 1", "two 1"]);
    const second = await stage("one", "one 2");
    expect(await call("one")).toBe("one 1");
    await host.activate([second]);
    expect(await call("one")).toBe("one 2");
    const live = await host.list();
    expect(
      live.map(({ slug, version, status, verifyJwt }) => ({ slug, version, status, verifyJwt })),
    ).toEqual([
      { slug: "one", version: second.version, status: "ACTIVE", verifyJwt: false },
      { slug: "two", version: first[1]?.version, status: "ACTIVE", verifyJwt: false },
    ]);
    expect(second.version).toBeGreaterThan(first[0]?.version ?? 0);
    expect(live.map(({ hostSha256 }) => hostSha256)).toEqual([second.hostSha256, first[1]?.hostSha256]);
  });

  it("are refused when they cannot be bundled, and nothing goes live", async () => {
    await expect(functions().stage(artifact("broken", "export default {", true), null)).rejects.toMatchObject(
      {
        code: "BEE-E203",
        status: 400,
      },
    );
    expect((await functions().list()).map(({ slug }) => slug)).not.toContain("broken");
  });

  it("are removed, twice without complaint", async () => {
    await functions().remove("one");
    await functions().remove("one");
    await functions().remove("two");
    expect(await functions().list()).toEqual([]);
  });
});

describe("backups", () => {
  it("are taken and read back", async () => {
    const backups = createBackupKeeper(api, ref);
    const point = await backups.create("bee-20260101000000");
    expect(point).toMatchObject({ name: "bee-20260101000000", kind: "restore-point" });
    expect((await backups.read()).points.length).toBeGreaterThan(0);
  });
});

describe("the app's door", () => {
  const setUp = `
create table if not exists public.note (id bigint generated always as identity primary key, owner uuid not null default auth.uid(), text text);
alter table public.note enable row level security;
drop policy if exists own on public.note;
create policy own on public.note to authenticated using (owner = auth.uid()) with check (owner = auth.uid());
grant select, insert on public.note to authenticated;
grant select on public.note to anon;
do $$ begin alter publication supabase_realtime add table public.note; exception when duplicate_object then null; end $$;
notify pgrst, 'reload schema';`;

  it("shows each user their own rows, over REST and realtime, and nobody else's", async () => {
    await takeLock(database);
    await database.withSession((session) => session.query(setUp));
    const [ann, bob] = await Promise.all([app.createUser("a"), app.createUser("b")]);
    const watches = await Promise.all([ann.watch("note"), bob.watch("note")]);
    const insert = {
      path: "/rest/v1/note",
      json: { text: "hi" },
      headers: { Prefer: "return=representation" },
    };
    // Until PostgREST has read the new table; it serves reads of a table sooner than writes.
    await expect
      .poll(() => ann.send(insert))
      .toMatchObject({ status: 201, body: [{ owner: ann.userId, text: "hi" }] });
    const seen = await watches[0].next(({ record }) => record["text"] === "hi", 5_000);
    expect(seen).toMatchObject({ table: "note", type: "INSERT", record: { owner: ann.userId } });
    expect(await watches[1].next(() => true, 300)).toBeNull();
    expect((await bob.send({ path: "/rest/v1/note?select=*" })).body).toEqual([]);
    expect((await app.anonymous().send({ path: "/rest/v1/note?select=*" })).body).toEqual([]);
    expect((await app.service().send({ path: "/rest/v1/note?select=text" })).status).toBe(403);
    await Promise.all(watches.map((watch) => watch.close()));
    await Promise.all([app.removeUser(ann.userId), app.removeUser(bob.userId)]);
    await app.removeUser(ann.userId);
    expect(await database.query("select email from auth.users where email like 'bee-probe-t-%'")).toEqual([]);
  });

  it("says when realtime does not stream a table", async () => {
    const ann = await app.createUser("a");
    await expect(ann.watch("no_such_table")).rejects.toMatchObject({ code: "BEE-E212" });
    await app.removeUser(ann.userId);
  });
});
