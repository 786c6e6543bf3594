import type { ZodType } from "zod";
import type { HttpRequest } from "../http/message.ts";
import { AuthRefusal } from "./refusal.ts";

const maxBytes = 1_048_576;
const maxDepth = 64;
/** Postgres takes neither NUL nor half a surrogate pair in text or jsonb. */
const unstorable = /\0|\p{Surrogate}/u;

/** The request's JSON, checked against `schema`; an empty body counts as `{}`. Throws AuthRefusal. */
export function parseBody<T>(request: HttpRequest, schema: ZodType<T>): T {
  if (request.body.length > maxBytes) {
    throw new AuthRefusal(413, "request_too_large", `Request body is larger than ${maxBytes} bytes`);
  }
  const parsed = schema.safeParse(parseJson(request.body));
  if (parsed.success) return parsed.data;
  const told = parsed.error.issues.map((issue) =>
    issue.path.length === 0 ? issue.message : `${issue.path.join(".")}: ${issue.message}`,
  );
  throw new AuthRefusal(400, "validation_failed", told.join("; "));
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    throw new AuthRefusal(400, "bad_json", "Could not parse request body as JSON");
  }
  refuseUnstorable(value);
  return value;
}

/** Walks with its own stack: nesting from outside must not exhaust ours. */
function refuseUnstorable(root: unknown): void {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value === "string") {
      if (unstorable.test(value)) {
        throw new AuthRefusal(400, "validation_failed", "Text must not contain NUL or unpaired surrogates");
      }
    } else if (typeof value === "object" && value !== null) {
      if (depth >= maxDepth)
        throw new AuthRefusal(400, "validation_failed", `JSON is nested deeper than ${maxDepth}`);
      for (const [key, member] of Object.entries(value)) {
        open.push({ value: key, depth: depth + 1 }, { value: member, depth: depth + 1 });
      }
    }
  }
}
