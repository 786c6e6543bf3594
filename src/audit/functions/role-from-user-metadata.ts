import type { Rule } from "../rule.ts";
import { happeningHits } from "./hits.ts";
import type { FunctionsWorld } from "./world.ts";

const rights =
  /role|admin|perm|scope|plan|tier|tenant|org|group|level|staff|owner|allow|access|claim|editor|moderator|manager|member|premium|paid|subscri|verified|trusted|rank|^(can|may)_?[A-Z_]/i;

/** Where these are not the right ones, somebody is sent away as a rule; to branch on them is no harm. */
const groups = /kind|type|clinic|company|department/i;

export const roleFromUserMetadata: Rule<FunctionsWorld> = {
  id: "role-from-user-metadata",
  area: "functions",
  severity: "error",
  title: "Users' own metadata decides what they may do",
  explanation:
    "user_metadata is what users may write about themselves: auth.updateUser({ data: { role: 'admin' } }) with the public key is enough. app_metadata is the project's.",
  fix: "Keep roles in app_metadata, which only the service writes, or in a table with row level security.",
  example: {
    bad: 'if (user.user_metadata.role !== "admin") return new Response("forbidden", { status: 403 });',
    good: 'if (user.app_metadata.role !== "admin") return new Response("forbidden", { status: 403 });',
  },
  *check(world) {
    yield* happeningHits(world, ({ kind, name, status }) =>
      kind === "metadata-tested" && (rights.test(name) || (groups.test(name) && status === 1))
        ? `lets user_metadata.${name} decide, which users write themselves`
        : null,
    );
  },
};
