import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { startTestPlatform, type TestPlatform } from "../../tests/support/platform.ts";
import { readLocalLogs } from "./control.ts";

let platform: TestPlatform;

beforeAll(async () => {
  platform = await startTestPlatform();
  await sql(`
    create table notes (id bigint generated always as identity primary key, user_id uuid default auth.uid(), body text);
    alter table notes enable row level security;
    create policy own on notes to authenticated using ((select auth.uid()) = user_id);
    grant select, insert on notes to authenticated;
    grant select on notes to service_role;
    alter publication supabase_realtime add table notes;
  `);
  // PostgREST hears of it by a notification, and reads the schema anew; until then it knows no such table.
  await vi.waitUntil(async () => (await readTables()).includes("/notes"), { timeout: 10_000, interval: 20 });
});

async function readTables(): Promise<readonly string[]> {
  const reply = await call("/rest/v1/", { headers: { apikey: platform.state.secretKey } });
  return Object.keys(((await reply.json()) as { paths?: object }).paths ?? {});
}

afterAll(() => platform.stop());

async function sql(text: string): Promise<void> {
  const client = new pg.Client({ connectionString: platform.state.dbUrl });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

function open(key: string): SupabaseClient {
  return createClient(platform.state.url, key, {
    auth: { persistSession: false, autoRefreshToken: false },
    realtime: { transport: WebSocket as never },
  });
}

async function signUp(key: string): Promise<{ readonly client: SupabaseClient; readonly userId: string }> {
  const client = open(key);
  const { data, error } = await client.auth.signUp({
    email: `${crypto.randomUUID()}@example.invalid`,
    password: "correct horse battery",
  });
  expect(error).toBeNull();
  return { client, userId: data.user!.id };
}

function call(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${platform.state.url}${path}`, init);
}

describe.each(["publishableKey", "anonKey"] as const)("supabase-js with the %s", (keyName) => {
  it("signs up, writes and reads its own rows, and is refused another's", async () => {
    const key = platform.state[keyName];
    const [mine, theirs] = [await signUp(key), await signUp(key)];
    const written = await mine.client.from("notes").insert({ body: "mine" }).select().single();
    expect(written.data).toMatchObject({ user_id: mine.userId, body: "mine" });
    expect((await theirs.client.from("notes").select()).data).toEqual([]);
    expect((await open(key).from("notes").select()).error?.message).toBe("permission denied for table notes");
    expect((await mine.client.auth.getUser()).data.user?.id).toBe(mine.userId);
  });

  it("sees its own row arrive over realtime", async () => {
    const { client, userId } = await signUp(platform.state[keyName]);
    const { data } = await client.auth.getSession();
    await client.realtime.setAuth(data.session!.access_token);
    const arrived: unknown[] = [];
    const ready = new Promise<void>((resolve, reject) => {
      client
        .channel("notes")
        .on("postgres_changes", { event: "INSERT", schema: "public", table: "notes" }, ({ new: row }) =>
          arrived.push(row),
        )
        .on("system", {}, ({ status }) => (status === "ok" ? resolve() : reject(new Error("not subscribed"))))
        .subscribe();
    });
    await ready;
    const stranger = await signUp(platform.state[keyName]);
    await stranger.client.from("notes").insert({ body: "not yours" });
    await client.from("notes").insert({ body: "yours" });
    await expect.poll(() => arrived, { timeout: 10_000 }).toMatchObject([{ user_id: userId, body: "yours" }]);
    await client.removeAllChannels();
  });
});

describe.each(["secretKey", "serviceRoleKey"] as const)("supabase-js with the %s", (keyName) => {
  it("reads past row level security and administers users", async () => {
    const client = open(platform.state[keyName]);
    expect((await client.from("notes").select()).data?.length).toBeGreaterThan(0);
    expect((await client.auth.admin.listUsers()).data.users.length).toBeGreaterThan(0);
  });
});

describe("the gateway", () => {
  it("wants an API key, and one of this project", async () => {
    for (const path of ["/rest/v1/notes", "/auth/v1/user"]) {
      const without = await call(path);
      expect([without.status, await without.json()]).toEqual([
        401,
        expect.objectContaining({ message: "No API key found in request" }),
      ]);
      const wrong = await call(path, { headers: { apikey: "sb_publishable_guess" } });
      expect([wrong.status, await wrong.json()]).toEqual([
        401,
        expect.objectContaining({ message: "Invalid API key" }),
      ]);
    }
  });

  it("takes the key from the query and keeps it from the filters", async () => {
    const reply = await call(`/rest/v1/notes?apikey=${platform.state.secretKey}&select=body&limit=1`);
    expect([reply.status, await reply.json()]).toEqual([200, [{ body: "mine" }]]);
  });

  it("lets PostgREST refuse a broken token", async () => {
    const headers = { apikey: platform.state.anonKey, authorization: "Bearer a.b.c" };
    const reply = await call("/rest/v1/notes", { headers });
    expect([reply.status, (await reply.json()) as unknown]).toEqual([
      401,
      expect.objectContaining({ code: "PGRST301" }),
    ]);
  });

  it("shows the JWKS and its health to anybody", async () => {
    const keys = (await (await call("/auth/v1/.well-known/jwks.json")).json()) as { keys: readonly object[] };
    expect(keys.keys).toHaveLength(1);
    expect(keys.keys[0]).not.toHaveProperty("d");
    expect(await (await call("/health")).json()).toEqual({ parts: { db: true, rest: true } });
  });

  it("answers a browser's preflight and allows any origin", async () => {
    const preflight = await call("/rest/v1/notes", {
      method: "OPTIONS",
      headers: {
        origin: "http://app.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "apikey,x-client-info",
      },
    });
    expect(preflight.status).toBe(200);
    expect(preflight.headers.get("access-control-allow-headers")).toBe("apikey,x-client-info");
    const refused = await call("/rest/v1/notes", { headers: { origin: "http://app.example" } });
    expect(refused.headers.get("access-control-allow-origin")).toBe("*");
  });

  it("gives every answer a request id, and takes a sane one over", async () => {
    expect((await call("/health")).headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(
      (await call("/health", { headers: { "x-request-id": "mine-1" } })).headers.get("x-request-id"),
    ).toBe("mine-1");
    const noise = await call("/health", { headers: { "x-request-id": "x".repeat(300) } });
    expect(noise.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("has no other routes", async () => {
    for (const path of ["/", "/storage/v1/bucket", "/rest/v2/notes", "//rest/v1/notes", "/rest/v1x"]) {
      expect([path, (await call(path)).status]).toEqual([path, 404]);
    }
  });

  it("refuses a body that is too large and keeps serving", async () => {
    const body = Buffer.alloc(2 * 1024 * 1024, "x");
    const headers = { apikey: platform.state.anonKey };
    const reply = await call("/auth/v1/signup", { method: "POST", headers, body });
    expect(reply.status).toBe(413);
    expect((await call("/health")).status).toBe(200);
  });

  it("survives clients that go away, in every state", async () => {
    const { port } = new URL(platform.state.url);
    const begin = `apikey: ${platform.state.secretKey}\r\nhost: x\r\n`;
    const raw = [
      "garbage\r\n\r\n",
      `GET /rest/v1/notes HTTP/1.1\r\n${begin}`,
      `POST /rest/v1/notes HTTP/1.1\r\n${begin}content-length: 1000\r\n\r\n{`,
      `POST /auth/v1/signup HTTP/1.1\r\n${begin}content-length: 1000\r\n\r\n{`,
      `GET /rest/v1/notes HTTP/1.1\r\n${begin}\r\n`,
      `GET /realtime/v1/websocket HTTP/1.1\r\n${begin}connection: upgrade\r\nupgrade: websocket\r\n\r\n`,
    ];
    for (const text of raw) {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), "127.0.0.1", () => {
          socket.write(text, () => {
            socket.destroy();
            resolve();
          });
        });
      });
    }
    const aborted = httpRequest(`${platform.state.url}/rest/v1/notes`, {
      headers: { apikey: platform.state.secretKey },
    });
    aborted.on("error", () => {});
    aborted.end(() => aborted.destroy());
    expect((await call("/health")).status).toBe(200);
  });

  it("refuses a websocket without a key or with another path", async () => {
    const dial = (path: string) =>
      new Promise<number | undefined>((resolve) => {
        const socket = new WebSocket(`${platform.state.url.replace("http", "ws")}${path}`);
        socket.on("unexpected-response", (_request, response) => {
          resolve(response.statusCode);
          socket.terminate();
        });
        socket.on("error", () => {});
      });
    expect(await dial("/realtime/v1/websocket?vsn=2.0.0")).toBe(401);
    expect(await dial("/realtime/v1/websocket?vsn=2.0.0&apikey=guess")).toBe(401);
    expect(await dial(`/realtime/v1/other?apikey=${platform.state.anonKey}`)).toBe(404);
  });

  it("runs a function behind verify_jwt for every valid token of the project, and for no other", async () => {
    const { managementUrl, projectRef, accessToken, anonKey, publishableKey } = platform.state;
    const form = new FormData();
    form.append("metadata", JSON.stringify({ name: "echo", entrypoint_path: "index.ts", verify_jwt: true }));
    const source = "Deno.serve((request) => Response.json({ path: new URL(request.url).pathname }));";
    form.append("file", new Blob([source]), "index.ts");
    const deployed = await fetch(`${managementUrl}/v1/projects/${projectRef}/functions/deploy?slug=echo`, {
      method: "POST",
      headers: { authorization: `Bearer ${accessToken}` },
      body: form,
    });
    expect(deployed.status).toBe(201);
    const invoke = (headers: Record<string, string>, method = "POST") =>
      call("/functions/v1/echo/sub", { method, headers });
    const missing = await invoke({});
    expect([missing.status, await missing.json()]).toEqual([
      401,
      { code: 401, message: "Missing authorization header" },
    ]);
    const broken = await invoke({ authorization: "Bearer a.b.c" });
    expect([broken.status, await broken.json()]).toEqual([401, { code: 401, message: "Invalid JWT" }]);
    for (const key of [anonKey, publishableKey]) {
      const reply = await invoke({ authorization: `Bearer ${key}` });
      expect([reply.status, await reply.json()]).toEqual([200, { path: "/echo/sub" }]);
      expect((await invoke({ apikey: key })).status).toBe(200);
    }
    expect((await invoke({ apikey: "guess" })).status).toBe(401);
    expect((await invoke({ apikey: publishableKey, authorization: "Bearer a.b.c" })).status).toBe(401);
    expect((await invoke({}, "OPTIONS")).status).toBe(200);
    expect((await call("/functions/v1/none", { method: "POST" })).status).toBe(404);
  });

  it("logs requests without their keys and tokens", async () => {
    await call(`/rest/v1/notes?apikey=${platform.state.secretKey}`, {
      headers: { authorization: `Bearer ${platform.state.serviceRoleKey}`, "x-request-id": "logged-1" },
    });
    const logged = () =>
      readLocalLogs(platform.projectDir, { service: "gateway" }).filter(
        (entry) => entry["request_id"] === "logged-1",
      );
    await expect.poll(logged).toMatchObject([{ message: "GET /rest/v1/notes", status: 200 }]);
    const everything = JSON.stringify(readLocalLogs(platform.projectDir));
    const { anonKey, serviceRoleKey, secretKey, publishableKey, accessToken } = platform.state;
    for (const secret of [anonKey, serviceRoleKey, secretKey, publishableKey, accessToken]) {
      expect(everything.includes(secret)).toBe(false);
    }
  });
});

describe("the database", () => {
  it("is one that postgres owns without being a superuser, reachable by its password alone", async () => {
    const client = new pg.Client({ connectionString: platform.state.dbUrl });
    await client.connect();
    const { rows } = await client.query(
      "select current_user as name, rolsuper from pg_roles where rolname = current_user",
    );
    expect(rows).toEqual([{ name: "postgres", rolsuper: false }]);
    await client.end();
    const stranger = new pg.Client({
      connectionString: platform.state.dbUrl.replace(/:[^:@/]+@/, ":guess@"),
    });
    await expect(stranger.connect()).rejects.toThrow("password authentication failed");
  });
});
