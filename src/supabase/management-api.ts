import type * as z from "zod";
import type { Secret } from "../core/secret.ts";
import { describeAnswer, describeNoAnswer, rateLimited, unreadableReply } from "./api-error.ts";
import { type Clock, systemClock } from "./clock.ts";
import { createHttpClient, type HttpAnswer, type HttpClient, NoAnswerError } from "./http-client.ts";
import { type FormPart, renderMultipart } from "./multipart.ts";
import { createRatePace, readWait } from "./rate-pace.ts";
import { checkServiceUrl } from "./service-url.ts";

interface ManagementApiOptions {
  /** Such as `https://api.supabase.com`. */
  readonly baseUrl: string;
  readonly accessToken: Secret;
  readonly userAgent: string;
  readonly clock?: Clock;
  readonly http?: HttpClient;
  /** For one attempt; requests may say otherwise. */
  readonly timeoutMs?: number;
  /** For all the waiting that the rate limit asks for in one request. */
  readonly patienceMs?: number;
}

export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly json?: unknown;
  readonly form?: readonly FormPart[];
  /** True when sending it twice ends as sending it once does. Reads are. */
  readonly repeatable: boolean;
  readonly timeoutMs?: number;
}

export interface ManagementApi {
  /** The parsed JSON of the answer, null when it is empty. Throws ApiError (BEE-E201 … E207). */
  request(request: ApiRequest): Promise<unknown>;
  close(): void;
}

/** Attempts of one request against broken connections and 5xx. */
const maxAttempts = 4;

/** The Management API (https://api.supabase.com/api/v1): rate limit, retries and errors in one place. */
export function createManagementApi(options: ManagementApiOptions): ManagementApi {
  const { clock = systemClock, http = createHttpClient(), patienceMs = 120_000 } = options;
  const pace = createRatePace(clock);
  const base = checkServiceUrl(options.baseUrl, "the Management API");
  const redact = (text: string): string => text.replaceAll(options.accessToken.reveal(), "[secret]");

  async function attempt(request: ApiRequest): Promise<HttpAnswer> {
    const form = request.form == null ? null : renderMultipart(request.form);
    const json = request.json === undefined ? null : Buffer.from(JSON.stringify(request.json));
    const body = form?.body ?? json;
    const type = form?.contentType ?? (json == null ? null : "application/json");
    return http.exchange({
      method: request.method,
      url: new URL(`${base}${request.path}${renderQuery(request.query)}`),
      headers: {
        accept: "application/json",
        authorization: `Bearer ${options.accessToken.reveal()}`,
        "user-agent": options.userAgent,
        ...(type == null ? {} : { "content-type": type }),
      },
      ...(body == null ? {} : { body }),
      timeoutMs: request.timeoutMs ?? options.timeoutMs ?? 30_000,
    });
  }

  return {
    close: () => http.close(),
    async request(request) {
      const what = `${request.method} ${request.path}`;
      let waited = 0;
      const wait = async (ms: number): Promise<void> => {
        if (waited + ms > patienceMs) throw rateLimited(what, ms);
        waited += ms;
        await clock.sleep(ms);
      };
      for (let attempts = 1; ; ) {
        if (pace.delay() > 0) await wait(pace.delay());
        const answer = await attempt(request).catch((error: unknown) => error);
        if (answer instanceof NoAnswerError) {
          const final = answer.kind === "too-large" || answer.kind === "untrusted";
          const again = request.repeatable || answer.kind === "unreachable";
          // Another timeout costs much and promises little.
          attempts += answer.kind === "timeout" ? 2 : 0;
          if (!again || final || attempts >= maxAttempts) {
            throw describeNoAnswer(what, answer, request.method === "GET");
          }
        } else if (answer instanceof Error) throw answer;
        else {
          const { status, headers, body } = answer as HttpAnswer;
          pace.note(headers);
          if (status === 429) {
            await wait(Math.max(1_000, readWait(headers, clock.now()) ?? 0) + clock.random() * 250);
            continue;
          }
          if (status >= 200 && status < 300) return parseJson(what, body);
          if (status < 500 || !request.repeatable || attempts >= maxAttempts) {
            throw describeAnswer(what, { status, headers, body: Buffer.from(redact(body.toString())) });
          }
        }
        await clock.sleep(200 * 3 ** (attempts - 1) * (0.5 + clock.random()));
        attempts += 1;
      }
    },
  };
}

/** The reply as `schema` has it. Throws BEE-E207 that names what is wrong with it. */
export function parseReply<T>(schema: z.ZodType<T>, reply: unknown, what: string): T {
  const parsed = schema.safeParse(reply);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: "" };
  throw unreadableReply(
    what,
    `${path.length === 0 ? "the reply" : path.join(".")}: ${message}`,
    parsed.error,
  );
}

function parseJson(what: string, body: Buffer): unknown {
  if (body.length === 0) return null;
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    throw unreadableReply(what, "it is not JSON", error);
  }
}

function renderQuery(query: ApiRequest["query"] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) search.append(name, one);
  }
  return search.size === 0 ? "" : `?${search}`;
}
