import { randomBytes } from "node:crypto";
import * as z from "zod";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { Secret } from "../core/secret.ts";
import type { AppGateway, AppReply, AppRequest, AppSession, AppWatch } from "../ports/app-gateway.ts";
import type { ApiKeys } from "../ports/project.ts";
import { probeAgent } from "../ports/project-logs.ts";
import { createHttpClient, type HttpClient, NoAnswerError } from "./http-client.ts";
import { checkServiceUrl } from "./service-url.ts";

interface AppGatewayOptions {
  /** The project's public URL, such as `https://<ref>.supabase.co`. */
  readonly url: string;
  /** Asked once, at first use. */
  readonly readKeys: () => Promise<ApiKeys>;
  /** Marks the synthetic users of this run; letters, digits and dashes. */
  readonly run?: string;
  readonly http?: HttpClient;
  readonly timeoutMs?: number;
}

/** What every request shows: the key names the client, the token says who asks. */
interface Credentials {
  readonly key: string;
  readonly token: string;
}

const tokenSchema = z.object({ access_token: z.string(), user: z.object({ id: z.string() }) });
const userSchema = z.object({ id: z.string() });
const settingsSchema = z.object({ mailer_autoconfirm: z.boolean(), disable_signup: z.boolean() });

/** The app's own door: gateway, auth and realtime over the public URL, with the keys its clients use. */
export function createAppGateway(options: AppGatewayOptions): AppGateway {
  const { http = createHttpClient(), timeoutMs = 30_000 } = options;
  const run = options.run ?? randomBytes(4).toString("hex");
  const base = checkServiceUrl(options.url, "the project's URL");
  const watches = new Set<AppWatch>();

  let keys: Promise<ApiKeys> | null = null;
  const readKeys = (): Promise<ApiKeys> => {
    keys ??= options.readKeys();
    return keys;
  };

  async function send(who: () => Promise<Credentials>, request: AppRequest): Promise<AppReply> {
    const { key, token } = await who();
    const { path, json } = request;
    const text = request.text ?? (json === undefined ? null : JSON.stringify(json));
    const { method = text == null ? "GET" : "POST" } = request;
    const body = text == null ? null : Buffer.from(text);
    const headers = withHeaders(
      {
        apikey: key,
        authorization: `Bearer ${token}`,
        accept: "application/json",
        "user-agent": probeAgent,
        ...(body == null ? {} : { "content-type": "application/json" }),
      },
      request.headers ?? {},
    );
    const exchange = {
      method,
      url: new URL(base + path),
      headers,
      timeoutMs,
      ...(body == null ? {} : { body }),
    };
    const answer = await http.exchange(exchange).catch((error: unknown) => {
      throw error instanceof NoAnswerError
        ? noAnswer(`${method} ${base}${path.split("?")[0]}`, error)
        : error;
    });
    return { status: answer.status, headers: answer.headers, body: readBody(answer.body) };
  }

  function session<Id extends string | null>(
    userId: Id,
    who: () => Promise<Credentials>,
  ): AppSession & { readonly userId: Id } {
    return {
      userId,
      readToken: async () => new Secret((await who()).token),
      send: (request) => send(who, request),
      async watch(table) {
        const { watchTable } = await import("./realtime-watch.ts");
        const { key: apiKey, token } = await who();
        const watch = await watchTable({ url: base, apiKey, token, table });
        watches.add(watch);
        return watch;
      },
    };
  }

  const service = (): AppSession =>
    session<null>(null, async () => {
      const key = (await readKeys()).secret.reveal();
      return { key, token: key };
    });
  const anonymous = (): AppSession =>
    session<null>(null, async () => {
      const { publishable: key } = await readKeys();
      return { key, token: key };
    });

  let settings: Promise<boolean> | null = null;
  async function readAutoconfirm(): Promise<boolean> {
    const reply = await anonymous().send({ path: "/auth/v1/settings" });
    const parsed = settingsSchema.safeParse(reply.body);
    return parsed.success && parsed.data.mailer_autoconfirm && !parsed.data.disable_signup;
  }

  return {
    prepare() {
      settings ??= readAutoconfirm();
      settings.catch(() => undefined);
      import("./realtime-watch.ts").catch(() => undefined);
    },
    anonymous,
    service,
    async createUser(label) {
      const email = `bee-probe-${run}-${label}-${randomBytes(3).toString("hex")}@example.invalid`;
      const password = randomBytes(18).toString("base64url");
      const user = { email, password };
      settings ??= readAutoconfirm();
      // Signing up sends mail unless addresses are confirmed by themselves; then it is one request, not two.
      const selfService = await settings.catch(() => false);
      if (!selfService) {
        const made = await service().send({
          path: "/auth/v1/admin/users",
          json: { ...user, email_confirm: true, user_metadata: { bee_probe: run } },
        });
        readReply(userSchema, made, "POST /auth/v1/admin/users");
      }
      const path = selfService ? "/auth/v1/signup" : "/auth/v1/token?grant_type=password";
      const json = selfService ? { ...user, data: { bee_probe: run } } : user;
      const signedIn = await anonymous().send({ path, json });
      const {
        access_token: token,
        user: { id },
      } = readReply(tokenSchema, signedIn, `POST ${path.split("?")[0]}`);
      return session<string>(id, async () => ({ key: (await readKeys()).publishable, token }));
    },
    async removeUser(userId) {
      const path = `/auth/v1/admin/users/${encodeURIComponent(userId)}`;
      const reply = await service().send({ method: "DELETE", path });
      if (reply.status !== 404) readReply(z.unknown(), reply, "DELETE /auth/v1/admin/users");
    },
    async close() {
      await Promise.all([...watches].map((watch) => watch.close()));
      http.close();
    },
  };
}

function withHeaders(
  own: Readonly<Record<string, string>>,
  asked: NonNullable<AppRequest["headers"]>,
): Readonly<Record<string, string>> {
  const named = Object.entries(asked).map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(
    Object.entries<string | null>({ ...own, ...Object.fromEntries(named) }).flatMap(([name, value]) =>
      value == null ? [] : [[name, value]],
    ),
  );
}

function readBody(body: Buffer): unknown {
  const text = body.toString();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function readReply<T>(schema: z.ZodType<T>, { status, body }: AppReply, what: string): T {
  const parsed = schema.safeParse(body);
  if (status >= 200 && status < 300 && parsed.success) return parsed.data;
  const said = typeof body === "string" ? body : JSON.stringify(body);
  throw new BeeError({
    code: "BEE-E211",
    message: `${what} answered ${status}, not what was asked for: ${said.slice(0, 300)}`,
    hint: "Check that the auth service is up: bee doctor",
    exit: status === 401 || status === 403 ? exitCodes.unauthorised : exitCodes.inconclusive,
  });
}

function noAnswer(what: string, cause: NoAnswerError): BeeError {
  return new BeeError({
    code: "BEE-E210",
    message: `${what}: ${cause.message}`,
    hint: "Check that the project answers at its public URL.",
    exit: exitCodes.inconclusive,
    cause,
  });
}
