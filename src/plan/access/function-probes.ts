import type { AccessCatalog, AccessFunction } from "./access-catalog.ts";
import { literal, markedNumber, markedUuid, type Tags } from "./column-values.ts";
import type { TableAccess } from "./find-owners.ts";
import type { Persona } from "./personas.ts";
import type { SeededRow, SeededRows } from "./probe.ts";
import { quote } from "./probe-sql.ts";
import { userId } from "./shared-value.ts";
import { marksOf } from "./view-probes.ts";

/** One call of one overload as one persona. */
export interface FunctionProbe {
  readonly fn: AccessFunction;
  readonly persona: Persona;
  readonly statement: string;
  /** Whose ids the arguments hold: B's, or ids that nobody has. */
  readonly about: "b" | "nobody";
  /** Calls that differ in `about` alone have one number. */
  readonly round: number;
  /** Texts that were passed: an echo is no leak. */
  readonly passed: readonly string[];
  readonly marks: readonly string[];
  readonly untouched: string | null;
  readonly standing: number;
  readonly landed: string | null;
}

export interface FunctionInput {
  readonly fn: AccessFunction;
  readonly catalog: AccessCatalog;
  /** Tables it comes to. */
  readonly tables: readonly TableAccess[];
  readonly rows: SeededRows;
  readonly personas: readonly Persona[];
  readonly tags: Tags;
}

const rounds = 6;
/** Leaves the transaction, so that taking back does not help, or ends sessions. */
const escapes =
  /\b(dblink|http_(get|post|put|delete|patch)|net\.http|pg_terminate_backend|pg_cancel_backend|pg_read_file|lo_import|copy .* program)\b/i;

/** Why a function is not called; null when it is. */
export function refuseCall({ source, language, returns }: AccessFunction): string | null {
  if (escapes.test(source)) return "it reaches out of the transaction (dblink, http), so it was not called";
  if (language === "c" || language === "internal") return null;
  return /^(event_)?trigger$/.test(returns) ? "" : null;
}

/** Calls with arguments that could name B's data, beside the same calls with ids of nobody. */
export function assembleFunctionProbes(input: FunctionInput): readonly FunctionProbe[] {
  const { fn, catalog, tables, rows, personas, tags } = input;
  if (refuseCall(fn) != null) return [];
  const usable = catalog.schemaUsage[fn.schema] ?? [];
  const secret = tables.filter(({ private: isPrivate, public: open }) => isPrivate && !open);
  const open = tables.filter((table) => !secret.includes(table));
  const shared = open.flatMap(({ table }) =>
    (rows[String(table.oid)]?.b?.values ?? []).filter((value): value is string => value != null),
  );
  const marks = marksOf(secret, rows, shared);
  const standing = secret.flatMap(({ table }) => {
    const row = rows[String(table.oid)]?.b;
    return row == null ? [] : [{ table, row }];
  });
  const untouched = standing
    .map(
      ({ table, row }) =>
        `(select count(*) from ${table.sql} where ctid = '${row.ctid}' and tableoid = ${row.table})`,
    )
    .join(" + ");
  const landed = secret
    .flatMap(({ table, owners }) =>
      owners.length === 0
        ? []
        : [
            `(select count(*) from ${table.sql} where ${owners.map((owner) => (owner.array ? `'${userId(tags, "b")}' = any (${quote(owner.name)}::text[])` : `${quote(owner.name)}::text = '${userId(tags, "b")}'`)).join(" and ")})`,
          ],
    )
    .join(" + ");
  const callers = personas.filter(({ role }) => fn.execute.includes(role) && usable.includes(role));
  const lists = (about: "b" | "nobody"): readonly (readonly Argument[])[] =>
    fn.argTypes.map((type, index) =>
      argumentsFor({ type, name: fn.argNames[index] ?? "", about, input, secret }),
    );
  return callers.flatMap((persona): readonly FunctionProbe[] => {
    if (persona.id === "service_role") return [];
    return (["b", "nobody"] as const).flatMap((about) => {
      const candidates = lists(about);
      const most = Math.min(rounds, Math.max(1, ...candidates.map((list) => list.length)));
      const call = (round: number, count: number): FunctionProbe => {
        const given = candidates
          .slice(0, count)
          .map((list) => list[round % list.length] ?? { sql: "null", text: null });
        const args = given.map(({ sql }, index) => {
          const variadic = fn.variadic && index === fn.argTypes.length - 1 ? "variadic " : "";
          return `${variadic}${sql}::${fn.argTypes[index]}`;
        });
        return {
          fn,
          persona,
          about,
          round: round + (count < fn.argTypes.length ? 100 : 0),
          statement: `select ${fn.sql}(${args.join(", ")})::text as r`,
          passed: given.flatMap(({ text }) => (text == null ? [] : [text])),
          marks,
          untouched: about === "b" && untouched !== "" ? `select ${untouched}` : null,
          standing: standing.length,
          landed: about === "b" && landed !== "" ? `select ${landed}` : null,
        };
      };
      const whole = Array.from({ length: fn.argTypes.length === 0 ? 1 : most }, (_, round) =>
        call(round, fn.argTypes.length),
      );
      return fn.defaults > 0 ? [...whole, call(0, fn.argTypes.length - fn.defaults)] : whole;
    });
  });
}

