import type { Call } from "./call.ts";
import { tellMetadata } from "./compare.ts";
import { guarded } from "./execute.ts";
import { isOwn } from "./privileged.ts";
import { seal } from "./prove.ts";
import { textTags } from "./text.ts";
import { deepTags, from, has, passed, tagged, tags, unknown, type Value } from "./value.ts";

/** What of a value stays when it is written as JSON or read from it. */
const kept =
  passed |
  tags.decoded |
  tags.identity |
  tags.errorText |
  tags.valid |
  tags.bounded |
  tags.headers |
  tags.listed |
  tags.shaped;

/** The language's own functions. Null for other calls. */
export function plainCall(call: Call): Value | null {
  const { path, method, args } = call;
  const [first = unknown] = args;
  const bits = args.reduce((all, one) => all | deepTags(one), 0);
  if (/^JSON\.(parse|stringify)$/.test(path)) {
    const sent = method === "stringify" ? textTags(first) & ~tags.error : first.tags;
    const value = from(tagged(sent & kept), first.source);
    return first.path === "@failed" ? { ...value, path: first.path } : value;
  }
  // Whatever came, a text it is now.
  if (path === "String")
    return from(
      tagged((textTags(first) & (passed | tags.decoded | tags.identity)) | tags.valid),
      first.source,
    );
  if (/^(Object\.fromEntries|structuredClone)$/.test(path))
    return from(
      tagged(textTags(first) & (passed | tags.decoded | tags.identity | tags.headers)),
      first.source,
    );
  if (/^Math\.(min|max)$/.test(path))
    return /min$/.test(path)
      ? tagged(tags.bounded | (bits & tags.length))
      : tagged((bits & (tags.taint | tags.length)) | tags.shaped, first.source);
  if (/^(Number\.is\w+|isNaN|isFinite)$/.test(path))
    return {
      ...tagged((bits & (tags.taint | tags.body)) | tags.valid),
      whenTrue: first.source === "" || /NaN$/.test(path) ? [] : [`shaped:${first.source}`],
    };
  if (/^(Number|parseInt|parseFloat|Boolean|BigInt|Number\.\w+)$/.test(path))
    return tagged((bits & (tags.taint | tags.length)) | tags.shaped | tags.valid, first.source);
  if (path === "Array.isArray") return tagged((bits & (tags.taint | tags.body)) | tags.valid);
  if (path === "Promise.allSettled") return { ...unknown, path: "@settled" };
  if (/^Promise\.(all|race|any|resolve)$/.test(path)) return first;
  if (/^Object\.(values|keys|entries)$/.test(path))
    return from(tagged(deepTags(first) & (passed | tags.bounded)), first.source);
  if (/(^|[#.])assert(\.ok|Exists|Equals|True)?$/.test(path)) return asserted(call);
  // user_metadata.roles.includes("moderator")
  if (/^(has|includes)$/.test(method)) tellMetadata(call.run, call.scope, call.node, call.self);
  return seal(call) ?? compareText(call);
}

/** Comes back only when it holds. */
function asserted({ run, args }: Call): Value {
  const [first = unknown] = args;
  run.state = guarded(run.state, first, true);
  if ((deepTags(first) & tags.body) !== 0) run.state.validated = true;
  run.refusals += 1;
  return unknown;
}

/** An expression says what a text is when it holds it whole, or when it finds what must not be in it. */
function tested(self: Value, seen: Value): Value {
  const source = self.path.startsWith("@regex:") ? self.path.slice(7) : null;
  if (source == null) return seen;
  if (/^\[\^.*\][+*]?$/.test(source)) return { ...seen, whenTrue: [], whenFalse: seen.whenTrue };
  return source.startsWith("^") && source.endsWith("$") ? seen : { ...seen, whenTrue: [] };
}

/** `allowed.has(x)`, `/…/.test(x)`, `x.endsWith(".example.org")`: what is known of x afterwards. */
function compareText({ method, self, args }: Call): Value | null {
  const [first = unknown] = args;
  const isOurs = !has(self, tags.taint);
  // `["admin", "owner"].includes(profile.role)`, `members.includes(user.id)`.
  if (/^(has|includes)$/.test(method) && isOurs && isOwn(first)) return tagged(tags.ownsTrue);
  // `allowed.has(token)`, of keys from the environment.
  if (/^(has|includes)$/.test(method) && has(first, tags.taint) && (deepTags(self) & tags.secret) !== 0)
    return tagged(tags.provesTrue | tags.ownsTrue | (first.tags & tags.taint));
  const about = (value: Value, fact: "listed" | "shaped"): Value => ({
    ...tagged((deepTags(value) & (tags.taint | tags.body)) | tags.valid),
    whenTrue: value.source === "" ? [] : [`${fact}:${value.source}`],
  });
  if (/^(has|includes)$/.test(method) && has(first, tags.taint) && isOurs) return about(first, "listed");
  if (method === "indexOf" && has(first, tags.taint) && isOurs) return from(tagged(tags.taint), first.source);
  if (method === "test" && has(first, tags.taint)) return tested(self, about(first, "shaped"));
  if (method === "exec" && has(first, tags.taint)) return from(tagged(first.tags & passed), first.source);
  // The end of a host with its dot, also of one put together, the start of a URL with what ends its host: others cannot own those.
  const isEnd =
    method === "endsWith" &&
    !has(first, tags.taint) &&
    (/^\.|:\/\//.test(first.text ?? "") || first.path === "@suffix");
  const isStart = method === "startsWith" && /^https?:\/\/[^/]+[/:]/.test(first.text ?? "");
  if (has(self, tags.taint) && (isEnd || isStart)) return about(self, "shaped");
  if (has(self, tags.taint) && /^(endsWith|startsWith|includes|match)$/.test(method))
    return from(
      tagged(
        (self.tags & (tags.taint | tags.body)) | tags.valid | (method === "match" ? self.tags & passed : 0),
      ),
      self.source,
    );
  return null;
}
