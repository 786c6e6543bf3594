import type { Rule } from "../rule.ts";
import { tags } from "./analysis/value.ts";
import { happeningHits } from "./hits.ts";
import type { FunctionSource, FunctionsWorld } from "./world.ts";

/** Columns and arguments that say whose a row is. */
const whose =
  /(^|[=_ ])(user|owner|profile|account|member|author|customer|patient|client)(_?(id|uuid|uid))?$|Id$|^(= )?(p_)?(uid|id)$/;

export const idor: Rule<FunctionsWorld> = {
  id: "idor",
  area: "functions",
  severity: "error",
  title: "A user id from the request decides whose rows a privileged client touches",
  explanation:
    "Whoever is signed in can put another user's id into body, query, header or path, and the service role reads or writes that user's rows: an insecure direct object reference. The same goes for a whole body written as a row.",
  fix: "Take the id from the verified token, or compare the two and answer 403, or use a client that carries the caller's token and leave it to row level security.",
  example: {
    bad: 'const { user_id } = await req.json();\nawait admin.from("scores").select().eq("user_id", user_id);',
    good: 'await admin.from("scores").select().eq("user_id", user.id);',
  },
  *check(world) {
    const owned = new Map(world.functions.map((one) => [one.slug, ownedQueries(one)]));
    yield* happeningHits(world, ({ kind, state, name, value, status, file, node }, { slug }) => {
      if (kind !== "filter" || status === 0 || state.owner) return null;
      if ((value.tags & tags.taint) === 0 || (value.tags & (tags.identity | tags.listed)) !== 0) return null;
      if (name === "whole body") return "writes the whole body as a row, whatever columns it names";
      // Where nobody is known, that is the word to say.
      if (!state.authed || owned.get(slug)?.has(`${file}:${node.start}`)) return null;
      if (name === "storage path") return "takes a file's path from the request";
      if (!whose.test(name)) return null;
      return `takes ${name.replace(/^= /, "")} from the request`;
    });
  },
};

/** Queries that name the caller as well, and those whose rows are compared with the caller afterwards. */
function ownedQueries({ happenings }: FunctionSource): ReadonlySet<string> {
  return new Set(
    happenings.flatMap(({ kind, name, value, file, node }) => {
      if (kind === "row-compared") return [name.slice("rows:".length)];
      const isOwn =
        kind === "filter" && (value.tags & tags.identity) !== 0 && (value.tags & tags.taint) === 0;
      return isOwn ? [`${file}:${node.start}`] : [];
    }),
  );
}
