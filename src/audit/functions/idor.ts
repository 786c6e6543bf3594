import type { Rule } from "../rule.ts";
import { isOwn } from "./analysis/privileged.ts";
import { tags } from "./analysis/value.ts";
import { happeningHits } from "./hits.ts";
import type { FunctionSource, FunctionsWorld } from "./world.ts";

/** Columns and arguments that say whose a row is. */
const whose =
  /(^|[=_ ])(user|owner|profile|account|member|author|customer|patient|client)(_?(id|uuid|uid))?$|(^|[=_ ])(org|organi[sz]ation|tenant|company|workspace|team|household|family)_?(id|uuid)$|Id$|^(= )?(p_)?(uid|id)$/;

/** It says that rows have a key, not whose they are. */
const bareId = /(^| )id$/;

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
      const place = `${file}:${node.start}`;
      const queries = owned.get(slug);
      const isWritten = name.startsWith("= ");
      if (!state.authed || queries?.asked.has(place) || (isWritten && queries?.written.has(place)))
        return null;
      if (name === "storage path") return "takes a file's path from the request";
      if (!whose.test(name)) return null;
      // Of a query that names an owner as well, that is the word to say.
      if (bareId.test(name) && queries?.named.has(place)) return null;
      const field = /\.([\w-]+)$/.exec(value.source)?.[1];
      const column = name.replace(/^= /, "");
      return `takes ${column} from the request${field == null || field === column || field === "valid" ? "" : ` (${field})`}`;
    });
  },
};

interface OwnedQueries {
  /** They look for the caller's rows, or what they find is compared with the caller afterwards. */
  readonly asked: ReadonlySet<string>;
  /** A user or the like that was sent is asked for. */
  readonly named: ReadonlySet<string>;
  /** The caller stands in what they write. */
  readonly written: ReadonlySet<string>;
}

function ownedQueries({ happenings }: FunctionSource): OwnedQueries {
  const asked = new Set<string>();
  const written = new Set<string>();
  const named = new Set<string>();
  for (const { kind, name, value, file, node } of happenings) {
    const place = `${file}:${node.start}`;
    if (kind === "row-compared") asked.add(name.slice("rows:".length).replace(/\/$/, ""));
    else if (kind === "filter" && (value.tags & tags.taint) !== 0 && whose.test(name) && !bareId.test(name))
      named.add(place);
    else if (kind === "filter" && isOwn(value)) {
      if (name.startsWith("= ")) written.add(place);
      else asked.add(place);
    }
  }
  return { asked, written, named };
}
