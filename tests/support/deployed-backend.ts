import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { importJWK, type JWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from "jose";
import pg from "pg";
import type { LocalState } from "../../src/local/state.ts";
import { projectDir, readMigrations } from "./backend.ts";
import { startTestPlatform } from "./platform.ts";

export interface FunctionCall {
  readonly method?: string;
  /** Behind the function's name. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
}

export interface FunctionAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it names
  readonly body: any;
}

export interface AppUser {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface DeployedBackend {
  readonly state: LocalState;
  /** Owner of the tables. */
  readonly db: pg.Client;
  /** What the service sends. */
  readonly service: Readonly<Record<string, string>>;
  signUp(): Promise<AppUser>;
  /** A token as the project's auth server signs them, with other claims. */
  sign(claims: JWTPayload, header?: Partial<JWTHeaderParameters>): Promise<string>;
  call(slug: string, call?: FunctionCall): Promise<FunctionAnswer>;
  /** Sets secrets and takes away those that are null; the functions start anew. */
  setSecrets(values: Readonly<Record<string, string | null>>): Promise<void>;
  stop(): Promise<void>;
}

const slugs = ["momentum-score-calculator", "push-notification-triggers"];

/**
 * The bundled backend on a platform of its own. The functions are deployed without the platform's token check, so
 * that what they answer is their own doing.
 */
export async function deployBackend(): Promise<DeployedBackend> {
  const platform = await startTestPlatform();
  const { state } = platform;
  const identity = JSON.parse(
    readFileSync(join(platform.projectDir, ".bee/local/identity.json"), "utf8"),
  ) as {
    readonly signingKey: JWK;
  };
  const db = new pg.Client({ connectionString: state.dbUrl });
  await db.connect();
  for (const sql of readMigrations()) await db.query(`begin;\n${sql}\ncommit;`);

  const manage = async (
    method: string,
    path: string,
    body: string | FormData,
    headers: Record<string, string> = {},
  ) => {
    const response = await fetch(`${state.managementUrl}/v1/projects/${state.projectRef}${path}`, {
      method,
      headers: { authorization: `Bearer ${state.accessToken}`, ...headers },
      body,
    });
    if (!response.ok)
      throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  };
  const json = { "content-type": "application/json" };
  for (const slug of slugs) await manage("POST", `/functions/deploy?slug=${slug}`, upload(slug));
  await waitForSchema(state);

  return {
    state,
    db,
    service: { authorization: `Bearer ${state.serviceRoleKey}` },
    async signUp() {
      const response = await fetch(`${state.url}/auth/v1/signup`, {
        method: "POST",
        headers: { ...json, apikey: state.publishableKey },
        body: JSON.stringify({ email: `${randomUUID()}@example.invalid`, password: randomUUID() }),
      });
      const session = (await response.json()) as { access_token: string; user: { id: string } };
      return {
        id: session.user.id,
        headers: { apikey: state.publishableKey, authorization: `Bearer ${session.access_token}` },
      };
    },
    async sign(claims, header = {}) {
      const { signingKey } = identity;
      const now = Math.floor(Date.now() / 1000);
      const valid = {
        iss: `${state.url}/auth/v1`,
        aud: "authenticated",
        role: "authenticated",
        iat: now,
        exp: now + 3600,
      };
      return new SignJWT({ ...valid, ...claims })
        .setProtectedHeader({
          alg: "ES256",
          typ: "JWT",
          ...(signingKey.kid == null ? {} : { kid: signingKey.kid }),
          ...header,
        })
        .sign(await importJWK(signingKey, "ES256"));
    },
    async call(slug, { method = "POST", path = "", headers = {}, body } = {}) {
      const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
      const response = await fetch(`${state.url}/functions/v1/${slug}${path}`, {
        method,
        headers: { ...(text === undefined ? {} : json), ...headers },
        ...(text === undefined ? {} : { body: text }),
      });
      const answer = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: answer === "" ? null : JSON.parse(answer),
      };
    },
    async setSecrets(values) {
      const gone = Object.keys(values).filter((name) => values[name] === null);
      const set = Object.entries(values).flatMap(([name, value]) =>
        value === null ? [] : [{ name, value }],
      );
      if (set.length > 0) await manage("POST", "/secrets", JSON.stringify(set), json);
      if (gone.length > 0) await manage("DELETE", "/secrets", JSON.stringify(gone), json);
    },
    async stop() {
      await db.end();
      await platform.stop();
    },
  };
}

/** The function's sources as the supabase CLI sends them. */
function upload(slug: string): FormData {
  const form = new FormData();
  form.append(
    "metadata",
    JSON.stringify({ name: slug, entrypoint_path: `supabase/functions/${slug}/index.ts`, verify_jwt: false }),
  );
  for (const dir of [`supabase/functions/${slug}`, "supabase/functions/_shared", "src/core"]) {
    for (const entry of readdirSync(join(projectDir, dir), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/(?<!\.test)\.ts$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      form.append("file", new Blob([readFileSync(path)]), relative(projectDir, path));
    }
  }
  return form;
}

/** PostgREST reads the new schema a moment after the migrations. */
async function waitForSchema(state: LocalState): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const response = await fetch(`${state.url}/rest/v1/rpc/record_notification_outcomes`, {
      method: "POST",
      headers: { apikey: state.secretKey, "content-type": "application/json" },
      body: JSON.stringify({ p_outcomes: [], p_dead_tokens: [] }),
    });
    if (response.ok) return;
    if (Date.now() > deadline) throw new Error(`the schema is not served: ${await response.text()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