interface Argument {
  readonly sql: string;
  readonly text: string | null;
}

interface ArgumentInput {
  readonly type: string;
  readonly name: string;
  readonly about: "b" | "nobody";
  readonly input: FunctionInput;
  readonly secret: readonly TableAccess[];
}

function argumentsFor({ type, name, about, input, secret }: ArgumentInput): readonly Argument[] {
  const { tags, rows, fn, catalog } = input;
  const tag = about === "b" ? tags.b : tags.none;
  const user = about === "b" ? userId(tags, "b") : markedUuid(tags.none, 9_999);
  const of = (
    pick: (column: { readonly base: string; readonly name: string }) => boolean,
  ): readonly string[] =>
    secret.flatMap(({ table }) => {
      const row: SeededRow | undefined = rows[String(table.oid)]?.b;
      return table.columns.flatMap((column, index) => {
        const value = row?.values[index];
        return value != null && !column.array && pick(column) ? [value] : [];
      });
    });
  const foreign = (values: readonly string[]): readonly string[] =>
    about === "b"
      ? values
      : values.map((value, index) =>
          /^\d+$/.test(value)
            ? String(markedNumber({ tag, serial: 9_000 + index }) % 30_000_000)
            : value.includes(tags.b)
              ? value.replaceAll(tags.b, tags.none)
              : value,
        );
  const strings = (values: readonly string[]): readonly Argument[] =>
    [...new Set(values)].slice(0, rounds).map((text) => ({ sql: literal(text), text }));
  const base = type.replace(/\[\]$/, "");
  if (type.endsWith("[]")) {
    const inner = argumentsFor({ type: base, name, about, input, secret });
    return inner.slice(0, 3).map(({ sql, text }) => ({ sql: `array[${sql}]`, text }));
  }
  const enums = catalog.enums[base];
  if (enums != null) return strings(enums);
  const isId = (column: { readonly base: string; readonly name: string }): boolean => column.base === "uuid";
  switch (base) {
    case "uuid": {
      const ids = foreign(of(isId)).filter((value) => value !== user);
      const hinted =
        ids.length > 0 && !/user|owner|member|profile|author|patient|client|uid/i.test(name) && name !== "";
      return strings(hinted ? [...ids, user] : [user, ...ids]);
    }
    case "smallint":
    case "integer":
    case "bigint":
    case "numeric":
    case "double precision":
    case "real":
      return strings([
        ...foreign(of((column) => /^(integer|bigint|smallint)/.test(column.base))).slice(0, 4),
        "100",
        "0",
      ]).map(({ sql, text }) => ({ sql: text ?? sql, text }));
    case "boolean":
      return strings(["true", "false"]);
    case "json":
    case "jsonb": {
      const keys = [...new Set([...fn.source.matchAll(/->>?\s*'([^']+)'/g)].map(([, key]) => key ?? ""))];
      const ids = foreign(of(isId));
      const made = [user, ...ids]
        .slice(0, 3)
        .map((id) =>
          JSON.stringify(
            Object.fromEntries(
              [...keys, "user_id", "id"].map((key) => [key, /user|owner|id$/.test(key) ? id : "1"]),
            ),
          ),
        );
      return strings([...made, "{}"]);
    }
    case "date":
    case "timestamp with time zone":
    case "timestamp without time zone":
      return strings([/to$|end|until|before|till/i.test(name) ? "2100-01-01" : "1970-01-01"]);
    case "interval":
      return strings(["100 years"]);
    default: {
      if (!/^(text|character|citext|name|unknown)/.test(base)) return [{ sql: "null", text: null }];
      const texts = foreign(of((column) => /^(text|character|citext)/.test(column.base)));
      const dynamic = /\bexecute\b/i.test(fn.source);
      const [first] = secret;
      const statements =
        dynamic && first != null
          ? [
              first.table.name,
              `select to_jsonb(t)::text from ${first.table.sql} t`,
              `select * from ${first.table.sql}`,
              `x' or true or '' = '`,
              `x' or true --`,
            ]
          : [];
      const email = `${tag}@example.invalid`;
      return strings([
        ...(/mail/i.test(name) ? [email] : []),
        ...statements,
        ...(/user|owner|uid|_id$|^id$/i.test(name) ? [user] : []),
        ...texts.slice(0, 3),
        "%",
        user,
        email,
        "",
      ]);
    }
  }
}
