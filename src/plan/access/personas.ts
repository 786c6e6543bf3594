import type { ApiRole } from "./access-catalog.ts";
import type { Holder, Tags } from "./column-values.ts";
import type { TableAccess } from "./find-owners.ts";
import type { CallerSource } from "./read-policy.ts";
import { userId } from "./shared-value.ts";

/** Who a request comes in as; the settings are those PostgREST makes for it. */
export interface Persona {
  readonly id: string;
  readonly title: string;
  readonly role: ApiRole;
  readonly settings: Readonly<Record<string, string>>;
  /** What was forged: user metadata, headers. */
  readonly forged: string | null;
}

type Json = { [key: string]: Json | string };

interface PersonaInput {
  readonly tags: Tags;
  readonly access: ReadonlyMap<number, TableAccess>;
  readonly keys: ReadonlyMap<string, string>;
  readonly shared: (key: string, holder: Holder) => string;
}

/** Nobody, two users, and the service key, which sees everything. */
export function assemblePersonas(input: PersonaInput): readonly Persona[] {
  const sources = [...input.access.values()].flatMap(({ readings }) =>
    readings.flatMap((reading) => reading.sources),
  );
  const a = userPersona(input, "a", "user A", sources);
  return [
    settingsOf({ id: "anon", title: "anon (nobody signed in)", role: "anon" }, { role: "anon" }, {}),
    a,
    userPersona(input, "b", "user B", sources),
    settingsOf(
      { id: "service_role", title: "service_role", role: "service_role" },
      { role: "service_role" },
      {},
    ),
  ];
}

function userPersona(
  input: PersonaInput,
  holder: "a" | "b",
  title: string,
  sources: readonly CallerSource[],
): Persona {
  const id = userId(input.tags, holder);
  const claims: Json = {
    sub: id,
    role: "authenticated",
    aud: "authenticated",
    email: `${input.tags[holder]}@example.invalid`,
    aal: "aal1",
    app_metadata: {},
    user_metadata: {},
  };
  const settings: Record<string, string> = {};
  const headers: Record<string, string> = {};
  for (const key of input.keys.keys()) {
    const value = input.shared(key, holder);
    const [kind, ...rest] = key.split(":");
    const name = rest.join(":");
    if (kind === "claim") put(claims, name.split("."), value);
    else if (kind === "setting") settings[name] = value;
    else if (kind === "header") headers[name.toLowerCase()] = value;
  }
  for (const source of sources) {
    if (source.kind === "setting" && settings[source.name] == null && !source.name.startsWith("request."))
      settings[source.name] = "";
  }
  return settingsOf({ id: holder, title, role: "authenticated" }, claims, headers, settings);
}

function put(target: Json, path: readonly string[], value: string): void {
  const [first, ...rest] = path;
  if (first == null) return;
  if (rest.length === 0) {
    target[first] = value;
    return;
  }
  const inner = target[first];
  const next: Json = typeof inner === "object" ? inner : {};
  target[first] = next;
  put(next, rest, value);
}

function settingsOf(
  who: { readonly id: string; readonly title: string; readonly role: ApiRole },
  claims: Json,
  headers: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
  forged: string | null = null,
): Persona {
  return {
    ...who,
    forged,
    settings: {
      "request.jwt.claims": JSON.stringify(claims),
      "request.jwt.claim.sub": typeof claims["sub"] === "string" ? claims["sub"] : "",
      "request.jwt.claim.role": who.role,
      "request.jwt.claim.email": typeof claims["email"] === "string" ? claims["email"] : "",
      "request.headers": JSON.stringify(headers),
      "request.method": "GET",
      ...more,
    },
  };
}

/** The same persona with other claims, headers or settings, which its holder can set alone. */
export function forge(
  base: Persona,
  id: string,
  forged: string,
  change: (parts: {
    claims: Json;
    headers: Record<string, string>;
    settings: Record<string, string>;
  }) => void,
): Persona {
  const claims = JSON.parse(base.settings["request.jwt.claims"] ?? "{}") as Json;
  const headers = JSON.parse(base.settings["request.headers"] ?? "{}") as Record<string, string>;
  const settings: Record<string, string> = { ...base.settings };
  change({ claims, headers, settings });
  return {
    ...base,
    id,
    forged,
    settings: {
      ...settings,
      "request.jwt.claims": JSON.stringify(claims),
      "request.headers": JSON.stringify(headers),
    },
  };
}

export { put as putClaim };
