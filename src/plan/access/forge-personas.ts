import type { AccessCatalog } from "./access-catalog.ts";
import type { TableAccess } from "./find-owners.ts";
import { forge, type Persona, putClaim } from "./personas.ts";
import { type CallerSource, readPolicy } from "./read-policy.ts";

/** User A or nobody, with something in the request that whoever sends it can write. */
export interface Forgery {
  readonly persona: Persona;
  /** Tables whose policies read it. */
  readonly tables: ReadonlySet<number>;
}

interface ForgeInput {
  readonly catalog: AccessCatalog;
  readonly access: ReadonlyMap<number, TableAccess>;
  readonly personas: readonly Persona[];
  /** What B holds for a claim or header that a column is compared with. */
  readonly theirs: (key: string) => string | null;
  readonly userB: string;
}

const most = 12;

/** From what policies and the functions they call read: user metadata and headers. app_metadata nobody can write. */
export function forgePersonas(input: ForgeInput): readonly Forgery[] {
  const { access, personas } = input;
  const found = new Map<string, { source: CallerSource; values: Set<string>; tables: Set<number> }>();
  for (const { table, readings } of access.values()) {
    const called = readings.flatMap(({ calls }) =>
      input.catalog.functions
        .filter(({ name, schema }) => calls.includes(name) || calls.includes(`${schema}.${name}`))
        .map(({ source }) => readPolicy(source)),
    );
    for (const reading of [...readings, ...called]) {
      for (const source of reading.sources) {
        if (!isWritable(source)) continue;
        const key = keyOf(source);
        const entry = found.get(key) ?? { source, values: new Set<string>(), tables: new Set<number>() };
        entry.tables.add(table.oid);
        const own = input.theirs(key);
        if (own != null) entry.values.add(own);
        for (const { source: compared, literal } of reading.comparisons)
          if (literal != null && keyOf(compared) === key) entry.values.add(literal);
        if (entry.values.size === 0)
          for (const value of [input.userB, "true", "admin"]) entry.values.add(value);
        found.set(key, entry);
      }
    }
  }
  return [...found.values()]
    .slice(0, most)
    .flatMap(({ source, values, tables }) =>
      [...values]
        .slice(0, 4)
        .flatMap((value) =>
          personas
            .filter(({ id }) => id === "a" || (id === "anon" && source.kind === "header"))
            .map((persona) => ({ tables, persona: forgeOne(persona, source, value) })),
        ),
    );
}

function isWritable(source: CallerSource): boolean {
  return source.kind === "header" || (source.kind === "claim" && source.path[0] === "user_metadata");
}

function keyOf(source: CallerSource): string {
  if (source.kind === "claim") return `claim:${source.path.join(".")}`;
  return source.kind === "header" ? `header:${source.name}` : source.kind;
}

function forgeOne(persona: Persona, source: CallerSource, value: string): Persona {
  const name =
    source.kind === "claim" ? source.path.join(".") : source.kind === "header" ? `header ${source.name}` : "";
  const forged = forge(
    persona,
    `${persona.id}:${name}=${value}`,
    `${name} = ${value}`,
    ({ claims, headers }) => {
      if (source.kind === "claim") putClaim(claims, source.path, value);
      else if (source.kind === "header") headers[source.name.toLowerCase()] = value;
    },
  );
  return { ...forged, title: `${persona.title} who sends ${name} = ${value}` };
}
