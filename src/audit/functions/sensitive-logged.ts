import type { Rule } from "../rule.ts";
import { tags } from "./analysis/value.ts";
import { happeningHits } from "./hits.ts";
import type { FunctionsWorld } from "./world.ts";

export const sensitiveLogged: Rule<FunctionsWorld> = {
  id: "sensitive-logged",
  area: "functions",
  severity: "error",
  title: "Secrets, tokens or personal data go to the log",
  explanation:
    "Logs are kept, searched, exported and read by more people than the database. Headers hold the caller's token; bodies, rows and users hold what they wrote and who they are.",
  fix: "Log ids, counts, codes and durations, named one by one.",
  example: {
    bad: 'console.log("request", req.headers, await req.json());',
    good: "console.log(JSON.stringify({ user_id: user.id, events: events.length }));",
  },
  *check(world) {
    yield* happeningHits(world, ({ kind, bits, value }) => {
      if (kind !== "log") return null;
      if ((bits & (tags.secret | tags.serviceKey)) !== 0) return "writes a secret to the log";
      if ((bits & (tags.headers | tags.token)) !== 0)
        return "writes the caller's headers or token to the log";
      return (bits & tags.personal) !== 0 && (value.tags & tags.error) === 0
        ? "writes a body, rows or personal fields to the log"
        : null;
    });
  },
};
