import { parseTargetDate } from "../../../src/core/momentum/calendar.ts";
import type { Caller } from "../_shared/caller.ts";
import type { JsonObject } from "../_shared/read-json.ts";
import { type FieldIssue, invalid, Refusal } from "../_shared/refusal.ts";
import { parseUuid } from "../_shared/uuid.ts";

export const singleFields = ["user_id", "target_date"] as const;
export const batchFields = ["user_ids", "target_date"] as const;

const maxUsers = 100;

interface SingleRequest {
  /** Null: the caller's own. */
  readonly userId: string | null;
  /** Null: the user's today. */
  readonly targetDate: string | null;
}

interface BatchRequest {
  readonly userIds: readonly string[];
  readonly targetDate: string | null;
}

export function parseSingle(body: JsonObject, nowMs: number): SingleRequest {
  const issues: FieldIssue[] = [];
  const given = body["user_id"] ?? null;
  const userId = parseUuid(given);
  if (given !== null && userId === null) issues.push({ field: "user_id", problem: "must be a UUID" });
  const targetDate = parseDate(body["target_date"], nowMs, issues);
  if (issues.length > 0) throw invalid(...issues);
  return { userId, targetDate };
}

export function parseBatch(body: JsonObject, nowMs: number): BatchRequest {
  const issues: FieldIssue[] = [];
  const given = body["user_ids"];
  const list: readonly unknown[] = Array.isArray(given) ? given : [];
  if (list.length < 1 || list.length > maxUsers) {
    issues.push({ field: "user_ids", problem: `must be a list of 1 to ${maxUsers} UUIDs` });
  }
  const seen = new Set<string>();
  for (const [index, one] of list.slice(0, maxUsers).entries()) {
    const userId = parseUuid(one);
    if (userId === null) issues.push({ field: `user_ids[${index}]`, problem: "must be a UUID" });
    else if (seen.has(userId)) issues.push({ field: `user_ids[${index}]`, problem: "is in the list twice" });
    else seen.add(userId);
  }
  const targetDate = parseDate(body["target_date"], nowMs, issues);
  if (issues.length > 0) throw invalid(...issues.slice(0, 10));
  return { userIds: [...seen], targetDate };
}

/** Whether it lies ahead of the user's own day is judged again when their time zone is known. */
function parseDate(given: unknown, nowMs: number, issues: FieldIssue[]): string | null {
  if (given === null || given === undefined) return null;
  const parsed = typeof given === "string" ? parseTargetDate(given, { nowMs, timeZone: null }) : notText;
  if ("date" in parsed) return parsed.date;
  issues.push({ field: "target_date", problem: parsed.issue });
  return null;
}

const notText = { issue: "must be a text" } as const;

/** A user gets their own score and nobody else's; a service must say whose. */
export function chooseUser(caller: Caller, asked: string | null): string {
  if (caller.kind === "service") {
    if (asked === null) throw invalid({ field: "user_id", problem: "is required of a service" });
    return asked;
  }
  if (asked !== null && asked !== caller.userId) {
    throw new Refusal({ status: 403, code: "forbidden", message: "Users may ask for their own score only" });
  }
  return caller.userId;
}
