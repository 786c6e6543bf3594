import type * as z from "zod";
import type { HttpRequest } from "../http/message.ts";
import { ApiError } from "./api-error.ts";

/** Parses a JSON body. Throws 400 naming every mistake. */
export function readJson<Schema extends z.ZodType>(request: HttpRequest, schema: Schema): z.output<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(request.body.toString("utf8"));
  } catch {
    throw new ApiError(400, "Request body is not valid JSON");
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`);
  throw new ApiError(400, issues.slice(0, 10).join("; "));
}

/** A query parameter that is `true` or `false`; undefined when absent. */
export function readFlag(request: HttpRequest, name: string): boolean | undefined {
  const value = request.query.get(name);
  if (value == null) return undefined;
  if (value === "true" || value === "false") return value === "true";
  throw new ApiError(400, `${name}: expected true or false`);
}
