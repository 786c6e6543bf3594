import { invalid, Refusal } from "./refusal.ts";

const maxBytes = 16_384;

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The JSON object in a request's body; `{}` when there is no body. Stops reading at 16 KiB, whatever the length
 * header promised. Throws a Refusal: 413, 415 or 400 (also for a field that is not in `known`).
 */
export async function readJsonObject(
  request: Request,
  known: readonly string[],
  deadline: AbortSignal,
): Promise<JsonObject> {
  const bytes = await readBytes(request, deadline);
  if (bytes.length === 0) return {};
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new Refusal({
      status: 415,
      code: "unsupported_media_type",
      message: "The body must be application/json",
    });
  }
  const value = parse(bytes);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid({ field: "body", problem: "must be a JSON object" });
  }
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  if (unknown.length > 0) {
    throw invalid(
      ...unknown.slice(0, 5).map((key) => ({
        field: key.replace(/[^\w.-]/g, "?").slice(0, 40),
        problem: `unknown field; known are ${known.join(", ")}`,
      })),
    );
  }
  return value as JsonObject;
}

async function readBytes(request: Request, deadline: AbortSignal): Promise<Uint8Array> {
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  if (request.body === null) return new Uint8Array();
  const reader = request.body.getReader();
  const stop = () => void reader.cancel().catch(() => {});
  deadline.addEventListener("abort", stop, { once: true });
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > maxBytes) {
        stop();
        throw tooLarge();
      }
      chunks.push(value);
    }
  } finally {
    deadline.removeEventListener("abort", stop);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

function tooLarge(): Refusal {
  return new Refusal({
    status: 413,
    code: "body_too_large",
    message: `The body may have ${maxBytes} bytes at most`,
  });
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw invalid({ field: "body", problem: "is not valid JSON" });
  }
}
