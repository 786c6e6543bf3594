import type { Node } from "./node.ts";
import type { Run } from "./run.ts";
import { guards, has, type Scope, tagged, tags, unknown, type Value } from "./value.ts";

const personalName =
  /^(e?mail|phone|phone_?number|password|passwd|token|access_?token|refresh_?token|secret|ssn|birth_?date|date_?of_?birth|address|full_?name|first_?name|last_?name|credit_?card|iban)$/i;

const secretName = /SERVICE_ROLE|SECRET|_KEY$|_KEYS$|TOKEN|PASSWORD|PRIVATE|CREDENTIAL|SERVICE_ACCOUNT/;
const publicName = /ANON_KEY|PUBLISHABLE|PUBLIC_KEY|JWKS/;
const serviceName = /SERVICE_ROLE|SERVICE_KEY|SUPABASE_SECRET|SB_SECRET/;

/** A variable of the environment, by its name. */
export function environment(name: string): Value {
  const bits =
    publicName.test(name) || !secretName.test(name)
      ? 0
      : tags.secret | (serviceName.test(name) ? tags.serviceKey : 0);
  return { ...tagged(bits), path: `env#${name}` };
}

/** A member by its name. */
export function memberOf(run: Run, scope: Scope, value: Value, name: string, node: Node): Value {
  const own = value.members?.get(name);
  if (own != null) return own;
  if (value.path === "Deno.env" || value.path === "process.env" || value.path === "Bun.env")
    return value.path === "Deno.env" ? { ...unknown, path: `Deno.env.${name}` } : environment(name);
  const bits = value.tags;
  if ((bits & tags.request) !== 0) return requestMember(run, scope, value, name, node);
  if ((bits & tags.query) !== 0) return answerMember(value, name);
  if ((bits & tags.error) !== 0) {
    if (/^(message|stack|details|hint|cause|toString)$/.test(name)) return tagged(tags.errorText);
    return unknown;
  }
  if ((bits & tags.identity) !== 0) {
    const personal = personalName.test(name) || name === "user_metadata" ? tags.personal : 0;
    // {data, error} of a check: the error says no.
    if (name === "error") return tagged(tags.provesFalse | tags.error);
    return {
      ...tagged(tags.identity | tags.provesTrue | personal),
      path: value.path === "" ? "" : `${value.path}.${name}`,
    };
  }
  if (name === "length" || name === "size" || name === "byteLength")
    return tagged(tags.length | (bits & tags.taint));
  if ((bits & (tags.taint | tags.decoded | tags.personal)) !== 0) {
    const kept = bits & ~guards & ~tags.personal & ~tags.path;
    const personal = (bits & tags.personal) !== 0 && personalName.test(name) ? tags.personal : 0;
    const isPath = name === "pathname" && (bits & tags.taint) !== 0 ? tags.path : 0;
    return { ...tagged(kept | personal | isPath), path: has(value, tags.taint) ? `@${name}` : "" };
  }
  if (value.path !== "")
    return { ...unknown, path: `${value.path}.${name}`, tags: bits & (tags.client | tags.privileged) };
  return (bits & (tags.client | tags.privileged | tags.secret | tags.serviceKey)) === 0
    ? unknown
    : { ...unknown, path: `@client.${name}`, tags: bits };
}

function requestMember(run: Run, scope: Scope, value: Value, name: string, node: Node): Value {
  // What middlewares left there, not what the caller sent.
  if (value.path === "@context" && /^(get|set|var|state)$/.test(name)) return unknown;
  switch (name) {
    case "headers":
      return { ...tagged(tags.headers | tags.taint | tags.token), path: "@headers" };
    case "url":
    case "originalUrl":
      return tagged(tags.taint);
    case "path":
      return tagged(tags.taint | tags.path);
    case "query":
    case "params":
    case "cookies":
      return tagged(tags.taint);
    case "body":
      // Express has read it; of a Request it is the stream.
      run.tell("body-read", scope, node, { name: "body" });
      return tagged(tags.taint | tags.body | tags.personal);
    case "req":
    case "request":
      return { ...value, path: "@request" };
    default:
      return { ...unknown, path: `@request.${name}` };
  }
}

/** Of what a query answers. */
function answerMember(value: Value, name: string): Value {
  if (name === "data") return tagged(tags.personal | (value.tags & tags.identity));
  if (name === "error") return tagged(tags.error | tags.fails);
  return { ...value, path: `@query.${name}` };
}
