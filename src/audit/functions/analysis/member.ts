import { isProvided } from "../../env/platform-names.ts";
import type { Node } from "./node.ts";
import type { Run } from "./run.ts";
import { isSecretColumn } from "./secret-columns.ts";
import { either, guards, has, isRow, type Scope, tagged, tags, unknown, type Value } from "./value.ts";

const personalName =
  /^(?!(?:has|is)_)(?:\w+_)?(e?mail|phone|phone_?number|password|passwd|token|secret|ssn|birth_?date|date_?of_?birth|address|full_?name|first_?name|last_?name|credit_?card|iban)$/;

/** `profile_email`, `customerPhone`; not `has_email`. */
export function isPersonal(name: string): boolean {
  return personalName.test(name.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase());
}

const secretName = /SERVICE_ROLE|SECRET|_KEY$|_KEYS$|TOKEN|PASSWORD|PRIVATE|CREDENTIAL|SERVICE_ACCOUNT/;
const publicName = /ANON_KEY|PUBLISHABLE|PUBLIC_KEY|JWKS/;
/** The key, or the address of the database with its password. */
const serviceName =
  /SERVICE_ROLE|SERVICE_KEY|SUPABASE_SECRET|SB_SECRET|(^|_)(DB|DATABASE|POSTGRES(QL)?)_(URL|URI|CONNECTION_STRING)$/;

/** A variable of the environment, by its name. */
export function environment(name: string): Value {
  const bits = publicName.test(name)
    ? 0
    : (secretName.test(name) ? tags.secret : 0) | (serviceName.test(name) ? tags.serviceKey : 0);
  const loose = isProvided(name) ? 0 : tags.loose;
  return { ...tagged(bits | loose, `env#${name}`), path: `env#${name}` };
}

/** Headers, in lower case, that hold what a caller proves itself with. */
export const tokenHeader = /^(authorization|cookie)$|token|jwt|api-?key/;

const right = /^(is_?)?(admin|owner|staff|superuser|super_?admin|moderator|manager)$|^(can|may)_?[A-Za-z]/i;

/** Members of a URL that are as safe as its host. */
const hostMember = /^(host|hostname|origin|href)$/;

/** A member by its name. */
export function memberOf(run: Run, scope: Scope, value: Value, name: string, node: Node): Value {
  const own = value.members?.get(name) ?? run.staticOf(value, name);
  if (own != null) {
    // A default beside what was sent: `.catch(() => ({ id: null }))`.
    const isMixed = value.source !== "" && has(value, tags.body) && !own.path.startsWith("@");
    return isMixed ? either(own, sentMember(value, name)) : own;
  }
  if (value.path === "Deno.env" || value.path === "process.env" || value.path === "Bun.env")
    return value.path === "Deno.env" ? { ...unknown, path: `Deno.env.${name}` } : environment(name);
  const bits = value.tags;
  if ((bits & tags.request) !== 0) return requestMember(run, scope, value, name, node);
  if ((bits & tags.query) !== 0) return answerMember(value, name);
  if ((bits & tags.error) !== 0) {
    if (/^(message|stack|details|hint|cause|toString)$/.test(name)) return tagged(tags.errorText);
    return unknown;
  }
  if ((bits & tags.identity) !== 0) return identityMember(value, name);
  if (name === "length" || name === "size" || name === "byteLength")
    return tagged(tags.length | (bits & (tags.taint | tags.body | tags.ownsTrue)), value.source);
  if (value.path === "@headers") return { ...headerMember(value, name), path: `@headers.${name}` };
  if (isRow(value) || (bits & (tags.taint | tags.decoded | tags.personal)) !== 0)
    return sentMember(value, name);
  if (value.path !== "")
    return {
      ...unknown,
      path: value.path.endsWith("#") ? `${value.path}${name}` : `${value.path}.${name}`,
      tags: bits & (tags.client | tags.privileged),
    };
  return (bits & (tags.client | tags.privileged | tags.secret | tags.serviceKey)) === 0
    ? unknown
    : { ...unknown, path: `@client.${name}`, tags: bits };
}

/** `headers.get` is a call to come; Express has `headers["x-key"]`. */
function headerMember({ tags: bits }: Value, name: string): Value {
  const kept = tags.taint | tags.loose | (tokenHeader.test(name) ? tags.token : 0);
  return /^(get|has|entries|values|keys|forEach|toJSON)$/.test(name)
    ? tagged(bits)
    : tagged(kept, `headers.${name}`);
}

