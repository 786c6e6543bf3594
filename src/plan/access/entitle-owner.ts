import type { AccessCatalog, AccessRelation } from "./access-catalog.ts";
import type { TableAccess } from "./find-owners.ts";
import { forge, type Persona, putClaim } from "./personas.ts";
import type { SeededRows } from "./probe.ts";
import { pick, raiseRow } from "./raise-row.ts";
import { type CallerSource, type PolicyReading, readPolicy } from "./read-policy.ts";

/** User B with what policies ask of a caller besides whose row it is: a second factor, a role, a seat as editor. */
export interface Entitlement {
  readonly persona: Persona;
  /** What B's rows elsewhere must hold for it; `""` when claims alone do; null when this table asks for nothing. */
  readonly raise: (table: AccessRelation, rows: SeededRows) => string | null;
}

interface EntitleInput {
  readonly catalog: AccessCatalog;
  readonly access: ReadonlyMap<number, TableAccess>;
  readonly mentions: (text: string) => ReadonlySet<AccessRelation>;
  readonly b: Persona;
}

/** Of several literals that would do, so many are tried. */
const most = 3;

/** Controls for tables whose policies let only some of the owners through. */
export function entitleOwner({ catalog, access, mentions, b }: EntitleInput): readonly Entitlement[] {
  const bodies = new Map(catalog.functions.map((fn) => [`${fn.schema}.${fn.name}`, fn.source]));
  const asked = new Map(
    [...access.values()].flatMap(({ table, readings, private: isPrivate }) => {
      if (!isPrivate || !table.rls || !table.exposed) return [];
      const called = readings.flatMap(({ calls }) =>
        calls.flatMap((name) => bodies.get(name) ?? bodies.get(`public.${name}`) ?? []),
      );
      const text = [
        ...table.policies.flatMap(({ using, check }) => [using ?? "", check ?? ""]),
        ...called,
      ].join(" ; ");
      const claims = readClaims([...readings, ...called.map((body) => readPolicy(body))]);
      return [[table.oid, { text, claims }] as const];
    }),
  );
  const claims = new Map<string, { readonly path: readonly string[]; readonly values: Set<string> }>();
  for (const own of asked.values())
    for (const { path, value } of own.claims) {
      const key = path.join(".");
      const entry = claims.get(key) ?? { path, values: new Set<string>() };
      entry.values.add(value);
      claims.set(key, entry);
    }
  const choices = Math.min(most, Math.max(1, ...[...claims.values()].map(({ values }) => values.size)));
  return Array.from({ length: most }, (_, choice): Entitlement => {
    const persona =
      claims.size === 0
        ? b
        : forge(b, `b:${choice}`, "", (parts) => {
            for (const { path, values } of claims.values())
              putClaim(parts.claims, path, pick([...values], choice) ?? "");
          });
    return {
      persona,
      raise: (table, rows) => {
        const own = asked.get(table.oid);
        if (own == null) return null;
        // Tables that its policies look into have policies of their own.
        const others = [...mentions(own.text)];
        const all = [own, ...others.flatMap(({ oid }) => asked.get(oid) ?? [])];
        const text = all.map((one) => one.text).join(" ; ");
        const raised = others
          .filter(({ oid }) => oid !== table.oid)
          .flatMap((other) => raiseRow(other, text, rows, choice) ?? []);
        if (choice > 0 && choice >= choices && raised.every(({ last }) => last)) return null;
        return raised.length > 0 || all.some((one) => one.claims.length > 0)
          ? raised.map(({ statement }) => statement).join("; ")
          : null;
      },
    };
  });
}

/** Claims that are compared with a literal, or taken for a yes. What a column is compared with, B holds already. */
function readClaims(
  readings: readonly PolicyReading[],
): readonly { readonly path: readonly string[]; readonly value: string }[] {
  return readings.flatMap(({ sources, comparisons }) =>
    sources.flatMap((source) => {
      if (source.kind !== "claim") return [];
      const own = comparisons.filter(({ source: other }) => isSame(other, source));
      if (own.some(({ column }) => column != null)) return [];
      const literals = own.flatMap(({ literal }) => (literal == null ? [] : [literal]));
      return (literals.length > 0 ? literals : ["true"]).map((value) => ({ path: source.path, value }));
    }),
  );
}

function isSame(one: CallerSource, other: CallerSource): boolean {
  return one.kind === "claim" && other.kind === "claim" && one.path.join(".") === other.path.join(".");
}
