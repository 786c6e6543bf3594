import type { JsonObject } from "../_shared/read-json.ts";
import { type FieldIssue, invalid } from "../_shared/refusal.ts";
import { parseUuid } from "../_shared/uuid.ts";

export const singleFields = ["user_id", "dry_run"] as const;
export const batchFields = ["after", "dry_run"] as const;

interface TriggerRequest {
  /** Null: everybody. */
  readonly userId: string | null;
  /** The `next_after` of the call before. */
  readonly after: string | null;
  readonly dryRun: boolean;
}

/** Of `/` and `/batch` alike; which fields may be there was checked before. */
export function parseTrigger(body: JsonObject): TriggerRequest {
  const issues: FieldIssue[] = [];
  const uuid = (field: string) => {
    const given = body[field] ?? null;
    const value = parseUuid(given);
    if (given !== null && value === null) issues.push({ field, problem: "must be a UUID" });
    return value;
  };
  const userId = uuid("user_id");
  const after = uuid("after");
  const dryRun = body["dry_run"] ?? false;
  if (typeof dryRun !== "boolean") issues.push({ field: "dry_run", problem: "must be true or false" });
  if (issues.length > 0) throw invalid(...issues);
  return { userId, after, dryRun: dryRun === true };
}