function identityMember(value: Value, name: string): Value {
  // {data, error} of a check: the error says no.
  if (name === "error") return tagged(tags.provesFalse | tags.error);
  if (/^(user_?metadata|raw_user_meta_data)$/i.test(name)) return metadata;
  const personal = isPersonal(name) ? tags.personal : 0;
  return {
    ...tagged(tags.identity | tags.provesTrue | personal),
    path: value.path === "" ? "" : `${value.path}.${name}`,
  };
}

/** Whatever users wrote about themselves. */
const metadata: Value = { ...tagged(tags.taint | tags.personal, "@usermeta"), path: "@usermeta" };

/** A part of what the caller sent, or of rows. */
function sentMember(value: Value, name: string): Value {
  if (/^raw_user_meta_data$/i.test(name)) return metadata;
  const bits = value.tags;
  // Of a row that has secrets, only they are secret.
  const isHarmless = isRow(value) && !isSecretColumn(name);
  const kept = bits & ~guards & ~tags.personal & ~tags.path & ~tags.loose & ~(isHarmless ? tags.secret : 0);
  // Of what was sent and of rows, however deep.
  const isContent = (bits & (tags.personal | tags.body)) !== 0 || isRow(value);
  const personal = isContent && isPersonal(name) ? tags.personal : 0;
  // `profile.is_admin`, `member.permissions.can_manage` of the caller's own row.
  const isRight = value.source.startsWith("own:") && right.test(name) ? tags.ownsTrue : 0;
  const isPath = name === "pathname" && (bits & tags.taint) !== 0 ? tags.path : 0;
  const loose = (bits & tags.taint) !== 0 && !hostMember.test(name) ? tags.loose : 0;
  const source = value.source === "" || hostMember.test(name) ? value.source : `${value.source}.${name}`;
  return {
    ...tagged(kept | personal | isPath | loose | isRight, source),
    path: value.path.startsWith("@usermeta") ? `@usermeta.${name}` : has(value, tags.taint) ? `@${name}` : "",
  };
}

function requestMember(run: Run, scope: Scope, value: Value, name: string, node: Node): Value {
  const left = run.context.get(name);
  if (left != null) return left;
  // What middlewares left there, not what the caller sent.
  if (value.path === "@context" && /^(var|state)$/.test(name)) return { ...unknown, members: run.context };
  switch (name) {
    case "headers":
      return { ...tagged(tags.headers | tags.taint | tags.token, "headers"), path: "@headers" };
    case "url":
    case "originalUrl":
      return tagged(tags.taint, "url");
    case "path":
      return tagged(tags.taint | tags.path, "url.path");
    case "query":
    case "params":
    case "cookies":
      return tagged(tags.taint, `url.${name}`);
    case "body":
      // Express has read it; of a Request it is the stream.
      run.tell("body-read", scope, node, { name: "body" });
      return tagged(tags.taint | tags.body | tags.personal, `${scope.module.path}:body`);
    case "req":
    case "request":
      return { ...value, path: "@request" };
    case "get":
    case "set":
      return { ...unknown, path: `${value.path === "@context" ? "@context" : "@request"}.${name}` };
    default:
      return { ...unknown, path: `@request.${name}` };
  }
}

/** Tables of who may do more than others. */
const staff = /admin|staff|moderator|superuser|operators/i;

/** Of what a query answers. */
function answerMember(value: Value, name: string): Value {
  const isLookup = has(value, tags.token);
  const isOwn = has(value, tags.identity);
  // Asked for by the caller's id and by what the request names: found, the caller belongs there.
  const isMember = isOwn && (has(value, tags.taint | tags.listed) || staff.test(value.text ?? ""));
  if (name === "data") {
    const known = isLookup ? tags.identity | tags.provesTrue : 0;
    const source = isOwn ? value.source.replace("rows:", "own:") : value.source;
    // A database function may answer a count.
    const personal = value.path.startsWith("@query.rpc") ? 0 : tags.personal;
    return tagged(personal | known | (value.tags & tags.secret) | (isMember ? tags.ownsTrue : 0), source);
  }
  if (name === "error")
    return {
      ...tagged(
        tags.error | tags.fails | (isLookup ? tags.provesFalse : 0) | (isMember ? tags.ownsFalse : 0),
      ),
      path: has(value, tags.write) ? "@error.write" : "",
    };
  if (name === "count" && isMember) return tagged(tags.ownsTrue);
  return { ...value, path: `@query.${name}` };
}
