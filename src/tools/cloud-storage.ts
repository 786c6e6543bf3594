import { setTimeout as sleep } from "node:timers/promises";
import type { GoogleAuth } from "google-auth-library";
import * as z from "zod";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { ObjectStore } from "../ports/object-store.ts";
import { parseSafeUrl } from "./cloud-run-address.ts";
import { openCredentials } from "./cloud-run-client.ts";

export interface CloudStorageOptions {
  readonly project: string;
  readonly bucket: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** As Google's own clients take it. */
export const storageEndpointName = "STORAGE_EMULATOR_HOST";
const scope = "https://www.googleapis.com/auth/devstorage.read_write";
const timeoutMs = 30_000;
const attempts = 3;
/** A shard's result has 300 kB at most, the program as much. */
const mostBytes = 20 * 1024 * 1024;

interface Asked {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** What went on, for the error. */
  readonly what: string;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly date: string | null;
}

/**
 * A bucket by Cloud Storage's JSON API, with application default credentials. Throws BEE-E801 at once for an endpoint
 * that cannot be, BEE-E775 when the bucket cannot be used.
 */
export function createCloudStorage({ project, bucket, env }: CloudStorageOptions): ObjectStore {
  const named = env[storageEndpointName]?.trim() ?? "";
  const base =
    named === "" ? "https://storage.googleapis.com" : parseSafeUrl(storageEndpointName, named).origin;
  const objects = `/storage/v1/b/${bucket}/o`;
  const pathOf = (name: string): string => `${objects}/${encodeURIComponent(name)}`;

  let auth: Promise<GoogleAuth> | null = null;
  async function ask(asked: Asked): Promise<Answer> {
    auth ??= openCredentials(project, [scope]);
    const signed = await auth;
    for (let attempt = 1; ; attempt += 1) {
      const { url, options } = requestOf(base, asked);
      const answer = await signed.request<string>({ url, ...options }).then(readAnswer, describeUnanswered);
      const again = "why" in answer || answer.status === 429 || answer.status >= 500;
      if (!again) return answer;
      if (attempt === attempts) throw failed(bucket, asked.what, answer);
      await sleep(250 * 2 ** attempt * (0.5 + Math.random()));
    }
  }
  async function demand(asked: Asked): Promise<Answer> {
    const answer = await ask(asked);
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw failed(bucket, asked.what, answer);
  }

  return {
    async write(name, body) {
      const query = { uploadType: "media", name };
      const { date } = await demand({
        method: "POST",
        path: `/upload${objects}`,
        query,
        body,
        what: `writing ${name}`,
      });
      return new Date(date ?? Date.now());
    },
    async read(name) {
      const query = { alt: "media" };
      const answer = await ask({ method: "GET", path: pathOf(name), query, what: `reading ${name}` });
      if (answer.status === 200) return answer.text;
      if (answer.status === 404) return null;
      throw failed(bucket, `reading ${name}`, answer);
    },
    async list(prefix) {
      const names: string[] = [];
      for (let pageToken = ""; ; ) {
        const query = {
          prefix,
          fields: "items(name),nextPageToken",
          ...(pageToken === "" ? {} : { pageToken }),
        };
        const { text } = await demand({ method: "GET", path: objects, query, what: `listing ${prefix}` });
        const page = pageSchema.parse(JSON.parse(text));
        names.push(...(page.items ?? []).map(({ name }) => name));
        if (page.nextPageToken == null) return names;
        pageToken = page.nextPageToken;
      }
    },
    async remove(name) {
      const answer = await ask({ method: "DELETE", path: pathOf(name), what: `removing ${name}` });
      if (answer.status >= 300 && answer.status !== 404) throw failed(bucket, `removing ${name}`, answer);
    },
    async isPublic(name) {
      const { gaxios } = await import("google-auth-library");
      const asked: Asked = { method: "GET", path: pathOf(name), query: { alt: "media" }, what: "" };
      const { url, options } = requestOf(base, asked);
      const answer = await gaxios.request<string>({ url, ...options }).then(readAnswer, describeUnanswered);
      if ("why" in answer) throw failed(bucket, "asking without credentials", answer);
      return answer.status === 200;
    },
  };
}

const pageSchema = z.object({
  items: z.array(z.object({ name: z.string() })).optional(),
  nextPageToken: z.string().optional(),
});

function requestOf(base: string, { method, path, query = {}, body }: Asked) {
  const url = `${base}${path}?${new URLSearchParams(query).toString()}`;
  const sent = body == null ? {} : { data: body, headers: { "content-type": "application/octet-stream" } };
  const options = {
    method,
    timeout: timeoutMs,
    responseType: "text",
    retry: false,
    maxContentLength: mostBytes,
    validateStatus: () => true,
    ...sent,
  } as const;
  return { url, options };
}

function readAnswer(response: {
  readonly status: number;
  readonly data: unknown;
  readonly headers: Headers;
}): Answer {
  const { status, data, headers } = response;
  return { status, text: typeof data === "string" ? data : JSON.stringify(data), date: headers.get("date") };
}

/** The client's error is not kept: it holds the request and its token. */
function describeUnanswered(error: unknown): { readonly why: string } {
  return { why: error instanceof Error ? error.message : String(error) };
}

function failed(bucket: string, what: string, answer: Answer | { readonly why: string }): BeeError {
  const status = "status" in answer ? answer.status : 0;
  const why = "why" in answer ? answer.why : `it answered ${status}`;
  const denied = status === 401 || status === 403;
  return new BeeError({
    code: "BEE-E775",
    message: `The bucket ${bucket}: ${what}: ${why}`,
    detail: status === 404 ? "There is no such bucket." : "Nothing more was sent.",
    hint: denied
      ? `Grant yourself Storage Object User (roles/storage.objectUser) on the bucket ${bucket}.`
      : "Check targets.<target>.gcp.loadtest.bucket in bee.config.yaml, then run the same command again.",
    exit: denied ? exitCodes.unauthorised : status === 404 ? exitCodes.usage : exitCodes.inconclusive,
  });
}
